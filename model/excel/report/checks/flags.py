"""The head of every sheet: its purpose behind a notice while inputs are not those of the run, and the flag of the checks."""

from __future__ import annotations

import textwrap

from xlsxwriter.utility import xl_rowcol_to_cell

from model.excel.formulas.formula import Formula, formula_of
from model.excel.output_book import Report
from model.excel.report.as_run import DIFFERENT, OF_RUN, notice_of

PURPOSE_ROW = 1
ROW, COLUMN = 2, 1
LONGEST_TEXT = 200  # characters of a text within a formula, of which spreadsheets take 255
RED, PALE = "#B71C1C", "#FDE7E9"


def write_flags(report: Report, words: Formula) -> None:
    """Write the flag into the third row of every sheet: words that are green while all checks pass, red on pale otherwise."""
    styles = report.styles
    good = styles.make(bold=True, font_color="#2E7D32", font_size=9, valign="vcenter")
    bad = report.workbook.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#C62828"})
    for sheet in report.workbook.worksheets():
        sheet.write_formula(ROW, COLUMN, "=" + words.text, good, words.value)
        place = xl_rowcol_to_cell(ROW, COLUMN)
        sheet.conditional_format(place, {"type": "text", "criteria": "containing", "value": "failed", "format": bad})


def write_notices(report: Report) -> None:
    """The second row of every sheet, which is printed on its first page at least: a notice that is empty while the
    workbook shows the run, then what the sheet is for."""
    alarm = report.workbook.add_format({"bold": True, "font_color": RED, "bg_color": PALE})
    place = xl_rowcol_to_cell(PURPOSE_ROW, 0)
    for name, purpose in report.purposes.items():
        sheet = report.sheet(name)
        parts = textwrap.wrap(purpose, LONGEST_TEXT, drop_whitespace=False)
        text = "&".join([notice_of(report, name).text, *(formula_of(part).text for part in parts)])
        sheet.write_formula(PURPOSE_ROW, 0, f"={text}", report.styles.purpose, purpose)
        for start in (DIFFERENT, OF_RUN):
            sheet.conditional_format(
                place, {"type": "text", "criteria": "begins with", "value": f"{start} ", "format": alarm}
            )
