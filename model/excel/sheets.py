"""Writing one input sheet: its title, its tables with headers, hints, comments, drop-downs and spare rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from model.definition.columns import Column
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.settings import Provenance

from .entry_rules import apply_rule, hint
from .layout import Control, Layout, TablePlace
from .styles import INPUT_FILL, LINE, TAB_INPUT, Styles, set_up_page
from .table_specs import INPUT_ID, INPUT_ID_HELP, FieldsSpec, SheetColumn, SheetSpec, TableSpec, headers_of

FIELD_WIDTHS = {
    "About": 26,
    "Entry": 84,
    "What to write": 56,
    "Setting": 34,
    "Value": 20,
    "Unit": 14,
    "Allowed": 34,
    "What it does": 56,
    "Source": 22,
    "Quality": 12,
    "Notes": 44,
}
WIDE = 40.0
NOTES_WIDTH = 48.0
NARROWED, NARROWED_LONG, LONG_TEXT = 24.0, 44.0, 70
A3_FROM_WIDTH = 170.0
SETTING_TEXT = {"Setting": "label", "Unit": "unit", "Allowed": "allowed", "What it does": "help"}


class SheetWriter:
    """Writes the tables of one sheet where the layout says they stand."""

    def __init__(
        self, sheet: Worksheet, spec: SheetSpec, definition: ModelDefinition, layout: Layout, styles: Styles
    ):
        self.sheet, self.spec, self.definition = sheet, spec, definition
        self.layout, self.styles = layout, styles
        self.places = [layout.tables[table.name] for table in spec.tables]
        self.widths = column_widths(self.places, layout, definition)

    def write(self, controls: Mapping[str, Control] | None = None) -> None:
        """Title, tables, widths, frozen panes and print set-up."""
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, width)
        self.write_top(self.spec.title, self.spec.purpose)
        for place in self.places:
            self.write_table(place, controls or {})
        first, last = self.places[0], self.places[-1]
        if len(self.places) == 1 and isinstance(first.spec, TableSpec):
            keys = sum(c.key for c in first.spec.columns)
            self.sheet.freeze_panes(first.header_row + 1, keys)
            self.sheet.repeat_rows(0, first.header_row)
        else:
            self.sheet.freeze_panes(2, 1)
            self.sheet.repeat_rows(0, 1)
        self.sheet.print_area(0, 0, last.last_row, len(self.widths) - 1)
        self.sheet.ignore_errors(
            {"number_stored_as_text": f"A1:{xl_rowcol_to_cell(last.last_row + 200, 30)}"}
        )
        self.sheet.set_tab_color(TAB_INPUT)
        set_up_page(
            self.sheet, self.definition.about.title, "A3" if sum(self.widths) > A3_FROM_WIDTH else "A4"
        )

    def write_top(self, title: str, purpose: str) -> None:
        self.sheet.set_row(0, 26)
        self.sheet.write_string(0, 0, title, self.styles.title)
        self.sheet.write_string(1, 0, purpose, self.styles.purpose)
        if self.spec.name != "Cover":
            self.sheet.write_url(2, 0, "internal:Cover!A1", self.styles.link, "← Cover")

    def write_table(self, place: TablePlace, controls: Mapping[str, Control]) -> None:
        width = len(place.headers)
        self.sheet.set_row(place.title_row, 20)
        self.sheet.write_string(place.title_row, 0, place.spec.title, self.styles.table_title)
        for column in range(1, width):
            self.sheet.write_blank(place.title_row, column, None, self.styles.title_line)
        self.sheet.write_string(place.title_row + 1, 0, place.spec.explanation, self.styles.explanation)
        self.sheet.set_row(place.header_row, 30)
        if isinstance(place.spec, TableSpec):
            self._write_records(place, place.spec)
        else:
            self._write_fields(place, place.spec, controls)

    # ---- tables of records ---------------------------------------------------------------------------------------

    def _write_records(self, place: TablePlace, spec: TableSpec) -> None:
        for number, column in enumerate(spec.columns):
            self._write_header(place, number, column.column, column.editable)
            apply_rule(self.sheet, column.column, place.first_row, place.last_row, number)
        if spec.has_input_ids:
            self._write_id_header(place)
        records = [*self.definition.table(spec.name), *[None] * place.n_spare]
        for position, record in enumerate(records):
            self._write_record(place, spec, place.first_row + position, record)

    def _write_record(self, place: TablePlace, spec: TableSpec, row: int, record: Any) -> None:
        lines = 1
        for number, column in enumerate(spec.columns):
            holder = record if not column.in_block or record is None else record.parameter
            value = None if holder is None else getattr(holder, column.field)
            self.write_value(row, number, column.column, value, self._format(column, value))
            lines = max(lines, lines_of(value, self.widths[number]) if wraps(column.column) else 1)
        if spec.has_input_ids:
            text = "" if record is None else address_of(spec.name, record)
            self.sheet.write_formula(
                row,
                place.column("input_id"),
                input_id_formula(spec, row),
                self.styles.calculation("", "left"),
                text,
            )
        self.sheet.set_row(row, row_height(lines))

    def _format(self, column: SheetColumn, value: Any) -> Any:
        spec = column.column
        wrap = "wrap" if wraps(spec) else "no"
        align = "right" if spec.kind in ("number", "integer") else "left"
        number_format = spec.number_format or ("@" if keeps_text(spec) else "")
        if not column.editable:
            return self.styles.plain(number_format, wrap, align)
        if spec.kind == "colour" and isinstance(value, str):
            return self.styles.make(
                border=1, border_color=LINE, bold=True, indent=1, bg_color=INPUT_FILL, font_color=value
            )
        return self.styles.input(number_format, wrap, align)

    # ---- key-and-value tables ------------------------------------------------------------------------------------

    def _write_fields(self, place: TablePlace, spec: FieldsSpec, controls: Mapping[str, Control]) -> None:
        for number, header in enumerate(headers_of(spec)):
            need = "required" if number < 2 else "optional"
            self.sheet.write_string(place.header_row, number, header, self.styles.header(need))
        if place.headers[-1] == INPUT_ID:
            self._write_id_header(place)
        self.sheet.write_string(place.header_row - 1, 1, "[I]", self.styles.hint)
        record = getattr(self.definition, spec.name)
        rows: list[tuple[str, Column, Any]] = [(n, c, getattr(record, n)) for n, c in spec.fields.items()]
        if spec.name == "settings":
            rows += [(name, column, value) for name, (column, value) in controls.items()]
        for position, (name, column, value) in enumerate(rows):
            self._write_field(place, spec, place.first_row + position, name, column, value)

    def _write_field(
        self, place: TablePlace, spec: FieldsSpec, row: int, name: str, column: Column, value: Any
    ) -> None:
        words = {
            "label": column.header,
            "unit": column.unit,
            "allowed": column.allowed(),
            "help": column.help,
        }
        if column.refers_to:
            words["allowed"] = f"an id of the sheet {column.refers_to.capitalize()}"
        texts = {"About": column.header, "What to write": column.help}
        texts.update({header: words[word] for header, word in SETTING_TEXT.items()})
        source = self.definition.provenance.get(name) if spec.provenance else None
        lines = 1
        for number, header in enumerate(headers_of(spec)):
            if header == spec.value_header:
                text_format = "@" if spec.name == "settings" and column.kind in ("text", "id") else ""
                cell_format = self.styles.input(column.number_format or text_format, "wrap", "left")
                self.write_value(row, number, column, value, cell_format)
                apply_rule(self.sheet, column, row, row, number)
                lines = max(lines, lines_of(value, self.widths[number]))
                continue
            text = texts.get(header, "") if header in texts else provenance_text(spec, header, source)
            self.write_value(row, number, _TEXT, text, self.styles.plain("", "wrap", "left"))
            lines = max(lines, lines_of(text, self.widths[number]))
        for part, rule in spec.provenance.items():
            if part == "quality":
                apply_rule(self.sheet, rule, row, row, headers_of(spec).index(rule.header))
        if place.headers[-1] == INPUT_ID:
            known = f"settings.{name}" in self.layout.cells
            self.sheet.write_string(
                row,
                place.column("input_id"),
                f"settings.{name}" if known else "",
                self.styles.calculation("", "left"),
            )
        self.sheet.set_row(row, row_height(lines))

    # ---- cells ---------------------------------------------------------------------------------------------------

    def _write_header(self, place: TablePlace, number: int, column: Column, editable: bool) -> None:
        need = "required" if column.required and column.default is None else "optional"
        self.sheet.write_string(place.header_row, number, column.header, self.styles.header(need))
        self._write_comment(place.header_row, number, comment_of(column))
        words = hint(column).strip("[]")
        words = " · ".join(part for part in ("I" if editable else "", words) if part)
        if words:
            self.sheet.write_string(place.header_row - 1, number, f"[{words}]", self.styles.hint)

    def _write_id_header(self, place: TablePlace) -> None:
        number = place.column("input_id")
        self.sheet.write_string(place.header_row, number, INPUT_ID, self.styles.header("derived"))
        self.sheet.write_string(place.header_row - 1, number, "[C]", self.styles.hint)
        self._write_comment(place.header_row, number, INPUT_ID_HELP)

    def _write_comment(self, row: int, column: int, text: str) -> None:
        height = 22 + 15 * lines_of(text, 44)
        self.sheet.write_comment(row, column, text, {"width": 300, "height": height, "font_size": 9})

    def write_value(self, row: int, column: int, spec: Column, value: Any, cell_format: Any) -> None:
        """One input value, as the reader will find it."""
        if spec.kind == "yes_no" and isinstance(value, bool):
            value = "yes" if value else "no"
        if value is None or value == "":
            self.sheet.write_blank(row, column, None, cell_format)
        elif isinstance(value, bool):
            self.sheet.write_boolean(row, column, value, cell_format)
        elif isinstance(value, str):
            if self.sheet.write_string(row, column, value, cell_format) != 0:
                raise ValueError(f"'{value[:40]}...' is too long for a cell (32,767 characters)")
        else:
            self.sheet.write_number(row, column, value, cell_format)


_TEXT = Column("", "text", "")


def provenance_text(spec: FieldsSpec, header: str, source: Provenance | None) -> str:
    part = next((name for name, column in spec.provenance.items() if column.header == header), "")
    return getattr(source, part) if source and part else ""


def input_id_formula(spec: TableSpec, row: int) -> str:
    """The address of the row's record as a formula of its key cells, so that a new row shows its own."""
    keys = [(number, c.column) for number, c in enumerate(spec.columns) if c.key]
    first = xl_rowcol_to_cell(row, keys[0][0], col_abs=True)
    formula = f'=IF({first}="","","{spec.name}."&{first}'
    for number, column in keys[1:]:
        cell = xl_rowcol_to_cell(row, number, col_abs=True)
        formula += f'&"."&{cell}' if column.required else f'&IF({cell}="","","."&{cell})'
    return formula + ")"


