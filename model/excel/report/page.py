"""A report sheet: title, paragraphs, tables and charts from top to bottom, in one look.

Rows are reserved when a table is announced, so that formulas elsewhere can point at its cells; everything is written
when the page is closed, once the widths of all its columns are known.
"""

from __future__ import annotations

import dataclasses
import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from ..sheets import lines_of, row_height
from ..styles import DARK, GREY, LINE, OUTPUT_FILL, set_up_page

if TYPE_CHECKING:
    from .report import Report

FORMATS: Mapping[str, str] = {
    "text": "",
    "note": "",
    "free": "",
    "money": "#,##0",
    "price": "#,##0.00",
    "years": "0.000",
    "qalys": "0.000",
    "share": "0.0%",
    "change": "+0.0%;-0.0%;0.0%",
    "months": "0.0",
    "count": "#,##0",
    "value": "#,##0.00##",
    "ratio": "0.000",
    "area": "0.00",
    "factor": "0.0000",
    "year": "0.0",
    "small": "0.000000",
    "plain": "0",
}
WORDS = ("text", "note", "free")
WIDTHS = {"text": 26.0, "note": 60.0}
LINE_LENGTH = 150
PIXELS_PER_ROW = 20
TAB_COLOURS = {"O": "#5B9A68", "C": "#9CA3AF", "I": "#F2C94C"}


@dataclasses.dataclass(frozen=True)
class Live:
    """A formula with the value it gives, for programs that do not recalculate."""

    formula: str
    value: float | str


@dataclasses.dataclass(frozen=True)
class As:
    """A value that is shown in another way than the rest of its column; ``kind`` is a key of FORMATS."""

    value: Any
    kind: str


