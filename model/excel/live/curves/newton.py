"""Weighted least squares by Newton's method in the sheet: one row per step, from the coefficients of the run.

Derivatives are differences (the first of the fourth order). Where the second derivatives do not make a minimum the step
is that of Gauss and Newton.
"""

from __future__ import annotations

import itertools

import numpy as np

from model.definition.curves.effective_numbers import AT_A_MONTH
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import absolute, all_of, exp, flag, ln, maximum, minimum, normal_cdf, sqrt, where
from model.excel.live.bench import Bench
from model.excel.live.constants import Constants, SheetFunctions
from model.excel.live.curves.published_statistics import StatisticCells
from model.excel.pages.stacked_tables import PatternColumn, PatternTable
from model.survival.families.base import Distribution

SHEET = "Calibration"
STEPS = 10
Point = tuple[int, ...]


class Solution:
    """The solution of one distribution: a row per step."""

    def __init__(self, bench: Bench, family: Distribution, statistics: list[StatisticCells], title: str, top: int):
        self.bench, self.family, self.statistics = bench, family, statistics
        self.c = bench.constants
        self.k = len(family.parameters)
        self.table = PatternTable(
            SHEET,
            title,
            "Each row is a step of Newton's method on the weighted residuals; the first starts at the coefficients of "
            "the run [S]. Coefficients on the estimation scale (logarithms; the Gompertz shape per year).",
            top,
            STEPS,
        )

    def solve(self, start: np.ndarray) -> tuple[list[Formula], Formula]:
        """Write the columns; returns the natural coefficients and the size of the last step."""
        table = self.table
        table.fixed("Step")
        scaled = [x / u for x, u in zip(start, self._units(), strict=True)]
        theta = [table.column(p, "small") for p in self.family.parameters]
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
            if low is not None and high is not None:
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
        return [1.0 if u is None else 1 / float(u.value) for u in self._unit_terms()]

    def _unit_terms(self) -> list[Formula | None]:
        kinds = zip(self.family.time_role, self.family.estimation_scale, strict=True)
        return [self.c.months_per_year if (r, s) == ("rate", "identity") else None for r, s in kinds]

    def _bounds(self) -> list[tuple[Formula, Formula] | tuple[None, None]]:
        bounds: list[tuple[Formula, Formula] | tuple[None, None]] = []
        for scale, role in zip(self.family.estimation_scale, self.family.time_role, strict=True):
            largest = self.c.largest_shape if scale == "log" else self.c.largest_q
            limit = largest if role == "shape" else None
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
            natural.append(table.column(f"{name} {place}", "small").fill(made).here)
        found = []
        for statistic in self.statistics:
            functions = _InColumns(self.c, table, f"{statistic.label} {place}")
            fitted = self._fitted(functions, statistic, natural, estimates)
            residual = statistic.weight * (fitted - statistic.target)
            if statistic.kind == "not_reached":
                z = table.column(f"{statistic.label} {place}: standard errors above", "small").fill(residual)
                residual = where(statistic.weight > 0, one_sided(self.c, z.here), 0)
            found.append(table.column(f"{statistic.label} {place}", "small").fill(residual))
        return found

    def _fitted(self, w: SheetFunctions, s: StatisticCells, natural: list[Formula], estimates: list[Formula]) -> Formula:
        """What the curve says for a statistic."""
        if s.kind == "prior":
            return estimates[self.family.parameters.index(s.item)]
        survival = self.family.worksheet_survival(w, s.month, s.log_month, *natural)
        if s.kind in AT_A_MONTH:
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

    def _solved(self, gradient: list[PatternColumn], matrix: dict[tuple[int, int], PatternColumn]) -> list[PatternColumn]:
        """The step that solves matrix x step = -gradient, by Cramer's rule."""
        cells = {key: column.here for key, column in matrix.items()}
        whole = self.table.column("Determinant").fill(_minor(cells, self.k))
        found = []
        for j, name in enumerate(self.family.parameters):
            top = _minor(cells, self.k, replaced=j, by=[g.here for g in gradient])
            safe = where(whole.here.equals(0), 0, -top / whole.here)
            found.append(self.table.column(f"Full step in {name}", "tiny").fill(safe))
        return found


def one_sided(c: Constants, z: Formula) -> Formula:
    """Residual of a share that was not reached, sqrt(-2 log Phi(z)): a censored observation (Tobin 1958).

    Far above, where Phi is all but 1, from the chance beyond: -log(1 - q) = q + q^2 / 2 + q^3 / 3.
    """
    beyond = normal_cdf(-z)
    series = 2 * beyond * (1 + beyond * (0.5 + beyond * c.one_third))
    return sqrt(where(beyond < c.small_tail, series, 2 * -ln(maximum(c.smallest, normal_cdf(z)))))


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


def _minor(cells: dict[tuple[int, int], Formula], size: int, replaced: int = -1, by: list[Formula] | None = None) -> Formula:
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
