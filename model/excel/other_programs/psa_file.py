"""Draws of another program's probabilistic analysis, from a CSV file or a sheet of a workbook."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl

from model.arrays import Array
from model.excel.inputs.archive import DATA
from model.excel.inputs.errors import InputError, InputProblem, file_problem
from model.excel.inputs.found_tables import is_blank
from model.excel.inputs.workbook_cells import CellError, address, check_file, read_grids
from model.excel.other_programs.psa_columns import PSAColumns, columns_by_name, given_columns
from model.excel.other_programs.text_table import TEXT_SUFFIXES, read_text_table

OWN_SHEET = "PSA draws"
MISSING = ("na", "nan", "n/a", "null", "inf", "-inf", "infinity")
SHOWN_PROBLEMS, SHOWN_OF_COLUMN = 20, 2
MOST_HEADER_ROWS = 30
LARGEST = 1e100


@dataclasses.dataclass(frozen=True)
class PSAFile:
    """Draws read from a file: costs and effects ``(n_draws, n_options)``, parameters ``(n_draws,)`` each."""

    arms: tuple[str, ...]
    costs: Array
    effects: Array
    parameters: Mapping[str, Array]


@dataclasses.dataclass(frozen=True)
class _Table:
    """Headers and rows of a table, and where they stand: ``place(row, column)`` counts from 0."""

    name: str
    headers: list[str]
    rows: list[list[Any]]
    row_numbers: list[int]
    column_numbers: list[int]

    def problem(self, row: int, column: int, message: str) -> InputProblem:
        cell = address(self.row_numbers[row], self.column_numbers[column])
        return InputProblem(self.name, cell, self.headers[column], "", message)


def read_psa_file(
    path: Path,
    costs: Sequence[str] | None = None,
    effects: Sequence[str] | None = None,
    arms: Sequence[str] | None = None,
    parameters: Sequence[str] | None = None,
    sheet: str | None = None,
) -> PSAFile:
    """Read the draws of a wide table: one row per draw, one column of costs and one of effects per option.

    costs, effects: names of columns, in the same order of options; found by their names where neither is given.
    parameters: columns of sampled inputs, by default every other column that holds numbers. sheet: of a workbook, by
    default 'PSA draws' of an output workbook of this model, else the first one.
    Raises :class:`InputError`: file, sheet and cell (of a CSV file as a spreadsheet counts it) of everything wrong.
    """
    table = _csv(path) if path.suffix.lower() in TEXT_SUFFIXES else _workbook(path, sheet)
    if sheet is not None and path.suffix.lower() in TEXT_SUFFIXES:
        raise file_problem("--sheet is for workbooks")
    try:
        if costs is None and effects is None:
            found = columns_by_name(table.headers)
            if arms is not None or parameters is not None:
                found = given_columns(table.headers, found.costs, found.effects, arms or found.arms, parameters)
        elif costs is None or effects is None:
            raise ValueError("name the columns of both, costs and effects, or of neither")
        else:
            found = given_columns(table.headers, costs, effects, arms, parameters)
    except ValueError as error:
        raise InputError([InputProblem(table.name, "", "", "", str(error))]) from None
    return _numbers(table, found, parameters is not None)


def _numbers(table: _Table, found: PSAColumns, all_wanted: bool) -> PSAFile:
    """The columns as numbers; a column that is no parameter by its words (a note) is left out unless it was asked for."""
    if len(table.rows) < 2:
        message = f"a probabilistic analysis needs at least 2 draws, one per row; there are {len(table.rows)}"
        raise InputError([InputProblem(table.name, "", "", "", message)])
    problems: list[InputProblem] = []
    columns: dict[str, Array] = {}
    for name in (*found.costs, *found.effects, *found.parameters):
        place = table.headers.index(name)
        cells = [row[place] for row in table.rows]
        optional = name in found.parameters and not all_wanted
        if optional and not any(_as_number(cell) is not None for cell in cells):
            continue
        values = [_as_number(cell) for cell in cells]
        wrong = [row for row, v in enumerate(values) if v is None]
        problems += [table.problem(row, place, _why_no_number(cells[row])) for row in wrong[:SHOWN_OF_COLUMN]]
        if len(wrong) > SHOWN_OF_COLUMN:
            words = f"{len(wrong) - SHOWN_OF_COLUMN} more cells of this column are no numbers"
            problems.append(table.problem(wrong[SHOWN_OF_COLUMN], place, words))
        columns[name] = np.array([np.nan if v is None else v for v in values])
    if problems:
        raise InputError(_shortened(problems, table.name))
    return PSAFile(
        found.arms,
        np.column_stack([columns[name] for name in found.costs]),
        np.column_stack([columns[name] for name in found.effects]),
        {name: columns[name] for name in found.parameters if name in columns},
    )


def _as_number(cell: Any) -> float | None:
    """A finite number, or None."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return None
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if abs(value) <= LARGEST else None  # also no nan


