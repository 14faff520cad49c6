"""Life years and QALYs of one arm as formulas: the twin of the engine's file of this name."""

from __future__ import annotations

from model.definition import labels
from model.definition.model_definition import address_of
from model.engine.utilities import ADVERSE_EVENTS, ON_TREATMENT, STATE_LABELS, STATES
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import choose, if_error, index, match, minimum, sumproduct, total, where
from model.excel.live.bench import Bench
from model.excel.live.care import ArmDrugs, maximum_one
from model.excel.live.costs import EventWeights
from model.excel.live.states import ArmStates
from model.excel.live.streams import Line
from model.excel.live.timeline import Timeline
from model.excel.pages.grid import GridColumn
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page


def life_year_lines(timeline: Timeline, states: ArmStates) -> list[Line]:
    """Time in each state alive."""
    states.grid.group = "Life years, discounted"
    lines = []
    for name in STATES:
        occupancy: GridColumn = getattr(states, name)
        column = states.grid.column(f"Life years, {STATE_LABELS[name].lower()}", "years", "small")
        column.fill(occupancy.here * timeline.accrual["effects"].here)
        years = sumproduct(occupancy.span, timeline.accrual["none"].span)
        lines.append(
            Line("life_years", STATE_LABELS[name], STATE_LABELS[name], "years", years, formula_of(1), years, column.total)
        )
    return lines


def write_utilities(bench: Bench, page: Page) -> dict[str, Formula]:
    """The utility of each state in use."""
    inputs = bench.inputs
    facts = Facts(
        page,
        "Utilities of the states",
        "A decrement is taken from the progression-free utility; a level is held at or below it, in the base case, in "
        "scenarios and in every draw.",
    )
    rows = {u.state: u for u in bench.definition.utilities if u.state in STATES}
    free = facts.add("Progression-free", inputs[address_of("utilities", rows["progression_free"])], "utility")
    base = address_of("utilities", rows["progressed"])
    given = inputs[f"{base}.given_as"]
    progressed = facts.add(
        "Progressed", where(given.equals("decrement"), free - inputs[base], minimum(inputs[base], free)), "utility"
    )
    return {"progression_free": free, "progressed": progressed}


def qaly_lines(
    bench: Bench,
    page: Page,
    timeline: Timeline,
    states: ArmStates,
    utilities: dict[str, Formula],
    drugs: ArmDrugs,
    events: EventWeights,
) -> list[Line]:
    """Every gain and loss of QALYs of one arm."""
    states.grid.group = "QALYs, discounted"
    lines = []
    for name in STATES:
        occupancy: GridColumn = getattr(states, name)
        column = states.grid.column(f"QALYs, {STATE_LABELS[name].lower()}", "QALYs", "small")
        utility = column.take("Utility", utilities[name])
        column.fill(utility * occupancy.here * timeline.accrual["effects"].here * timeline.norm.here)
        years = sumproduct(occupancy.span, timeline.accrual["none"].span, timeline.norm.span)
        lines.append(
            Line(
                "qaly",
                STATE_LABELS[name],
                STATE_LABELS[name],
                "years",
                years,
                utilities[name],
                years * utilities[name],
                column.total,
            )
        )
    lines += _on_treatment(bench, page, timeline, states, drugs)
    return lines + _event_lines(bench, page, states, events)


def _on_treatment(bench: Bench, page: Page, timeline: Timeline, states: ArmStates, drugs: ArmDrugs) -> list[Line]:
    """Changes of utility while a drug is taken; the drug is an input."""
    lines = []
    inputs = bench.inputs
    for row in bench.definition.utilities:
        if row.state in STATES or drugs.ids is None or drugs.share is None:
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
        weights = [w.weight(timeline, "effects") for w in drugs.windows]
        taking = index(states.grid.row_of(list(states.on_treatment.values())), maximum_one(number))
        column.fill(change * taking * choose(maximum_one(number), *weights) * timeline.norm.here)
        years = []
        for own, on in zip(drugs.windows, states.on_treatment.values(), strict=True):

            def put(which: str, formula: Formula, on: GridColumn = on, facts: Facts = facts) -> Formula:
                return facts.add(f"{on.header}: years {which}, age-adjusted", formula, "years")

            years.append(facts.add(f"{on.header}: years, age-adjusted", own.years(timeline, put, on, timeline.norm), "years"))
        taken = facts.add("Years on the drug, undiscounted, age-adjusted", choose(maximum_one(place), *years), "years")
        share = facts.add("Share treated", index(drugs.share, maximum_one(place)) * applies, "share")
        lines.append(Line("qaly", words, ON_TREATMENT, "years", taken, value, taken * value, column.total, share=share))
    return lines


def _event_lines(bench: Bench, page: Page, states: ArmStates, events: EventWeights) -> list[Line]:
    """QALYs lost to adverse events."""
    definition, inputs = bench.definition, bench.inputs
    rows = {(c.event, c.item): inputs[address_of("event_consequences", c)] for c in definition.event_consequences}
    label = definition.arm(states.arm).short_label
    facts = Facts(
        page, f"{label}: QALYs lost to adverse events per patient", "Probability x utility lost x days / days per year."
    )
    values = []
    for event in definition.adverse_events:
        loss, duration = rows.get((event.id, "disutility")), rows.get((event.id, "duration_days"))
        if loss is not None and duration is not None:
            probability = inputs[f"event_probabilities.{event.id}.{states.arm}"]
            lost = -(probability * loss * duration / bench.constants.days_per_year)
            values.append((event.label, facts.add(event.label, lost, "QALYs")))
    if not values:
        return []
    column = states.grid.column(f"{ADVERSE_EVENTS}, QALYs", "QALYs", "small")
    per_patient = column.take("QALYs per patient", total(facts.table.span(1)))
    column.fill(per_patient * events.effects.here)
    one = formula_of(1)
    return [
        Line("qaly", words, ADVERSE_EVENTS, "patients", one, value, value, value * events.effects.total)
        for words, value in values
    ]
