"""Workbooks as they are written here: numbers with all their digits, a formula of many cells once, text as text.

XlsxWriter makes them. What differs from it stands in this file, and how its parts come into one file in `packing`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from itertools import accumulate
from os import PathLike
from typing import Any, Literal

from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import CellBlankTuple, CellFormulaTuple, CellNumberTuple, CellStringTuple, Worksheet

from model.excel.formulas.cell_names import column_name, fixed_cell
from model.excel.pages.decimals import Decimals
from model.excel.pages.packing import Packing, packing_into
from model.excel.pages.styles import FONT, FONT_SIZE

ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
ROWS_OF_A_SPAN = 16
FIRST_SHARED = 16_384  # of a sheet's shared formulas; those of a block have the numbers of their columns


class SharedFormula(str):
    """The formula of a cell that is one of a column with the same formula; only the first of them holds its text."""

    number: int
    cells: str


class ExactWorksheet(Worksheet):
    """A worksheet that stores the shortest decimal that reads back as the same number (XlsxWriter rounds to 16 digits)."""

    def __init__(self) -> None:
        super().__init__()
        self._next_shared = FIRST_SHARED
        self._marks: dict[Format | None, str] = {None: ""}
        self.decimals = Decimals()
        self.on_written: Callable[[], None] = lambda: None

    def _assemble_xml_file(self) -> None:
        super()._assemble_xml_file()
        self.on_written()

    def write_column_formula(
        self, first_row: int, last_row: int, column: int, formula: str, style: Format, value: Any
    ) -> None:
        """One formula down a column, moved along as when it is copied; all its cells have the same value.

        Files with a formula written once are smaller and open sooner.
        """
        name = column_name(column)
        first, below = SharedFormula(formula), SharedFormula("=")
        for shared in (first, below):
            shared.number = self._next_shared
            shared.cells = f"{name}{first_row + 1}:{name}{last_row + 1}"
        for row in range(first_row, last_row + 1):
            self._write_formula(row, column, first if row == first_row else below, style, value)
        self._next_shared += 1

    def _write_formula(
        self, row: int, column: int, formula: str, style: Format | None = None, value: Any = 0
    ) -> Literal[0, -1, -2]:
        """As XlsxWriter does it, but for the search for functions that ask for a prefix or an array: formulas here carry the
        prefixes, and none is an array."""
        outside = self._check_dimensions(row, column)
        if not outside:
            text = formula if isinstance(formula, SharedFormula) else formula.removeprefix("=")
            self.table[row][column] = CellFormulaTuple(text, style, value)
        return -1 if outside else 0

    def write_string(self, row: int, column: int, string: str, style: Format | None = None) -> Literal[0, -1, -2]:
        """As XlsxWriter does it for a place in numbers, not in letters; so do the next ones."""
        return self._write_string(row, column, string, style)

    def write_number(self, row: int, column: int, number: float, style: Format | None = None) -> Literal[0, -1]:
        return self._write_number(row, column, number, style)

    def write_blank(self, row: int, column: int, blank: None, style: Format | None = None) -> Literal[0, -1]:
        return self._write_blank(row, column, blank, style)

    def write_formula(
        self, row: int, column: int, formula: str, style: Format | None = None, value: Any = 0
    ) -> Literal[0, -1, -2]:
        return self._write_formula(row, column, formula, style, value)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Of a rule that colours cells: it carries its prefixes already, as every formula here."""
        return formula.removeprefix("=")

    def _write_rows(self) -> None:
        """As XlsxWriter does it, but for the search for cells that are not there, and for signs to be escaped in references
        and numbers, which take most of the time; kinds of cells that are rare here are left to it."""
        self._calculate_spans()
        write, marks = self.fh.write, self._marks
        for row in range(self.dim_rowmin, self.dim_rowmax + 1):
            cells, info, span = self.table.get(row), self.row_info.get(row), self.row_spans.get(row // ROWS_OF_A_SPAN)
            if cells:
                self._write_row(row, span, info)
                for column in sorted(cells):
                    cell = cells[column]
                    inside = CONTENTS.get(type(cell))
                    if inside is None:
                        self._write_cell(row, column, cell)
                        continue
                    style = cell.format or self._style_beneath(row, column)
                    write(f'<c r="{column_name(column)}{row + 1}"{marks.get(style) or self._mark_of(style)}{inside(cell)}')
                self._xml_end_tag("row")
            elif info is not None or row in self.comments:
                self._write_empty_row(row, span, info)

    def _mark_of(self, style: Format | None) -> str:
        """The format of a cell as its markup names it."""
        if style not in self._marks:
            self._marks[style] = f' s="{style._get_xf_index()}"' if style else ""
        return self._marks[style]

    def _calculate_spans(self) -> None:
        """As XlsxWriter does it, for the cells that there are in place of all that there could be."""
        ends: dict[int, tuple[int, int]] = {}
        for row, cells in self.table.items():
            if cells:
                place, first, last = row // ROWS_OF_A_SPAN, min(cells), max(cells)
                before = ends.get(place, (first, last))
                ends[place] = min(first, before[0]), max(last, before[1])
        self.row_spans = {place: f"{first + 1}:{last + 1}" for place, (first, last) in ends.items()}

    def _style_beneath(self, row: int, column: int) -> Format | None:
        """The format of a cell without its own: that of its row or of its column."""
        of_row = self.row_info[row].row_format if row in self.row_info else None
        return of_row or (self.col_info[column].column_format if column in self.col_info else None)


def _of_number(cell: Any) -> str:
    value = cell.number if isinstance(cell.number, int) else float(cell.number)
    return f"><v>{value!r}</v></c>"


def _of_formula(cell: Any) -> str:
    """What stands in the cell of a formula, from the type of its value on."""
    formula, value, kind = cell.formula, cell.value, ""
    if isinstance(value, bool):
        kind, value = ' t="b"', int(value)
    elif isinstance(value, str) and value:
        kind, value = ' t="e"' if value in ERRORS else ' t="str"', escape(value, quote=False)
    if not isinstance(formula, SharedFormula):
        return f"{kind}><f>{escape(formula, quote=False)}</f><v>{value}</v></c>"
    text = escape(formula.removeprefix("="), quote=False)
    whole = f' ref="{formula.cells}" si="{formula.number}">{text}</f>' if text else f' si="{formula.number}"/>'
    return f'{kind}><f t="shared"{whole}<v>{value}</v></c>'


CONTENTS: Mapping[type, Callable[[Any], str]] = {
    CellNumberTuple: _of_number,
    CellStringTuple: lambda cell: f' t="s"><v>{cell.string}</v></c>',
    CellFormulaTuple: _of_formula,
    CellBlankTuple: lambda cell: "/>",
}
"""What follows the reference and the format of a cell, by its kind."""


class InputWorksheet(ExactWorksheet):
    """A worksheet whose rows are stored with a height but grow when an analyst types more text into them."""

    def __init__(self) -> None:
        super().__init__()
        self.growing_rows: set[int] = set()

    def _write_row(self, row: int, *arguments: Any, **options: Any) -> None:
        self._grows = row in self.growing_rows
        super()._write_row(row, *arguments, **options)

    def _xml_start_tag_unencoded(self, tag: str, attributes: Any = ()) -> None:
        if tag == "row" and self._grows:  # a height set by hand would not follow the text
            attributes = [(name, value) for name, value in attributes if name != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)


class ExactWorkbook(Workbook):
    """A workbook of :class:`ExactWorksheet`, whose charts take names that are words as words."""

    worksheet_class = ExactWorksheet

    def __init__(self, path: str | PathLike[str], options: dict[str, Any]) -> None:
        super().__init__(io.BytesIO(), options)  # its own archive, which stays empty
        self._path = path
        self._decimals = Decimals()

    def add_worksheet(self, name: str | None = None, worksheet_class: type[Worksheet] | None = None) -> Worksheet:
        sheet = super().add_worksheet(name, worksheet_class)
        if isinstance(sheet, ExactWorksheet):
            sheet.decimals = self._decimals
        return sheet

    def _store_workbook(self) -> None:
        with packing_into(self._path) as self._packing:
            super()._store_workbook()

    def _get_packager(self) -> Packing:
        return self._packing

    def add_chart(self, options: dict[str, Any]) -> Any:
        """A chart as XlsxWriter makes it, but for the names of its series, axes and title."""
        chart = super().add_chart(options)
        if chart is not None:
            chart._process_names = _names_of  # XlsxWriter has no option for it
            chart._write_pt = partial(_write_point, chart, chart._write_pt)
        return chart


def _write_point(chart: Any, write: Callable[[int, Any], None], place: int, value: Any) -> None:
    """A value that a chart shows until it is calculated, as XlsxWriter writes it; a number needs none of its care."""
    if type(value) is float:
        chart.fh.write(f'<c:pt idx="{place}"><c:v>{value}</c:v></c:pt>')
    else:
        write(place, value)


def _names_of(name: Any, formula: str | None) -> tuple[Any, str | None]:
    """A name's text and its reference: a list ``[sheet, row, column]`` is a reference, and text never is.

    XlsxWriter would take text such as ``=Settings!A1`` or ``Phase 3! B2`` for a reference to a cell.
    """
    if isinstance(name, list):
        sheet, row, column = name
        return "", f"{quote_sheetname(sheet)}!{fixed_cell(row, column)}"
    return name, formula


def new_workbook(path: str | PathLike[str]) -> Workbook:
    """An empty workbook to be written to ``path`` when it is closed; text stays text, numbers keep all digits."""
    workbook = ExactWorkbook(
        path,
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": FONT, "font_size": FONT_SIZE, "font_scheme": "none"},
        },
    )
    workbook.set_calc_mode("auto")
    return workbook


def tell_of_sheets_written(workbook: Workbook, steps: int, done: Callable[[int], None]) -> None:
    """When the workbook is closed, ``done`` is told of ``steps`` steps in all, of each sheet as it is written by its size."""
    sheets = [sheet for sheet in workbook.worksheets() if isinstance(sheet, ExactWorksheet)]
    sizes = [1 + max(sheet.dim_rowmax or 0, 0) * max(sheet.dim_colmax or 0, 0) for sheet in sheets]
    ends = [steps * so_far // sum(sizes) for so_far in accumulate(sizes)]
    for sheet, start, end in zip(sheets, [0, *ends], ends, strict=False):
        sheet.on_written = partial(done, end - start)
