"""From the rows of a found table to drafts of records, with one problem for every cell that cannot be used."""

from __future__ import annotations

import dataclasses
import datetime
import difflib
import re
from typing import Any

from model.definition.addresses import coerce
from model.definition.records.columns import PATTERNS, Column
from model.definition.records.parameters import Parameter
from model.excel.inputs.errors import InputProblem
from model.excel.inputs.found_tables import FoundTable, is_blank, normal
from model.excel.inputs.table_specs import FieldsSpec, SheetColumn, TableSpec
from model.excel.inputs.workbook_cells import CellError, SheetCells, address

ID_PATTERN = re.compile(PATTERNS["id"])
DECIMAL_COMMA = re.compile(r"\s*-?\d+,\d+\s*%?\s*")
WIDE_LIMITS = 500.0
DASHES = re.compile(r"[-\u2010-\u2015\u2212]+")
LEAST_LIKELY_PERCENT = 2  # 1.2 where 1 is the most is rather a mistake of another kind
FEWEST_IN_PERCENT = 3  # cells of a column that say it is typed in per cent, where most of its numbers do
UNCERTAINTY = {"value", "distribution", "standard_error", "sample_size", "low", "high"}


@dataclasses.dataclass
class Draft:
    """One record to be: its row, the values of its fields, and what stands in the cells that cannot be used."""

    row: int
    values: dict[str, Any]
    failed: dict[str, Any]

    def record(self, spec: TableSpec, stand_in: dict[str, Any]) -> Any:
        """The record, with ``stand_in`` for the failed fields: an uncertain number is then taken as known (a share of a
        mix stays one)."""
        values = {**self.values, **stand_in}
        plain = {c.field: values[c.field] for c in spec.columns if not c.in_block}
        block = {c.field: values[c.field] for c in spec.columns if c.in_block}
        if block:
            if UNCERTAINTY & stand_in.keys():
                block.update(standard_error=None, low=None, high=None)
                if block["distribution"] != "dirichlet" or block["sample_size"] is None:
                    block.update(distribution="fixed", sample_size=None)
            plain["parameter"] = Parameter(**block)
        return spec.record(**plain)


def read_rows(spec: TableSpec, found: FoundTable, grid: SheetCells) -> tuple[list[Draft], list[InputProblem]]:
    """Drafts of a table's records in the order of its rows, and the problems of their cells."""
    drafts, problems = [], []
    for row in range(found.header_row + 1, found.last_row + 1):
        cells = {c.field: grid.row(row).get(found.columns.get(c.header, 0)) for c in spec.columns}
        if _is_no_record(spec, cells):
            continue
        draft = Draft(row, {}, {})
        for column in spec.columns:
            raw = cells[column.field]
            if column.header in found.missing:
                draft.failed[column.field] = None
                continue
            try:
                draft.values[column.field] = cell_value(column.column, raw)
            except ValueError as error:
                draft.failed[column.field] = raw
                cell = address(row, found.columns[column.header])
                problems.append(InputProblem(grid.name, cell, column.header, row_label(spec, cells), str(error)))
        drafts.append(draft)
    return drafts, _in_percent(spec, found, grid, drafts, problems)


def _in_percent(
    spec: TableSpec, found: FoundTable, grid: SheetCells, drafts: list[Draft], problems: list[InputProblem]
) -> list[InputProblem]:
    """The problems, with one in place of the many of a column of shares that is typed in per cent."""
    for column in spec.columns:
        if column.column.maximum != 1.0 or column.header in found.missing:
            continue
        numbers = [d.values.get(column.field, d.failed.get(column.field)) for d in drafts]
        wrong = [(d, d.failed[column.field]) for d in drafts if _is_percent(d.failed.get(column.field))]
        filled = sum(isinstance(n, int | float) and n != 0 for n in numbers)
        if len(wrong) < FEWEST_IN_PERCENT or 2 * len(wrong) <= filled:
            continue
        letters = found.columns[column.header]
        cells = {address(draft.row, letters) for draft, _ in wrong}
        first, values = address(wrong[0][0].row, letters), [value for _, value in wrong]
        message = (
            f"{len(wrong)} numbers of this column, from {min(values):g} to {max(values):g}, are above the maximum of 1: "
            "it seems to be in per cent; divide the whole column by 100"
        )
        said = InputProblem(grid.name, first, column.header, "", message)
        others = [p for p in problems if not (p.header == column.header and p.cell in cells)]
        problems = [*others, said]
    return problems


def _is_percent(raw: Any) -> bool:
    return isinstance(raw, int | float) and not isinstance(raw, bool) and 1 < raw <= 100


def read_fields(spec: FieldsSpec, found: FoundTable, grid: SheetCells) -> tuple[Draft, dict[str, int], list[InputProblem]]:
    """The draft of a key-and-value table, the row of each field, and the problems of its cells."""
    draft, rows = Draft(found.header_row, {}, {}), dict[str, int]()
    problems: list[InputProblem] = []
    by_label = {normal(column.header): name for name, column in spec.fields.items()}
    label_column, value_column = (found.columns.get(h, 0) for h in (spec.label_header, spec.value_header))
    for row in range(found.header_row + 1, found.last_row + 1):
        name = by_label.get(normal(grid.row(row).get(label_column)))
        if name is None:
            continue
        column, cell = spec.fields[name], address(row, value_column or 1)
        if name in rows:
            problems.append(InputProblem(grid.name, cell, column.header, "", f"stands twice, first in row {rows[name]}"))
            continue
        rows[name] = row
        raw = grid.row(row).get(value_column)
        try:
            draft.values[name] = cell_value(column, raw)
        except ValueError as error:
            draft.failed[name] = raw
            problems.append(InputProblem(grid.name, cell, column.header, "", str(error)))
    for name, column in spec.fields.items():
        if name not in rows and column.may_be_missing and not _misspelt(spec, column, found, grid, label_column):
            draft.values[name] = column.default
        elif name not in rows:
            draft.failed[name] = None
            message = f"the row '{column.header}' of the table '{spec.title}' is missing"
            problems.append(InputProblem(grid.name, "", "", "", message))
    return draft, rows, problems


