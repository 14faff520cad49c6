"""A report sheet: title, paragraphs, tables and charts from top to bottom, in one look.

Rows are reserved when a table is announced, so that formulas elsewhere can point at its cells; everything is written
when the page is closed, once the widths of all its columns are known.
"""

from __future__ import annotations

import dataclasses
import math
import textwrap
from collections.abc import Sequence
from typing import Any

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from model.excel.formulas.cell_names import cell_name, fixed_cell
from model.excel.formulas.formula import Formula, on_sheet
from model.excel.pages.cells import NOTHING, WORDS, As, PageColumn, finish, header_style, prefix_of, write_cell, write_top
from model.excel.pages.chances import mark_chances
from model.excel.pages.chart_words import chart_words
from model.excel.pages.desk import Desk
from model.excel.pages.measures import BOLD, lines_needed, pixels, row_height, width_for
from model.excel.pages.paper import A3_FROM_WIDTH, DEFAULT_HEIGHT, DEFAULT_WIDTH, Stretch, fitting_page, page_breaks
from model.excel.pages.paper import PaperPage as PrintedPage
from model.excel.pages.styles import CALCULATION_FILL, FONT_SIZE, GREY, OUTPUT_FILL

LINE_LENGTH = 150
PIXELS_PER_ROW = 20
WIDEST_SHARED = 34.0
LEAST_WIDTH = 100.0  # of what is printed, so that the lines above a narrow table are too
WIDEST_PROSE = 150.0  # of a paragraph: longer lines are hard to read
SHORT_PROSE = 60  # letters of a live text that stays in its line
WIDEST_PRINTED = 170.0  # up to here words that run on widen what is printed
NEAR = 3  # rows between a heading and the charts that it belongs to
REPEATED_HEIGHT = 60.0  # points of the rows that are printed again on every page


@dataclasses.dataclass
class TableAt:
    """A table at its place; ``rows`` are its cells, filled in before the page is closed."""

    sheet: str
    title: str
    lines: list[str | Formula]
    columns: Sequence[PageColumn]
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
        return cell_name(self.first_row + row, column)

    def head(self, column: int) -> str:
        """The header of a column as formulas on other sheets write it."""
        return self.cell(-1, column)

    def cell(self, row: int, column: int) -> str:
        """A cell as formulas on other sheets write it: ``'PSA results'!$C$7``."""
        return f"{prefix_of(self.sheet)}{fixed_cell(self.first_row + row, column)}"

    def span(self, column: int, first: int = 0, last: int | None = None) -> str:
        """Cells of one column as formulas on the same sheet write them: ``C7:C12`` (without totals)."""
        end = self.n_rows - self.n_totals - 1 if last is None else last
        return f"{self.local(first, column)}:{self.local(end, column)}"

    def series(self, column: int, first: int = 0, last: int | None = None) -> list[Any]:
        """Cells of one column as charts take them."""
        end = self.n_rows - self.n_totals - 1 if last is None else last
        return [self.sheet, self.first_row + first, column, self.first_row + end, column]


@dataclasses.dataclass
class Prose:
    """A paragraph at its row; a formula may put its words together."""

    row: int
    text: str | Formula
    look: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class ChartsAt:
    """Rows of charts side by side, with their heading."""

    title_row: int
    last_row: int


