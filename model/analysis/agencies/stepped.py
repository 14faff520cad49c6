"""Stepped results: the trial period alone, then extrapolated, then in QALYs; each step changes one thing.

PBAC guidelines (version 5.0) 3A.8. Costs and outcomes are discounted in every step; life years of the step are shown
undiscounted as well. What lies within the trial period is what arises before its end, also within a cycle: doses and visits
by their days, deaths and progressions by the part of the cycle in which they happen, what accrues until the day.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pandas as pd

from model.analysis.arising import costs_until
from model.analysis.columns.agencies import STEP_COST, STEP_OUTCOME, STEP_YEARS, STEPPED
from model.analysis.decision import draw_differences
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.sampling.draws import Draws
from model.engine.engine import Engine
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
class SteppedResults(ShownResult):
    """The steps in order; ``month``: the end of the trial period."""

    TITLE = "Stepped results"

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


def stepped_of(
    definition: ModelDefinition, traces: Mapping[str, Trace], engine: Engine, draws: Draws
) -> SteppedResults | None:
    """The steps from the traces of all arms, which are of the one draw given; None where they are not asked for, or no
    follow-up is stated."""
    month = definition.settings.median_follow_up
    if not definition.settings.stepped_results or month is None:
        return None
    arms = [traces[a] for a in definition.arm_ids]
    end = month * definition.settings.days_per_month
    years = [sum(v for (kind, _), v in trace.undiscounted.items() if kind == "life_years") for trace in arms]
    until, whole = engine.timeline.part_until(end), np.ones(engine.timeline.n_cycles + 1)

    def step(name: str, kind: str, weights: Array, costs: Array) -> Step:
        outcomes = np.array([float(weights @ t.arising[kind]) for t in arms])
        return Step(name, costs, outcomes, np.array([float(weights @ np.asarray(y)) for y in years]))

    trial = step("trial", "life_years", until, costs_until(engine, draws, end))
    costs = np.array([float(t.arising["cost"].sum()) for t in arms])
    steps = (trial, step("extrapolated", "life_years", whole, costs), step("qalys", "qaly", whole, costs))
    return SteppedResults(definition, month, steps)
