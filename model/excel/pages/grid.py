"""A sheet with one row per cycle: what each column takes stands above it, one formula runs down it.

The rows of time zero, and of every cycle after it, are the same on all these sheets, so that a cycle is found at one
place. The row above time zero is empty and counts as 0 in a formula that looks at the row above its own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from model.excel.formulas.cell_names import column_name
from model.excel.formulas.formula import AFTER, BEFORE, THIS, Formula, Term, as_number, in_row, on_sheet
from model.excel.pages.blocks import BlockColumn, BlockSheet
from model.excel.pages.cells import FORMATS, NOTHING, finish, header_style, prefix_of, readable_format, write_top
from model.excel.pages.desk import Desk
from model.excel.pages.measures import lines_needed, row_height
from model.excel.pages.styles import CALCULATION_FILL, GREY, LINE, OUTPUT_FILL

GROUP_ROW, HEADER_ROW, UNIT_ROW, TOTAL_ROW, TAKES_ROW = 3, 4, 5, 6, 7  # counted from 0
MOST_TAKEN = 7
EXTRA_ROW = TAKES_ROW + 2 * MOST_TAKEN
EMPTY_ROW = EXTRA_ROW + 1
FIRST_ROW = EMPTY_ROW + 1
WIDTH, NARROW_WIDTH = 15.0, 9.0
COLUMNS_ON_PAPER = 14
CLOSED, SMALL_LINE, SMALL_LABEL = 3.0, 11.0, 0.85  # points; points; of the common letter
KEY_COLUMNS = 2


@dataclasses.dataclass
class GridColumn:
    """One column of a grid. ``values`` are ``(n_rows,)`` once :meth:`fill` has been called."""

    grid: Grid
    number: int
    group: str
    header: str
    unit: str
    kind: str
    text: str = ""
    values: Any = None
    taken: list[tuple[str, Formula]] = dataclasses.field(default_factory=list)
    summed: bool = False
    mark: Formula | None = None
    extra: bool = False
    extra_value: float = 0.0
    length: int = 0

    @property
    def name(self) -> str:
        return column_name(self.number)

    @property
    def here(self) -> Formula:
        """The column's cell in the formula's own row."""
        return Formula(f"{self.grid.prefix}{self.name}{THIS}", self.values)

    @property
    def before(self) -> Formula:
        """The column's cell in the row above."""
        shifted = np.concatenate([[0.0], self.values[:-1]])
        return Formula(f"{self.grid.prefix}{self.name}{BEFORE}", shifted)

    @property
    def after(self) -> Formula:
        """The column's cell in the row below."""
        return Formula(f"{self.grid.prefix}{self.name}{AFTER}", np.concatenate([self.values[1:], [0.0]]))

    @property
    def span(self) -> Formula:
        """All cycles of the column."""
        return self.part(0, self.length)

    def part(self, first: int, stop: int) -> Formula:
        """The cells of the cycles from ``first`` to ``stop - 1``."""
        start, end = FIRST_ROW + first + 1, FIRST_ROW + stop
        text = f"{self.grid.prefix}${self.name}${start}:${self.name}${end}"
        return Formula(text, self.values[first:stop])

    @property
    def total(self) -> Formula:
        """The cell that holds the sum over all cycles."""
        self.summed = True
        return Formula(f"{self.grid.prefix}${self.name}${TOTAL_ROW + 1}", float(np.sum(self.values)))

    def take(self, what: str, source: Term) -> Formula:
        """A value that the column takes, shown above it; formulas of the column refer to that cell."""
        made = as_number(source)
        if len(self.taken) == MOST_TAKEN:
            raise ValueError(f"'{self.header}' takes more than {MOST_TAKEN} values")
        self.taken.append((what, made))
        row = TAKES_ROW + 2 * len(self.taken)
        return Formula(f"{self.grid.prefix}{self.name}${row}", made.value)

    def fill(self, formula: Formula, extra_value: float | None = None) -> GridColumn:
        """The formula of every row; ``extra_value``: its value at the additional time, if it is shown there too."""
        formula = as_number(formula)
        values = np.asarray(formula.value, dtype=float)
        self.values = np.ascontiguousarray(np.broadcast_to(values, (self.length,)))
        self.text = formula.text
        if extra_value is not None:
            self.extra, self.extra_value = True, extra_value
        return self

    def running(self, increment: Formula) -> Formula:
        """A running sum: the row above plus the increment."""
        values = np.cumsum(np.broadcast_to(np.asarray(increment.value, dtype=float), (self.length,)))
        return Formula(f"{self.grid.prefix}{self.name}{BEFORE}+{increment.text}", values)

    def accumulate(self, increment: Formula) -> GridColumn:
        """A column that is a running sum."""
        return self.fill(self.running(increment))

    def count_in_a_row(self, condition: Formula) -> GridColumn:
        """How many rows in a row, up to this one, a condition has held."""
        values, counted = np.zeros(self.length), 0.0
        for i, holds in enumerate(np.broadcast_to(np.asarray(condition.value, dtype=float), (self.length,))):
            counted = counted + 1.0 if holds else 0.0
            values[i] = counted
        text = f"IF({condition.text},{self.grid.prefix}{self.name}{BEFORE}+1,0)"
        return self.fill(Formula(text, values))

    def never_fall(self, formula: Formula) -> GridColumn:
        """The largest value so far: the larger of the row above and the formula."""
        values = np.maximum.accumulate(np.maximum(np.asarray(formula.value, dtype=float), 0.0))
        text = f"MAX(+{self.grid.prefix}{self.name}{BEFORE},{formula.text})"
        return self.fill(Formula(text, values))


