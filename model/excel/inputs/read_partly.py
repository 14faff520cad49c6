"""What can be read of a workbook that cannot be run: its cells as they were typed, also those that are not allowed."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from model.definition.model_definition import ModelDefinition
from model.definition.records.parameters import Parameter
from model.excel.inputs.drafts import FIELD_SPECS, Book, read_book
from model.excel.inputs.placed_inputs import PlacedInputs
from model.excel.inputs.records import Draft
from model.excel.inputs.schema import SHEETS, TABLE_SPECS
from model.excel.inputs.table_specs import TableSpec
from model.excel.inputs.workbook_cells import CellError, read_grids


@dataclasses.dataclass(frozen=True)
class PartlyRead:
    """Inputs as typed, for comparison only. ``unread``: titles of the tables that were not found."""

    inputs: PlacedInputs
    unread: tuple[str, ...]


def read_partly(path: Path) -> PartlyRead:
    """The inputs of a workbook, whether or not it can be run.

    Raises :class:`InputError` if the file is no workbook that can be opened.
    """
    book = read_book(read_grids(path, [sheet.name for sheet in SHEETS]))
    unread = tuple(
        (TABLE_SPECS.get(name) or FIELD_SPECS[name]).title
        for name in (*FIELD_SPECS, *TABLE_SPECS)
        if name in book.incomplete and name not in book.found
    )
    return PartlyRead(PlacedInputs(_as_typed(book), book), unread)


def _as_typed(book: Book) -> ModelDefinition:
    tables: dict[str, Any] = {"provenance": book.provenance}
    for name, fields in FIELD_SPECS.items():
        draft = book.drafts[name][0]
        tables[name] = fields.record(**{f: _typed(draft, f) for f in fields.fields})
    for name, spec in TABLE_SPECS.items():
        tables[name] = tuple(_record(spec, draft) for draft in book.drafts.get(name, []))
    return ModelDefinition(**tables)


def _record(spec: TableSpec, draft: Draft) -> Any:
    keys = spec.record.KEY
    values = {c.field: _typed(draft, c.field) for c in spec.columns}
    values |= {field: str(values[field]) for field in keys if field in draft.failed}
    plain = {c.field: values[c.field] for c in spec.columns if not c.in_block}
    block = {c.field: values[c.field] for c in spec.columns if c.in_block}
    if block:
        plain["parameter"] = Parameter(**block)
    return spec.record(**plain)


def _typed(draft: Draft, field: str) -> Any:
    value = draft.values.get(field, draft.failed.get(field))
    return value.message if isinstance(value, CellError) else value
