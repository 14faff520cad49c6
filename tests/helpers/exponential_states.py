"""Three states with constant hazards: OS in closed form, and a state-transition model that is to find it from two points."""

from __future__ import annotations

import dataclasses

import numpy as np

from model.definition import Evidence, ModelDefinition, Progression, define
from tests.helpers.small_models import fixed, model, own_curve, tables_of

PROGRESSION, BEFORE, AFTER = 0.03, 0.01, 0.05  # per month


def os_of_states(months: np.ndarray | float) -> np.ndarray:
    """Share alive at some months."""
    whole = PROGRESSION + BEFORE
    progressed = PROGRESSION * (np.exp(-AFTER * months) - np.exp(-whole * months)) / (whole - AFTER)
    return np.asarray(np.exp(-whole * months) + progressed)


def exponential_states() -> ModelDefinition:
    """Two equal arms: PFS by its rate, survival after progression from two points of OS of the closed form."""
    points = [
        Evidence(arm=arm, endpoint="os", statistic="landmark", item=f"{m:g}", value=float(os_of_states(m)), effective_n=200.0)
        for arm in ("old", "new")
        for m in (12.0, 36.0)
    ]
    whole = PROGRESSION + BEFORE
    curves = [own_curve(arm, "pfs", "exponential", rate=whole) for arm in ("old", "new")]
    definition = model([*curves, *(own_curve(arm, "os", "exponential", rate=0.02) for arm in ("old", "new"))])
    settings = dataclasses.replace(
        definition.settings, structure="state_transition", link_between_arms="own", after_progression="exponential"
    )
    share = Progression(item="death_share", parameter=fixed(BEFORE / whole))
    tables = tables_of(definition)
    return define(**{**tables, "settings": settings, "evidence": tuple(points), "progression": (share,)})
