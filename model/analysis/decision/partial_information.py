"""Expected value of partial perfect information by regression (Strong, Oakley and Brennan 2014).

The net benefit that knowledge of some parameters would lead us to expect is a regression of net benefit on
their draws. With g_d(i) the fitted net benefit of option d in draw i,
    EVPPI = mean_i max_d g_d(i) - max_d mean_i g_d(i)
Each threshold takes the option of highest mean net benefit as its reference and regresses the increments of
the others against it: what all options share cancels before the regression, and the reference, with g = 0,
wins on average, so that EVPPI is the mean over draws of max(0, g_d(i)) and never negative.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from model.analysis.decision.checks import FloatArray, draws_of_options, finite_array, willingness_to_pay
from model.analysis.decision.perfect_information import evpi
from model.analysis.decision.smoothing import (
    Fit,
    Margin,
    additive,
    fit,
    margin,
    strongest_interactions,
    with_interactions,
)

_FEWEST_DRAWS = 20
_SIMULATIONS, _SEED = 200, 2014
_NEIGHBOUR_DIMENSIONS = 5


def evppi(
    costs: ArrayLike,
    effects: ArrayLike,
    parameters: ArrayLike | Mapping[str, ArrayLike] | pd.DataFrame,
    thresholds: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    method: Literal["spline"] = "spline",
) -> pd.DataFrame:
    """Expected value of knowing a group of parameters, per person and in currency.

    costs, effects: `(n_draws, n_options)`. parameters: their draws, a mapping or data frame of name to
    `(n_draws,)`, or an array `(n_draws, n_parameters)` whose columns are then `parameter 1`, `parameter 2`,
    ... thresholds: a number or `(n_thresholds,)`. names: of the options. groups: lists of parameter names by
    the name of the group; each parameter alone where not given.
    method:
        spline  penalised regression splines, smoothing by restricted maximum likelihood. One parameter: 20
                knots. Up to five: additive, with tensor products for every pair. More: additive, with
                products for the 20 pairs that explain most

    One row per group and threshold, columns
        group, willingness_to_pay
        evppi           never negative; no more than the EVPI, at which an estimate that strays is cut
        standard_error  of both errors of estimation: coefficients (drawn from their posterior, as in Strong et
                        al.) and the finite number of draws (standard deviation of gains / sqrt(n_draws)).
                        The R package voi reports the first alone
        share_of_evpi   NaN where EVPI is 0
        residual_check  share of the variance of incremental net benefit that depends on the group but that
                        the splines missed, estimated from residuals of neighbouring draws; the largest of
                        any increment, 0 where nothing is left. Sampling error is about 1 / sqrt(n_draws):
                        values above 0.05 say that the fit should not be relied on
    A parameter that does not vary, or repeats another, adds nothing. Estimates of a small EVPPI are biased
    upwards, by about their standard error.
    ValueError for shapes that differ, numbers that are not finite, fewer than two options or 20 draws,
    negative thresholds, names that repeat, groups that are empty or name unknown parameters.
    """
    cost, effect = draws_of_options(costs, effects)
    threshold = np.atleast_1d(willingness_to_pay(thresholds))
    option_names(names, cost.shape[1])
    if method != "spline":
        raise ValueError(f'method must be "spline"; got {method!r}')
    if len(cost) < _FEWEST_DRAWS:
        raise ValueError(f"a regression needs at least {_FEWEST_DRAWS} draws; got {len(cost)}")
    draws = _named_draws(parameters, len(cost))
    members = _members(groups, list(draws))

    increments = _increments(cost, effect, threshold)
    perfect = np.atleast_1d(evpi(cost, effect, threshold))
    tables = []
    for group, listed in members.items():
        table = _value_of_knowing([draws[name] for name in listed], increments, perfect)
        table.insert(0, "group", group)
        table.insert(1, "willingness_to_pay", threshold)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _increments(cost: FloatArray, effect: FloatArray, thresholds: FloatArray) -> FloatArray:
    """Net benefit of every other option minus that of the best on average.

    Shape `(n_draws, n_thresholds, n_options - 1)`.
    """
    increments = np.empty((len(cost), thresholds.size, cost.shape[1] - 1))
    for k, net_benefit in enumerate(each_threshold(cost, effect, thresholds)):
        best = int(net_benefit.mean(axis=1).argmax())
        increments[:, k] = (np.delete(net_benefit, best, axis=0) - net_benefit[best]).T
    return increments


def _value_of_knowing(group: Sequence[FloatArray], increments: FloatArray, perfect: FloatArray) -> pd.DataFrame:
    """EVPPI of one group at every threshold, given increments `(n_draws, n_thresholds, n_options - 1)`."""
    n, n_thresholds, n_others = increments.shape
    outcomes = increments.reshape(n, -1)
    regression = regress(group, outcomes)
    if regression is None:
        estimate = error = missed = np.zeros(n_thresholds)
    else:
        fitted = regression.fitted.reshape(increments.shape)
        gain = np.maximum(fitted.max(axis=2), 0)
        estimate = np.minimum(gain.mean(axis=0), perfect)
        simulated = [
            _simulated_error(regression, slice(k * n_others, (k + 1) * n_others)) for k in range(n_thresholds)
        ]
        error = np.sqrt(np.square(simulated) + gain.var(axis=0, ddof=1) / n)
        missed = _missed(regression, outcomes).reshape(n_thresholds, n_others).max(axis=1)
    share = np.divide(estimate, perfect, out=np.full(n_thresholds, np.nan), where=perfect > 0)
    return pd.DataFrame(
        {"evppi": estimate, "standard_error": error, "share_of_evpi": share, "residual_check": missed}
    )
