"""An output workbook as a reader of its results meets it: named cells, the numbers stored in them, the stored draws."""

from __future__ import annotations

import dataclasses
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl

from model.analysis.agreement import Found
from model.excel.inputs.archive import DATA
from model.excel.inputs.errors import InputError, file_problem
from model.excel.inputs.placed_inputs import CellPlace
from model.excel.inputs.workbook_cells import address, check_file, sheet_rows
from model.excel.output_sheets import PSA_DRAWS
from model.excel.report.checks.named_results import PREFIX

ONE_CELL = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d+)")
CHECKS, CHANGED = "checks_failed", "inputs_changed"
SUBGROUP, SCENARIO, DRAW = "set_subgroup", "set_scenario", "set_psa_draw"
RUN_SEED, RUN_DRAWS, RUN_SAMPLING = "run_seed", "run_draws", "run_sampling"
FACTS = (SUBGROUP, SCENARIO, DRAW, RUN_SEED, RUN_DRAWS, RUN_SAMPLING)
LONGEST_NAME = 250
ROWS_ABOVE_DRAWS = 20
Settings = Mapping[str, int | None]
"""One case: the number that each cell with a defined name is given, None to empty it."""


@dataclasses.dataclass(frozen=True)
class StoredDraws:
    """The sheet of draws: by column id the values of its rows in order, and the place of the first of them."""

    sheet: str
    first_row: int
    columns: Mapping[str, list[Any]]
    letters: Mapping[str, int]

    @property
    def n_draws(self) -> int:
        return max((len(values) for values in self.columns.values()), default=0)

    def cell(self, column: str, row: int) -> str:
        """The address of a column's value in row ``row``, counted from 0; the sheet where it has no such column."""
        if column not in self.letters:
            return self.sheet
        return f"{self.sheet}!{address(self.first_row + row, self.letters[column])}"


@dataclasses.dataclass(frozen=True)
class OutputCells:
    """``cells``: place of every named single cell. ``stored``: what stood in the named results when the file was saved;
    ``facts``: the same of the cells named in :data:`FACTS`, those that the workbook has."""

    path: Path
    cells: Mapping[str, CellPlace]
    stored: Mapping[str, Found]
    facts: Mapping[str, Found]
    draws: StoredDraws | None

    @property
    def results(self) -> list[str]:
        """Names of the results and of the two cells on the state of the workbook, without :data:`PREFIX`."""
        return list(self.stored)

    def place(self, result: str) -> str:
        """The address of a result, "" if no cell has its name."""
        found = self.cells.get(name_of(result))
        return str(found) if found else ""


def name_of(result: str) -> str:
    """The defined name of a result."""
    return result if result in (CHECKS, CHANGED) else f"{PREFIX}{result}"[:LONGEST_NAME]


def read_output_cells(path: Path) -> OutputCells:
    """Raises :class:`InputError` unless ``path`` is an output workbook."""
    check_file(path)
    try:
        with warnings.catch_warnings(), path.open("rb") as file:  # by what it holds, whatever its name ends in
            warnings.simplefilter("ignore")  # nothing is saved here
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            cells = _named_cells(book)
            results = [n.removeprefix(PREFIX) for n in cells if n.startswith(PREFIX) or n in (CHECKS, CHANGED)]
            is_output = any(n.startswith(PREFIX) for n in cells)
            wanted = {name: cells[name_of(name)] for name in results} | {n: cells[n] for n in FACTS if n in cells}
            values = values_of(book, wanted) if is_output else {}
            draws = _stored_draws(book) if is_output else None
    except InputError:
        raise
    except Exception as error:  # a damaged file can fail anywhere inside the parser
        raise file_problem(f"'{path.name}' cannot be read as a workbook; it may be damaged ({error})") from error
    if not is_output:
        raise file_problem(
            f"'{path.name}' holds no results: it is an input workbook, not an output workbook. Run the model with it "
            f"(run_model.py {path}) and verify the workbook that the run writes"
        )
    stored, facts = ({n: v for n, v in values.items() if (n in FACTS) is fact} for fact in (False, True))
    return OutputCells(path, cells, stored, facts, draws)


def _named_cells(book: Any) -> dict[str, CellPlace]:
    found = {}
    for name, definition in book.defined_names.items():
        match = ONE_CELL.fullmatch(definition.attr_text or "")
        if match:
            sheet = (match[1] or match[2]).replace("''", "'")
            found[name] = CellPlace(sheet, f"{match[3]}{match[4]}")
    return found


def values_of(book: Any, wanted: Mapping[str, CellPlace]) -> dict[str, Found]:
    """The values of cells of a workbook that openpyxl has open read-only."""
    by_sheet: dict[str, dict[str, list[str]]] = {}
    for name, place in wanted.items():
        by_sheet.setdefault(place.sheet, {}).setdefault(place.cell, []).append(name)
    found: dict[str, Found] = dict.fromkeys(wanted)
    for sheet, cells in by_sheet.items():
        if sheet not in book.sheetnames:
            continue
        for row in sheet_rows(book[sheet], DATA):
            for cell in row:
                if cell.value is not None and cell.coordinate in cells:
                    found.update(dict.fromkeys(cells[cell.coordinate], plain_value_of(cell.value)))
    return found


def plain_value_of(value: Any) -> Found:
    """A cell's value as a number, as text, or as None for an empty cell."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return float(value)
    return None if value is None or value == "" else str(value)


def _stored_draws(book: Any) -> StoredDraws | None:
    """The rows below the row of ids, which begins with ``draw``."""
    if PSA_DRAWS.name not in book.sheetnames:
        return None
    sheet = book[PSA_DRAWS.name]
    letters: dict[str, int] = {}
    columns: dict[str, list[Any]] = {}
    first = 0
    for number, cells in enumerate(sheet_rows(sheet, DATA), start=1):
        row = [cell.value for cell in cells]
        if not letters:
            if row and row[0] == "draw":
                letters = {str(v): i for i, v in enumerate(row, start=1) if v is not None}
                columns = {name: [] for name in letters}
            elif number > ROWS_ABOVE_DRAWS:
                break
        elif row and isinstance(row[0], int | float):
            first = first or number
            for name, i in letters.items():
                columns[name].append(row[i - 1] if i <= len(row) else None)
    return StoredDraws(PSA_DRAWS.name, first, columns, letters) if first else None
