"""Finding tables on a sheet by their headers: any order of columns, extra columns, notes and blank rows do no harm."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from types import MappingProxyType

from model.excel.inputs.table_specs import FieldsSpec, SheetSpec, TableSpec, essential_headers, headers_of
from model.excel.inputs.workbook_cells import SheetCells

Spec = TableSpec | FieldsSpec
ROWS_ABOVE_HEADER = 4  # a table's title stands at most so many rows above its header row


@dataclasses.dataclass(frozen=True)
class FoundTable:
    """A table on its sheet: header row, column number of each header, and the rows that may hold records."""

    spec: Spec
    header_row: int
    columns: dict[str, int]
    last_row: int
    missing: tuple[str, ...]


def normal(text: object) -> str:
    """A header or title for comparison: letter case and spacing do not count."""
    return " ".join(text.split()).casefold() if isinstance(text, str) else ""


def find_tables(sheet: SheetSpec, grid: SheetCells, heads: Mapping[str, int] = MappingProxyType({})) -> dict[str, FoundTable]:
    """The tables of ``sheet`` that stand on ``grid``, by table name. ``heads``: rows in which the headers of a table once
    stood; a table above ends there, also where other words stand in it now."""
    titles = _title_rows(sheet, grid)
    chosen = _assign(sheet, grid, titles)
    starts = [titles.get((spec.name, row), row) for spec, row in chosen]
    ends = {normal(title) for title in sheet.other_titles}
    starts += [n for n, cells in grid.rows.items() if len(cells) == 1 and normal(next(iter(cells.values()))) in ends]
    here = {spec.name for spec, _ in chosen}
    starts += [row for name, row in title_rows(sheet, grid).items() if name not in here]
    starts += [row for name, row in heads.items() if name not in here]
    last_of_sheet = max(grid.rows, default=0)
    found = {}
    for spec, row in chosen:
        following = [start for start in starts if start > row]
        last = min(following) - 1 if following else last_of_sheet
        columns = _columns(spec, grid, row)
        missing = tuple(h for h in essential_headers(spec) if h not in columns)
        found[spec.name] = FoundTable(spec, row, columns, last, missing)
    return found


def title_rows(sheet: SheetSpec, grid: SheetCells) -> dict[str, int]:
    """The row in which the title of each table stands alone, by table; the sheet's own title, above, is none."""
    names = {normal(spec.title): spec.name for spec in sheet.tables}
    alone = [(row, normal(next(iter(c.values())))) for row, c in sorted(grid.rows.items()) if len(c) == 1]
    if alone and alone[0][1] == normal(sheet.title):
        alone = alone[1:]
    rows: dict[str, int] = {}
    for row, text in alone:
        if text in names:
            rows.setdefault(names[text], row)
    return rows


def rows_without_header(sheet: SheetSpec, spec: Spec, grid: SheetCells, found: set[str]) -> list[int]:
    """The rows that stand where the table ``spec``, which was not found, should: from its title to the next table; if
    the title is gone too and no other table is missing, those above the first table of the sheet.

    ``found``: the tables that were. A row counts with two cells or more that are no hints in brackets.
    """
    titles, chosen = title_rows(sheet, grid), _assign(sheet, grid, _title_rows(sheet, grid))
    headers = [row for other, row in chosen if other.name in found]
    ends = {normal(title) for title in sheet.other_titles}
    others = [row for row, c in grid.rows.items() if len(c) == 1 and normal(next(iter(c.values()))) in ends]
    starts = sorted([*titles.values(), *headers, *others])
    if spec.name in titles:
        first = titles[spec.name]
        last = min((row for row in starts if row > first), default=max(grid.rows) + 1)
    elif [other.name for other in sheet.tables if other.name not in found] == [spec.name]:
        first, last = 0, min(starts, default=max(grid.rows, default=0) + 1)
    else:
        return []
    return [row for row, cells in sorted(grid.rows.items()) if first < row < last and _may_be_record(cells)]


def _may_be_record(cells: Mapping[int, object]) -> bool:
    words = [v for v in cells.values() if not (isinstance(v, str) and v.strip().startswith("["))]
    return len(words) >= 2


def _title_rows(sheet: SheetSpec, grid: SheetCells) -> dict[tuple[str, int], int]:
    """Row of the nearest title above each row: {(table, row below it): row of the title}."""
    names = {normal(spec.title): spec.name for spec in sheet.tables}
    rows: dict[tuple[str, int], int] = {}
    for number, cells in sorted(grid.rows.items()):
        for value in cells.values():
            name = names.get(normal(value))
            if name is not None and len(cells) == 1:
                rows.update({(name, number + k): number for k in range(1, ROWS_ABOVE_HEADER + 1)})
    return rows


def _assign(sheet: SheetSpec, grid: SheetCells, titles: dict[tuple[str, int], int]) -> list[tuple[Spec, int]]:
    """Header rows and tables, matched best first: a title above counts most, then the share of headers in common."""
    known = {normal(h) for spec in sheet.tables for h in headers_of(spec)}
    scored = []
    for number, cells in grid.rows.items():
        words = {normal(v) for v in cells.values()} & known
        if not words:
            continue
        for order, spec in enumerate(sheet.tables):
            headers = {normal(h) for h in headers_of(spec)}
            common = len(words & headers)
            titled = (spec.name, number) in titles
            if 2 * common >= len(headers) and (common >= 2 or titled):
                scored.append((-(2 * titled + common / len(words | headers)), number, order))
    taken_rows: set[int] = set()
    chosen: dict[int, int] = {}
    for _, number, order in sorted(scored):
        if number not in taken_rows and order not in chosen:
            taken_rows.add(number)
            chosen[order] = number
    return [(sheet.tables[order], number) for order, number in sorted(chosen.items(), key=lambda item: item[1])]


def _columns(spec: Spec, grid: SheetCells, row: int) -> dict[str, int]:
    """Column number of each header (the leftmost, should one stand twice)."""
    places: dict[str, int] = {}
    for column, value in sorted(grid.row(row).items()):
        places.setdefault(normal(value), column)
    return {header: places[normal(header)] for header in headers_of(spec) if normal(header) in places}


def missing_column_message(spec: Spec, found: FoundTable, grid: SheetCells, header: str) -> str:
    """What to say of a header that is not there, with the nearest one that is."""
    others = [
        value.strip()
        for value in grid.row(found.header_row).values()
        if isinstance(value, str) and normal(value) not in {normal(h) for h in headers_of(spec)}
    ]
    close = difflib.get_close_matches(header, others, n=1)
    hint = f"; is it '{close[0]}'?" if close else ""
    return f"the column '{header}' of the table '{spec.title}' is missing{hint}"


def is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
