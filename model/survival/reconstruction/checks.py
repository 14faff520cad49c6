"""Published figures of a curve that cannot belong together, or do not: the curve, the numbers at risk, the total."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.survival.kaplan_meier import KaplanMeier
from model.survival.reconstruction.curve_error import CURVE, NUMBERS_AT_RISK, TOTAL_EVENTS, CurveError, Disagreement
from model.survival.reconstruction.digitised import CleanedCurve

CLICK_ERROR = 0.02  # survival may be read so far aside before the table is said not to belong to the curve
TIME_ERROR = 0.01  # ... and time, as a share of the longest
TOLD_FROM, REFUSED_FROM = (0.02, 0.10)  # distance of the rebuilt curve from a click, beyond half a step of the curve
WIDE_DROP = 0.1  # a fall of survival between two clicks that leaves open where it happened
MEDIANS_APART = 0.1  # relative distance of the two medians that is told
MOST_PATIENTS = 100_000  # under one curve: each of them is rebuilt, one after the other
FAR_BEYOND = 1.25  # numbers at risk so many times beyond the last click: another unit of time?


@dataclass(frozen=True, eq=False)
class RiskTable:
    """at, n (r,): times from 0 on and numbers at risk; row (r,): place of each in the table as given, from 0."""

    at: Array
    n: Array
    row: NDArray[np.int_]


def read_numbers(risk_times: ArrayLike, n_risk: ArrayLike, total_events: int | None) -> RiskTable:
    """Times and numbers in order; CurveError names the row, counted from 1."""
    given, counts = np.asarray(risk_times, dtype=float), np.asarray(n_risk, dtype=float)
    if given.ndim != 1 or given.shape != counts.shape or not len(given):
        raise CurveError("numbers at risk need at least one row, that of time 0.", NUMBERS_AT_RISK)
    for i, (t, n) in enumerate(zip(given, counts, strict=True)):
        if not (np.isfinite(t) and t >= 0):
            message = f"the time of the number at risk in row {i + 1} is {t:g}; it must be at least 0."
            raise CurveError(message, NUMBERS_AT_RISK, i)
        if not (np.isfinite(n) and n >= 0 and n == np.floor(n)):
            message = f"the number at risk in row {i + 1} is {n:g}; it must be a whole number of at least 0."
            raise CurveError(message, NUMBERS_AT_RISK, i)
        if n > MOST_PATIENTS:
            message = f"the number at risk in row {i + 1} is {n:,.0f}; it may be {MOST_PATIENTS:,} at most."
            raise CurveError(message, NUMBERS_AT_RISK, i)
    order = np.argsort(given, kind="stable")
    at, n_at = given[order], counts[order]
    if at[0] != 0:
        message = f"the first number at risk stands at time {at[0]:g}; it must stand at time 0."
        raise CurveError(message, NUMBERS_AT_RISK, int(order[0]))
    same = np.flatnonzero(np.diff(at) <= 0)
    if len(same):
        i = int(same[0]) + 1
        raise CurveError(f"two numbers at risk stand at time {at[i]:g}.", NUMBERS_AT_RISK, int(order[i]))
    if n_at[0] < 1:
        raise CurveError("the number at risk at time 0 is 0; it must be at least 1.", NUMBERS_AT_RISK, int(order[0]))
    rises = np.flatnonzero(np.diff(n_at) > 0)
    if len(rises):
        i = int(rises[0])
        message = f"the number at risk rises from {n_at[i]:g} at time {at[i]:g} to {n_at[i + 1]:g} at time {at[i + 1]:g}."
        raise CurveError(message, NUMBERS_AT_RISK, int(order[i + 1]))
    if total_events is not None and not (1 <= total_events <= n_at[0] and total_events == int(total_events)):
        raise CurveError(f"{total_events:g} events among {n_at[0]:g} patients are not possible.", TOTAL_EVENTS)
    return RiskTable(at, n_at, order)


def refuse_impossible(curve: CleanedCurve, table: RiskTable) -> None:
    """Of n at one time at most n S(t) / S can be left at a later t, whoever is censored: more cannot belong to the curve.

    Survival just before t is taken from the click before it, or the upper corner of a step at it, and may be misread by
    CLICK_ERROR. Nor can a curve fall after nobody is at risk. Raises CurveError with the row of the number."""
    for j in range(1, len(table.at)):
        t, n, row = float(table.at[j]), float(table.n[j]), int(table.row[j])
        before = _before(curve, t)
        for i in range(j):
            now = _from(curve, float(table.at[i]))
            left = float(table.n[i]) * (min((before + CLICK_ERROR) / now, 1.0) if now > 0 else 1.0)
            if n > left + 1:
                raise CurveError(
                    f"{n:g} at risk at time {t:g} cannot belong to this curve: of {table.n[i]:g} at time "
                    f"{table.at[i]:g} at most {left:.0f} can be left where survival has fallen to {before:.3g} (is it the "
                    "table of another arm or endpoint?)",
                    NUMBERS_AT_RISK,
                    row,
                )
        fall = before - float(curve.survival[-1])
        if n == 0 and float(curve.time[-1]) > t and fall > CLICK_ERROR:
            message = f"nobody is at risk at time {t:g}, but the curve falls by {fall:.3g} after it"
            raise CurveError(message, NUMBERS_AT_RISK, row)


def _before(curve: CleanedCurve, t: float) -> float:
    """The highest that survival can be just before t: the click before it, or the upper corner of a step at it."""
    at = np.flatnonzero(curve.time == t)
    if len(at) > 1:
        return float(curve.survival[at[0]])
    earlier = t - TIME_ERROR * float(curve.time[-1])
    return float(curve.survival[max(int(np.searchsorted(curve.time, earlier, side="left")) - 1, 0)])


def _from(curve: CleanedCurve, t: float) -> float:
    """The lowest that survival can be just before t: the first click from it on."""
    if t <= 0:
        return 1.0
    later = t + TIME_ERROR * float(curve.time[-1])
    return float(curve.survival[min(int(np.searchsorted(curve.time, later, side="left")), len(curve.time) - 1)])


def wide_drop(curve: CleanedCurve) -> tuple[str, ...]:
    """A note on the widest drop between two clicks at different times, if it is wide."""
    slope = np.diff(curve.time) > 0
    drop = np.where(slope, -np.diff(curve.survival), 0.0)
    i = int(np.argmax(drop))
    if drop[i] < WIDE_DROP:
        return ()
    more = int(np.sum(drop >= WIDE_DROP)) - 1
    also = f" (and between {more} more pairs of clicks)" if more else ""
    return (
        f"the curve falls by {drop[i]:.2f} between the clicks at {curve.time[i]:g} and {curve.time[i + 1]:g}{also}: its "
        "events were spread over that time; where it falls in one step, click both corners at one time",
    )


def disagreements(
    curve: CleanedCurve, table: RiskTable, total: int | None, km: KaplanMeier, difference: Array, late: list[int]
) -> list[tuple[Disagreement, bool]]:
    """Everything in which the rebuilt data differ from what was published, and whether it is refused.

    difference (m,): distance of the rebuilt curve from each click; late (r,): events of each interval for which the loss
    before its start had no room."""
    found: list[tuple[Disagreement, bool]] = []
    for j, count in enumerate(late):
        if count > 1:
            message = (
                f"{table.n[j]:g} at risk at time {table.at[j]:g} leaves no room for {count} events that the curve shows "
                "before it: they were put at that time"
            )
            found.append((Disagreement(NUMBERS_AT_RISK, int(table.row[j]), message), False))
    rebuilt = km.at_risk(table.at)
    for t, n, r, row in zip(table.at, table.n, rebuilt, table.row, strict=True):
        if n != r:
            message = f"{n:g} at risk at time {t:g}, but the rebuilt data have {r:g}"
            found.append((Disagreement(NUMBERS_AT_RISK, int(row), message), False))
    found += _of_curve(curve, km, difference)
    if total is not None and total != km.data.n_events:
        message = f"the total of {total} events cannot be met: the curve and the numbers at risk give {km.data.n_events}"
        found.append((Disagreement(TOTAL_EVENTS, None, message), False))
    if table.at[-1] > curve.time[-1]:
        message = f"numbers at risk stand beyond the last click, at {curve.time[-1]:g}: the curve is level there"
        if table.at[-1] > FAR_BEYOND * curve.time[-1] and table.n[-1] > 0:
            message += "; do the curve and the table have the same unit of time?"
        found.append((Disagreement(NUMBERS_AT_RISK, int(table.row[-1]), message), False))
    return found


def _of_curve(curve: CleanedCurve, km: KaplanMeier, difference: Array) -> list[tuple[Disagreement, bool]]:
    found = []
    at_risk = np.maximum(km.at_risk(curve.time), 1.0)
    aside = [curve.time + shift * TIME_ERROR * curve.time[-1] for shift in (-1, 1)]
    nearest = np.min([difference, *(np.abs(km.survival_at(t) - curve.survival) for t in aside)], axis=0)
    beyond = nearest - np.maximum(km.survival_at(curve.time), curve.survival) / at_risk / 2
    i = int(np.argmax(beyond))
    if beyond[i] > TOLD_FROM:
        message = (
            f"survival at time {curve.time[i]:g} is {curve.survival[i]:.3g} on the curve, but "
            f"{float(km.survival_at(curve.time[i])):.3g} in data with these numbers at risk"
        )
        row = int(curve.row[i])
        found.append((Disagreement(CURVE, row if row >= 0 else None, message), bool(beyond[i] > REFUSED_FROM)))
    ours, theirs = km.median, curve.median
    apart = np.isnan(ours) != np.isnan(theirs) or abs(ours - theirs) > MEDIANS_APART * theirs
    if apart:
        message = f"the median is {_words(theirs)} on the curve and {_words(ours)} in the rebuilt data"
        found.append((Disagreement(CURVE, None, message), False))
    return found


def _words(median: float) -> str:
    return "not reached" if np.isnan(median) else f"{median:.3g}"
