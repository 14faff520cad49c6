"""OS that nobody published as statistics: points read off the OS curve in use, for survival after progression to answer to.

Where OS is fitted to patients, typed as coefficients or as a table, a state-transition model has nothing that its survival
after progression could be calibrated to but the curve itself. Four points of it are taken as if published, at ends of cycles:
at quarters of the median follow-up, within which the curve is observed: that of the settings, or of the arm's own patients
where the curve is fitted to them (reversed Kaplan-Meier estimate, Schemper and Smith 1996). Without either, at quarters of
the time at which one in five is alive, or of the horizon where more are, and not beyond the last time observed.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.arrays import Array
from model.constants import MONTHS_PER_YEAR
from model.definition.curves.coefficients import statistics
from model.definition.curves.from_data import observations
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import FROM_DATA, Curve, Evidence
from model.engine.trace import trace
from model.survival.kaplan_meier import kaplan_meier
from model.survival.summary_statistics import CoefficientPrior

QUARTERS = (0.25, 0.5, 0.75, 1.0)
FEW_ALIVE = 0.2
AS_PATIENTS = 100.0
"""How many patients each point counts for: alike in all arms, so that it weighs the points and moves no base case."""


def with_points_read_off(definition: ModelDefinition) -> tuple[ModelDefinition, str]:
    """The definition with points of OS for each arm whose OS curve is its own and has no published statistic; and a remark
    that says which, "" where nothing was read off. The definition is one of partitioned survival."""
    arms = [c.arm for c in definition.curves if _has_no_statistics(definition, c)]
    if not arms:
        return definition, ""
    kept = [e for e in definition.evidence if e.endpoint != "os" or e.arm not in arms]
    points = {arm: _points(definition, arm) for arm in arms}
    changed = dataclasses.replace(definition, evidence=(*kept, *(row for rows, _ in points.values() for row in rows)))
    read = [
        f"{definition.arm(arm).short_label} (months {', '.join(f'{float(row.item):.0f}' for row in rows)}: {until})"
        for arm, (rows, until) in points.items()
    ]
    return changed, f"OS read off the curve in use, no statistics being published: {'; '.join(read)}"


def _has_no_statistics(definition: ModelDefinition, curve: Curve) -> bool:
    """Is the curve one of OS with coefficients of its own, and without a statistic to calibrate to?"""
    if curve.endpoint != "os" or curve.source in ("evidence", "relative_effect"):
        return False
    return all(isinstance(s, CoefficientPrior) for s in statistics(definition, curve))


def _points(definition: ModelDefinition, arm: str) -> tuple[list[Evidence], str]:
    """Points of the OS of an arm, and in words how far they reach."""
    found = trace(definition, arm).columns
    months, alive = found["Months"], found["OS"]
    until, words = _until(definition, arm, months, alive)
    places = sorted({int(np.argmin(np.abs(months - share * until))) for share in QUARTERS})
    return [_as_published(arm, float(months[k]), float(alive[k])) for k in places if 0 < alive[k] < 1], words


def _until(definition: ModelDefinition, arm: str, months: Array, alive: Array) -> tuple[float, str]:
    """The month up to which points are read off a curve at ``months`` (n_times,), and which month it is, in words."""
    stated = definition.settings.median_follow_up
    if stated is not None and stated <= months[-1]:
        return stated, "to the median follow-up"
    curve = definition.curve(arm, "os")
    assert curve is not None
    last = definition.settings.horizon_years * MONTHS_PER_YEAR
    if curve.source in FROM_DATA:
        data = kaplan_meier(observations(definition, curve))
        last = min(last, data.follow_up)
        if data.median_follow_up <= last:  # nan: too few are censored to tell
            return data.median_follow_up, "to the median follow-up of its patients"
    few = np.flatnonzero((alive <= FEW_ALIVE) & (months <= last))
    if len(few):
        return float(months[few[0]]), f"until {FEW_ALIVE:.0%} are alive"
    return last, "to the last time observed" if last < months[-1] else "to the horizon"


def _as_published(arm: str, month: float, survival: float) -> Evidence:
    return Evidence(
        arm=arm, endpoint="os", statistic="landmark", item=f"{month:.15g}", value=survival, effective_n=AS_PATIENTS
    )
