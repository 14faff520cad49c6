"""Checks of the model as formulas, each with value, limit and status; one flag for all, shown on every sheet.

The tests are those by which health technology assessment bodies judge such a model (TECH-VER, Buyukkaramikli et al.
2019, and its supplement for partitioned survival): ids E, R and P. Ids W are of this workbook.
"""

from __future__ import annotations

import dataclasses

from model.excel.formulas.formula import Formula
from model.excel.live.stored_draws import DrawsAt
from model.excel.output_sheets import CHECKS, RUN_INPUTS
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.check_table import CheckTable
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page
from model.excel.report.as_run import AS_RUN, CELLS_CHANGED
from model.excel.report.checks.checked import Checked
from model.excel.report.checks.error_trail import write_error_trail
from model.excel.report.checks.named_results import result_cells, write_named_results, write_replay
from model.excel.report.checks.of_draws import draw_rows, write_drawn_curves
from model.excel.report.checks.of_results import check_amounts, check_decision
from model.excel.report.checks.of_scope import agreement_rows, check_scope, write_remarks
from model.excel.report.checks.of_states import check_curves, check_states

FLAG_NAME = "checks_failed"


@dataclasses.dataclass(frozen=True)
class ChecksAt:
    """The cell that counts the checks that fail, and the words of the flag."""

    failed: Formula
    words: Formula


def write_checks(of: Checked, draws: DrawsAt | None) -> ChecksAt:
    """The sheet of checks; the count of those that fail gets a name."""
    page = Page(of.report, CHECKS.name)
    summary = _Summary(page, of)
    states = CheckTable(page, "States and curves")
    check_states(states, of)
    check_curves(states, of)
    drawn = draw_rows(states, of)
    amounts = CheckTable(page, "Results")
    check_amounts(amounts, of)
    check_decision(amounts, of)
    scope = CheckTable(page, "Scope of this workbook")
    check_scope(scope, of)
    named_row, replay_row = agreement_rows(scope)
    write_remarks(page, of.report.definition)
    cells = result_cells(of.report, of.results, of.parts, of.curves) | of.coherence.cells | of.named
    scope.fill(named_row, write_named_results(of.report, of.live, page, cells))
    scope.fill(replay_row, write_replay(of.report, of.live, page, of.results, draws))
    write_error_trail(of, page, scope)
    write_drawn_curves(states, drawn, of, page)
    failed = summary.count(states, amounts, scope)
    page.close()
    count = int(failed.value)
    words = Formula(
        f'IF({FLAG_NAME}=0,"Checks: all passed","Checks: "&{FLAG_NAME}&" failed, see the sheet Checks")',
        f"Checks: {count} failed, see the sheet Checks" if count else "Checks: all passed",
    )
    return ChecksAt(failed, words)


class _Summary:
    """The first table: how many checks fail, whether inputs changed, and the run that the stored draws are of."""

    def __init__(self, page: Page, of: Checked):
        self._report = of.report
        self._table = GrowingTable(
            page,
            "Summary",
            "The flag on every sheet shows this count.",
            [PageColumn("", "text", 12), PageColumn("Quantity", "text", 70), PageColumn("Value", "any", 18)],
        )
        self._failed_row = self._table.add("", "Checks that fail", 0.0)
        self._named("inputs_changed", "Inputs of the calculation changed since the run", of.live.inputs.changed)
        self._table.add("", f"Input cells that differ from the run (sheet {RUN_INPUTS.name})", CELLS_CHANGED)
        self._table.add("", "The workbook shows the run: 1 yes, 0 no", AS_RUN)
        psa = of.report.psa
        if psa is not None:
            self._named("run_seed", "Random seed of the stored draws", As(float(psa.seed), "plain"))
            number = As(float(psa.draws.n_draws), "plain")
            self._named("run_draws", "Number of draws of the run", number)
            self._named("run_sampling", "Sampling of the stored draws", psa.sampling)

    def _named(self, name: str, words: str, value: As | Formula | str) -> Formula:
        cell = self._table.cell(self._table.add("", words, value), 2)
        self._report.workbook.define_name(name, f"={cell.text}")
        return cell

    def count(self, *tables: CheckTable) -> Formula:
        """Write the number of checks that fail; returns its cell."""
        failed = sum((t.failed for t in tables[1:]), tables[0].failed)
        self._table.at.rows[self._failed_row][2] = failed  # type: ignore[index]
        cell = self._table.cell(self._failed_row, 2)
        self._report.workbook.define_name(FLAG_NAME, f"={cell.text}")
        return cell
