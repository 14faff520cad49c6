"""A table of checks: what must hold, its value, its limit and a status that is a formula over the two."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from model.excel.formulas.formula import Formula, Term, formula_of
from model.excel.formulas.functions import where
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.grid import GridColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page

PASSED, FAILED, NOTED = "passed", "FAILED", "noted"
REFRESH = "If not, run the model with these inputs"


class CheckTable:
    """One titled table of checks on the sheet Checks."""

    def __init__(self, page: Page, title: str):
        self._table = GrowingTable(
            page,
            title,
            "Largest deviation over all arms and cycles, unless it says otherwise.",
            [
                PageColumn("Id", "text", 12),
                PageColumn("What must hold", "text", 70),
                PageColumn("Value", "any", 18),
                PageColumn("Limit", "any", 18),
                PageColumn("Status", "text", 14),
                PageColumn("Remark", "free", 50),
            ],
        )
        self._statuses: dict[int, str] = {}

    @property
    def failed(self) -> Formula:
        """How many of these checks fail; one that cannot be worked out fails."""
        count = sum(status == FAILED for status in self._statuses.values())
        cells = self._table.span(4).text
        return Formula(f'COUNTA({cells})-COUNTIF({cells},"{PASSED}")-COUNTIF({cells},"{NOTED}")', float(count))

    def failing(self, *names: str) -> Formula:
        """How many checks with these ids fail."""
        ids, statuses = self._table.span(0).text, self._table.span(4).text
        counted = (f'COUNTIFS({ids},"{name}",{statuses},"{FAILED}")' for name in names)
        rows = [r for r in range(self._table.at.n_rows) if self._table.at.rows[r][0] in names]
        return Formula("+".join(counted), float(sum(self._statuses[r] == FAILED for r in rows)))

    def below(self, name: str, words: str, value: Term, limit: Term, remark: str = "") -> int:
        """A check that passes where the value is at most the limit; returns its row."""
        return self._add(name, words, value, limit, operator.le, remark)

    def above(self, name: str, words: str, value: Term, limit: Term, remark: str = "") -> int:
        """A check that passes where the value is at least the limit; returns its row."""
        return self._add(name, words, value, limit, operator.ge, remark)

    def note(self, name: str, words: str, value: Formula, remark: str = "") -> None:
        """A figure that is reported and cannot fail."""
        self._table.add(name, words, As(value, "any"), "", NOTED, remark)

    def fill(self, row: int, value: Formula) -> None:
        """Give a check of :meth:`below` its value later, when the cells it counts are written."""
        limit = self._table.at.rows[row][3]
        bound = limit.value if isinstance(limit, As) else limit
        status = self._status(row, value, formula_of(bound), operator.le)  # type: ignore[arg-type]
        self._table.at.rows[row][2], self._table.at.rows[row][4] = As(value, "any"), status  # type: ignore[index]

    def _add(self, name: str, words: str, value: Term, limit: Term, holds: Callable[[Any, Any], Any], remark: str) -> int:
        made, bound = formula_of(value), formula_of(limit)
        row = self._table.at.n_rows
        status = self._status(row, made, bound, holds)
        self._table.add(name, words, As(made, _kind(made)), As(bound, _kind(bound)), status, remark)
        return row

    def _status(self, row: int, value: Formula, limit: Formula, holds: Callable[[Any, Any], Any]) -> Formula:
        cells = (Formula(self._table.at.cell(row, 2), value.value), Formula(self._table.at.cell(row, 3), limit.value))
        status = where(holds(*cells), PASSED, FAILED)
        self._statuses[row] = str(status.value)
        return Formula(f'IFERROR({status.text},"{FAILED}")', status.value)


def _kind(made: Formula) -> str:
    value = made.value
    return "tiny" if isinstance(value, float) and 0 < abs(value) < 1e-3 else "any"


def largest_distance(expression: Formula) -> Formula:
    """The largest distance from 0 of an expression of ranges (no square: that of 1e-160 is an error in LibreOffice)."""
    value = float(abs(expression.value).max())
    ends = f"SUMPRODUCT(MAX({expression.text})),-SUMPRODUCT(MIN({expression.text}))"
    return Formula(f"MAX({ends})", value)


def smallest_step(column: GridColumn) -> Formula:
    """The smallest change from one row to the next."""
    n = column.length
    after, before = column.part(1, n), column.part(0, n - 1)
    return Formula(f"SUMPRODUCT(MIN({after.text}-{before.text}))", float((after.value - before.value).min()))
