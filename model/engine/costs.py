"""Costs of one arm as streams: drugs, administration, adverse events, care, end of life."""

from __future__ import annotations

import dataclasses

import numpy as np

from model.arrays import Array
from model.constants import DAYS_PER_WEEK, MONTHS_PER_YEAR
from model.definition.model_definition import ModelDefinition
from model.definition.perspective import is_societal
from model.definition.price_periods import price_periods
from model.definition.records.arms import Regimen
from model.definition.records.care import ANY_STATE, Care, EndOfLife
from model.definition.records.drugs import Drug
from model.definition.records.names import lower_first
from model.definition.records.settings import FIRST_CYCLE
from model.engine.deaths import dying
from model.engine.dosing import DoseCost, calendar, days_within, stop_day
from model.engine.streams import START, TREATED, Stream, Value, Weights, constant, parameter, product
from model.engine.subsequent import PROGRESSIONS, SUBSEQUENT, counted_events, subsequent_streams
from model.engine.timeline import Timeline
from model.engine.unit_costs import unit_cost

ADMINISTRATION = "Administration"
ADVERSE_EVENTS = "Adverse events"
MONITORING = "Monitoring on treatment"
CARE_PROGRESSION_FREE = "Care, progression-free"
CARE_PROGRESSED = "Care, progressed"
PROGRESSION = "At progression"
END_OF_LIFE = "End of life"
OTHER_CATEGORIES = (
    ADMINISTRATION,
    MONITORING,
    ADVERSE_EVENTS,
    CARE_PROGRESSION_FREE,
    PROGRESSION,
    CARE_PROGRESSED,
    SUBSEQUENT,
    END_OF_LIFE,
)


def other_categories(definition: ModelDefinition) -> tuple[str, ...]:
    """Categories of costs beside the drugs', in the order of results; care in a listed state follows that in its part."""
    own = {state.id: care_category(definition, state.id) for state in definition.states}
    after = {CARE_PROGRESSION_FREE: False, CARE_PROGRESSED: True}
    found: list[str] = []
    for category in OTHER_CATEGORIES:
        found.append(category)
        if category in after:
            found += [c for s, c in own.items() if definition.is_progressed(s) == after[category] and c not in found]
    return tuple(found)


def care_category(definition: ModelDefinition, state: str) -> str:
    """The category of care in one state."""
    known = {"progression_free": CARE_PROGRESSION_FREE, "progressed": CARE_PROGRESSED}
    return known.get(state) or f"Care, {lower_first(definition.state_labels[state])}"


def cost_streams(definition: ModelDefinition, timeline: Timeline, arm: str) -> list[Stream]:
    """Every cost of one arm."""
    streams: list[Stream] = []
    for regimen in definition.regimen(arm):
        streams += _drug_streams(definition, timeline, regimen)
    streams += _adverse_event_streams(definition, timeline, arm)
    for care in definition.care:
        if care.arm in (None, arm):
            made = _care_streams(definition, timeline, arm, care)
            streams += [dataclasses.replace(s, societal=True) for s in made] if is_societal(care) else made
    streams += subsequent_streams(definition, timeline, arm)
    return streams + [_at_death(definition, timeline, item) for item in definition.end_of_life]


def _at_death(definition: ModelDefinition, timeline: Timeline, item: EndOfLife) -> Stream:
    """A cost of every death, or of the deaths in one state."""
    curve, weights_of = ("alive", timeline.flow) if item.state == ANY_STATE else (dying(item.state), timeline.per_cycle)
    cost = unit_cost(definition, "end_of_life", item)
    account, weights = ("cost", END_OF_LIFE, "dead", curve, item.label, "deaths"), (weights_of("costs"), weights_of("none"))
    return Stream(*account, weights, cost, societal=is_societal(item))


def treatment_value(definition: ModelDefinition, arm: str, drug: str, item: str) -> Value:
    """A treatment parameter of one arm and drug; 1 where the workbook does not list it."""
    listed = any((t.arm, t.drug, t.item) == (arm, drug, item) for t in definition.treatment)
    return parameter(f"treatment.{arm}.{drug}.{item}") if listed else constant(1.0)


def at_days(timeline: Timeline, days: Array) -> Weights:
    """Weights of events on exact days."""
    return timeline.points(days, "costs"), timeline.points(days, "none")


def _drug_streams(definition: ModelDefinition, timeline: Timeline, regimen: Regimen) -> list[Stream]:
    drug = definition.drug(regimen.drug)
    days = calendar(drug, regimen, *timeline.limits)
    share = treatment_value(definition, regimen.arm, drug.id, "share_treated")
    paid = product(share, treatment_value(definition, regimen.arm, drug.id, "relative_dose_intensity"))

    def line(category: str, label: str, quantity: str, which: Array, value: Value) -> Stream:
        weights = at_days(timeline, which)
        state = "progression_free"
        return Stream("cost", category, state, drug.id, label, quantity, weights, value, share=share, days=which)

    doses = [(days, drug.dose, drug.label)]
    if drug.loading_dose is not None:
        doses = [(days[:1], drug.loading_dose, f"{drug.label}, loading dose"), (days[1:], drug.dose, drug.label)]
    return [
        line(drug_category(drug), label + period.suffix, "doses or packs", given, product(paid, cost))
        for which, dose, label in doses
        for period in price_periods(definition, drug.id)
        if len(given := days_within(which, period))
        for cost in [DoseCost(definition, drug, dose, period.changes)]
    ] + [
        line(ADMINISTRATION, label, "administrations", which, product(share, cost))
        for which, label, cost in _visits(definition, drug, days)
    ]


def drug_category(drug: Drug) -> str:
    """The category of a drug's acquisition cost in the disaggregated results."""
    return f"Drug: {drug.label}"


