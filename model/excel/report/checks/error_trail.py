"""Where an error begins: the first column, in the order of the calculation, in which a cell shows one."""

from __future__ import annotations

from collections.abc import Iterator

from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import if_error, index, match
from model.excel.pages.cells import PageColumn
from model.excel.pages.check_table import CheckTable
from model.excel.pages.grid import GridColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page
from model.excel.report.checks.checked import Checked

FIRST_ERROR, INPUTS_NOT_USABLE = "first_error", "inputs_not_usable"
"""Names of two cells of the sheet Checks: the place in words ("" if there is none), and how many inputs or rules
between inputs fail."""
ANEW = "Ctrl+Alt+F9 in Excel, Ctrl+Shift+F9 in LibreOffice"
"""LibreOffice 7.4 may report a circle that is not there after a change of one cell; it goes when all is calculated."""
WORDS = "No answer: an input cannot be used. See the sheet Checks, W12 to W14."


def write_error_trail(of: Checked, page: Page, inputs: CheckTable) -> None:
    """The table of columns; the cell that names the first of them with an error. ``inputs``: the checks W12 to W14."""
    table = GrowingTable(
        page,
        "Where an error begins",
        "In the order of the calculation. Whatever takes a cell with an error shows one itself: look at the first.",
        [PageColumn("", "text", 12), PageColumn("Column", "text", 70), PageColumn("1: shows an error", "plain", 18)],
    )
    unusable = table.add("", "Inputs and rules between inputs that fail (W12 to W14)", inputs.failing("W12", "W13", "W14"))
    of.report.workbook.define_name(INPUTS_NOT_USABLE, f"={table.cell(unusable, 2).text}")
    first = table.at.n_rows
    for column in _columns(of):
        words = f"{column.grid.name}, column {column.name}: {column.header}"
        table.add("", words, Formula(f"IF(ISERROR(SUM({column.span.text})),1,0)", 0.0))
    found = Formula(if_error(index(table.span(1, first), match(1, table.span(2, first))), "").text, "")
    cell = table.cell(table.add("", found, ""), 1)
    of.report.workbook.define_name(FIRST_ERROR, f"={cell.text}")


def _columns(of: Checked) -> Iterator[GridColumn]:
    """Time, then each curve from its distribution in use on, then each trace."""
    live = of.live
    yield from live.timeline.grid.columns
    for sheet in live.curves.values():
        yield from sheet.grid.columns[sheet.survival.number :]
    for trace in of.traces:
        yield from trace.states.grid.columns


def no_answer() -> str:
    """The text of a formula: why there is no answer."""
    at = f'"No answer: the calculation shows an error, though every input can be used. It begins in "&{FIRST_ERROR}'
    where = f'{at}&". Calculate everything anew ({ANEW}); the sheet Checks lists what takes it."'
    other = '"No answer: a result shows an error, though every input can be used. See the sheet Checks."'
    return f'IF({INPUTS_NOT_USABLE}>0,"{WORDS}",IF({FIRST_ERROR}="",{other},{where}))'
