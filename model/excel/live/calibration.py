"""Curves through published medians and landmarks, solved in the sheet: change a median and the curve follows.

The same weighted least squares as :mod:`model.survival.calibration`, by Newton's method from the coefficients of the
run. Each row is one step; derivatives are differences (the first of the fourth order). Where the second derivatives do
not make a minimum the step is that of Gauss and Newton.
"""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np

from model.definition.calibrated_curves import calibration
from model.definition.curves import DISTRIBUTION_NAMES, Curve, Evidence
from model.definition.model_definition import ModelDefinition, address_of
from model.survival import distribution
from model.survival.families.base import Distribution

from ..report.cells import Column, finish, write_top
from ..report.page import Page
from .bench import Bench
from .constants import SheetFunctions
from .formula import Formula, Term, formula_of
from .functions import absolute, all_of, exp, flag, ln, maximum, minimum, sqrt, where
from .pattern import PatternColumn, PatternTable
from .tables import Facts, GrowingTable

SHEET, STATISTICS = "Calibration", "Statistics"
STEPS = 12
Point = tuple[int, ...]


@dataclasses.dataclass
class StatisticCells:
    """One published statistic as single cells; ``kind``: median, landmark, hazard_ratio, prior."""

    kind: str
    item: str
    label: str
    month: Formula
    log_month: Formula
    target: Formula
    weight: Formula
    as_landmark: Formula
    reference: Term = 1


@dataclasses.dataclass
class Calibrated:
    """Natural coefficients by candidate, and by candidate the size of the last step of its solution."""

    coefficients: dict[str, list[Formula]] = dataclasses.field(default_factory=dict)
    last_step: dict[str, Formula] = dataclasses.field(default_factory=dict)


