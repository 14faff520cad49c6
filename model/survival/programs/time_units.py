"""Units of time that coefficients are printed in, and what another unit does to them."""

from __future__ import annotations

from typing import Any

from model.constants import DAYS_PER_MONTH, DAYS_PER_WEEK, MONTHS_PER_YEAR
from model.survival.families.base import Distribution
from model.survival.families.splines import RoystonParmar

MONTHS = "months"
TIME_UNITS = {
    MONTHS: "months, as everywhere in the model: 30.4375 days, or a twelfth of another length of a year",
    "days": "days",
    "weeks": "weeks of 7 days",
    "years": "years of 12 months",
}
"""Each unit with what it means."""
WHOLE_MONTHS = {MONTHS: 1.0, "years": MONTHS_PER_YEAR}
"""Months in one of those that are counted in months."""
DAYS_IN = {"days": 1.0, "weeks": DAYS_PER_WEEK}
"""Days in one of the others."""


def months_in(unit: str, days_per_month: float = DAYS_PER_MONTH) -> float:
    """Months in one unit of time, of a model whose months have so many days. Raises ValueError for a word that is none."""
    try:
        return WHOLE_MONTHS[unit] if unit in WHOLE_MONTHS else DAYS_IN[unit] / days_per_month
    except KeyError:
        raise ValueError(f"{unit!r} is not a unit of time. Allowed: {', '.join(TIME_UNITS)}.") from None


def rescaled(w: Any, family: Distribution, natural: tuple[Any, ...], factor: Any) -> tuple[Any, ...]:
    """Natural coefficients of a curve whose times are multiplied by ``factor``, in the functions of ``w``.

    A rate is divided by the factor, a scale multiplied, log factor added to a location of log T. A spline's knots are
    multiplied as well, so that only gamma0 + gamma1 log t changes: gamma0 falls by gamma1 log factor.
    """
    if isinstance(family, RoystonParmar):
        return (natural[0] - natural[1] * w.ln(factor), *natural[1:])
    acts = {
        "rate": lambda value: value / factor,
        "scale": lambda value: value * factor,
        "log_scale": lambda value: value + w.ln(factor),
        "shape": lambda value: value,
    }
    return tuple(acts[role](value) for role, value in zip(family.time_role, natural, strict=True))
