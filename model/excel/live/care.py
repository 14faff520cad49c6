"""Care and monitoring as formulas: each item in the state, on the drug or at the event that the inputs name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from model.definition.model_definition import address_of
from model.definition.records.care import Care
from model.engine.costs import CARE_PROGRESSED, CARE_PROGRESSION_FREE, MONITORING, PROGRESSION, care_category
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import if_error, index, index_cell, index_column, match, minimum, sumproduct, where, whole
from model.excel.live.bench import Bench
from model.excel.live.drugs_by_number import ArmDrugs, maximum_one
from model.excel.live.states import ArmStates
from model.excel.live.streams import SPARE, Calendar, Calendars, Line, Stretch, Window, window
from model.excel.live.subsequent import counted_share
from model.excel.live.timeline import Timeline
from model.excel.pages.cells import PageColumn
from model.excel.pages.grid import GridColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.page import Page

COUNTED = "patient-years, visits or patients"
ON_DAYS = (
    "Whole horizon",
    "Years, over the horizon",
    "At starts of cycles inside",
    "At ends of cycles inside",
    "Years on its days",
    "Progression-free, over the horizon",
    "Progression-free, at starts of cycles inside",
    "Progression-free, at ends of cycles inside",
    "Progression-free, years on its days",
)
"""Cells of an item that counts on some days only."""


@dataclasses.dataclass(frozen=True)
class CareCells:
    """Which rule an item follows in one arm, each 1 or 0; where it counts, its value, and what happens once. ``listed``: by
    category, 1 where it is of that state of the definition's own."""

    on_drug: Formula
    everybody: Formula
    progressed: Formula
    accrues: Formula
    visits: Formula
    point: Formula
    flow: Formula
    place: Formula
    number: Formula
    share: Formula
    value: Formula
    start: Formula
    stop: Formula
    first: Formula
    interval: Formula
    once_cycle: Formula
    once: Formula
    once_discounted: Formula
    window: Window | None
    listed: dict[str, Formula]


@dataclasses.dataclass(frozen=True)
class Within:
    """An item that counts on some days only: the share of patients whom it concerns, the discounted weight of the time
    counted, and years undiscounted, of all these patients and of the progression-free."""

    words: str
    window: Window
    patients: GridColumn
    weight: GridColumn
    years: Formula
    free: Formula