class CalibrationSheets:
    """The sheet of the statistics and the sheet of the solutions, written curve by curve."""

    def __init__(self, bench: Bench, page: Page, words: dict[str, str]):
        self.bench, self.page, self.words = bench, page, words
        self.tables: list[PatternTable] = []
        self.row = 4

    def add(self, curve: Curve, reference_hazard: dict[str, Formula]) -> Calibrated:
        """Every distribution calibrated to the evidence of a curve's arm and endpoint.

        ``reference_hazard``: the reference curve's cumulative hazard at the time of each hazard ratio, by its item.
        """
        rows = [e for e in self.bench.definition.evidence if (e.arm, e.endpoint) == (curve.arm, curve.endpoint)]
        made = Calibrated()
        if not rows:
            return made
        label = self.words[f"{curve.arm}.{curve.endpoint}"]
        statistics = self._statistics(rows, label, reference_hazard)
        for name in DISTRIBUTION_NAMES:
            start = starting_estimates(self.bench.definition, curve, name)
            family = distribution(name)
            applied = [s for s in statistics if s.kind != "prior" or s.item in family.parameters]
            if start is None or len(applied) < len(family.parameters):
                continue
            block = _Block(self.bench, family, applied, f"{label}: {family.label}", self.row)
            made.coefficients[name], made.last_step[name] = block.solve(start)
            self.tables.append(block.table)
            self.row = block.table.below
        return made

    def facts(self, title: str) -> Facts:
        """Single values on the sheet of the statistics."""
        return Facts(self.page, title, "At the time of a published hazard ratio, in the base case.")

    def month(self, item: str) -> Formula:
        """The time of a published hazard ratio, as a cell."""
        facts = Facts(self.page, f"Time of a hazard ratio: {item} months", "From the sheet Survival.")
        return facts.number("Time", float(item), "months")

    def close(self) -> None:
        """Write the sheet of the solutions."""
        report = self.bench.report
        entry, sheet = report.entry(SHEET), report.sheet(SHEET)
        write_top(report, sheet, entry.title, entry.purpose)
        widest = max((len(t.columns) for t in self.tables), default=1)
        sheet.set_column(0, 0, 10)
        sheet.set_column(1, widest, 12)
        for table in self.tables:
            sheet.set_row(table.header_row, 34)
            table.write(report, sheet)
        sheet.freeze_panes(3, 1)
        finish(report, sheet, entry.sheet_class)
        sheet.set_paper(8)
        sheet.fit_to_pages(max(1, round(widest / 20)), 0)
        sheet.print_area(0, 0, max(self.row, 5), widest)

    # ---- statistics ----------------------------------------------------------------------------------------------

    def _statistics(
        self, rows: list[Evidence], label: str, reference_hazard: dict[str, Formula]
    ) -> list[StatisticCells]:
        columns = [
            Column("Statistic", "text", 34), Column("Month, or coefficient", "any", 14), Column("Target", "any", 14),
            Column("Standard error", "any", 14), Column("Used", "plain", 9), Column("Weight", "any", 14),
            Column("Median taken as the landmark 50%", "plain", 14), Column("Logarithm of the month", "any", 14),
            Column("Cumulative hazard of the reference arm", "any", 16),
        ]  # fmt: skip
        table = GrowingTable(
            self.page,
            label,
            "From the sheet Survival. A standard error comes from the cell, else from the 95% interval, else from the "
            "effective n. Weight: 1 / standard error, 0 for a statistic that is not used. Hazard ratios: logarithms.",
            columns,
        )
        return [self._statistic(table, row, reference_hazard) for row in rows]

    def _statistic(
        self, table: GrowingTable, row: Evidence, reference_hazard: dict[str, Formula]
    ) -> StatisticCells:
        c, inputs = self.bench.constants, self.bench.inputs
        base = address_of("evidence", row)
        value = inputs[f"{base}.value" if f"{base}.value" in inputs else base]
        lower, upper, error, n = (
            inputs[f"{base}.{f}"] for f in ("lower", "upper", "standard_error", "effective_n")
        )
        interval = all_of(lower.differs(""), upper.differs(""))
        low, high = _or_stand_in(lower, 1.0), _or_stand_in(upper, 2.0)
        wide = ln(high / low) if row.statistic == "hazard_ratio" else high - low
        from_interval = _if_known(wide / (2 * c.normal_975), bool(interval.value))
        number = len(table.at.rows)
        error_cell = Formula(table.at.cell(number, 3), 0.0)
        median = row.statistic == "median"
        share = formula_of(0.5) if median else value
        binomial = sqrt(share * (1 - share) / _or_stand_in(n, 1.0)) if row.statistic in ("median", "landmark") else formula_of(0)
        from_n = where(n.differs(""), _if_known(binomial, n.value != ""), 0)
        standard_error = where(error.differs(""), error, where(interval, from_interval, from_n))
        known = where(error.differs(""), 1, where(interval, 1, 0))
        as_landmark = 1 - known if median else formula_of(0)
        as_cell = Formula(table.at.cell(number, 6), as_landmark.value)
        month: Term = value if median else _month_of(row)
        target = _target(row, value, as_cell)
        used = inputs.yes(f"{base}.use")
        error_cell.value = standard_error.value
        used_cell = Formula(table.at.cell(number, 4), used.value)
        weight = where(error_cell > 0, used_cell / error_cell, 0)
        month_cell = Formula(table.at.cell(number, 1), _value(month))
        log_month = ln(month_cell) if row.statistic != "prior" else ""
        reference: Term = reference_hazard.get(row.item, "") if row.statistic == "hazard_ratio" else ""
        table.add(
            _words(row), month, target, standard_error, used, weight, as_landmark if median else "", log_month, reference
        )
        cells = [table.cell(number, i) for i in range(9)]
        return StatisticCells(
            row.statistic, row.item, _words(row), cells[1], cells[7], cells[2], cells[5], cells[6],
            cells[8] if isinstance(reference, Formula) else 1,
        )  # fmt: skip


def _value(term: Term) -> object:
    return term.value if isinstance(term, Formula) else term


def _or_stand_in(cell: Formula, number: float) -> Formula:
    """An input in use that may be empty, with a number to work on where it is."""
    return cell if cell.value != "" else Formula(cell.text, number)


def _if_known(made: Formula, known: bool) -> Formula:
    """A formula on inputs that may be empty: its value counts only where they are not."""
    return made if known else Formula(made.text, 0.0, made.rank)


