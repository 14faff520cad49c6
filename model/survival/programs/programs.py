"""The programs whose coefficients can be typed, and what each of them prints of a distribution."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from model.spelling import did_you_mean
from model.survival.distributions import CANDIDATES, label_of
from model.survival.families.splines import SPLINE_NAMES, spline_parts
from model.survival.programs.flexsurv import FLEXSURV, FLEXSURV_ORIG, FLEXSURV_PH
from model.survival.programs.lifelines import LIFELINES, LIFELINES_AFT
from model.survival.programs.lifereg import LIFEREG
from model.survival.programs.parametrisation import Parametrisation, Program
from model.survival.programs.scipy_stats import SCIPY
from model.survival.programs.streg import STPM2, STREG, STREG_TIME
from model.survival.programs.survreg import SURVREG

OWN = "flexsurv"
"""The parametrisation that is the model's own."""
PROGRAMS: Mapping[str, Program] = MappingProxyType(
    {
        OWN: FLEXSURV,
        "flexsurv_weibullph": FLEXSURV_PH,
        "flexsurv_gengamma_orig": FLEXSURV_ORIG,
        "survreg": SURVREG,
        "streg": STREG,
        "streg_time": STREG_TIME,
        "stpm2": STPM2,
        "lifereg": LIFEREG,
        "lifelines": LIFELINES,
        "lifelines_aft": LIFELINES_AFT,
        "scipy": SCIPY,
    }
)


def distributions_of(program: str) -> tuple[str, ...]:
    """The distributions that a program prints, in the order of the registry. Raises ValueError for an unknown program.

    >>> distributions_of("survreg")
    ('exponential', 'weibull', 'loglogistic', 'lognormal')
    """
    made = _program(program)
    return tuple(name for name in CANDIDATES if _parametrisation(made, name) is not None)


def parametrisation(program: str, distribution: str) -> Parametrisation:
    """What a program prints of a distribution (or a spline, such as spline_odds_2).

    Raises ValueError, saying what there is, for an unknown program and for a distribution that it does not print.

    >>> printed = parametrisation("streg", "weibull")
    >>> printed.names, printed.equation
    (('_cons', '/ln_p'), 'S = exp(-exp(_cons) t^p)')
    """
    made = _parametrisation(_program(program), distribution)
    if made is None:
        label = label_of(distribution).lower()
        raise ValueError(f"{program} prints no {label} distribution; it has {', '.join(distributions_of(program))}")
    return made


def _program(name: str) -> Program:
    try:
        return PROGRAMS[name]
    except (KeyError, TypeError):
        hint = did_you_mean(str(name), PROGRAMS)
        raise ValueError(
            f"{name!r} is not a program that prints coefficients{hint} Allowed: {', '.join(PROGRAMS)}."
        ) from None


def _parametrisation(program: Program, distribution: str) -> Parametrisation | None:
    if distribution in SPLINE_NAMES:
        scale, internal = spline_parts(distribution)
        return program.spline(internal) if program.spline is not None and scale in program.spline_scales else None
    return program.families.get(distribution)
