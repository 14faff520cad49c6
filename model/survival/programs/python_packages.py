"""Python's lifelines and scipy.stats.

lifelines: the univariate fitters print natural parameters, and `variance_matrix_` is of these; the accelerated-failure-time
fitters print an intercept for each parameter, of its logarithm where the parameter is positive. scipy: shape parameters and
scale of `scipy.stats`, fitted with floc=0; a covariance typed with them is of these.
"""

from __future__ import annotations

from typing import Any

from model.survival.programs.flexsurv import from_stacy, to_stacy
from model.survival.programs.parametrisation import Parametrisation, Program, keep, reverse, spline_names
from model.survival.programs.streg import from_log_sigma, to_log_sigma
from model.survival.programs.survreg import from_log_sd, to_log_sd

LIFELINES_SOURCE = "Davidson-Pilon 2019, JOSS 4:1317; docstrings of the fitters of lifelines"
SCIPY_SOURCE = "Virtanen et al. 2020, Nat Methods 17:261; docstrings of scipy.stats"


def _inverse(_: Any, value: Any) -> tuple[Any, ...]:
    return (1 / value,)


def _logs(w: Any, first: Any, second: Any) -> tuple[Any, ...]:
    """Of two positive parameters, scale before shape."""
    return w.exp(second), w.exp(first)


def _to_logs(w: Any, shape: Any, scale: Any) -> tuple[Any, ...]:
    return w.ln(scale), w.ln(shape)


def _lognormal_scipy(w: Any, s: Any, scale: Any) -> tuple[Any, ...]:
    return w.ln(scale), s


def _to_lognormal_scipy(w: Any, meanlog: Any, sdlog: Any) -> tuple[Any, ...]:
    return sdlog, w.exp(meanlog)


def _gamma_scipy(_: Any, a: Any, scale: Any) -> tuple[Any, ...]:
    return a, 1 / scale


def _gompertz_scipy(_: Any, c: Any, scale: Any) -> tuple[Any, ...]:
    return 1 / scale, c / scale


def _to_gompertz_scipy(_: Any, shape: Any, rate: Any) -> tuple[Any, ...]:
    return rate / shape, 1 / shape


def _stacy_scipy(w: Any, a: Any, c: Any, scale: Any) -> tuple[Any, ...]:
    return from_stacy(w, c, scale, a)


def _to_stacy_scipy(w: Any, mu: Any, sigma: Any, q: Any) -> tuple[Any, ...]:
    shape, scale, k = to_stacy(w, mu, sigma, q)
    return k, shape, scale


def _lifelines_spline(internal: int) -> Parametrisation:
    return Parametrisation(
        names=tuple(spline_names("phi_0_", "phi_{}_", internal)),
        to_ours=keep,
        to_theirs=keep,
        equation="S = exp(-exp(phi_0_ + phi_1_ log t + phi_2_ v1(log t) + ...))",
        source=LIFELINES_SOURCE,
    )


