"""Expected value of partial perfect information by regression (Strong, Oakley and Brennan 2014).

The net benefit that knowledge of some parameters would lead us to expect is a regression of net benefit on
their draws. With g_d(i) the fitted net benefit of option d in draw i,
    EVPPI = mean_i max_d g_d(i) - max_d mean_i g_d(i)
Each threshold takes the option of highest mean net benefit as its reference and regresses the increments of
the others against it: what all options share cancels before the regression, and the reference, with g = 0,
wins on average, so that EVPPI is the mean over draws of max(0, g_d(i)) and never negative.

A regression on many parameters fits noise, and a decision that follows the noise looks like value: the bias
grows with the number of parameters and no standard error shows it. Groups of three or more are therefore
cross-fitted: each draw is predicted from the other four fifths of the draws, and g is the regression of the
increments on these predictions. Knowing a prediction is worth no more than knowing the parameters.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
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
from model.analysis.decision.smoothing import Fit, fit, missed_share
from model.analysis.decision.splines import Indices, design, informative, margins

FEWEST_DRAWS = 20
_WORKERS = min(os.cpu_count() or 1, 8)
_SIMULATIONS, _SEED = 200, 2014
_SURE, _SIMULATED_DRAWS = 5.0, 4000
_PLUGGED_IN = 2  # parameters up to which one regression both decides and values
_FOLDS = 5
_CHANCE = 8.0  # t^2 of predictions up to which they count for nothing


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
                products for at most 20 pairs that move costs or effects by more than chance would. Three or
                more are cross-fitted in five parts

    One row per group and threshold, columns
        group, willingness_to_pay
        evppi           never negative; no more than the EVPI, at which an estimate that strays is cut
        standard_error  of both errors of estimation: coefficients and the finite number of draws (standard
                        deviation of gains / sqrt(n_draws)). The R package voi reports the first alone. Of
                        one or two parameters, coefficients are drawn from their posterior as in Strong et
                        al.; of more, it is the error of means and of the slopes on predictions (delta
                        method), which does not cover that predictions are not the best possible; where they
                        are not told from chance, the value they would have with a slope of one standard
                        error. 0 where no draw would change the decision even then
        share_of_evpi   NaN where EVPI is 0
        residual_check  share of the variance of incremental net benefit that depends on the group but that
                        the splines missed, estimated from residuals of neighbouring draws (of a large
                        group, in the five parameters that matter most); the largest of any increment, 0
                        where nothing is left. Sampling error is about 1 / sqrt(n_draws): values above 0.05
                        and twice that error say that the fit should not be relied on
    residual_check cannot see noise that was fitted; cross-fitting is there for that.
    A parameter that does not vary, or repeats another, adds nothing. A small EVPPI of one or two parameters is
    biased upwards, by about its standard error. That of a larger group is biased downwards where predictions
    are poor (many parameters, few draws, little explained): by up to a standard error in simulations of 20
    equally weak parameters. Neither the other groups and thresholds nor the order of draws matter.
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

    problem = _Problem(
        outcomes=_increments(cost, effect, threshold).reshape(len(cost), -1),
        relative=np.hstack([each - each.mean(axis=1, keepdims=True) for each in (cost, effect)]),
        perfect=np.atleast_1d(evpi(cost, effect, threshold)),
        folds=_folds(cost, effect),
    )

    def table(group: str) -> pd.DataFrame:
        value = _value_of_knowing([draws[name] for name in members[group]], problem)
        value.insert(0, "group", group)
        value.insert(1, "willingness_to_pay", threshold)
        return value

    # Many small regressions, one thread for each: the pools of NumPy's and SciPy's BLAS get in each other's way.
    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(_WORKERS) as pool:
        return pd.concat(pool.map(table, members), ignore_index=True)


@dataclass(frozen=True)
class _Problem:
    """What every group is valued against.

    outcomes: `(n_draws, n_thresholds * (n_options - 1))`, incremental net benefits. relative: `(n_draws, 2 *
    n_options)`, costs and effects less their mean over options: what pairs of parameters are chosen by,
    whatever the thresholds. perfect: EVPI `(n_thresholds,)`. folds: the draws of each.
    """

    outcomes: FloatArray
    relative: FloatArray
    perfect: FloatArray
    folds: list[Indices]

    @property
    def of_threshold(self) -> list[slice]:
        """The outcomes of each threshold."""
        width = self.outcomes.shape[1] // self.perfect.size
        return [slice(k * width, (k + 1) * width) for k in range(self.perfect.size)]


def _increments(cost: FloatArray, effect: FloatArray, thresholds: FloatArray) -> FloatArray:
    """Net benefit of every other option minus that of the best on average.

    Shape `(n_draws, n_thresholds, n_options - 1)`.
    """
    increments = np.empty((len(cost), thresholds.size, cost.shape[1] - 1))
    for k, net_benefit in enumerate(each_threshold(cost, effect, thresholds)):
        best = int(net_benefit.mean(axis=1).argmax())
        increments[:, k] = (np.delete(net_benefit, best, axis=0) - net_benefit[best]).T
    return increments


def _folds(cost: FloatArray, effect: FloatArray) -> list[Indices]:
    """Draws dealt at random into `_FOLDS`; sorted by outcome first, so that their order does not matter."""
    draws = np.lexsort((cost.sum(axis=1), effect.sum(axis=1)))
    shuffled = draws[np.random.default_rng(_SEED).permutation(draws.size)]
    return [np.sort(fold) for fold in np.array_split(shuffled, _FOLDS)]


def _value_of_knowing(group: Sequence[FloatArray], problem: _Problem) -> pd.DataFrame:
    """EVPPI of one group at every threshold."""
    perfect, n = problem.perfect, len(problem.outcomes)
    estimate = error = missed = np.zeros(perfect.size)
    parameters = informative(group)
    if parameters:
        value = _plugged_in if len(parameters) <= _PLUGGED_IN else _cross_fitted
        gain, of_coefficients, fitted = value(parameters, problem)
        estimate = np.clip(gain.mean(axis=0), 0, perfect)
        error = np.sqrt(np.square(of_coefficients) + gain.var(axis=0, ddof=1) / n)
        missed = np.array(
            [
                missed_share(parameters, fitted[:, s], problem.outcomes[:, s]).max()
                for s in problem.of_threshold
            ]
        )
    share = np.divide(estimate, perfect, out=np.full(perfect.size, np.nan), where=perfect > 0)
    return pd.DataFrame(
        {"evppi": estimate, "standard_error": error, "share_of_evpi": share, "residual_check": missed}
    )


def _plugged_in(parameters: Sequence[FloatArray], problem: _Problem) -> tuple[FloatArray, ...]:
    """One regression decides and values.

    Returns gains `(n_draws, n_thresholds)`, their error from the coefficients `(n_thresholds,)`, and fitted
    increments `(n_draws, n_thresholds * (n_options - 1))`.
    """
    outcomes = problem.outcomes
    draws = np.arange(len(outcomes))
    regression = fit(design(margins(parameters, draws.size), problem.relative, draws), outcomes, draws)
    gain = [np.maximum(regression.fitted[:, s].max(axis=1), 0) for s in problem.of_threshold]
    error = [_error_of_coefficients(regression, outcomes, s) for s in problem.of_threshold]
    return np.column_stack(gain), np.array(error), regression.fitted


def _cross_fitted(parameters: Sequence[FloatArray], problem: _Problem) -> tuple[FloatArray, ...]:
    """Draws are predicted by regressions on other draws, and each increment is regressed on its prediction.

    What a regression fits by chance, draws it was not fitted to do not repeat. One slope on the prediction
    takes the place of all coefficients: it undoes what penalties shrank, and counts for nothing where it is
    within two standard errors of zero. Returns what `_plugged_in` does.
    """
    outcomes, n = problem.outcomes, len(problem.outcomes)
    bases = margins(parameters, n - max(fold.size for fold in problem.folds))
    prediction = np.empty_like(outcomes)
    for fold in problem.folds:
        others = np.setdiff1d(np.arange(n), fold, assume_unique=True)
        prediction[fold] = fit(design(bases, problem.relative, others), outcomes, others).fitted[fold]
    fitted, direction, unproven = _trusted(prediction, outcomes)

    gain, error = np.empty((n, problem.perfect.size)), np.empty(problem.perfect.size)
    for k, s in enumerate(problem.of_threshold):
        with_reference = np.column_stack([np.zeros(n), fitted[:, s]])
        gain[:, k] = with_reference.max(axis=1)
        won = with_reference.argmax(axis=1)[:, None] == np.arange(1, with_reference.shape[1])
        # The value moves by the slope's share and by the mean's: a weight on the residual of every draw.
        weight = direction[:, s] * np.einsum("ij,ij->j", direction[:, s], won) + won.mean(axis=0)
        residual = outcomes[:, s] - fitted[:, s]
        error[k] = np.sqrt(np.sum((residual.T @ residual) * (weight.T @ weight)) / n) / n
        overlooked = np.maximum((fitted + unproven)[:, s].max(axis=1), 0) - gain[:, k]
        error[k] = max(error[k], overlooked.mean())
    return gain, error, fitted


def _trusted(prediction: FloatArray, outcomes: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Outcomes regressed each on its prediction, slope times 1 - (8 / t^2)^2, or nothing where t^2 < 8.

    Draws that predict each other share the same chance, so that of an outcome that does not depend on the
    parameters t has a variance of 2, not 1: t^2 = 8 is two standard errors. Returns fitted outcomes; the
    predictions, centred and of length 1, zero where they count for nothing; and what those would
    add with a slope of one standard error. All `(n_draws, n_outcomes)`.
    """
    mean = outcomes.mean(axis=0)
    centred = outcomes - mean
    moved = prediction - prediction.mean(axis=0)
    length = np.sqrt(np.einsum("ij,ij->j", moved, moved))
    direction = np.divide(moved, length, out=np.zeros_like(moved), where=length > 0)
    along = np.maximum(np.einsum("ij,ij->j", direction, centred), 0)
    noise = np.maximum(np.einsum("ij,ij->j", centred, centred) - along**2, 0) / (len(outcomes) - 2)
    per_chance = np.divide(_CHANCE * noise, along**2, out=np.ones_like(along), where=along > 0)
    trust = np.maximum(1 - per_chance**2, 0)
    unproven = direction * np.where(trust > 0, 0, np.sqrt(_CHANCE * noise) / 2)
    return mean + direction * (along * trust), direction * (trust > 0), unproven


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
