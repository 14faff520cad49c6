"""A paragraph of any length stands in one cell over the width of the tables, and leaves the printed width as it is."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from model.excel.formulas.formula import Formula
from model.excel.pages.cells import PageColumn
from model.excel.pages.desk import Entry
from model.excel.pages.page import Page
from model.excel.pages.small_book import SmallBook
from model.excel.pages.workbook import new_workbook

ENTRY = Entry("Sheet", "A sheet", "What it is for")
WORDS = "PFS and OS do not hang together, and this is why. "


def written(path: Path, text: str | Formula) -> openpyxl.worksheet.worksheet.Worksheet:
    """A sheet of one paragraph above a table of 70 + 50 units."""
    workbook = new_workbook(path)
    workbook.add_worksheet(ENTRY.name)
    page = Page(SmallBook(workbook, "Title", [ENTRY]), ENTRY.name)
    page.paragraph(text)
    page.row += 1
    page.filled("A table", "", [PageColumn("One", "text", 70), PageColumn("Two", "text", 50)], [["a", "b"]])
    page.close()
    workbook.close()
    return openpyxl.load_workbook(path)[ENTRY.name]


@pytest.mark.parametrize("times", [1, 5, 40])
@pytest.mark.parametrize("live", [False, True])
def test_a_paragraph_leaves_the_printed_width_to_the_tables(tmp_path: Path, times: int, live: bool) -> None:
    words = (WORDS * times).strip()
    text = Formula("A1", words) if live else words
    sheet = written(tmp_path / "page.xlsx", text)
    assert str(sheet.print_area).replace("$", "").rsplit(":", 1)[1].startswith("B")
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A5:B5"]
    assert sheet["A5"].value == ("=A1" if live else words)
    letters = len(words) / 150  # lines of 150 letters at most fit 120 units
    assert (sheet.row_dimensions[5].height or 15.0) >= 13 * letters
