"""Cells coloured by their sign: light blue where the intervention is cost-effective, orange
where it is not: also in a grey print, and for readers who do not tell green from red."""

from __future__ import annotations

from model.excel.pages.page import Page, TableAt

BETTER, WORSE = "#DDEBF7", "#F4B183"


def colour_by_sign(page: Page, at: TableAt, first: int, n_columns: int) -> None:
    """Colour ``n_columns`` columns of a table from ``first`` on by whether they are below zero."""
    workbook = page.report.workbook
    area = (at.first_row, first, at.last_row, first + n_columns - 1)
    for criteria, colour in ((">=", BETTER), ("<", WORSE)):
        rule = {"type": "cell", "criteria": criteria, "value": 0, "format": workbook.add_format({"bg_color": colour})}
        page.sheet.conditional_format(*area, rule)
