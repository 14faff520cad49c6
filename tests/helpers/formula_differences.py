"""Every formula of a workbook: the value stored with it beside what another program calculates."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from model.analysis.agreement import ALLOWED, ALLOWED_GAMMA, Found, relative_difference
from tests.helpers.workbook_file import Cell

GAMMA, SOLVED, ALLOWED_SOLVED = "gamma", "Calibration", 1e-6
DIFFERENCES = {"Checks": "Difference"}
"""Columns that hold what is left of two equal numbers: rounding, of no size of its own."""


@dataclasses.dataclass
class Compared:
    """The number of formulas compared, and a line for each that differs."""

    count: int = 0
    wrong: list[str] = dataclasses.field(default_factory=list)


def compare_sheet(stored: Iterable[Cell], sheet: str, found: Callable[[Cell], Found]) -> Compared:
    """The formulas of a sheet, of which ``stored`` are the cells as the file holds them; ``found``: the other program's
    value. Relative above 1 and absolute below: 1e-9; 1e-7 in columns that take an incomplete gamma function; 1e-6 where a
    calibration takes differences of differences."""
    result, words = Compared(), dict[str, str]()
    for cell in stored:
        if not cell.is_formula:
            if isinstance(cell.stored, str):
                words[cell.column] = f"{words.get(cell.column, '')} {cell.stored}"
            continue
        result.count += 1
        above = words.get(cell.column, "")
        if sheet in DIFFERENCES and DIFFERENCES[sheet] in above:
            continue
        old, new = value_of(cell), found(cell)
        if old != new and not relative_difference(old, new) <= _allowed(sheet, above):
            result.wrong.append(f"{sheet}!{cell.address} ={cell.formula}: stored {old!r}, calculated {new!r}")
    return result


def value_of(cell: Cell | None) -> Found:
    """What a cell shows; an error is a text that says so."""
    if cell is None or cell.stored in (None, ""):
        return None
    return f"error {cell.stored}" if cell.is_error else cell.stored


def _allowed(sheet: str, above: str) -> float:
    """The difference that counts as rounding in a column with these words above it."""
    if sheet == SOLVED:
        return ALLOWED_SOLVED
    return ALLOWED_GAMMA if GAMMA in above.casefold() else ALLOWED
