"""R's survreg (package survival): log T = (Intercept) + scale x error, without covariates.

`summary` prints (Intercept) and Log(scale), and `vcov` is of these two; `print` shows the Scale itself, whose logarithm is
meant here. Therneau, survival: survreg, survreg.distributions; Kalbfleisch and Prentice 2002, section 2.2.
"""

from __future__ import annotations

from typing import Any

from model.survival.programs.parametrisation import Parametrisation, Program

INTERCEPT, LOG_SCALE = "(Intercept)", "Log(scale)"
SOURCE = "survreg of R's survival; Kalbfleisch and Prentice 2002, section 2.2"


def _exponential(w: Any, intercept: Any) -> tuple[Any, ...]:
    return (w.exp(-intercept),)


def _to_exponential(w: Any, rate: Any) -> tuple[Any, ...]:
    return (-w.ln(rate),)


def from_location_scale(w: Any, intercept: Any, log_scale: Any) -> tuple[Any, ...]:
    """shape and scale of a Weibull or log-logistic distribution from those of log T, the second as a logarithm."""
    return w.exp(-log_scale), w.exp(intercept)


def to_location_scale(w: Any, shape: Any, scale: Any) -> tuple[Any, ...]:
    return w.ln(scale), -w.ln(shape)


def from_log_sd(w: Any, location: Any, log_sd: Any) -> tuple[Any, ...]:
    """meanlog and sdlog of a log-normal distribution."""
    return location, w.exp(log_sd)


def to_log_sd(w: Any, meanlog: Any, sdlog: Any) -> tuple[Any, ...]:
    return meanlog, w.ln(sdlog)


SURVREG = Program(
    meaning="R's survreg, (Intercept) and Log(scale)",
    families={
        "exponential": Parametrisation(
            names=(INTERCEPT,),
            to_ours=_exponential,
            to_theirs=_to_exponential,
            equation="S = exp(-t exp(-(Intercept)))",
            source=SOURCE,
        ),
        "weibull": Parametrisation(
            names=(INTERCEPT, LOG_SCALE),
            to_ours=from_location_scale,
            to_theirs=to_location_scale,
            equation="S = exp(-exp((log t - (Intercept)) / scale))",
            source=SOURCE,
        ),
        "loglogistic": Parametrisation(
            names=(INTERCEPT, LOG_SCALE),
            to_ours=from_location_scale,
            to_theirs=to_location_scale,
            equation="S = 1 / (1 + exp((log t - (Intercept)) / scale))",
            source=SOURCE,
        ),
        "lognormal": Parametrisation(
            names=(INTERCEPT, LOG_SCALE),
            to_ours=from_log_sd,
            to_theirs=to_log_sd,
            equation="S = 1 - Phi((log t - (Intercept)) / scale)",
            source=SOURCE,
        ),
    },
)
