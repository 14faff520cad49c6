"""Writing one input sheet: its title, its tables with headers, hints, comments, drop-downs and spare rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.columns import Column
from model.definition.records.settings import Provenance
from model.excel.formulas.functions import DECIMAL_SIGN
from model.excel.inputs.entry_rules import allowed_words, apply_rule, hint
from model.excel.inputs.layout import Control, Layout, TablePlace
from model.excel.inputs.number_formats import TableFormats
from model.excel.inputs.table_specs import INPUT_ID, INPUT_ID_HELP, FieldsSpec, SheetColumn, SheetSpec, TableSpec, headers_of
from model.excel.inputs.widths import HINT_SIZE, column_widths
from model.excel.pages.measures import BOLD, lines_needed, row_height
from model.excel.pages.paper import DEFAULT_HEIGHT, DEFAULT_WIDTH, fitting_page, last_printed_column, page_breaks
from model.excel.pages.styles import INPUT_FILL, LINE, TAB_INPUT, Styles, set_up_page
from model.excel.pages.workbook import InputWorksheet

SMALLER_FROM_WIDTH, SMALLER_ZOOM = 200.0, 90
WIDE = 40.0
SETTING_TEXT = {"Setting": "label", "Unit": "unit", "Allowed": "allowed", "What it does": "help"}


class SheetWriter:
    """Writes the tables of one sheet where the layout says they stand."""

    def __init__(self, sheet: Worksheet, spec: SheetSpec, definition: ModelDefinition, layout: Layout, styles: Styles):
        self.sheet, self.spec, self.definition = sheet, spec, definition
        self.layout, self.styles = layout, styles
        self.places = [layout.tables[table.name] for table in spec.tables]
        self.widths = column_widths(self.places, definition)
        self.heights: dict[int, float] = {}
        self.word_lists: dict[tuple[str, ...], str] = {}

    def write(self, controls: Mapping[str, Control] | None = None) -> None:
        """Title, tables, widths, frozen panes and print set-up."""
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, width)
        self.write_top(self.spec.title, self.spec.purpose)
        for place in self.places:
            self.write_table(place, controls or {})
        self._set_panes()
        last = self.places[-1]
        self.sheet.ignore_errors({"number_stored_as_text": f"A1:{xl_rowcol_to_cell(last.last_row + 200, 30)}"})
        self.sheet.set_tab_color(TAB_INPUT)
        if sum(self.widths) > SMALLER_FROM_WIDTH:
            self.sheet.set_zoom(SMALLER_ZOOM)
        self._set_up_print(last.last_printed_row)

    def _set_up_print(self, last_row: int) -> None:
        """One page wide; the tables start new pages where that takes no more of them."""
        height = sum(self.heights.get(row, DEFAULT_HEIGHT) for row in range(last_row + 1))
        own = self.widths[: self._columns_on_paper()]
        last_column = last_printed_column(own, self._texts_above())
        if last_column >= len(own):  # the lines above need the room anyway
            own, last_column = self.widths, last_printed_column(self.widths, self._texts_above())
        widths = [*own, *[DEFAULT_WIDTH] * (last_column + 1 - len(own))]
        self.sheet.print_area(0, 0, last_row, last_column)
        page = fitting_page(widths, height)
        capacity = page.capacity(widths)
        set_up_page(self.sheet, self.definition.about.title, page.paper, page.orientation)
        pages, breaks = page.pages(widths, height), page_breaks(self.places, self.heights, capacity)
        self.sheet.fit_to_pages(1, pages)
        if breaks and len(breaks) < pages:
            self.sheet.set_h_pagebreaks(breaks)

    def _columns_on_paper(self) -> int:
        """All but the input ids, by which only the program knows a row: they follow from its first columns."""
        headers = [place.headers for place in self.places]
        most = max(map(len, headers))
        return most - all(h[-1] == INPUT_ID for h in headers if len(h) == most)

    def _texts_above(self) -> list[str]:
        """Lines that run on over the columns to their right."""
        return [self.spec.purpose, *(place.spec.explanation for place in self.places)]

    def _set_panes(self) -> None:
        """Headers of a single table stay in view, and on each page; of several tables, title and first keys do."""
        keys = min(_leading_keys(place) for place in self.places)
        first = self.places[0]
        if len(self.places) == 1 and isinstance(first.spec, TableSpec):
            self.sheet.freeze_panes(first.header_row + 1, keys)
            self.sheet.repeat_rows(first.header_row)
        else:
            self.sheet.freeze_panes(2, keys)

    def write_top(self, title: str, purpose: str) -> None:
        self._set_height(0, 26)
        self.sheet.write_string(0, 0, title, self.styles.title)
        self.sheet.write_string(1, 0, purpose, self.styles.purpose)
        if self.spec.name != "Cover":
            self.sheet.write_url(2, 0, "internal:Cover!A1", self.styles.link, "← Cover")

    def write_table(self, place: TablePlace, controls: Mapping[str, Control]) -> None:
        self._set_height(place.title_row, 20)
        self.sheet.write_string(place.title_row, 0, place.spec.title, self.styles.table_title)
        for column in range(1, len(place.headers)):
            self.sheet.write_blank(place.title_row, column, None, self.styles.title_line)
        self._set_height(place.title_row + 1, 19)
        self.sheet.write_string(place.title_row + 1, 0, place.spec.explanation, self.styles.explanation)
        self._write_gaps(place)
        if isinstance(place.spec, TableSpec):
            self._write_records(place, place.spec)
        else:
            self._write_fields(place, place.spec, controls)

    def _write_gaps(self, place: TablePlace) -> None:
        """The columns that the table leaves to another one: without a word, so that the reader passes them by."""
        for column in place.gaps:
            self.sheet.write_blank(place.header_row, column, None, self.styles.gap_header)
            for row in range(place.first_row, place.last_row + 1):
                self.sheet.write_blank(row, column, None, self.styles.gap)

    def _size_headers(self, place: TablePlace, hints: Mapping[int, str]) -> None:
        """Rows of the hints and of the headers."""
        above = max((lines_needed(text, self.widths[n] / HINT_SIZE) for n, text in hints.items()), default=1)
        self._set_height(place.header_row - 1, 5.0 + 11.0 * above)
        lines = max(lines_needed(header, self.widths[n] / BOLD) for n, header in enumerate(place.headers))
        self._set_height(place.header_row, max(24.0, 9.0 + 13.0 * lines))

    def _cells_of(self, words: tuple[str, ...]) -> str:
        """The cells with the words of a long drop-down, to the right of the tables."""
        if words not in self.word_lists:
            column = len(self.widths) + 1 + len(self.word_lists)
            self.sheet.write_column(0, column, words, self.styles.explanation)
            self.word_lists[words] = xl_range_abs(0, column, len(words) - 1, column)
        return self.word_lists[words]

    def _set_height(self, row: int, height: float) -> None:
        self.heights[row] = height
        self.sheet.set_row(row, height)

    def _set_record_row(self, row: int, lines: int) -> None:
        self._set_height(row, row_height(lines))
        if isinstance(self.sheet, InputWorksheet):
            self.sheet.growing_rows.add(row)

    # ---- tables of records ---------------------------------------------------------------------------------------

    def _write_records(self, place: TablePlace, spec: TableSpec) -> None:
        hints = {}
        for column in spec.columns:
            number = place.column(column.field)
            hints[number] = self._write_header(place, number, column.column, column.editable)
            rule = self._with_ids(column.column)
            apply_rule(self.sheet, rule, place.first_row, place.last_row, number, self._cells_of)
        if spec.has_input_ids:
            self._write_id_header(place)
        self._size_headers(place, hints)
        existing = self.definition.table(spec.name)
        formats = TableFormats(spec, existing, self.definition.settings.currency)
        for position, record in enumerate([*existing, *[None] * place.n_spare]):
            self._write_record(place, spec, formats, place.first_row + position, record)

    def _with_ids(self, column: Column) -> Column:
        """A column whose cells take a word or an id, with the ids that are listed among its words."""
        if not (column.choices and column.refers_to):
            return column
        listed = (record.id for record in self.definition.table(column.refers_to))
        return dataclasses.replace(column, choices=tuple(dict.fromkeys((*column.choices, *listed))))

    def _write_record(self, place: TablePlace, spec: TableSpec, formats: TableFormats, row: int, record: Any) -> None:
        lines = 1
        for column in spec.columns:
            number = place.column(column.field)
            holder = record if not column.in_block or record is None else record.parameter
            value = None if holder is None else getattr(holder, column.field)
            cell_format = self._format(column, value, formats.of(column, record))
            self.write_value(row, number, column.column, value, cell_format)
            lines = max(lines, lines_needed(value, self.widths[number]) if wraps(column.column) else 1)
        if spec.has_input_ids:
            text = "" if record is None else address_of(spec.name, record)
            self.sheet.write_formula(
                row, place.column("input_id"), input_id_formula(place, row), self.styles.calculation("", "left"), text
            )
        self._set_record_row(row, lines)

    def _format(self, column: SheetColumn, value: Any, number_format: str) -> Any:
        spec = column.column
        wrap = "wrap" if wraps(spec) else "no"
        align = "number" if is_number(spec) else "left"
        number_format = number_format or ("@" if keeps_text(spec) else "")
        if not column.editable:
            return self.styles.plain(number_format, wrap, align)
        if spec.kind == "colour" and isinstance(value, str):
            return self.styles.make(
                border=1, border_color=LINE, bold=True, align="left", indent=1, bg_color=INPUT_FILL, font_color=value
            )
        return self.styles.input(number_format, wrap, align)

    # ---- key-and-value tables ------------------------------------------------------------------------------------

    def _write_fields(self, place: TablePlace, spec: FieldsSpec, controls: Mapping[str, Control]) -> None:
        for header in headers_of(spec):
            need = "required" if header in (spec.label_header, spec.value_header) else "optional"
            self.sheet.write_string(place.header_row, place.column_of(header), header, self.styles.header(need))
        if INPUT_ID in place.headers:
            self._write_id_header(place)
        self._write_hint(place, place.column_of(spec.value_header), "I")
        self._size_headers(place, {})
        record = getattr(self.definition, spec.name)
        rows: list[tuple[str, Column, Any]] = [(n, c, getattr(record, n)) for n, c in spec.fields.items()]
        if spec.name == "settings":
            rows += [(name, column, value) for name, (column, value) in controls.items()]
        for position, (name, column, value) in enumerate(rows):
            self._write_field(place, spec, place.first_row + position, name, column, value)

    def _write_field(self, place: TablePlace, spec: FieldsSpec, row: int, name: str, column: Column, value: Any) -> None:
        words = {"label": column.header, "unit": column.unit, "allowed": allowed_words(column), "help": column.help}
        if column.refers_to:
            words["allowed"] = f"an id of the sheet {column.refers_to.capitalize()}"
        texts = {"About": column.header, "What to write": column.help}
        texts.update({header: words[word] for header, word in SETTING_TEXT.items()})
        source = self.definition.provenance.get(name) if spec.provenance else None
        lines = 1
        for header in headers_of(spec):
            number = place.column_of(header)
            if header == spec.value_header:
                text_format = "@" if spec.name == "settings" and column.kind in ("text", "id", "date") else ""
                cell_format = self.styles.input(column.number_format or text_format, "wrap", "left")
                self.write_value(row, number, column, value, cell_format)
                apply_rule(self.sheet, column, row, row, number, self._cells_of)
                lines = max(lines, lines_needed(value, self.widths[number]))
                continue
            text = texts.get(header, "") if header in texts else provenance_text(spec, header, source)
            self.write_value(row, number, _TEXT, text, self.styles.plain("", "wrap", "left"))
            lines = max(lines, lines_needed(text, self.widths[number]))
        for part, rule in spec.provenance.items():
            if part == "quality":
                apply_rule(self.sheet, rule, row, row, place.column_of(rule.header), self._cells_of)
        if INPUT_ID in place.headers:
            known = f"settings.{name}" in self.layout.cells
            self.sheet.write_string(
                row, place.column("input_id"), f"settings.{name}" if known else "", self.styles.calculation("", "left")
            )
        self._set_record_row(row, lines)

    # ---- cells ---------------------------------------------------------------------------------------------------

    def _write_header(self, place: TablePlace, number: int, column: Column, editable: bool) -> str:
        """Header, comment and the hint above, which is returned."""
        need = "required" if column.required and column.default is None else "optional"
        style = self.styles.header(need, "right" if is_number(column) else "left")
        self.sheet.write_string(place.header_row, number, column.header, style)
        self._write_comment(place.header_row, number, comment_of(column))
        words = " · ".join(part for part in ("I" if editable else "", hint(column).strip("[]")) if part)
        return self._write_hint(place, number, words, "right" if is_number(column) else "left")

    def _write_hint(self, place: TablePlace, number: int, words: str, align: str = "left") -> str:
        if not words:
            return ""
        self.sheet.write_string(place.header_row - 1, number, f"[{words}]", self.styles.hint(align))
        return f"[{words}]"

    def _write_id_header(self, place: TablePlace) -> None:
        number = place.column("input_id")
        self.sheet.write_string(place.header_row, number, INPUT_ID, self.styles.header("derived"))
        self._write_hint(place, number, "C")
        self._write_comment(place.header_row, number, INPUT_ID_HELP)

    def _write_comment(self, row: int, column: int, text: str) -> None:
        height = 22 + 15 * lines_needed(text, 44)
        self.sheet.write_comment(row, column, text, {"width": 300, "height": height, "font_size": 9})

    def write_value(self, row: int, column: int, spec: Column, value: Any, cell_format: Any) -> None:
        """One input value, as the reader will find it."""
        value = cell_content(spec, value)
        if value is None:
            self.sheet.write_blank(row, column, None, cell_format)
        elif isinstance(value, bool):
            self.sheet.write_boolean(row, column, value, cell_format)
        elif isinstance(value, str):
            if self.sheet.write_string(row, column, value, cell_format) != 0:
                raise ValueError(f"'{value[:40]}...' is too long for a cell (32,767 characters)")
        else:
            self.sheet.write_number(row, column, value, cell_format)


_TEXT = Column("", "text", "")


def cell_content(spec: Column, value: Any) -> Any:
    """What a cell holds of an input value: a number, a text, or None where it is empty."""
    if spec.kind == "yes_no" and isinstance(value, bool):
        return "yes" if value else "no"
    return None if value == "" else value


def _leading_keys(place: TablePlace) -> int:
    """How many columns from A on hold keys, so that they may stay in view; 1 for a key-and-value table."""
    if isinstance(place.spec, FieldsSpec):
        return 1
    keys = {place.column(c.field) for c in place.spec.columns if c.key}
    return next(number for number in range(len(place.headers) + 1) if number not in keys)


def provenance_text(spec: FieldsSpec, header: str, source: Provenance | None) -> str:
    part = next((name for name, column in spec.provenance.items() if column.header == header), "")
    return getattr(source, part) if source and part else ""


def input_id_formula(place: TablePlace, row: int) -> str:
    """The address of the row's record as a formula of its key cells, so that a new row shows its own."""
    assert isinstance(place.spec, TableSpec)
    keys = [c for c in place.spec.columns if c.key]
    cells = [xl_rowcol_to_cell(row, place.column(c.field), col_abs=True) for c in keys]
    formula = f'=IF({cells[0]}="","","{place.spec.name}."&{_in_words(cells[0], keys[0].column)}'
    for cell, key in zip(cells[1:], keys[1:], strict=True):
        words = _in_words(cell, key.column)
        formula += f'&"."&{words}' if key.column.required else f'&IF({cell}="","","."&{words})'
    return formula + ")"


