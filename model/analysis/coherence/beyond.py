"""How much of the difference between two arms arises beyond the evidence: after the follow-up, and after PFS has met OS."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.engine.costs import END_OF_LIFE
from model.engine.crossing import CROSSING_TOLERANCE
from model.engine.trace import Trace

KINDS = {"life_years": "life_years", "qalys": "qaly", "costs": "cost"}
FOLLOW_UP = "median follow-up"
COLUMNS = ("after", "month", *(f"share_of_incremental_{name}" for name in KINDS))


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
        (words, month, *(_share(_sum(new, kind) - _sum(old, kind), months, month) for kind in KINDS.values()))
        for words, month in times.items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def month_of_meeting(columns: Mapping[str, Array]) -> float:
    """The first month at which PFS equals OS once some have left PFS; nan where it never does."""
    met = (columns["OS"] - columns["PFS"] <= CROSSING_TOLERANCE) & (columns["PFS"] < 1)
    return float(columns["Months"][np.argmax(met)]) if met.any() else float("nan")


def _sum(trace: Trace, kind: str) -> Array:
    """What is added to a discounted total by each boundary, ``(n_times,)``."""
    os = trace.columns["OS"]
    added = np.zeros(len(os))
    for (of, category), values in trace.discounted.items():
        if of == kind:
            added += _at_deaths(values, os) if category == END_OF_LIFE else values
    return added


def _at_deaths(values: Array, os: Array) -> Array:
    """What is counted at death, in the cycles in which patients die.

    A trace holds it as a sum over boundaries of weight x OS, which gives patients the cost in advance and takes it back while
    they live (Abel's summation of factor x deaths); the sums of the weights are the factors of the cycles.
    """
    weights = np.divide(values, os, out=np.zeros_like(values), where=os > 0)
    added = np.zeros_like(values)
    added[1:] = np.cumsum(weights)[:-1] * (os[:-1] - os[1:])
    return added


def _share(difference: Array, months: Array, month: float) -> float:
    whole = float(difference.sum())
    if np.isnan(month) or whole == 0:
        return float("nan")
    return float(difference[months >= month - 1e-9].sum()) / whole
