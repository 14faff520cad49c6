"""Expected value of sample information: what the data of a study of some size are worth.

Regression (Strong, Oakley, Brennan and Breeze 2015): data are simulated once from the parameters of every draw
and summarised; the value of knowing the summaries is the regression of net benefit on them, exactly as the
value of knowing parameters is. Moment matching is its check by another way (`moment_matching`).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from model.analysis.columns.decision import EVSI
from model.analysis.decision.checks import draws_of_options, finite_array, willingness_to_pay
from model.analysis.decision.moment_matching import moment_matching
from model.analysis.decision.regression.splines import Indices
from model.analysis.decision.regression.value_by_regression import (
    SMOOTHERS,
    RegressionProblem,
    Smoother,
    Value,
    regression_problem,
    value_of_knowing,
)
from model.analysis.decision.studies import Study
from model.arrays import Array
from model.processors import at_once, one_blas_thread

Method = Literal["regression", "moment_matching"]
METHODS: tuple[Method, ...] = ("regression", "moment_matching")


def evsi(
    costs: ArrayLike,
    effects: ArrayLike,
    study: Study,
    sizes: Sequence[int],
    thresholds: ArrayLike,
    *,
    method: Method = "regression",
    smoother: Smoother = "spline",
    seed: int = 2015,
    progress: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Expected value of sample information of a study at several sizes, per person and in currency.

    costs, effects: `(n_draws, n_options)`. study: what it informs and how its data come about, such as
    `NormalMeans`, `GammaMeans` or `EventCounts`, made from the same draws. sizes: numbers of patients, 0 for no
    study. thresholds: a number or `(n_thresholds,)`.
    method:
        regression       of net benefit on simulated summaries; makes no assumption about their distribution
        moment_matching  what EVPPI expects, shrunk to the variance that the data will explain. Smooth over
                         sizes and no more than the EVPPI; takes its shape from it
    smoother: of the regressions, as `method` of `evppi`. seed: of the simulated data; the value at one size does
    not depend on the other sizes (by moment matching, on the largest only). progress: called with 1 when a
    size is done, from the thread that did it.

    One row per size and threshold, columns
        size, willingness_to_pay
        evsi            never negative, no more than the EVPI; 0 for size 0
        standard_error  regression: as in `evppi`, simulated data being part of the draws. Moment matching: of the
                        posterior variances, the finite number of draws and mean net benefit
        evppi           of the parameters that the study informs: what EVSI approaches with size. Estimated
                        apart, so that EVSI may stand above it by their errors
        share_of_evpi   NaN where EVPI is 0
        residual_check  of the regression (see `evppi`); by moment matching, that of the EVPPI
    ValueError for shapes that differ, numbers that are not finite, sizes that are negative or not whole, and as
    in `evppi`.

    >>> from model.analysis import decision
    >>> import numpy as np
    >>> x = np.random.default_rng(1).normal(size=(1000, 1))
    >>> costs, qalys = np.zeros((1000, 2)), np.column_stack([np.zeros(1000), x[:, 0]])
    >>> study = decision.NormalMeans({"x": x[:, 0]}, {"x": 1.0})
    >>> found = decision.evsi(costs, qalys, study, [1, 100], 1.0)
    >>> bool(found["evsi"].is_monotonic_increasing)  # a larger study tells more
    True
    """
    cost, effect = draws_of_options(costs, effects)
    threshold = np.atleast_1d(willingness_to_pay(thresholds))
    size = _whole_sizes(sizes)
    if method not in METHODS:
        raise ValueError(f"method must be one of {list(METHODS)}; got {method!r}")
    if smoother not in SMOOTHERS:
        raise ValueError(f"smoother must be one of {list(SMOOTHERS)}; got {smoother!r}")
    problem = regression_problem(cost, effect, threshold)
    informs = _informed(study, len(cost))

    with one_blas_thread(), ThreadPoolExecutor(at_once()) as pool:
        knowing = pool.submit(value_of_knowing, informs, problem, smoother)
        if method == "regression":
            found = list(pool.map(lambda n: _by_regression(study, problem, int(n), smoother, seed, progress), size))
            known = knowing.result()
        else:
            known = knowing.result()
            found = _by_moments(study, problem, known, size, seed, progress)
    return pd.concat(
        [_table(int(n), threshold, value, known, problem) for n, value in zip(size, found, strict=True)], ignore_index=True
    )


def _by_regression(
    study: Study, problem: RegressionProblem, size: int, smoother: Smoother, seed: int, progress: Callable[[int], None] | None
) -> Value:
    """The value of knowing what a study of this size sees."""
    summaries: list[Array] = []
    if size > 0:
        data = study.simulate(size, np.random.default_rng([seed, size]), np.arange(len(problem.outcomes)))
        summaries = list(finite_array(study.summarise(data, size), "summaries").T)
    value = value_of_knowing(summaries, problem, smoother)
    if progress is not None:
        progress(1)
    return value


def _by_moments(
    study: Study, problem: RegressionProblem, known: Value, sizes: Indices, seed: int, progress: Callable[[int], None] | None
) -> list[Value]:
    """What a study of each size is worth by moment matching."""
    nothing = np.zeros(problem.perfect.size)
    values = [Value(nothing, nothing, nothing, known.fitted)] * sizes.size
    positive = np.flatnonzero(sizes > 0)
    if positive.size and known.fitted.std(axis=0).any():
        matched = moment_matching(study, problem, known, sizes[positive], seed)
        for r, place in enumerate(positive):
            values[place] = Value(matched.estimate[r], matched.standard_error[r], known.residual_check, known.fitted)
    if progress is not None:
        progress(sizes.size)
    return values


def _table(size: int, threshold: Array, value: Value, known: Value, problem: RegressionProblem) -> pd.DataFrame:
    """The rows of one size."""
    perfect = problem.perfect
    return EVSI.frame(
        {
            "size": size,
            "willingness_to_pay": threshold,
            "evsi": value.estimate,
            "standard_error": value.standard_error,
            "evppi": known.estimate,
            "share_of_evpi": np.divide(value.estimate, perfect, out=np.full(perfect.size, np.nan), where=perfect > 0),
            "residual_check": value.residual_check,
        }
    )


def _informed(study: Study, n_draws: int) -> list[Array]:
    """Draws of the parameters that a study informs, as many as there are of costs."""
    draws = [finite_array(values, f"parameter {name!r}") for name, values in study.informs.items()]
    for name, values in zip(study.informs, draws, strict=True):
        if values.shape != (n_draws,):
            raise ValueError(f"parameter {name!r} must have {n_draws} draws, as costs do; got {values.shape}")
    return draws


def _whole_sizes(sizes: Sequence[int]) -> Indices:
    """Sizes as whole numbers, none twice."""
    given = np.atleast_1d(finite_array(sizes, "sizes"))
    if given.ndim != 1 or given.size == 0 or (given < 0).any() or (given != np.rint(given)).any():
        raise ValueError(f"sizes must be whole numbers of patients, 0 or more; got {sizes}")
    if np.unique(given).size < given.size:
        raise ValueError(f"sizes must differ; got {sizes}")
    return given.astype(np.intp)