def _in_words(cell: str, column: Column) -> str:
    """A key cell within an id: a number has a decimal point there, also where the reader's locale writes a comma."""
    return f'SUBSTITUTE({cell},{DECIMAL_SIGN},".")' if column.kind == "number" else cell


def comment_of(column: Column) -> str:
    """What a header's comment says: help, what is allowed, and what an empty cell means."""
    help_text = column.help or column.header
    if column.choices:
        help_text = help_text.replace("; ", "\n")
    else:
        help_text += f"\nAllowed: {allowed_words(column)}."
    if column.unit:
        help_text += f"\nUnit: {column.unit}."
    if not column.required:
        help_text += "\nMay be left empty."
    elif column.default is not None:
        default = (
            {True: "yes", False: "no"}.get(column.default, column.default) if column.kind == "yes_no" else (column.default)
        )
        help_text += f"\nEmpty means {default}."
    return help_text


def keeps_text(column: Column) -> bool:
    """Cells formatted as text, so that the spreadsheet does not turn '1, 8' or a version into a number or a date."""
    return column.kind in ("id", "address", "date") or (column.kind == "text" and column.width < WIDE)


def wraps(column: Column) -> bool:
    return column.kind == "text"


def is_number(column: Column) -> bool:
    return column.kind in ("number", "integer")