class CareLines:
    """The care items of one arm: their cells, their columns in the trace, their lines of the account."""

    def __init__(
        self, bench: Bench, page: Page, timeline: Timeline, states: ArmStates, calendars: Calendars, drugs: ArmDrugs
    ):
        self.bench, self.timeline, self.states, self.drugs, self.calendars = (bench, timeline, states, drugs, calendars)
        self.label = bench.definition.arm(states.arm).short_label
        self.block = states.grid.block_of(states.occupancy)
        self.discounted: dict[str, GridColumn] = {}
        self.within: dict[str, Within] = {}
        self.without_calendar: list[Formula] = []
        self.without_days: list[Formula] = []
        self.weights = self._weights()
        names = [
            "Drug number",
            "Counts here",
            "Accrues",
            "On fixed days",
            "Times a year",
            "At progression",
            "Once",
            "State or drug number",
            "Share of patients",
            "Value per unit",
            "From day",
            "Until day",
            "First visit after",
            "Days between visits",
            "Once: cycle",
            "Once: part of it passed",
            "Once: patients",
            "Once: discounted",
        ]
        names += ON_DAYS if any(self._has_days(care) for care in bench.definition.care) else ()
        self.table = GrowingTable(
            page,
            f"{self.label}: care items",
            "1 or 0 by the inputs in use. State or drug number: 1 progression-free, 2 progressed, 3 alive, then the "
            f"{'states of the sheet States, then the ' if states.own_states else ''}drugs.",
            [PageColumn("Item", "text", 58), *(PageColumn(n, "any", 22 if i == 0 else 16) for i, n in enumerate(names))],
        )

    def write(self) -> list[Line]:
        items = [(care, self._cells(care)) for care in self.bench.definition.care]
        lines = [self._line(care, cells) for care, cells in items]
        if self.without_calendar:
            asked = sum(self.without_calendar[1:], self.without_calendar[0])
            words = f"{self.label}: visits for care that was not on fixed days at the run"
            self.bench.rows_missing.append((words, asked))
        if self.without_days:
            asked = sum(self.without_days[1:], self.without_days[0])
            words = f"{self.label}: care with a first or last day that had none at the run"
            self.bench.rows_missing.append((words, asked))
        return lines

    def _weights(self) -> list[GridColumn]:
        """For each drug, the weight of the time in which the arm takes it."""
        if not any(c.frequency != "once" for c in self.bench.definition.care):
            return []
        columns = []
        for (_, on), own in zip(self.states.on_treatment.items(), self.drugs.windows, strict=True):
            column = self.states.grid.column(f"{on.header}: weight of the time taken", "years", "small")
            columns.append(column.fill(own.weight_in(column, self.timeline, "costs")))
        return columns

    def _cells(self, care: Care) -> CareCells:
        inputs, rules = self.bench.inputs, self.timeline.rules
        base, drugs = address_of("care", care), self.drugs
        arm, during, frequency, drug = (inputs[f"{base}.{f}"] for f in ("arm", "during", "frequency", "drug"))
        row = RowBuilder(self.table, care.label)
        on_drug = during.equals("on_treatment")
        found = if_error(match(drug, drugs.ids), 0) if drugs.ids is not None else formula_of(0)
        place = row.put(where(on_drug, found, 0))
        mine = where(arm.equals(""), 1, arm.equals(self.states.arm))
        here = row.put(mine * (1 - on_drug * place.equals(0)))
        others = frequency.equals("every_days") + frequency.equals("once")
        accrues = row.put(here * (1 - others))
        visits = row.put(here * frequency.equals("every_days"))
        often = row.put(self._times_a_year(frequency))
        flow = row.put(here * during.equals("at_progression"))
        point = row.put(here * frequency.equals("once") * (1 - flow))
        number = row.put(self._number(during, place))
        share = self._of_drug(place, drugs.share, formula_of(1))
        share = row.put(share * where(flow, counted_share(self.bench, self.states.arm), 1))
        value = row.put(self.bench.unit_costs[base] * share * where(accrues, often, 1), "price")
        first_day, last_day = inputs[f"{base}.from_day"], inputs[f"{base}.until_day"]
        begin = self._of_drug(place, drugs.start, formula_of(0))
        end = self._of_drug(place, drugs.stop, rules.horizon_days)
        start = row.put(begin + where(first_day.equals(""), 0, first_day))
        stop = row.put(minimum(end, where(last_day.equals(""), end, begin + where(last_day.equals(""), 0, last_day))))
        first, interval = self._visits(base, row)
        once_cycle, once, once_discounted = self._once(row, place, number, start)
        days = None
        if self._has_days(care):
            days = window(self.timeline, start, stop, lambda _, formula: row.put(formula))
        else:
            self.without_days.append(where(first_day.equals("") * last_day.equals(""), 0, here))
        made = CareCells(
            on_drug=on_drug,
            everybody=during.equals("alive"),
            progressed=during.equals("progressed"),
            accrues=accrues,
            visits=visits,
            point=point,
            flow=flow,
            place=place,
            number=number,
            share=share,
            value=value,
            start=start,
            stop=stop,
            first=first,
            interval=interval,
            once_cycle=once_cycle,
            once=once,
            once_discounted=once_discounted,
            window=days,
            listed={care_category(self.bench.definition, name): during.equals(name) for name in self.states.own_states},
        )
        if days is not None:
            self.within[care.id] = self._within(care, made, days, row)
        row.cells += [""] * (len(self.table.at.columns) - len(row.cells))
        row.close()
        return made

    def _number(self, during: Formula, place: Formula) -> Formula:
        """The column of the trace that an item is about, among those of :attr:`ArmStates.occupancy`."""
        own, before_drugs = self.states.own_states, formula_of(1) + 2
        state = before_drugs
        for name in own:
            before_drugs = before_drugs + 1
            state = where(during.equals(name), before_drugs, state)
        state = where(during.equals("progression_free"), 1, where(during.equals("progressed"), 2, state))
        return where(place > 0, place + before_drugs if own else place + 1 + 2, state)

    def _visits(self, base: str, row: RowBuilder) -> tuple[Formula, Formula]:
        """When the first visit is, in days after the start, and the days between visits."""
        typed_first, typed_interval = (self.bench.inputs[f"{base}.{field}"] for field in ("first_day", "interval_days"))
        interval = where(typed_interval.equals(""), self.timeline.rules.horizon_days, typed_interval)
        interval_cell = Formula(self.table.at.cell(self.table.at.n_rows, len(row.cells) + 1), interval.value)
        first = row.put(where(typed_first.equals(""), interval_cell, typed_first))
        return first, row.put(interval)

    def _once(self, row: RowBuilder, place: Formula, number: Formula, start: Formula) -> tuple[Formula, Formula, Formula]:
        """Of a cost that arises once: its cycle, the patients it is paid for, and these discounted."""
        c, rules = self.bench.constants, self.timeline.rules
        position = start / rules.cycle_days
        cycle = row.put(minimum(whole(position + c.time_tolerance), rules.n_cycles - 1))
        passed = where(position - cycle < c.time_tolerance, 0, position - cycle)
        part = row.put(where(rules.with_accrual, rules.end_half, passed))
        ends = [index_cell(self.block, cycle + 1 + k, number) for k in (0, 1)]
        taking = where(place > 0, ends[0] * (1 - part) + ends[1] * part, 1)
        once = row.put(taking * (start < rules.horizon_days))
        on_day = once * rules.discounting.factor(start / c.days_per_year, "costs")
        by_rule = self.timeline.discounted_by_rule(lambda place: index_cell(self.block, place, number), cycle)
        follows = rules.with_accrual * (place > 0)
        return cycle, once, row.put(where(follows, by_rule * (start < rules.horizon_days), on_day))

    def _times_a_year(self, frequency: Formula) -> Formula:
        """How often in a year a cost is paid that accrues."""
        c, rules = self.bench.constants, self.timeline.rules
        by_time = where(frequency.equals("per_cycle"), 1 / rules.cycle_years, 1)
        by_time = where(frequency.equals("per_week"), rules.cycle_days / rules.cycle_years / c.days_per_week, by_time)
        return where(frequency.equals("per_month"), c.months_per_year, by_time)

    def _has_days(self, care: Care) -> bool:
        """Has an item a first or last day, at the run or in what is changed?"""
        base, changed = address_of("care", care), self.bench.definition.values_of_changes
        given = any(day is not None for day in (care.from_day, care.until_day))
        return given or any(changed(f"{base}.{field}") for field in ("from_day", "until_day"))

    def _within(self, care: Care, cells: CareCells, days: Window, row: RowBuilder) -> Within:
        """The columns of an item that counts on some days only, and its years, which follow in the row of its cells."""
        grid, timeline, words = self.states.grid, self.timeline, f"{care.label} ({care.id})"
        patients = grid.column(f"{words}: share of patients", "share", "share")
        number = patients.take("State or drug number", cells.number)
        patients.fill(index(grid.row_of(self.states.occupancy), number))
        column = grid.column(f"{words}: weight of the time counted", "years", "small")
        column.fill(days.weight_in(column, timeline, "costs"))

        def put(_: str, formula: Formula) -> Formula:
            return row.put(formula)

        years = row.put(days.years(timeline, put, patients))
        free = row.put(days.years(timeline, put, self.states.progression_free))
        return Within(words, days, patients, column, years, free)

    @staticmethod
    def _of_drug(place: Formula, column: Formula | None, otherwise: Formula) -> Formula:
        """A value of the drug with a number, or another where it is 0."""
        if column is None:
            return otherwise
        return where(place > 0, index(column, maximum_one(place)), otherwise)

    def _line(self, care: Care, cells: CareCells) -> Line:
        states, timeline = self.states, self.timeline
        calendar = self._calendar(care, cells)
        currency = self.bench.report.currency
        column = states.grid.column(care.label, currency, "price")
        value, accrues = (column.take("Value per unit", cells.value), column.take("Accrues", cells.accrues))
        number = column.take("State or drug number", cells.number)
        once = column.take("Once: discounted", cells.point * cells.once_discounted)
        flow = column.take("At progression", cells.flow)
        accrual = self.timeline.accrual["costs"].here
        if self.weights:
            place = column.take("Number of the drug", cells.place)
            accrual = where(place > 0, index(states.grid.row_of(self.weights), maximum_one(place)), accrual)
        patients = index(states.grid.row_of(states.occupancy), number)
        if care.id in self.within:
            patients, accrual = self.within[care.id].patients.here, self.within[care.id].weight.here
        amount = accrues * patients * accrual
        amount = amount + once * timeline.cycle.here.equals(column.take("Once: cycle", cells.once_cycle))
        amount = amount + flow * states.counted.here * timeline.flow["costs"].here
        if calendar is not None:
            amount = amount + cells.visits * calendar.in_cycle(timeline, self.discounted[care.id])
        column.fill(value * amount)
        of_payer = self.bench.unit_costs.of_payer(address_of("care", care))
        made = self._account(cells, calendar, column, self.within.get(care.id))
        return dataclasses.replace(made, of_payer=of_payer)

    def _calendar(self, care: Care, cells: CareCells) -> Calendar | None:
        """The visits of an item on fixed days; their rows are made for the interval of the inputs and of what is changed."""
        intervals = [care.interval_days] if care.frequency == "every_days" and care.interval_days else []
        base = address_of("care", care)
        intervals += [float(value) for value in self.bench.definition.values_of_changes(f"{base}.interval_days")]
        if not intervals:
            self.without_calendar.append(cells.visits)
            return None
        days = float(self.timeline.rules.cycle_days.value) * self.bench.n_rows
        n_rows = int(days * SPARE / min(intervals)) + 4
        begin = cells.start + cells.first
        made = self.calendars.add(
            f"{self.label}: {care.label}",
            "visits",
            n_rows,
            lambda n: begin + n * cells.interval,
            cells.stop,
            None,
            lambda row: index_cell(self.block, row, cells.number),
            self.states.progression_free,
        )
        one = formula_of(1)
        self.discounted[care.id] = made.costs("Per patient, discounted", "visits", one, one)
        self.bench.rows_missing.append((f"{self.label}: visits for {care.label}", cells.visits * made.missing))
        return made

    def _account(self, cells: CareCells, calendar: Calendar | None, column: GridColumn, within: Within | None) -> Line:
        states, timeline = self.states, self.timeline
        if within is None:
            state_years = sumproduct(index_column(self.block, cells.number), timeline.accrual["none"].span)
            years = self._of_drug(cells.place, self.drugs.years, state_years)
            free_years = sumproduct(states.progression_free.span, timeline.accrual["none"].span)
            weight = timeline.accrual["costs"].span
        else:
            years, free_years, weight = within.years, within.free, within.weight.span
        quantity = cells.accrues * years + cells.point * cells.once + cells.flow * sumproduct(states.counted.span)
        free = cells.accrues * free_years
        free_discounted = cells.accrues * sumproduct(states.progression_free.span, weight)
        if calendar is not None:
            quantity = quantity + cells.visits * calendar.total
            free = free + cells.visits * calendar.free
            free_discounted = free_discounted + cells.visits * calendar.free_discounted
        return CareLine(
            "cost",
            column.header,
            "",
            COUNTED,
            quantity,
            cells.value,
            quantity * cells.value,
            column.total,
            share=cells.share,
            arising=lambda year: self._in_year(cells, calendar, year, within) * cells.value,
            cells=cells,
            free=(free_discounted * cells.value, free * cells.value),
            within=within,
            free_arising=lambda year: self._free_in_year(cells, calendar, year, within) * cells.value,
        )

    def _in_year(self, cells: CareCells, calendar: Calendar | None, year: Stretch, within: Within | None) -> Formula:
        """What is counted of an item in a year."""
        states = self.states
        occupancy = index_column(states.grid.block_of(states.occupancy, year.cycles.length), cells.number)
        weights = year.weights[states.arm]
        if within is None:
            first = weights[: len(self.states.on_treatment) + 1 + 1]
            weight = index_column(first[0].grid.block_of(first), 1 + where(cells.place > 0, cells.place + 1, 0))
        else:
            weight = year.weight_of(self.states.arm, within.words)
        years = year.accrued(states.arm, occupancy, weight)
        counted = cells.accrues * years + cells.point * year.once(cells.start, cells.once, cells.once_discounted)
        counted = counted + cells.flow * year.flow(states.counted)
        return counted if calendar is None else counted + cells.visits * year.events(calendar, None)

    def _free_in_year(self, cells: CareCells, calendar: Calendar | None, year: Stretch, within: Within | None) -> Formula:
        """Of an item for all patients alive, what is counted in a year while progression-free."""
        free = self.states.progression_free.part(0, year.cycles.length)
        weight = None if within is None else year.weight_of(self.states.arm, within.words)
        counted = cells.accrues * year.accrued(self.states.arm, free, weight)
        return counted if calendar is None else counted + cells.visits * year.events(calendar, calendar.of_free)


