"""R's survreg (package survival): log T = (Intercept) + scale x error, without covariates.

`summary` prints (Intercept) and Log(scale), and `vcov` is of these two; `print` shows the Scale itself, whose logarithm is
meant here. Therneau, survival: survreg, survreg.distributions; Kalbfleisch and Prentice 2002, section 2.2.
"""

from __future__ import annotations

from model.survival.programs.forms import LOCATION_LOG_SCALE, LOG_MEAN, LOG_SD
from model.survival.programs.parametrisation import Parametrisation, Program

INTERCEPT, LOG_SCALE = "(Intercept)", "Log(scale)"
SOURCE = "survreg of R's survival; Kalbfleisch and Prentice 2002, section 2.2"


SURVREG = Program(
    meaning="R's survreg, (Intercept) and Log(scale)",
    families={
        "exponential": Parametrisation(
            names=(INTERCEPT,), form=LOG_MEAN, equation="S = exp(-t exp(-(Intercept)))", source=SOURCE
        ),
        "weibull": Parametrisation(
            names=(INTERCEPT, LOG_SCALE),
            form=LOCATION_LOG_SCALE,
            equation="S = exp(-exp((log t - (Intercept)) / scale))",
            source=SOURCE,
        ),
        "loglogistic": Parametrisation(
            names=(INTERCEPT, LOG_SCALE),
            form=LOCATION_LOG_SCALE,
            equation="S = 1 / (1 + exp((log t - (Intercept)) / scale))",
            source=SOURCE,
        ),
        "lognormal": Parametrisation(
            names=(INTERCEPT, LOG_SCALE), form=LOG_SD, equation="S = 1 - Phi((log t - (Intercept)) / scale)", source=SOURCE
        ),
    },
)
