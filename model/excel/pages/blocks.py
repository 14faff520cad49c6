"""Large blocks of numbers on a sheet, written a column at a time: ten times faster than cell by cell.

A block is the last thing on its sheet. Its cells take the format of their column; nan leaves a cell out.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Any

import numpy as np
from xlsxwriter.format import Format

from model.excel.formulas.cell_names import column_name
from model.excel.formulas.formula import THIS
from model.excel.pages.workbook import ExactWorksheet


@dataclasses.dataclass(frozen=True)
class BlockColumn:
    """One column: its values, (n,), and, for live cells, the formula of its first row, which moves down with the rows.

    ``style``: the format of its cells, if it is not that of the sheet's column.
    """

    values: np.ndarray
    formula: str = ""
    style: Format | None = None


class BlockSheet(ExactWorksheet):
    """A worksheet that may end in a block of columns."""

    def __init__(self) -> None:
        super().__init__()
        self._block: tuple[int, list[BlockColumn]] | None = None

    def add_block(self, first_row: int, columns: list[BlockColumn]) -> None:
        """Write columns from the sheet's first column on, below everything else; ``first_row`` counts from 0."""
        if self._block is not None:
            raise ValueError("a sheet holds one block of columns")
        self._block = (first_row, columns)
        self._check_dimensions(first_row + _longest(columns) - 1, len(columns) - 1)

    def _write_rows(self) -> None:
        if self._block is None:
            super()._write_rows()
            return
        first_row, columns = self._block
        last_row = first_row + _longest(columns) - 1
        self.dim_rowmax: int = first_row - 1
        super()._write_rows()
        self.dim_rowmax = last_row
        self.fh.writelines(self._rows(first_row, columns))

    def _rows(self, first_row: int, columns: list[BlockColumn]) -> Iterator[str]:
        """The rows as markup. What rows have in common is put together once: the first is the one with whole formulas, the
        others hold the cells of the same columns down to where one of them ends."""
        shown = [iter(self._shown(first_row, number, column)) for number, column in enumerate(columns)]
        starts = [0, *sorted({1, *(len(column.values) for column in columns)})]
        for start, end in pairwise(starts):
            there = [number for number, column in enumerate(columns) if len(column.values) >= end]
            cells = "".join(self._cell(first_row, number, columns[number], start == 0) for number in there)
            common, lines = f'<row r="{THIS}">{cells}</row>', zip(*(shown[number] for number in there), strict=False)
            for row, line in enumerate(islice(lines, end - start), start=first_row + start + 1):
                yield common.replace(THIS, str(row)) % line

    def _cell(self, first_row: int, number: int, column: BlockColumn, whole: bool) -> str:
        """A cell of a column with room for what :meth:`_shown` holds of it; ``whole``: with its formula, which the cells
        below it only name (smaller files that open sooner)."""
        if not column.formula:
            return "%s" if _has_gaps(column) else f"{self._start(number, column)}><v>%r</v></c>"
        if not whole:
            return f'{self._start(number, column)}><f t="shared" si="{number}"/><v>%s</v></c>'
        name, first = column_name(number), first_row + 1
        formula = f'ref="{name}{first}:{name}{first_row + len(column.values)}" si="{number}">{column.formula}'
        return f'{self._start(number, column)}><f t="shared" {formula.replace("%", "%%")}</f><v>%s</v></c>'

    def _shown(self, first_row: int, number: int, column: BlockColumn) -> Sequence[Any]:
        """The values as :meth:`_cell` takes them: decimals of a formula's, numbers, whole cells where some are left out."""
        if column.formula:
            return self.decimals.of(column.values)
        values = column.values.tolist()
        if not _has_gaps(column):
            return values
        cell = f"{self._start(number, column)}><v>%r</v></c>"
        rows = range(first_row + 1, first_row + len(values) + 1)
        return ["" if math.isnan(v) else cell.replace(THIS, str(r)) % v for r, v in zip(rows, values, strict=True)]

    def _start(self, number: int, column: BlockColumn) -> str:
        info: Any = self.col_info.get(number)
        style: Any = column.style or (info.column_format if info is not None else None)
        return f'<c r="{column_name(number)}{THIS}"{self._mark_of(style)}'


def _longest(columns: Sequence[BlockColumn]) -> int:
    return max(len(c.values) for c in columns)


def _has_gaps(column: BlockColumn) -> bool:
    return bool((column.values != column.values).any())  # nan is not even itself
