"""The cover: what the model is about, how to use the workbook, the colour key and the contents."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from model.definition.model_definition import ModelDefinition
from model.excel.inputs.layout import Layout
from model.excel.inputs.schema import SHEETS
from model.excel.inputs.sheet_writer import SheetWriter
from model.excel.inputs.table_specs import SheetSpec
from model.excel.pages.measures import lines_needed, row_height
from model.excel.pages.styles import HEADER, TAB_CONTROL, Styles

STEPS = (
    ("1  Save a copy", "Change only yellow cells with blue type; pick from the list where a cell offers one."),
    ("2  Go through the sheets", "From left to right. Select a cell, or rest on a header, to read what it takes."),
    (
        "3  Add or remove rows",
        "Use the empty rows under a table; for more, insert whole rows there before you paste. To remove a row, clear or "
        "delete it. Extra columns, notes and blank rows do no harm; headers must keep their words.",
    ),
    ("4  Give the source", "Every value has its source and quality mark; the notes say how it was obtained."),
    (
        "5  Run the model",
        "On the saved file: python run_model.py FILE. Every input that cannot be used is listed with its sheet and "
        "cell, and nothing is calculated until all are right.",
    ),
)


@dataclasses.dataclass(frozen=True)
class FurtherSheet:
    """A line of the contents: name, purpose and class (I input, C calculation, O output, K control)."""

    name: str
    purpose: str
    sheet_class: str = "O"


def write_cover(
    sheet: Worksheet,
    spec: SheetSpec,
    definition: ModelDefinition,
    layout: Layout,
    styles: Styles,
    further_sheets: Sequence[FurtherSheet] = (),
) -> None:
    """Write the cover; ``further_sheets`` stand in the contents in the place of the input sheets: where all are listed."""
    writer = SheetWriter(sheet, spec, definition, layout, styles)
    writer.write()
    place = layout.tables["about"]
    title = f"=B{place.first_row + 1}" + ("" if definition.about.title else '&""')  # of a starter: no 0 for an empty cell
    sheet.write_formula(0, 0, title, styles.title, definition.about.title)
    how_to, key, contents = spec.other_titles
    row = place.last_row + 2
    row = _section(sheet, styles, row, how_to)
    for step, text in STEPS:
        row = _line(sheet, row, step, styles.make(bold=True, font_color=HEADER), text, styles, writer.widths[1])
    row = _section(sheet, styles, row + 1, key)
    for word, style, text in (
        (
            "I   Input",
            styles.input("", align="left"),
            "The analyst may change it; the small line above a header marks such columns with I",
        ),
        ("Note", styles.plain("", align="left"), "Id, name, source or note: it names or documents an input"),
        ("C   Calculation", styles.calculation("", "left"), "Filled by a formula; do not type over it"),
        ("O   Output", styles.output("", "left"), "A result"),
        ("Header", styles.header("required"), "Column that must be filled"),
        ("Header", styles.header("optional"), "Column that may be left empty, or has a default"),
        ("Header", styles.header("derived"), "Column that is filled by a formula"),
    ):
        row = _line(sheet, row, word, style, text, styles, writer.widths[1])
    row = _section(sheet, styles, row + 1, contents)
    for entry in further_sheets or [FurtherSheet(s.name, s.purpose, "I") for s in SHEETS[1:]]:
        text = f"{entry.sheet_class}   {entry.purpose}"
        sheet.write_url(row, 0, f"internal:'{entry.name}'!A1", styles.link, entry.name)
        row = _line(sheet, row, "", None, text, styles, writer.widths[1])
    sheet.set_portrait()
    sheet.fit_to_pages(1, 1)
    sheet.print_area(0, 0, row, len(writer.widths) - 1)
    sheet.set_tab_color(TAB_CONTROL)


def _line(sheet: Worksheet, row: int, word: str, style: Format | None, text: str, styles: Styles, width: float) -> int:
    """A word and what is said of it; returns the next row."""
    if style is not None:
        sheet.write_string(row, 0, word, style)
    sheet.write_string(row, 1, text, styles.make(text_wrap=True, align="left", indent=1))
    sheet.set_row(row, row_height(lines_needed(text, width)))
    return row + 1


def _section(sheet: Worksheet, styles: Styles, row: int, title: str) -> int:
    sheet.set_row(row, 20)
    sheet.write_string(row, 0, title, styles.table_title)
    for column in (1, 2):
        sheet.write_blank(row, column, None, styles.title_line)
    return row + 1
