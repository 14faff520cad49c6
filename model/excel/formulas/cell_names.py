"""How formulas name cells; rows and columns count from 0, as XlsxWriter takes them."""

from __future__ import annotations

from functools import cache

from xlsxwriter.utility import xl_col_to_name


@cache
def column_name(column: int) -> str:
    """``C``, looked up once."""
    return xl_col_to_name(column)


def cell_name(row: int, column: int) -> str:
    """``C7``, which moves where it is copied."""
    return f"{column_name(column)}{row + 1}"


def fixed_cell(row: int, column: int) -> str:
    """``$C$7``, which does not."""
    return f"${column_name(column)}${row + 1}"
