"""Patient data from a digitised Kaplan-Meier curve and the numbers at risk printed under it.

The idea is that of Guyot, Ades, Ouwens and Welton (2012), BMC Med Res Methodol 12:9: between two numbers at risk the
drops of the curve say how many had the event, and the rest of the loss was censored, evenly over the interval. Here
events are counted in fractions, brought to the published total, and rounded on their running total, so that rounding
never adds up. The events of a drop stand at the click below it, where a step ends: that is where those who read a curve
click, and where a drop is wide it is mostly one step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.survival.digitised import CleanedCurve, clean_clicks
from model.survival.families.base import FloatArray
from model.survival.kaplan_meier import kaplan_meier
from model.survival.survival_data import SurvivalData, survival_data

ROUND_UP_FROM = (
    2 / 3
)  # an event is counted at the click after it, so late: it is counted from a third of it on
TOTAL_WEIGHT = 0.005  # distance from a click that one event more or less than the published total is worth


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """Reconstructed observations and how they compare with what was published.

    risk_times (r,), n_risk published and reconstructed; total_events published (None if not) and reconstructed;
    medians of the published curve and of the reconstruction (nan: not reached); largest and mean absolute difference
    in survival at the clicks. notes: what was done to the clicks, and what had to be assumed.
    """

    data: SurvivalData
    curve: CleanedCurve
    risk_times: FloatArray
    n_risk_published: FloatArray
    n_risk: FloatArray
    total_events_published: int | None
    total_events: int
    median_published: float
    median: float
    largest_difference: float
    mean_difference: float
    notes: tuple[str, ...]


def reconstruct(
    time: ArrayLike,
    survival: ArrayLike,
    risk_times: ArrayLike,
    n_risk: ArrayLike,
    total_events: int | None = None,
) -> Reconstruction:
    """Observations whose Kaplan-Meier curve and numbers at risk are those published.

    time, survival: (m,) clicks; risk_times, n_risk: (r,) from time 0 on, at least the first. Without later numbers at
    risk the censoring follows from `total_events`; without these too, nobody is censored before the last click.
    Raises ValueError for clicks that make no curve (`clean_clicks`) and for impossible numbers.
    """
    curve = clean_clicks(time, survival)
    at, n = _numbers(risk_times, n_risk, total_events)
    end = max(float(curve.time[-1]), float(at[-1]))
    fractions = [
        _between(curve, float(start), float(stop), float(first), float(first - last))
        for start, stop, first, last in zip(at[:-1], at[1:], n[:-1], n[1:], strict=True)
    ]
    last_one, note = _last_interval(curve, at, n, end, fractions, total_events)
    lost = -np.diff(n)
    if total_events is not None:
        fractions = _to_total(fractions, lost, total_events - len(last_one.events))
    intervals = [*_rounded(curve, at, lost, fractions), last_one]
    data = _observations(curve, [*at, end], n, intervals)
    return _compared(data, curve, at, n, total_events, (*curve.done, *([note] if note else [])))


reconstruct_ipd = reconstruct


def _numbers(
    risk_times: ArrayLike, n_risk: ArrayLike, total_events: int | None
) -> tuple[FloatArray, FloatArray]:
    """Times and numbers in order; ValueError names the row, counted from 1."""
    given, counts = np.asarray(risk_times, dtype=float), np.asarray(n_risk, dtype=float)
    if given.ndim != 1 or given.shape != counts.shape or not len(given):
        raise ValueError("numbers at risk need at least one row, that of time 0.")
    for i, (t, n) in enumerate(zip(given, counts, strict=True), start=1):
        if not (np.isfinite(t) and t >= 0):
            raise ValueError(f"the time of the number at risk in row {i} is {t:g}; it must be at least 0.")
        if not (np.isfinite(n) and n >= 0 and n == np.floor(n)):
            raise ValueError(
                f"the number at risk in row {i} is {n:g}; it must be a whole number of at least 0."
            )
    order = np.argsort(given, kind="stable")
    at, n_at = given[order], counts[order]
    if at[0] != 0:
        raise ValueError(f"the first number at risk stands at time {at[0]:g}; it must stand at time 0.")
    if np.any(np.diff(at) <= 0):
        raise ValueError(f"two numbers at risk stand at time {at[1:][np.diff(at) <= 0][0]:g}.")
    if n_at[0] < 1:
        raise ValueError("the number at risk at time 0 is 0; it must be at least 1.")
    rises = np.flatnonzero(np.diff(n_at) > 0)
    if len(rises):
        i = int(rises[0])
        raise ValueError(
            f"the number at risk rises from {n_at[i]:g} at time {at[i]:g} to {n_at[i + 1]:g} at time {at[i + 1]:g} "
            f"(row {int(order[i + 1]) + 1})."
        )
    if total_events is not None and not (1 <= total_events <= n_at[0] and total_events == int(total_events)):
        raise ValueError(f"{total_events} events among {n_at[0]:g} patients are not possible.")
    return at, n_at


@dataclass(frozen=True)
class _Interval:
    """What happens between two numbers at risk: event times, and the number censored evenly."""

    events: tuple[float, ...]
    censored: int


def _clicks(curve: CleanedCurve, start: float, stop: float, last: bool = False) -> NDArray[np.int_]:
    """Clicks of an interval, its end left to the next one (who has the event then was still at risk) but for the last
    interval. A drop that began before the interval counts at the click where it ends."""
    inside = (curve.time >= start) & (curve.time > 0)
    return np.flatnonzero(inside & ((curve.time <= stop) if last else (curve.time < stop)))


def _between(curve: CleanedCurve, start: float, stop: float, at_risk: float, lost: float) -> FloatArray:
    """Events at each click of an interval, as fractions, that with the censored make up the loss."""
    clicks = _clicks(curve, start, stop)
    before = np.maximum(clicks - 1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = curve.survival[clicks] / curve.survival[before]
        share = np.where(curve.survival[before] > 0, 1 - ratio, 0.0)
    gone = (curve.time[clicks] - start) / (stop - start)
    censored, events = 0.0, np.zeros(len(clicks))
    for _ in range(200):  # more censoring, fewer at risk, fewer events: a contraction
        left = at_risk
        for i, q in enumerate(share):
            events[i] = max(left - censored * gone[i], 0.0) * q
            left -= events[i]
        change = float(np.clip(lost - events.sum(), 0.0, lost)) - censored
        censored += change
        if abs(change) < 1e-10:
            break
    total = float(events.sum())
    return events * min(1.0, lost / total) if total > 0 else events


def _to_total(fractions: list[FloatArray], lost: FloatArray, total: int) -> list[FloatArray]:
    """Events scaled to their published total, where the clicks miss it, but in no interval above those lost."""
    scaled = [f.copy() for f in fractions]
    for _ in range(50):
        sums = np.array([f.sum() for f in scaled])
        missing = total - sums.sum()
        weight = np.minimum(sums, lost - sums) if missing > 0 else sums
        if abs(missing) < 1e-9 or weight.sum() <= 0:
            break
        wanted = np.clip(sums + missing * weight / weight.sum(), 0.0, lost)
        scaled = [f * (w / s) if s > 0 else f for f, w, s in zip(scaled, wanted, sums, strict=True)]
    return scaled


def _rounded(
    curve: CleanedCurve, at: FloatArray, lost: FloatArray, fractions: list[FloatArray]
) -> list[_Interval]:
    """Whole events, by rounding the running total over all intervals; what is left of each loss was censored."""
    made, running, taken = [], 0.0, 0
    for j, events in enumerate(fractions):
        start = float(at[j])
        times: list[float] = []
        for k, d in zip(_clicks(curve, start, float(at[j + 1])), events, strict=True):
            running += float(d)
            count = min(int(np.floor(running + ROUND_UP_FROM)) - taken, int(lost[j]) - len(times))
            t = float(curve.time[k])
            times += [t] * max(count, 0)
            taken += max(count, 0)
        made.append(_Interval(tuple(times), int(lost[j]) - len(times)))
    return made


def _walk(curve: CleanedCurve, start: float, stop: float, at_risk: int, censored: int) -> _Interval:
    """Whole events at each click of the last interval, with so many censored evenly over it: at each click as many
    as bring the curve nearest to it."""
    clicks = _clicks(curve, start, stop, last=True)
    events: list[float] = []
    level = float(curve.survival[max(clicks[0] - 1, 0)]) if len(clicks) else 1.0
    for k in clicks:
        t = float(curve.time[k])
        gone = int(np.ceil(censored * (t - start) / (stop - start) - 0.5)) if censored else 0
        left = at_risk - len(events) - gone
        if left <= 0:
            break
        drop = 1 - curve.survival[k] / level if level > 0 else 0.0
        count = int(np.clip(np.round(left * drop), 0, left))
        events += [t] * count
        level *= 1 - count / left
    return _Interval(tuple(events), min(censored, at_risk - len(events)))


def _last_interval(
    curve: CleanedCurve,
    at: FloatArray,
    n: FloatArray,
    end: float,
    earlier: list[FloatArray],
    total: int | None,
) -> tuple[_Interval, str]:
    """After the last number at risk: as many censored on the way as fit the clicks and the total of events best; the
    rest at the end."""
    start, first = float(at[-1]), int(n[-1])
    if end <= start or first == 0:
        return _Interval((), 0), ""
    events_before = float(sum(f.sum() for f in earlier))
    if total is not None:
        wanted = total - events_before
        tried = [_walk(curve, start, end, first, c) for c in range(first + 1)]
        worth = (
            1.0 if not earlier else TOTAL_WEIGHT
        )  # without numbers at risk only the total speaks of censoring
        misfits = [
            _misfit(curve, start, end, first, made) + worth * abs(len(made.events) - wanted) for made in tried
        ]
        return tried[int(np.argmin(misfits))], ""
    if not earlier:
        note = "no numbers at risk after the first and no total of events: nobody is taken as censored before the end"
        return _walk(curve, start, end, first, 0), note
    exposed = float(np.sum((n[1:] + n[:-1]) / 2 * np.diff(at)))
    rate = max(float(n[0] - n[-1]) - events_before, 0.0) / max(exposed, 1e-12)
    out = min(round(first * -np.expm1(-rate * (end - start))), first)
    note = "no total of events: censoring after the last number at risk goes on as before"
    return _walk(curve, start, end, first, out), note


def _misfit(curve: CleanedCurve, start: float, end: float, first: int, made: _Interval) -> float:
    """Largest distance from the clicks of the last interval."""
    clicks = _clicks(curve, start, end, last=True)
    if not len(clicks):
        return 0.0
    km = kaplan_meier(survival_data(*_times(start, end, first, made, True)))
    level = curve.survival[max(clicks[0] - 1, 0)]
    return float(np.max(np.abs(level * km.survival_at(curve.time[clicks]) - curve.survival[clicks])))


def _times(
    start: float, stop: float, at_risk: int, made: _Interval, last: bool
) -> tuple[FloatArray, FloatArray]:
    """Times and events of those lost in an interval; in the last one everybody else is censored at its end."""
    leaving = start + (np.arange(made.censored) + 0.5) / max(made.censored, 1) * (stop - start)
    events = np.array(made.events)
    rest = max(at_risk - len(events) - made.censored, 0) if last else 0
    time = np.concatenate([events, leaving[: at_risk - len(events)], np.full(rest, stop)])
    event = np.concatenate([np.ones(len(events)), np.zeros(len(time) - len(events))])
    return np.maximum(time, 1e-9), event


def _observations(
    curve: CleanedCurve, edges: list[float], n: FloatArray, intervals: list[_Interval]
) -> SurvivalData:
    parts = [
        _times(float(edges[j]), float(edges[j + 1]), int(n[j]), made, j == len(intervals) - 1)
        for j, made in enumerate(intervals)
    ]
    time, event = (np.concatenate(p) for p in zip(*parts, strict=True))
    order = np.lexsort((-event, time))
    smallest = float(curve.time[1]) * 1e-3
    return survival_data(np.maximum(time[order], smallest), event[order])


def _compared(
    data: SurvivalData,
    curve: CleanedCurve,
    at: FloatArray,
    n: FloatArray,
    total: int | None,
    notes: tuple[str, ...],
) -> Reconstruction:
    if total is not None and total != data.n_events:
        notes += (
            f"the total of {total} events cannot be met: the curve and the numbers at risk give {data.n_events}",
        )
    if at[-1] > curve.time[-1]:
        notes += (
            f"numbers at risk stand beyond the last click, at {curve.time[-1]:g}: the curve is level there",
        )
    km = kaplan_meier(data)
    difference = np.abs(km.survival_at(curve.time) - curve.survival)
    return Reconstruction(
        data, curve, at, n, km.at_risk(at), total, data.n_events, curve.median, km.median,
        float(difference.max()), float(difference.mean()), notes,
    )  # fmt: skip
