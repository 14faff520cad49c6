"""Expected loss (Alarid-Escudero et al. 2019) and expected value of perfect information (Claxton 1999).

Loss of option d in a draw = (highest net monetary benefit of that draw) - (net monetary benefit of d). The
option with the highest mean net benefit has the lowest expected loss, and that loss is the EVPI:
    E[max_d NMB_d] - max_d E[NMB_d] = min_d E[max_e NMB_e - NMB_d]
The right-hand side is what is computed: no draw is negative, so neither is the EVPI, whatever the rounding.
"""

from collections.abc import Sequence
from typing import Literal, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from model.analysis.decision.checks import (
    FloatArray,
    draws_of_options,
    finite_array,
    option_names,
    willingness_to_pay,
)
from model.analysis.decision.net_benefit import by_threshold, each_threshold

Timing = Literal["start of year", "middle of year", "end of year"]
_FIRST_YEAR: dict[Timing, float] = {"start of year": 0.0, "middle of year": 0.5, "end of year": 1.0}


def expected_loss(
    costs: ArrayLike, effects: ArrayLike, thresholds: ArrayLike, names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Mean net monetary benefit forgone per person by always choosing one option, not the best of each draw.

    costs, effects: `(n_draws, n_options)`. thresholds: a number or `(n_thresholds,)`.
    Returns one row per threshold (index `willingness_to_pay`), one column per option, in currency, never
    negative.
    ValueError for shapes that differ or hold no draws, numbers that are not finite, fewer than two options,
    negative thresholds, names that repeat.
    """
    cost, effect = draws_of_options(costs, effects)
    threshold = np.atleast_1d(willingness_to_pay(thresholds))
    labels = option_names(names, cost.shape[1])
    loss = np.empty((threshold.size, cost.shape[1]))
    for k, net_benefit in enumerate(each_threshold(cost, effect, threshold)):
        np.subtract(net_benefit.max(axis=0), net_benefit, out=net_benefit)
        loss[k] = net_benefit.mean(axis=1)
    return by_threshold(loss, threshold, labels)


@overload
def evpi(costs: ArrayLike, effects: ArrayLike, thresholds: float) -> float: ...
@overload
def evpi(costs: ArrayLike, effects: ArrayLike, thresholds: ArrayLike) -> float | FloatArray: ...
def evpi(costs: ArrayLike, effects: ArrayLike, thresholds: ArrayLike) -> float | FloatArray:
    """Expected value of perfect information per person, in currency.

    Returns a number for one threshold, else `(n_thresholds,)`.
    costs, effects: `(n_draws, n_options)`. Errors as `expected_loss`.
    """
    value: FloatArray = expected_loss(costs, effects, thresholds).to_numpy().min(axis=1)
    return float(value[0]) if np.ndim(thresholds) == 0 else value


def population_evpi(
    evpi_per_person: ArrayLike,
    annual_incidence: ArrayLike,
    years: int,
    discount_rate: float,
    *,
    timing: Timing = "start of year",
) -> float | FloatArray:
    """EVPI for everyone the decision concerns: EVPI * sum over years of incidence / (1 + discount_rate)^t.

    evpi_per_person: a number or `(n_thresholds,)`, which is also what comes back. annual_incidence: persons
    per year, one number or `(years,)`. years: how long the decision stands. timing: when a year's patients
    are counted, so that t = 0, 1, 2, ... ("start of year"), 0.5, 1.5, ... ("middle of year") or 1, 2, 3, ...
    ("end of year").
    ValueError for negative or infinite inputs, years below 1 or not whole, incidence of another length,
    unknown timing.

    >>> population_evpi(100.0, 1000, 2, 0.25)
    180000.0
    """
    value = finite_array(evpi_per_person, "evpi_per_person")
    incidence = finite_array(annual_incidence, "annual_incidence")
    if isinstance(years, bool) or years != int(years) or years < 1:
        raise ValueError(f"years must be a whole number of at least 1; got {years}")
    if not (np.isfinite(discount_rate) and discount_rate >= 0):
        raise ValueError(f"discount_rate must be 0 or more, such as 0.03; got {discount_rate}")
    if timing not in _FIRST_YEAR:
        raise ValueError(f"timing must be one of {list(_FIRST_YEAR)}; got {timing!r}")
    if incidence.shape not in ((), (int(years),)):
        raise ValueError(
            f"annual_incidence must be one number or {years} numbers; got shape {incidence.shape}"
        )
    if (value < 0).any() or (incidence < 0).any():
        raise ValueError("evpi_per_person and annual_incidence must not be negative")

    discount = (1 + discount_rate) ** -(np.arange(int(years)) + _FIRST_YEAR[timing])
    total = value * float((incidence * discount).sum())
    return float(total) if value.ndim == 0 else np.asarray(total, dtype=np.float64)
