"""The differences between two workbooks as a sheet, where their effects cannot be stated."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from model.analysis.change_kinds import TOUCHES
from model.analysis.difference_list import NOT_STATED, DifferenceList
from model.files import whole_file

from .change_log_workbook import A3, words_of
from .placed_inputs import CellPlace
from .report.cells import Column
from .report.desk import Entry
from .report.page import Page
from .report.small_book import SmallBook
from .styles import ExactWorksheet, new_workbook
from .writer import CREATED

ENTRY = Entry("Differences", "Differences", "What differs between two workbooks; effects are not stated")


def write_difference_list(
    path: Path, listed: DifferenceList, places: Sequence[CellPlace], names: tuple[str, str]
) -> None:
    """Write the workbook to ``path``. ``places``: the cell of every difference; ``names``: of the files compared."""
    with whole_file(path) as unfinished:
        workbook = new_workbook(unfinished)
        book = SmallBook(workbook, f"Differences: {names[0]} to {names[1]}", (ENTRY,))
        workbook.set_properties({"title": book.title, "created": CREATED})
        workbook.add_worksheet(ENTRY.name, ExactWorksheet)
        page = Page(book, ENTRY.name, book.title)
        page.paragraph(listed.counts())
        page.paragraph(
            f"The effect of the differences is not stated: {listed.reason}", book.styles.make(bold=True)
        )
        page.row += 1
        columns = [
            Column("No.", "text", 6), Column("Cell", "text", 21), Column("Input", "text", 36),
            Column("Input id", "text", 44), Column("Old value", "text", 60), Column("New value", "text", 60),
            Column("Unit", "text", 12), Column("Effect", "text", 40),
        ]  # fmt: skip
        rows = [
            [*words_of(entry, places), NOT_STATED if entry.change.runs else TOUCHES[entry.change.kind]]
            for entry in listed.changes
        ]
        at = page.filled("Differences listed without a run", book.stored, columns, rows)
        page.freeze(at, 3)
        page.close()
        page.sheet.set_paper(A3)
        workbook.close()
