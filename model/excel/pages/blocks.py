"""Large blocks of numbers on a sheet, written a column at a time: ten times faster than cell by cell.

A block is the last thing on its sheet. Its cells take the format of their column; nan leaves a cell out.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

from model.excel.pages.workbook import ExactWorksheet


@dataclasses.dataclass(frozen=True)
class BlockColumn:
    """One column: its values and, for live cells, the formula of each worksheet row (rows count from 1).

    ``style``: the format of its cells, if it is not that of the sheet's column.
    """

    values: Sequence[float]
    formula: Callable[[int], str] | None = None
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
        cells = itertools.zip_longest(*(self._cells(first_row, i, c) for i, c in enumerate(columns)), fillvalue="")
        self.fh.writelines(f'<row r="{row}">{"".join(line)}</row>' for row, line in enumerate(cells, start=first_row + 1))

    def _cells(self, first_row: int, number: int, column: BlockColumn) -> Iterator[str]:
        """The cells of one column as markup, empty where the value is nan."""
        name, style = xl_col_to_name(number), self._style_of(number, column)
        start = first_row + 1
        if column.formula is not None:
            last = start + len(column.values) - 1
            whole = f'<f t="shared" ref="{name}{start}:{name}{last}" si="{number}">{column.formula(start)}</f>'
            rest = f'<f t="shared" si="{number}"/>'  # the same formula, moved down: smaller files that open sooner
            for row, value in enumerate(column.values, start=start):
                yield f'<c r="{name}{row}"{style}>{whole if row == start else rest}<v>{value!r}</v></c>'
            return
        for row, value in enumerate(column.values, start=start):
            yield "" if math.isnan(value) else f'<c r="{name}{row}"{style}><v>{value!r}</v></c>'

    def _style_of(self, number: int, column: BlockColumn) -> str:
        info: Any = self.col_info.get(number)
        style: Any = column.style or (info.column_format if info is not None else None)
        return f' s="{style._get_xf_index()}"' if style is not None else ""


def _longest(columns: Sequence[BlockColumn]) -> int:
    return max(len(c.values) for c in columns)