class Grid:
    """A sheet of columns, over cycles or over other rows; ``length``: rows of the columns that are made next."""

    def __init__(self, report: Desk, name: str, n_rows: int, explanation: str = ""):
        self.report, self.name, self.n_rows = report, name, n_rows
        self.prefix = prefix_of(name)
        self.columns: list[GridColumn] = []
        self.group = ""
        self.explanation = explanation
        self.extra_label = ""
        self.length = n_rows
        self.key_columns = KEY_COLUMNS

    def column(self, header: str, unit: str = "", kind: str = "factor") -> GridColumn:
        """A new column at the right, in the group that is open."""
        made = GridColumn(self, len(self.columns), self.group, header, unit, kind, length=self.length)
        self.columns.append(made)
        return made

    def fixed(self, header: str, unit: str, kind: str, values: np.ndarray) -> GridColumn:
        """A column of numbers."""
        made = self.column(header, unit, kind)
        made.values = np.asarray(values, dtype=float)
        return made

    def row_of(self, columns: Sequence[GridColumn]) -> Formula:
        """Neighbouring columns in the formula's own row."""
        return self._across(columns, THIS, [c.values for c in columns])

    def block_of(self, columns: Sequence[GridColumn], stop: int = 0) -> Formula:
        """Neighbouring columns over all rows, or over the first ``stop``."""
        first, last = self._neighbours(columns)
        stop = stop or columns[0].length
        start, end = FIRST_ROW + 1, FIRST_ROW + stop
        text = f"{self.prefix}${first.name}${start}:${last.name}${end}"
        return Formula(text, np.stack([c.values[:stop] for c in columns], axis=1))

    def _across(self, columns: Sequence[GridColumn], row: str, values: list[Any]) -> Formula:
        first, last = self._neighbours(columns)
        text = f"{self.prefix}${first.name}{row}:${last.name}{row}"
        return Formula(text, np.stack(values, axis=1))

    @staticmethod
    def _neighbours(columns: Sequence[GridColumn]) -> tuple[GridColumn, GridColumn]:
        first, last = columns[0], columns[-1]
        if last.number - first.number != len(columns) - 1:
            raise ValueError("the columns of a range must stand side by side")
        return first, last

    # ---- writing -------------------------------------------------------------------------------------------------

    def close(self, title: str, purpose: str, sheet_class: str = "C") -> None:
        """Write the sheet: frame, headers, what the columns take, and all rows."""
        sheet = self.report.sheet(self.name)
        assert isinstance(sheet, BlockSheet)
        styles = self.report.styles
        write_top(self.report, sheet, title, purpose)
        if not self.columns:
            sheet.write_string(GROUP_ROW, 0, NOTHING, styles.explanation)
            finish(self.report, sheet, sheet_class)
            return
        if self.explanation:
            sheet.write_string(2, 6, self.explanation, styles.explanation)
        lines = 1
        for number, column in enumerate(self.columns):
            new = number == 0 or self.columns[number - 1].group != column.group
            if new and column.group:
                sheet.write_string(GROUP_ROW, number, column.group, styles.table_title)
            else:
                sheet.write_blank(GROUP_ROW, number, None, styles.title_line)
            sheet.write_string(HEADER_ROW, number, column.header, header_style(styles, number > 0))
            unit = styles.make(italic=True, font_size=8, font_color=GREY, align="right", text_wrap=True)
            sheet.write_string(UNIT_ROW, number, f"[{column.unit}]" if column.unit else "", unit)
            width = NARROW_WIDTH if number < self.key_columns else WIDTH
            sheet.set_column(number, number, width)
            lines = max(lines, lines_needed(column.header, width * 0.88))
            self._write_above(sheet, number, column)
        sheet.set_row(HEADER_ROW, row_height(lines))
        sheet.set_row(UNIT_ROW, 24)
        self._set_heights(sheet)
        self._write_labels(sheet)
        sheet.add_block(FIRST_ROW, [self._block(column) for column in self.columns])
        sheet.freeze_panes(UNIT_ROW + 1, self.key_columns)
        finish(self.report, sheet, sheet_class)
        sheet.set_paper(8)
        sheet.set_portrait()  # takes twice the rows on a page that a landscape takes
        sheet.fit_to_pages(max(1, round(len(self.columns) / COLUMNS_ON_PAPER)), 0)
        sheet.repeat_rows(GROUP_ROW, UNIT_ROW)
        if self.key_columns:
            sheet.repeat_columns(0, self.key_columns - 1)
        sheet.print_area(0, 0, FIRST_ROW + self.n_rows - 1, len(self.columns) - 1)

    def _set_heights(self, sheet: BlockSheet) -> None:
        """Rows above the first cycle: high enough for their labels, and closed up where they hold nothing."""
        most = max(len(c.taken) for c in self.columns)
        for i in range(MOST_TAKEN):
            labels = [c.taken[i][0] for c in self.columns if i < len(c.taken)]
            lines = max((lines_needed(words, WIDTH / SMALL_LABEL) for words in labels), default=0)
            sheet.set_row(TAKES_ROW + 2 * i, SMALL_LINE * lines + 3 if i < most else CLOSED)
            sheet.set_row(TAKES_ROW + 2 * i + 1, 15 if i < most else CLOSED)
        if not self.extra_label:
            sheet.set_row(EXTRA_ROW, CLOSED)
        if not any(c.summed for c in self.columns):
            sheet.set_row(TOTAL_ROW, CLOSED)
        sheet.set_row(EMPTY_ROW, CLOSED)

    def _write_labels(self, sheet: BlockSheet) -> None:
        small = self.report.styles.make(font_size=8, font_color=GREY)
        bold = self.report.styles.make(bold=True, font_size=9)
        if any(c.summed for c in self.columns):
            sheet.write_string(TOTAL_ROW, 0, "Sum of the column", bold)
        if any(c.taken for c in self.columns):
            sheet.write_string(TAKES_ROW, 0, "The column takes:", small)
        if self.extra_label:
            sheet.write_string(EXTRA_ROW, 0, self.extra_label, small)

    def _write_above(self, sheet: BlockSheet, number: int, column: GridColumn) -> None:
        styles = self.report.styles
        if column.summed:
            style = styles.make(bold=True, num_format=FORMATS[column.kind], bg_color=OUTPUT_FILL, border=1, border_color=LINE)
            total = column.total
            self._formula(sheet, TOTAL_ROW, number, f"SUM({column.span.text})", total.value, style)
        small = styles.make(font_size=8, font_color=GREY, align="right", text_wrap=True)
        for i, (what, source) in enumerate(column.taken):
            row = TAKES_ROW + 2 * i
            sheet.write_string(row, number, what, small)
            style = styles.make(
                num_format=readable_format(source), bg_color=CALCULATION_FILL, border=1, border_color=LINE, align="right"
            )
            self._formula(sheet, row + 1, number, source.text, source.value, style)
        if column.extra:
            style = styles.make(num_format=FORMATS[column.kind], font_color=GREY)
            self._formula(sheet, EXTRA_ROW, number, in_row(column.text, EXTRA_ROW + 1), column.extra_value, style)

    def _formula(self, sheet: BlockSheet, row: int, number: int, text: str, value: Any, style: Any) -> None:
        sheet.write_formula(row, number, "=" + on_sheet(text, self.prefix), style, _stored(value))

    def _block(self, column: GridColumn) -> BlockColumn:
        if not column.text:
            return BlockColumn(column.values, style=self.report.styles.make(num_format=FORMATS[column.kind]))
        if not np.isfinite(column.values).all():
            raise ValueError(f"'{column.header}' on {self.name} has a value that is no number")
        style = self.report.styles.make(num_format=FORMATS[column.kind], bg_color=CALCULATION_FILL)
        formula = in_row(escape(on_sheet(column.text, self.prefix), quote=False), FIRST_ROW + 1)
        return BlockColumn(column.values, formula, style)


def first_cell(column: GridColumn) -> Formula:
    """The first cell of a column."""
    return Formula(column.part(0, 1).text.split(":")[0], float(column.values[0]))


def last_cell(column: GridColumn) -> Formula:
    """The last cell of a column."""
    end = column.length
    return Formula(column.part(end - 1, end).text.split(":")[0], float(column.values[-1]))


def _stored(value: Any) -> Any:
    return float(value) if isinstance(value, np.generic) else value
