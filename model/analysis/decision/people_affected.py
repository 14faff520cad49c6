"""From a value per person to one for everybody whom a decision concerns (Philips, Claxton and Palmer 2008)."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from model.analysis.decision.checks import finite_array
from model.arrays import Array

Timing = Literal["start of year", "middle of year", "end of year"]
_FIRST_YEAR: dict[Timing, float] = {"start of year": 0.0, "middle of year": 0.5, "end of year": 1.0}


def people_affected(
    *,
    incidence_per_year: ArrayLike,
    horizon_years: int,
    discount_rate: float,
    delay_years: float = 0.0,
    timing: Timing = "start of year",
) -> float:
    """Discounted number of people: the sum over years of incidence / (1 + discount_rate)^t.

    incidence_per_year: people per year, one number or `(horizon_years,)`. horizon_years: how long the decision
    stands. discount_rate: per year, such as 0.03. delay_years: until results are there; who is treated before
    gains nothing from them, and the year in which they come counts in part. timing: when a year's patients
    are counted, so that t = 0, 1, 2, ... ("start of year"), 0.5, 1.5, ... ("middle of year") or 1, 2, 3, ...
    ("end of year").
    ValueError for numbers that are negative or not finite, a horizon below 1 year or not whole, incidence of
    another length, unknown timing.

    >>> people_affected(incidence_per_year=1000, horizon_years=2, discount_rate=0.25)
    1800.0
    """
    incidence = finite_array(incidence_per_year, "incidence_per_year")
    if isinstance(horizon_years, bool) or not np.isfinite(horizon_years) or horizon_years != int(horizon_years):
        raise ValueError(f"horizon_years must be a whole number of years; got {horizon_years}")
    if horizon_years < 1:
        raise ValueError(f"horizon_years must be at least 1; got {horizon_years}")
    if not (np.isfinite(discount_rate) and discount_rate >= 0):
        raise ValueError(f"discount_rate must be 0 or more, such as 0.03; got {discount_rate}")
    if not (np.isfinite(delay_years) and delay_years >= 0):
        raise ValueError(f"delay_years must be 0 or more; got {delay_years}")
    if timing not in _FIRST_YEAR:
        raise ValueError(f"timing must be one of {list(_FIRST_YEAR)}; got {timing!r}")
    if incidence.shape not in ((), (int(horizon_years),)):
        raise ValueError(f"incidence_per_year must be one number or {horizon_years} numbers; got shape {incidence.shape}")
    if (incidence < 0).any():
        raise ValueError(f"incidence_per_year must not be negative; the lowest is {incidence.min():g}")

    year = np.arange(int(horizon_years))
    after_results = np.clip(year + 1 - delay_years, 0, 1)
    discount = (1 + discount_rate) ** -(year + _FIRST_YEAR[timing])
    return float((incidence * discount * after_results).sum())


def population_value(
    per_patient: ArrayLike,
    *,
    incidence_per_year: ArrayLike,
    horizon_years: int,
    discount_rate: float,
    delay_years: float = 0.0,
    timing: Timing = "start of year",
) -> float | Array:
    """A value per person, such as EVPI, EVPPI or EVSI, times the people whom the decision concerns.

    per_patient: a number or an array of any shape in currency, never negative; the result has its shape. Other
    arguments and errors as `people_affected`.

    >>> population_value(100.0, incidence_per_year=1000, horizon_years=2, discount_rate=0.25)
    180000.0
    """
    value = finite_array(per_patient, "per_patient")
    if (value < 0).any():
        raise ValueError(f"per_patient must not be negative; the lowest is {value.min():g}")
    total = value * people_affected(
        incidence_per_year=incidence_per_year,
        horizon_years=horizon_years,
        discount_rate=discount_rate,
        delay_years=delay_years,
        timing=timing,
    )
    return float(total) if value.ndim == 0 else np.asarray(total, dtype=np.float64)
