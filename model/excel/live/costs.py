"""Costs of one arm as formulas: the twin of the engine's file of this name.

Each cost is a column of the arm's trace and a line of its account: drugs, administration, adverse events, care,
treatment after progression, end of life.
"""

from __future__ import annotations

import dataclasses
import math

from model.definition.doses import dose_days
from model.definition.model_definition import address_of
from model.engine.costs import ADMINISTRATION, ADVERSE_EVENTS, drug_category
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import index, maximum, minimum, sum_where, total, where
from model.excel.live.bench import Bench
from model.excel.live.care import CareLines
from model.excel.live.deaths import end_of_life_lines
from model.excel.live.dosing import CostsOverTime, DrugCells, RegimenCells
from model.excel.live.drugs_by_number import ArmDrugs
from model.excel.live.price_periods import PeriodPrices
from model.excel.live.states import ArmStates
from model.excel.live.streams import SPARE, Calendar, Calendars, Line, Stretch, Window, window
from model.excel.live.subsequent import subsequent_lines
from model.excel.live.timeline import Timeline
from model.excel.pages.grid import GridColumn, first_cell
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page

COST_OF_DRUG = "Cost of the drug, discounted"


@dataclasses.dataclass(frozen=True)
class EventWeights:
    """How adverse events are spread over time: per cycle and in total, discounted as costs and as effects; the time on any
    drug over which they are, if ``spread`` is 1, and its ``years``."""

    costs: GridColumn
    effects: GridColumn
    window: Window
    spread: Formula
    years: Formula


def cost_lines(
    bench: Bench,
    page: Page,
    timeline: Timeline,
    states: ArmStates,
    calendars: Calendars,
    drugs: dict[str, DrugCells],
    regimens: dict[tuple[str, str], RegimenCells],
    table: ArmDrugs,
    events: EventWeights,
) -> list[Line]:
    """Every cost of one arm."""
    grid = states.grid
    grid.group = f"Costs, discounted ({bench.report.currency})"
    label = bench.definition.arm(states.arm).short_label
    lines: list[Line] = []
    visits: list[Formula] = []
    for drug in states.on_treatment:
        made, per_cycle = _drug_lines(bench, timeline, states, calendars, regimens[states.arm, drug])
        lines += made
        visits.append(per_cycle)
    if visits:
        column = grid.column(ADMINISTRATION, bench.report.currency, "price")
        whole = visits[0]
        for more in visits[1:]:
            whole = whole + more
        column.fill(whole)
    lines += _event_lines(bench, page, states, events)
    care = CareLines(bench, page, timeline, states, calendars, table)
    lines += care.write()
    facts = Facts(page, f"{label}: treatment after progression", "By the inputs in use.")
    lines += subsequent_lines(bench, timeline, states, facts, drugs)
    return lines + end_of_life_lines(bench, timeline, states)


def _drug_lines(
    bench: Bench, timeline: Timeline, states: ArmStates, calendars: Calendars, regimen: RegimenCells
) -> tuple[list[Line], Formula]:
    """Acquisition and administration of one drug, and the cost of its visits per cycle."""
    drug, grid = regimen.drug.drug, states.grid
    arm = bench.definition.arm(states.arm).short_label
    on = states.on_treatment[drug.id].span
    calendar = calendars.add(
        f"{arm}: {drug.label}",
        "doses or packs",
        _rows(bench, timeline, regimen),
        regimen.day_of,
        regimen.end,
        regimen.max_doses,
        lambda row: index(on, row),
    )
    bench.rows_missing.append((f"{arm}: doses of {drug.label}", calendar.missing))
    currency, share, paid = bench.report.currency, formula_of(regimen.share), formula_of(regimen.paid)
    over_time = regimen.drug.over_time
    usual, first = paid * regimen.drug.usual, paid * regimen.drug.loading
    if over_time is None:
        cost = calendar.costs(COST_OF_DRUG, currency, usual, first)
    else:
        prices = calendar.prices(over_time.at, bench.constants.time_tolerance)
        cost = calendar.costs_by_price(COST_OF_DRUG, currency, paid, prices, over_time.usual, over_time.loading)
    later, first_visit = share * regimen.drug.later_visit, share * regimen.drug.first_visit
    visits = calendar.costs("Cost of visits, discounted", currency, later, first_visit)
    column = grid.column(drug.label, currency, "price").fill(calendar.in_cycle(timeline, cost))
    bought = Line(
        "cost",
        drug.label,
        drug_category(drug),
        "doses or packs",
        calendar.total,
        usual,
        calendar.total * usual + calendar.first * (first - usual),
        column.total,
        share=share,
        arising=lambda year: _dosed(year, calendar, usual, first),
    )
    lines = [
        *([bought] if over_time is None else _by_price(bought, calendar, prices, cost, paid, over_time)),
        Line(
            "cost",
            f"Administration of {drug.label}",
            ADMINISTRATION,
            "administrations",
            calendar.total,
            later,
            calendar.total * later + calendar.first * (first_visit - later),
            total(visits.span),
            share=share,
            arising=lambda year: _dosed(year, calendar, later, first_visit),
        ),
    ]
    return lines, calendar.in_cycle(timeline, visits)


def _dosed(year: Stretch, calendar: Calendar, usual: Formula, first: Formula) -> Formula:
    """Cost of the doses, or visits, in a year, of which the first has a cost of its own."""
    return year.events(calendar, None) * usual + year.first_of(calendar) * (first - usual)


