"""Where every input stands: rows and columns of each table, the cell of each address, and the defined names.

Pure arithmetic on a definition, so that other sheets (live formulas, reports) can point at inputs before anything
is written.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from model.definition.addresses import addresses
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.columns import Column
from model.excel.formulas.cell_names import cell_name, fixed_cell
from model.excel.inputs.schema import SHEETS
from model.excel.inputs.table_specs import (
    INPUT_ID,
    TAIL_PLACES,
    FieldsSpec,
    SheetSpec,
    TableSpec,
    all_headers_of,
    is_block_header,
)

SPARE_ROWS = 3
FREE_ROWS, FREE_WHERE_IT_GROWS = 8, 60
"""Free rows below a table of an input workbook, which is filled in; an output workbook has the spare ones alone."""
HEAD = "head_of_"
TOP_ROWS = 4  # title, purpose, link to the cover, and a blank row
CELL_LIKE = re.compile(r"(?i)[a-z]{1,3}\d+|r\d*c\d*|r\d*|c\d*")


class Place(NamedTuple):
    """One cell or a block of cells; rows and columns count from 0, as XlsxWriter takes them."""

    sheet: str
    row: int
    column: int
    last_row: int = -1

    @property
    def a1(self) -> str:
        """``C7``."""
        return cell_name(self.row, self.column)

    @property
    def reference(self) -> str:
        """``'Adverse events'!$C$7``, or ``'Adverse events'!$C$7:$C$12`` for a block."""
        first = fixed_cell(self.row, self.column)
        quoted = f"'{self.sheet}'" if " " in self.sheet else self.sheet
        if self.last_row < 0:
            return f"{quoted}!{first}"
        return f"{quoted}!{first}:{fixed_cell(self.last_row, self.column)}"


@dataclasses.dataclass(frozen=True)
class TablePlace:
    """Rows of one table: title, explanation, hints and header follow one another, then the records and spare rows.

    ``headers``: by sheet column from A on; empty where the table leaves a column to another one of its sheet.
    """

    spec: TableSpec | FieldsSpec
    sheet: str
    title_row: int
    n_records: int
    headers: tuple[str, ...]
    n_spare: int = SPARE_ROWS

    @property
    def header_row(self) -> int:
        return self.title_row + 3

    @property
    def first_row(self) -> int:
        return self.title_row + 4

    @property
    def last_row(self) -> int:
        """The last row that takes a record."""
        return self.first_row + self.n_records + self.n_spare - 1

    @property
    def last_printed_row(self) -> int:
        """The last row that is printed where nothing follows: of many free rows the first few."""
        return self.first_row + self.n_records + min(self.n_spare, SPARE_ROWS) - 1

    @property
    def gaps(self) -> tuple[int, ...]:
        """Sheet columns inside the table that hold none of its headers."""
        return tuple(number for number, header in enumerate(self.headers) if not header)

    @property
    def head(self) -> str:
        """The header row, from column A to the last of its headers: ``Survival!$A$8:$P$8``."""
        last = fixed_cell(self.header_row, len(self.headers) - 1)
        return f"{Place(self.sheet, self.header_row, 0).reference}:{last}"

    @cached_property
    def _columns(self) -> dict[str, int]:
        assert isinstance(self.spec, TableSpec)
        found = {column.field: self.column_of(column.header) for column in self.spec.columns}
        return found | ({"input_id": self.column_of(INPUT_ID)} if INPUT_ID in self.headers else {})

    def column(self, field: str) -> int:
        """Sheet column of a field (of the derived input id for ``"input_id"``)."""
        return self.column_of(INPUT_ID) if isinstance(self.spec, FieldsSpec) else self._columns[field]

    def column_of(self, header: str) -> int:
        """Sheet column of a header."""
        return self.headers.index(header)

    def cell(self, position: int, field: str) -> Place:
        """The cell of one record's field."""
        return Place(self.sheet, self.first_row + position, self.column(field))

    def block(self, field: str, rows: str = "records") -> Place:
        """All cells of one field: of the ``"records"``, or with the spare rows for ``rows="all"``."""
        last = self.last_row if rows == "all" else self.first_row + max(self.n_records, 1) - 1
        return Place(self.sheet, self.first_row, self.column(field), last)


@dataclasses.dataclass(frozen=True)
class Layout:
    """Places of all inputs. ``cells``: by address; ``names``: defined name of settings and parameter values; ``heads``:
    defined name of each table's header row, by which the reader knows when one was written over."""

    tables: Mapping[str, TablePlace]
    cells: Mapping[str, Place]
    names: Mapping[str, str]
    lists: Mapping[str, Place]
    controls: Mapping[str, Place]
    heads: Mapping[str, str]


