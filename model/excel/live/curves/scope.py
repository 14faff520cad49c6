"""What the sheets of a curve hold: which sources and options may be selected without running the model again."""

from __future__ import annotations

from functools import reduce

from model.definition.curves.typed import holder_of
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import CURVE_SOURCES, FROM_DATA, MODEL_AVERAGE, Curve
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import absolute, flag, index, largest, maximum, minimum, total, where
from model.excel.live.bench import Bench
from model.excel.live.curves.calibration import Calibrated
from model.excel.live.curves.choice import TABLE
from model.excel.live.curves.curve_cells import CurveCells
from model.excel.live.curves.kaplan_meier import KaplanMeierTable
from model.excel.live.curves.own_curve import KaplanMeierCells
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page
from model.survival.programs.programs import OWN
from model.survival.programs.time_units import MONTHS

COEFFICIENTS = "coefficients"


def write_scope(bench: Bench, page: Page, cells: CurveCells, calibrated: Calibrated, reference: CurveCells | None) -> Formula:
    """What the inputs ask of a curve and the sheets do not hold, point by point; 1 if there is any."""
    curve, inputs = cells.curve, bench.inputs
    base = f"curves.{curve.arm}.{curve.endpoint}"
    stored = _stored(page, cells) if cells.asked.from_data else None
    typed = _typed(page, cells) if _holds(bench.definition, curve, cells, calibrated, COEFFICIENTS) else None
    population = _population(bench, page, cells) if cells.excess is not None and cells.asked.from_data else None
    begun = cells.kaplan_meier if cells.kaplan_meier is not None and not cells.kaplan_meier.lent else None
    outside = _outside_the_data(page, cells.label, begun) if begun is not None else None
    facts = Facts(
        page,
        f"{cells.label}: scope",
        "1 where the inputs ask for what these sheets do not hold; then run the model with them.",
    )
    source, effect = inputs[f"{base}.source"], inputs[f"{base}.effect"]
    stretched = cells.relative * effect.equals("acceleration_factor")
    if cells.choice.cure is not None:  # an effect on the cure share, too, acts on the arm's own sheet
        stretched = cells.relative * maximum(effect.equals("acceleration_factor"), effect.equals("cure_odds_ratio"))
    facts.add("The source of the curve", _source(bench.definition, cells, calibrated, source))
    unknown = 1 - cells.choice.known
    if reference is not None:  # a ratio acts on the reference arm's own sheet
        unknown = unknown * where(cells.relative, stretched, 1)
    facts.add("The distribution", unknown)
    if stored is not None:
        facts.add("A fit for these options", _fits(cells, source, stored))
    if typed is not None:
        facts.add("Typed coefficients of this distribution", source.equals(COEFFICIENTS) * _missing(cells, typed))
        if not cells.asked.converted:
            for field, plain in (("parametrisation", OWN), ("time_unit", MONTHS)):
                changed = 1 - flag(inputs[f"{base}.{field}"].equals(plain))
                facts.add(f"Another choice than the run's in '{field}'", source.equals(COEFFICIENTS) * changed)
    held = [
        ("cure", "none", cells.choice.cure is not None),
        ("mortality", "all_cause", cells.excess is not None),
        ("km_until", "", begun is not None),
        ("fitted", "separately", cells.asked.jointly),
    ]
    for field, plain, is_held in held:
        if not is_held:
            facts.add(f"Another choice than the run's in '{field}'", 1 - flag(inputs[f"{base}.{field}"].equals(plain)))
    if cells.choice.cure is not None and MODEL_AVERAGE in cells.choice.names:
        both = cells.choice.cure.kind.equals("non_mixture") * cells.name.equals(MODEL_AVERAGE)
        facts.add("An average of non-mixture cure curves", both)
        if isinstance(cells.ratio, Formula):
            on_cure = effect.equals("cure_odds_ratio") * cells.name.equals(MODEL_AVERAGE)
            facts.add("An effect on the cure shares of an average", on_cure)
    if reference is not None and cells.asked.jointly and "coefficients" in cells.asked.sources:
        shared = "jointly" if holder_of(bench.definition, curve) is not curve else "separately"
        apart = source.equals("coefficients") * inputs[f"{base}.fitted"].differs(shared)
        facts.add("Typed coefficients shared by other arms than in the run", apart)
    if begun is not None:
        elsewhere = [flag(source.differs(known)) for known in begun.table.sources]
        other = where(begun.until.equals(""), 0, reduce(Formula.__mul__, elsewhere))
        facts.add("A Kaplan-Meier curve from another source", other)
    if outside is not None:
        facts.add("A Kaplan-Meier part that its data do not hold", outside)
    if reference is not None:
        if isinstance(cells.scaled, Formula):
            changed = flag(inputs[f"{base}.reference_arm"].differs(reference.curve.arm))
            facts.add("An acceleration factor on another reference arm", stretched * changed)
        if reference.kaplan_meier is not None and (cells.kaplan_meier is None or begun is not None):
            other = where(reference.kaplan_meier.until.equals(""), 0, stretched)
            facts.add("An acceleration factor on a Kaplan-Meier curve", other)
        if cells.table is not None and cells.table is not reference.table and reference.table is not None:
            facts.add("An acceleration factor on a survival table", stretched * cells.name.equals(TABLE))
    if population is not None:
        facts.add("An excess-hazard fit beside another population", population)
    span = facts.table.span(1)
    return facts.add("The workbook lacks what the inputs ask for", where(total(span) > 0, 1, 0), "1 yes, 0 no")


