"""What knowing some quantities is worth, by regression on their draws (Strong, Oakley and Brennan 2014).

The quantities are parameters (EVPPI) or summaries of data that a study would bring (EVSI). Each threshold takes
the option of highest mean net benefit as its reference and regresses the increments of the others against it:
what all options share cancels before the regression, and the reference, with g = 0, wins on average, so that
the value is the mean over draws of max(0, g_d(i)) and never negative.

A regression on many quantities fits noise, and a decision that follows the noise looks like value: the bias
grows with their number and no standard error shows it. One or two therefore count only where an F test
tells the regression from chance. Three or more are cross-fitted: each draw is predicted from the other four
fifths of the draws, and g is the regression of the increments on these predictions. Knowing
a prediction is worth no more than knowing the quantities.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from model.analysis.decision.net_benefit import each_threshold
from model.analysis.decision.perfect_information import evpi
from model.analysis.decision.regression.coefficient_error import error_of_coefficients
from model.analysis.decision.regression.gaussian_process import gaussian_process
from model.analysis.decision.regression.smoothing import missed_shares, smooth, told_from_chance
from model.analysis.decision.regression.splines import Basis, Indices, designer, informative, margins
from model.analysis.decision.rounding import best_options
from model.arrays import Array

Smoother = Literal["spline", "gaussian_process"]
SMOOTHERS: tuple[Smoother, ...] = ("spline", "gaussian_process")
FEWEST_DRAWS = 20
_SEED = 2014
_PLUGGED_IN = 2  # quantities up to which one regression both decides and values
_FOLDS = 5
_CHANCE = 8.0  # t^2 of predictions up to which they count for nothing
_LEVEL = 0.01  # of the test that a regression on one or two quantities must pass


@dataclass(frozen=True)
class RegressionProblem:
    """A decision at some thresholds, ready for regression.

    outcomes: `(n_draws, n_thresholds * (n_options - 1))`, incremental net benefits. relative: `(n_draws, 2 *
    n_options)`, costs and effects less their mean over options: what pairs of quantities are chosen by,
    whatever the thresholds. perfect: EVPI `(n_thresholds,)`. folds: the draws of each.
    """

    outcomes: Array
    relative: Array
    perfect: Array
    folds: list[Indices]

    @property
    def of_threshold(self) -> list[slice]:
        """The outcomes of each threshold."""
        width = self.outcomes.shape[1] // self.perfect.size
        return [slice(k * width, (k + 1) * width) for k in range(self.perfect.size)]


@dataclass(frozen=True)
class Value:
    """What knowing some quantities is worth, each `(n_thresholds,)`; and the increments they lead us to expect,
    `(n_draws, n_thresholds * (n_options - 1))`."""

    estimate: Array
    standard_error: Array
    residual_check: Array
    fitted: Array


def regression_problem(cost: Array, effect: Array, thresholds: Array) -> RegressionProblem:
    """The decision between options of these costs and effects `(n_draws, n_options)` at `(n_thresholds,)`.

    ValueError for fewer than `FEWEST_DRAWS` draws.
    """
    if len(cost) < FEWEST_DRAWS:
        raise ValueError(f"a regression needs at least {FEWEST_DRAWS} draws; got {len(cost)}")
    return RegressionProblem(
        outcomes=_increments(cost, effect, thresholds).reshape(len(cost), -1),
        relative=np.hstack([each - each.mean(axis=1, keepdims=True) for each in (cost, effect)]),
        perfect=np.atleast_1d(evpi(cost, effect, thresholds)),
        folds=_folds(cost, effect),
    )


def _increments(cost: Array, effect: Array, thresholds: Array) -> Array:
    """Net benefit of every other option minus that of the best on average, the first of those that differ by rounding.

    Shape `(n_draws, n_thresholds, n_options - 1)`.
    """
    increments = np.empty((len(cost), thresholds.size, cost.shape[1] - 1))
    for k, net_benefit in enumerate(each_threshold(cost, effect, thresholds)):
        best = int(best_options(cost.mean(axis=0), effect.mean(axis=0), float(thresholds[k])).argmax())
        increments[:, k] = (np.delete(net_benefit, best, axis=0) - net_benefit[best]).T
    return increments


def _folds(cost: Array, effect: Array) -> list[Indices]:
    """Draws dealt at random into `_FOLDS`; sorted by outcome first, so that their order does not matter."""
    draws = np.lexsort((cost.sum(axis=1), effect.sum(axis=1)))
    shuffled = draws[np.random.default_rng(_SEED).permutation(draws.size)]
    return [np.sort(fold) for fold in np.array_split(shuffled, _FOLDS)]


def value_of_knowing(group: Sequence[Array], problem: RegressionProblem, smoother: Smoother) -> Value:
    """What the draws `(n_draws,)` of some quantities are worth at every threshold, never more than the EVPI."""
    perfect, n = problem.perfect, len(problem.outcomes)
    quantities = informative(group)
    if not quantities:
        nothing = np.zeros(perfect.size)
        return Value(nothing, nothing, nothing, np.tile(problem.outcomes.mean(axis=0), (n, 1)))
    value = _plugged_in if len(quantities) <= _PLUGGED_IN else _cross_fitted
    gain, of_coefficients, fitted = value(quantities, problem, smoother)
    return Value(
        estimate=np.clip(gain.mean(axis=0), 0, perfect),
        standard_error=np.sqrt(np.square(of_coefficients) + gain.var(axis=0, ddof=1) / n),
        residual_check=missed_shares(quantities, fitted, problem.outcomes, problem.of_threshold),
        fitted=fitted,
    )


def _columns(
    quantities: Sequence[Array], problem: RegressionProblem, smoother: Smoother, n_fitted: int
) -> Callable[[Indices], Basis]:
    """Makes the regression columns for estimation from some draws, of which `n_fitted` are at hand."""
    if smoother == "gaussian_process":
        return lambda using: gaussian_process(quantities, problem.relative, using)
    return designer(margins(quantities, n_fitted), problem.relative)


def _plugged_in(quantities: Sequence[Array], problem: RegressionProblem, smoother: Smoother) -> tuple[Array, ...]:
    """One regression decides and values; an increment of which it tells nothing for certain stays at its mean.

    Returns gains `(n_draws, n_thresholds)`, their error from the coefficients `(n_thresholds,)`, and fitted
    increments `(n_draws, n_thresholds * (n_options - 1))`.
    """
    outcomes = problem.outcomes
    draws = np.arange(len(outcomes))
    regression = smooth(_columns(quantities, problem, smoother, draws.size)(draws), outcomes, draws)
    fitted = np.where(told_from_chance(regression, outcomes, _LEVEL), regression.fitted, _mean(outcomes))
    gain, error = [], []
    for s in problem.of_threshold:
        gain.append(np.maximum(fitted[:, s].max(axis=1), 0))
        overlooked = float((np.maximum(regression.fitted[:, s].max(axis=1), 0) - gain[-1]).mean())
        error.append(max(error_of_coefficients(regression, outcomes, s), overlooked))
    return np.column_stack(gain), np.array(error), fitted


def _cross_fitted(quantities: Sequence[Array], problem: RegressionProblem, smoother: Smoother) -> tuple[Array, ...]:
    """Draws are predicted by regressions on other draws, and each increment is regressed on its prediction.

    What a regression fits by chance, draws it was not fitted to do not repeat. One slope on the prediction
    takes the place of all coefficients: it undoes what penalties shrank, and counts for nothing where it is
    within two standard errors of zero. Returns what `_plugged_in` does.
    """
    outcomes, n = problem.outcomes, len(problem.outcomes)
    columns = _columns(quantities, problem, smoother, n - max(fold.size for fold in problem.folds))
    prediction = np.empty_like(outcomes)
    for fold in problem.folds:
        others = np.setdiff1d(np.arange(n), fold, assume_unique=True)
        prediction[fold] = smooth(columns(others), outcomes, others).fitted[fold]
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


def _trusted(prediction: Array, outcomes: Array) -> tuple[Array, Array, Array]:
    """Outcomes regressed each on its prediction, slope times 1 - (8 / t^2)^2, or nothing where t^2 < 8.

    Draws that predict each other share the same chance, so that of an outcome that does not depend on the
    parameters t has a variance of 2, not 1: t^2 = 8 is two standard errors. Returns fitted outcomes; the
    predictions, centred and of length 1, zero where they count for nothing; and what those would
    add with a slope of one standard error. All `(n_draws, n_outcomes)`.
    """
    centred = outcomes - outcomes.mean(axis=0)
    moved = prediction - prediction.mean(axis=0)
    length = np.sqrt(np.einsum("ij,ij->j", moved, moved))
    direction = np.divide(moved, length, out=np.zeros_like(moved), where=length > 0)
    along = np.maximum(np.einsum("ij,ij->j", direction, centred), 0)
    noise = np.maximum(np.einsum("ij,ij->j", centred, centred) - along**2, 0) / (len(outcomes) - 2)
    per_chance = np.divide(_CHANCE * noise, along**2, out=np.ones_like(along), where=along > 0)
    trust = np.maximum(1 - per_chance**2, 0)
    unproven = direction * np.where(trust > 0, 0, np.sqrt(_CHANCE * noise) / 2)
    return _mean(outcomes) + direction * (along * trust), direction * (trust > 0), unproven


def _mean(outcomes: Array) -> Array:
    """Mean increments `(n_outcomes,)`; none is above 0 but by rounding, which must not count as a win in every draw."""
    return np.minimum(outcomes.mean(axis=0), 0.0)
