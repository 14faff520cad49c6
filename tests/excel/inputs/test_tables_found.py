"""Tables on a sheet are found by their headers: how many of them must be there."""

from __future__ import annotations

import pytest

from model.excel.inputs.found_tables import find_tables
from model.excel.inputs.schema import SHEETS
from model.excel.inputs.table_specs import headers_of
from model.excel.inputs.workbook_cells import SheetCells

ALONE = [(s, t) for s in SHEETS for t in s.tables if len(s.tables) == 1 and len(headers_of(t)) >= 4]
"""Tables that have a sheet to themselves: nothing else on it could be meant."""


def found(sheet, table, count: int) -> bool:
    """Is the table found by its first headers alone, without a title above?"""
    headers = {i: h for i, h in enumerate(headers_of(table)[:count], start=1)}
    return table.name in find_tables(sheet, SheetCells(sheet.name, {5: headers}))


@pytest.mark.parametrize(("sheet", "table"), ALONE, ids=lambda x: x.name)
def test_half_of_the_headers_are_enough_and_fewer_are_not(sheet, table) -> None:
    """Of five headers three are needed."""
    half = (len(headers_of(table)) + 1) // 2
    assert found(sheet, table, half)
    assert not found(sheet, table, half - 1)
