"""The sheet Contents: every sheet, what it is for, and whether it is printed with the workbook."""

from __future__ import annotations

from model.excel.output_book import Report
from model.excel.output_sheets import CONTENTS
from model.excel.pages.cells import Link, PageColumn
from model.excel.pages.page import Page

CLASSES = {"I": "I: input", "C": "C: calculation", "O": "O: result", "K": "K: control"}
PRINTING = (
    "Printed are the sheets marked 'yes': answer, inputs and main results, which stand together; input ids are left off the "
    "paper. In Excel click the tab {first}, hold Shift, click the tab {last}, and print the active sheets; then click "
    "another tab, since what is typed while several are chosen goes into all of them. In LibreOffice print all sheets. The "
    "print area of the other sheets is one empty cell, the last of the first column; to print one, clear it: in Excel Page "
    "Layout, Print Area, Clear; in LibreOffice Format, Print Ranges, Edit, 'entire sheet'."
)


def write_contents(report: Report) -> None:
    """Write the sheet."""
    page = Page(report, CONTENTS.name, orientation="portrait")
    every = [*report.front, *report.input_entries, *report.entries]
    printed = [e.name for e in every if e.printed]
    page.paragraph(PRINTING.format(first=printed[0], last=printed[-1]))
    page.row += 1
    columns = [
        PageColumn("Sheet", "text", 24),
        PageColumn("Class", "text", 14),
        PageColumn("What it is for", "note", 76),
        PageColumn("Printed", "text", 9),
    ]
    listed = [e for e in every if e.name != CONTENTS.name]
    rows = [[Link(f"'{e.name}'!A1", e.name), CLASSES[e.sheet_class], e.purpose, "yes" if e.printed else "no"] for e in listed]
    page.freeze(page.filled("Sheets", "Select a name to go there.", columns, rows))
    page.close(most_pages=2)
