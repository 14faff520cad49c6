"""Stepped results: the trial period alone, then extrapolated, then in QALYs; each step changes one thing.

PBAC guidelines (version 5.0) 3A.8. Costs and outcomes are discounted in every step; life years of the step are shown
undiscounted as well. Life years of the trial period are those until its end, also within a cycle; its costs are those of the
cycles that begin before its end, so that a cost within the last of them counts whole.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pandas as pd

from model.analysis.columns.agencies import STEP_COST, STEP_OUTCOME, STEP_YEARS, STEPPED
from model.analysis.decision import draw_differences
from model.arrays import Array
from model.constants import DAYS_PER_MONTH
from model.definition.model_definition import ModelDefinition
from model.engine.timeline import Timeline, make_timeline
from model.engine.trace import Trace

LIFE_YEARS, QALYS = "life years", "QALYs"
STEPS = {
    "trial": ("Trial period only", LIFE_YEARS),
    "extrapolated": ("Extrapolated to the horizon", LIFE_YEARS),
    "qalys": ("Valued by utilities", QALYS),
}
"""Each step in words, with its outcome."""


@dataclasses.dataclass(frozen=True)
class Step:
    """Costs and outcomes of every arm ``(n_arms,)`` in one step, discounted, and life years of its time undiscounted."""

    name: str
    costs: Array
    outcomes: Array
    undiscounted_life_years: Array


@dataclasses.dataclass(frozen=True)
class SteppedResults:
    """The steps in order; ``month``: the end of the trial period."""

    definition: ModelDefinition
    month: float
    steps: tuple[Step, ...]

    def increments(self, step: Step) -> tuple[float, float]:
        """Cost and outcome of the intervention over the comparator."""
        old, new = self.definition.compared
        cost, gain = (float(draw_differences(values[None, :], old, new)[0]) for values in (step.costs, step.outcomes))
        return cost, gain

    def ratio(self, step: Step) -> float | None:
        """Cost per unit gained; None where a ratio would mislead."""
        cost, gain = self.increments(step)
        return cost / gain if cost > 0 and gain > 0 else None

    def table(self) -> pd.DataFrame:
        """One row per step."""
        labels, (old, new) = self.definition.arm_labels, self.definition.compared
        rows = []
        for step in self.steps:
            words, outcome = STEPS[step.name]
            ratio, years = self.ratio(step), step.undiscounted_life_years[None, :]
            row: dict[str, object] = {"step": words, "outcome": outcome}
            row |= {STEP_COST.of(arm=a).name: v for a, v in zip(labels, step.costs, strict=True)}
            row |= {STEP_OUTCOME.of(arm=a).name: v for a, v in zip(labels, step.outcomes, strict=True)}
            row["incremental_cost"], row["incremental_outcome"] = self.increments(step)
            row["ratio"] = np.nan if ratio is None else ratio
            row |= {STEP_YEARS.of(arm=a).name: v for a, v in zip(labels, step.undiscounted_life_years, strict=True)}
            row["incremental_life_years_undiscounted"] = float(draw_differences(years, old, new)[0])
            rows.append(row)
        return STEPPED.frame(rows)


def stepped_of(definition: ModelDefinition, traces: Mapping[str, Trace]) -> SteppedResults | None:
    """The steps from the traces of all arms; None where they are not asked for, or no follow-up is stated."""
    month = definition.settings.median_follow_up
    if not definition.settings.stepped_results or month is None:
        return None
    arms = [traces[a] for a in definition.arm_ids]
    before = (arms[0].columns["Months"] < month - 1e-9).astype(float)
    until = _until(make_timeline(definition), month * DAYS_PER_MONTH)
    whole = np.ones(len(before))
    years = [sum(v for (kind, _), v in trace.undiscounted.items() if kind == "life_years") for trace in arms]

    def step(name: str, kind: str, of_costs: Array, of_outcomes: Array) -> Step:
        costs = np.array([float(of_costs @ t.arising["cost"]) for t in arms])
        outcomes = np.array([float(of_outcomes @ t.arising[kind]) for t in arms])
        return Step(name, costs, outcomes, np.array([float(of_outcomes @ np.asarray(y)) for y in years]))

    trial = step("trial", "life_years", before, until)
    steps = (trial, step("extrapolated", "life_years", whole, whole), step("qalys", "qaly", whole, whole))
    return SteppedResults(definition, month, steps)


def _until(timeline: Timeline, day: float) -> Array:
    """Of what accrues at each boundary, the part before a day ``(n_cycles + 1,)``.

    A boundary counts in the cycle before it and in that after it; within a cycle the straight line between both ends is
    integrated until the day. With ``left`` a boundary counts in the cycle after it alone.
    """
    cycles = (day - timeline.days) / timeline.cycle_days
    after, before = np.clip(cycles, 0.0, 1.0), np.clip(cycles + 1.0, 0.0, 1.0)
    if timeline.rule == "left":
        return after
    has_after, has_before = timeline.days < timeline.days[-1], timeline.days > 0
    found: Array = (has_after * after * (2 - after) + has_before * before**2) / (1.0 * has_after + has_before)
    return found
