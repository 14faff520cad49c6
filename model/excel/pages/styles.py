"""The look of every workbook: one palette, and its formats."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
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


class Styles:
    """Cell formats of one workbook, each made once."""

    def __init__(self, workbook: xlsxwriter.Workbook):
        self._workbook = workbook
        self._made: dict[frozenset[tuple[str, Any]], Format] = {}
        self._looks: dict[tuple[Hashable, ...], Format] = {}

    def make(self, **properties: Any) -> Format:
        """A format with these XlsxWriter properties on top of the common font."""
        key = frozenset(properties.items())
        if key not in self._made:
            common = {"font_name": FONT, "font_size": FONT_SIZE, "valign": "top"}
            self._made[key] = self._workbook.add_format({**common, **properties})
        return self._made[key]

    def of_look(self, properties: Callable[..., Mapping[str, Any]], look: tuple[Hashable, ...]) -> Format:
        """The same of the properties that a look stands for, which are worked out once."""
        if look not in self._looks:
            self._looks[look] = self.make(**properties(*look))
        return self._looks[look]

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
