"""Costs of one arm as streams: drugs, administration, adverse events, care, treatment after progression, end of life."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.definition.arms import Regimen
from model.definition.care import Care, SubsequentTreatment
from model.definition.drugs import Drug
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.settings import DAYS_PER_MONTH, MONTHS_PER_YEAR
from model.definition.validation import dose_days

from .dosing import DoseCost, calendar, stop_day
from .streams import START, TREATED, Stream, Value, constant, parameter, product, total
from .timeline import Timeline

Array = NDArray[np.float64]

ADMINISTRATION = "Administration"
ADVERSE_EVENTS = "Adverse events"
MONITORING = "Monitoring on treatment"
CARE_PROGRESSION_FREE = "Care, progression-free"
CARE_PROGRESSED = "Care, progressed"
PROGRESSION = "At progression"
SUBSEQUENT = "Treatment after progression"
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


def cost_streams(definition: ModelDefinition, timeline: Timeline, arm: str) -> list[Stream]:
    """Every cost of one arm."""
    streams: list[Stream] = []
    for regimen in definition.regimen(arm):
        streams += _drug_streams(definition, timeline, regimen)
    streams += _adverse_event_streams(definition, timeline, arm)
    for care in definition.care:
        if care.arm in (None, arm):
            streams += _care_streams(definition, timeline, arm, care)
    streams += _subsequent_streams(definition, timeline, arm)
    deaths = timeline.flow("costs"), timeline.flow("none")
    return streams + [
        Stream("cost", END_OF_LIFE, "dead", "alive", item.label, "deaths", *deaths,
               parameter(address_of("end_of_life", item)))
        for item in definition.end_of_life
    ]  # fmt: skip


def treatment_value(definition: ModelDefinition, arm: str, drug: str, item: str) -> Value:
    """A treatment parameter of one arm and drug; 1 where the workbook does not list it."""
    listed = any((t.arm, t.drug, t.item) == (arm, drug, item) for t in definition.treatment)
    return parameter(f"treatment.{arm}.{drug}.{item}") if listed else constant(1.0)


def _at_days(timeline: Timeline, days: Array) -> tuple[Array, Array]:
    return timeline.points(days, "costs"), timeline.points(days, "none")


def _drug_streams(definition: ModelDefinition, timeline: Timeline, regimen: Regimen) -> list[Stream]:
    drug = definition.drug(regimen.drug)
    days = calendar(drug, regimen, timeline.horizon_days)
    share = treatment_value(definition, regimen.arm, drug.id, "share_treated")
    paid = product(share, treatment_value(definition, regimen.arm, drug.id, "relative_dose_intensity"))
    category = drug_category(drug)
    streams: list[Stream] = []

    def doses(which: Array, dose: float, name: str) -> None:
        if len(which):
            value = product(paid, DoseCost(definition, drug, dose))
            streams.append(Stream("cost", category, "progression_free", drug.id, name, "doses or packs",
                                  *_at_days(timeline, which), value))  # fmt: skip

    if drug.loading_dose is None:
        doses(days, drug.dose, drug.label)
    else:
        doses(days[:1], drug.loading_dose, f"{drug.label}, loading dose")
        doses(days[1:], drug.dose, drug.label)
    for which, name, cost_id in _visits(definition, drug, days):
        value = product(share, parameter(cost_id))
        streams.append(Stream("cost", ADMINISTRATION, "progression_free", drug.id, name, "administrations",
                              *_at_days(timeline, which), value))  # fmt: skip
    return streams


def drug_category(drug: Drug) -> str:
    """The category of a drug's acquisition cost in the disaggregated results."""
    return f"Drug: {drug.label}"


def _visits(definition: ModelDefinition, drug: Drug, days: Array) -> list[tuple[Array, str, str]]:
    """Days, label and cost parameter of each kind of administration of a drug."""
    rows = {row.occasion: row for row in definition.administration if row.id == drug.administration}
    if "every" in rows:
        row = rows["every"]
        return [(days, f"{row.label} ({drug.label})", address_of("administration", row))]
    parts = [("first", days[:1]), ("later", days[1:])] if rows else []
    return [
        (which, f"{rows[o].label} ({drug.label})", address_of("administration", rows[o]))
        for o, which in parts
        if len(which)
    ]


