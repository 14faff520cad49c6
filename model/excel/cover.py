"""The cover: what the model is about, how to use the workbook, the colour key and the contents."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from model.definition.model_definition import ModelDefinition

from .layout import Layout
from .schema import SHEETS
from .sheets import SheetWriter, lines_of, row_height
from .styles import GREY, HEADER, TAB_CONTROL, Styles
from .table_specs import SheetSpec

STEPS = (
    "Save a copy of this file. Change only yellow cells with blue type; pick from the list where a cell offers one.",
    "Work through the sheets from left to right. Select a cell, or rest on a header, to read what it takes.",
    "To add a row, use the empty rows under a table (or insert rows there); to remove one, clear or delete the row. "
    "Extra columns, notes and blank rows do no harm; headers must keep their words.",
    "Give every value its source and quality mark; write how it was obtained in the notes.",
    "Run the model on the saved file (python run_model.py run FILE). Every input that cannot be used is listed with its "
    "sheet and cell, and nothing is calculated until all are right.",
)


@dataclasses.dataclass(frozen=True)
class FurtherSheet:
    """A sheet after the inputs, for the contents: name, purpose and class (I input, C calculation, O output)."""

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
    """Write the cover; ``further_sheets`` are listed in the contents after the input sheets."""
    writer = SheetWriter(sheet, spec, definition, layout, styles)
    writer.write()
    place = layout.tables["about"]
    sheet.write_formula(0, 0, f"=B{place.first_row + 1}", styles.title, definition.about.title)
    how_to, key, contents = spec.other_titles
    row = place.last_row + 2
    row = _section(sheet, styles, row, how_to)
    for number, step in enumerate(STEPS, start=1):
        sheet.write_number(row, 0, number, styles.make(align="right", bold=True, font_color=HEADER))
        sheet.write_string(row, 1, step, styles.make(text_wrap=True))
        sheet.set_row(row, row_height(lines_of(step, writer.widths[1])))
        row += 1
    row = _section(sheet, styles, row + 1, key)
    for letter, style, text in (
        (
            "I",
            styles.input(),
            "Input: the analyst may change it; the small line above a header marks such columns with I",
        ),
        ("", styles.plain(), "Id, name, source or note: plain; it names or documents an input"),
        ("C", styles.calculation(), "Calculation: filled by a formula; do not type over it"),
        ("O", styles.output(), "Output: a result"),
    ):
        sheet.write_string(row, 0, letter, style)
        sheet.write_string(row, 1, text, styles.make())
        row += 1
    for need, text in (
        ("required", "Header of a column that must be filled"),
        ("optional", "Header of a column that may be left empty, or has a default"),
    ):
        sheet.write_string(row, 0, "Header", styles.header(need))
        sheet.write_string(row, 1, text, styles.make())
        row += 1
    row = _section(sheet, styles, row + 1, contents)
    listed = [FurtherSheet(s.name, s.purpose, "I") for s in SHEETS[1:]]
    for entry in [*listed, *further_sheets]:
        words = {"I": "I: inputs", "C": "C: calculation", "O": "O: results"}[entry.sheet_class]
        sheet.write_url(row, 0, f"internal:'{entry.name}'!A1", styles.link, entry.name)
        sheet.write_string(row, 1, entry.purpose, styles.make(text_wrap=True))
        sheet.write_string(row, 2, words, styles.make(font_color=GREY))
        sheet.set_row(row, row_height(lines_of(entry.purpose, writer.widths[1])))
        row += 1
    sheet.fit_to_pages(1, 1)
    sheet.print_area(0, 0, row, len(writer.widths) - 1)
    sheet.set_tab_color(TAB_CONTROL)


def _section(sheet: Worksheet, styles: Styles, row: int, title: str) -> int:
    sheet.set_row(row, 20)
    sheet.write_string(row, 0, title, styles.table_title)
    for column in (1, 2):
        sheet.write_blank(row, column, None, styles.title_line)
    return row + 1
