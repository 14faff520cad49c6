"""Models whose transitions are known: three states run forward with given hazards, their occupancies handed to the model as
survival tables, and nothing else in them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from model.constants import DAYS_PER_MONTH, DAYS_PER_YEAR
from model.definition import Curve, LifeTableRow, ModelDefinition, Progression, SurvivalTableRow
from tests.helpers.small_models import fixed, model, settings

CYCLE_DAYS = 7.0
CYCLE_YEARS = CYCLE_DAYS / DAYS_PER_YEAR
DEATH_SHARE = 0.2
Rate = Callable[[float], float]
Occupancy = np.ndarray[Any, np.dtype[np.float64]]


def constant(rate: float) -> Rate:
    return lambda _: rate


def run_forward(pfs: Rate, after: Rate, years: float, death_share: float = DEATH_SHARE) -> tuple[Occupancy, Occupancy]:
    """PFS and OS at the boundaries of weekly cycles.

    ``pfs(t)``, ``after(t)``: hazard of PFS, and deaths after progression per patient-year, in the cycle whose middle is at
    year t. PFS falls exponentially within a cycle; deaths after progression are ``after`` x the mean of both ends of the
    progressed state: P1 (1 + a/2) = P0 (1 - a/2) + those who come, with a the hazard x length of the cycle.
    """
    n = round(years / CYCLE_YEARS)
    free, progressed = np.ones(n + 1), np.zeros(n + 1)
    for k in range(n):
        middle = (k + 0.5) * CYCLE_YEARS
        free[k + 1] = free[k] * math.exp(-pfs(middle) * CYCLE_YEARS)
        half = after(middle) * CYCLE_YEARS / 2
        coming = (1 - death_share) * (free[k] - free[k + 1])
        progressed[k + 1] = (progressed[k] * (1 - half) + coming) / (1 + half)
    return free, free + progressed


def with_occupancies(pfs: Occupancy, os: Occupancy, **tables: Any) -> ModelDefinition:
    """A model of two equal arms with these curves at the boundaries of weekly cycles."""
    months = np.arange(len(pfs)) * CYCLE_DAYS / DAYS_PER_MONTH
    curves = [(Curve(arm=arm, endpoint=e, source="survival_table"), []) for arm in ("old", "new") for e in ("pfs", "os")]
    rows = tuple(
        SurvivalTableRow(arm=arm, endpoint=endpoint, time=float(t), survival=float(s))
        for arm in ("old", "new")
        for endpoint, curve in (("pfs", pfs), ("os", os))
        for t, s in zip(months, curve, strict=True)
    )
    changed = tables.pop("settings", settings(cycle_days=CYCLE_DAYS, horizon_years=(len(pfs) - 1) * CYCLE_YEARS))
    given = {"progression": (Progression(item="death_share", parameter=fixed(DEATH_SHARE)),), **tables}
    return model(curves, settings=changed, survival_tables=rows, **given)


def run_model(pfs: Rate, after: Rate, years: float = 10.0, **tables: Any) -> ModelDefinition:
    """A model of two equal arms with these hazards."""
    return with_occupancies(*run_forward(pfs, after, years), **tables)


def population(hazard: float) -> tuple[LifeTableRow, ...]:
    """A life table with one hazard per year at all ages of adults."""
    return tuple(LifeTableRow(age=age, qx_female=-math.expm1(-hazard)) for age in range(18, 121))
