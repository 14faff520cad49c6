"""Every candidate distribution fitted to one set of observations."""

from __future__ import annotations

from collections.abc import Sequence

from model.choices import CURES
from model.survival.distributions import CANDIDATES
from model.survival.estimation import Fit, fit_data
from model.survival.families.base import Distribution
from model.survival.survival_data import SurvivalData


def fit_candidates(
    data: SurvivalData,
    names: Sequence[str] = CANDIDATES,
    cure: str = "none",
    excess: bool = False,
    families: Sequence[Distribution] = (),
) -> dict[str, Fit]:
    """Fits by candidate name, in the order of `names`; one that fails stands in the table and stops no other.

    cure: none, mixture or non_mixture (each candidate's cure version, under the candidate's own name); excess: see
    `fit_data`. families: further distributions, such as a piecewise exponential, fitted as they are. Raises ValueError
    for an unknown kind of cure.

    >>> from model import survival
    >>> data = survival.survival_data([2.0, 4.0, 5.0, 7.0, 9.0], [1, 1, 0, 1, 1])
    >>> list(survival.fit_candidates(data, ["exponential", "weibull"]))
    ['exponential', 'weibull']
    """
    if cure not in CURES:
        raise ValueError(f"{cure!r} is not a kind of cure. Allowed: {', '.join(CURES)}.")
    prefix = "" if cure == "none" else f"{cure}_cure_"
    named = {name: fit_data(data, prefix + name, excess) for name in names}
    return named | {family.name: fit_data(data, family, excess) for family in families}
