"""OS that nobody published as statistics: points read off the OS curve in use, for survival after progression to answer to.

Where OS is fitted to patients, typed as coefficients or as a table, a state-transition model has nothing that its survival
after progression could be calibrated to but the curve itself. Four points of it are taken as if published, at ends of cycles:
at quarters of the median follow-up, within which the curve is observed; without one, at quarters of the time at which one in
five is alive, or of the horizon where more are.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.constants import MONTHS_PER_YEAR
from model.definition.curves.coefficients import statistics
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import Curve, Evidence
from model.engine.trace import trace
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
    changed = dataclasses.replace(definition, evidence=(*kept, *(row for rows in points.values() for row in rows)))
    read = [
        f"{definition.arm(arm).short_label} (months {', '.join(f'{float(row.item):.0f}' for row in rows)})"
        for arm, rows in points.items()
    ]
    return changed, f"OS read off the curve in use, no statistics being published: {'; '.join(read)}"


def _has_no_statistics(definition: ModelDefinition, curve: Curve) -> bool:
    """Is the curve one of OS with coefficients of its own, and without a statistic to calibrate to?"""
    if curve.endpoint != "os" or curve.source in ("evidence", "relative_effect"):
        return False
    return all(isinstance(s, CoefficientPrior) for s in statistics(definition, curve))


def _points(definition: ModelDefinition, arm: str) -> list[Evidence]:
    found = trace(definition, arm).columns
    months, alive = found["Months"], found["OS"]
    until = definition.settings.median_follow_up
    if until is None or until > months[-1]:
        few = np.flatnonzero(alive <= FEW_ALIVE)
        until = float(months[few[0]]) if len(few) else definition.settings.horizon_years * MONTHS_PER_YEAR
    places = sorted({int(np.argmin(np.abs(months - share * until))) for share in QUARTERS})
    return [_as_published(arm, float(months[k]), float(alive[k])) for k in places if 0 < alive[k] < 1]


def _as_published(arm: str, month: float, survival: float) -> Evidence:
    return Evidence(
        arm=arm, endpoint="os", statistic="landmark", item=f"{month:.15g}", value=survival, effective_n=AS_PATIENTS
    )