def _visits(definition: ModelDefinition, drug: Drug, days: Array) -> list[tuple[Array, str, Value]]:
    """Days, label and cost of each kind of administration of a drug."""
    rows = {row.occasion: row for row in definition.administration if row.id == drug.administration}
    parts = {"every": days, "first": days[:1], "later": days[1:]}
    return [
        (which, f"{rows[o].label} ({drug.label})", unit_cost(definition, "administration", rows[o]))
        for o, which in parts.items()
        if o in rows and len(which)
    ]


def _adverse_event_streams(definition: ModelDefinition, timeline: Timeline, arm: str) -> list[Stream]:
    costs = {c.event: c for c in definition.event_consequences if c.item == "cost"}
    streams = []
    for event in definition.adverse_events:
        if event.id in costs:
            cost = unit_cost(definition, "event_consequences", costs[event.id])
            value = product(parameter(f"event_probabilities.{event.id}.{arm}"), cost)
            streams.append(event_stream(definition, timeline, arm, "cost", ADVERSE_EVENTS, event.label, value))
    return streams


def event_stream(
    definition: ModelDefinition, timeline: Timeline, arm: str, kind: str, category: str, label: str, value: Value
) -> Stream:
    """A total per patient, counted at time zero or shared out over the time on treatment."""
    if definition.settings.adverse_event_timing == FIRST_CYCLE:
        once = once_at_start(timeline)
        return Stream(kind, category, "progression_free", START, label, "patients", once, value)
    outcome = "costs" if kind == "cost" else "effects"
    regimens = definition.regimen(arm)
    start = min((r.start_day for r in regimens), default=0.0)
    horizon = timeline.horizon_days
    stop = max((stop_day(definition.drug(r.drug), r, *timeline.limits) for r in regimens), default=horizon)
    weights = timeline.accrual_between(outcome, start, stop), timeline.accrual_between("none", start, stop)
    return Stream(kind, category, "progression_free", TREATED, label, "patients", weights, value, normalised=True)


def once_at_start(timeline: Timeline) -> Weights:
    """Weights of what happens once, at time zero."""
    once = np.zeros(timeline.n_cycles + 1)
    once[0] = 1.0
    return once, once


def _care_streams(definition: ModelDefinition, timeline: Timeline, arm: str, care: Care) -> list[Stream]:
    cost = unit_cost(definition, "care", care)
    free = CARE_PROGRESSION_FREE, "progression_free", "progression_free"
    progressed = CARE_PROGRESSED, "progressed", "progressed"
    if care.during == "at_start":
        return [Stream("cost", *free[:2], START, care.label, "patients", once_at_start(timeline), cost)]
    if care.during == "at_progression":
        events, counted = counted_events(definition, arm)
        weights, state = (timeline.per_cycle("costs"), timeline.per_cycle("none")), "progressed"
        value, what = product(cost, counted), PROGRESSIONS
        return [Stream("cost", PROGRESSION, state, events, care.label, what, weights, value, share=counted)]
    if care.during == "on_treatment":
        return _on_treatment_streams(definition, timeline, arm, care)
    places = {"progression_free": [free], "progressed": [progressed], "alive": [free, progressed]}
    if care.during not in places:
        places[care.during] = [(care_category(definition, care.during), care.during, care.during)]
    return [_recurring(timeline, care, cost, *place, 0.0, timeline.horizon_days) for place in places[care.during]]


def _on_treatment_streams(definition: ModelDefinition, timeline: Timeline, arm: str, care: Care) -> list[Stream]:
    regimen = next((r for r in definition.regimen(arm) if r.drug == care.drug), None)
    if regimen is None:
        return []
    share = treatment_value(definition, arm, regimen.drug, "share_treated")
    value = product(unit_cost(definition, "care", care), share)
    place = MONITORING, "progression_free", regimen.drug
    if care.frequency == "once":
        day = np.array([regimen.start_day])
        return [Stream("cost", *place, care.label, "patients", at_days(timeline, day), value, share=share, days=day)]
    stop = stop_day(definition.drug(regimen.drug), regimen, *timeline.limits)
    made = _recurring(timeline, care, value, *place, regimen.start_day, stop)
    return [dataclasses.replace(made, share=share)]


def _recurring(
    timeline: Timeline, care: Care, value: Value, category: str, state: str, curve: str, start: float, stop: float
) -> Stream:
    """A cost that accrues, or at fixed days, for those in ``curve`` from day ``start`` until day ``stop``: within them on
    the days since ``start`` that the item names."""
    if care.until_day is not None:
        stop = min(stop, start + care.until_day)
    if care.frequency == "every_days":
        assert care.interval_days is not None
        first = care.interval_days if care.first_day is None else care.first_day
        days = np.arange(start + first, stop - 1e-9, care.interval_days)
        return Stream("cost", category, state, curve, care.label, "visits", at_days(timeline, days), value, days=days)
    start += care.from_day or 0.0
    weights = timeline.accrual_between("costs", start, stop), timeline.accrual_between("none", start, stop)
    per_year = product(value, constant(times_per_year(care.frequency, timeline)))
    return Stream("cost", category, state, curve, care.label, "patient-years", weights, per_year)


def times_per_year(frequency: str, timeline: Timeline) -> float:
    """How often in a year of the model a cost is paid whose value is for a month, a year, a week or a cycle."""
    cycles = 1.0 / timeline.cycle_years
    weeks = cycles * timeline.cycle_days / DAYS_PER_WEEK
    return {"per_month": MONTHS_PER_YEAR, "per_year": 1.0, "per_week": weeks, "per_cycle": cycles}[frequency]