def _stored(page: Page, cells: CurveCells) -> Formula:
    """1 by candidate where it was fitted with the options in use."""
    facts = Facts(page, f"{cells.label}: fits for the options in use", "1 where the run stored one.")
    for candidate in cells.candidates:
        facts.add(candidate.label, candidate.stored if candidate.stored is not None else 0, "1 yes, 0 no")
    return facts.table.span(1)


def _outside_the_data(page: Page, label: str, part: KaplanMeierCells) -> Formula | None:
    """1 where a Kaplan-Meier part ends before the first event, or not before the follow-up does; None for a table."""
    if not isinstance(part.table, KaplanMeierTable):
        return None
    words = "It ends at or after the first event, and before the follow-up does."
    facts = Facts(page, f"{label}: data of the Kaplan-Meier part", words)
    first = facts.add("First event", index(part.table.times, 2), "months")  # after the row for time zero
    end = facts.number("End of the follow-up", part.table.follow_up, "months")
    month = where(part.until.equals(""), first, part.until)
    held = where(month < first, 0, where(month < end, 1, 0))
    return facts.add("The part ends outside its data", where(part.until.equals(""), 0, 1 - held), "1 yes, 0 no")


def _typed(page: Page, cells: CurveCells) -> Formula:
    """1 by candidate where its coefficients are typed, as the program in use prints them."""
    facts = Facts(page, f"{cells.label}: typed coefficients", "1 where all of a candidate are typed, by the names in use.")
    for candidate in cells.candidates:
        facts.add(candidate.label, candidate.typed if candidate.typed is not None else 0, "1 yes, 0 no")
    return facts.table.span(1)


def _missing(cells: CurveCells, there: Formula) -> Formula:
    """1 where nothing is there for the candidate in use, by candidate; an average needs one at least."""
    last = Formula(f"ROWS({there.text})", float(len(there.value)))
    return 1 - where(cells.name.equals(MODEL_AVERAGE), largest(there), index(there, minimum(cells.number, last)))


def _source(definition: ModelDefinition, cells: CurveCells, calibrated: Calibrated, source: Formula) -> Formula:
    """1 where nothing of the source in use stands in the table of candidates."""
    held = [s for s in CURVE_SOURCES if _holds(definition, cells.curve, cells, calibrated, s)]
    listed = ",".join(f'{source.text}="{s}"' for s in held)
    return Formula(f"IF(OR({listed}),0,1)", float(source.value not in held))


def _holds(definition: ModelDefinition, curve: Curve, cells: CurveCells, calibrated: Calibrated, source: str) -> bool:
    if source == "relative_effect":
        there = any((e.arm, e.endpoint) == (curve.arm, curve.endpoint) for e in definition.relative_effects)
        return there and curve.reference_arm is not None
    if source == "evidence":
        return bool(calibrated.coefficients)
    if source == COEFFICIENTS:
        arm = holder_of(definition, curve).arm
        return any((c.arm, c.endpoint) == (arm, curve.endpoint) for c in definition.coefficients)
    if source == TABLE:
        return any((t.arm, t.endpoint) == (curve.arm, curve.endpoint) for t in definition.survival_tables)
    return source in cells.asked.sources


def _fits(cells: CurveCells, source: Formula, stored: Formula) -> Formula:
    """1 where the candidate in use was not fitted with the options in use; an average needs one fit at least."""
    from_data = where(source.equals(FROM_DATA[0]), 1, flag(source.equals(FROM_DATA[1])))
    return from_data * _missing(cells, stored)


def _population(bench: Bench, page: Page, cells: CurveCells) -> Formula:
    """1 where an excess hazard is in use and the general population is not that of the run."""
    assert cells.excess is not None
    inputs, definition = bench.inputs, bench.definition
    facts = Facts(
        page, f"{cells.label}: general population of the fits", "An excess hazard is fitted beside the general population."
    )
    assert bench.life_table is not None
    last = len(definition.life_table) - 1
    women, men = (total(bench.life_table.span(column, 0, last)) for column in (1, 4))
    now = {
        "Start age": inputs["population.start_age"],
        "Share of women": inputs["population.female_share"],
        "Sum of the yearly probabilities of death, women": women,
        "Sum of the yearly probabilities of death, men": men,
    }
    differences = []
    for words, cell in now.items():
        at_run = facts.number(f"{words}, at the run", float(cell.value))
        own = facts.add(words, cell)
        differences.append(absolute(own - at_run))
    far = facts.add("Largest difference", maximum(*differences))
    return facts.add("Fitted beside another population", cells.excess * (far > bench.constants.time_tolerance), "1 yes, 0 no")
