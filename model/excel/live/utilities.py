"""Life years and QALYs of one arm as formulas: the twin of the engine's file of this name."""

from __future__ import annotations

from model.definition import labels
from model.definition.model_definition import address_of
from model.definition.records.health import ON_TREATMENT as TAKEN
from model.definition.records.health import Utility
from model.definition.records.names import lower_first
from model.definition.records.settings import PER_EVENT
from model.definition.records.states import State
from model.engine.events_within import WHILE
from model.engine.utilities import ADVERSE_EVENTS, ON_TREATMENT
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import choose, if_error, index, match, maximum, minimum, sumproduct, total, where
from model.excel.live.bench import Bench
from model.excel.live.costs import EventWeights
from model.excel.live.drugs_by_number import ArmDrugs, maximum_one
from model.excel.live.states import ArmStates
from model.excel.live.streams import Line, Window, window
from model.excel.live.timeline import Timeline
from model.excel.live.utility_periods import PeriodCells, Utilities, by_time, days_of, undiscounted_years
from model.excel.pages.grid import GridColumn
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page

WHILE_FREE, WHILE_ALIVE = list(WHILE)[:2]


def life_year_lines(bench: Bench, timeline: Timeline, states: ArmStates) -> list[Line]:
    """Time in each state alive."""
    states.grid.group = "Life years, discounted"
    lines = []
    for state in bench.definition.living_states:
        occupancy = states.state(state.id)
        column = states.grid.column(f"Life years, {lower_first(state.label)}", "years", "small")
        column.fill(occupancy.here * timeline.accrual["effects"].here)
        years = sumproduct(occupancy.span, timeline.accrual["none"].span)
        lines.append(Line("life_years", state.label, state.label, "years", years, formula_of(1), years, column.total))
    return lines


def qaly_lines(
    bench: Bench,
    page: Page,
    timeline: Timeline,
    states: ArmStates,
    utilities: Utilities,
    drugs: ArmDrugs,
    events: EventWeights,
) -> list[Line]:
    """Every gain and loss of QALYs of one arm."""
    states.grid.group = "QALYs, discounted"
    lines = []
    for state in bench.definition.living_states:
        lines += _of_state(bench, page, timeline, states, state, utilities[states.arm, state.id])
    lines += _on_treatment(bench, page, timeline, states, drugs)
    return lines + _event_lines(bench, page, timeline, states, events)


def _of_state(
    bench: Bench, page: Page, timeline: Timeline, states: ArmStates, state: State, periods: list[PeriodCells]
) -> list[Line]:
    """QALYs of a state, a line for each period in which it has another utility."""
    occupancy, label, lines = states.state(state.id), state.label, []
    facts = None
    if any(period.when is not None for period in periods):
        arm = bench.definition.arm(states.arm).short_label
        facts = Facts(page, f"{arm}, {lower_first(label)}: years in each period, age-adjusted", "Undiscounted.")
    for period in periods:
        column = states.grid.column(f"QALYs, {lower_first(label)}{period.suffix}", "QALYs", "small")
        utility = column.take("Utility", period.value)
        column.fill(utility * occupancy.here * period.weight(timeline, column) * timeline.norm.here)
        if period.when is None or facts is None:
            years = sumproduct(occupancy.span, timeline.accrual["none"].span, timeline.norm.span)
        else:
            years = undiscounted_years(timeline, facts, f"Period {period.number}", period.when, occupancy, timeline.norm)
        total_of = years * period.value
        words = f"{label}{period.suffix}"
        lines.append(Line("qaly", words, label, "years", years, period.value, total_of, column.total))
    return lines


def _on_treatment(bench: Bench, page: Page, timeline: Timeline, states: ArmStates, drugs: ArmDrugs) -> list[Line]:
    """Changes of utility while a drug is taken; the drug is an input."""
    lines = []
    inputs = bench.inputs
    for row in bench.definition.utilities:
        if row.state != TAKEN or drugs.ids is None or drugs.share is None or row.arm not in (None, states.arm):
            continue
        base = address_of("utilities", row)
        words = labels.label(bench.definition, base)
        facts = Facts(page, f"{bench.definition.arm(states.arm).short_label}: {words}", "By the inputs in use.")
        place = facts.add(
            "Number of the drug in this arm", if_error(match(inputs[f"{base}.drug"], drugs.ids), 0), "", "0: none"
        )
        applies = (place > 0) * inputs[f"{base}.state"].equals("on_treatment")
        value = facts.add(
            "Change of utility x share treated", inputs[base] * index(drugs.share, maximum_one(place)) * applies, "utility"
        )
        column = states.grid.column(words, "QALYs", "small")
        change, number = column.take("Change per patient", value), column.take("Number of the drug", place)
        windows = _windows(bench, timeline, facts, row, drugs)
        weights = [w.weight(timeline, "effects") for w in windows]
        taking = index(states.grid.row_of(list(states.on_treatment.values())), maximum_one(number))
        column.fill(change * taking * choose(maximum_one(number), *weights) * timeline.norm.here)
        years = []
        for own, on in zip(windows, states.on_treatment.values(), strict=True):

            def put(which: str, formula: Formula, on: GridColumn = on, facts: Facts = facts) -> Formula:
                return facts.add(f"{on.header}: years {which}, age-adjusted", formula, "years")

            years.append(facts.add(f"{on.header}: years, age-adjusted", own.years(timeline, put, on, timeline.norm), "years"))
        taken = facts.add("Years on the drug, undiscounted, age-adjusted", choose(maximum_one(place), *years), "years")
        share = facts.add("Share treated", index(drugs.share, maximum_one(place)) * applies, "share")
        lines.append(Line("qaly", words, ON_TREATMENT, "years", taken, value, taken * value, column.total, share=share))
    return lines