def _is_number(text: str) -> bool:
    try:
        return float(text) == float(text) and abs(float(text)) != float("inf")
    except ValueError:
        return False


def _why_no_number(cell: Any) -> str:
    if isinstance(cell, CellError):
        return f"{cell.message}; it must hold a number"
    if is_blank(cell):
        return "is empty; every draw needs a number"
    if isinstance(cell, int | float) or _is_number(str(cell)):
        return f"{str(cell)[:20]} is no number of a plausible size; leave out draws that failed, for all options"
    if str(cell).strip().lower() in MISSING:
        return f"'{cell}' is no finite number; leave out draws that failed, for all options"
    return f"'{cell}' is text; it must be a number with a decimal point"


def _shortened(problems: list[InputProblem], name: str) -> list[InputProblem]:
    if len(problems) <= SHOWN_PROBLEMS:
        return problems
    more = InputProblem(name, "", "", "", f"{len(problems) - SHOWN_PROBLEMS} more problems of the same kind")
    return [*problems[:SHOWN_PROBLEMS], more]


def _csv(path: Path) -> _Table:
    """A text file with commas, semicolons or tabs between its columns."""
    table = read_text_table(path)
    columns = list(range(1, len(table.headers) + 1))
    return _Table(table.name, list(table.headers), [list(row) for row in table.rows], list(table.row_numbers), columns)


def _workbook(path: Path, sheet: str | None) -> _Table:
    check_file(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True)
        names = [sheet.title for sheet in book.worksheets]
        book.close()
    except Exception as error:  # whatever is wrong with the file
        raise file_problem(f"'{path.name}' cannot be read as a workbook ({error})") from None
    if not names:
        raise file_problem(f"'{path.name}' has no sheet with cells")
    wanted = sheet or (OWN_SHEET if OWN_SHEET in names else names[0])
    if wanted not in names:
        raise file_problem(f"there is no sheet '{wanted}' in {path.name}; it has: {', '.join(names)}")
    grid = read_grids(path, [wanted], DATA)[wanted]
    widest = max((len(cells) for cells in grid.rows.values()), default=0)
    filled = sorted(number for number, cells in grid.rows.items() if 2 * len(cells) >= max(widest, 4))
    head = next((n for n in filled[:MOST_HEADER_ROWS] if _is_header(grid.row(n))), None)
    if head is None:
        message = "no row of column names was found; the first row of the table must hold them"
        raise InputError([InputProblem(wanted, "", "", "", message)])
    columns = sorted(grid.row(head))
    headers = [str(grid.row(head)[c]).strip() for c in columns]
    _check_headers(wanted, headers, head)
    below = [n for n in sorted(grid.rows) if n > head and any(c in grid.row(n) for c in columns)]
    if below and all(isinstance(v, str) for v in grid.row(below[0]).values()):
        below = below[1:]  # an output workbook of this model has ids above words
    rows = [[grid.row(n).get(c) for c in columns] for n in below]
    return _Table(wanted, headers, rows, below, columns)


def _is_header(cells: Mapping[int, Any]) -> bool:
    return all(isinstance(v, str) for v in cells.values())


def _check_headers(name: str, headers: Sequence[str], row: int) -> None:
    twice = sorted({h for h in headers if h and list(headers).count(h) > 1})
    if twice:
        cell = address(row, len(headers) - list(headers)[::-1].index(twice[0]))
        raise InputError([InputProblem(name, cell, "", "", f"the column name '{twice[0]}' stands twice")])
