"""What a patient of each arm costs, undiscounted, in each stretch of time since the start of treatment: the totals of the
model, taken apart by when they arise."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from model.analysis.arising import Stretch, arising, part_of_boundaries
from model.arrays import Array
from model.constants import DAYS_PER_YEAR
from model.definition.model_definition import ModelDefinition
from model.definition.price_periods import SAME_TIME
from model.definition.sampling.draws import Draws, base_case_draws
from model.engine.arm_states import ArmStates
from model.engine.costs import treatment_value
from model.engine.dosing import stop_day
from model.engine.engine import Engine
from model.engine.timeline import Timeline


@dataclasses.dataclass(frozen=True)
class YearlyCosts:
    """Undiscounted, per patient who starts, without costs that only a societal perspective counts.

    ``costs`` ``(n_arms, n_stretches, n_categories)``; ``treated`` (on any drug of
    the arm, within its limits) and ``alive`` ``(n_arms, n_stretches)``: share of patients at the end of each stretch.
    ``courses``: by drug, the part ``(n_arms, n_stretches)`` of the costs after progression that is its price."""

    arms: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    categories: tuple[str, ...]
    costs: Array
    treated: Array
    alive: Array
    courses: Mapping[str, Array]


def budget_years(n_years: int, start_month_days: float = 0.0, days_per_year: float = DAYS_PER_YEAR) -> tuple[Stretch, ...]:
    """The years of a budget as patients see them who start ``start_month_days`` days after the beginning of their first one.

    >>> budget_years(2, 100.0)
    ((0.0, 265.25), (265.25, 630.5))
    """
    ends = [days_per_year * (year + 1) - start_month_days for year in range(n_years)]
    return tuple(zip([0.0, *ends[:-1]], ends, strict=True))


def yearly_costs(
    definition: ModelDefinition, stretches: Sequence[Stretch], draws: Draws | None = None, engine: Engine | None = None
) -> YearlyCosts:
    """Costs by category in each stretch, of one draw (default: the base case)."""
    engine = engine or Engine(definition)
    one = draws or base_case_draws(definition)
    timeline, categories = engine.timeline, tuple(dict.fromkeys(c for c, _ in engine.categories["cost"]))
    shape = len(engine.arms), len(stretches)
    costs, treated, alive = np.zeros((*shape, len(categories))), np.zeros(shape), np.zeros(shape)
    courses = {row.drug: np.zeros(shape) for row in definition.subsequent}
    ends = [end for _, end in stretches]
    parts = [part_of_boundaries(timeline, *stretch) for stretch in stretches]
    for a, arm in enumerate(engine.arms):
        states = engine.states.states(arm, one)
        for stream in (s for s in engine.streams[arm] if s.kind == "cost" and not s.societal):
            costs[a, :, categories.index(stream.category)] += arising(timeline, states, stream, one, stretches, parts)
            if stream.of_drug is not None:
                packs = dataclasses.replace(stream, value=stream.of_drug)
                courses[stream.drug][a] += arising(timeline, states, packs, one, stretches, parts)
        treated[a] = _treated(definition, timeline, arm, states, one, ends)
        alive[a] = _at(timeline, states.alive[0], ends)
    return YearlyCosts(engine.arms, tuple(stretches), categories, costs, treated, alive, courses)


def _treated(
    definition: ModelDefinition, timeline: Timeline, arm: str, states: ArmStates, draws: Draws, days: Sequence[float]
) -> Array:
    """Share on any drug of the arm on some days: from its first day, until its limits of time and doses, of those who get it.

    Of several drugs the one that most are on: those who get one are taken to be among those who get another.
    """
    found, at = np.zeros(len(days)), np.array(days)
    for regimen in definition.regimen(arm):
        stop = stop_day(definition.drug(regimen.drug), regimen, *timeline.limits)
        share = float(treatment_value(definition, arm, regimen.drug, "share_treated")(draws)[0])
        on = (at >= regimen.start_day - SAME_TIME) & ((at < stop - SAME_TIME) | (stop >= timeline.horizon_days - SAME_TIME))
        found = np.maximum(found, np.where(on, share * _at(timeline, states.on_treatment[regimen.drug][0], days), 0.0))
    return found


def _at(timeline: Timeline, curve: Array, days: Sequence[float]) -> Array:
    """A curve on some days, by interpolation within a cycle; 0 beyond the horizon."""
    inside = np.array(days) <= timeline.horizon_days + SAME_TIME
    return np.where(inside, np.interp(days, timeline.days, curve), 0.0)