def _adverse_event_streams(definition: ModelDefinition, timeline: Timeline, arm: str) -> list[Stream]:
    spread = definition.settings.adverse_event_timing == "time_on_treatment"
    costs = {
        c.event: address_of("event_consequences", c)
        for c in definition.event_consequences
        if c.item == "cost"
    }
    streams = []
    for event in definition.adverse_events:
        if event.id in costs:
            value = product(parameter(f"event_probabilities.{event.id}.{arm}"), parameter(costs[event.id]))
            streams.append(
                event_stream("cost", ADVERSE_EVENTS, event.label, value, timeline, "costs", spread)
            )
    return streams


def event_stream(
    kind: str, category: str, label: str, value: Value, timeline: Timeline, outcome: str, spread: bool
) -> Stream:
    """A total per patient, counted at time zero or shared out over the time on treatment."""
    if spread:
        weights = timeline.accrual(outcome), timeline.accrual("none")
        return Stream(
            kind, category, "progression_free", TREATED, label, "patients", *weights, value, normalised=True
        )
    once = np.zeros(timeline.n_cycles + 1)
    once[0] = 1.0
    return Stream(kind, category, "progression_free", START, label, "patients", once, once, value)


def _care_streams(definition: ModelDefinition, timeline: Timeline, arm: str, care: Care) -> list[Stream]:
    cost = parameter(address_of("care", care))
    once = np.zeros(timeline.n_cycles + 1)
    once[0] = 1.0
    if care.during == "at_start":
        return [
            Stream(
                "cost",
                CARE_PROGRESSION_FREE,
                "progression_free",
                START,
                care.label,
                "patients",
                once,
                once,
                cost,
            )
        ]
    if care.during == "at_progression":
        value = product(cost, alive_share(definition, arm))
        flows = timeline.flow("costs"), timeline.flow("none")
        return [
            Stream(
                "cost",
                PROGRESSION,
                "progressed",
                "progression_free",
                care.label,
                "progressions",
                *flows,
                value,
            )
        ]
    if care.during == "on_treatment":
        return _on_treatment_streams(definition, timeline, arm, care)
    free = CARE_PROGRESSION_FREE, "progression_free", "progression_free"
    progressed = CARE_PROGRESSED, "progressed", "progressed"
    places = {"progression_free": [free], "progressed": [progressed], "alive": [free, progressed]}[
        care.during
    ]
    return [_accruing(timeline, care, cost, *place, 0.0, timeline.horizon_days) for place in places]


def _on_treatment_streams(
    definition: ModelDefinition, timeline: Timeline, arm: str, care: Care
) -> list[Stream]:
    regimen = next((r for r in definition.regimen(arm) if r.drug == care.drug), None)
    if regimen is None:
        return []
    value = product(
        parameter(address_of("care", care)), treatment_value(definition, arm, regimen.drug, "share_treated")
    )
    stop = stop_day(definition.drug(regimen.drug), regimen, timeline.horizon_days)
    if care.frequency == "once":
        weights = _at_days(timeline, np.array([regimen.start_day]))
        return [
            Stream(
                "cost", MONITORING, "progression_free", regimen.drug, care.label, "patients", *weights, value
            )
        ]
    stream = _accruing(
        timeline, care, value, MONITORING, "progression_free", regimen.drug, regimen.start_day, stop
    )
    return [stream]


def _accruing(
    timeline: Timeline,
    care: Care,
    value: Value,
    category: str,
    state: str,
    curve: str,
    start: float,
    stop: float,
) -> Stream:
    """A cost per month, or at fixed days, for those in ``curve`` from day ``start`` until day ``stop``."""
    if care.frequency == "every_days":
        assert care.interval_days is not None
        first = care.interval_days if care.first_day is None else care.first_day
        days = np.arange(start + first, stop - 1e-9, care.interval_days)
        return Stream("cost", category, state, curve, care.label, "visits", *_at_days(timeline, days), value)
    inside = share_of_cycles(timeline, start, stop)
    per_year = product(value, constant(MONTHS_PER_YEAR))
    weights = timeline.accrual("costs") * inside, timeline.accrual("none") * inside
    return Stream("cost", category, state, curve, care.label, "years", *weights, per_year)


