"""Python's scipy.stats: shape parameters and scale, fitted with floc=0; a covariance typed with them is of these."""

from __future__ import annotations

from model.survival.programs.forms import KEPT, MEAN, RATIO_SCALE, SD_MEDIAN, SHAPE_SCALE, STACY_K_FIRST
from model.survival.programs.parametrisation import Parametrisation, Program

SOURCE = "Virtanen et al. 2020, Nat Methods 17:261; docstrings of scipy.stats"

SCIPY = Program(
    meaning="Python's scipy.stats: expon, weibull_min, gompertz, fisk, lognorm, gamma, gengamma, with loc 0",
    families={
        "exponential": Parametrisation(
            names=("scale",), form=MEAN, equation="expon: S = exp(-t / scale)", source=SOURCE, positive=("scale",)
        ),
        "weibull": Parametrisation(
            names=("c", "scale"),
            form=KEPT,
            equation="weibull_min: S = exp(-(t / scale)^c)",
            source=SOURCE,
            positive=("c", "scale"),
        ),
        "gompertz": Parametrisation(
            names=("c", "scale"),
            form=RATIO_SCALE,
            equation="gompertz: S = exp(-c (exp(t / scale) - 1))",
            source=SOURCE,
            positive=("c", "scale"),
        ),
        "loglogistic": Parametrisation(
            names=("c", "scale"),
            form=KEPT,
            equation="fisk: S = 1 / (1 + (t / scale)^c)",
            source=SOURCE,
            positive=("c", "scale"),
        ),
        "lognormal": Parametrisation(
            names=("s", "scale"),
            form=SD_MEDIAN,
            equation="lognorm: S = 1 - Phi((log t - log scale) / s)",
            source=SOURCE,
            positive=("s", "scale"),
        ),
        "gamma": Parametrisation(
            names=("a", "scale"),
            form=SHAPE_SCALE,
            equation="gamma: S = Q(a, t / scale)",
            source=SOURCE,
            positive=("a", "scale"),
        ),
        "generalised_gamma": Parametrisation(
            names=("a", "c", "scale"),
            form=STACY_K_FIRST,
            equation="gengamma: S = Q(a, (t / scale)^c) for c > 0, 1 minus that for c < 0",
            source=SOURCE,
            positive=("a", "scale"),
        ),
    },
)
