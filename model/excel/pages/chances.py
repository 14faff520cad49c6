"""Probabilities that rounding would make impossible or certain are shown as ``<0.1%`` and ``>99.9%``; the number stays."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from model.excel.pages.desk import Desk

SMALLEST, LEAST, MOST, LARGEST = (1e-9, 0.0005, 0.9995, 1 - 1e-9)  # 0 and 1 themselves stay: some programs compare loosely
SMALL, LARGE = '"<0.1%"', '">99.9%"'


def mark_chances(desk: Desk, sheet: Worksheet, column: int, first_row: int, last_row: int) -> None:
    """Show small and large probabilities of some cells of a column in words; 0 and 1 as they are."""
    for low, high, words in ((SMALLEST, LEAST * (1 - 1e-9), SMALL), (MOST, LARGEST, LARGE)):
        rule = {
            "type": "cell",
            "criteria": "between",
            "minimum": low,
            "maximum": high,
            "format": desk.workbook.add_format({"num_format": words}),
        }
        sheet.conditional_format(first_row, column, last_row, column, rule)