@dataclasses.dataclass(frozen=True)
class CareLine(Line):
    """A line whose category follows from the inputs; ``free``: the part of it while progression-free;
    ``free_arising``: that part in a stretch of time."""

    cells: CareCells | None = None
    free: tuple[Formula, Formula] | None = None
    free_arising: Callable[[Stretch], Formula] | None = None
    within: Within | None = None

    def shares(self, discounted: Formula, undiscounted: Formula) -> dict[str, tuple[Formula, Formula]]:
        """The two amounts of the line (cells of the account) by category."""
        assert self.cells is not None and self.free is not None
        c = self.cells
        found: dict[str, tuple[Formula, Formula]] = {}
        amounts = list(zip((discounted, undiscounted), self.free, strict=True))
        other = 1 - c.flow - c.on_drug
        for in_state in c.listed.values():
            other = other - in_state
        rest = [other * (c.progressed * a + c.everybody * (a - free)) for a, free in amounts]
        found[CARE_PROGRESSION_FREE] = (
            other * (1 - c.progressed) * (amounts[0][0] - c.everybody * (amounts[0][0] - amounts[0][1])),
            other * (1 - c.progressed) * (amounts[1][0] - c.everybody * (amounts[1][0] - amounts[1][1])),
        )
        found[CARE_PROGRESSED] = (rest[0], rest[1])
        found[MONITORING] = (c.on_drug * discounted, c.on_drug * undiscounted)
        found[PROGRESSION] = (c.flow * discounted, c.flow * undiscounted)
        found |= {category: (here * discounted, here * undiscounted) for category, here in c.listed.items()}
        return found