def _by_price(
    whole: Line, calendar: Calendar, prices: GridColumn, cost: GridColumn, paid: Formula, over_time: CostsOverTime
) -> list[Line]:
    """The line of a drug as one for each period of its prices."""
    lines = []
    for period, usual, first in over_time:
        quantity = sum_where(prices.span, period.number, calendar.quantity.span)
        here = first_cell(prices).equals(period.number)
        begins = calendar.first * here

        def arising(
            year: Stretch, period: PeriodPrices = period, usual: Formula = usual, more: Formula = here * (first - usual)
        ) -> Formula:
            given = year.events(calendar, None, prices.span.equals(period.number))
            return paid * (given * usual + year.first_of(calendar) * more)

        lines.append(
            dataclasses.replace(
                whole,
                label=whole.label + period.suffix,
                quantity=quantity,
                value=paid * usual,
                undiscounted=paid * (quantity * usual + begins * (first - usual)),
                discounted=sum_where(prices.span, period.number, cost.span),
                new_price=period.new,
                arising=arising,
            )
        )
    return lines


def _rows(bench: Bench, timeline: Timeline, regimen: RegimenCells) -> int:
    """Rows for every dose on the longest time axis, and some more; also for the shortest schedule of any scenario."""
    drug = regimen.drug.drug
    base = f"drugs.{drug.id}"
    schedules = [drug.schedule_days]
    per_schedule = len(dose_days(drug.dose_days))
    changed = bench.definition.values_of_changes
    schedules += [float(value) for value in changed(f"{base}.schedule_days")]
    per_schedule = max(per_schedule, *(len(dose_days(str(value))) for value in changed(f"{base}.dose_days")), 0)
    days = float(timeline.rules.cycle_days.value) * bench.n_rows
    return math.ceil(days * SPARE / min(schedules) * per_schedule) + 4


def _event_lines(bench: Bench, page: Page, states: ArmStates, events: EventWeights) -> list[Line]:
    """Adverse events: one column for all, one line for each."""
    definition, inputs = bench.definition, bench.inputs
    costs = {
        c.event: bench.unit_costs[address_of("event_consequences", c)]
        for c in definition.event_consequences
        if c.item == "cost"
    }
    label = definition.arm(states.arm).short_label
    facts = Facts(page, f"{label}: cost of adverse events per patient", "Probability x cost of one event.")
    values = [
        (e.label, facts.add(e.label, inputs[f"event_probabilities.{e.id}.{states.arm}"] * costs[e.id], bench.report.currency))
        for e in definition.adverse_events
        if e.id in costs
    ]
    if not values:
        return []
    column = states.grid.column(ADVERSE_EVENTS, bench.report.currency, "price")
    per_patient = column.take("Cost per patient", total(facts.table.span(1)))
    column.fill(per_patient * events.costs.here)
    one = formula_of(1)
    return [
        Line(
            "cost",
            words,
            ADVERSE_EVENTS,
            "patients",
            one,
            value,
            value,
            value * events.costs.total,
            arising=lambda year, value=value: value * _spread(bench, year, states, events),  # type: ignore[misc]
        )
        for words, value in values
    ]


def _spread(bench: Bench, year: Stretch, states: ArmStates, events: EventWeights) -> Formula:
    """The part of the adverse events that a year holds: all at time zero, or over the time on any drug."""
    on = year.accrued(states.arm, states.treated.part(0, year.cycles.length), year.weights[states.arm][1].span)
    return where(events.spread, on / maximum(bench.constants.smallest, events.years), year.holds(formula_of(0)))


def event_weights(
    bench: Bench, page: Page, timeline: Timeline, states: ArmStates, regimens: dict[tuple[str, str], RegimenCells]
) -> EventWeights:
    """Once at time zero, or shared out over the time on treatment so that the undiscounted total is one."""
    grid = states.grid
    grid.group = "Spread of adverse events"
    own = [regimens[states.arm, drug] for drug in states.on_treatment]
    label = bench.definition.arm(states.arm).short_label
    facts = Facts(page, f"{label}: time on any drug", "Over which adverse events are spread, if the settings ask for it.")
    horizon = timeline.rules.horizon_days
    start = facts.add("From day", minimum(*(r.start for r in own)) if own else formula_of(0), "days")
    stop = facts.add("Until day", maximum(*(r.stop for r in own)) if own else horizon, "days")

    def put(words: str, formula: Formula) -> Formula:
        return facts.add(f"The time {words}" if words.startswith("is") else f"Years {words}", formula)

    span = window(timeline, start, stop, put)
    years = facts.add("Years on any drug, undiscounted", span.years(timeline, put, states.treated), "years")
    timing = bench.inputs["settings.adverse_event_timing"]
    spread = facts.add("Adverse events are spread over it", timing.equals("time_on_treatment") * (years > 0), "1 yes, 0 no")
    made = {}
    for outcome in ("costs", "effects"):
        column = grid.column(f"Spread, discounted as {outcome}", "", "small")
        over, whole = column.take("Spread over treatment", spread), column.take("Years on any drug", years)
        part = states.treated.here * span.weight_in(column, timeline, outcome) / maximum(bench.constants.smallest, whole)
        made[outcome] = column.fill(where(over, part, timeline.cycle.here.equals(0)))
    return EventWeights(made["costs"], made["effects"], span, spread, years)
