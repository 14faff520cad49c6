"""Forty patients of each arm, five alike: OS by the arm's own Kaplan-Meier curve, then by a fit to both arms together."""

from __future__ import annotations

import dataclasses
from typing import Any

from model.definition import Curve, ModelDefinition, PatientRecord
from tests.helpers.small_models import model, own_curve, settings

COPIES = 5
TIMES = {"old": (2.0, 4.0, 5.0, 9.0, 12.0, 15.0, 20.0, 24.0), "new": (3.0, 6.0, 11.0, 14.0, 18.0, 26.0, 30.0, 36.0)}
CENSORED = {"old": (24.0,), "new": (30.0, 36.0)}
UNTIL = {"old": 10.0, "new": 16.0}
RATES = {arm: (len(t) - len(CENSORED[arm])) / sum(t) for arm, t in TIMES.items()}


def patients() -> tuple[PatientRecord, ...]:
    return tuple(
        PatientRecord(arm=arm, endpoint="os", patient=f"{arm}{i}_{copy}", time=t, event=int(t not in CENSORED[arm]))
        for arm, times in TIMES.items()
        for i, t in enumerate(times)
        for copy in range(COPIES)
    )


def jointly(effect: str = "hazard_ratio", tables: dict[str, Any] | None = None, **until: float | None) -> ModelDefinition:
    """Exponential tails; ``until``: where the Kaplan-Meier part of an arm ends, None for none; ``tables``: further ones."""
    months = {**UNTIL, **until}
    own = Curve(
        arm="old", endpoint="os", source="patient_data", distribution="exponential", fitted="jointly", km_until=months["old"]
    )
    other = dataclasses.replace(own, arm="new", reference_arm="old", effect=effect, km_until=months["new"])
    pfs = [own_curve(arm, "pfs", "exponential", rate=0.2) for arm in TIMES]
    allowed = settings(horizon_years=6.0, undetermined_curves="allow")
    return model([*pfs, (own, []), (other, [])], patient_data=patients(), settings=allowed, **(tables or {}))