def _month_of(row: Evidence) -> object:
    return row.item if row.statistic == "prior" else float(row.item)


def _target(row: Evidence, value: Formula, as_landmark: Formula) -> Formula:
    if row.statistic == "median":
        return where(as_landmark, 0.5, value)
    if row.statistic == "hazard_ratio":
        return ln(value)
    return value


def _words(row: Evidence) -> str:
    name = row.statistic.replace("_", " ").capitalize()
    return f"{name} at {row.item} months" if row.statistic in ("landmark", "hazard_ratio") else name


def starting_estimates(definition: ModelDefinition, curve: Curve, name: str) -> np.ndarray | None:
    """Estimates ``(k,)`` of the run on the estimation scale; None where the statistics do not determine the curve."""
    made = calibration(definition, curve, name)
    return made.estimates if made.identified and np.isfinite(made.estimates).all() else None


# ---- one solution ------------------------------------------------------------------------------------------------


class _Block:
    """The solution of one distribution: a row per step."""

    def __init__(self, bench: Bench, family: Distribution, statistics: list[StatisticCells], title: str, top: int):
        self.bench, self.family, self.statistics = bench, family, statistics
        self.c = bench.constants
        self.k = len(family.parameters)
        self.table = PatternTable(
            SHEET, title,
            "Each row is a step of Newton's method on the weighted residuals; the first starts at the coefficients of "
            "the run [S]. Coefficients on the estimation scale (logarithms; the Gompertz shape per year).",
            top, STEPS,
        )  # fmt: skip

    def solve(self, start: np.ndarray) -> tuple[list[Formula], Formula]:
        """Write the columns; returns the natural coefficients and the size of the last step."""
        table = self.table
        table.fixed("Step")
        scaled = [x / u for x, u in zip(start, self._units(), strict=True)]
        theta = [table.column(f"{p}") for p in self.family.parameters]
        size = table.column("Size of the step", "tiny")
        steps = [table.column(f"Step in {p}", "tiny") for p in self.family.parameters]
        for column, value in zip(theta, scaled, strict=True):
            column.value = float(value)
        residuals = {point: self._residuals(theta, point) for point in self._points()}
        first = self._first_derivatives(residuals)
        gradient, matrix = self._system(residuals, first)
        raw = self._solved(gradient, matrix)
        longest = table.column("Longest step", "tiny").fill(maximum(*(absolute(r.here) for r in raw)))
        cut = minimum(1, self.c.largest_step / maximum(self.c.smallest, longest.here))
        for step, own in zip(steps, raw, strict=True):
            step.fill(own.here * cut)
        size.fill(maximum(*(absolute(s.here) for s in steps)))
        for column, step, (low, high), value in zip(theta, steps, self._bounds(), scaled, strict=True):
            moved = column.before + step.before
            if high is not None:
                moved = maximum(low, minimum(high, moved))
            column.fill(Formula(moved.text, float(value)), first=float(value))
        last = STEPS - 1
        natural = []
        for column, scale, unit in zip(theta, self.family.estimation_scale, self._unit_terms(), strict=True):
            at = column.at(last)
            natural.append(exp(at) if scale == "log" else at / unit if unit is not None else at)
        return natural, size.at(last)

    def _units(self) -> list[float]:
        """What one unit of each coefficient of the sheet is: a Gompertz shape stands per year, not per month."""
        return [1 / 12 if u is not None else 1.0 for u in self._unit_terms()]

    def _unit_terms(self) -> list[Formula | None]:
        kinds = zip(self.family.time_role, self.family.estimation_scale, strict=True)
        return [self.c.months_per_year if (r, s) == ("rate", "identity") else None for r, s in kinds]

    def _bounds(self) -> list[tuple[Formula, Formula] | tuple[None, None]]:
        bounds: list[tuple[Formula, Formula] | tuple[None, None]] = []
        for name, role in zip(self.family.parameters, self.family.time_role, strict=True):
            limit = self.c.largest_q if name == "Q" else self.c.largest_shape if role == "shape" else None
            bounds.append((None, None) if limit is None else (-limit, limit))
        return bounds

    def _points(self) -> list[Point]:
        """Where residuals are needed, in steps from the coefficients: the centre, both sides, and the diagonals."""
        k = self.k
        points: list[Point] = [(0,) * k]
        for j in range(k):
            points += [tuple(s if i == j else 0 for i in range(k)) for s in (1, -1, 2, -2)]
        for a, b in itertools.combinations(range(k), 2):
            points += [tuple(s if i in (a, b) else 0 for i in range(k)) for s in (2, -2)]
        return points

    def _residuals(self, theta: list[PatternColumn], point: Point) -> list[PatternColumn]:
        """Weighted residuals of every statistic at a point."""
        table, place = self.table, _place(point)
        estimates: list[Formula] = []
        for column, move in zip(theta, point, strict=True):
            moved = column.here
            if move:
                step = self.c.difference_step if abs(move) == 1 else 2 * self.c.difference_step
                moved = moved + step if move > 0 else moved - step
            estimates.append(moved)
        natural = []
        for estimate, scale, unit, name in zip(
            estimates, self.family.estimation_scale, self._unit_terms(), self.family.parameters, strict=True
        ):
            made = exp(estimate) if scale == "log" else estimate / unit if unit is not None else estimate
            natural.append(table.column(f"{name} {place}").fill(made).here)
        found = []
        for statistic in self.statistics:
            functions = _InColumns(self.c, table, f"{statistic.label} {place}")
            fitted = self._fitted(functions, statistic, natural, estimates)
            residual = statistic.weight * (fitted - statistic.target)
            found.append(table.column(f"{statistic.label} {place}", "small").fill(residual))
        return found

    def _fitted(
        self, w: SheetFunctions, s: StatisticCells, natural: list[Formula], estimates: list[Formula]
    ) -> Formula:
        """What the curve says for a statistic."""
        if s.kind == "prior":
            return estimates[self.family.parameters.index(s.item)]
        survival = self.family.worksheet_survival(w, s.month, s.log_month, *natural)
        if s.kind == "landmark":
            return survival
        if s.kind == "median":
            median = minimum(self.family.worksheet_median(w, *natural), self.c.unreached * s.month)
            return where(s.as_landmark, survival, median)
        return ln(-ln(maximum(self.c.smallest, survival)) / s.reference)

    def _first_derivatives(self, residuals: dict[Point, list[PatternColumn]]) -> list[list[PatternColumn]]:
        """By coefficient and statistic: (8 (f(+1) - f(-1)) - (f(+2) - f(-2))) / 12 steps."""
        found = []
        for j, name in enumerate(self.family.parameters):
            ends = [residuals[tuple(s if i == j else 0 for i in range(self.k))] for s in (1, -1, 2, -2)]
            row = []
            for i, statistic in enumerate(self.statistics):
                near, far = ends[0][i].here - ends[1][i].here, ends[2][i].here - ends[3][i].here
                # (8 near - far) / 12 = near / 2 + (near - far / 2) / 6, without numbers that need a name
                slope = (near / 2 + (near - far / 2) * self.c.one_third / 2) / self.c.difference_step
                row.append(self.table.column(f"Slope of {statistic.label} in {name}").fill(slope))
            found.append(row)
        return found

    def _system(
        self, residuals: dict[Point, list[PatternColumn]], first: list[list[PatternColumn]]
    ) -> tuple[list[PatternColumn], dict[tuple[int, int], PatternColumn]]:
        """Gradient, and the matrix of the step: products of slopes, with the curvature where that makes a minimum."""
        table, k, centre = self.table, self.k, residuals[(0,) * self.k]
        gradient = []
        for j, name in enumerate(self.family.parameters):
            products = [s.here * r.here for s, r in zip(first[j], centre, strict=True)]
            gradient.append(table.column(f"Gradient in {name}", "tiny").fill(_sum(products)))
        slopes, curvature, full = {}, {}, {}
        for a, b in itertools.combinations_with_replacement(range(k), 2):
            products = [x.here * y.here for x, y in zip(first[a], first[b], strict=True)]
            slopes[a, b] = table.column(f"Slopes {a + 1},{b + 1}").fill(_sum(products))
            curvature[a, b] = table.column(f"Curvature {a + 1},{b + 1}").fill(self._curvature(residuals, a, b))
            full[a, b] = slopes[a, b].here + curvature[a, b].here
        minors = [_minor(full, size) for size in range(1, k + 1)]
        newton = table.column("Newton (1) or Gauss-Newton (0)", "plain").fill(flag(all_of(*(m > 0 for m in minors))))
        matrix = {
            (a, b): table.column(f"Matrix {a + 1},{b + 1}").fill(slopes[a, b].here + newton.here * curvature[a, b].here)
            for a, b in slopes
        }
        return gradient, matrix

    def _curvature(self, residuals: dict[Point, list[PatternColumn]], a: int, b: int) -> Formula:
        """Sum over statistics of residual x second derivative."""

        def at(move: int, *which: int) -> list[PatternColumn]:
            return residuals[tuple(move if i in which else 0 for i in range(self.k))]

        centre, h = at(0), 2 * self.c.difference_step
        terms = []
        for i, r in enumerate(centre):
            if a == b:
                second = at(2, a)[i].here + at(-2, a)[i].here - 2 * r.here
            else:
                sides = at(2, a)[i].here + at(2, b)[i].here + at(-2, a)[i].here + at(-2, b)[i].here
                second = (at(2, a, b)[i].here + at(-2, a, b)[i].here + 2 * r.here - sides) / 2
            terms.append(r.here * second)
        return _sum(terms) / (h * h)

    def _solved(
        self, gradient: list[PatternColumn], matrix: dict[tuple[int, int], PatternColumn]
    ) -> list[PatternColumn]:
        """The step that solves matrix x step = -gradient, by Cramer's rule."""
        cells = {key: column.here for key, column in matrix.items()}
        whole = self.table.column("Determinant").fill(_minor(cells, self.k))
        found = []
        for j, name in enumerate(self.family.parameters):
            top = _minor(cells, self.k, replaced=j, by=[g.here for g in gradient])
            safe = where(whole.here.equals(0), 0, -top / whole.here)
            found.append(self.table.column(f"Full step in {name}", "tiny").fill(safe))
        return found


