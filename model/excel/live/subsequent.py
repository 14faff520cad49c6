"""Treatment after progression, as formulas: the twin of the engine's file of this name."""

from __future__ import annotations

import dataclasses

from model.definition.model_definition import address_of
from model.definition.records.care import SubsequentTreatment
from model.definition.shares import mix_of
from model.engine.subsequent import SUBSEQUENT, duration, of_arm
from model.excel.formulas.formula import Formula, Term, formula_of
from model.excel.formulas.functions import maximum, minimum, sumproduct, where
from model.excel.live.bench import Bench
from model.excel.live.dosing import DrugCells
from model.excel.live.price_periods import PeriodPrices
from model.excel.live.states import ArmStates, counts_every_event
from model.excel.live.streams import Line, Stretch
from model.excel.live.timeline import Timeline
from model.excel.pages.grid import GridColumn
from model.excel.pages.growing_tables import Facts

COURSES = "courses"


def alive_share(bench: Bench, arm: str) -> Term:
    """Share of those leaving the progression-free state who are alive."""
    death_share = of_arm(bench.definition, "death_share", arm)
    return 1 if death_share is None else 1 - bench.inputs[death_share]


def counted_share(bench: Bench, arm: str) -> Formula:
    """Share of PFS events that costs at progression and courses after it count: of survivors, or of all."""
    return where(counts_every_event(bench), 1, formula_of(alive_share(bench, arm)))


def subsequent_lines(
    bench: Bench, timeline: Timeline, states: ArmStates, facts: Facts, drugs: dict[str, DrugCells]
) -> list[Line]:
    """The courses of one arm, each costed as a lump sum at progression."""
    definition, arm = bench.definition, states.arm
    rows = mix_of(definition, arm)
    if not rows:
        return []
    treated_id = of_arm(definition, "share_treated", arm)
    treated: Term = 1 if treated_id is None else bench.inputs[treated_id]
    reached = facts.add(
        "Share of those leaving the progression-free state who are treated again",
        counted_share(bench, arm) * formula_of(treated),
        "share",
        "Share alive (1 where every PFS event counts) x share treated",
    )
    courses = [c for row in rows for c in _courses(bench, facts, drugs[row.drug], row, arm, reached)]
    return _lines(bench, timeline, states, courses)


@dataclasses.dataclass(frozen=True)
class _Course:
    """A drug after progression at the prices of one period: its cost per PFS event, the part of it that is the drug's price,
    and courses per PFS event; ``period``: None for a drug whose prices never change."""

    drug: str
    label: str
    cost: Formula
    of_drug: Formula
    taken: Formula
    period: PeriodPrices | None


def _courses(
    bench: Bench, facts: Facts, drug: DrugCells, row: SubsequentTreatment, arm: str, reached: Formula
) -> list[_Course]:
    """The course of one drug; one for each period of prices where they change over time."""
    inputs, currency, name = bench.inputs, bench.report.currency, drug.drug.label
    months = inputs[address_of("subsequent", duration(bench.definition, row.drug, arm))]
    doses = facts.add(
        f"{name}: doses in a course", months * drug.n_days * bench.constants.days_per_month / drug.schedule, "doses"
    )
    listed = _packs(facts, currency, name, doses, months, drug.usual, drug.loading)
    giving = doses * drug.later_visit + where(months > 0, drug.first_visit - drug.later_visit, 0)
    visits = facts.add(f"{name}: visits, per course", giving, currency)
    taken = facts.add(f"{name}: courses per PFS event", reached * inputs[address_of("subsequent", row)], "courses")
    priced: list[tuple[PeriodPrices | None, Formula]] = [(None, listed)]
    if drug.over_time is not None:
        (first, _, _), *later = drug.over_time
        priced = [(first, listed)]
        priced += [(p, _packs(facts, currency, name + p.suffix, doses, months, usual, dear)) for p, usual, dear in later]
    found = []
    for period, packs in priced:
        what = name if period is None else name + period.suffix
        cost = facts.add(f"{what}: course, per PFS event", taken * (packs + visits), currency)
        of_drug = facts.add(f"{what}: of it the drug", taken * packs, currency)
        found.append(_Course(row.drug, name, cost, of_drug, taken, period))
    return found


def _packs(
    facts: Facts, currency: str, label: str, doses: Formula, months: Formula, usual: Formula, loading: Formula
) -> Formula:
    """What the drug of a mean course costs."""
    packs = doses * usual + where(months > 0, loading - usual, 0)
    return facts.add(f"{label}: drug, per course", packs, currency, "A dearer first dose counts once")


def _lines(bench: Bench, timeline: Timeline, states: ArmStates, courses: list[_Course]) -> list[Line]:
    """The column of the trace, and a line of the account for each course."""
    parts = [_part_of_cycle(timeline, states, c) for c in courses]
    lasting = [c.cost for c, part in zip(courses, parts, strict=True) if part is None]
    column = states.grid.column(SUBSEQUENT, bench.report.currency, "price")
    events = states.counted.here * timeline.flow["costs"].here
    amounts = [column.take("Cost per PFS event", sum(lasting[1:], lasting[0])) * events] if lasting else []
    amounts += [c.cost * part.here * events for c, part in zip(courses, parts, strict=True) if part is not None]
    column.fill(sum(amounts[1:], amounts[0]))
    return [_line(timeline, states, c, part) for c, part in zip(courses, parts, strict=True)]


def _part_of_cycle(timeline: Timeline, states: ArmStates, course: _Course) -> GridColumn | None:
    """The part of each cycle over which the prices of a course hold: it is paid at those of the time when it begins."""
    if course.period is None:
        return None
    column = states.grid.column(f"{course.label}: part of the cycle at these prices", "share", "share")
    start, stop = column.take("From day", course.period.start), column.take("Until day", course.period.stop)
    day, length = timeline.days.here, timeline.rules.cycle_days
    inside = maximum(0, minimum(stop, day) - maximum(start, day - length))
    return column.fill(inside / length)


def _line(timeline: Timeline, states: ArmStates, course: _Course, part: GridColumn | None) -> Line:
    spans = [states.counted.span] if part is None else [states.counted.span, part.span]
    quantity, per_unit = sumproduct(*spans), sumproduct(*spans, timeline.flow["costs"].span)
    suffix = "" if course.period is None else course.period.suffix

    def begun(year: Stretch) -> Formula:
        return year.flow(states.counted, *([] if part is None else [part]))

    return Line(
        "cost",
        f"{course.label}, course{suffix}",
        SUBSEQUENT,
        COURSES,
        quantity,
        course.cost,
        quantity * course.cost,
        per_unit * course.cost,
        course.drug,
        per_unit * course.of_drug,
        course.taken,
        None if course.period is None else course.period.new,
        lambda year: begun(year) * course.cost,
        lambda year: begun(year) * course.of_drug,
    )
