"""The differences between two workbooks as a sheet, where their effects cannot be stated."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from model.analysis.change_log.difference_list import NOT_STATED, DifferenceList
from model.analysis.change_log.kinds import TOUCHES
from model.excel.inputs.placed_inputs import CellPlace
from model.excel.inputs.writer import CREATED
from model.excel.other_workbooks.change_log_workbook import A3, shown_of_changes, words_of
from model.excel.pages.desk import Entry
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns
from model.excel.pages.small_book import SmallBook
from model.excel.pages.workbook import ExactWorksheet, new_workbook
from model.files import whole_file

ENTRY = Entry("Differences", "Differences", "What differs between two workbooks; effects are not stated")


def write_difference_list(path: Path, listed: DifferenceList, places: Sequence[CellPlace], names: tuple[str, str]) -> None:
    """Write the workbook to ``path``. ``places``: the cell of every difference; ``names``: of the files compared."""
    with whole_file(path) as unfinished:
        workbook = new_workbook(unfinished)
        book = SmallBook(workbook, f"Differences: {names[0]} to {names[1]}", (ENTRY,))
        workbook.set_properties({"title": book.title, "created": CREATED})
        workbook.add_worksheet(ENTRY.name, ExactWorksheet)
        page = Page(book, ENTRY.name, book.title)
        page.paragraph(listed.counts())
        page.paragraph(f"The effect of the differences is not stated: {listed.reason}", bold=True)
        page.row += 1
        rows = [
            [*words_of(entry, places), NOT_STATED if entry.change.runs else TOUCHES[entry.change.kind]]
            for entry in listed.changes
        ]
        at = page.filled("Differences listed without a run", book.stored, page_columns(book, shown_of_changes(60)), rows)
        page.freeze(at, 3)
        page.close()
        page.sheet.set_paper(A3)
        workbook.close()
