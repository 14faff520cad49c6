"""Tables of single formulas: a row is added when it is needed, and its cells can be referred to at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from model.excel.formulas.formula import Formula, Term, as_number
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.page import Page, TableAt


class GrowingTable:
    """The last table of a page, until the next one begins; it grows row by row."""

    def __init__(self, page: Page, title: str, explanation: str, columns: Sequence[PageColumn]):
        self.page = page
        self.at: TableAt = page.table(title, explanation, columns, 0)

    def add(self, *cells: Any) -> int:
        """A row of cells (formulas, numbers, texts); returns its number."""
        if self.page.tables[-1] is not self.at:
            raise ValueError(f"'{self.at.title}' is no longer the last table of its page")
        self.at.rows.append([as_number(c) if isinstance(c, Formula) else c for c in cells])
        self.at.n_rows += 1
        self.page.row = self.at.last_row + 3
        return self.at.n_rows - 1

    def cell(self, row: int, column: int) -> Formula:
        """A cell, for formulas on any sheet."""
        return Formula(self.at.cell(row, column), value_of(self.at.rows[row][column]))

    def span(self, column: int, first: int = 0, last: int | None = None) -> Formula:
        """Neighbouring cells of one column (all rows so far)."""
        import numpy as np

        end = self.at.n_rows - 1 if last is None else last
        values = [value_of(self.at.rows[i][column]) for i in range(first, end + 1)]
        text = any(isinstance(v, str) for v in values)
        array = np.array(values, dtype=object if text else float)
        start, stop = self.at.cell(first, column), self.at.cell(end, column)
        return Formula(f"{start}:{stop.rsplit('!', 1)[1]}", array)

    def across(self, row: int, first: int, last: int) -> Formula:
        """Neighbouring cells of one row."""
        import numpy as np

        values = np.array([value_of(self.at.rows[row][c]) for c in range(first, last + 1)], dtype=float)
        start, stop = self.at.cell(row, first), self.at.cell(row, last)
        return Formula(f"{start}:{stop.rsplit('!', 1)[1]}", values)


class Facts:
    """A growing table of one value per row: what it is, the value, its unit, a remark."""

    COLUMNS = (
        PageColumn("Quantity", "text", 58),
        PageColumn("Value", "any", 22),
        PageColumn("Unit", "text", 16),
        PageColumn("Remark", "free", 30),
    )

    def __init__(self, page: Page, title: str, explanation: str):
        self.table = GrowingTable(page, title, explanation, self.COLUMNS)

    def add(self, what: str, value: Term, unit: str = "", remark: str = "", kind: str = "any") -> Formula:
        """A row; returns the cell of its value."""
        row = self.table.add(what, As(as_number(value), kind), unit, remark)
        return self.table.cell(row, 1)

    def number(self, what: str, value: float, unit: str = "", remark: str = "") -> Formula:
        """A row that holds a number."""
        row = self.table.add(what, As(value, "any"), unit, remark)
        return self.table.cell(row, 1)


def value_of(cell: Any) -> Any:
    """The value of a cell as a formula would find it."""
    if isinstance(cell, As):
        return value_of(cell.value)
    if isinstance(cell, Formula):
        return cell.value
    return "" if cell is None else cell


class RowBuilder:
    """One row of a growing table, cell by cell; each cell can be referred to as soon as it is put."""

    def __init__(self, table: GrowingTable, *cells: Any):
        self.table, self.cells = table, list(cells)

    def put(self, value: Term, kind: str = "any") -> Formula:
        """The next cell of the row."""
        made = as_number(value)
        at = self.table.at
        place = Formula(at.cell(at.n_rows, len(self.cells)), made.value)
        self.cells.append(As(made, kind))
        return place

    def put_number(self, value: float) -> Formula:
        """A number that is no formula."""
        at = self.table.at
        place = Formula(at.cell(at.n_rows, len(self.cells)), float(value))
        self.cells.append(As(float(value), "any"))
        return place

    def close(self) -> int:
        """Add the row to its table."""
        return self.table.add(*self.cells)
