"""Fifty rows pasted into a table are read whole, or the table that they wrote over is named by cell; nothing is lost unsaid.

Every table of the starter and of the shipped workbooks, as read from their files; the paste itself is made in what was
read, cell by cell as a spreadsheet program makes it. Two are made in files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from model.definition.records.columns import Column
from model.excel import InputError, Styles, add_input_sheets, new_workbook, read_inputs
from model.excel.inputs.drafts import Book, read_book
from model.excel.inputs.errors import InputProblem
from model.excel.inputs.schema import SHEETS, TABLE_SPECS
from model.excel.inputs.table_specs import SheetSpec, TableSpec
from model.excel.inputs.workbook_cells import Grids, SheetCells, read_grids
from tests.helpers.edited_workbooks import changed, example, layout, template
from tests.helpers.shipped import ROOT

PASTED = 50
WORKBOOKS = ("template", "patina_us", "output")
"""The last one with the few spare rows that the input sheets of an output workbook have."""


@pytest.fixture(scope="module", params=WORKBOOKS)
def grids(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Grids:
    path = tmp_path_factory.mktemp("pasted") / f"{request.param}.xlsx"
    if request.param == "template":
        path.write_bytes(template())
    elif request.param == "output":
        workbook = new_workbook(path)
        add_input_sheets(workbook, example(), Styles(workbook), controls={})
        workbook.close()
    else:
        path = ROOT / "inputs" / path.name
    return read_grids(path, [sheet.name for sheet in SHEETS])


def content(column: Column, number: int) -> Any:
    """Something that a cell of the column takes, another in each row."""
    if column.choices:
        return column.choices[0]
    return {"number": 0.001 * number, "integer": number, "yes_no": "yes", "date": "2027-03-05", "colour": "#000000"}.get(
        column.kind, f"pasted_{number}"
    )


def alone(grids: Grids, sheet: SheetSpec, rows: dict[int, dict[int, Any]] | None = None) -> Book:
    """One sheet of the workbook as read, perhaps with other cells; the others, which a paste leaves alone, are left out."""
    grid = grids[sheet.name]
    one = Grids({sheet.name: SheetCells(grid.name, grid.rows if rows is None else rows)})
    one.named = grids.named
    return read_book(one)


def told_on(book: Book, sheet: SheetSpec) -> list[InputProblem]:
    """Problems with a cell of the sheet."""
    return [p for p in (*book.lost, *book.problems) if p.sheet == sheet.name and p.cell]


def after_paste(grids: Grids, sheet: SheetSpec, spec: TableSpec, first: int, columns: dict[str, int]) -> Book:
    """The sheet after rows were pasted from row ``first`` on into some columns of the table."""
    rows = {number: dict(cells) for number, cells in grids[sheet.name].rows.items()}
    for number in range(PASTED):
        cells = {place: content(spec.column(field).column, number + 1) for field, place in columns.items()}
        rows.setdefault(first + number, {}).update(cells)
    return alone(grids, sheet, rows)


def pastes(book: Book, spec: TableSpec) -> Iterator[tuple[int, dict[str, int]]]:
    """Where rows are pasted: from the first row on and below the last one, over all columns and over the first half."""
    found = book.found[spec.name]
    places = {c.field: found.columns[c.header] for c in spec.columns}
    half = dict(list(places.items())[: max(len(places) // 2, len([c for c in spec.columns if c.key]))])
    below = max((draft.row for draft in book.drafts[spec.name]), default=found.header_row) + 1
    for first in sorted({found.header_row + 1, below}):
        yield first, places
        yield first, half


def same_records(one: Book, other: Book, table: str) -> bool:
    return [d.values for d in one.drafts[table]] == [d.values for d in other.drafts[table]]


def test_rows_pasted_into_any_table_are_read_whole_or_what_they_wrote_over_is_named(
    grids: Grids, request: pytest.FixtureRequest
) -> None:
    is_input = "output" not in request.node.name
    for sheet in SHEETS:
        before = alone(grids, sheet)
        assert told_on(before, sheet) == []
        for spec in [t for t in sheet.tables if isinstance(t, TableSpec)]:
            for first, columns in pastes(before, spec):
                after = after_paste(grids, sheet, spec, first, columns)
                whole = {*range(first, first + PASTED)} <= {draft.row for draft in after.drafts[spec.name]}
                others = [t.name for t in sheet.tables if t.name != spec.name]
                lost = [name for name in others if not same_records(before, after, name)]
                case = (sheet.name, spec.name, first, len(columns), lost)
                assert (whole and not lost) or told_on(after, sheet), case
                if spec.grows and is_input:
                    assert whole and not lost, case


def test_every_table_whose_header_row_is_pasted_over_is_named(grids: Grids) -> None:
    """Also where a whole block of cells is written over it, with nothing left of its title."""
    for sheet in SHEETS:
        before = alone(grids, sheet)
        for above, spec in zip(sheet.tables, sheet.tables[1:], strict=False):
            if not isinstance(above, TableSpec):
                continue
            head = before.found[spec.name].header_row
            columns = {c.field: before.found[above.name].columns[c.header] for c in above.columns}
            lost = after_paste(grids, sheet, above, head - PASTED // 2, columns).lost
            assert [p.cell for p in lost if f"table '{spec.title}' stood" in p.message] == [f"A{head}"], (
                sheet.name,
                spec.name,
            )


def test_a_header_that_is_gone_from_above_its_values_is_told(grids: Grids) -> None:
    """Of every column in which something stands, required or not: never are its values left out without a word."""
    for sheet in SHEETS:
        before = alone(grids, sheet)
        for spec in [t for t in sheet.tables if isinstance(t, TableSpec)]:
            found = before.found[spec.name]
            rows = [draft.row for draft in before.drafts[spec.name]]
            for header, column in found.columns.items():
                if not any(column in grids[sheet.name].row(row) for row in rows):
                    continue
                cells = {**grids[sheet.name].rows}
                cells[found.header_row] = {k: v for k, v in cells[found.header_row].items() if k != column}
                after = alone(grids, sheet, cells)
                assert told_on(after, sheet) or after.lost, (sheet.name, spec.name, header)


def test_what_is_said_of_a_table_that_was_written_over(tmp_path: Path) -> None:
    """Ten drugs pasted over the next table, whose header row stood four rows below its title."""
    drugs, products = layout().tables["drugs"], layout().tables["products"]
    first = products.title_row + 1

    def paste(book: openpyxl.Workbook) -> None:
        for n in range(10):
            for k, value in enumerate((f"drug_{n}", f"Drug {n}", "fixed", 1.0, "mg")):
                book["Drugs"].cell(first + n, 1 + k, value)

    with pytest.raises(InputError) as caught:
        read_inputs(changed(tmp_path, paste))
    said = str(caught.value).split("\n")
    assert said[0].startswith(f"Drugs!A{products.header_row + 1}: the header row of the table 'Packs and vials' stood in row")
    assert "was written over by rows of the table 'Drugs' above" in said[0]
    assert f"insert as many empty rows above row {first}" in said[0]
    assert len(said) == 1 + sum(line.startswith("Drugs!") for line in said[1:])
    assert drugs.last_row < first - 1


def test_twelve_numbers_at_risk_are_read_and_an_emptied_table_is_left_out(tmp_path: Path) -> None:
    at_risk, emptied = layout().tables["numbers_at_risk"], layout().tables["price_changes"]

    def change(book: openpyxl.Workbook) -> None:
        for n in range(12):
            for k, value in enumerate(("standard_care", "pfs", 6.0 * n, 120 - 10 * n), start=1):
                book[at_risk.sheet].cell(at_risk.first_row + 1 + n, k, value)
        empty(book["Drugs"], range(emptied.title_row + 1, emptied.last_row + 2))
        scenarios = book["Scenarios"]
        empty(scenarios, [r for r in range(1, 40) if str(scenarios.cell(r, 3).value).startswith("price_changes.")])

    definition = read_inputs(changed(tmp_path, change))
    assert [row.n_risk for row in definition.numbers_at_risk] == [120 - 10 * n for n in range(12)]
    assert definition.price_changes == () and definition.drugs == example().drugs


def empty(sheet: Any, rows: Iterable[int]) -> None:
    for row in rows:
        for column in range(1, 30):
            sheet.cell(row, column).value = None


def test_tables_of_data_are_those_that_grow() -> None:
    growing = {name for name, spec in TABLE_SPECS.items() if spec.grows}
    assert {"numbers_at_risk", "digitised", "evidence", "coefficients", "covariance", "patient_data"} <= growing