LIFELINES = Program(
    meaning="Python's lifelines, univariate fitters",
    families={
        "exponential": Parametrisation(
            names=("lambda_",),
            to_ours=_inverse,
            to_theirs=_inverse,
            equation="S = exp(-t / lambda_)",
            source=LIFELINES_SOURCE,
            positive=("lambda_",),
        ),
        "weibull": Parametrisation(
            names=("lambda_", "rho_"),
            to_ours=reverse,
            to_theirs=reverse,
            equation="S = exp(-(t / lambda_)^rho_)",
            source=LIFELINES_SOURCE,
            positive=("lambda_", "rho_"),
        ),
        "loglogistic": Parametrisation(
            names=("alpha_", "beta_"),
            to_ours=reverse,
            to_theirs=reverse,
            equation="S = 1 / (1 + (t / alpha_)^beta_)",
            source=LIFELINES_SOURCE,
            positive=("alpha_", "beta_"),
        ),
        "lognormal": Parametrisation(
            names=("mu_", "sigma_"),
            to_ours=keep,
            to_theirs=keep,
            equation="S = 1 - Phi((log t - mu_) / sigma_)",
            source=LIFELINES_SOURCE,
            positive=("sigma_",),
        ),
        "generalised_gamma": Parametrisation(
            names=("mu_", "ln_sigma_", "lambda_"),
            to_ours=from_log_sigma,
            to_theirs=to_log_sigma,
            equation="S = Q(lambda_^-2, lambda_^-2 exp(lambda_ z)) for lambda_ > 0, 1 minus that for lambda_ < 0, "
            "z = (log t - mu_) / exp(ln_sigma_)",
            source=LIFELINES_SOURCE,
        ),
    },
    spline=_lifelines_spline,
    spline_scales=("hazard",),
)
LIFELINES_AFT = Program(
    meaning="Python's lifelines, accelerated-failure-time fitters without covariates",
    families={
        "weibull": Parametrisation(
            names=("lambda_ Intercept", "rho_ Intercept"),
            to_ours=_logs,
            to_theirs=_to_logs,
            equation="S = exp(-(t / exp(lambda_ Intercept))^exp(rho_ Intercept))",
            source=LIFELINES_SOURCE,
        ),
        "loglogistic": Parametrisation(
            names=("alpha_ Intercept", "beta_ Intercept"),
            to_ours=_logs,
            to_theirs=_to_logs,
            equation="S = 1 / (1 + (t / exp(alpha_ Intercept))^exp(beta_ Intercept))",
            source=LIFELINES_SOURCE,
        ),
        "lognormal": Parametrisation(
            names=("mu_ Intercept", "sigma_ Intercept"),
            to_ours=from_log_sd,
            to_theirs=to_log_sd,
            equation="S = 1 - Phi((log t - mu_ Intercept) / exp(sigma_ Intercept))",
            source=LIFELINES_SOURCE,
        ),
        "generalised_gamma": Parametrisation(
            names=("mu_ Intercept", "sigma_ Intercept", "lambda_ Intercept"),
            to_ours=from_log_sigma,
            to_theirs=to_log_sigma,
            equation="as GeneralizedGammaFitter, with ln_sigma_ = sigma_ Intercept",
            source=LIFELINES_SOURCE,
        ),
    },
)
SCIPY = Program(
    meaning="Python's scipy.stats: expon, weibull_min, gompertz, fisk, lognorm, gamma, gengamma, with loc 0",
    families={
        "exponential": Parametrisation(
            names=("scale",),
            to_ours=_inverse,
            to_theirs=_inverse,
            equation="expon: S = exp(-t / scale)",
            source=SCIPY_SOURCE,
            positive=("scale",),
        ),
        "weibull": Parametrisation(
            names=("c", "scale"),
            to_ours=keep,
            to_theirs=keep,
            equation="weibull_min: S = exp(-(t / scale)^c)",
            source=SCIPY_SOURCE,
            positive=("c", "scale"),
        ),
        "gompertz": Parametrisation(
            names=("c", "scale"),
            to_ours=_gompertz_scipy,
            to_theirs=_to_gompertz_scipy,
            equation="gompertz: S = exp(-c (exp(t / scale) - 1))",
            source=SCIPY_SOURCE,
            positive=("c", "scale"),
        ),
        "loglogistic": Parametrisation(
            names=("c", "scale"),
            to_ours=keep,
            to_theirs=keep,
            equation="fisk: S = 1 / (1 + (t / scale)^c)",
            source=SCIPY_SOURCE,
            positive=("c", "scale"),
        ),
        "lognormal": Parametrisation(
            names=("s", "scale"),
            to_ours=_lognormal_scipy,
            to_theirs=_to_lognormal_scipy,
            equation="lognorm: S = 1 - Phi((log t - log scale) / s)",
            source=SCIPY_SOURCE,
            positive=("s", "scale"),
        ),
        "gamma": Parametrisation(
            names=("a", "scale"),
            to_ours=_gamma_scipy,
            to_theirs=_gamma_scipy,
            equation="gamma: S = Q(a, t / scale)",
            source=SCIPY_SOURCE,
            positive=("a", "scale"),
        ),
        "generalised_gamma": Parametrisation(
            names=("a", "c", "scale"),
            to_ours=_stacy_scipy,
            to_theirs=_to_stacy_scipy,
            equation="gengamma: S = Q(a, (t / scale)^c) for c > 0, 1 minus that for c < 0",
            source=SCIPY_SOURCE,
            positive=("a", "scale"),
        ),
    },
)
