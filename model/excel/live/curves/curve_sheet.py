"""One sheet per curve: every candidate distribution, the one in use, and each step from it to the curve of the trace."""

from __future__ import annotations

import dataclasses
import re

from model.definition.records.curves import MODEL_AVERAGE
from model.definition.records.settings import UNDER_BOTH
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import choose, exp, greatest, ln, maximum, minimum, where
from model.excel.live.bench import Bench
from model.excel.live.constants import SheetFunctions
from model.excel.live.curves.candidates import Candidate
from model.excel.live.curves.curve_cells import CurveCells
from model.excel.live.curves.own_curve import JointEffect, survival_with_cure
from model.excel.live.curves.population_added import population_added
from model.excel.live.timeline import Timeline
from model.excel.pages.grid import MOST_TAKEN, Grid, GridColumn

COEFFICIENT = re.compile("\x03(\\d+)\x03")


@dataclasses.dataclass
class CurveSheet:
    """The columns of one curve that other sheets take."""

    cells: CurveCells
    grid: Grid
    candidates: list[GridColumn]
    survival: GridColumn
    own: GridColumn
    effect: GridColumn | None = None
    from_all_causes: GridColumn | None = None
    waned: GridColumn | None = None
    before_floor: GridColumn | None = None
    floor_on: Formula | None = None
    final_hazard: GridColumn = dataclasses.field(init=False)

    @property
    def before_waning(self) -> GridColumn:
        """The cumulative hazard with the relative effect only."""
        return self.effect or self.own

    @property
    def all_cause(self) -> GridColumn:
        """The same with the general population's mortality, where the curve leaves it out."""
        return self.from_all_causes or self.before_waning


class CandidateFunctions(SheetFunctions):
    """Worksheet functions whose steps become columns to the left of the candidate's own.

    A coefficient stands above each column that takes it; until then a mark with its number stands for it.
    """

    def __init__(self, bench: Bench, grid: Grid, candidate: Candidate, common: dict[str, GridColumn]):
        super().__init__(bench.constants)
        self.grid, self.candidate, self.common = grid, candidate, common
        self.pending: GridColumn | None = grid.column(candidate.label, "", "factor")
        self.first = self.pending
        self.placed: dict[tuple[int, int], str] = {}
        self.taken = [Formula(f"\x03{i}\x03", cell.value) for i, cell in enumerate(candidate.in_use)]

    def single(self, name: str, expression: Formula) -> Formula:
        return self.first.take(name, self._settled(self.first, expression))

    def step(self, name: str, expression: Formula) -> Formula:
        return self._make(f"{self.candidate.label}: {name}", expression).here

    def shared(self, name: str, expression: Formula) -> Formula:
        key = COEFFICIENT.sub(lambda m: self.candidate.in_use[int(m.group(1))].text, expression.text)
        if key not in self.common:
            self.common[key] = self._make(name, expression)
        return self.common[key].here

    def last(self, survival: Formula) -> GridColumn:
        column = self._next()
        column.header = self.candidate.label
        return column.fill(self._settled(column, survival))

    def _make(self, header: str, expression: Formula) -> GridColumn:
        column = self._next()
        column.header, column.kind = header, "small"
        return column.fill(self._settled(column, expression))

    def _settled(self, column: GridColumn, expression: Formula) -> Formula:
        """An expression with the cells above its column in the place of the marks."""

        def cell(found: re.Match[str]) -> str:
            i = int(found.group(1))
            if (column.number, i) not in self.placed:
                self.placed[column.number, i] = column.take(self.candidate.names[i], self.candidate.in_use[i]).text
            return self.placed[column.number, i]

        return Formula(COEFFICIENT.sub(cell, expression.text), expression.value, expression.rank)

    def _next(self) -> GridColumn:
        column, self.pending = self.pending, None
        return column or self.grid.column("")


