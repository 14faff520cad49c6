"""Column widths of one input sheet, from what stands in its columns."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.columns import Column
from model.excel.inputs.entry_rules import hint
from model.excel.inputs.layout import TablePlace
from model.excel.inputs.number_formats import TableFormats, shown_number
from model.excel.inputs.table_specs import INPUT_ID, TAIL_PLACES, FieldsSpec, SheetColumn, TableSpec
from model.excel.pages.measures import BOLD, lines_needed, narrowest, pixels, width_for

FIELD_WIDTHS = {
    "About": 24,
    "Entry": 94,
    "What to write": 46,
    "Setting": 33,
    "Value": 22,
    "Unit": 11,
    "Allowed": 32,
    "What it does": 50,
    "Source": 22,
    "Quality": 13,
    "Notes": 62,
}
NOTES, WIDEST_NOTES, MOST_LINES = 62.0, 84.0, 8
SMALLEST = {"number": 9.0, "integer": 9.0, "id": 11.0, "address": 30.0, "any": 18.0, "colour": 13.0, "date": 13.0}
SMALLEST_TEXT = 30.0  # a table without records keeps room for what will be typed
LARGEST = {"number": 16.0, "integer": 16.0, "id": 36.0, "address": 52.0, "any": 24.0, "colour": 13.0, "text": 60.0}
LARGEST_TEXT = {"Source": 24.0, "Unit": 18.0, "Citation": 84.0, "Assumption": 62.0, "Justification": 62.0}
NARROW, SHARED_TEXT = 22.0, 22.0  # a text gives way beside another table's narrow column
INPUT_ID_WIDTHS = (24.0, 50.0)
HINT_SIZE = 0.85
SHORT_HEADER = 10  # letters that stay on one line


def column_widths(places: list[TablePlace], definition: ModelDefinition) -> list[float]:
    """Widths by sheet column."""
    wanted: list[list[float]] = [[] for _ in range(max(len(place.headers) for place in places))]
    fixed: dict[int, float] = {}
    for place in places:
        widths = _table_widths(place, definition)
        if isinstance(place.spec, FieldsSpec):
            fixed.update(widths)
        for number, width in widths.items():
            wanted[number].append(width)
    tail = {place.column_of(header) for place in places for header in TAIL_PLACES if header in place.headers}
    return [fixed.get(number, max(options) if number in tail else _shared(options)) for number, options in enumerate(wanted)]


def _shared(options: list[float]) -> float:
    if min(options) <= NARROW < max(options):
        return max(*(w for w in options if w <= NARROW), min(max(options), SHARED_TEXT))
    return max(options)


def _table_widths(place: TablePlace, definition: ModelDefinition) -> dict[int, float]:
    if isinstance(place.spec, FieldsSpec):
        widths = {place.column_of(h): float(w) for h, w in FIELD_WIDTHS.items() if h in place.headers}
        if INPUT_ID in place.headers:
            names = (f"{place.spec.name}.{field}" for field in place.spec.fields)
            widths[place.column_of(INPUT_ID)] = _within(_longest(names), *INPUT_ID_WIDTHS)
        return widths
    records = definition.table(place.spec.name)
    formats = TableFormats(place.spec, records, definition.settings.currency)
    widths = {
        place.column_of(c.header): max(_header_width(c.column), _content_width(place.spec, c, records, formats))
        for c in place.spec.columns
    }
    if INPUT_ID in place.headers:
        names = (address_of(place.spec.name, record) for record in records)
        widths[place.column_of(INPUT_ID)] = _within(_longest(names), *INPUT_ID_WIDTHS)
    return widths


def _header_width(column: Column) -> float:
    words = hint(column).strip("[]")
    above = HINT_SIZE * narrowest(f"I · {words}") if words else 0.0
    lines = 1 if len(column.header) <= SHORT_HEADER else 2
    return width_for(max(BOLD * narrowest(column.header, lines), above))


def _content_width(spec: TableSpec, column: SheetColumn, records: Iterable[Any], formats: TableFormats) -> float:
    declared = column.column
    holders = [(record, record.parameter if column.in_block else record) for record in records]
    values = [(record, getattr(holder, column.field)) for record, holder in holders]
    values = [(record, value) for record, value in values if value not in (None, "")]
    texts = [value for _, value in values if isinstance(value, str)]
    if column.header in ("Notes", "Description", "Purpose"):
        return _notes_width(texts)
    if declared.choices:
        return width_for(max(pixels(choice) for choice in declared.choices))
    if declared.kind in ("number", "integer"):
        texts = [shown_number(value, formats.of(column, record)) for record, value in values]
    largest = LARGEST_TEXT.get(column.header, LARGEST.get(declared.kind, declared.width))
    smallest = SMALLEST.get(declared.kind, min(SMALLEST_TEXT, 0.6 * declared.width))
    return _within(_longest(texts), math.ceil(smallest), largest)


def _notes_width(texts: list[str]) -> float:
    """Wide enough that the longest note stays short, within what a reader's eye follows along a line."""
    width = NOTES
    while width < WIDEST_NOTES and any(lines_needed(text, width) > MOST_LINES for text in texts):
        width += 2.0
    return width


def _longest(texts: Iterable[str]) -> float:
    return width_for(max((pixels(line) for text in texts for line in text.split("\n")), default=0.0))


def _within(width: float, smallest: float, largest: float) -> float:
    return max(smallest, min(width, largest))