def _windows(bench: Bench, timeline: Timeline, facts: Facts, row: Utility, drugs: ArmDrugs) -> list[Window]:
    """When each drug is taken, as far as a change of utility holds."""
    rows = [r for r in bench.definition.utilities if r.state == TAKEN]
    if not by_time(bench.definition, rows):
        return list(drugs.windows)
    start, stop = days_of(bench, row, timeline)
    found = []
    for number, own in enumerate(drugs.windows, start=1):
        begin = facts.add(f"Drug {number}: from day", maximum(own.start, start), "days")
        end = facts.add(f"Drug {number}: until day", maximum(begin, minimum(own.stop, stop)), "days")
        found.append(window(timeline, begin, end, lambda words, formula: facts.add(f"The time {words}", formula)))
    return found


def _event_lines(bench: Bench, page: Page, timeline: Timeline, states: ArmStates, events: EventWeights) -> list[Line]:
    """QALYs lost to adverse events, each in full, or as long as patients have the state of the setting."""
    definition, inputs = bench.definition, bench.inputs
    rows = {(c.event, c.item): inputs[address_of("event_consequences", c)] for c in definition.event_consequences}
    label = definition.arm(states.arm).short_label
    facts = Facts(
        page, f"{label}: QALYs lost to adverse events per patient", "Probability x utility lost x days / days per year."
    )
    rule = inputs["settings.adverse_event_disutility"]
    in_full = facts.add("Each event counts in full", rule.equals(PER_EVENT) * 1, "1 yes, 0 no")
    values = []
    for event in definition.adverse_events:
        loss, duration = rows.get((event.id, "disutility")), rows.get((event.id, "duration_days"))
        if loss is not None and duration is not None:
            probability = inputs[f"event_probabilities.{event.id}.{states.arm}"]
            lost = -(probability * loss * duration / bench.constants.days_per_year) * in_full
            values.append((event.label, facts.add(event.label, lost, "QALYs"), facts.table.at.n_rows - 1))
    lines = []
    if values:
        column = states.grid.column(f"{ADVERSE_EVENTS}, QALYs", "QALYs", "small")
        span = facts.table.span(1, values[0][2], values[-1][2])
        per_patient = column.take("QALYs per patient", total(span))
        column.fill(per_patient * events.effects.here)
        one = formula_of(1)
        lines = [
            Line("qaly", words, ADVERSE_EVENTS, "patients", one, value, value, value * events.effects.total)
            for words, value, _ in values
        ]
    if _counts_within(bench):
        return lines + _within_events(bench, page, timeline, states, rows, rule)
    if any(item == "disutility" for _, item in rows):
        words = f"{label}: disutility of adverse events counted by time, which it was not at the run"
        bench.rows_missing.append((words, 1 - in_full))
    return lines


def _counts_within(bench: Bench) -> bool:
    """Does the loss of an event count by time in a state, at the run or in what is changed?"""
    name = "adverse_event_disutility"
    given = [getattr(bench.definition.settings, name), *bench.definition.values_of_changes(f"settings.{name}")]
    return any(rule != PER_EVENT for rule in given)


def _within_events(
    bench: Bench, page: Page, timeline: Timeline, states: ArmStates, rows: dict[tuple[str, str], Formula], rule: Formula
) -> list[Line]:
    """Each event from time zero until its duration is over, for those who have the state of the setting."""
    grid, lines = states.grid, []
    horizon = timeline.rules.horizon_days
    arm = bench.definition.arm(states.arm).short_label
    facts = Facts(page, f"{arm}: time within adverse events", "Since time zero; without a duration, the whole horizon.")
    by_time = facts.add("Losses count by time", 1 - rule.equals(PER_EVENT), "1 yes, 0 no")
    for event in bench.definition.adverse_events:
        if (event.id, "disutility") not in rows:
            continue
        probability = bench.inputs[f"event_probabilities.{event.id}.{states.arm}"]
        value = facts.add(f"{event.label}: utility", -(probability * rows[event.id, "disutility"]) * by_time, "utility")
        lasting = rows.get((event.id, "duration_days"), horizon)
        stop = facts.add(f"{event.label}: until day", minimum(horizon, lasting), "days")
        nothing, never_whole = formula_of(0), formula_of(0)
        column = grid.column(f"{ADVERSE_EVENTS}: {event.label}, QALYs", "QALYs", "small")
        whose = column.take("Of whom", rule)
        others = where(whose.equals(WHILE_ALIVE), states.alive.here, states.treated.here)
        counted = where(whose.equals(WHILE_FREE), states.progression_free.here, others)
        taken = Window(nothing, column.take("Until day", stop), never_whole)
        column.fill(column.take("Utility", value) * counted * taken.weight(timeline, "effects"))
        years = []
        for on in (states.progression_free, states.alive, states.treated):
            whole = Window(nothing, stop, never_whole)
            years.append(undiscounted_years(timeline, facts, f"{event.label}, {lower_first(on.header)}", whole, on))
        of_others = where(rule.equals(WHILE_ALIVE), years[1], years[2])
        spent = facts.add(f"{event.label}: years", where(rule.equals(WHILE_FREE), years[0], of_others), "years")
        lines.append(Line("qaly", event.label, ADVERSE_EVENTS, "years", spent, value, spent * value, column.total))
    return lines
