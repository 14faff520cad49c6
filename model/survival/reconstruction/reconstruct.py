"""Patient data from a digitised Kaplan-Meier curve and the numbers at risk printed under it.

The idea is that of Guyot, Ades, Ouwens and Welton (2012), BMC Med Res Methodol 12:9: between two numbers at risk the
drops of the curve say how many had the event, and the rest of the loss was censored, evenly over the interval
(`events.py`). What was published and does not go together is refused or told (`checks.py`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array
from model.shown import Shown, View, columns_view
from model.survival.kaplan_meier import kaplan_meier
from model.survival.reconstruction.checks import RiskTable, disagreements, read_numbers, refuse_impossible, wide_drop
from model.survival.reconstruction.curve_error import CurveError, Disagreement
from model.survival.reconstruction.digitised import CleanedCurve, clean_clicks
from model.survival.reconstruction.events import NEAREST, Lived, course_of, live, live_to_number
from model.survival.survival_data import SurvivalData, survival_data

NEARER_TO_TOTAL = 0.1, 0.2, 0.3, 0.4  # an event is counted so much earlier or later to meet the total
LARGEST_POWER = 1.08  # ... and then survival is raised to at most this power, or lowered to one over it
EVENT_WORTH = 0.005  # distance from a click that one event more or less than the total is worth
TRIES = 8
NUMBERS_TRIED, CLOSER = 128, 8  # of patients censored, at first; and how many times closer to each other next
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Reconstruction(Shown):
    """Reconstructed observations and how they compare with what was published.

    risk_times (r,), n_risk published and reconstructed; total_events published (None if not) and reconstructed;
    medians of the published curve and of the reconstruction (nan: not reached); largest and mean absolute difference
    in survival at the clicks. notes: what was done to the clicks, what had to be assumed, and the disagreements in
    words; disagreements: published figures that do not go together, each with its table and row.
    """

    data: SurvivalData
    curve: CleanedCurve
    risk_times: Array
    n_risk_published: Array
    n_risk: Array
    total_events_published: int | None
    total_events: int
    median_published: float
    median: float
    largest_difference: float
    mean_difference: float
    notes: tuple[str, ...]
    disagreements: tuple[Disagreement, ...] = ()

    def view(self) -> View:
        """Numbers at risk as published and as reconstructed."""
        columns = {"Time": self.risk_times, "At risk, published": self.n_risk_published, "Reconstructed": self.n_risk}
        largest = f"largest difference in survival {self.largest_difference:.4f}"
        size = f"{self.data.n} patients, {self.total_events} events; {largest}"
        return columns_view("Reconstructed patients", columns, [size, *self.notes])


def reconstruct(
    time: ArrayLike, survival: ArrayLike, risk_times: ArrayLike, n_risk: ArrayLike, total_events: int | None = None
) -> Reconstruction:
    """Observations whose Kaplan-Meier curve and numbers at risk are those published.

    time, survival: (m,) clicks; two at one time are the corners of a step. risk_times, n_risk: (r,) from time 0 on, at
    least the first. Without later numbers at risk the censoring follows from `total_events`; without these too, nobody
    is censored before the last click. Raises CurveError (a ValueError that knows the row) for clicks that make no curve
    (`clean_clicks`), for impossible numbers, and for numbers at risk that cannot belong to the curve.

    >>> from model import survival
    >>> found = survival.reconstruct([0.0, 5.0, 5.0, 10.0, 10.0], [1.0, 1.0, 0.8, 0.8, 0.6], [0.0], [10], total_events=4)
    >>> found.data.n, found.total_events
    (10, 4)
    """
    curve = clean_clicks(time, survival)
    table = read_numbers(risk_times, n_risk, total_events)
    refuse_impossible(curve, table)
    made, note = _rebuilt(curve, table, total_events)
    return _compared(made, curve, table, total_events, (*curve.done, *note))


reconstruct_ipd = reconstruct


@dataclass(frozen=True)
class _Rebuilt:
    """Everything between the first number at risk and the end; those left at the end are censored there."""

    intervals: tuple[Lived, ...]
    end: float

    @property
    def events(self) -> int:
        return sum(len(one.events) for one in self.intervals)


def _rebuilt(curve: CleanedCurve, table: RiskTable, total: int | None) -> tuple[_Rebuilt, tuple[str, ...]]:
    made = _one(curve, table)
    if len(table.at) == 1:
        if total is None:
            words = "no numbers at risk after the first and no total of events: nobody is taken as censored before the end"
            return made, (words,)
        made = _nearest(int(table.n[0]), lambda c: _one(curve, table, censored=c), lambda one: (abs(one.events - total),))
        return made, ()
    if total is None:
        goes_on = table.at[-1] < made.end and table.n[-1] > 0
        words = "no total of events: censoring after the last number at risk goes on as before"
        return made, (words,) if goes_on else ()
    return _to_total(curve, table, total, made), ()


def _one(
    curve: CleanedCurve, table: RiskTable, nearest: float = NEAREST, power: float = 1.0, censored: int | None = None
) -> _Rebuilt:
    """All intervals; in the last one so many are censored evenly, by default at the rate of those before."""
    at, n = table.at, table.n.astype(int)
    course = course_of(curve, at, table.n, power)
    made: list[Lived] = []
    level = 1.0
    for j, (start, stop) in enumerate(itertools.pairwise(at)):
        one = live_to_number(course, j, float(start), float(stop), int(n[j]), int(n[j] - n[j + 1]), level, nearest)
        made.append(one)
        level = one.level
    start, end = float(at[-1]), max(float(curve.time[-1]), float(at[-1]))
    if censored is None:
        exposed = float(np.sum((table.n[1:] + table.n[:-1]) / 2 * np.diff(at)))
        rate = sum(len(one.censored) for one in made) / exposed if exposed > 0 else 0.0
        censored = round(float(n[-1] * -np.expm1(-rate * (end - start))))
    made.append(live(course, len(at) - 1, start, end, int(n[-1]), min(censored, int(n[-1])), level, nearest))
    return _Rebuilt(tuple(made), end)


def _to_total(curve: CleanedCurve, table: RiskTable, total: int, plain: _Rebuilt) -> _Rebuilt:
    """Meet the published total where the clicks miss it: first by the censoring after the last number at risk, which
    nothing else tells; then by counting each event a little earlier or later; then by raising the curve to a power near
    1. Where that comes no nearer than one event, the curve stands as it was clicked."""
    tried = [plain]

    def met(nearest: float = NEAREST, power: float = 1.0) -> bool:
        if tried[-1].events != total:
            tried.append(_with_end(curve, table, total, _one(curve, table, nearest, power), nearest, power))
        return tried[-1].events == total

    if met():
        return tried[-1]
    more = total > tried[-1].events
    nearest = NEAREST
    for shift in NEARER_TO_TOTAL:
        nearest = NEAREST + (shift if more else -shift)
        if met(nearest):
            return tried[-1]
    low, high = (1.0, LARGEST_POWER) if more else (1 / LARGEST_POWER, 1.0)
    for _ in range(TRIES):
        power = float(np.sqrt(low * high))
        if met(nearest, power):
            return tried[-1]
        low, high = (power, high) if tried[-1].events < total else (low, power)
    best = min(tried, key=lambda one: abs(one.events - total))
    return best if abs(best.events - total) <= 1 else plain


def _with_end(curve: CleanedCurve, table: RiskTable, total: int, made: _Rebuilt, nearest: float, power: float) -> _Rebuilt:
    """The same with so many censored after the last number at risk as bring the events nearest to their total."""
    at, n = float(table.at[-1]), int(table.n[-1])
    course = course_of(curve, table.at, table.n, power)
    before = made.intervals[-2]
    natural = len(made.intervals[-1].censored)
    others = sum(len(one.events) for one in made.intervals[:-1])

    def with_censored(number: int) -> Lived:
        return live(course, len(table.at) - 1, at, made.end, n, number, before.level, nearest)

    def distance(end: Lived) -> tuple[float, ...]:
        return end.gap + EVENT_WORTH * abs(others + len(end.events) - total), abs(len(end.censored) - natural)

    return _Rebuilt((*made.intervals[:-1], _nearest(n, with_censored, distance)), made.end)


def _nearest(most: int, rebuilt: Callable[[int], T], distance: Callable[[T], tuple[float, ...]]) -> T:
    """What is rebuilt with the number censored, of 0 to `most`, that leaves the least distance: every number of a small
    trial; of a large one numbers so far apart that they are few, then ever closer ones about the best. More censored leave
    fewer events, but for rounding, so that the distance falls and rises again."""
    step = max(1, most // NUMBERS_TRIED)
    tried = {number: rebuilt(number) for number in range(0, most + 1, step)}
    best = min(tried, key=lambda number: distance(tried[number]))
    while step > 1:
        reach, step = 2 * step, max(1, step // CLOSER)
        for number in range(max(0, best - reach), min(most, best + reach) + 1, step):
            if number not in tried:
                tried[number] = rebuilt(number)
        best = min(sorted(tried), key=lambda number: distance(tried[number]))
    return tried[best]


def _observations(made: _Rebuilt, curve: CleanedCurve, n: int) -> SurvivalData:
    events = np.concatenate([one.events for one in made.intervals])
    censored = np.concatenate([one.censored for one in made.intervals])
    rest = np.full(n - len(events) - len(censored), made.end)
    time = np.concatenate([events, censored, rest])
    event = np.arange(n) < len(events)
    order = np.lexsort((~event, time))
    smallest = float(curve.time[curve.time > 0][0]) * 1e-3
    return survival_data(np.maximum(time[order], smallest), event[order])


def _compared(
    made: _Rebuilt, curve: CleanedCurve, table: RiskTable, total: int | None, notes: tuple[str, ...]
) -> Reconstruction:
    data = _observations(made, curve, int(table.n[0]))
    km = kaplan_meier(data)
    foot = np.append(np.diff(curve.time) > 0, True)  # at a step its lower corner
    difference = np.where(foot, np.abs(km.survival_at(curve.time) - curve.survival), 0.0)
    found = disagreements(curve, table, total, km, difference, [one.late for one in made.intervals])
    refused = next((d for d in found if d[1]), None)
    if refused is not None:
        raise CurveError(refused[0].message, refused[0].table, refused[0].row)
    told = tuple(d for d, _ in found)
    return Reconstruction(
        data,
        curve,
        table.at,
        table.n,
        km.at_risk(table.at),
        total,
        data.n_events,
        curve.median,
        km.median,
        float(difference.max()),
        float(difference[foot].mean()),
        (*notes, *wide_drop(curve), *(d.message for d in told)),
        told,
    )
