"""Lines of the account as formulas: stretches of time, calendars of exact days, and what they add up to.

The twin of the engine's file of this name: each line is an occupancy over time, a weight, and a value per unit.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from model.arrays import Array
from model.excel.formulas.formula import AFTER, Formula, formula_of
from model.excel.formulas.functions import (
    index,
    is_number,
    maximum,
    minimum,
    place_of_number,
    sumproduct,
    total,
    where,
    whole,
)
from model.excel.live.bench import Bench
from model.excel.live.price_periods import PeriodsAt
from model.excel.live.timeline import Timeline
from model.excel.pages.grid import Grid, GridColumn, first_cell, last_cell

CALENDAR_SHEET = "Doses and visits"
SPARE = 1.15


@dataclasses.dataclass(frozen=True)
class Window:
    """From day ``start`` to day ``stop``; ``whole``: 1 where that is the whole horizon, so that any accrual rule applies."""

    start: Formula
    stop: Formula
    whole: Formula

    def weight(self, timeline: Timeline, outcome: str) -> Formula:
        """Discounted weight in years of a value at each boundary: a cycle counts by the part of it inside."""
        day, length = timeline.days.here, timeline.rules.cycle_days
        begins = maximum(0, minimum(self.stop, day + length) - maximum(self.start, day))
        ends = maximum(0, minimum(self.stop, day) - maximum(self.start, day - length))
        both = begins * timeline.start_weight[outcome].here + ends * timeline.end_weight[outcome].here
        part = timeline.rules.cycle_years / length * both
        return where(self.whole, timeline.accrual[outcome].here, part)

    def weight_in(self, column: GridColumn, timeline: Timeline, outcome: str) -> Formula:
        """The same in a column, which holds the window in its cells."""
        start, stop = column.take("From day", self.start), column.take("Until day", self.stop)
        return Window(start, stop, column.take("Whole horizon", self.whole)).weight(timeline, outcome)

    def years(self, timeline: Timeline, put: Callable[[str, Formula], Formula], *columns: GridColumn) -> Formula:
        """Undiscounted total in years of a product of columns; ``put`` gives an intermediate result a cell."""
        rules, n = timeline.rules, columns[0].length
        full = put("over the whole horizon", sumproduct(*(c.span for c in columns), timeline.accrual["none"].span))
        inside = self._inside(timeline, 0, n)
        starts = put("at the starts of cycles inside", self._in_part(sumproduct(*(c.span for c in columns), inside)))
        inside = self._inside(timeline, 0, n - 1)
        ends = put("at the ends of cycles inside", self._in_part(sumproduct(*(c.part(1, n) for c in columns), inside)))
        part = rules.cycle_years * (rules.start_half * starts + rules.end_half * ends)
        return where(self.whole, full, part)

    def _in_part(self, formula: Formula) -> Formula:
        """A sum over the cycles inside, which the whole horizon does without."""
        return where(self.whole, 0, formula)

    def _inside(self, timeline: Timeline, first: int, last: int) -> Formula:
        """The part of each cycle inside, by arithmetic alone, so that SUMPRODUCT takes it over a range."""
        days, length = timeline.days.part(first, last), timeline.rules.cycle_days
        return _ramp(self.stop, days, length) - _ramp(self.start, days, length)


def _ramp(day: Formula, days: Formula, length: Formula) -> Formula:
    """For each cycle that begins on ``days``: 0 if it begins after ``day``, 1 if it ends before, else the part before."""
    passed = day - days
    return (passed >= length) + (passed > 0) * (passed < length) * passed / length


def window(timeline: Timeline, start: Formula, stop: Formula, put: Callable[[str, Formula], Formula]) -> Window:
    """A stretch of time; ``put`` gives a cell to whether it is the whole horizon."""
    covers = where((start <= 0) * (stop >= timeline.rules.horizon_days), 1, 0)
    return Window(start, stop, put("is the whole horizon", covers))


@dataclasses.dataclass(frozen=True)
class Calendar:
    """Events on exact days. Each column has a row per event, counted from 0; ``missing``: 1 where rows are missing."""

    grid: Grid
    number: GridColumn
    day: GridColumn
    cycle: GridColumn
    factor: GridColumn
    quantity: GridColumn
    of_free: GridColumn | None
    of_free_discounted: GridColumn | None
    missing: Formula

    def costs(self, header: str, unit: str, usual: Formula, first: Formula) -> GridColumn:
        """Discounted cost of each event; the first one has a cost of its own."""
        grid = self.grid
        grid.length = self.number.length
        column = grid.column(header, unit, "price")
        each, more = column.take("Cost of each", usual), column.take("More for the first", first - usual)
        return column.fill(self.quantity.here * self.factor.here * (each + self.number.here.equals(0) * more))

    def prices(self, periods: PeriodsAt, tolerance: Formula) -> GridColumn:
        """The number of the prices that hold on the day of each event."""
        self.grid.length = self.number.length
        since = self.grid.column("1 + day of the last price change", "", "count")
        since.fill(periods.since(self.day.here, tolerance))
        return self.grid.column("Number of the prices", "", "plain").fill(periods.number(since.here))

    def costs_by_price(
        self, header: str, unit: str, paid: Formula, prices: GridColumn, usual: Formula, first: Formula
    ) -> GridColumn:
        """As :meth:`costs`, at the prices that hold on each day; ``usual`` and ``first``: costs by number of the prices."""
        column = self.grid.column(header, unit, "price")
        share = column.take("Share of doses paid for", paid)
        each = index(usual, prices.here)
        more = self.number.here.equals(0) * (index(first, prices.here) - each)
        return column.fill(self.quantity.here * self.factor.here * share * (each + more))

    def in_cycle(self, timeline: Timeline, column: GridColumn) -> Formula:
        """The part of a column that falls into the cycle that begins at the row's time.

        Beside the column stands what each event and those after it in its cycle come to; a cycle takes that of its first
        event, for which one search is enough. SUMIF would go through all events for every cycle.
        """
        self.grid.length = self.number.length
        onward = self.grid.column(f"{column.header}, with later ones in its cycle", column.unit, column.kind)
        own = Formula(f"{self.grid.prefix}{onward.name}{AFTER}", 0.0)
        later = where(self.cycle.after.equals(self.cycle.here), own, 0)
        onward.fill(Formula(f"{column.here.text}+{later.text}", _onward(self.cycle.values, column.values)))
        place = place_of_number(timeline.cycle.here, self.cycle.span)
        return where(is_number(place), index(onward.span, place), 0)

    @property
    def total(self) -> Formula:
        """Events, undiscounted."""
        return total(self.quantity.span)

    @property
    def first(self) -> Formula:
        """The first event."""
        return first_cell(self.quantity)

    @property
    def free(self) -> Formula:
        """Events while progression-free, undiscounted."""
        assert self.of_free is not None
        return total(self.of_free.span)

    @property
    def free_discounted(self) -> Formula:
        assert self.of_free_discounted is not None
        return total(self.of_free_discounted.span)


def _onward(cycle: Array, amount: Array) -> Array:
    """Of each event its amount with those of later events in the same cycle, which follow it."""
    found = amount.copy()
    for k in range(len(found) - 2, -1, -1):
        if cycle[k + 1] == cycle[k]:
            found[k] += found[k + 1]
    return found


class Calendars:
    """The sheet of doses and visits: a block of columns per calendar."""

    def __init__(self, bench: Bench, timeline: Timeline):
        self.bench, self.timeline = bench, timeline
        self.grid = bench.grid(CALENDAR_SHEET)
        self.grid.key_columns = 0

    def add(
        self,
        label: str,
        unit: str,
        n_rows: int,
        day_of: Callable[[Formula], Formula],
        end: Formula,
        most: Formula | None,
        occupancy: Callable[[Formula], Formula],
        free: GridColumn | None = None,
    ) -> Calendar:
        """A calendar: ``day_of(n)`` is the day of event n, those from day ``end`` on are left out, and so are those
        from number ``most`` on (0: no limit). ``occupancy(row)``: the share of patients at a boundary, from 1; ``free``:
        those who are progression-free, for events of all patients alive."""
        grid, timeline, c = self.grid, self.timeline, self.bench.constants
        rules = timeline.rules
        grid.length, grid.group = n_rows, label
        number = grid.fixed("Number", "", "plain", np.arange(float(n_rows)))
        day = grid.column("Day", "", "count")
        day.fill(day_of(number.here))
        cycle = grid.column("In cycle", "", "plain")
        position = day.here / rules.cycle_days
        cycle.fill(minimum(whole(position + c.time_tolerance), rules.n_cycles - 1))
        part = grid.column("Part of the cycle passed", "cycles")
        passed = minimum(1, position - cycle.here)
        exact = where(passed < c.time_tolerance, 0, passed)
        by_rule = part.take("Counted as the accrual rule counts the cycle", rules.with_accrual)
        part.fill(where(by_rule, rules.end_half, exact))
        share = grid.column("Share of patients on that day", "share")

        def on_the_day(at: Callable[[Formula], Formula]) -> Formula:
            return at(cycle.here + 1) * (1 - part.here) + at(cycle.here + 2) * part.here

        share.fill(on_the_day(occupancy))
        factor = grid.column("Discount factor")
        on_day = rules.discounting.factor(day.here / c.days_per_year, "costs")
        of_rule = timeline.discounted_by_rule(occupancy, cycle.here) / where(share.here > 0, share.here, 1)
        factor.fill(where(rules.with_accrual, of_rule, on_day))
        quantity = grid.column("Per patient", unit, "small")
        last = quantity.take("Ends by day", end)
        given = day.here < last - c.time_tolerance
        limit = formula_of(0) if most is None else quantity.take("Largest number", most)
        if most is not None:
            given = given * (1 - (limit > 0) * (number.here >= limit))
        quantity.fill(given * share.here)
        final, room = last_cell(day), last_cell(number)
        short = (final < end - c.time_tolerance) * (1 - (limit > 0) * (limit <= room))
        of_free = of_free_discounted = None
        if free is not None:
            span = free.span

            def at_free(row: Formula) -> Formula:
                return index(span, row)

            of_free = grid.column("Of them progression-free", "share").fill(given * on_the_day(at_free))
            of_free_discounted = grid.column("Of these, discounted", "share")
            of_rule = given * timeline.discounted_by_rule(at_free, cycle.here)
            of_free_discounted.fill(where(rules.with_accrual, of_rule, of_free.here * factor.here))
        return Calendar(grid, number, day, cycle, factor, quantity, of_free, of_free_discounted, where(short, 1, 0))


@dataclasses.dataclass(frozen=True)
class Stretch:
    """A year of the budget: from day ``start`` until before day ``stop`` since treatment began. Over its rows, those of time
    zero and of the cycles after it: ``boundaries``, the part inside of the time for which each boundary stands; ``cycles``,
    the part inside of the cycle that ends there. ``weights``: by arm, columns side by side of the undiscounted weight of what
    accrues in a state, on any drug, on each drug, and of care that counts on some days only."""

    start: Formula
    stop: Formula
    boundaries: GridColumn
    cycles: GridColumn
    weights: dict[str, list[GridColumn]]
    tolerance: Formula

    def holds(self, day: Formula) -> Formula:
        """1 where a day lies inside."""
        return (day >= self.start - self.tolerance) * (day < self.stop - self.tolerance)

    def once(self, day: Formula, counted: Formula, discounted: Formula) -> Formula:
        """What happens once, where its day lies inside; ``discounted``: the same discounted, for stretches that ask so."""
        return self.holds(day) * counted

    def first_of(self, calendar: Calendar) -> Formula:
        """The first event of a calendar, where it lies inside."""
        return self.once(first_cell(calendar.day), calendar.first, calendar.first * first_cell(calendar.factor))

    def events(self, calendar: Calendar, quantity: GridColumn | None, *only: Formula) -> Formula:
        """Events of a calendar on days inside; ``only``: conditions on its rows."""
        counted = self.holds(calendar.day.span)
        for condition in only:
            counted = counted * condition
        return sumproduct(counted, (quantity or calendar.quantity).span)

    def flow(self, *columns: GridColumn) -> Formula:
        """What happens in the cycles inside, counted at their ends."""
        return sumproduct(*(c.part(0, self.cycles.length) for c in columns), self.cycles.span)

    def weight_of(self, arm: str, name: str) -> Formula:
        """The weights of a window of an arm, by its name."""
        return next(column for column in self.weights[arm] if column.header == name).span

    def accrued(self, arm: str, occupancy: Formula, weight: Formula | None = None) -> Formula:
        """Patient-years inside of an occupancy over the rows; ``weight``: another than that of a state."""
        used = self.weights[arm][0].span if weight is None else weight
        return sumproduct(occupancy, used, self.boundaries.span)


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of the account of an arm: ``quantity`` undiscounted, ``value`` per unit, and the amounts; of a course of
    several costs, the discounted part that is the price of a ``drug``. ``share``: the part of the value that is a share
    of patients (those treated, those alive). ``new_price``: above 0 where the drug is at a new price, which no list price
    moves. ``arising``: the undiscounted amount that arises in a stretch of time; ``drug_arising``: the part of it that is the
    price of the drug. ``of_payer``: 1 where the cost is the payer's, 0 where it is of the societal perspective alone."""

    kind: str
    label: str
    category: str
    unit: str
    quantity: Formula
    value: Formula
    undiscounted: Formula
    discounted: Formula
    drug: str = ""
    of_drug: Formula | None = None
    share: Formula | None = None
    new_price: Formula | None = None
    arising: Callable[[Stretch], Formula] | None = None
    drug_arising: Callable[[Stretch], Formula] | None = None
    of_payer: Formula | None = None

    @property
    def per_patient(self) -> tuple[Formula, Formula]:
        """Quantity per patient of the cohort, and value per unit of it: the share of patients whom the line concerns
        belongs to the quantity."""
        if self.share is None:
            return self.quantity, self.value
        return self.quantity * self.share, self.value / where(self.share.equals(0), 1, self.share)
