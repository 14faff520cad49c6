"""Survival after progression through the published OS, solved in the sheet, one pair of tables per step.

The weighted least squares of :mod:`model.survival.multistate.calibration_to_os`. Two coefficients on the estimation scale;
of an exponential distribution the first stays 0. The first steps are those of Gauss and Newton with differences to one side,
which come near; the last ones are Newton's with derivatives of the fourth order, whose gradient decides where the solution
lies.
"""

from __future__ import annotations

import dataclasses

from model.definition.curves.after_progression import reference_arm
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import absolute, all_of, flag, index, ln, match, maximum, minimum, where
from model.excel.live.bench import Bench
from model.excel.live.transitions.families import EXPONENTIAL, natural, survival_since, within_bounds
from model.excel.live.transitions.leaving import IN_USE
from model.excel.live.transitions.published_os import PublishedOS
from model.excel.live.transitions.stored import Start
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.grid import Grid, GridColumn
from model.excel.pages.growing_tables import Facts, GrowingTable, RowBuilder
from model.excel.pages.page import Page
from model.survival.multistate import AFTER_PROGRESSION

STEPS, FINE = 8, 2
"""Steps in all, and how many of them, the last, have derivatives of the fourth order."""
LOOKED_FOR_ANEW = (5, 7)
"""Steps before which the cycles around a median are moved to where it was found last."""
POINTS = {"At the coefficients": (0, 0), "First up": (1, 0), "Second up": (0, 1)}
FURTHER = {
    "First down": (-1, 0),
    "Second down": (0, -1),
    "Both up": (1, 1),
    "First up twice": (2, 0),
    "First down twice": (-2, 0),
    "Second up twice": (0, 2),
    "Second down twice": (0, -2),
}
Residuals = dict[tuple[int, int], list[Formula]]


@dataclasses.dataclass(frozen=True)
class Solved:
    """Natural coefficients of one arm, and the size of the last step; ``known``: 1 where the run could calibrate."""

    first: Formula
    second: Formula
    last_step: Formula
    known: Formula


@dataclasses.dataclass(frozen=True)
class Steps:
    """The sheet of the steps since progression: number, month in the middle of each step and its logarithm; ``in_use``: 1
    where the structure is that of these states, without which most columns are not worked out."""

    grid: Grid
    step: GridColumn
    month: GridColumn
    log_month: GridColumn
    in_use: Formula