def comment_of(column: Column) -> str:
    """What a header's comment says: help, what is allowed, and what an empty cell means."""
    help_text = column.help or column.header
    if column.choices:
        help_text = help_text.replace("; ", "\n")
    else:
        help_text += f"\nAllowed: {column.allowed()}."
    if column.unit:
        help_text += f"\nUnit: {column.unit}."
    if not column.required:
        help_text += "\nMay be left empty."
    elif column.default is not None:
        default = (
            {True: "yes", False: "no"}.get(column.default, column.default)
            if column.kind == "yes_no"
            else (column.default)
        )
        help_text += f"\nEmpty means {default}."
    return help_text


def keeps_text(column: Column) -> bool:
    """Cells formatted as text, so that the spreadsheet does not turn '1, 8' or a version into a number or a date."""
    return column.kind in ("id", "address") or (column.kind == "text" and column.width < WIDE)


def wraps(column: Column) -> bool:
    return column.kind == "text" and column.width >= 20


def lines_of(value: Any, width: float) -> int:
    """How many lines a text takes in a column of ``width`` characters."""
    if not isinstance(value, str):
        return 1
    return sum(max(1, math.ceil(len(line) / max(width * 1.12, 1))) for line in value.split("\n"))


def row_height(lines: int) -> float:
    return min(409.0, 15.0 if lines <= 1 else 4.0 + 13.0 * lines)


