"""The input sheets of one workbook as drafts, with the place of every cell."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem
from model.definition.records.columns import Column
from model.definition.records.settings import Provenance
from model.excel.inputs.errors import InputProblem
from model.excel.inputs.found_tables import (
    FoundTable,
    find_tables,
    is_blank,
    missing_column_message,
    rows_without_header,
    title_rows,
)
from model.excel.inputs.records import Draft, cell_value, read_fields, read_rows, row_label, stand_ins
from model.excel.inputs.replay_settings import ReplaySetting, replay_settings
from model.excel.inputs.schema import SHEET_OF, SHEETS, TABLE_SPECS
from model.excel.inputs.table_specs import FieldsSpec, SheetSpec, TableSpec, essential_headers
from model.excel.inputs.workbook_cells import Grids, SheetCells, address
from model.excel.inputs.written_over import heads_of, lost_headers, lost_heads, lost_table_problem
from model.spelling import did_you_mean, plain

FIELD_SPECS = {t.name: t for sheet in SHEETS for t in sheet.tables if isinstance(t, FieldsSpec)}


@dataclasses.dataclass
class Book:
    """Everything found on the input sheets. ``lost``: of tables whose header row is gone, told before all else;
    ``incomplete``: tables that are missing or lack a column; ``replays``: the rows of an output workbook that show a
    scenario or a draw."""

    lost: list[InputProblem] = dataclasses.field(default_factory=list)

    problems: list[InputProblem] = dataclasses.field(default_factory=list)
    drafts: dict[str, list[Draft]] = dataclasses.field(default_factory=dict)
    found: dict[str, FoundTable] = dataclasses.field(default_factory=dict)
    sheet_names: dict[str, str] = dataclasses.field(default_factory=dict)
    field_rows: dict[str, dict[str, int]] = dataclasses.field(default_factory=dict)
    provenance: dict[str, Provenance] = dataclasses.field(default_factory=dict)
    incomplete: set[str] = dataclasses.field(default_factory=set)
    replays: dict[str, ReplaySetting] = dataclasses.field(default_factory=dict)

    # ---- the definition ------------------------------------------------------------------------------------------

    def definition(self, variant: int = 0) -> ModelDefinition:
        """The definition; cells that cannot be used hold the stand-in number ``variant``."""
        tables: dict[str, Any] = {"provenance": self.provenance}
        for name, fields in FIELD_SPECS.items():
            draft = self.drafts[name][0]
            tables[name] = fields.record(**draft.values, **self._stand_ins(name, draft, fields.fields, variant))
        for name, spec in TABLE_SPECS.items():
            if name not in self.found:  # a table that the definition then holds at its default
                continue
            columns = {c.field: c.column for c in spec.columns}
            tables[name] = tuple(
                draft.record(spec, self._stand_ins(name, draft, columns, variant)) for draft in self.drafts.get(name, [])
            )
        return ModelDefinition(**tables)

    def variants(self) -> int:
        """How many different stand-ins the cells that cannot be used should be given."""
        most = 2
        for name, field, draft in self.failures():
            most = max(most, len(self._options(name, field, draft)))
        return min(most, 12)

    def failures(self) -> list[tuple[str, str, Draft]]:
        """Table, field and draft of every cell that cannot be used."""
        return [(name, f, d) for name, drafts in self.drafts.items() for d in drafts for f in d.failed]

    def _stand_ins(self, table: str, draft: Draft, columns: Mapping[str, Column], variant: int) -> dict[str, Any]:
        chosen = {}
        for field in draft.failed:
            options = self._options(table, field, draft)
            chosen[field] = options[(variant + draft.row) % len(options)]
        return chosen

    def _options(self, table: str, field: str, draft: Draft) -> tuple[Any, ...]:
        """Stand-ins for a cell; for an id of its own also those that other sheets ask for in vain."""
        column = self.column(table, field)
        assert column is not None
        source, name = (column.refers_to, "id") if column.refers_to else (table, field)
        known = dict.fromkeys(d.values[name] for d in self.drafts.get(source, []) if name in d.values)
        if field == "id":
            return tuple(dict.fromkeys([f"row_{draft.row}", *(x for x in self._asked_for(table) if x not in known)]))
        options = stand_ins(column, draft.failed[field], tuple(known), draft.row)
        return (*options, *(n for n in known if n)) if field == "sample_size" else options  # the shares of a mix have one n

    def _asked_for(self, table: str) -> dict[str, None]:
        """The ids of a table's records that stand in cells of other tables."""
        found: dict[str, None] = {}
        for name, drafts in self.drafts.items():
            for draft in drafts:
                for field, value in draft.values.items():
                    column = self.column(name, field)
                    if column is not None and column.refers_to == table and value is not None:
                        found[value] = None
        return found

    def column(self, table: str, field: str) -> Column | None:
        if table in FIELD_SPECS:
            return FIELD_SPECS[table].fields.get(field)
        found = TABLE_SPECS[table].column(field) if table in TABLE_SPECS else None
        return found.column if found else None

    # ---- places --------------------------------------------------------------------------------------------------

    def locate(self, problem: Problem) -> InputProblem:
        """A problem of the definition as a problem of a cell."""
        table = problem.table
        if table not in SHEET_OF:
            return InputProblem("", "", "", "", str(problem))
        sheet = self.sheet_names.get(table, SHEET_OF[table].name)
        if problem.position is None or table not in self.found:
            title = (TABLE_SPECS.get(table) or FIELD_SPECS[table]).title
            return InputProblem(sheet, "", "" if title == sheet else title, "", problem.message)
        found = self.found[table]
        if table in FIELD_SPECS:
            fields = FIELD_SPECS[table]
            row = self.field_rows[table].get(problem.field, found.header_row)
            header = fields.fields[problem.field].header if problem.field in fields.fields else ""
            return InputProblem(sheet, address(row, found.columns[fields.value_header]), header, "", problem.message)
        spec, draft = TABLE_SPECS[table], self.drafts[table][problem.position]
        column = spec.column(problem.field) or spec.columns[0]
        cells = {c.field: draft.values.get(c.field, draft.failed.get(c.field)) for c in spec.columns}
        cell = address(draft.row, found.columns.get(column.header, min(found.columns.values())))
        return InputProblem(sheet, cell, column.header, row_label(spec, cells), problem.message)


