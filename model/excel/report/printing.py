"""What of the workbook is printed: sheets that are left out get a print area of one empty cell.

LibreOffice then leaves them out. Excel takes such an area (it writes single cells as print areas itself) and counts a page
of empty cells as blank, but is documented to drop blank pages only at the end of a workbook (Microsoft Support, KB 288968).
So the sheets that are printed stand together, and the sheet Contents says how they are printed by their tabs.
"""

from __future__ import annotations

from model.excel.output_book import Report

LAST_ROW = 1_048_575  # of a sheet, counted from 0: nothing ever stands there


def leave_out_of_print(report: Report) -> None:
    """Set the print area of every sheet that is not printed by default; the sheet Contents says which, and how to undo it."""
    for entry in [*report.input_entries, *report.entries]:
        if not entry.printed:
            report.sheet(entry.name).print_area(LAST_ROW, 0, LAST_ROW, 0)
