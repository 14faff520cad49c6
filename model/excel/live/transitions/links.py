"""The link between the arms, solved in the sheet: the factor on the reference arm's hazard after progression.

The twin of :mod:`model.survival.multistate.links`. Under `hazard_ratio` by Newton's method on its logarithm, with the
derivative that leaves out what changes within a step; under `no_os_benefit` by inverse interpolation through all values so
far.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.excel.formulas.formula import BEFORE, Formula, Term, formula_of
from model.excel.formulas.functions import absolute, exp, index, ln, match, maximum, minimum, sumproduct, where
from model.excel.live.bench import Bench
from model.excel.live.timeline import Timeline
from model.excel.live.transitions.calibration import Steps
from model.excel.live.transitions.leaving import Backwards, LeavingColumns, entering, place_of, write_backwards
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.grid import Grid, GridColumn, last_cell
from model.excel.pages.growing_tables import Facts, GrowingTable, RowBuilder
from model.excel.pages.page import Page

NEWTON_STEPS, EVALUATIONS = 7, 6


@dataclasses.dataclass(frozen=True)
class Factor:
    """The logarithm of a factor, and the size of the last step."""

    logarithm: Formula
    last_step: Formula


class HazardRatioKept:
    """The ratio of the cumulative hazards of OS at the median follow-up is the reported one."""

    def __init__(self, bench: Bench, timeline: Timeline, page: Page, steps: Steps, reference: LeavingColumns):
        self.bench, self.timeline, self.page, self.steps = bench, timeline, page, steps
        self.of_arm = reference

    def write_month(self) -> Formula:
        """The month of the link; returns 1 where it lies beyond the horizon or the rows."""
        typed = self.bench.inputs["settings.median_follow_up"]
        table = GrowingTable(
            self.page,
            "Link hazard_ratio: the median follow-up",
            "Up to it the hazard ratio of OS was observed; without one the first month stands here.",
            [
                PageColumn("", "text", 58),
                *(PageColumn(w, "any", 16) for w in ("Month", "Cycle before it", "Part of the next cycle", "Beyond")),
            ],
        )
        last = Formula(f"ROWS({self.steps.step.span.text})-1", float(self.steps.step.length - 1))
        row = RowBuilder(table, "Median follow-up")
        month = row.put(where(typed.equals(""), 1, typed))
        self.place, self.part = place_of(self.bench, self.timeline, row, month, last)
        n = self.timeline.rules.n_cycles
        beyond = row.put(where(self.place + 1 > where(n < last, n, last), 1, 0), "plain")
        row.close()
        label = self.bench.definition.arm(self.of_arm.arm).short_label
        words = f"{label}: the median follow-up"
        self.reference = self._backwards(self.of_arm, words)
        return beyond

    def _backwards(self, leaving: LeavingColumns, words: str) -> Backwards:
        return write_backwards(self.bench, self.steps.grid, self.steps.step, leaving, self.place, self.part, words)

    def write_reference(self, hazard: GridColumn) -> None:
        """The reference arm's hazard of OS there; ``hazard``: cumulative after progression, on the sheet of its states."""
        grid = self.steps.grid
        grid.group = "Link hazard_ratio"
        self.hazard = grid.column("Reference arm: cumulative hazard after progression", "", "small")
        self.hazard.fill(Formula(hazard.here.text, hazard.values[: grid.n_rows]))
        self.first = index(self.hazard.span, 2)
        facts = Facts(self.page, "Link hazard_ratio: the reference arm", "Before any floor by the general population.")
        start = facts.add("Cumulative hazard after progression in the middle of the first cycle", self.first)
        since = self._since("Reference arm: survival since progression", formula_of(1))
        alive = [
            facts.add(f"OS at the cycle {w}", self.reference.free[i] + self.reference.alive(since, 2 * start, 1, i))
            for i, w in ((0, "before"), (1, "after"))
        ]
        self.of_reference = facts.add("Cumulative hazard of OS", self.reference.hazard((alive[0], alive[1])))
        self.start = start

    def _since(self, header: str, factor: Formula) -> GridColumn:
        column = self.steps.grid.column(header, "share", "small")
        f = column.take("Factor", factor)
        first = column.take("Hazard in the middle of the first cycle", self.first)
        return column.fill(exp(f * (first - self.hazard.here)))

    def solve(self, leaving: LeavingColumns, ratio: Term, start: Formula) -> Factor:
        """The steps of one linked arm."""
        c, label = self.bench.constants, self.bench.definition.arm(leaving.arm).short_label
        at = self._backwards(leaving, f"{label}: the median follow-up")
        words = (
            "Logarithm of the factor",
            "Factor",
            "OS at the cycle before",
            "OS at the cycle after",
            "Hazard of OS",
            "Slope",
        )
        table = GrowingTable(
            self.page,
            f"{label}: link hazard_ratio",
            "Newton's method on the logarithm of the factor, from that of the run [S].",
            [PageColumn("", "text", 58), *(PageColumn(w, "any", 16) for w in (*words, "Wanted", "Step", "Next"))],
        )
        self.steps.grid.group = f"{label}, link hazard_ratio"
        log_factor, size = formula_of(0), formula_of(0)
        wanted = formula_of(ratio) * self.of_reference
        for number in range(1, NEWTON_STEPS + 1):
            row = RowBuilder(table, f"Step {number}")
            log_factor = row.put(start if number == 1 else log_factor)
            factor = row.put(exp(log_factor))
            since = self._since(f"Step {number}", factor)
            death = 2 * factor * self.start
            alive = [row.put(at.free[i] + at.alive(since, death, 1, i)) for i in (0, 1)]
            value = row.put(maximum(c.smallest, at.hazard((alive[0], alive[1]))))
            parts = [at.alive(since, death, 1, i, self.hazard) / maximum(c.smallest, alive[i]) for i in (0, 1)]
            slope = row.put(factor * ((1 - at.part) * parts[0] + at.part * parts[1]))
            aim = row.put(maximum(c.smallest, wanted))
            step = row.put(where(slope > 0, (ln(aim) - ln(value)) * value / maximum(c.smallest, slope), 0), "tiny")
            log_factor = row.put(maximum(-c.widest_factor, minimum(c.widest_factor, log_factor + step)))
            size = absolute(step)
            row.close()
        return Factor(log_factor, size)


