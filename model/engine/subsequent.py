"""Treatment after progression: a course for each patient who progresses alive and is treated (a flow, not a stock)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from model.arrays import Array
from model.definition.doses import dose_days
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.price_periods import PricePeriod, price_periods
from model.definition.records.care import SubsequentTreatment
from model.definition.records.drugs import Drug, PriceChange
from model.definition.records.settings import EVERY_PFS_EVENT
from model.definition.sampling.draws import Draws
from model.definition.shares import mix_of
from model.engine.dosing import DoseCost
from model.engine.streams import LEAVING, PROGRESSING, Stream, Value, constant, parameter, product, total
from model.engine.timeline import Timeline
from model.engine.unit_costs import unit_cost

SUBSEQUENT = "Treatment after progression"
PROGRESSIONS = "progressions"
COURSES = "courses"


def of_arm(definition: ModelDefinition, item: str, arm: str) -> str | None:
    """Id of the progression parameter that holds for this arm: its own row, else the row for all arms, else None."""
    chosen = definition.progression_row(item, arm)
    return None if chosen is None else address_of("progression", chosen)


def alive_share(definition: ModelDefinition, arm: str) -> Value:
    """Share of those leaving the progression-free state who are alive: 1 - share of PFS events that are deaths."""
    death_share = of_arm(definition, "death_share", arm)
    return constant(1.0) if death_share is None else (lambda draws: 1.0 - draws[death_share])


def counted_events(definition: ModelDefinition, arm: str) -> tuple[str, Value]:
    """The curve of events that costs at progression and courses after it count, and the share of them: of PFS events those
    whose patients are alive, while anyone is progressed, or every one (setting 'Progressions counted')."""
    if definition.settings.progressions == EVERY_PFS_EVENT:
        return LEAVING, constant(1.0)
    return PROGRESSING, alive_share(definition, arm)


def subsequent_streams(definition: ModelDefinition, timeline: Timeline, arm: str) -> list[Stream]:
    """The courses of one arm, each costed as a lump sum at progression, at the prices of that time."""
    treated_id = of_arm(definition, "share_treated", arm)
    events, counted = counted_events(definition, arm)
    reached = product(counted, parameter(treated_id) if treated_id else constant(1.0))

    def line(row: SubsequentTreatment, period: PricePeriod) -> Stream:
        course, packs = course_cost(definition, row.drug, duration(definition, row.drug, arm), period.changes)
        share = product(reached, parameter(address_of("subsequent", row)))
        value, of_drug = product(share, course), product(share, packs)
        label = f"{definition.drug(row.drug).label}, course{period.suffix}"
        inside = timeline.part_of_cycles(period.start, period.stop)
        weights = timeline.per_cycle("costs") * inside, timeline.per_cycle("none") * inside
        account = ("cost", SUBSEQUENT, "progressed", events, label, COURSES)
        return Stream(*account, weights, value, share=share, drug=row.drug, of_drug=of_drug)

    return [
        line(row, period)
        for row in mix_of(definition, arm)
        for period in price_periods(definition, row.drug)
        if period.start < timeline.horizon_days
    ]


def duration(definition: ModelDefinition, drug: str, arm: str) -> SubsequentTreatment:
    """The mean duration of a drug after progression: the arm's own row, else the row for all arms."""
    rows = [r for r in definition.subsequent if (r.item, r.drug) == ("duration_months", drug)]
    return next((r for r in rows if r.arm == arm), None) or next(r for r in rows if r.arm is None)


def course_cost(
    definition: ModelDefinition, drug_id: str, mean_duration: SubsequentTreatment, changes: Mapping[str, PriceChange]
) -> tuple[Value, Value]:
    """Cost of a mean course: doses in the mean duration x (drug + administration); a dearer first dose or visit counts
    once; a course of no duration costs nothing. And the part of it that is the price of the drug. ``changes``: by pack what
    holds in place of its list price."""
    drug = definition.drug(drug_id)
    usual = DoseCost(definition, drug, drug.dose, changes)
    rows = {row.occasion: row for row in definition.administration if row.id == drug.administration}
    visits = [unit_cost(definition, "administration", rows[o]) for o in ("every", "later") if o in rows]
    dearer = _dearer_first_dose(definition, drug, usual, changes)
    extra = list(dearer)
    if "first" in rows:
        first, later = (unit_cost(definition, "administration", rows[o]) for o in ("first", "later"))
        extra.append(lambda draws: first(draws) - later(draws))
    course = partial(_course, drug, mean_duration, definition.settings.days_per_month)
    return course(total(usual, *visits), extra), course(usual, dearer)


def _dearer_first_dose(
    definition: ModelDefinition, drug: Drug, usual: DoseCost, changes: Mapping[str, PriceChange]
) -> list[Value]:
    """What the first dose costs more than a usual one, where there is one."""
    if drug.loading_dose is None:
        return []
    loading = DoseCost(definition, drug, drug.loading_dose, changes)
    return [lambda draws: loading(draws) - usual(draws)]


def _course(
    drug: Drug, mean_duration: SubsequentTreatment, days_per_month: float, of_dose: Value, extra: list[Value]
) -> Value:
    """Doses in the mean duration x cost of a dose, and what is paid once by those who begin."""
    doses_per_month = len(dose_days(drug.dose_days)) * days_per_month / drug.schedule_days
    months = parameter(address_of("subsequent", mean_duration))
    course = product(months, constant(doses_per_month), of_dose)
    if not extra:
        return course

    def begun(draws: Draws) -> Array:
        return (months(draws) > 0).astype(float)

    return total(course, product(begun, total(*extra)))