Control = tuple[Column, Any]


def layout_of(definition: ModelDefinition, controls: Mapping[str, Control] | None = None) -> Layout:
    """The layout of a definition's input sheets; ``controls`` are further rows of the sheet Settings of an output workbook
    (see writer). Without them: that of an input workbook, with free rows for those who fill it in.
    """
    free = _free_rows if controls is None else _spare_rows
    controls = controls or {}
    tables = {p.spec.name: p for sheet in SHEETS for p in _tables_of(sheet, definition, len(controls), free)}
    settings = tables["settings"]
    fields = list(settings.spec.fields)  # type: ignore[union-attr]
    cells: dict[str, Place] = {}
    values: list[str] = []
    for address, where in addresses(definition).items():
        if where.table == "settings":
            cells[address] = Place("Settings", settings.first_row + fields.index(where.field), 1)
        else:
            cells[address] = tables[where.table].cell(where.position, where.field)
            record = definition.table(where.table)[where.position]
            if where.inside_block and address == address_of(where.table, record):
                values.append(address)
    names = {f"settings.{field}": f"set_{field}" for field in fields}
    names.update(_parameter_names(values))
    lists = {f"list_{name}": place.block("id", rows="all") for name, place in tables.items() if name in _referred_to()}
    first = settings.first_row + len(fields)
    places = {name: Place("Settings", first + i, 1) for i, name in enumerate(controls)}
    heads = {head_name(name): place.head for name, place in tables.items()}
    return Layout(tables, cells, names, lists, places, heads)


def head_name(table: str) -> str:
    """The defined name of a table's header row."""
    return f"{HEAD}{table}"


def _spare_rows(spec: TableSpec | FieldsSpec) -> int:
    return SPARE_ROWS if isinstance(spec, TableSpec) else 0


def _free_rows(spec: TableSpec | FieldsSpec) -> int:
    if isinstance(spec, FieldsSpec):
        return 0
    return FREE_WHERE_IT_GROWS if spec.grows else FREE_ROWS


def _tables_of(
    sheet: SheetSpec, definition: ModelDefinition, n_controls: int, free: Callable[[TableSpec | FieldsSpec], int]
) -> list[TablePlace]:
    places, row = [], TOP_ROWS
    headers = headers_across(sheet)
    for spec in sheet.tables:
        if isinstance(spec, FieldsSpec):
            count = len(spec.fields) + (n_controls if spec.name == "settings" else 0)
        else:
            count = len(definition.table(spec.name))
        places.append(TablePlace(spec, sheet.name, row, count, headers[spec.name], free(spec)))
        row = places[-1].last_row + 3
    return places


def headers_across(sheet: SheetSpec) -> dict[str, tuple[str, ...]]:
    """The headers of each table by sheet column, with "" for columns that it leaves to another table.

    Keys and other columns of its own start at column A. The parameter block (Value to High) of all tables starts in
    the same column, and Source, Quality, Notes and Input id stand in the same columns: so a column of numbers is
    never as wide as a note, and the eye finds them at one place.
    """
    own, block, tail = {}, {}, {}
    for spec in sheet.tables:
        headers = all_headers_of(spec)
        tail[spec.name] = [h for h in headers if h in TAIL_PLACES]
        block[spec.name] = [h for h in headers if is_block_header(spec, h)]
        own[spec.name] = [h for h in headers if h not in tail[spec.name] and h not in block[spec.name]]
    block_start = max((len(own[name]) for name in own if block[name]), default=0)
    tail_start = max(block_start + len(block[name]) if block[name] else len(own[name]) for name in own)
    anchors = sorted({TAIL_PLACES[h] for headers in tail.values() for h in headers})
    across = {}
    for spec in sheet.tables:
        places = dict(enumerate(own[spec.name]))
        places.update(enumerate(block[spec.name], start=block_start))
        places.update({tail_start + anchors.index(TAIL_PLACES[h]): h for h in tail[spec.name]})
        across[spec.name] = tuple(places.get(number, "") for number in range(max(places) + 1))
    return across


def _referred_to() -> set[str]:
    columns = [c.column for s in SHEETS for t in s.tables if isinstance(t, TableSpec) for c in t.columns]
    return {c.refers_to for c in columns if c.refers_to} | {"arms"}


def _parameter_names(addresses_of_values: list[str]) -> dict[str, str]:
    """Excel names of parameter values: the address with underscores; made different where two would be the same."""
    taken: set[str] = set()
    names = {}
    for address in addresses_of_values:
        base = re.sub(r"\W", "_", address)[:240]
        if CELL_LIKE.fullmatch(base):
            base = f"in_{base}"
        name, number = base, 2
        while name.casefold() in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name.casefold())
        names[address] = name
    return names