def start_curve(bench: Bench, timeline: Timeline, cells: CurveCells, name: str) -> CurveSheet:
    """The sheet of a curve up to its own distribution: what reference arms lend to others."""
    grid = bench.grid(name)
    grid.group = "Time"
    cycle = grid.fixed("Cycle", "", "plain", timeline.cycle.values)
    assert cycle.number == 0
    grid.column("Years", "", "ratio").fill(timeline.years.here)
    time, log_time = timeline.months.here, timeline.log_months.here
    if isinstance(cells.scaled, Formula):
        scaled = grid.column("Months / acceleration factor", "months", "area")
        factor = scaled.take("Acceleration factor in use", cells.scaled)
        time = scaled.fill(timeline.months.here / factor).here
        log_column = grid.column("Its logarithm")
        log_factor = log_column.take("Logarithm of the factor", ln(cells.scaled))
        log_time = log_column.fill(timeline.log_months.here - log_factor).here
    km, months = cells.kaplan_meier, time
    if km is not None and km.restarts is not None:
        shifted = grid.column("Months as the distribution counts them", "months", "area")
        until = shifted.take("Kaplan-Meier until", where(km.until.equals(""), 0, km.until))
        time = shifted.fill(km.own_time(months, until, shifted.take("The clock restarts", km.restarts))).here
        log_time = grid.column("Their logarithm").fill(ln(greatest(bench.constants.smallest, time))).here
    grid.group = "Candidates: share event-free"
    made: list[GridColumn] = []
    common: dict[str, GridColumn] = {}
    for candidate in cells.candidates:
        w = CandidateFunctions(bench, grid, candidate, common)
        made.append(w.last(candidate.family.worksheet_survival(w, time, log_time, *w.taken)))
        made[-1].mark = cells.number
    if cells.table is not None:
        made.append(grid.column("Survival table").fill(exp(-cells.table.hazard(time))))
    if MODEL_AVERAGE in cells.choice.names:
        made.append(_average(grid, cells, made[: len(cells.candidates)]))
    grid.group = "The curve, step by step"
    chosen = grid.column("Distribution in use")
    number = chosen.take("Number of the distribution", cells.number)
    chosen.fill(choose(number, *(c.here for c in made)))
    survival = chosen if cells.choice.cure is None else _cured(bench, grid, cells, chosen)
    own = grid.column("Its cumulative hazard")
    own.fill(-ln(greatest(bench.constants.smallest, survival.here)))
    if km is not None:
        own = _kaplan_meier(bench, grid, cells, months if km.joined is None else timeline.months.here, own)
    return CurveSheet(cells, grid, made, chosen, own)


def _average(grid: Grid, cells: CurveCells, candidates: list[GridColumn]) -> GridColumn:
    """The weighted mean of the candidates, a few of them per column."""
    shares = cells.choice.shares
    most = MOST_TAKEN - 1
    groups = [range(i, min(i + most, len(candidates))) for i in range(0, len(candidates), most)]
    before: GridColumn | None = None
    for group in groups:
        words = "Average of the candidates" if group is groups[-1] else f"Average: the first {group.stop} candidates"
        column = grid.column(words)
        summed = before.here if before is not None else None
        for i in group:
            term = column.take(f"Weight: {cells.candidates[i].label}", shares[i]) * candidates[i].here
            summed = term if summed is None else summed + term
        assert summed is not None
        before = column.fill(summed)
    assert before is not None
    return before


def _cured(bench: Bench, grid: Grid, cells: CurveCells, chosen: GridColumn) -> GridColumn:
    cure = cells.choice.cure
    assert cure is not None
    column = grid.column("With the share cured")
    kind, fraction = column.take("Cure model", cure.kind), column.take("Cure fraction", cure.fraction)
    return column.fill(survival_with_cure(bench, chosen.here, kind, fraction))


def _kaplan_meier(bench: Bench, grid: Grid, cells: CurveCells, months: Formula, own: GridColumn) -> GridColumn:
    """The Kaplan-Meier steps up to the switch, then the increments of the distribution."""
    km = cells.kaplan_meier
    assert km is not None
    steps = grid.column("Kaplan-Meier curve: cumulative hazard")
    until = steps.take("Kaplan-Meier until", where(km.until.equals(""), 0, km.until))
    steps.fill(km.table.hazard(months, until, km.factors))
    column = grid.column("Cumulative hazard: Kaplan-Meier, then the distribution")
    typed = column.take("Kaplan-Meier until", km.until)
    early, tail = (column.take("Of the steps, there", km.early), column.take("Of the distribution, there", km.tail))
    whole = own.here if km.joined is None else _taken(column, km.joined).on(bench, own.here, own.here)
    late = early + maximum(0, whole - tail)
    return column.fill(where(typed.equals(""), own.here, where(months <= typed, steps.here, late)))


def add_effect(bench: Bench, timeline: Timeline, sheet: CurveSheet, sheets: dict[tuple[str, str], CurveSheet]) -> None:
    """The cumulative hazard with the relative effect: ratio x hazard, stretched time, or odds of the event; and with
    the general population's where the curve is one of excess mortality."""
    cells, curve = sheet.cells, sheet.cells.curve
    if curve.reference_arm is not None and isinstance(cells.ratio, Formula):
        other = reference_hazard(bench, sheet, sheets)
        column = sheet.grid.column("Cumulative hazard with the relative effect")
        relative = column.take("Starts from the reference arm (1) or its own curve (0)", cells.relative)
        kind = bench.inputs[f"curves.{curve.arm}.{curve.endpoint}.effect"]
        acts = _taken(column, JointEffect(kind, cells.ratio, cells.scaled))
        of_kind = acts.on(bench, where(relative, other.here, sheet.own.here), sheet.own.here)
        km = cells.kaplan_meier
        if km is not None and km.joined is not None:  # then the effect is one on the tail, where there is one
            of_kind = where(column.take("Kaplan-Meier until", km.until).equals(""), of_kind, sheet.own.here)
        sheet.effect = column.fill(of_kind)
    if cells.excess is not None and timeline.population is not None:
        column = sheet.grid.column("Cumulative hazard from all causes, before waning")
        sheet.from_all_causes = column.fill(sheet.before_waning.here + population_added(column, timeline, cells))


