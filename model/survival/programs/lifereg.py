"""SAS PROC LIFEREG: log T = Intercept + Scale x error, without covariates.

The table of estimates shows Intercept, Scale itself (1 for an exponential distribution, where it is not estimated) and, for
the (generalised) gamma distribution, Shape; the covariance (COVB) is of these. SAS/STAT User's Guide, The LIFEREG Procedure,
Supported Distributions.
"""

from __future__ import annotations

from model.survival.programs.forms import KEPT, LOCATION_SCALE, LOG_MEAN
from model.survival.programs.parametrisation import Parametrisation, Program

INTERCEPT, SCALE, SHAPE = "Intercept", "Scale", "Shape"
SOURCE = "SAS/STAT User's Guide, The LIFEREG Procedure, Supported Distributions"


LIFEREG = Program(
    meaning="SAS PROC LIFEREG, Intercept and Scale",
    families={
        "exponential": Parametrisation(
            names=(INTERCEPT,), form=LOG_MEAN, equation="S = exp(-t exp(-Intercept))", source=SOURCE
        ),
        "weibull": Parametrisation(
            names=(INTERCEPT, SCALE),
            form=LOCATION_SCALE,
            equation="S = exp(-exp((log t - Intercept) / Scale))",
            source=SOURCE,
            positive=(SCALE,),
        ),
        "loglogistic": Parametrisation(
            names=(INTERCEPT, SCALE),
            form=LOCATION_SCALE,
            equation="S = 1 / (1 + exp((log t - Intercept) / Scale))",
            source=SOURCE,
            positive=(SCALE,),
        ),
        "lognormal": Parametrisation(
            names=(INTERCEPT, SCALE),
            form=KEPT,
            equation="S = 1 - Phi((log t - Intercept) / Scale)",
            source=SOURCE,
            positive=(SCALE,),
        ),
        "generalised_gamma": Parametrisation(
            names=(INTERCEPT, SCALE, SHAPE),
            form=KEPT,
            equation="S = Q(Shape^-2, Shape^-2 exp(Shape w)) for Shape > 0, 1 minus that for Shape < 0, "
            "w = (log t - Intercept) / Scale",
            source=SOURCE,
            positive=(SCALE,),
        ),
    },
)