class Page:
    """One report sheet."""

    def __init__(self, report: Desk, name: str, title: str = "", orientation: str = "landscape"):
        self.report, self.name, self.orientation = report, name, orientation
        self.entry = report.entry(name)
        self.fill = CALCULATION_FILL if self.entry.sheet_class == "C" else OUTPUT_FILL
        self.sheet: Worksheet = report.sheet(name)
        self.title = title or self.entry.title
        self.styles = report.styles
        self.row = 4
        self.tables: list[TableAt] = []
        self.widths: list[list[float]] = []
        self.header_frozen: TableAt | None = None
        self.heading_row = -1
        self.key_columns = 1
        self.widest_shared = WIDEST_SHARED
        self.heights: dict[int, float] = {}
        self.charts_at: list[ChartsAt] = []
        self.proses: list[Prose] = []

    # ---- content -------------------------------------------------------------------------------------------------

    def paragraph(self, text: str | Formula = "", **look: Any) -> Prose:
        """A text wrapped over the width of the page, in one row; ``look``: properties of its format, such as bold=True.

        The text of what is returned may be set until the page is closed."""
        made = Prose(self.row, text, {"text_wrap": True, "valign": "top", "align": "left", **look})
        self.proses.append(made)
        self.row += 1
        return made

    def heading(self, text: str) -> None:
        self.row += 1
        self._set_height(self.row, 20)
        self.heading_row = self.row
        self.sheet.write_string(self.row, 0, text, self.styles.table_title)
        self.row += 1

    def table(
        self,
        title: str,
        explanation: str,
        columns: Sequence[PageColumn],
        n_rows: int,
        n_totals: int = 0,
        remark: Formula | None = None,
    ) -> TableAt:
        """Reserve a table of ``n_rows`` rows, the last ``n_totals`` of which are totals; ``remark``: a live line of the
        explanation."""
        lines: list[str | Formula] = [*(textwrap.wrap(explanation, LINE_LENGTH) or [""])]
        lines += [remark] if remark is not None else []
        at = TableAt(self.name, title, lines, columns, self.row, n_rows, n_totals)
        self.tables.append(at)
        for number, column in enumerate(columns):
            while len(self.widths) <= number:
                self.widths.append([])
            self.widths[number].append(column.wanted_width)
        self.row = at.last_row + 3
        return at

    def filled(
        self, title: str, explanation: str, columns: Sequence[PageColumn], rows: Sequence[Sequence[Any]], n_totals: int = 0
    ) -> TableAt:
        """A table whose rows do not depend on its place."""
        at = self.table(title, explanation, columns, len(rows), n_totals)
        at.rows = list(rows)
        return at

    def charts(self, charts: Sequence[Chart], width: int = 600, height: int = 340) -> None:
        """Charts side by side, with room below them."""
        self.place(self.room(height), charts, width, height)

    def room(self, height: int) -> int:
        """Leave room for a chart of a height in pixels; returns its row, for charts of tables that come later."""
        row = self.row
        self.row += math.ceil(height / PIXELS_PER_ROW) + 2
        first = self.heading_row if self.heading_row >= row - NEAR else row - 1
        self.charts_at.append(ChartsAt(first, self.row - 1))
        return row

    def place(self, row: int, charts: Sequence[Chart], width: int, height: int) -> None:
        """Charts side by side from a row on."""
        for number, chart in enumerate(charts):
            chart.set_size({"width": width, "height": height})
            place = {"x_offset": 4 + number * (width + 12), "object_position": 2, "description": chart_words(chart)}
            self.sheet.insert_chart(row, 0, chart, place)

    def freeze(self, table: TableAt, key_columns: int = 1) -> None:
        """Keep the header of a table and its first columns in view, and repeat the header on every printed page."""
        self.header_frozen, self.key_columns = table, key_columns

    # ---- writing -------------------------------------------------------------------------------------------------

    def close(self, widths: Sequence[float] = (), most_pages: int | None = None) -> None:
        """Write title, tables, widths and print set-up; ``widths`` replaces those of the first columns. Printed on at most
        ``most_pages`` pages where that is given: smaller where it must be."""
        final = [_width(options, self.widest_shared) for options in self.widths]
        final[: len(widths)] = widths
        for number, width in enumerate(final):
            self.sheet.set_column(number, number, width)
        write_top(self.report, self.sheet, self.title, self.entry.purpose)
        if not self.tables:
            self.paragraph(NOTHING, italic=True, font_color=GREY)
        for prose in self.proses:
            self._write_prose(prose, final)
        for table in self.tables:
            self._write_table(table, final)
        if self.header_frozen is not None:
            self.sheet.freeze_panes(self.header_frozen.first_row, self.key_columns)
            self.sheet.repeat_rows(self.header_frozen.header_row)
        else:
            self.sheet.freeze_panes(3, 0)
            self.sheet.repeat_rows(0, 1)
        self._set_up_print(final, most_pages)

    def _set_up_print(self, widths: Sequence[float], most_pages: int | None) -> None:
        """One page wide, on paper large enough to be read; tables and charts are parted only where they must be."""
        missing = max((_beyond(table, widths) for table in self.tables), default=0)
        missing = max(0, min(missing, math.floor((WIDEST_PRINTED - sum(widths)) / DEFAULT_WIDTH)))
        missing = max(missing, math.ceil((LEAST_WIDTH - sum(widths)) / DEFAULT_WIDTH))
        printed = [*widths, *[DEFAULT_WIDTH] * missing]
        self.sheet.print_area(0, 0, max(self.row, 5), max(len(printed) - 1, 0))
        page = PrintedPage("A3" if sum(printed) > A3_FROM_WIDTH else "A4", self.orientation)
        if most_pages is None and self.entry.printed:
            height = sum(self.heights.get(row, DEFAULT_HEIGHT) for row in range(self.row + 1))
            page = fitting_page(printed, height)
            most_pages = 1 if page.pages(printed, height) == 1 else None
        finish(self.report, self.sheet, self.entry.sheet_class, page.paper, page.orientation)
        stretches: list[Stretch] = [*self.tables, *self.charts_at]
        blocks = sorted(stretches, key=lambda block: block.title_row)
        if most_pages is not None:
            self.sheet.fit_to_pages(1, most_pages)
        elif blocks:
            capacity = page.capacity(printed) - REPEATED_HEIGHT
            self.sheet.set_h_pagebreaks(page_breaks(blocks, self.heights, capacity))

    def _set_height(self, row: int, height: float) -> None:
        self.sheet.set_row(row, height)
        self.heights[row] = height

    def _write_prose(self, prose: Prose, widths: Sequence[float]) -> None:
        """A paragraph over as many columns as are pleasant to read; a formula has room for one more line."""
        columns, across = 0, 0.0
        while columns < 2 or across < LEAST_WIDTH or (columns < len(widths) and across + widths[columns] <= WIDEST_PROSE):
            across += widths[columns] if columns < len(widths) else DEFAULT_WIDTH
            columns += 1
        style = self.styles.make(**prose.look)
        live = isinstance(prose.text, Formula)
        words = str(prose.text.value) if isinstance(prose.text, Formula) else prose.text
        self.sheet.merge_range(prose.row, 0, prose.row, columns - 1, "", style)
        if isinstance(prose.text, Formula):
            text = on_sheet(prose.text.text, prefix_of(self.name))
            self.sheet.write_formula(prose.row, 0, f"={text}", style, words)
        else:
            self.sheet.write_string(prose.row, 0, words, style)
        size = float(prose.look.get("font_size", FONT_SIZE)) / FONT_SIZE * (BOLD if prose.look.get("bold") else 1.0)
        lines = lines_needed(words, across / size) + (live and len(words) > SHORT_PROSE)
        self._set_height(prose.row, row_height(lines) * float(prose.look.get("font_size", FONT_SIZE)) / FONT_SIZE)

    def _write_table(self, at: TableAt, widths: Sequence[float]) -> None:
        if len(at.rows) != at.n_rows:
            raise ValueError(f"'{at.title}' on {self.name} holds {len(at.rows)} rows, not {at.n_rows}")
        sheet, styles = self.sheet, self.styles
        self._set_height(at.title_row, 20)
        sheet.write_string(at.title_row, 0, at.title, styles.table_title)
        for number in range(1, len(at.columns)):
            sheet.write_blank(at.title_row, number, None, styles.title_line)
        for number, line in enumerate(at.lines):
            self._write_line(at.title_row + 1 + number, line)
        lines = 1
        marks = [_mark([row[n] for row in at.rows], self.entry.sheet_class) for n in range(len(at.columns))]
        if any("S" in mark for mark in marks):
            self.report.stored_tables.append((self.name, at.title))
            marks[0] = self._whose(marks[0])
        for number, (column, mark) in enumerate(zip(at.columns, marks, strict=True)):
            right = number > 0 and column.kind not in WORDS
            if mark:
                hint = styles.make(italic=True, font_size=8, font_color=GREY, align="right" if right else "left")
                sheet.write_string(at.header_row - 1, number, mark, hint)
            sheet.write_string(at.header_row, number, column.header, header_style(styles, right))
            lines = max(lines, lines_needed(column.header, widths[number] * 0.88))
            if column.kind == "chance" and at.n_rows:
                mark_chances(self.report, sheet, number, at.first_row, at.last_row)
        self._set_height(at.header_row, max(20.0, row_height(lines)))
        for position, row in enumerate(at.rows):
            self._write_row(at, position, row, widths)

    def _write_line(self, row: int, line: str | Formula) -> None:
        style = self.styles.explanation
        if isinstance(line, Formula):
            self.sheet.write_formula(row, 0, f"={line.text}", style, line.value)
        else:
            self.sheet.write_string(row, 0, line, style)

    def _whose(self, mark: str) -> str:
        """The mark above the first column of a table of stored values: which run they are of."""
        run = self.report.run_words[:1].lower() + self.report.run_words[1:]
        return " ".join(part for part in (mark, f"[S] of {run}" if run else "") if part)

    def _write_row(self, at: TableAt, position: int, row: Sequence[Any], widths: Sequence[float]) -> None:
        lines = 1
        bold = position >= at.n_rows - at.n_totals
        for number, (column, value) in enumerate(zip(at.columns, row, strict=True)):
            write_cell(self.report, self.sheet, at.first_row + position, number, value, column.kind, bold, self.fill)
            shown = value.value if isinstance(value, As) else value
            if column.kind == "note" and isinstance(shown, Formula):
                shown = shown.value
            lines = max(lines, 1 if column.kind == "free" else lines_needed(shown, widths[number]))
        self._set_height(at.first_row + position, row_height(lines))


