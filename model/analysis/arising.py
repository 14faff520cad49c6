"""When costs arise: what a line of the account holds in stretches of time since the start of treatment.

Doses and visits on their days, deaths and progressions over the cycle in which they happen, and what accrues over half a
cycle on either side of each boundary (over the cycle after it, where a cycle's start counts for all of it), so that the
stretches of a whole horizon add up to the model's own totals whatever the accrual rule.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.arrays import Array
from model.definition.price_periods import SAME_TIME
from model.definition.sampling.draws import Draws
from model.engine.arm_states import ArmStates
from model.engine.costs import END_OF_LIFE
from model.engine.deaths import DYING
from model.engine.engine import Engine, curve_values
from model.engine.streams import EVENTS, START, Stream
from model.engine.timeline import Timeline

Stretch = tuple[float, float]
"""From a day, counted from the start of treatment, until before another."""


def costs_until(engine: Engine, draws: Draws, day: float) -> Array:
    """Discounted cost of one draw that arises before a day, by arm ``(n_arms,)``."""
    timeline, found = engine.timeline, np.zeros(len(engine.arms))
    part = [timeline.part_until(day)]
    for a, arm in enumerate(engine.arms):
        states = engine.states.states(arm, draws)
        streams = (stream for stream in engine.streams[arm] if stream.kind == "cost")
        found[a] = sum(arising(timeline, states, s, draws, [(0.0, day)], part, discounted=True)[0] for s in streams)
    return found


def arising(
    timeline: Timeline,
    states: ArmStates,
    stream: Stream,
    draws: Draws,
    stretches: Sequence[Stretch],
    parts: Sequence[Array],
    discounted: bool = False,
) -> Array:
    """Cost of one stream and one draw in each stretch ``(n_stretches,)``, per patient who starts.

    ``parts``: for each stretch what it holds of what accrues at the boundaries ``(n_cycles + 1,)``, from 0 to 1.
    """
    value = float(stream.value(draws)[0])
    at_once = np.array([value if begin <= 0 < end else 0.0 for begin, end in stretches])
    if stream.curve == START:
        return at_once
    curve = curve_values(states, stream.curve)[0]
    if stream.normalised:
        total = float(curve @ stream.undiscounted)
        if total <= 0:  # nobody is treated: the engine counts it at time zero
            return at_once
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
    if stream.curve in EVENTS or stream.curve.startswith(DYING):
        return weights * timeline.part_of_cycles(begin, end)
    if stream.category == END_OF_LIFE:
        # Sums of weights on a falling curve are the factors of the cycles; each counts by the part of it inside.
        part = np.cumsum(weights)[:-1] * timeline.part_of_cycles(begin, end)[1:]
        return np.append(part, 0.0) - np.append(0.0, part)
    return weights * boundaries


def part_of_boundaries(timeline: Timeline, begin: float, end: float) -> Array:
    """Of the time for which each boundary stands, the part inside a stretch ``(n_cycles + 1,)``."""
    of_start, of_end = timeline.parts_of_ends
    before, after = of_end * timeline.cycle_days, of_start * timeline.cycle_days
    start = np.maximum(timeline.days - before, 0.0)
    stop = np.minimum(timeline.days + after, timeline.horizon_days)
    inside = np.clip(np.minimum(stop, end) - np.maximum(start, begin), 0.0, None)
    return np.divide(inside, stop - start, out=np.zeros_like(inside), where=stop > start)
