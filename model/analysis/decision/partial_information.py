"""Expected value of partial perfect information by regression (Strong, Oakley and Brennan 2014).

The net benefit that knowledge of some parameters would lead us to expect is a regression of net benefit on
their draws. With g_d(i) the fitted net benefit of option d in draw i,
    EVPPI = mean_i max_d g_d(i) - max_d mean_i g_d(i)
Each threshold takes the option of highest mean net benefit as its reference and regresses the increments of
the others against it: what all options share cancels before the regression, and the reference, with g = 0,
wins on average, so that EVPPI is the mean over draws of max(0, g_d(i)) and never negative.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.spatial import KDTree
from threadpoolctl import threadpool_limits

from model.analysis.decision.checks import (
    FloatArray,
    draws_of_options,
    finite_array,
    option_names,
    willingness_to_pay,
)
from model.analysis.decision.net_benefit import each_threshold
from model.analysis.decision.perfect_information import evpi
from model.analysis.decision.smoothing import Fit, fit
from model.analysis.decision.splines import design

FEWEST_DRAWS = 20
_WORKERS = min(os.cpu_count() or 1, 8)
_SIMULATIONS, _SEED = 200, 2014
_SURE, _SIMULATED_DRAWS = 5.0, 4000
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
                        the splines missed, estimated from residuals of neighbouring draws (of a large
                        group, in the five parameters that matter most); the largest of any increment, 0
                        where nothing is left. Sampling error is about 1 / sqrt(n_draws): values above 0.05
                        and twice that error say that the fit should not be relied on
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
    if len(cost) < FEWEST_DRAWS:
        raise ValueError(f"a regression needs at least {FEWEST_DRAWS} draws; got {len(cost)}")
    draws = _named_draws(parameters, len(cost))
    members = _members(groups, list(draws))

    increments = _increments(cost, effect, threshold)
    perfect = np.atleast_1d(evpi(cost, effect, threshold))

    def table(group: str) -> pd.DataFrame:
        value = _value_of_knowing([draws[name] for name in members[group]], increments, perfect)
        value.insert(0, "group", group)
        value.insert(1, "willingness_to_pay", threshold)
        return value

    # Many small regressions, one thread for each: the pools of NumPy's and SciPy's BLAS get in each other's way.
    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(_WORKERS) as pool:
        return pd.concat(pool.map(table, members), ignore_index=True)


def _increments(cost: FloatArray, effect: FloatArray, thresholds: FloatArray) -> FloatArray:
    """Net benefit of every other option minus that of the best on average.

    Shape `(n_draws, n_thresholds, n_options - 1)`.
    """
    increments = np.empty((len(cost), thresholds.size, cost.shape[1] - 1))
    for k, net_benefit in enumerate(each_threshold(cost, effect, thresholds)):
        best = int(net_benefit.mean(axis=1).argmax())
        increments[:, k] = (np.delete(net_benefit, best, axis=0) - net_benefit[best]).T
    return increments


def _value_of_knowing(
    group: Sequence[FloatArray], increments: FloatArray, perfect: FloatArray
) -> pd.DataFrame:
    """EVPPI of one group at every threshold, given increments `(n_draws, n_thresholds, n_options - 1)`."""
    n, n_thresholds, n_others = increments.shape
    outcomes = increments.reshape(n, -1)
    estimate = error = missed = np.zeros(n_thresholds)
    columns = design(group, outcomes)
    if columns is not None:
        regression = fit(columns, outcomes)
        gain = np.maximum(regression.fitted.reshape(increments.shape).max(axis=2), 0)
        estimate = np.minimum(gain.mean(axis=0), perfect)
        of_threshold = [slice(k * n_others, (k + 1) * n_others) for k in range(n_thresholds)]
        simulated = [_error_of_coefficients(regression, outcomes, s) for s in of_threshold]
        error = np.sqrt(np.square(simulated) + gain.var(axis=0, ddof=1) / n)
        missed = _missed(group, regression.fitted, outcomes).reshape(n_thresholds, n_others).max(axis=1)
    share = np.divide(estimate, perfect, out=np.full(n_thresholds, np.nan), where=perfect > 0)
    return pd.DataFrame(
        {"evppi": estimate, "standard_error": error, "share_of_evpi": share, "residual_check": missed}
    )


def _error_of_coefficients(regression: Fit, outcomes: FloatArray, of_threshold: slice) -> float:
    """Standard deviation of EVPPI at one threshold over draws of the regression coefficients and means.

    Coefficients of different options are correlated as their residuals are. A draw whose best option leads
    by more than `_SURE` standard errors keeps it: the sum over such draws is linear in the coefficients. Of
    the others at most `_SIMULATED_DRAWS`, evenly spread over the fitted values, are simulated one by one.
    """
    columns = regression.design.columns
    n, p = columns.shape
    fitted = regression.fitted[:, of_threshold]
    noise, roots = regression.noise[of_threshold], regression.roots[of_threshold]
    of_mean = noise / np.sqrt(n)
    with_reference = np.column_stack([np.zeros(n), fitted])
    ranked = np.sort(with_reference, axis=1)
    spread = of_mean + noise * np.column_stack([_length(columns, root) for root in roots])
    sure = ranked[:, -1] - ranked[:, -2] > _SURE * spread.sum(axis=1)
    best = np.where(sure, with_reference.argmax(axis=1), 0)
    open_to_doubt = np.flatnonzero(~sure)
    step = max(1, -(-open_to_doubt.size // _SIMULATED_DRAWS))
    doubtful = open_to_doubt[np.argsort(fitted[open_to_doubt, 0], kind="stable")][step // 2 :: step]

    residual = (outcomes[:, of_threshold] - fitted) / np.where(noise > 0, noise, 1)
    size, direction = np.linalg.eigh(residual.T @ residual / n)
    together = (direction * np.sqrt(np.maximum(size, 0))) @ direction.T
    normal = np.random.default_rng(_SEED).standard_normal((p + 1, _SIMULATIONS, len(noise))) @ together

    total, highest_mean = np.zeros(_SIMULATIONS), np.zeros(_SIMULATIONS)
    highest = np.zeros((doubtful.size, _SIMULATIONS))
    rows = columns[doubtful]
    for d, root in enumerate(roots):
        change = noise[d] * (root[:, None] * normal[1:, :, d] if root.ndim == 1 else root @ normal[1:, :, d])
        change_of_mean = of_mean[d] * normal[0, :, d]
        winning = best == d + 1
        total += winning @ columns @ change + np.count_nonzero(winning) * change_of_mean
        moved = rows @ change
        moved += change_of_mean
        moved += fitted[doubtful, d][:, None]
        np.maximum(highest, moved, out=highest)
        np.maximum(highest_mean, fitted[:, d].mean() + change_of_mean, out=highest_mean)
    total += highest.sum(axis=0) * (open_to_doubt.size / max(doubtful.size, 1))
    return float((total / n - highest_mean).std(ddof=1))


def _length(columns: FloatArray, root: FloatArray) -> FloatArray:
    """Length of each row of columns @ root, where a vector stands for a diagonal root."""
    moved = columns * root if root.ndim == 1 else columns @ root
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", moved, moved)), dtype=np.float64)


def _missed(group: Sequence[FloatArray], fitted: FloatArray, outcomes: FloatArray) -> FloatArray:
    """Share of the variance of each outcome that neighbours in the group's parameters share in residuals.

    Were nothing missed, residuals of neighbours would differ by twice the residual variance (von Neumann
    1941): what they differ by less is a function of the parameters. In a large group, neighbours in the
    parameters that correlate most with any outcome.
    """
    total = outcomes.var(axis=0)
    varies = total > (1e-12 * np.abs(outcomes).max(axis=0)) ** 2
    centred = (outcomes - outcomes.mean(axis=0)) / np.sqrt(np.where(varies, total, 1))
    lines = np.column_stack([(x - x.mean()) / (x.std() or 1) for x in group])
    influence = np.abs(lines.T @ centred).max(axis=1)
    chosen = lines[:, np.sort(np.argsort(-influence, kind="stable")[:_NEIGHBOUR_DIMENSIONS])]
    if chosen.shape[1] == 1:
        order = np.argsort(chosen[:, 0], kind="stable")
        first, second = order[:-1], order[1:]
    else:
        first = np.arange(len(chosen))
        second = KDTree(chosen).query(chosen, k=[2])[1][:, 0]
    residual = outcomes - fitted
    differ = np.square(residual[first] - residual[second]).mean(axis=0) / 2
    shared = np.maximum(residual.var(axis=0) - differ, 0)
    return np.divide(shared, total, out=np.zeros_like(total), where=varies)


def _named_draws(
    parameters: ArrayLike | Mapping[str, ArrayLike] | pd.DataFrame, n_draws: int
) -> dict[str, FloatArray]:
    """Draws `(n_draws,)` of each parameter by its name."""
    if isinstance(parameters, pd.DataFrame):
        if parameters.columns.has_duplicates:
            repeated = sorted({str(c) for c in parameters.columns[parameters.columns.duplicated()]})
            raise ValueError(f"parameters must have different names; given more than once: {repeated}")
        parameters = {str(name): parameters[name] for name in parameters}
    if isinstance(parameters, Mapping):
        draws = {
            str(name): finite_array(values, f"parameter {name!r}") for name, values in parameters.items()
        }
    else:
        array = finite_array(parameters, "parameters")
        if array.ndim != 2:
            raise ValueError(f"parameters must be (n_draws, n_parameters); got shape {array.shape}")
        draws = {f"parameter {j + 1}": column for j, column in enumerate(array.T)}
    if not draws:
        raise ValueError("there are no parameters")
    for name, values in draws.items():
        if values.shape != (n_draws,):
            raise ValueError(f"parameter {name!r} must have {n_draws} draws, as costs do; got {values.shape}")
    return draws


def _members(groups: Mapping[str, Sequence[str]] | None, known: Sequence[str]) -> dict[str, list[str]]:
    """Parameter names of each group, none twice."""
    if groups is None:
        return {name: [name] for name in known}
    if not groups:
        raise ValueError("there are no groups")
    members: dict[str, list[str]] = {}
    for group, listed in groups.items():
        if isinstance(listed, str):
            raise ValueError(f"group {group!r} must be a list of parameter names, not one string: {listed!r}")
        members[group] = list(dict.fromkeys(listed))
        unknown = [name for name in members[group] if name not in known]
        if unknown:
            raise ValueError(f"group {group!r} names unknown parameters {unknown}; known: {list(known)}")
        if not members[group]:
            raise ValueError(f"group {group!r} is empty")
    return members