def column_widths(places: list[TablePlace], layout: Layout, definition: ModelDefinition) -> list[float]:
    """Widths by position; a wide text column gives way where another table has a narrow one at the same place."""
    wanted: list[list[float]] = [[] for _ in range(max(len(p.headers) for p in places))]
    shared = [NARROWED] * len(wanted)
    for place in places:
        for number, width in enumerate(_widths(place, layout)):
            wanted[number].append(width)
            if width >= WIDE and _longest_text(place, number, definition) > LONG_TEXT:
                shared[number] = NARROWED_LONG
    widths = []
    for options, limit in zip(wanted, shared, strict=True):
        narrow = [w for w in options if w < WIDE]
        widths.append(max([*narrow, min(max(options), limit)]) if narrow else max(options))
    return widths


def _longest_text(place: TablePlace, number: int, definition: ModelDefinition) -> int:
    if isinstance(place.spec, FieldsSpec) or number >= len(place.spec.columns):
        return 0
    column = place.spec.columns[number]
    records = definition.table(place.spec.name)
    holders = [record.parameter if column.in_block else record for record in records]
    return max((len(str(getattr(holder, column.field))) for holder in holders), default=0)


def _widths(place: TablePlace, layout: Layout) -> list[float]:
    if isinstance(place.spec, FieldsSpec):
        widths = [float(FIELD_WIDTHS[header]) for header in headers_of(place.spec)]
    else:
        widths = [
            min(c.column.width, NOTES_WIDTH) if c.field == "notes" else c.column.width
            for c in place.spec.columns
        ]
    prefix = f"{place.spec.name}."
    if place.headers[-1] != INPUT_ID:
        return widths
    longest = max((len(name) for name in layout.names if name.startswith(prefix)), default=0)
    return [*widths, min(max(longest, 30.0), 64.0)]
