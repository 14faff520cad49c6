"""Cells of report sheets: what may stand in one, in which format, and the frame of a sheet around them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname
from xlsxwriter.worksheet import Worksheet

from model.excel.formulas.formula import Formula, on_sheet
from model.excel.pages.desk import Desk
from model.excel.pages.styles import DARK, INPUT_FILL, INPUT_FONT, LINE, OUTPUT_FILL, TAB_CONTROL, TAB_INPUT, set_up_page

FORMATS: Mapping[str, str] = {
    "text": "",
    "note": "",
    "free": "",
    "money": "#,##0",
    "price": "#,##0.00",
    "years": "0.000",
    "qalys": "0.000",
    "share": "0.0%",
    "chance": "0.0%",
    "gain": "[>=0.0005]0.000;[<=-0.0005]-0.000;General",
    "extra": "[>=0.5]#,##0;[<=-0.5]-#,##0;General",
    "change": "+0.0%;-0.0%;0.0%",
    "months": "0.0",
    "count": "#,##0",
    "value": "#,##0.00##",
    "ratio": "0.000",
    "area": "0.00",
    "factor": "0.0000",
    "multiple": '[>=1000000000]"none";[<=-1000000000]"none";0.0000',
    "year": "0.0",
    "small": "0.000000",
    "plain": "0",
    "member": "[>=0.005]#,##0.0000;[<=-0.005]-#,##0.0000;General",
    "place": '0;-0;"none"',
    "any": "General",
    "tiny": "0.0E+00",
}
WORDS = ("text", "note", "free")
THOUSAND, VERY_LARGE, VERY_SMALL, SHORT_DECIMALS = 1e3, 1e10, 1e-4, 4
NOTHING = "Nothing to calculate here: the inputs list none."
WIDTHS = {"text": 26.0, "note": 60.0}
TAB_COLOURS = {"O": "#5B9A68", "C": "#9CA3AF", "I": TAB_INPUT, "K": TAB_CONTROL}


@dataclasses.dataclass(frozen=True)
class As:
    """A value that is shown in another way than the rest of its column; ``kind`` is a key of FORMATS."""

    value: Any
    kind: str


@dataclasses.dataclass(frozen=True)
class Typed:
    """A cell that the reader fills, in the colours of an input; it belongs to no input table."""

    value: float | None = None
    kind: str = "any"


@dataclasses.dataclass(frozen=True)
class Link:
    """A link to a cell of this workbook."""

    target: str
    text: str


@dataclasses.dataclass(frozen=True)
class PageColumn:
    """A column of a report table; ``kind`` is a key of FORMATS and gives number format and width."""

    header: str
    kind: str = "money"
    width: float = 0.0

    @property
    def wanted_width(self) -> float:
        return self.width or WIDTHS.get(self.kind, 16.0)


@cache
def prefix_of(sheet: str) -> str:
    """How formulas name a sheet: ``'Trace control'!``."""
    return f"{quote_sheetname(sheet)}!"


def write_cell(
    report: Desk, sheet: Worksheet, row: int, column: int, value: Any, kind: str, bold: bool = False, fill: str = OUTPUT_FILL
) -> None:
    """One cell: a live formula, a stored number, a text, a link, or nothing for None and nan."""
    typed = isinstance(value, Typed)
    if isinstance(value, As | Typed):
        value, kind = value.value, value.kind
    if isinstance(value, Link):
        sheet.write_url(row, column, f"internal:{value.target}", report.styles.link, value.text)
        return
    live, text = isinstance(value, Formula), isinstance(value, str)
    number_format = readable_format(value) if kind == "any" else FORMATS[kind]
    wrapped = text or kind == "note" or (kind == "any" and _is_sentence(value))
    to_the_left = column == 0 or not number_format
    look = ("" if text else number_format, to_the_left, wrapped, typed, bold, fill if live else "", kind == "free")
    style = report.styles.of_look(_properties, look)
    if live:
        formula = on_sheet(value.text, prefix_of(sheet.get_name()))
        sheet.write_formula(row, column, "=" + formula, style, stored(value.value))
    elif value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        sheet.write_blank(row, column, None, style)
    elif text:
        sheet.write_string(row, column, value, style)
    elif math.isinf(value):
        sheet.write_string(row, column, "infinite", report.styles.make(**_properties(*look) | {"align": "right"}))
    else:
        sheet.write_number(row, column, value if kind in ("any", "tiny") else clean(value), style)


def _properties(
    number_format: str, to_the_left: bool, wrapped: bool, typed: bool, bold: bool, fill: str, runs_on: bool
) -> dict[str, Any]:
    """The look of a cell as XlsxWriter takes it."""
    if runs_on:  # over the empty cells to its right
        return {"align": "left", "indent": 1}
    properties: dict[str, Any] = {"border": 1, "border_color": LINE}
    if typed:
        properties |= {"bg_color": INPUT_FILL, "font_color": INPUT_FONT}
    if bold:
        properties |= {"bold": True, "top": 2, "top_color": DARK}
    if fill:
        properties |= {"bg_color": fill}
    if number_format:
        properties["num_format"] = number_format
    properties |= {"align": "left", "indent": 1} if to_the_left else {"align": "right"}
    if wrapped:
        properties["text_wrap"] = True
    return properties


def readable_format(value: Any) -> str:
    """The format of a number of any size: as it is where it is short, else with as many digits as a reader takes in."""
    number = stored(value.value) if isinstance(value, Formula) else value
    if not isinstance(number, int | float) or not math.isfinite(number):
        return FORMATS["any"]
    size = abs(number)
    if size >= VERY_LARGE or 0 < size < VERY_SMALL:
        return FORMATS["tiny"]
    if size >= THOUSAND:
        return FORMATS["money"] if number == round(number) else FORMATS["price"]
    if round(number, SHORT_DECIMALS) == number:
        return FORMATS["any"]
    return FORMATS["factor"] if size >= 1 else FORMATS["small"]


def _is_sentence(value: Any) -> bool:
    """Words that a formula puts together, which need more than one line."""
    text = value.value if isinstance(value, Formula) else ""
    return isinstance(text, str) and " " in text


def stored(value: Any) -> Any:
    """The value of a formula as the file stores it: plain numbers, not those of an array library."""
    return value.item() if isinstance(value, np.generic) else value


def clean(value: float) -> float:
    """The number, without the rounding error of a difference that is zero."""
    return 0.0 if abs(value) < 1e-12 else value


def header_style(styles: Any, right: bool) -> Format:
    """The header of a column, to the right above numbers."""
    align = {"align": "right"} if right else {"indent": 1}
    return styles.make(
        bold=True, font_color="#FFFFFF", bg_color=DARK, text_wrap=True, valign="vcenter", border=1, border_color=LINE, **align
    )


def write_top(report: Desk, sheet: Worksheet, title: str, purpose: str) -> None:
    """Title, purpose and the link back."""
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, title, report.styles.title)
    sheet.write_string(1, 0, purpose, report.styles.purpose)
    if sheet.get_name() == report.home:
        return
    words = "← Answer" if report.home == "Answer" else "← Contents"
    sheet.write_url(2, 0, f"internal:'{report.home}'!A1", report.styles.link, words)


def finish(report: Desk, sheet: Worksheet, sheet_class: str, paper: str = "A4", orientation: str = "landscape") -> None:
    """Page set-up with sheet name, run and page number, and the colour of the tab."""
    set_up_page(sheet, report.title, paper, orientation)
    sheet.set_footer(f"&L&8&A&C&8{report.run_words}&R&8Page &P of &N")
    sheet.set_tab_color(TAB_COLOURS[sheet_class])


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a data frame by column name."""
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def rows_of_frame(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a data frame with their columns as attributes."""
    return table.itertuples(index=False)
