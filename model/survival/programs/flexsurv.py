"""R's flexsurv, whose parametrisation is the model's own, and two families that it offers beside these.

`res` prints natural coefficients; `vcov` is of the logarithms of those that are positive. Jackson (2016), J Stat Softw 70(8),
table 1; the equations are those of the families themselves.
"""

from __future__ import annotations

from typing import Any

from model.survival.distributions import DISTRIBUTIONS
from model.survival.families.standard import StandardDistribution
from model.survival.programs.forms import KEPT, SHAPE_HAZARD, STACY
from model.survival.programs.parametrisation import Parametrisation, Program, spline_names

SOURCE = "Jackson 2016, J Stat Softw 70(8), table 1; flexsurvreg of R's flexsurv"
EQUATIONS = {
    "exponential": "S = exp(-rate t)",
    "weibull": "S = exp(-(t / scale)^shape)",
    "gompertz": "S = exp(-(rate / shape) (exp(shape t) - 1))",
    "loglogistic": "S = 1 / (1 + (t / scale)^shape)",
    "lognormal": "S = 1 - Phi((log t - meanlog) / sdlog)",
    "gamma": "S = Q(shape, rate t), Q the regularised upper incomplete gamma function",
    "generalised_gamma": "S = Q(Q^-2, Q^-2 exp(Q w)) for Q > 0, 1 minus that for Q < 0, w = (log t - mu) / sigma",
}


def _as_ours(family: StandardDistribution) -> Parametrisation:
    logs = tuple("log" if scale == "log" else "itself" for scale in family.estimation_scale)
    return Parametrisation(
        names=family.parameters,
        form=KEPT,
        equation=EQUATIONS.get(family.name, family.label),
        source=SOURCE,
        covariance_of=logs,
        positive=tuple(n for n, scale in zip(family.parameters, logs, strict=True) if scale == "log"),
    )


def _spline(internal: int) -> Parametrisation:
    return Parametrisation(
        names=tuple(spline_names("gamma0", "gamma{}", internal)),
        form=KEPT,
        equation="g(S) = gamma0 + gamma1 log t + gamma2 v1(log t) + ...",
        source="Royston and Parmar 2002, Stat Med 21:2175; flexsurvspline of R's flexsurv",
    )


WEIBULL_PH = Parametrisation(
    names=("shape", "scale"),
    form=SHAPE_HAZARD,
    equation="S = exp(-scale t^shape)",
    source="weibullPH of R's flexsurv",
    covariance_of=("log", "log"),
    positive=("shape", "scale"),
)
ORIGINAL_GENERALISED_GAMMA = Parametrisation(
    names=("shape", "scale", "k"),
    form=STACY,
    equation="S = Q(k, (t / scale)^shape)",
    source="Stacy 1962, Ann Math Stat 33:1187; gengamma.orig of R's flexsurv",
    covariance_of=("log", "log", "log"),
    positive=("shape", "scale", "k"),
)

_OURS = {name: _as_ours(family) for name, family in DISTRIBUTIONS.items()}
_SPLINES: dict[str, Any] = {"spline": _spline, "spline_scales": ("hazard", "odds", "normal")}
FLEXSURV = Program(meaning="R's flexsurv, flexsurvreg and flexsurvspline", families=_OURS, **_SPLINES)
FLEXSURV_PH = Program(
    meaning="R's flexsurv with dist = weibullPH, whose scale multiplies the hazard",
    families={**_OURS, "weibull": WEIBULL_PH},
    **_SPLINES,
)
FLEXSURV_ORIG = Program(
    meaning="R's flexsurv with dist = gengamma.orig",
    families={**_OURS, "generalised_gamma": ORIGINAL_GENERALISED_GAMMA},
    **_SPLINES,
)