class _InColumns(SheetFunctions):
    """Worksheet functions whose steps become columns of a block where they are used more than once."""

    def __init__(self, constants: object, table: PatternTable, label: str):
        super().__init__(constants)  # type: ignore[arg-type]
        self.table, self.label = table, label

    def single(self, name: str, expression: Formula) -> Formula:
        return expression

    def step(self, name: str, expression: Formula) -> Formula:
        if name.startswith("(ln t"):
            return expression
        return self.table.column(f"{self.label}: {name}").fill(expression).here


def _place(point: Point) -> str:
    """A point in words: the moves in steps of the differences."""
    return "" if not any(point) else "(" + ", ".join(f"{m:+d}" if m else "0" for m in point) + ")"


def _sum(terms: list[Formula]) -> Formula:
    result = terms[0]
    for term in terms[1:]:
        result = result + term
    return result


def _minor(
    cells: dict[tuple[int, int], Formula], size: int, replaced: int = -1, by: list[Formula] | None = None
) -> Formula:
    """The leading determinant of a symmetric matrix of up to 3 x 3, with one column replaced."""

    def m(i: int, j: int) -> Formula:
        if j == replaced and by is not None:
            return by[i]
        return cells[min(i, j), max(i, j)]

    if size == 1:
        return m(0, 0)
    if size == 2:
        return m(0, 0) * m(1, 1) - m(0, 1) * m(1, 0)
    return (
        m(0, 0) * (m(1, 1) * m(2, 2) - m(1, 2) * m(2, 1))
        - m(0, 1) * (m(1, 0) * m(2, 2) - m(1, 2) * m(2, 0))
        + m(0, 2) * (m(1, 0) * m(2, 1) - m(1, 1) * m(2, 0))
    )