def _misspelt(spec: FieldsSpec, column: Column, found: FoundTable, grid: SheetCells, label_column: int) -> bool:
    """Is a label of the table, which is that of no other row, nearly that of the row?"""
    labels = {normal(grid.row(row).get(label_column)) for row in range(found.header_row + 1, found.last_row + 1)}
    labels -= {normal(other.header) for other in spec.fields.values()}
    return bool(difflib.get_close_matches(normal(column.header), labels, n=1, cutoff=0.75))


def cell_value(column: Column, raw: Any) -> Any:
    """The value of one cell in its column's type; raises ValueError that says what is allowed.

    Stricter than a scenario edit: a number must be a number, as live formulas would take text for nothing.
    """
    if isinstance(raw, CellError):
        raise ValueError(f"{raw.message}; the cell must hold {column.allowed()}")
    if column.kind in ("number", "integer") and not is_blank(raw):
        if isinstance(raw, str):
            hint = "; use the decimal sign of your spreadsheet's language" if DECIMAL_COMMA.fullmatch(raw) else ""
            raise ValueError(f"'{raw.strip()}' is text; it must be {column.allowed()}{hint}")
        if isinstance(raw, datetime.date | datetime.time | datetime.timedelta):
            raise ValueError(f"'{raw}' is a date or time; it must be {column.allowed()}")
    if isinstance(raw, datetime.date | datetime.time):
        raw = raw.isoformat()
    if column.kind == "text" and column.required and (is_blank(raw) or DASHES.fullmatch(str(raw).strip())):
        found = "is empty" if is_blank(raw) else f"'{raw}' says nothing"
        example = f", such as {column.default}" if column.default else ""
        raise ValueError(f"{found}; it must hold {column.allowed()}{example}")
    try:
        return coerce(column, raw)
    except ValueError as error:
        if column.maximum == 1.0 and _is_percent(raw) and raw >= LEAST_LIKELY_PERCENT:
            raise ValueError(f"{error}; for {raw:g}% type {raw / 100:g}") from None
        raise


def row_label(spec: TableSpec, cells: dict[str, Any]) -> str:
    """The key of a row in words, for messages."""
    parts = (cells[c.field] for c in spec.columns if c.key)
    return ", ".join(str(p).strip() for p in parts if not is_blank(p) and not isinstance(p, CellError))


def _is_no_record(spec: TableSpec, cells: dict[str, Any]) -> bool:
    """A blank row, a row of hints in brackets, or a note: words that are no key, beside otherwise empty cells."""
    filled = [(column, cells[column.field]) for column in spec.columns if not is_blank(cells[column.field])]
    if all(isinstance(raw, str) and raw.strip().startswith("[") and raw.strip().endswith("]") for _, raw in filled):
        return True
    if any(column.key and _looks_like_key(column, raw) for column, raw in filled):
        return False
    return all(column.key or column.may_be_missing for column, _ in filled)


def _looks_like_key(column: SheetColumn, raw: Any) -> bool:
    if isinstance(raw, CellError):
        return True
    if column.column.choices:
        return raw in column.column.choices
    if column.column.kind in ("number", "integer"):
        return not isinstance(raw, str)
    return bool(ID_PATTERN.fullmatch(str(raw).strip())) or (column.column.kind == "address" and "." in str(raw))


def stand_ins(column: Column, raw: Any, known: tuple[str, ...], row: int) -> tuple[Any, ...]:
    """Harmless values for a cell that cannot be used; ``known``: ids that the cell could have held.

    A problem that changes with the stand-in is a consequence of the bad cell, not a problem of its own.
    """
    if column.choices:
        return column.choices
    if column.kind == "yes_no":
        return (True, False)
    if column.kind in ("number", "integer"):
        return _numbers_within(column)
    if column.kind == "colour":
        return ("#000000", "#FFFFFF")
    if column.kind == "date":
        return ("2000-01-01", "2100-01-01") if column.required else ("2000-01-01", "2100-01-01", None)
    if isinstance(raw, str):
        return (raw.strip(),)
    return (*known, f"row_{row}")


def _numbers_within(column: Column) -> tuple[float, float]:
    lowest = column.minimum if column.minimum is not None else column.above
    highest = column.maximum
    if lowest is None:
        lowest = 0.0 if highest is None else highest - 1.0
    if highest is None or highest - lowest > WIDE_LIMITS:  # limits against slips: no value between them is typical
        lowest = max(lowest, 0.0)
        highest = lowest + 2.0
    if column.kind == "integer":
        return (int(lowest) + 1, int(highest))
    return (lowest + 0.25 * (highest - lowest), lowest + 0.75 * (highest - lowest))