def share_of_cycles(timeline: Timeline, start: float, stop: float) -> Array:
    """1 at boundaries from day ``start`` until day ``stop``, else 0; ``(n_cycles + 1,)``."""
    days = timeline.days
    return ((days >= start - 1e-9) & (days <= stop + 1e-9)).astype(float)


def of_arm(definition: ModelDefinition, table: str, item: str, arm: str, field: str = "item") -> str | None:
    """Id of a row that holds for this arm: its own row, else the row for all arms, else None."""
    rows = [r for r in definition.table(table) if getattr(r, field) == item]
    chosen = next((r for r in rows if r.arm == arm), next((r for r in rows if r.arm is None), None))
    return None if chosen is None else address_of(table, chosen)


def alive_share(definition: ModelDefinition, arm: str) -> Value:
    """Share of those leaving the progression-free state who are alive: 1 - share of PFS events that are deaths."""
    death_share = of_arm(definition, "progression", "death_share", arm)
    return constant(1.0) if death_share is None else (lambda draws: 1.0 - draws[death_share])


def _subsequent_streams(definition: ModelDefinition, timeline: Timeline, arm: str) -> list[Stream]:
    """Treatment after progression: a course per patient who progresses alive and is treated, at progression."""
    own = [r for r in definition.subsequent if r.item == "share" and r.arm == arm]
    shares = own or [r for r in definition.subsequent if r.item == "share" and r.arm is None]
    treated_id = of_arm(definition, "progression", "share_treated", arm)
    reached = product(alive_share(definition, arm), parameter(treated_id) if treated_id else constant(1.0))
    flows = timeline.flow("costs"), timeline.flow("none")

    def line(row: SubsequentTreatment) -> Stream:
        course = course_cost(definition, row.drug, subsequent_duration(definition, row.drug, arm))
        value = product(reached, parameter(address_of("subsequent", row)), course)
        label = f"{definition.drug(row.drug).label}, course"
        return Stream(
            "cost", SUBSEQUENT, "progressed", "progression_free", label, "progressions", *flows, value
        )

    return [line(row) for row in shares]


def subsequent_duration(definition: ModelDefinition, drug: str, arm: str) -> SubsequentTreatment:
    """The mean duration of a drug after progression: the arm's own row, else the row for all arms."""
    rows = [r for r in definition.subsequent if (r.item, r.drug) == ("duration_months", drug)]
    return next((r for r in rows if r.arm == arm), None) or next(r for r in rows if r.arm is None)


def course_cost(definition: ModelDefinition, drug_id: str, duration: SubsequentTreatment) -> Value:
    """Cost of a mean course: doses in the mean duration x (drug + administration), first dose included."""
    drug = definition.drug(drug_id)
    doses_per_month = len(dose_days(drug.dose_days)) * DAYS_PER_MONTH / drug.schedule_days
    months = parameter(address_of("subsequent", duration))
    usual = DoseCost(definition, drug, drug.dose)
    rows = {row.occasion: row for row in definition.administration if row.id == drug.administration}
    visits = [parameter(address_of("administration", rows[o])) for o in ("every", "later") if o in rows]
    course = product(months, constant(doses_per_month), total(usual, *visits))
    extra: list[Value] = []
    if drug.loading_dose is not None:
        loading = DoseCost(definition, drug, drug.loading_dose)
        extra.append(lambda draws: loading(draws) - usual(draws))
    if "first" in rows:
        first, later = (address_of("administration", rows[o]) for o in ("first", "later"))
        extra.append(lambda draws: draws[first] - draws[later])
    return total(course, *extra) if extra else course