@dataclasses.dataclass(frozen=True)
class Link:
    """A link to a cell of this workbook."""

    target: str
    text: str


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a report table; ``kind`` is a key of FORMATS and gives number format and width."""

    header: str
    kind: str = "money"
    width: float = 0.0

    @property
    def wanted_width(self) -> float:
        return self.width or WIDTHS.get(self.kind, 16.0)


@dataclasses.dataclass
class TableAt:
    """A table at its place; ``rows`` are its cells, filled in before the page is closed."""

    sheet: str
    title: str
    lines: list[str]
    columns: Sequence[Column]
    title_row: int
    n_rows: int
    n_totals: int
    rows: list[Sequence[Any]] = dataclasses.field(default_factory=list)

    @property
    def header_row(self) -> int:
        return self.title_row + 2 + len(self.lines)

    @property
    def first_row(self) -> int:
        return self.header_row + 1

    @property
    def last_row(self) -> int:
        return self.header_row + self.n_rows

    def local(self, row: int, column: int) -> str:
        """A cell as formulas on the same sheet write it: ``C7``."""
        return xl_rowcol_to_cell(self.first_row + row, column)

    def cell(self, row: int, column: int) -> str:
        """A cell as formulas on other sheets write it: ``'PSA results'!$C$7``."""
        place = xl_rowcol_to_cell(self.first_row + row, column, row_abs=True, col_abs=True)
        return f"{quote_sheetname(self.sheet)}!{place}"

    def span(self, column: int, first: int = 0, last: int | None = None) -> str:
        """Cells of one column as formulas on the same sheet write them: ``C7:C12`` (without totals)."""
        end = self.n_rows - self.n_totals - 1 if last is None else last
        return f"{self.local(first, column)}:{self.local(end, column)}"

    def series(self, column: int, first: int = 0, last: int | None = None) -> list[Any]:
        """Cells of one column as charts take them."""
        end = self.n_rows - self.n_totals - 1 if last is None else last
        return [self.sheet, self.first_row + first, column, self.first_row + end, column]


class Page:
    """One report sheet."""

    def __init__(self, report: Report, name: str, title: str = ""):
        self.report, self.name = report, name
        self.entry = report.entry(name)
        self.sheet: Worksheet = report.sheet(name)
        self.title = title or self.entry.title
        self.styles = report.styles
        self.row = 4
        self.tables: list[TableAt] = []
        self.widths: list[list[float]] = []
        self.header_frozen: TableAt | None = None
        self.key_columns = 1

    # ---- content -------------------------------------------------------------------------------------------------

    def paragraph(self, text: str, style: Format | None = None, length: int = LINE_LENGTH) -> None:
        """Lines of text over the width of the page, without merged cells."""
        for line in textwrap.wrap(text, length) or [""]:
            self.sheet.write_string(self.row, 0, line, style or self.styles.make())
            self.row += 1

    def heading(self, text: str) -> None:
        self.row += 1
        self.sheet.set_row(self.row, 20)
        self.sheet.write_string(self.row, 0, text, self.styles.table_title)
        self.row += 1

    def table(
        self, title: str, explanation: str, columns: Sequence[Column], n_rows: int, n_totals: int = 0
    ) -> TableAt:
        """Reserve a table of ``n_rows`` rows, the last ``n_totals`` of which are totals."""
        lines = textwrap.wrap(explanation, LINE_LENGTH) or [""]
        at = TableAt(self.name, title, lines, columns, self.row, n_rows, n_totals)
        self.tables.append(at)
        for number, column in enumerate(columns):
            while len(self.widths) <= number:
                self.widths.append([])
            self.widths[number].append(column.wanted_width)
        self.row = at.last_row + 3
        return at

    def filled(
        self,
        title: str,
        explanation: str,
        columns: Sequence[Column],
        rows: list[Sequence[Any]],
        n_totals: int = 0,
    ) -> TableAt:
        """A table whose rows do not depend on its place."""
        at = self.table(title, explanation, columns, len(rows), n_totals)
        at.rows = list(rows)
        return at

    def charts(self, charts: Sequence[Chart], width: int = 600, height: int = 340) -> None:
        """Charts side by side, with room below them."""
        for number, chart in enumerate(charts):
            chart.set_size({"width": width, "height": height})
            self.sheet.insert_chart(
                self.row, 0, chart, {"x_offset": 4 + number * (width + 12), "object_position": 2}
            )
        self.row += math.ceil(height / PIXELS_PER_ROW) + 2

    def freeze(self, table: TableAt, key_columns: int = 1) -> None:
        """Keep the header of a table and its first columns in view, and repeat the header on every printed page."""
        self.header_frozen, self.key_columns = table, key_columns

    # ---- writing -------------------------------------------------------------------------------------------------

    def close(self, widths: Sequence[float] = ()) -> None:
        """Write title, tables, widths and print set-up; ``widths`` replaces those of the first columns."""
        final = [_width(options) for options in self.widths]
        final[: len(widths)] = widths
        for number, width in enumerate(final):
            self.sheet.set_column(number, number, width)
        write_top(self.report, self.sheet, self.title, self.entry.purpose)
        for table in self.tables:
            self._write_table(table, final)
        if self.header_frozen is not None:
            self.sheet.freeze_panes(self.header_frozen.first_row, self.key_columns)
            self.sheet.repeat_rows(self.header_frozen.header_row)
        else:
            self.sheet.freeze_panes(3, 0)
            self.sheet.repeat_rows(0, 1)
        self.sheet.print_area(0, 0, max(self.row, 5), max(len(final) - 1, 0))
        finish(self.report, self.sheet, self.entry.sheet_class)

    def _write_table(self, at: TableAt, widths: Sequence[float]) -> None:
        if len(at.rows) != at.n_rows:
            raise ValueError(f"'{at.title}' on {self.name} holds {len(at.rows)} rows, not {at.n_rows}")
        sheet, styles = self.sheet, self.styles
        sheet.set_row(at.title_row, 20)
        sheet.write_string(at.title_row, 0, at.title, styles.table_title)
        for column in range(1, len(at.columns)):
            sheet.write_blank(at.title_row, column, None, styles.title_line)
        for number, line in enumerate(at.lines):
            sheet.write_string(at.title_row + 1 + number, 0, line, styles.explanation)
        lines = 1
        for number, column in enumerate(at.columns):
            mark = _mark([row[number] for row in at.rows])
            right = number > 0 and column.kind not in WORDS
            if mark:
                hint = styles.make(
                    italic=True, font_size=8, font_color=GREY, align="right" if right else "left"
                )
                sheet.write_string(at.header_row - 1, number, mark, hint)
            sheet.write_string(at.header_row, number, column.header, header_style(styles, right))
            lines = max(lines, lines_of(column.header, widths[number] * 0.88))
        sheet.set_row(at.header_row, max(20.0, row_height(lines)))
        for position, row in enumerate(at.rows):
            self._write_row(at, position, row, widths)

    def _write_row(self, at: TableAt, position: int, row: Sequence[Any], widths: Sequence[float]) -> None:
        lines = 1
        bold = position >= at.n_rows - at.n_totals
        for number, (column, value) in enumerate(zip(at.columns, row, strict=True)):
            write_cell(self.report, self.sheet, at.first_row + position, number, value, column.kind, bold)
            shown = value.value if isinstance(value, As) else value
            lines = max(lines, 1 if column.kind == "free" else lines_of(shown, widths[number]))
        self.sheet.set_row(at.first_row + position, row_height(lines))


def write_cell(
    report: Report, sheet: Worksheet, row: int, column: int, value: Any, kind: str, bold: bool = False
) -> None:
    """One cell: a live formula, a stored number, a text, a link, or nothing for None and nan."""
    if isinstance(value, As):
        value, kind = value.value, value.kind
    properties: dict[str, Any] = {"border": 1, "border_color": LINE}
    if bold:
        properties |= {"bold": True, "top": 2, "top_color": DARK}
    if isinstance(value, Live):
        properties |= {"bg_color": OUTPUT_FILL}
    number_format = FORMATS[kind]
    if number_format and not isinstance(value, str):
        properties["num_format"] = number_format
    if column == 0:
        properties["align"] = "left"
    elif number_format:
        properties["align"] = "right"
    elif column:
        properties["indent"] = 1
    if kind == "free":  # runs on over the empty cells to its right
        properties = {"indent": 1}
    elif isinstance(value, str):
        properties["text_wrap"] = True
    if isinstance(value, Link):
        sheet.write_url(row, column, f"internal:{value.target}", report.styles.link, value.text)
        return
    style = report.styles.make(**properties)
    if isinstance(value, Live):
        sheet.write_formula(row, column, f"={value.formula}", style, value.value)
    elif value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, style)
    elif math.isinf(value):
        sheet.write_string(row, column, "infinite", report.styles.make(**properties | {"align": "right"}))
    else:
        sheet.write_number(row, column, clean(value), style)


def clean(value: float) -> float:
    """The number, without the rounding error of a difference that is zero."""
    return 0.0 if abs(value) < 1e-12 else value


def header_style(styles: Any, right: bool) -> Format:
    """The header of a column, to the right above numbers."""
    align = {"align": "right"} if right else {"indent": 1}
    return styles.make(
        bold=True,
        font_color="#FFFFFF",
        bg_color=DARK,
        text_wrap=True,
        valign="vcenter",
        border=1,
        border_color=LINE,
        **align,
    )


def write_top(report: Report, sheet: Worksheet, title: str, purpose: str) -> None:
    """Title, purpose and the link back."""
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, title, report.styles.title)
    sheet.write_string(1, 0, purpose, report.styles.purpose)
    sheet.write_url(2, 0, "internal:Answer!A1", report.styles.link, "← Answer and contents")


def finish(report: Report, sheet: Worksheet, sheet_class: str) -> None:
    """Page set-up with sheet name, run and page number, and the colour of the tab."""
    set_up_page(sheet, report.definition.about.title)
    sheet.set_footer(f"&L&8&A&C&8{report.run_words}&R&8Page &P of &N")
    sheet.set_tab_color(TAB_COLOURS[sheet_class])


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a data frame by column name."""
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a data frame with their columns as attributes."""
    return table.itertuples(index=False)


def _mark(cells: Sequence[Any]) -> str:
    """The letter above a header: O live result, S stored value; nothing above words."""
    values = [c.value if isinstance(c, As) else c for c in cells]
    live = any(isinstance(v, Live) for v in values)
    stored = any(isinstance(v, int | float) and not (isinstance(v, float) and math.isnan(v)) for v in values)
    return {(True, False): "[O]", (False, True): "[S]", (True, True): "[O, S]"}.get((live, stored), "")


def _width(options: Sequence[float]) -> float:
    """A wide text gives way where another table has a narrow column at the same place."""
    narrow = [w for w in options if w < 40]
    return max([*narrow, min(max(options), 34.0)]) if narrow else max(options)
