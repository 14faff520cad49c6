"""Curves through published medians and landmarks, solved in the sheet: change a median and the curve follows.

The same weighted least squares as :mod:`model.survival.calibration`; the solution itself stands in `newton.py`.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.definition.curves.coefficients import calibration
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import Curve
from model.excel.formulas.formula import Formula
from model.excel.live.bench import Bench
from model.excel.live.curves.effective_number import EffectiveNumbers
from model.excel.live.curves.newton import SHEET, Solution
from model.excel.live.curves.published_statistics import StatisticCells, write_statistics
from model.excel.pages.cells import NOTHING, finish, write_top
from model.excel.pages.growing_tables import Facts
from model.excel.pages.measures import lines_needed, row_height
from model.excel.pages.page import Page
from model.excel.pages.stacked_tables import PatternTable
from model.survival import distribution
from model.survival.distributions import STANDARD_NAMES

WIDTH, LEAST_COLUMNS = 13.0, 12
SMALL_HEADER = 0.95  # of the common letter: smaller, but bold
POINTS = (
    "Behind a coefficient or a statistic, (+1, 0) means: worked out with the first coefficient moved up by one small step, "
    "the second left as it is. Slopes and curvatures follow from such differences."
)


@dataclasses.dataclass
class Calibrated:
    """Natural coefficients by candidate, and by candidate the size of the last step of its solution."""

    coefficients: dict[str, list[Formula]] = dataclasses.field(default_factory=dict)
    last_step: dict[str, Formula] = dataclasses.field(default_factory=dict)


class CalibrationSheets:
    """The sheet of the statistics and the sheet of the solutions, written curve by curve; ``statistics``: of each curve."""

    def __init__(self, bench: Bench, page: Page, words: dict[str, str]):
        self.bench, self.page, self.words = bench, page, words
        self.tables: list[PatternTable] = []
        self.row = 5
        self.effective = EffectiveNumbers(bench)
        self.statistics: dict[tuple[str, str], list[StatisticCells]] = {}

    def add(self, curve: Curve, reference_hazard: dict[str, Formula]) -> Calibrated:
        """Every distribution calibrated to the evidence of a curve's arm and endpoint.

        ``reference_hazard``: the reference curve's cumulative hazard at the time of each hazard ratio, by its item.
        """
        rows = [e for e in self.bench.definition.evidence if (e.arm, e.endpoint) == (curve.arm, curve.endpoint)]
        made = Calibrated()
        if not rows:
            return made
        label = self.words[f"{curve.arm}.{curve.endpoint}"]
        effective = self.effective.write(self.page, rows, label)
        statistics = write_statistics(self.bench, self.page, rows, label, reference_hazard, effective)
        self.statistics[curve.arm, curve.endpoint] = statistics
        for name in STANDARD_NAMES:
            start = starting_estimates(self.bench.definition, curve, name)
            family = distribution(name)
            applied = [s for s in statistics if s.kind != "prior" or s.item in family.parameters]
            if start is None or len(applied) < len(family.parameters):
                continue
            block = Solution(self.bench, family, applied, f"{label}: {family.label}", self.row)
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
        sheet.set_column(1, widest, WIDTH)
        sheet.write_string(3, 0, POINTS if self.tables else NOTHING, report.styles.explanation)
        for table in self.tables:
            lines = max(lines_needed(c.header, WIDTH / SMALL_HEADER) for c in table.columns)
            sheet.set_row(table.header_row, max(34.0, row_height(lines)))
            table.write(report, sheet)
        sheet.freeze_panes(3, 1)
        finish(report, sheet, entry.sheet_class)
        sheet.set_paper(8)
        sheet.fit_to_pages(max(1, round(widest / 20)), 0)
        sheet.print_area(0, 0, max(self.row, 5), max(widest, LEAST_COLUMNS))


def starting_estimates(definition: ModelDefinition, curve: Curve, name: str) -> np.ndarray | None:
    """Estimates ``(k,)`` of the run on the estimation scale; None where the statistics do not determine the curve."""
    made = calibration(definition, curve, name)
    return made.estimates if made.identified and np.isfinite(made.estimates).all() else None


# ---- one solution ------------------------------------------------------------------------------------------------
