"""The effective number of patients of every median and landmark of a curve with follow-up, step by step.

The formulas of :mod:`model.survival.effective_number`: a table of the statistics, and a sheet whose rows are the steps of
Simpson's rule.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.definition.curves.effective_numbers import POINTS, WITH_NUMBER, month_of
from model.definition.model_definition import address_of
from model.definition.records.curves import Evidence
from model.definition.records.survival_inputs import FollowUp
from model.excel.formulas.formula import Formula, Term, formula_of
from model.excel.formulas.functions import exp, ln, maximum, minimum, where
from model.excel.live.bench import Bench
from model.excel.pages.cells import PageColumn
from model.excel.pages.grid import Grid, GridColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.page import Page
from model.survival.effective_number import STEPS

SHEET = "Effective n"
COLUMNS = (
    PageColumn("Statistic", "text", 34),
    PageColumn("Month", "any", 14),
    PageColumn("Survival there", "any", 14),
    PageColumn("Taken for the curve", "plain", 9),
    PageColumn("Cumulative hazard there", "any", 14),
    PageColumn("Without censoring: 1 / survival - 1", "any", 14),
    PageColumn("Added by censoring", "any", 14),
    PageColumn("Effective n from follow-up", "any", 16),
    PageColumn("Effective n in use", "any", 14),
)


@dataclasses.dataclass
class Point:
    """A median or landmark as cells: month, survival, 1 where it is taken for the curve, cumulative hazard."""

    month: Formula
    survival: Formula
    used: Formula
    hazard: Formula


class EffectiveNumbers:
    """The sheet of the steps, curve by curve; there is none where no curve has follow-up."""

    def __init__(self, bench: Bench):
        self.bench = bench
        self.grid: Grid | None = bench.grid(SHEET, 2 * STEPS + 2) if bench.definition.follow_up else None
        self.step: GridColumn | None = None
        if self.grid is not None:
            self.grid.key_columns = 1
            self.step = self.grid.fixed("Step", "", "plain", np.arange(2.0 * STEPS + 2))

    def write(self, page: Page, rows: list[Evidence], label: str) -> dict[str, Formula]:
        """The number in use (0: none) of each median and landmark among the statistics of a curve, by its address."""
        points = [row for row in rows if row.statistic in WITH_NUMBER]
        given = [
            f for f in self.bench.definition.follow_up if rows and (f.arm, f.endpoint) == (rows[0].arm, rows[0].endpoint)
        ]
        if not points or not given:
            return {}
        table = GrowingTable(
            page,
            f"{label}: effective number of patients",
            "From the table of follow-up of the sheet Survival: patients x (1 / survival - 1) / (1 / survival - 1 + added by "
            f"censoring), which the sheet '{SHEET}' sums step by step. A typed 'Effective n' counts instead. 0: none.",
            COLUMNS,
        )
        cells = [_point_at(table, i, self._values(row)) for i, row in enumerate(points)]
        found = {}
        for i, row in enumerate(points):
            others = [c for k, c in enumerate(cells) if k != i and points[k].statistic in POINTS]
            found[address_of("evidence", row)] = self._row(table, row, cells[i], others, given[0], label)
        return found

    def _values(self, row: Evidence) -> tuple[Formula, Formula, Formula]:
        """Month, survival and use of a point, from the inputs in use."""
        inputs, base = self.bench.inputs, address_of("evidence", row)
        value = inputs[f"{base}.value" if f"{base}.value" in inputs else base]
        used = inputs.yes(f"{base}.use")
        if row.statistic == "median":
            return value, formula_of(0.5), used
        month = month_of(row)
        assert month is not None
        return Formula(f"{month:.15g}", month), value, used

    def _row(
        self, table: GrowingTable, row: Evidence, point: Point, others: list[Point], given: FollowUp, label: str
    ) -> Formula:
        """Write the row of a statistic; returns its number in use."""
        inputs, base = self.bench.inputs, address_of("evidence", row)
        month, survival, used = self._values(row)
        words = f"{row.statistic.replace('_', ' ').capitalize()} {f'at {row.item} months' if row.item else ''}".strip()
        cells = RowBuilder(table, words)
        if row.statistic == "median":
            cells.put(month)
        else:
            cells.put_number(float(month.value))
        cells.put(survival)
        cells.put(used, "plain")
        cells.put(-ln(maximum(self.bench.constants.smallest, point.survival)))
        uncensored = cells.put(1 / maximum(self.bench.constants.smallest, point.survival) - 1)
        follow_up = {f: inputs[f"{address_of('follow_up', given)}.{f}"] for f in _TIMES}
        added = cells.put(self._added(f"{label}: {words.lower()}", point, others, follow_up))
        patients = inputs[f"{address_of('follow_up', given)}.patients"]
        sum_of_both = maximum(self.bench.constants.smallest, uncensored + added)
        within = point.month < follow_up["longest"]
        calculated = cells.put(where(within, patients * uncensored / sum_of_both, 0))
        typed = inputs[f"{base}.effective_n"]
        number = cells.put(where(typed.differs(""), typed, calculated))
        cells.close()
        return number

    def _added(self, label: str, point: Point, others: list[Point], follow_up: dict[str, Formula]) -> Formula:
        """The columns of a statistic on the sheet of the steps; returns the cell of the sum."""
        assert self.grid is not None
        self.grid.group = label
        column = self.grid.column("Month", "months", "small")
        time = column.take("Month of the statistic", point.month)
        times = [column.take(f"{f.capitalize()} follow-up", follow_up[f]) for f in _TIMES]
        month = self._months(column, time, *times[:2]).here
        return self._sum(self._hazard(month, point, others), self._not_censored(month, *times))

    def _months(self, column: GridColumn, time: Formula, shortest: Formula, median: Formula) -> GridColumn:
        """Ends of the steps: from the shortest to the median follow-up, then to the statistic."""
        assert self.step is not None
        c = self.bench.constants
        first, middle = column.take("First step", minimum(shortest, time)), column.take("Middle", minimum(median, time))
        number = self.step.here
        early = first + (middle - first) * (number / c.follow_up_steps)
        late = middle + (time - middle) * ((number - 1 - c.follow_up_steps) / c.follow_up_steps)
        return column.fill(where(number <= c.follow_up_steps, early, late))

    def _hazard(self, month: Formula, point: Point, others: list[Point]) -> GridColumn:
        """Cumulative hazard, which rises evenly from the published point before to the one after."""
        assert self.grid is not None
        passed = [o.used * (o.month < point.month) * (o.month <= month) for o in others]
        ahead = [o.used * (o.month < point.month) * (o.month > month) for o in others]
        from_month = self.grid.column("Published before: month", "months").fill(
            maximum(0, *(where(p, o.month, 0) for p, o in zip(passed, others, strict=True)))
        )
        from_hazard = self.grid.column("Published before: cumulative hazard").fill(
            maximum(0, *(where(p, o.hazard, 0) for p, o in zip(passed, others, strict=True)))
        )
        to_month = self.grid.column("Published after: month", "months").fill(
            minimum(point.month, *(where(a, o.month, point.month) for a, o in zip(ahead, others, strict=True)))
        )
        to_hazard = self.grid.column("Published after: cumulative hazard").fill(
            minimum(point.hazard, *(where(a, o.hazard, point.hazard) for a, o in zip(ahead, others, strict=True)))
        )
        width = maximum(self.bench.constants.time_tolerance, to_month.here - from_month.here)
        rise = (to_hazard.here - from_hazard.here) * ((month - from_month.here) / width)
        return self.grid.column("Cumulative hazard", "", "small").fill(from_hazard.here + rise)

    def _not_censored(self, month: Formula, shortest: Formula, median: Formula, longest: Formula) -> GridColumn:
        """Share not yet censored: 1, then a line through one half at the median to 0 at the longest follow-up."""
        assert self.grid is not None
        c = self.bench.constants
        column = self.grid.column("Share not yet censored", "share", "small")
        early = 1 - (month - shortest) / maximum(c.time_tolerance, median - shortest) / 2
        late = (longest - month) / maximum(c.time_tolerance, longest - median) / 2
        return column.fill(where(month < median, minimum(1, early), maximum(c.least_followed, late)))

    def _sum(self, hazard: GridColumn, followed: GridColumn) -> Formula:
        """Simpson's rule over the cumulative hazard: what each step adds, and the cell of the sum."""
        assert self.grid is not None and self.step is not None
        excess = self.grid.column("1 / survival x (1 / share - 1)", "", "small")
        excess.fill(exp(hazard.here) * (1 / followed.here - 1))
        first = self.step.here.equals(0)
        share = where(first, 1, followed.here + followed.before)
        middle = exp((hazard.here + hazard.before) / 2) * (2 / share - 1)
        ends = excess.here + excess.before
        third = self.bench.constants.one_third
        step = (hazard.here - hazard.before) * third * (ends / 2 + 2 * middle)
        column = self.grid.column("Added by censoring", "", "small")
        column.fill(where(first, 0, step))
        return column.total


_TIMES = ("shortest", "median", "longest")


def _point_at(table: GrowingTable, number: int, values: tuple[Formula, Formula, Formula]) -> Point:
    """The cells that a row will have, before it is written."""
    month, survival, used = values
    hazard = -np.log(float(survival.value))
    held: list[tuple[int, Term]] = [(1, month), (2, survival), (3, used), (4, hazard)]
    cells = [Formula(table.at.cell(number, i), v.value if isinstance(v, Formula) else float(v)) for i, v in held]
    return Point(*cells)
