"""The flag of the checks, on every sheet."""

from __future__ import annotations

from xlsxwriter.utility import xl_rowcol_to_cell

from ..live.formula import Formula
from .report import Report

ROW, COLUMN = 2, 1


def write_flags(report: Report, words: Formula) -> None:
    """Write the flag into the third row of every sheet: green while all checks pass, red otherwise."""
    styles = report.styles
    good = styles.make(bold=True, font_color="#2E7D32", font_size=9, valign="vcenter")
    bad = report.workbook.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#C62828"})
    for sheet in report.workbook.worksheets():
        sheet.write_formula(ROW, COLUMN, "=" + words.text, good, words.value)
        place = xl_rowcol_to_cell(ROW, COLUMN)
        sheet.conditional_format(
            place, {"type": "text", "criteria": "containing", "value": "failed", "format": bad}
        )
