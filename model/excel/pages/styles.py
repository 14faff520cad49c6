"""The look of every workbook: one palette, and a workbook whose numbers are stored with all their digits."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from itertools import accumulate
from os import PathLike
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname, xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

FONT = "Arial"  # has the same widths wherever a workbook is opened, so that columns and rows fit their text
FONT_SIZE = 10
DARK = "#1F3864"
HEADER = "#2F5597"
HEADER_OPTIONAL = "#7F96BF"
LINE = "#BFC7D5"
GREY = "#6B7280"
INPUT_FILL = "#FFF9DB"
INPUT_FONT = "#0000C8"
CALCULATION_FILL = "#F2F2F2"
OUTPUT_FILL = "#E8F1E4"
GAP_FILL = "#F7F8FA"
TAB_INPUT = "#F2C94C"
TAB_CONTROL = "#1F3864"


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
        name = xl_col_to_name(column)
        for row in range(first_row, last_row + 1):
            shared = SharedFormula(formula if row == first_row else "=")
            shared.number = self._next_shared
            shared.cells = f"{name}{first_row + 1}:{name}{last_row + 1}"
            self.write_formula(row, column, shared, style, value)
        self._next_shared += 1

    def _xml_formula_element(self, formula: str, result: Any, attributes: Any = ()) -> None:
        if not isinstance(formula, SharedFormula):
            super()._xml_formula_element(formula, result, attributes)
            return
        own = "".join(f' {key}="{self._escape_attributes(value)}"' for key, value in attributes)
        text = self._escape_data(formula.removeprefix("="))
        whole = f' ref="{formula.cells}" si="{formula.number}">{text}</f>' if text else f' si="{formula.number}"/>'
        self.fh.write(f'<c{own}><f t="shared"{whole}<v>{self._escape_data(result)}</v></c>')

    def _xml_number_element(self, number: float, attributes: Any = ()) -> None:
        text = "".join(f' {key}="{self._escape_attributes(value)}"' for key, value in attributes)
        value = number if isinstance(number, int) else float(number)
        self.fh.write(f"<c{text}><v>{value!r}</v></c>")

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Formulas here carry the prefixes that the file format asks for; searching each for them takes most of the time."""
        return formula if isinstance(formula, SharedFormula) else formula.removeprefix("=")


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

    def add_chart(self, options: dict[str, Any]) -> Any:
        """A chart as XlsxWriter makes it, but for the names of its series, axes and title."""
        chart = super().add_chart(options)
        if chart is not None:
            chart._process_names = _names_of  # XlsxWriter has no option for it
        return chart


def _names_of(name: Any, formula: str | None) -> tuple[Any, str | None]:
    """A name's text and its reference: a list ``[sheet, row, column]`` is a reference, and text never is.

    XlsxWriter would take text such as ``=Settings!A1`` or ``Phase 3! B2`` for a reference to a cell.
    """
    if isinstance(name, list):
        sheet, row, column = name
        return "", f"{quote_sheetname(sheet)}!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"
    return name, formula


def new_workbook(path: str | PathLike[str]) -> Workbook:
    """An empty workbook to be written to ``path`` when it is closed; text stays text, numbers keep all digits.

    Its parts are collected in the folder of ``path``, where there must be room anyway, and not where the system keeps
    temporary files.
    """
    workbook = ExactWorkbook(
        str(path),
        {
            "tmpdir": os.path.dirname(path) or ".",
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


class Styles:
    """Cell formats of one workbook, each made once."""

    def __init__(self, workbook: xlsxwriter.Workbook):
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def make(self, **properties: Any) -> Format:
        """A format with these XlsxWriter properties on top of the common font."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            common = {"font_name": FONT, "font_size": FONT_SIZE, "valign": "top"}
            self._made[key] = self._workbook.add_format({**common, **properties})
        return self._made[key]

    @property
    def title(self) -> Format:
        return self.make(bold=True, font_size=16, font_color=DARK, valign="vcenter")

    @property
    def purpose(self) -> Format:
        return self.make(font_color=GREY, valign="vcenter")

    @property
    def link(self) -> Format:
        return self.make(font_color=HEADER, underline=1)

    @property
    def table_title(self) -> Format:
        return self.make(bold=True, font_size=12, font_color=DARK, bottom=2, bottom_color=HEADER)

    @property
    def title_line(self) -> Format:
        return self.make(bottom=2, bottom_color=HEADER)

    @property
    def explanation(self) -> Format:
        return self.make(italic=True, font_color=GREY, valign="vcenter")

    def hint(self, align: str = "left") -> Format:
        """The small line above a header, indented like it."""
        return self.make(italic=True, font_size=8, font_color=GREY, valign="vcenter", align=align, indent=1, text_wrap=True)

    def header(self, need: str, align: str = "left") -> Format:
        """A column header; ``need`` is "required", "optional" or "derived"."""
        fill = {"required": HEADER, "optional": HEADER_OPTIONAL, "derived": GREY}[need]
        return self.make(
            bold=True,
            font_color="#FFFFFF",
            bg_color=fill,
            text_wrap=True,
            valign="vcenter",
            align=align,
            indent=1,
            border=1,
            border_color=LINE,
        )

    @property
    def gap_header(self) -> Format:
        """Header of sheet columns that a table leaves to another one: its band runs on without a word."""
        return self.make(bg_color=HEADER_OPTIONAL, top=1, bottom=1, top_color=LINE, bottom_color=LINE, valign="vcenter")

    @property
    def gap(self) -> Format:
        """A cell below :attr:`gap_header`; it takes no entry."""
        return self.make(bg_color=GAP_FILL, top=1, bottom=1, top_color=LINE, bottom_color=LINE)

    def input(self, number_format: str = "", wrap: str = "no", align: str = "") -> Format:
        """A cell that the analyst changes; ``align`` "number" is right with room at the edge."""
        return self._cell(number_format, wrap, align, bg_color=INPUT_FILL, font_color=INPUT_FONT)

    def plain(self, number_format: str = "", wrap: str = "no", align: str = "") -> Format:
        """An id, a name or a note."""
        return self._cell(number_format, wrap, align)

    def calculation(self, number_format: str = "", align: str = "") -> Format:
        """A cell that a formula fills."""
        return self._cell(number_format, "no", align, bg_color=CALCULATION_FILL, font_color=GREY)

    def output(self, number_format: str = "", align: str = "") -> Format:
        """A result."""
        return self._cell(number_format, "no", align, bg_color=OUTPUT_FILL)

    def _cell(self, number_format: str, wrap: str, align: str, **properties: Any) -> Format:
        if align == "number":  # the room at the right is in the format: LibreOffice leaves some indents out
            number_format = f"{number_format or 'General'}_)_)"
            properties["align"] = "right"
        elif align:
            properties.update(align=align, indent=1)
        if number_format:
            properties["num_format"] = number_format
        if wrap == "wrap":
            properties["text_wrap"] = True
        return self.make(border=1, border_color=LINE, **properties)


def set_up_page(sheet: Worksheet, title: str, paper: str = "A4", orientation: str = "landscape") -> None:
    """A4 or A3, one page wide, with the model's title above and sheet and page below."""
    short = title if len(title) <= 110 else title[:107] + "..."
    if orientation == "landscape":
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    sheet.set_paper({"A4": 9, "A3": 8}[paper])
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.set_header("&L&8" + short.replace("&", "&&"))
    sheet.set_footer("&L&8&A&R&8Page &P of &N")
    sheet.hide_gridlines(2)