def _mark(cells: Sequence[Any], sheet_class: str) -> str:
    """The letter above a header: C calculation or O result by a formula, S stored value; nothing above words."""
    values = [c.value if isinstance(c, As) else c for c in cells]
    live = any(isinstance(v, Formula) for v in values)
    stored = any(isinstance(v, int | float) and not (isinstance(v, float) and math.isnan(v)) for v in values)
    letter = "C" if sheet_class == "C" else "O"
    return {(True, False): f"[{letter}]", (False, True): "[S]", (True, True): f"[{letter}, S]"}.get((live, stored), "")


def _width(options: Sequence[float], widest: float) -> float:
    """A wide text gives way, down to ``widest``, where another table has a narrow column at the same place."""
    narrow = [w for w in options if w < 40]
    return max([*narrow, min(max(options), widest)]) if narrow else max(options)


def _beyond(table: TableAt, widths: Sequence[float]) -> int:
    """Columns that words which run on need to the right of the last column."""
    missing = 0.0
    for row in table.rows:
        for number, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            value, kind = (cell.value, cell.kind) if isinstance(cell, As) else (cell, column.kind)
            if kind != "free":
                continue
            words = value.value if isinstance(value, Formula) else value
            if isinstance(words, str):
                missing = max(missing, width_for(pixels(words)) - sum(widths[number:]))
    return math.ceil(missing / DEFAULT_WIDTH)
