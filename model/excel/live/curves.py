"""One sheet per curve: every candidate distribution, the one in use, and each step from it to the curve of the trace."""

from __future__ import annotations

import dataclasses

from .bench import Bench
from .coefficients import Candidate, CurveCells
from .constants import SheetFunctions
from .formula import Formula, formula_of
from .functions import choose, exp, ln, maximum, minimum, where
from .grid import Grid, GridColumn
from .timeline import Timeline


@dataclasses.dataclass
class CurveSheet:
    """The columns of one curve that other sheets take."""

    cells: CurveCells
    grid: Grid
    candidates: list[GridColumn]
    survival: GridColumn
    own: GridColumn
    effect: GridColumn | None = None
    waned: GridColumn | None = None
    final_hazard: GridColumn = dataclasses.field(init=False)

    @property
    def before_waning(self) -> GridColumn:
        """The cumulative hazard with the relative effect only."""
        return self.effect or self.own


class CandidateFunctions(SheetFunctions):
    """Worksheet functions whose steps become columns to the left of the candidate's own."""

    def __init__(self, bench: Bench, grid: Grid, candidate: Candidate):
        super().__init__(bench.constants)
        self.grid, self.candidate = grid, candidate
        self.pending: GridColumn | None = grid.column(candidate.label, "", "factor")
        self.first = self.pending
        self.taken = [
            self.first.take(name, cell)
            for name, cell in zip(candidate.family.parameters, candidate.in_use, strict=True)
        ]

    def single(self, name: str, expression: Formula) -> Formula:
        return self.first.take(name, expression)

    def step(self, name: str, expression: Formula) -> Formula:
        column = self._next()
        column.header, column.kind = f"{self.candidate.label}: {name}", "small"
        return column.fill(expression).here

    def last(self, survival: Formula) -> GridColumn:
        column = self._next()
        column.header = self.candidate.label
        return column.fill(survival)

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
        log_time = log_column.fill(timeline.log_months.here - ln(factor)).here
    grid.group = "Candidates: share event-free"
    made = []
    for candidate in cells.candidates:
        w = CandidateFunctions(bench, grid, candidate)
        made.append(w.last(candidate.family.worksheet_survival(w, time, log_time, *w.taken)))
        made[-1].mark = cells.number
    grid.group = "The curve, step by step"
    chosen = grid.column("Distribution in use")
    number = chosen.take("Number of the distribution", cells.number)
    chosen.fill(_pick(grid, made, number))
    own = grid.column("Its cumulative hazard")
    own.fill(-ln(maximum(bench.constants.smallest, chosen.here)))
    return CurveSheet(cells, grid, made, chosen, own)


def _pick(grid: Grid, candidates: list[GridColumn], number: Formula) -> Formula:
    """The candidate with a number, in each row."""
    return choose(number, *(c.here for c in candidates))


def add_effect(bench: Bench, sheet: CurveSheet, sheets: dict[tuple[str, str], CurveSheet]) -> None:
    """The cumulative hazard with the relative effect: ratio x hazard, stretched time, or odds of the event."""
    cells = sheet.cells
    curve = cells.curve
    if curve.reference_arm is None or not isinstance(cells.ratio, Formula):
        return
    other = reference_hazard(bench, sheet, sheets)
    column = sheet.grid.column("Cumulative hazard with the relative effect")
    relative = column.take("Relative effect (1) or own curve (0)", cells.relative)
    ratio = column.take("Relative effect", cells.ratio)
    kind = column.take("Kind of effect", bench.inputs[f"curves.{curve.arm}.{curve.endpoint}.effect"])
    survival = exp(-other.here)
    odds = -ln(maximum(bench.constants.smallest, survival / (survival + ratio * (1 - survival))))
    of_kind = where(kind.equals("hazard_ratio"), ratio * other.here, where(kind.equals("odds_ratio"), odds, sheet.own.here))
    sheet.effect = column.fill(where(relative, of_kind, sheet.own.here))


def reference_hazard(
    bench: Bench, sheet: CurveSheet, sheets: dict[tuple[str, str], CurveSheet]
) -> GridColumn:
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
    bench: Bench,
    timeline: Timeline,
    sheet: CurveSheet,
    sheets: dict[tuple[str, str], CurveSheet],
    treated: GridColumn | None,
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
    gone = maximum(0, minimum(1, (middle - start) / maximum(c.smallest, width)))
    fading = where(width > 0, c.left_at_end ** ((middle - start) / maximum(c.smallest, width)), 0)
    timed = where(width > 0, where(shape.equals("exponential"), where(past, fading, 1), 1 - gone), 1 - past)
    stepped = where(shape.equals("step"), 1 - past, timed)
    on = treated.here if treated is not None else formula_of(0)
    left.fill(where(shape.equals("treatment_end"), on, stepped))
    mixed = grid.column("Cumulative hazard, the hazards mixed by it")
    mixed.accumulate(
        left.here * (before.here - before.before) + (1 - left.here) * (other.here - other.before)
    )
    lost = grid.column("Cumulative hazard, the curves mixed over the same time")
    first, span = lost.take("Waning starts", cells.start), lost.take("Months from start to end", cells.width)
    passed = where(span > 0, maximum(0, minimum(1, (months.here - first) / maximum(c.smallest, span))), months.here >= first)
    treated_share, reference_share = exp(-before.here), exp(-other.here)
    lost.never_fall(-ln(maximum(c.smallest, treated_share + (reference_share - treated_share) * passed)))
    result = grid.column("Cumulative hazard after waning")
    wanes, rule = result.take("The effect wanes", cells.wanes), result.take("Shape of waning", cells.shape)
    of_rule = where(rule.equals("loss_of_benefit"), lost.here, mixed.here)
    sheet.waned = result.fill(where(wanes, of_rule, before.here))


def finish_curve(bench: Bench, timeline: Timeline, sheet: CurveSheet) -> None:
    """General-population mortality under an OS curve; the last cumulative hazard is what the trace takes."""
    before = sheet.waned or sheet.before_waning
    hazard = before
    if sheet.cells.curve.endpoint == "os" and timeline.population is not None:
        column = sheet.grid.column("Cumulative hazard over the general population's floor")
        on = column.take("Hazard floor", bench.inputs["settings.hazard_floor"])
        population = timeline.population.hazard
        own, floor = before.here - before.before, population.here - population.before
        hazard = column.accumulate(where(on.equals("yes"), maximum(own, floor), own))
    sheet.final_hazard = hazard
