"""The registry of parametric survival distributions, by the names the inputs use.

Parametrisation, order of parameters and estimation scale are flexsurv's (Jackson 2016, J Stat Softw 70(8)),
so that coefficients and covariance matrices from R can be pasted.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from model.survival.families.base import Distribution
from model.survival.families.exponential import Exponential
from model.survival.families.gamma import Gamma
from model.survival.families.generalised_gamma import GeneralisedGamma
from model.survival.families.gompertz import Gompertz
from model.survival.families.log_logistic import LogLogistic
from model.survival.families.log_normal import LogNormal
from model.survival.families.weibull import Weibull

DISTRIBUTIONS: Mapping[str, Distribution] = MappingProxyType(
    {
        family.name: family
        for family in (Exponential(), Weibull(), Gompertz(), LogLogistic(), LogNormal(), Gamma(), GeneralisedGamma())
    }
)


def distribution(name: str) -> Distribution:
    """The distribution called `name`. Raises ValueError with the allowed names."""
    try:
        return DISTRIBUTIONS[name]
    except (KeyError, TypeError):
        raise ValueError(f"{name!r} is not a distribution. Allowed: {', '.join(DISTRIBUTIONS)}.") from None


STANDARD_NAMES = tuple(DISTRIBUTIONS)
SPLINE_NAMES = tuple(f"spline_{scale}_{internal}" for scale in ("hazard", "odds", "normal") for internal in (1, 2, 3))


def label_of(name: str) -> str:
    """The name of a candidate in words, splines and cure versions included."""
    for kind in ("non_mixture_cure_", "mixture_cure_"):
        if name.startswith(kind):
            return f"{label_of(name.removeprefix(kind))}, {kind.removesuffix('_cure_').replace('_', '-')} cure"
    if name in DISTRIBUTIONS:
        return DISTRIBUTIONS[name].label
    if name in SPLINE_NAMES:
        _, scale, internal = name.split("_")
        return f"Spline, {scale}, {internal} knot{'' if internal == '1' else 's'}"
    return name.replace("_", " ").capitalize()
