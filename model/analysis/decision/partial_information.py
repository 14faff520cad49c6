"""Expected value of partial perfect information by regression (Strong, Oakley and Brennan 2014).

The net benefit that knowledge of some parameters would lead us to expect is a regression of net benefit on
their draws. With g_d(i) the fitted net benefit of option d in draw i,
    EVPPI = mean_i max_d g_d(i) - max_d mean_i g_d(i)
The regression itself stands in `value_of_knowing`.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from model.analysis.columns.decision import EVPPI
from model.analysis.decision.checks import draws_of_options, option_names, willingness_to_pay
from model.analysis.decision.groups import members_of, named_draws
from model.analysis.decision.regression.value_by_regression import (
    SMOOTHERS,
    Smoother,
    Value,
    regression_problem,
    value_of_knowing,
)
from model.arrays import Array
from model.processors import at_once, one_blas_thread


def evppi(
    costs: ArrayLike,
    effects: ArrayLike,
    parameters: ArrayLike | Mapping[str, ArrayLike] | pd.DataFrame,
    thresholds: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    method: Smoother = "spline",
    progress: Callable[[int], None] | None = None,
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
        gaussian_process  squared exponential covariance with a length for each parameter, by marginal
                likelihood, about a plane; cross-fitted likewise. Interactions of any order, at several times
                the work; for groups whose residual_check is high
    progress: called with 1 when a group is done, from the thread that did it.

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
    A parameter that does not vary, or repeats another, adds nothing. One or two parameters whose
    regression an F test (1%) does not tell from chance are worth 0, with what it would have given as their
    standard error; a small EVPPI that passes is biased upwards. That of a larger group is biased downwards
    where predictions are poor (many parameters, few draws, little explained): by up to a standard error in simulations of 20
    equally weak parameters. Neither the other groups and thresholds nor the order of draws matter.
    ValueError for shapes that differ, numbers that are not finite, fewer than two options or 20 draws,
    negative thresholds, names that repeat, groups that are empty or name unknown parameters.

    >>> from model.analysis import decision
    >>> import numpy as np
    >>> x = np.random.default_rng(1).normal(size=(1000, 2))
    >>> costs, qalys = np.zeros((1000, 2)), np.column_stack([np.zeros(1000), x[:, 0]])
    >>> found = decision.evppi(costs, qalys, {"decides": x[:, 0], "idle": x[:, 1]}, [1.0], ["old", "new"])
    >>> found.set_index("group")["evppi"].round(1).tolist()  # the mean of max(0, x) is 0.4, less that of the best on average
    [0.4, 0.0]
    """
    cost, effect = draws_of_options(costs, effects)
    threshold = np.atleast_1d(willingness_to_pay(thresholds))
    option_names(names, cost.shape[1])
    if method not in SMOOTHERS:
        raise ValueError(f"method must be one of {list(SMOOTHERS)}; got {method!r}")
    problem = regression_problem(cost, effect, threshold)
    draws = named_draws(parameters, len(cost))
    members = members_of(groups, list(draws))

    def value(group: str) -> Value:
        found = value_of_knowing([draws[name] for name in members[group]], problem, method)
        if progress is not None:
            progress(1)
        return found

    # Many small regressions, one thread for each: the pools of NumPy's and SciPy's BLAS get in each other's
    # way. Large groups first, so that no thread is left alone with one.
    largest_first = sorted(members, key=lambda group: -len(members[group]))
    with one_blas_thread(), ThreadPoolExecutor(at_once()) as pool:
        values = dict(zip(largest_first, pool.map(value, largest_first), strict=True))
    return pd.concat([_table(group, threshold, values[group], problem.perfect) for group in members], ignore_index=True)


def _table(group: str, threshold: Array, value: Value, perfect: Array) -> pd.DataFrame:
    """The rows of one group."""
    share = np.divide(value.estimate, perfect, out=np.full(perfect.size, np.nan), where=perfect > 0)
    return EVPPI.frame(
        {
            "group": group,
            "willingness_to_pay": threshold,
            "evppi": value.estimate,
            "standard_error": value.standard_error,
            "share_of_evpi": share,
            "residual_check": value.residual_check,
        }
    )
