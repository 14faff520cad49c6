"""Expected loss (Alarid-Escudero et al. 2019) and expected value of perfect information (Claxton 1999).

Loss of option d in a draw = (highest net monetary benefit of that draw) - (net monetary benefit of d). The
option with the highest mean net benefit has the lowest expected loss, and that loss is the EVPI:
    E[max_d NMB_d] - max_d E[NMB_d] = min_d E[max_e NMB_e - NMB_d]
The right-hand side is what is computed: no draw is negative, so neither is the EVPI, whatever the rounding.
"""

from collections.abc import Sequence
from typing import overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from model.analysis.columns.decision import EXPECTED_LOSS
from model.analysis.decision.checks import draws_of_options, mean_options, option_names, willingness_to_pay
from model.analysis.decision.net_benefit import by_threshold, each_threshold
from model.analysis.decision.people_affected import Timing, population_value
from model.analysis.decision.rounding import ROUNDING
from model.arrays import Array


def expected_loss(
    costs: ArrayLike, effects: ArrayLike, thresholds: ArrayLike, names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Mean net monetary benefit forgone per person by always choosing one option, not the best of each draw.

    costs, effects: `(n_draws, n_options)`. thresholds: a number or `(n_thresholds,)`.
    Returns one row per threshold (index `willingness_to_pay`), one column per option, in currency, never
    negative.
    ValueError for shapes that differ or hold no draws, numbers that are not finite, fewer than two options,
    negative thresholds, names that repeat.

    >>> from model.analysis import decision
    >>> costs, qalys = [[100.0, 300.0], [200.0, 300.0]], [[1.0, 2.0], [1.0, 1.0]]  # two draws (rows) of two arms
    >>> decision.expected_loss(costs, qalys, [1000.0], ["old", "new"]).values.tolist()  # 800 or 0; 0 or 100
    [[400.0, 50.0]]
    """
    cost, effect = draws_of_options(costs, effects)
    threshold = np.atleast_1d(willingness_to_pay(thresholds))
    labels = option_names(names, cost.shape[1])
    loss = np.empty((threshold.size, cost.shape[1]))
    for k, net_benefit in enumerate(each_threshold(cost, effect, threshold)):
        np.subtract(net_benefit.max(axis=0), net_benefit, out=net_benefit)
        loss[k] = net_benefit.mean(axis=1)
    return by_threshold(EXPECTED_LOSS, loss, threshold, labels)


@overload
def evpi(costs: ArrayLike, effects: ArrayLike, thresholds: float) -> float: ...
@overload
def evpi(costs: ArrayLike, effects: ArrayLike, thresholds: ArrayLike) -> float | Array: ...
def evpi(costs: ArrayLike, effects: ArrayLike, thresholds: ArrayLike) -> float | Array:
    """Expected value of perfect information per person, in currency.

    Returns a number for one threshold, else `(n_thresholds,)`; 0 where options differ by rounding alone.
    costs, effects: `(n_draws, n_options)`. Errors as `expected_loss`.

    >>> from model.analysis import decision
    >>> costs, qalys = [[100.0, 300.0], [200.0, 300.0]], [[1.0, 2.0], [1.0, 1.0]]  # two draws (rows) of two arms
    >>> float(decision.evpi(costs, qalys, 1000.0))  # best of each draw: 1700 and 800; best on average: new, 1200
    50.0
    """
    value: Array = expected_loss(costs, effects, thresholds).to_numpy().min(axis=1)
    cost, effect = mean_options(costs, effects)
    size = np.atleast_1d(thresholds) * np.abs(effect).max() + np.abs(cost).max()
    value = np.where(value <= ROUNDING * size, 0.0, value)
    return float(value[0]) if np.ndim(thresholds) == 0 else value


def population_evpi(
    evpi_per_person: ArrayLike,
    annual_incidence: ArrayLike,
    years: int,
    discount_rate: float,
    *,
    timing: Timing = "start of year",
) -> float | Array:
    """EVPI for everyone the decision concerns: `population_value` of the EVPI, without delay.

    >>> population_evpi(100.0, 1000, 2, 0.25)
    180000.0
    """
    return population_value(
        evpi_per_person, incidence_per_year=annual_incidence, horizon_years=years, discount_rate=discount_rate, timing=timing
    )
