"""SAS PROC LIFEREG: log T = Intercept + Scale x error, without covariates.

The table of estimates shows Intercept, Scale itself (1 for an exponential distribution, where it is not estimated) and, for
the (generalised) gamma distribution, Shape; the covariance (COVB) is of these. SAS/STAT User's Guide, The LIFEREG Procedure,
Supported Distributions.
"""

from __future__ import annotations

from typing import Any

from model.survival.programs.parametrisation import Parametrisation, Program, keep

INTERCEPT, SCALE, SHAPE = "Intercept", "Scale", "Shape"
SOURCE = "SAS/STAT User's Guide, The LIFEREG Procedure, Supported Distributions"


def _exponential(w: Any, intercept: Any) -> tuple[Any, ...]:
    return (w.exp(-intercept),)


def _to_exponential(w: Any, rate: Any) -> tuple[Any, ...]:
    return (-w.ln(rate),)


def _location_scale(w: Any, intercept: Any, scale: Any) -> tuple[Any, ...]:
    return 1 / scale, w.exp(intercept)


def _to_location_scale(w: Any, shape: Any, scale: Any) -> tuple[Any, ...]:
    return w.ln(scale), 1 / shape


LIFEREG = Program(
    meaning="SAS PROC LIFEREG, Intercept and Scale",
    families={
        "exponential": Parametrisation(
            names=(INTERCEPT,),
            to_ours=_exponential,
            to_theirs=_to_exponential,
            equation="S = exp(-t exp(-Intercept))",
            source=SOURCE,
        ),
        "weibull": Parametrisation(
            names=(INTERCEPT, SCALE),
            to_ours=_location_scale,
            to_theirs=_to_location_scale,
            equation="S = exp(-exp((log t - Intercept) / Scale))",
            source=SOURCE,
            positive=(SCALE,),
        ),
        "loglogistic": Parametrisation(
            names=(INTERCEPT, SCALE),
            to_ours=_location_scale,
            to_theirs=_to_location_scale,
            equation="S = 1 / (1 + exp((log t - Intercept) / Scale))",
            source=SOURCE,
            positive=(SCALE,),
        ),
        "lognormal": Parametrisation(
            names=(INTERCEPT, SCALE),
            to_ours=keep,
            to_theirs=keep,
            equation="S = 1 - Phi((log t - Intercept) / Scale)",
            source=SOURCE,
            positive=(SCALE,),
        ),
        "generalised_gamma": Parametrisation(
            names=(INTERCEPT, SCALE, SHAPE),
            to_ours=keep,
            to_theirs=keep,
            equation="S = Q(Shape^-2, Shape^-2 exp(Shape w)) for Shape > 0, 1 minus that for Shape < 0, "
            "w = (log t - Intercept) / Scale",
            source=SOURCE,
            positive=(SCALE,),
        ),
    },
)