class CalibrationToOS:
    """The solution of one arm: to its own OS, or under the link `common`, for the reference arm, to that of all arms."""

    def __init__(self, bench: Bench, page: Page, steps: Steps, published: PublishedOS, arm: str):
        self.bench, self.page, self.steps, self.arm, self.c = bench, page, steps, arm, bench.constants
        self.label = bench.definition.arm(arm).short_label
        self.name, link = bench.inputs["settings.after_progression"], bench.inputs["settings.link_between_arms"]
        self.with_others = flag(link.equals("common")) if arm == reference_arm(bench.definition) else None
        others = self.with_others is not None
        self.statistics = [p for p in published.statistics if p.arm == arm or others]
        self.not_followed = published.not_followed
        self.at = [p.at for p in self.statistics]
        self.medians: dict[int, Formula] = {}

    def solve(self, starts: dict[bool, dict[str, Start]]) -> Solved:
        """Write start and steps; ``starts``: by whether the arms are calibrated together, by distribution."""
        first, second, known = self._start(starts)
        begun = natural(self.name, first, second)
        size = formula_of(0)
        if not self.statistics:
            return Solved(begun[0], begun[1], size, known)
        for number in range(1, STEPS + 1):
            if number in LOOKED_FOR_ANEW:
                self._look_anew(number)
            residuals = self._points(number, first, second)
            first, second, size = self._step(number, residuals, first, second)
        solved = natural(self.name, first, second)
        unlike = [self.not_followed[a] * self._share(a) for a in self.not_followed if self._share(a) is not None]
        fixed = sum(unlike[1:], unlike[0]) > 0
        return Solved(where(fixed, begun[0], solved[0]), where(fixed, begun[1], solved[1]), where(fixed, 0, size), known)

    def _share(self, arm: str) -> Formula:
        """Of the weight of an arm's statistics: all of its own, the others' where arms are calibrated together."""
        if arm == self.arm:
            return Formula("1", 1.0)
        return self.with_others if self.with_others is not None else Formula("0", 0.0)

    def _start(self, starts: dict[bool, dict[str, Start]]) -> tuple[Formula, Formula, Formula]:
        table = GrowingTable(
            self.page,
            f"{self.label}: where the calibration starts",
            "Coefficients of the run on the estimation scale [S]: logarithms, but for the mean of a log-normal distribution. "
            "Known: 1 where the published OS determines them.",
            [
                PageColumn("Distribution", "text", 58),
                *(
                    PageColumn(f"{words}, {whose}" if whose else words, "any", 16)
                    for whose in ("own OS", "OS of all arms")
                    for words in ("First coefficient", "Second coefficient", "Known")
                ),
            ],
        )
        for name in AFTER_PROGRESSION:
            cells = []
            for together in (False, True):
                start = starts.get(together, {}).get(name, Start(0.0, 0.0, False))
                cells += [As(start.first, "any"), As(start.second, "any"), As(float(start.known), "plain")]
            table.add(name, *cells)
        number = match(self.name, table.span(0))
        found = []
        for i in (1, 2, 3):
            own = index(table.span(i), number)
            found.append(own if self.with_others is None else where(self.with_others, index(table.span(i + 3), number), own))
        facts = Facts(self.page, f"{self.label}: start in use", "By the distribution and the link in use.")
        words = ("First coefficient, estimated", "Second coefficient, estimated", "Known: 1 yes, 0 no")
        made = [facts.add(w, f) for w, f in zip(words, found, strict=True)]
        return made[0], made[1], made[2]

    # ---- one step ------------------------------------------------------------------------------------------------------

    def _points(self, number: int, first: Formula, second: Formula) -> Residuals:
        """Residuals at the coefficients and one small step from them."""
        headers = [h for p in self.statistics for h in p.headers]
        words = ("First, estimated", "Second, estimated", "First coefficient", "Second coefficient")
        table = GrowingTable(
            self.page,
            f"{self.label}: step {number}",
            "OS with the coefficients, and with each moved by a small step. First half-step: survival since progression in "
            "the middle of the first cycle; death: hazard in that cycle. While another structure is in use nobody is counted "
            "as progressed, and the coefficients stay those of the run.",
            [
                PageColumn("Point", "text", 58),
                *(PageColumn(w, "any", 16) for w in (*words, "First half-step", "Death", *headers)),
            ],
        )
        self.steps.grid.group = f"{self.label}, step {number}: survival since progression"
        found: Residuals = {}
        points = POINTS if number <= STEPS - FINE else POINTS | FURTHER
        for words_of_point, (a, b) in points.items():
            row = RowBuilder(table, words_of_point)
            moved = [self._moved(first, a), self._moved(second, b)]
            estimated = row.put(moved[0]), row.put(moved[1])
            made = natural(self.name, *estimated)
            coefficients = row.put(made[0]), row.put(made[1])
            since = self._column(words_of_point, *coefficients)
            start = row.put(index(since.span, 2))
            death = row.put(2 * -ln(maximum(self.c.smallest, start)))
            found[a, b] = []
            for i, p in enumerate(self.statistics):
                residual, median = p.put(row, self.at[i], since, death, start, self._share(p.arm))
                found[a, b].append(residual)
                if median is not None and (a, b) == (0, 0):
                    self.medians[i] = median
            row.close()
        return found

    def _look_anew(self, number: int) -> None:
        """Move the cycles around each median to where the last step found it."""
        if not self.medians:
            return
        words = f"{self.label}: where medians lie from step {number} on"
        facts = Facts(self.page, words, "A median taken as the landmark 50% stays at its month.")
        for i, median in self.medians.items():
            p = self.statistics[i]
            self.at[i] = p.moved(self.bench, self.steps.grid, self.steps.step, facts, median, f"{self.label}, step {number}")

    def _moved(self, estimate: Formula, steps: int) -> Formula:
        """An estimate so many small steps away."""
        if not steps:
            return estimate
        step = self.c.difference_step if abs(steps) == 1 else 2 * self.c.difference_step
        return estimate + step if steps > 0 else estimate - step

    def _slopes(self, r: Residuals, first: bool) -> list[Formula]:
        """Derivatives of the residuals by the first or by the second coefficient."""
        near, far = (((s, 0), (-s, 0)) if first else ((0, s), (0, -s)) for s in (1, 2))
        if far[0] not in r:
            return [(up - centre) / self.c.difference_step for up, centre in zip(r[near[0]], r[0, 0], strict=True)]
        rises = [up - down for up, down in zip(r[near[0]], r[near[1]], strict=True)]
        wide = [up - down for up, down in zip(r[far[0]], r[far[1]], strict=True)]
        # (8 near - far) / 12 = near / 2 + (near - far / 2) / 6, without numbers that need a name
        sixth = self.c.one_third / 2
        return [(n / 2 + (n - w / 2) * sixth) / self.c.difference_step for n, w in zip(rises, wide, strict=True)]

    def _column(self, header: str, first: Formula, second: Formula) -> GridColumn:
        column = self.steps.grid.column(header, "share", "small")
        name = column.take("Distribution", self.name)
        a, b = column.take("First coefficient", first), column.take("Second coefficient", second)
        since = survival_since(self.bench, name, self.steps.month.here, self.steps.log_month.here, a, b)
        return column.fill(where(column.take(IN_USE, self.steps.in_use), since, 1))

    def _step(self, number: int, r: Residuals, first: Formula, second: Formula) -> tuple[Formula, Formula, Formula]:
        """The step of Gauss and Newton, in the last steps Newton's where it makes a minimum; returns the new estimates and
        its size."""
        fine = (2, 0) in r
        table = GrowingTable(
            self.page,
            f"{self.label}: what step {number} leads to",
            "Sums over the statistics. An exponential distribution has only the second coefficient.",
            [PageColumn("", "text", 58), *(PageColumn(w, "any", 16) for w in _step_headers(fine))],
        )
        row, c = RowBuilder(table, f"Step {number}"), self.c
        free = 1 - flag(self.name.equals(EXPONENTIAL))
        centre, one, two = r[0, 0], self._slopes(r, True), self._slopes(r, False)
        gradient = row.put(free * _products(one, centre)), row.put(_products(two, centre))
        products = (_products(one, one), free * _products(one, two), _products(two, two))
        slopes = [row.put(f) for f in (where(free, products[0], 1), *products[1:])]
        matrix = self._with_curvature(row, r, slopes, free) if fine else slopes
        full = _solved(row, gradient, matrix)
        longest = maximum(c.smallest, absolute(full[0]), absolute(full[1]))
        steps = [row.put(f * minimum(1, c.largest_step / longest)) for f in full]
        size = row.put(maximum(absolute(steps[0]), absolute(steps[1])), "tiny")
        held = within_bounds(self.bench, self.name, first + steps[0], second + steps[1])
        made = row.put(held[0]), row.put(held[1])
        row.close()
        return made[0], made[1], size

    def _with_curvature(self, row: RowBuilder, r: Residuals, slopes: list[Formula], free: Formula) -> list[Formula]:
        """The matrix of Newton's step: with residual x second derivative, where that makes a minimum."""
        centre, h = r[0, 0], self.c.difference_step
        one, two = (
            [(up + down - 2 * x) / (h * h) for up, down, x in zip(r[a], r[b], centre, strict=True)]
            for a, b in (((1, 0), (-1, 0)), ((0, 1), (0, -1)))
        )
        mixed = [(d - a - b + x) / (h * h) for d, a, b, x in zip(r[1, 1], r[1, 0], r[0, 1], centre, strict=True)]
        products = (free * _products(one, centre), free * _products(mixed, centre), _products(two, centre))
        curvature = [row.put(f) for f in products]
        a, b, d = (s + k for s, k in zip(slopes, curvature, strict=True))
        newton = row.put(flag(all_of(a > 0, a * d - b * b > 0)), "plain")
        return [row.put(s + newton * k) for s, k in zip(slopes, curvature, strict=True)]


def _step_headers(fine: bool) -> list[str]:
    pairs = ("1,1", "1,2", "2,2")
    curvature = [*(f"Curvature {p}" for p in pairs), "Newton (1) or Gauss-Newton (0)", *(f"Matrix {p}" for p in pairs)]
    found = ["Gradient 1", "Gradient 2", *(f"Slopes {p}" for p in pairs), *(curvature if fine else [])]
    return [*found, "Determinant", "Full step 1", "Full step 2", "Step 1", "Step 2", "Size", "First, next", "Second, next"]


def _solved(row: RowBuilder, gradient: tuple[Formula, Formula], matrix: list[Formula]) -> list[Formula]:
    """The step that solves matrix x step = -gradient."""
    (g1, g2), (a, b, d) = gradient, matrix
    whole = row.put(a * d - b * b)
    return [row.put(where(whole.equals(0), 0, top / whole)) for top in (b * g2 - d * g1, b * g1 - a * g2)]


def _products(a: list[Formula], b: list[Formula]) -> Formula:
    terms = [x * y for x, y in zip(a, b, strict=True)]
    return sum(terms[1:], terms[0])
