"""The effective number of patients behind a published statistic: as typed, else from the follow-up of its curve."""

from __future__ import annotations

from functools import lru_cache

from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import Evidence
from model.definition.records.survival_inputs import FollowUp
from model.survival.effective_number import FollowUpTimes, effective_number

POINTS = ("landmark", "median")  # statistics that are points of a curve
WITH_NUMBER = (*POINTS, "not_reached")  # statistics whose precision an effective number may say
AT_A_MONTH = ("landmark", "not_reached")


def effective_n_of(definition: ModelDefinition, row: Evidence) -> float | None:
    """Effective number of a median, landmark or median not reached; None where none is typed and none can be calculated.

    The curve before the statistic goes through the medians and landmarks of the same arm and endpoint that are used.
    """
    if row.effective_n is not None:
        return row.effective_n
    follow_up, point = follow_up_of(definition, row), _point(row)
    if follow_up is None or point is None or not point[0] < follow_up.longest or not 0 < point[1] < 1:
        return None
    before = tuple(p for p in used_points(definition, row) if p[0] < point[0])
    times = FollowUpTimes(follow_up.shortest, follow_up.median, follow_up.longest)
    return _number(follow_up.patients, times, point, before)


def used_points(definition: ModelDefinition, row: Evidence) -> list[tuple[float, float]]:
    """(month, survival) of the medians and landmarks of a statistic's curve that are used."""
    rows = [r for r in definition.evidence if r.use and _same_curve(r, row) and r.statistic in POINTS]
    return [point for r in rows if (point := _point(r)) is not None]


def follow_up_of(definition: ModelDefinition, row: Evidence) -> FollowUp | None:
    """The follow-up of the curve that a statistic is of, or None."""
    return next((f for f in definition.follow_up if _same_curve(f, row)), None)


def needs_effective_n(row: Evidence) -> bool:
    """Is the effective number what the precision of a statistic comes from? Only where nothing else is reported."""
    interval = row.lower is not None and row.upper is not None
    return row.statistic in WITH_NUMBER and row.standard_error is None and not interval


def month_of(row: Evidence) -> float | None:
    """The month of a median, landmark or median not reached; None of other statistics, and of a time that is no number."""
    try:
        return row.value if row.statistic == "median" else float(row.item) if row.statistic in AT_A_MONTH else None
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _number(
    patients: float, times: FollowUpTimes, point: tuple[float, float], before: tuple[tuple[float, float], ...]
) -> float:
    return effective_number(patients, times, *point, before)


def _point(row: Evidence) -> tuple[float, float] | None:
    month = month_of(row)
    return None if month is None else (month, 0.5 if row.statistic == "median" else row.value)


def _same_curve(a: Evidence | FollowUp, b: Evidence) -> bool:
    return (a.arm, a.endpoint) == (b.arm, b.endpoint)
