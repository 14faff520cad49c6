"""What a patient of each arm costs, undiscounted, in each stretch of time since the start of treatment.

The totals of the model, taken apart by when they arise: doses and visits on their days, deaths and progressions over the
cycle in which they happen, and what accrues over half a cycle on either side of each boundary (over the cycle after it, where
a cycle's start counts for all of it), so that the stretches of a whole horizon add up to the model's own undiscounted totals
whatever the accrual rule.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from model.arrays import Array
from model.constants import DAYS_PER_YEAR
from model.definition.model_definition import ModelDefinition
from model.definition.price_periods import SAME_TIME
from model.definition.sampling.draws import Draws, base_case_draws
from model.engine.costs import END_OF_LIFE, treatment_value
from model.engine.deaths import DYING
from model.engine.dosing import stop_day
from model.engine.engine import Engine, curve_values
from model.engine.states import ArmStates
from model.engine.streams import PROGRESSING, START, Stream
from model.engine.timeline import Timeline

Stretch = tuple[float, float]
"""From a day, counted from the start of treatment, until before another."""


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


def budget_years(n_years: int, start_month_days: float = 0.0) -> tuple[Stretch, ...]:
    """The years of a budget as patients see them who start ``start_month_days`` days after the beginning of their first one.

    >>> budget_years(2, 100.0)
    ((0.0, 265.25), (265.25, 630.5))
    """
    ends = [DAYS_PER_YEAR * (year + 1) - start_month_days for year in range(n_years)]
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
    parts = [_part_of_boundaries(timeline, *stretch) for stretch in stretches]
    for a, arm in enumerate(engine.arms):
        states = engine.states.states(arm, one)
        for stream in (s for s in engine.streams[arm] if s.kind == "cost" and not s.societal):
            costs[a, :, categories.index(stream.category)] += _arising(timeline, states, stream, one, stretches, parts)
            if stream.of_drug is not None:
                packs = dataclasses.replace(stream, value=stream.of_drug)
                courses[stream.drug][a] += _arising(timeline, states, packs, one, stretches, parts)
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
        stop = stop_day(definition.drug(regimen.drug), regimen, timeline.horizon_days)
        share = float(treatment_value(definition, arm, regimen.drug, "share_treated")(draws)[0])
        on = (at >= regimen.start_day - SAME_TIME) & ((at < stop - SAME_TIME) | (stop >= timeline.horizon_days - SAME_TIME))
        found = np.maximum(found, np.where(on, share * _at(timeline, states.on_treatment[regimen.drug][0], days), 0.0))
    return found


def _at(timeline: Timeline, curve: Array, days: Sequence[float]) -> Array:
    """A curve on some days, by interpolation within a cycle; 0 beyond the horizon."""
    inside = np.array(days) <= timeline.horizon_days + SAME_TIME
    return np.where(inside, np.interp(days, timeline.days, curve), 0.0)


def costs_until(engine: Engine, draws: Draws, day: float) -> Array:
    """Discounted cost of one draw that arises before a day, by arm ``(n_arms,)``."""
    timeline, found = engine.timeline, np.zeros(len(engine.arms))
    part = [timeline.part_until(day)]
    for a, arm in enumerate(engine.arms):
        states = engine.states.states(arm, draws)
        streams = (stream for stream in engine.streams[arm] if stream.kind == "cost")
        found[a] = sum(_arising(timeline, states, s, draws, [(0.0, day)], part, discounted=True)[0] for s in streams)
    return found


def _arising(
    timeline: Timeline,
    states: ArmStates,
    stream: Stream,
    draws: Draws,
    stretches: Sequence[Stretch],
    parts: Sequence[Array],
    discounted: bool = False,
) -> Array:
    """One stream in each stretch ``(n_stretches,)``; ``parts``: what each stretch holds of what accrues at the boundaries."""
    value = float(stream.value(draws)[0])
    if stream.curve == START:
        return np.array([value if begin <= 0 < end else 0.0 for begin, end in stretches])
    curve = curve_values(states, stream.curve)[0]
    if stream.normalised:
        total = float(curve @ stream.undiscounted)
        if total <= 0:  # nobody is treated: the engine counts it at time zero
            return np.array([value if begin <= 0 < end else 0.0 for begin, end in stretches])
        value /= total
    each = zip(stretches, parts, strict=True)
    found = np.array([curve @ _weights(timeline, stream, stretch, part, discounted) for stretch, part in each])
    return found * value


def _weights(timeline: Timeline, stream: Stream, stretch: Stretch, boundaries: Array, discounted: bool) -> Array:
    """Weights on a curve of what a stream counts in one stretch ``(n_cycles + 1,)``."""
    begin, end = stretch
    weights = stream.discounted if discounted else stream.undiscounted
    if stream.days is not None:
        inside = stream.days[(stream.days >= begin - SAME_TIME) & (stream.days < end - SAME_TIME)]
        return timeline.points(inside, "costs" if discounted else "none")
    if stream.curve == PROGRESSING or stream.curve.startswith(DYING):
        return weights * timeline.part_of_cycles(begin, end)
    if stream.category == END_OF_LIFE:
        # Sums of weights on a falling curve are the factors of the cycles; each counts by the part of it inside.
        part = np.cumsum(weights)[:-1] * timeline.part_of_cycles(begin, end)[1:]
        return np.append(part, 0.0) - np.append(0.0, part)
    return weights * boundaries


def _part_of_boundaries(timeline: Timeline, begin: float, end: float) -> Array:
    """Of the time for which each boundary stands, the part inside a stretch ``(n_cycles + 1,)``."""
    half = timeline.cycle_days / 2
    before, after = (0.0, timeline.cycle_days) if timeline.rule == "left" else (half, half)
    start = np.maximum(timeline.days - before, 0.0)
    stop = np.minimum(timeline.days + after, timeline.horizon_days)
    inside = np.clip(np.minimum(stop, end) - np.maximum(start, begin), 0.0, None)
    return np.divide(inside, stop - start, out=np.zeros_like(inside), where=stop > start)