def read_book(grids: Grids) -> Book:
    """Read every input sheet; problems are gathered, none is raised. A sheet that need not be there is not taken for left
    out where another one is called nearly like it."""
    book = Book()
    for sheet in SHEETS:
        grid = grids.get(sheet.name)
        heads = heads_of(sheet, grid, grids.named) if grid else {}
        found = find_tables(sheet, grid, {name: head.row for name, head in heads.items()}) if grid else {}
        lost = lost_heads(sheet, heads, grid, found) if grid else {}
        found = {name: table for name, table in found.items() if name not in lost}
        if grid is None and sheet.may_be_missing:
            book.drafts |= {spec.name: [] for spec in sheet.tables}
            for title in grids.others:
                if did_you_mean(title, [plain(sheet.name)]):
                    message = f"no sheet of a model is called so; did you mean '{sheet.name}'?"
                    book.problems.append(InputProblem(title, "", "", "", message))
            continue
        if grid is None:
            book.problems.append(InputProblem(sheet.name, "", "", "", "the sheet is missing"))
        for spec in sheet.tables:
            if grid is not None and spec.name in found:
                _with_table(book, spec, found[spec.name], grid)
                book.problems += lost_headers(sheet, found[spec.name], heads.get(spec.name), grid)
        for spec in sheet.tables:
            if grid is not None and spec.name in lost:
                _leave_out(book, spec)
                book.incomplete.add(spec.name)
                book.lost.append(lost_table_problem(spec, lost[spec.name], grid, found))
            elif grid is None or spec.name not in found:
                _without_table(book, sheet, spec, grid)
    return book


def _leave_out(book: Book, spec: TableSpec | FieldsSpec) -> None:
    book.drafts[spec.name] = [Draft(0, {}, dict.fromkeys(spec.fields))] if isinstance(spec, FieldsSpec) else []


def _without_table(book: Book, sheet: SheetSpec, spec: TableSpec | FieldsSpec, grid: SheetCells | None) -> None:
    _leave_out(book, spec)
    if grid is None:
        book.incomplete.add(spec.name)
        return
    needed = ", ".join(essential_headers(spec))
    rows = rows_without_header(sheet, spec, grid, set(book.found))
    if rows:
        book.incomplete.add(spec.name)
        below = f"{len(rows)} rows" if len(rows) > 1 else "1 row"
        message = (
            f"the table '{spec.title}' was not found, because its header row is missing: {below}, from row {rows[0]} on, "
            f"stand without one and were not read; its header row must hold {needed}"
        )
        book.lost.append(InputProblem(grid.name, "", "", "", message))
    elif not isinstance(spec, TableSpec) or spec.required or spec.name in title_rows(sheet, grid):
        book.incomplete.add(spec.name)
        message = f"the table '{spec.title}' was not found; its header row must hold {needed}"
        book.problems.append(InputProblem(grid.name, "", "", "", message))


def _with_table(book: Book, spec: TableSpec | FieldsSpec, found: FoundTable, grid: SheetCells) -> None:
    book.found[spec.name], book.sheet_names[spec.name] = found, grid.name
    if spec.name == "settings":
        book.replays = replay_settings(found, grid)
    for header in found.missing:
        book.incomplete.add(spec.name)
        message = missing_column_message(spec, found, grid, header)
        book.problems.append(InputProblem(grid.name, address(found.header_row, 1), "", "", message))
    if isinstance(spec, TableSpec):
        book.drafts[spec.name], problems = read_rows(spec, found, grid)
    elif found.missing:
        book.drafts[spec.name], problems = [Draft(found.header_row, {}, dict.fromkeys(spec.fields))], []
    else:
        draft, rows, problems = read_fields(spec, found, grid)
        book.drafts[spec.name], book.field_rows[spec.name] = [draft], rows
        if spec.provenance:
            problems += _read_provenance(book, spec, found, grid, rows)
    book.problems += problems


def _read_provenance(
    book: Book, spec: FieldsSpec, found: FoundTable, grid: SheetCells, rows: dict[str, int]
) -> list[InputProblem]:
    problems = []
    for name, row in rows.items():
        cells = {part: (c, found.columns.get(c.header)) for part, c in spec.provenance.items()}
        if all(place is None or is_blank(grid.row(row).get(place)) for _, place in cells.values()):
            continue
        values = {}
        for part, (column, place) in cells.items():
            try:
                values[part] = cell_value(column, grid.row(row).get(place or 0))
            except ValueError as error:
                label = spec.fields[name].header
                problems.append(InputProblem(grid.name, address(row, place or 1), column.header, label, str(error)))
        if len(values) == len(cells):
            book.provenance[name] = Provenance(**values)
    return problems
