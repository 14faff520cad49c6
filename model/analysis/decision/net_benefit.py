"""Net monetary and net health benefit (Stinnett and Mullahy 1998).

NMB = threshold * effect - cost;  NHB = effect - cost / threshold.
Both rank options alike at every positive threshold.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from model.analysis.columns.common import WILLINGNESS_TO_PAY
from model.analysis.columns.decision import EXPECTED_NET_BENEFIT
from model.analysis.decision.checks import mean_options, option_names, options, willingness_to_pay
from model.arrays import Array
from model.result_columns import Table


def net_monetary_benefit(costs: ArrayLike, effects: ArrayLike, thresholds: ArrayLike) -> Array:
    """Net monetary benefit, in currency.

    costs, effects: `(n_draws, n_options)` or `(n_options,)`. thresholds: a number or `(n_thresholds,)`.
    Returns the shape of `costs` for one threshold given as a number, else `(n_thresholds,)` + that shape:
    with many draws and thresholds that is a large array, which the summaries of this package (`ceac`, `evpi`,
    ...) never make.
    ValueError for shapes that differ, numbers that are not finite, fewer than two options, negative
    thresholds.

    >>> net_monetary_benefit([1000, 3000], [1.0, 1.5], 10_000).tolist()
    [9000.0, 12000.0]
    """
    cost, effect = options(costs, effects)
    threshold = willingness_to_pay(thresholds)
    return np.asarray(np.multiply.outer(threshold, effect) - cost, dtype=np.float64)


def net_health_benefit(costs: ArrayLike, effects: ArrayLike, thresholds: ArrayLike) -> Array:
    """Net health benefit, in units of effect.

    Shapes and errors as `net_monetary_benefit`; thresholds above 0 only.

    >>> net_health_benefit([1000, 3000], [1.0, 1.5], 10_000).tolist()
    [0.9, 1.2]
    """
    cost, effect = options(costs, effects)
    threshold = willingness_to_pay(thresholds)
    if (threshold == 0).any():
        raise ValueError("net health benefit divides by the threshold, which must be above 0")
    return np.asarray(effect - np.multiply.outer(1 / threshold, cost), dtype=np.float64)


def expected_net_benefit(
    costs: ArrayLike, effects: ArrayLike, thresholds: ArrayLike, names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Mean net monetary benefit of each option at each threshold.

    Returns one row per threshold (index `willingness_to_pay`), one column per option.
    costs, effects: `(n_draws, n_options)` or means `(n_options,)`. Net benefit is linear, so means suffice.
    Errors as `net_monetary_benefit`, and for names that repeat or do not match the options.

    >>> from model.analysis import decision
    >>> costs, qalys = [[100.0, 300.0], [200.0, 300.0]], [[1.0, 2.0], [1.0, 1.0]]  # two draws (rows) of two arms
    >>> decision.expected_net_benefit(costs, qalys, [1000.0]).values.tolist()
    [[850.0, 1200.0]]
    """
    cost, effect = mean_options(costs, effects)
    threshold = np.atleast_1d(willingness_to_pay(thresholds))
    return by_threshold(
        EXPECTED_NET_BENEFIT, np.multiply.outer(threshold, effect) - cost, threshold, option_names(names, cost.size)
    )


def by_threshold(table: Table, values: Array, thresholds: Array, columns: Sequence[str]) -> pd.DataFrame:
    """The table all results over thresholds share: rows named by willingness to pay."""
    index = pd.Index(thresholds, name=WILLINGNESS_TO_PAY.name)
    return table.checked(pd.DataFrame(values, index=index, columns=list(columns)))


def each_threshold(cost: Array, effect: Array, thresholds: Array) -> Iterator[Array]:
    """Net monetary benefit `(n_options, n_draws)` at one threshold after another.

    The array is a buffer: the next step overwrites it.
    Options come first because NumPy's maximum over a short first axis is many times faster than over a short
    last one.
    """
    costs, effects = np.ascontiguousarray(cost.T), np.ascontiguousarray(effect.T)
    buffer = np.empty_like(costs)
    for threshold in thresholds:
        np.multiply(effects, threshold, out=buffer)
        np.subtract(buffer, costs, out=buffer)
        yield buffer
