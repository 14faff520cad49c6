"""Python's lifelines.

The univariate fitters print natural parameters, and `variance_matrix_` is of these; the accelerated-failure-time fitters
print an intercept for each parameter, of its logarithm where the parameter is positive.
"""

from __future__ import annotations

from model.survival.programs.forms import KEPT, LOG_SCALE_LOG_SHAPE, LOG_SD, MEAN, REVERSED
from model.survival.programs.parametrisation import Parametrisation, Program, spline_names

SOURCE = "Davidson-Pilon 2019, JOSS 4:1317; docstrings of the fitters of lifelines"


def _spline(internal: int) -> Parametrisation:
    return Parametrisation(
        names=tuple(spline_names("phi_0_", "phi_{}_", internal)),
        form=KEPT,
        equation="S = exp(-exp(phi_0_ + phi_1_ log t + phi_2_ v1(log t) + ...))",
        source=SOURCE,
    )


LIFELINES = Program(
    meaning="Python's lifelines, univariate fitters",
    families={
        "exponential": Parametrisation(
            names=("lambda_",), form=MEAN, equation="S = exp(-t / lambda_)", source=SOURCE, positive=("lambda_",)
        ),
        "weibull": Parametrisation(
            names=("lambda_", "rho_"),
            form=REVERSED,
            equation="S = exp(-(t / lambda_)^rho_)",
            source=SOURCE,
            positive=("lambda_", "rho_"),
        ),
        "loglogistic": Parametrisation(
            names=("alpha_", "beta_"),
            form=REVERSED,
            equation="S = 1 / (1 + (t / alpha_)^beta_)",
            source=SOURCE,
            positive=("alpha_", "beta_"),
        ),
        "lognormal": Parametrisation(
            names=("mu_", "sigma_"),
            form=KEPT,
            equation="S = 1 - Phi((log t - mu_) / sigma_)",
            source=SOURCE,
            positive=("sigma_",),
        ),
        "generalised_gamma": Parametrisation(
            names=("mu_", "ln_sigma_", "lambda_"),
            form=LOG_SD,
            equation="S = Q(lambda_^-2, lambda_^-2 exp(lambda_ z)) for lambda_ > 0, 1 minus that for lambda_ < 0, "
            "z = (log t - mu_) / exp(ln_sigma_)",
            source=SOURCE,
        ),
    },
    spline=_spline,
    spline_scales=("hazard",),
)
LIFELINES_AFT = Program(
    meaning="Python's lifelines, accelerated-failure-time fitters without covariates",
    families={
        "weibull": Parametrisation(
            names=("lambda_ Intercept", "rho_ Intercept"),
            form=LOG_SCALE_LOG_SHAPE,
            equation="S = exp(-(t / exp(lambda_ Intercept))^exp(rho_ Intercept))",
            source=SOURCE,
        ),
        "loglogistic": Parametrisation(
            names=("alpha_ Intercept", "beta_ Intercept"),
            form=LOG_SCALE_LOG_SHAPE,
            equation="S = 1 / (1 + (t / exp(alpha_ Intercept))^exp(beta_ Intercept))",
            source=SOURCE,
        ),
        "lognormal": Parametrisation(
            names=("mu_ Intercept", "sigma_ Intercept"),
            form=LOG_SD,
            equation="S = 1 - Phi((log t - mu_ Intercept) / exp(sigma_ Intercept))",
            source=SOURCE,
        ),
        "generalised_gamma": Parametrisation(
            names=("mu_ Intercept", "sigma_ Intercept", "lambda_ Intercept"),
            form=LOG_SD,
            equation="as GeneralizedGammaFitter, with ln_sigma_ = sigma_ Intercept",
            source=SOURCE,
        ),
    },
)