def _taken(column: GridColumn, effect: JointEffect) -> JointEffect:
    """An effect by cells above a column."""
    ratio = column.take("Effect", effect.ratio)
    return JointEffect(column.take("Kind of effect", effect.kind), ratio, effect.scaled)


def reference_hazard(bench: Bench, sheet: CurveSheet, sheets: dict[tuple[str, str], CurveSheet]) -> GridColumn:
    """The reference arm's own cumulative hazard, beside the curve."""
    existing = next((c for c in sheet.grid.columns if c.header == "Reference arm: cumulative hazard"), None)
    if existing is not None:
        return existing
    curve = sheet.cells.curve
    arms = [a.id for a in bench.definition.arms]
    column = sheet.grid.column("Reference arm: cumulative hazard")
    number = column.take("Number of the reference arm", sheet.cells.reference_number)
    fallback = sheet.own
    options = [sheets[a, curve.endpoint].own if (a, curve.endpoint) in sheets else fallback for a in arms]
    return column.fill(choose(number, *(o.here for o in options)))


def add_waning(
    bench: Bench, timeline: Timeline, sheet: CurveSheet, sheets: dict[tuple[str, str], CurveSheet], treated: GridColumn | None
) -> None:
    """The cumulative hazard once the effect wanes by the rule in use; ``treated``: the share of those event-free who
    take a drug that the reference arm does not get."""
    cells, c, grid = sheet.cells.waning, bench.constants, sheet.grid
    if cells is None:
        return
    before, other = sheet.before_waning, reference_hazard(bench, sheet, sheets)
    months = timeline.months
    left = grid.column("Effect left in the cycle that ends here", "share")
    shape, start = left.take("Shape of waning", cells.shape), left.take("Waning starts", cells.start)
    width = left.take("Months from start to end", cells.width)
    middle = (months.here + months.before) / 2
    past = middle >= start
    gone = maximum(0, minimum(1, (middle - start) / greatest(c.smallest, width)))
    # Through logarithms: a power that is too small for a number is an error in LibreOffice, not 0.
    passed_widths = maximum(0, middle - start) / greatest(c.smallest, width)
    fading = where(width > 0, exp(ln(c.left_at_end) * passed_widths), 0)
    timed = where(width > 0, where(shape.equals("exponential"), where(past, fading, 1), 1 - gone), 1 - past)
    stepped = where(shape.equals("step"), 1 - past, timed)
    on = treated.here if treated is not None else formula_of(0)
    left.fill(where(shape.equals("treatment_end"), on, stepped))
    mixed = grid.column("Cumulative hazard, the hazards mixed by it")
    mixed.accumulate(left.here * (before.here - before.before) + (1 - left.here) * (other.here - other.before))
    lost = grid.column("Cumulative hazard, the curves mixed over the same time")
    first, span = lost.take("Waning starts", cells.start), lost.take("Months from start to end", cells.width)
    passed = where(span > 0, maximum(0, minimum(1, (months.here - first) / greatest(c.smallest, span))), months.here >= first)
    treated_share, reference_share = exp(-before.here), exp(-other.here)
    lost.never_fall(-ln(greatest(c.smallest, treated_share + (reference_share - treated_share) * passed)))
    result = grid.column("Cumulative hazard after waning")
    wanes, rule = result.take("The effect wanes", cells.wanes), result.take("Shape of waning", cells.shape)
    of_rule = where(rule.equals("loss_of_benefit"), lost.here, mixed.here)
    sheet.waned = result.fill(where(wanes, of_rule, before.here))


def finish_curve(bench: Bench, timeline: Timeline, sheet: CurveSheet) -> None:
    """General-population mortality, by one mechanism only: added to an excess hazard, or a floor under any other curve of OS
    and, where the settings say so, of PFS. The last cumulative hazard is what the trace takes."""
    hazard, cells = sheet.waned or sheet.before_waning, sheet.cells
    population = timeline.population
    if cells.excess is not None and population is not None:
        if sheet.waned is None and sheet.from_all_causes is not None:
            hazard = sheet.from_all_causes
        else:
            column = sheet.grid.column("Cumulative hazard from all causes")
            hazard = column.fill(hazard.here + population_added(column, timeline, cells))
    if cells.curve.endpoint in ("os", "pfs", *bench.definition.further_endpoints) and population is not None:
        sheet.before_floor = hazard
        column = sheet.grid.column("Cumulative hazard over the general population's floor")
        sheet.floor_on = column.take("Hazard floor under this curve", _floor_in_use(bench, cells))
        own, floor = hazard.here - hazard.before, population.hazard.here - population.hazard.before
        hazard = column.accumulate(where(sheet.floor_on.equals("yes"), maximum(own, floor), own))
    sheet.final_hazard = hazard


def _floor_in_use(bench: Bench, cells: CurveCells) -> Formula:
    """yes where the settings put the floor under this curve, and the curve does not take the population by addition."""
    floor: Formula = bench.inputs["settings.hazard_floor"]
    if cells.curve.endpoint != "os":
        floor = where(bench.inputs["settings.hazard_floor_under"].equals(UNDER_BOTH), floor, "no")
    return floor if cells.excess is None else where(cells.excess, "no", floor)
