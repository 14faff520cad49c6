"""The registry of parametric survival distributions, by the names the inputs use.

Parametrisation, order of parameters and estimation scale are flexsurv's (Jackson 2016, J Stat Softw 70(8)),
so that coefficients and covariance matrices from R can be pasted.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from model.survival.families.exponential import Exponential
from model.survival.families.gamma import Gamma
from model.survival.families.generalised_gamma import GeneralisedGamma
from model.survival.families.gompertz import Gompertz
from model.survival.families.log_logistic import LogLogistic
from model.survival.families.log_normal import LogNormal
from model.survival.families.splines import SPLINE_NAMES, spline_label, spline_parts
from model.survival.families.standard import StandardDistribution
from model.survival.families.weibull import Weibull

FAMILIES: tuple[type[StandardDistribution], ...] = (
    Exponential,
    Weibull,
    Gompertz,
    LogLogistic,
    LogNormal,
    Gamma,
    GeneralisedGamma,
)
"""The registry, in the order of drop-downs, tables, colours and legends."""

DISTRIBUTIONS: Mapping[str, StandardDistribution] = MappingProxyType({family.name: family() for family in FAMILIES})
STANDARD_NAMES = tuple(DISTRIBUTIONS)
CANDIDATES = (*STANDARD_NAMES, *SPLINE_NAMES)
"""Everything that is fitted to data by its name alone."""
INCOMPLETE_GAMMA = tuple(name for name, family in DISTRIBUTIONS.items() if family.incomplete_gamma)


def distribution(name: str) -> StandardDistribution:
    """The distribution called `name`. Raises ValueError with the allowed names.

    >>> from model import survival
    >>> survival.distribution("weibull").survival([0.0, 20.0], [1.5, 20.0]).round(4).tolist()  # exp(-1) at the scale
    [1.0, 0.3679]
    >>> survival.distribution("gamma").parameters
    ('shape', 'rate')
    """
    try:
        return DISTRIBUTIONS[name]
    except (KeyError, TypeError):
        raise ValueError(f"{name!r} is not a distribution. Allowed: {', '.join(DISTRIBUTIONS)}.") from None


def label_of(name: str) -> str:
    """The name of a candidate in words, splines and cure versions included.

    >>> from model import survival
    >>> survival.label_of("weibull")
    'Weibull'
    """
    for kind in ("non_mixture_cure_", "mixture_cure_"):
        if name.startswith(kind):
            return f"{label_of(name.removeprefix(kind))}, {kind.removesuffix('_cure_').replace('_', '-')} cure"
    if name in DISTRIBUTIONS:
        return DISTRIBUTIONS[name].label
    if name in SPLINE_NAMES:
        return spline_label(*spline_parts(name))
    return name.replace("_", " ").capitalize()
