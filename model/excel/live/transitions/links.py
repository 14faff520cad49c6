"""The link between the arms, solved in the sheet: the factor on the reference arm's hazard after progression.

The twin of :mod:`model.survival.multistate.links`: under `hazard_ratio` by Newton's method on its logarithm, with the
derivative that leaves out what changes within a step. The other links need no factor.
"""

from __future__ import annotations

import dataclasses

from model.excel.formulas.formula import Formula, Term, formula_of
from model.excel.formulas.functions import absolute, exp, flag, index, ln, match, maximum, minimum, where
from model.excel.live.bench import Bench
from model.excel.live.timeline import Timeline
from model.excel.live.transitions.calibration import Steps
from model.excel.live.transitions.leaving import Backwards, LeavingColumns, place_of, write_backwards
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.grid import GridColumn
from model.excel.pages.growing_tables import Facts, GrowingTable, RowBuilder
from model.excel.pages.page import Page

NEWTON_STEPS = 7


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
        beyond = row.put(flag(self.place + 1 > minimum(self.timeline.rules.n_cycles, last)), "plain")
        row.close()
        label = self.bench.definition.arm(self.of_arm.arm).short_label
        words = f"{label}: the median follow-up"
        self.reference = self._backwards(self.of_arm, words)
        return beyond

    def _backwards(self, leaving: LeavingColumns, words: str) -> Backwards:
        s, at = self.steps, (self.place, self.part)
        return write_backwards(self.bench, s.grid, s.step, leaving, at, s.in_use, words)

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
            "Newton's method on the logarithm of the factor, from that of the run [S], while the structure is in use.",
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


def starting_factor(page: Page, label: str, name: Formula, stored: dict[str, float]) -> Formula:
    """Where the solution starts for the distribution in use; ``stored``: of the run, by distribution."""
    table = GrowingTable(
        page,
        f"{label}: where the factor of the link hazard_ratio starts",
        "Logarithms of the factors of the run [S].",
        [PageColumn("Distribution", "text", 58), PageColumn("Logarithm of the factor", "any", 22)],
    )
    for family, value in stored.items():
        table.add(family, As(value, "any"))
    return index(table.span(1), match(name, table.span(0)))
