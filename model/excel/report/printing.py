"""What of the workbook is printed: sheets that are left out get a print area of one empty cell."""

from __future__ import annotations

from model.excel.output_book import Report

LAST_ROW = 1_048_575  # of a sheet, counted from 0: nothing ever stands there


def leave_out_of_print(report: Report) -> None:
    """Set the print area of every sheet that is not printed by default; the sheet Contents says which, and how to undo it."""
    for entry in [*report.input_entries, *report.entries]:
        if not entry.printed:
            report.sheet(entry.name).print_area(LAST_ROW, 0, LAST_ROW, 0)
