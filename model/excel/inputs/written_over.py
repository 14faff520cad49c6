"""Header rows that rows pasted into the table above have written over.

An input workbook names the header row of each table (a defined name such as ``head_of_evidence``), and spreadsheet
programs move a name with its cells. So where other words stand in such a row, the table under it was written over: it is
told by its cell, and its rows are never taken for those of the table above. A workbook made without these names is read by
its headers alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from model.excel.inputs.errors import InputProblem
from model.excel.inputs.found_tables import FoundTable, Spec, normal, title_rows
from model.excel.inputs.layout import head_name, headers_across
from model.excel.inputs.table_specs import SheetSpec, all_headers_of, headers_of
from model.excel.inputs.workbook_cells import NamedRow, SheetCells, address

ROWS_ABOVE = 3  # title, explanation and hints of a table stand above its header row


def heads_of(sheet: SheetSpec, grid: SheetCells, named: Mapping[str, NamedRow]) -> dict[str, NamedRow]:
    """Where the header rows of the sheet's tables stood when the workbook was made, by table."""
    places = {spec.name: named.get(head_name(spec.name)) for spec in sheet.tables}
    return {name: place for name, place in places.items() if place and place.sheet.casefold() == grid.name.casefold()}


def lost_heads(
    sheet: SheetSpec, heads: Mapping[str, NamedRow], grid: SheetCells, found: Mapping[str, FoundTable]
) -> dict[str, NamedRow]:
    """Those of tables that have lost their title and were not found, or not with all columns, although something stands in
    that row or below it, up to the next table."""
    titled = title_rows(sheet, grid)
    whole = {name: table for name, table in found.items() if not table.missing}
    rows = [*(table.header_row for table in whole.values()), *(head.row for head in heads.values())]
    lost = {}
    for name, head in heads.items():
        following = min((row - ROWS_ABOVE for row in rows if row > head.row), default=max(grid.rows, default=0) + 1)
        if name not in whole and name not in titled and any(head.row <= row < following for row in grid.rows):
            lost[name] = head
    return lost


def lost_table_problem(spec: Spec, head: NamedRow, grid: SheetCells, found: Mapping[str, FoundTable]) -> InputProblem:
    """What to say of a table whose header row was written over."""
    above = [table for table in found.values() if table.header_row < head.row]
    whose = f" by rows of the table '{max(above, key=lambda t: t.header_row).spec.title}' above" if above else ""
    message = (
        f"the header row of the table '{spec.title}' stood in row {head.row} and was written over{whose}, and what stood in "
        "the rows below it too, as far as was pasted. Undo, insert as many empty rows above row "
        f"{head.row - ROWS_ABOVE} as you need (select whole rows, then Insert), and paste again"
    )
    return InputProblem(grid.name, address(head.row, head.first_column), "", "", message)


def lost_headers(sheet: SheetSpec, table: FoundTable, head: NamedRow | None, grid: SheetCells) -> Iterator[InputProblem]:
    """Single headers of a table that was found, in whose cells another word stands now, or nothing above values."""
    headers = headers_across(sheet)[table.spec.name]
    if head is None or head.row != table.header_row or head.last_column - head.first_column + 1 != len(headers):
        return  # columns were inserted or left out
    known = {normal(header) for header in all_headers_of(table.spec)}
    row = grid.row(head.row)
    standing = {normal(value) for value in row.values()}
    for column, header in enumerate(headers, start=head.first_column):
        if not header or header in table.missing or normal(header) in standing:
            continue
        value = row.get(column)
        said = f"the header '{header}' of the table '{table.spec.title}' "
        if value is None:
            below = [n for n in range(head.row + 1, table.last_row + 1) if column in grid.row(n)]
            if below and header in headers_of(table.spec):
                message = said + f"is missing above values (the first in row {below[0]}): type it again, or clear the column"
                yield InputProblem(grid.name, address(head.row, column), "", "", message)
        elif normal(value) not in known:
            yield InputProblem(grid.name, address(head.row, column), "", "", said + f"was written over by '{value}'")
