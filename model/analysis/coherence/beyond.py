"""How much of the difference between two arms arises beyond the evidence: after the follow-up, and after PFS has met OS."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from model.analysis.columns.coherence import BEYOND
from model.analysis.decision import ROUNDING
from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.engine.crossing import CROSSING_TOLERANCE
from model.engine.trace import Trace

KINDS = {"life_years": "life_years", "qalys": "qaly", "costs": "cost"}
FOLLOW_UP = "median follow-up"


def shares_beyond(definition: ModelDefinition, traces: Mapping[str, Trace]) -> pd.DataFrame:
    """Of the discounted difference between intervention and comparator the share that arises from a month on: the median
    follow-up (nan: not stated), and the month in which PFS meets OS in each arm (nan: it never does)."""
    old, new = (traces[definition.arm_ids[i]] for i in definition.compared)
    stated = definition.settings.median_follow_up
    times = {FOLLOW_UP: np.nan if stated is None else stated}
    for arm, trace in traces.items():
        times[f"PFS has met OS: {definition.arm(arm).short_label}"] = month_of_meeting(trace.columns)
    months = old.columns["Months"]
    rows = [
        (words, month, *(_share(old.arising[kind], new.arising[kind], months, month) for kind in KINDS.values()))
        for words, month in times.items()
    ]
    return BEYOND.frame(rows)


def month_of_meeting(columns: Mapping[str, Array]) -> float:
    """The first month at which PFS equals OS once some have left PFS; nan where it never does."""
    met = (columns["OS"] - columns["PFS"] <= CROSSING_TOLERANCE) & (columns["PFS"] < 1)
    return float(columns["Months"][np.argmax(met)]) if met.any() else float("nan")


def _share(old: Array, new: Array, months: Array, month: float) -> float:
    """Of the difference between two totals the share that arises from a month on; nan: no month, or no difference but of
    rounding. A month after the horizon leaves nothing."""
    whole = float(new.sum() - old.sum())
    if np.isnan(month) or abs(whole) <= ROUNDING * max(abs(float(new.sum())), abs(float(old.sum()))):
        return float("nan")
    return float((new - old)[months >= month - 1e-9].sum()) / whole
