"""Small tables in which one formula runs down each column, stacked on one sheet."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from model.excel.formulas.cell_names import column_name
from model.excel.formulas.formula import BEFORE, THIS, Formula, in_row, on_sheet
from model.excel.pages.cells import FORMATS, header_style, prefix_of, stored
from model.excel.pages.desk import Desk
from model.excel.pages.styles import CALCULATION_FILL, GREY, LINE
from model.excel.pages.workbook import ExactWorksheet


@dataclasses.dataclass
class PatternColumn:
    """One column; ``value`` is that of every row (rows of a solved calibration are alike)."""

    table: PatternTable
    number: int
    header: str
    kind: str
    text: str = ""
    value: Any = None
    first: Any = None

    @property
    def name(self) -> str:
        return column_name(self.number)

    @property
    def here(self) -> Formula:
        return Formula(f"{self.table.prefix}${self.name}{THIS}", self.value)

    @property
    def before(self) -> Formula:
        return Formula(f"{self.table.prefix}${self.name}{BEFORE}", self.value)

    def at(self, row: int) -> Formula:
        """The cell of one row, from any sheet."""
        return Formula(f"{self.table.prefix}${self.name}${self.table.first_row + row + 1}", self.value)

    def fill(self, formula: Formula, first: Any = None) -> PatternColumn:
        """The formula of every row; ``first`` stands in the first row in its place (a number or a formula)."""
        self.text, self.value, self.first = formula.text, formula.value, first
        return self


class PatternTable:
    """A table of ``n_rows`` alike rows from a row of the sheet on (counted from 0)."""

    def __init__(self, sheet: str, title: str, explanation: str, top: int, n_rows: int):
        self.sheet, self.title, self.explanation, self.top, self.n_rows = (sheet, title, explanation, top, n_rows)
        self.prefix = prefix_of(sheet)
        self.columns: list[PatternColumn] = []

    @property
    def header_row(self) -> int:
        return self.top + 2

    @property
    def first_row(self) -> int:
        return self.top + 3

    @property
    def below(self) -> int:
        """The first free row under the table."""
        return self.first_row + self.n_rows + 1

    def column(self, header: str, kind: str = "any") -> PatternColumn:
        made = PatternColumn(self, len(self.columns), header, kind)
        self.columns.append(made)
        return made

    def fixed(self, header: str, kind: str = "plain") -> PatternColumn:
        """The numbers 0, 1, 2, ..."""
        made = self.column(header, kind)
        made.value = 0.0
        return made

    def write(self, report: Desk, sheet: ExactWorksheet) -> None:
        styles = report.styles
        sheet.write_string(self.top, 0, self.title, styles.table_title)
        sheet.write_string(self.top + 1, 0, self.explanation, styles.explanation)
        small = styles.make(
            bold=True, font_size=8, font_color="#FFFFFF", bg_color=GREY, text_wrap=True, valign="vcenter", align="right"
        )
        for column in self.columns:
            head = header_style(styles, False) if column.number == 0 else small
            sheet.write_string(self.header_row, column.number, column.header, head)
            properties = {"border": 1, "border_color": LINE, "num_format": FORMATS[column.kind]}
            live = styles.make(bg_color=CALCULATION_FILL, **properties)
            plain = styles.make(**properties)
            first, last = self.first_row, self.first_row + self.n_rows - 1
            if not column.text:
                for i in range(self.n_rows):
                    sheet.write_number(first + i, column.number, i, plain)
                continue
            if column.first is not None:
                self._first(sheet, first, column, live, plain)
                first += 1
            text = on_sheet(in_row(column.text, first + 1), self.prefix)
            sheet.write_column_formula(first, last, column.number, "=" + text, live, stored(column.value))

    def _first(self, sheet: ExactWorksheet, row: int, column: PatternColumn, live: Any, plain: Any) -> None:
        if isinstance(column.first, Formula):
            text = on_sheet(column.first.text, self.prefix)
            sheet.write_formula(row, column.number, "=" + text, live, stored(column.first.value))
        else:
            sheet.write_number(row, column.number, float(np.asarray(column.first)), plain)
