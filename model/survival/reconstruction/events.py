"""Whole events and censorings under a published curve: the walk from one number at risk to the next.

At each point of the curve as many of those at risk have the event as bring the rebuilt curve nearest to it (Guyot et
al. 2012), so that rounding never adds up. Between two points at different times the curve is not known: the events of
that drop are spread over it as under a constant hazard, the last of them at the lower point, where a step ends.
Two points at one time are the corners of a step: its events all stand there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from model.arrays import Array
from model.survival.reconstruction.digitised import CleanedCurve

NEAREST = 0.5  # a further event is counted from this part of its step on
LATE = 0.05  # ... and at a risk time, for what the interval before had no room for, only as a whole one
COARSE = 6.0  # a drop of so many events between two clicks is a curve read coarsely, which may fall at any time between
FEW = 16  # with fewer at risk their number is too uncertain to tell several steps from one: a drop is one step
JUST_BEFORE = 1 - 1e-9


@dataclass(frozen=True, eq=False)
class Course:
    """The curve with a point at every time of the risk table: time, survival (k,); drops (r,): the points that end the
    drops of each risk interval; carried (k,): whether a drop only makes up, at a risk time, for what was left before it."""

    time: tuple[float, ...]
    survival: tuple[float, ...]
    drops: tuple[tuple[int, ...], ...]
    carried: tuple[bool, ...]


@dataclass(frozen=True)
class Lived:
    """One risk interval lived through: times of events and censorings, the level of the curve after it, events that were
    late (carried over from the interval before, whose loss had no room for them), largest distance from a point."""

    events: tuple[float, ...]
    censored: tuple[float, ...]
    level: float
    late: int
    gap: float


def course_of(curve: CleanedCurve, at: Array, n: Array, power: float = 1.0) -> Course:
    """Insert the times of the risk table. A step clicked there belongs after it (its events were at risk), a slope that
    ends there before it. power: of survival, 1 but for a published total of events that asks for more or fewer."""
    t, s = [float(x) for x in curve.time], [float(x) ** power for x in curve.survival]
    carried = [False] * len(t)
    for number, a in enumerate(at[1:], start=1):
        if a > t[-1]:
            continue
        i = int(np.searchsorted(t, a))  # the first point not before it
        if t[i] > a:
            t.insert(i, float(a))
            s.insert(i, _between(t[i - 1], s[i - 1], t[i + 1], s[i], float(a), float(n[number])))
            carried.insert(i, False)
        t.insert(i + 1, float(a))
        s.insert(i + 1, s[i])
        carried.insert(i + 1, True)
    drops: list[list[int]] = [[] for _ in at]
    for i in range(1, len(t)):
        step = t[i] == t[i - 1]
        drops[max(int(np.searchsorted(at, t[i], side="right" if step else "left")) - 1, 0)].append(i)
    return Course(tuple(t), tuple(s), tuple(tuple(d) for d in drops), tuple(carried))


def _between(t0: float, s0: float, t1: float, s1: float, at: float, at_risk: float) -> float:
    """Survival inside a drop: the upper level where the drop is a few steps, which end at the click, else by a constant
    hazard (to 0 by a straight line). at_risk: at that time; fewer are left at the lower click."""
    if s0 <= 0 or at_risk * (1 - s1 / s0) < COARSE:
        return s0
    share = (at - t0) / (t1 - t0)
    return float(s0 * (s1 / s0) ** share) if s1 > 0 else s0 * (1 - share)


def live(
    course: Course,
    number: int,
    start: float,
    stop: float,
    at_risk: int,
    censored: int,
    level: float,
    nearest: float = NEAREST,
) -> Lived:
    """One interval with so many censored evenly over it, from `level` on: at each point as many events as bring the
    rebuilt curve nearest to it."""
    leaving = start + (np.arange(censored) + 0.5) / max(censored, 1) * (stop - start)
    events: list[float] = []
    late, gap = 0, 0.0
    for i in course.drops[number]:
        t, s = course.time[i], course.survival[i]
        before, above = max(course.time[i - 1], start), course.survival[i - 1]
        enough = LATE if course.carried[i] else nearest
        gone = _gone(censored, t, start, stop)
        coarse = (at_risk - len(events) - gone) * (1 - s / level) >= COARSE if level > s else False
        few = at_risk - len(events) - gone < FEW
        count = 0
        while level > s:
            if coarse:
                gone = _gone(censored, _reached(level, before, t, above, s), start, stop)
            left = at_risk - len(events) - count - gone
            if left <= 0 or left * (1 - s / level) + enough < 1:
                break
            level *= 1 - 1 / left
            count += 1
        events += [t] * count if few and not coarse else _spread(before, t, above, s, count)
        late += count if course.carried[i] else 0
        gap = max(gap, 0.0 if course.carried[i] else abs(level - s))
    return Lived(tuple(events), tuple(leaving[: max(at_risk - len(events), 0)]), level, late, gap)


def _gone(censored: int, t: float, start: float, stop: float) -> int:
    """How many of those censored evenly over an interval are so before t."""
    share = (t - start) / (stop - start) if stop > start else 0.0
    return min(max(math.ceil(censored * share - 0.5), 0), censored)


def _reached(level: float, t0: float, t1: float, s0: float, s1: float) -> float:
    """When a curve of constant hazard from s0 at t0 to s1 at t1 is at `level`; the end if that cannot be said."""
    if s1 <= 0 or s0 <= s1:
        return t1
    return t0 + (t1 - t0) * min(max(math.log(s0 / level) / math.log(s0 / s1), 0.0), 1.0)


def _spread(t0: float, t1: float, s0: float, s1: float, count: int) -> list[float]:
    """Times of the events of a drop: under a constant hazard where the curve reaches each of their levels."""
    if count <= 1 or t1 <= t0:
        return [t1] * count
    parts = [k / count for k in range(1, count + 1)]
    if s1 > 0 and s0 > s1:
        whole = math.log(s0 / s1)
        parts = [math.log(s0 / (s0 - part * (s0 - s1))) / whole for part in parts]
    return [t0 + part * (t1 - t0) for part in parts]


def live_to_number(
    course: Course, number: int, start: float, stop: float, at_risk: int, lost: int, level: float, nearest: float = NEAREST
) -> Lived:
    """One interval at whose end so many are lost: as many are censored as make up for the events.

    More censored, fewer at risk, fewer events: their sum rises, so that it is found by halving."""
    low, high = 0, lost
    while low < high:
        middle = (low + high) // 2
        made = live(course, number, start, stop, at_risk, middle, level, nearest)
        low, high = (low, middle) if len(made.events) + middle >= lost else (middle + 1, high)
    made = live(course, number, start, stop, at_risk, low, level, nearest)
    events = [min(t, stop * JUST_BEFORE) for t in sorted(made.events)[:lost]]
    rest = lost - len(events)
    censored = start + (np.arange(rest) + 0.5) / max(rest, 1) * (stop - start)
    after = _level_after(level, at_risk, events, censored)
    return Lived(tuple(events), tuple(censored), after, made.late, made.gap)


def _level_after(level: float, at_risk: int, events: list[float], censored: Array) -> float:
    """The rebuilt curve at the end of an interval; at ties events come before censorings."""
    for position, (_, kind) in enumerate(sorted([(t, 0) for t in events] + [(float(t), 1) for t in censored])):
        level *= 1.0 if kind else 1 - 1 / (at_risk - position)
    return level