class NoBenefit:
    """Both arms have the same mean OS within the horizon."""

    def __init__(self, bench: Bench, timeline: Timeline, page: Page, name: str, reference: LeavingColumns):
        self.bench, self.timeline, self.page, self.of_arm = bench, timeline, page, reference
        self.grid: Grid = bench.grid(name)

    def write_reference(self, hazard: GridColumn) -> None:
        """The reference arm's hazard after progression backwards from the horizon, and its mean OS in cycles."""
        self.grid.group = "Time"
        self.cycle = self.grid.fixed("Cycle", "", "plain", self.timeline.cycle.values)
        self.grid.group = "Reference arm"
        n = self.timeline.rules.n_cycles
        self.backwards = self.grid.column("Cumulative hazard after progression, backwards from the horizon", "", "small")
        last = self.backwards.take("Cycles in use", n)
        there = (self.cycle.here > 0) * (self.cycle.here <= last)
        self.backwards.fill(where(there, index(hazard.span, maximum(1, last - self.cycle.here + 2)), 0))
        facts = Facts(self.page, "Link no_os_benefit: the reference arm", "Before any floor by the general population.")
        self.start = facts.add("Cumulative hazard after progression in the middle of the first cycle", index(hazard.span, 2))
        self.aim = facts.add("Mean OS within the horizon", self._mean(self.of_arm, formula_of(1), "Survival"), "cycles")

    def _mean(self, leaving: LeavingColumns, factor: Formula, header: str) -> Formula:
        """Sum of OS over the cycles, its ends halved: the progression-free, and by when they progress all later years."""
        grid = self.grid
        column = grid.column(f"{header} since progression, summed backwards", "cycles", "small")
        f, first = column.take("Factor", factor), column.take("Hazard in the middle of the first cycle", self.start)
        last = column.take("Cycles in use", self.timeline.rules.n_cycles)
        there = (self.cycle.here > 0) * (self.cycle.here <= last)
        own = f"{grid.prefix}{column.name}{BEFORE}"
        added = where(there, exp(f * (first - self.backwards.here)), 0)
        column.fill(Formula(f"{own}+{added.text}", np.cumsum(added.value)))
        n, c = column.length, self.bench.constants
        death = 2 * factor * self.start
        z, free = leaving.progression, leaving.free
        made = entering(c, z.part(1, n), free.part(0, n - 1), free.part(1, n), z.part(1, n) + leaving.death.part(1, n), death)
        later = last_cell(column) - (column.part(0, n - 1) + column.part(1, n)) / 2
        at_end = index(free.span, self.timeline.rules.n_cycles + 1)
        in_pfs = sumproduct(free.span, self.timeline.inside.span) - (1 + at_end) / 2
        return in_pfs + sumproduct(made * later)

    def solve(self, leaving: LeavingColumns, start: Formula) -> Factor:
        """The steps of one linked arm."""
        c, label = self.bench.constants, self.bench.definition.arm(leaving.arm).short_label
        others = [f"Through {n + 1} values" for n in range(1, EVALUATIONS)]
        words = ("Logarithm of the factor", "Factor", "Mean OS, cycles", *others, "Next", "Step")
        table = GrowingTable(
            self.page,
            f"{label}: link no_os_benefit",
            "From the logarithm of the factor of the run [S] and one beside it: where the curve through the values so far "
            "comes to the reference arm's mean (inverse interpolation, Neville's scheme).",
            [PageColumn("", "text", 58), *(PageColumn(w, "any", 16) for w in words)],
        )
        self.grid.group = f"{label}: step by step"
        log_factor, size = start, formula_of(0)
        values: list[Formula] = []
        through: list[Formula] = []
        for number in range(1, EVALUATIONS + 1):
            row = RowBuilder(table, f"Step {number}")
            own = row.put(log_factor)
            factor = row.put(exp(own))
            values.append(row.put(self._mean(leaving, factor, f"Step {number}: survival")))
            through = self._through(row, own, values, through)
            row.cells += [""] * (EVALUATIONS - number)
            moved = through[-1] if number > 1 else own + c.beside
            log_factor = row.put(maximum(-c.widest_factor, minimum(c.widest_factor, moved)))
            size = row.put(absolute(log_factor - own), "tiny")
            row.close()
        return Factor(log_factor, size)

    def _through(self, row: RowBuilder, own: Formula, values: list[Formula], before: list[Formula]) -> list[Formula]:
        """Where the curves through the last two, three, ... values come to the aim; ``before``: those of the row above."""
        found = [own]
        for m in range(1, len(values)):
            early, late = values[-1 - m], values[-1]
            # Values that differ by rounding alone say nothing; written as a change, so that a small one keeps its digits.
            alike = absolute(late - early) <= self.bench.constants.crossing_tolerance * self.aim
            change = (self.aim - late) * (found[-1] - before[m - 1]) / where(alike, 1, late - early)
            found.append(row.put(where(alike, found[-1], found[-1] + change)))
        return found


def starting_factors(page: Page, label: str, name: Formula, stored: dict[str, dict[str, float]]) -> dict[str, Formula]:
    """By link where its solution starts for the distribution in use; ``stored``: of the run, by link and distribution."""
    table = GrowingTable(
        page,
        f"{label}: where the factor of a link starts",
        "Logarithms of the factors of the run [S].",
        [PageColumn("Distribution", "text", 58), *(PageColumn(f"Link {link}", "any", 22) for link in stored)],
    )
    for family in next(iter(stored.values())):
        table.add(family, *(As(values[family], "any") for values in stored.values()))
    number = match(name, table.span(0))
    return {link: index(table.span(1 + i), number) for i, link in enumerate(stored)}
