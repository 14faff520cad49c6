"""Tables of results on a page: headers, formats and widths from the declared columns, cells from a data frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from model.excel.pages.cells import PageColumn, records
from model.excel.pages.desk import Desk
from model.excel.pages.page import Page, TableAt
from model.result_columns import ResultColumn


def page_columns(desk: Desk, columns: Iterable[ResultColumn], first: float = 0.0) -> list[PageColumn]:
    """The columns of a page; ``first``: width of the first one, where the tables of a sheet share it."""
    return [PageColumn(c.heading(desk.currency), c.kind, c.width if n or not first else first) for n, c in enumerate(columns)]


def put_results(
    page: Page, title: str, explanation: str, table: pd.DataFrame, columns: Sequence[ResultColumn], first: float = 0.0
) -> TableAt:
    """Some columns of a table of results, in the order given."""
    return page.filled(title, explanation, page_columns(page.report, columns, first), cells_of(table, columns))


def cells_of(table: pd.DataFrame, columns: Sequence[ResultColumn]) -> list[list[Any]]:
    """The cells of some columns, row by row."""
    return [[plain_cell(row[c.name]) for c in columns] for row in records(table)]


def plain_cell(value: Any) -> Any:
    """A value as a cell takes it: booleans as yes, missing ones as nothing."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else ""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    return value if isinstance(value, str | int) else float(value)
