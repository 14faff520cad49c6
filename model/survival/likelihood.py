"""The log-likelihood of observations under a family, and its derivatives where the family writes them.

log L = sum of w (event log h(t) - H(t) + H(entry)): right-censoring and delayed entry (Klein and Moeschberger 2003,
Survival Analysis, section 3.5). With an excess hazard the event adds log(h_population + h) and the general population's
cumulative hazard is part of H (Nelson, Lambert, Squire and Jones 2007, Stat Med 26:5486).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.arrays import Array
from model.survival.families.base import Distribution
from model.survival.families.expansions import Expanded, Slopes
from model.survival.maximum import Derivatives
from model.survival.survival_data import SurvivalData


def log_likelihood(family: Distribution, data: SurvivalData, estimates: Array, excess: bool) -> Array:
    """log L for each row of estimates (B, k) -> (B,); -inf where there is no curve."""
    with np.errstate(all="ignore"):
        total = terms(family, data, estimates, excess) @ data.weight
    return np.where(np.isfinite(total), total, -np.inf)


@np.errstate(all="ignore")
def terms(family: Distribution, data: SurvivalData, estimates: Array, excess: bool = False) -> Array:
    """What each observation adds to log L before it is weighted: (B, k) -> (B, n)."""
    columns = _columns(family, estimates)
    happened, made = data.event, np.empty((len(estimates), data.n))
    made[:, ~happened] = -family._cumulative_hazard(data.time[~happened], *columns)
    if excess:
        assert data.population_hazard is not None and data.population_cumulative is not None
        own = family._log_hazard(data.time[happened], *columns)
        made[:, happened] = np.logaddexp(own, np.log(data.population_hazard[happened]))
        made[:, happened] -= family._cumulative_hazard(data.time[happened], *columns)
        made -= data.population_cumulative
    else:
        made[:, happened] = family._log_density(data.time[happened], *columns)
    late = data.entry > 0
    if late.any():
        made[:, late] += family._cumulative_hazard(data.entry[late], *columns)
    return made


@np.errstate(all="ignore")
def derivatives(family: Expanded, data: SurvivalData, weights: Array, estimates: Array) -> tuple[Array, Array]:
    """Gradient (B, k) and Hessian (B, k, k) of log L with weights (B, n) at estimates (B, k), or (1, k) for all weights."""
    columns = _columns(family, estimates)
    happened, late = data.event, data.entry > 0
    found = _weighted(family._log_density_slopes(data.time[happened], *columns), weights[:, happened])
    found += _weighted(family._log_survival_slopes(data.time[~happened], *columns), weights[:, ~happened])
    if late.any():
        found -= _weighted(family._log_survival_slopes(data.entry[late], *columns), weights[:, late])
    k = estimates.shape[1]
    i, j = np.triu_indices(k)
    hessian = np.empty((len(weights), k, k))
    hessian[:, i, j] = hessian[:, j, i] = found[k:].T
    return found[:k].T, hessian


def exact_derivatives(parts: Sequence[tuple[Distribution, SurvivalData]]) -> Derivatives | None:
    """Gradient (k,) and Hessian (k, k) of log L as functions of the estimates (k,), where its one family writes them."""
    (family, data), *others = parts
    if others or not isinstance(family, Expanded):
        return None

    def exact(estimates: Array) -> tuple[Array, Array]:
        gradient, hessian = derivatives(family, data, data.weight[None, :], estimates[None, :])
        return gradient[0], hessian[0]

    return exact


def _columns(family: Distribution, estimates: Array) -> list[Array]:
    natural = family.to_natural(estimates)
    return [natural[:, j, None] for j in range(natural.shape[1])]


def _weighted(slopes: Slopes, weights: Array) -> Array:
    """Sums over observations, (number of slopes, B)."""
    return np.stack([np.vecdot(slope, weights) for slope in slopes])
