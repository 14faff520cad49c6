"""What a table and a sheet of the input workbook are; their columns come from the records of the definition."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cached_property

from model.definition.model_definition import TABLES
from model.definition.records.columns import Bounds, Column, block_of, columns_of
from model.definition.records.parameters import Parameter, parameter_columns
from model.definition.records.record import Record

INPUT_ID = "Input id"
TAIL_PLACES = {"Source": 0, "Quality": 1, "Notes": 2, "Description": 2, INPUT_ID: 3}  # from left to right
CALCULATED_TEXT = ("dose_days", "cut_points")  # lists of numbers that stand in a cell as text
NOTES = ("source", "quality", "notes", "description", "purpose")
TABLES_OF_NOTES = ("about", "assumptions", "references", "versions")
"""They document the model; no result depends on them."""
INPUT_ID_HELP = "What to type on the sheet Scenarios, or after --set, to change this row; made from the row itself"


@dataclasses.dataclass(frozen=True)
class SheetColumn:
    """One column of a table as it stands on its sheet; ``in_block`` if it belongs to the parameter block."""

    field: str
    column: Column
    in_block: bool
    key: bool

    @property
    def header(self) -> str:
        return self.column.header

    @property
    def editable(self) -> bool:
        """Is it an input that the calculation uses (rather than an id, a name or a note)?"""
        if self.field == "quality" or (self.key and self.column.kind != "number"):
            return False
        if self.field in CALCULATED_TEXT:
            return True
        return self.column.kind in ("number", "integer", "choice", "yes_no", "any", "colour", "date") or bool(
            self.column.refers_to
        )

    @property
    def may_be_missing(self) -> bool:
        """A free-text column may be left out of a sheet, and one that older workbooks do not have; any other is missed, as it
        may be a misspelt header."""
        free = not self.column.required and self.column.kind == "text" and not self.key
        return free or self.column.may_be_missing


@dataclasses.dataclass(frozen=True)
class TableSpec:
    """One table of records. ``required``: its header row must stand on the sheet, else it may be left out; ``grows``: it
    takes as many rows as there are data, so an input workbook leaves many free below it."""

    name: str
    title: str
    explanation: str
    required: bool = True
    input_ids: bool = False
    value_format: str = ""
    grows: bool = False

    @property
    def record(self) -> type[Record]:
        return TABLES[self.name]

    @cached_property
    def columns(self) -> tuple[SheetColumn, ...]:
        """The columns in the order of the record's fields; the parameter block spread over its own."""
        keys = self.record.KEY
        plain, block = columns_of(self.record), block_of(self.record)
        found = []
        for field in dataclasses.fields(self.record):
            if field.name in plain:
                found.append(SheetColumn(field.name, plain[field.name], False, field.name in keys))
            elif block and field.name == block[0]:
                for name, column in block_columns(block[1]).items():
                    if name == "value" and self.value_format:
                        column = dataclasses.replace(column, number_format=self.value_format)
                    found.append(SheetColumn(name, column, True, False))
        return tuple(found)

    @property
    def has_input_ids(self) -> bool:
        """Does a last column show each row's address?"""
        return self.input_ids or block_of(self.record) is not None

    def column(self, field: str) -> SheetColumn | None:
        return next((c for c in self.columns if c.field == field), None)


def block_columns(bounds: Bounds) -> dict[str, Column]:
    """The columns of a parameter block by field name; Value has the bounds and the unit of its table."""
    columns = dict(parameter_columns(bounds))
    columns["value"] = dataclasses.replace(columns["value"], unit=bounds.unit)
    return columns


@dataclasses.dataclass(frozen=True)
class FieldsSpec:
    """A table with one row per field of a single record: About and Settings."""

    name: str
    title: str
    explanation: str
    record: type
    label_header: str
    value_header: str
    other_headers: tuple[str, ...] = ()

    @property
    def fields(self) -> Mapping[str, Column]:
        return columns_of(self.record)

    @property
    def provenance(self) -> dict[str, Column]:
        """Source, Quality and Notes columns, where the table has them."""
        columns = columns_of(Parameter)
        return {n: columns[n] for n in ("source", "quality", "notes") if columns[n].header in self.other_headers}


@dataclasses.dataclass(frozen=True)
class SheetSpec:
    """One sheet: name, one-line purpose, its tables from top to bottom, and titles of what is no table.

    ``may_be_missing``: a workbook of an earlier version has no such sheet.
    """

    name: str
    title: str
    purpose: str
    tables: tuple[TableSpec | FieldsSpec, ...]
    other_titles: tuple[str, ...] = ()
    may_be_missing: bool = False


def is_block_header(table: TableSpec | FieldsSpec, header: str) -> bool:
    """Does the header belong to the numbers of the parameter block, Value to High?"""
    return (
        isinstance(table, TableSpec)
        and header not in TAIL_PLACES
        and any(column.in_block and column.header == header for column in table.columns)
    )


def all_headers_of(table: TableSpec | FieldsSpec) -> tuple[str, ...]:
    """Headers of a table from left to right, with the derived column of input ids where there is one."""
    derived = table.name == "settings" or (isinstance(table, TableSpec) and table.has_input_ids)
    return (*headers_of(table), INPUT_ID) if derived else headers_of(table)


def headers_of(table: TableSpec | FieldsSpec) -> tuple[str, ...]:
    """Headers of a table from left to right, without the derived column of input ids."""
    if isinstance(table, FieldsSpec):
        return (table.label_header, table.value_header, *table.other_headers)
    return tuple(column.header for column in table.columns)


def essential_headers(table: TableSpec | FieldsSpec) -> tuple[str, ...]:
    """Headers without which a table cannot be read."""
    if isinstance(table, FieldsSpec):
        return (table.label_header, table.value_header)
    return tuple(column.header for column in table.columns if not column.may_be_missing)
