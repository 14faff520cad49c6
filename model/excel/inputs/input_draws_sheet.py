"""The sheet Input draws: joint draws of inputs that were made elsewhere, as a workbook keeps them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from model.definition.checks.input_draws import Found, input_draws_problems
from model.definition.input_draws import with_input_draws
from model.definition.model_definition import ModelDefinition
from model.definition.records.input_draws import InputDraws
from model.excel.inputs.archive import DATA
from model.excel.inputs.errors import InputError, InputProblem
from model.excel.inputs.workbook_cells import SheetCells, address, read_grids
from model.excel.pages.blocks import BlockColumn, BlockSheet
from model.excel.pages.styles import Styles

SHEET = "Input draws"
TITLE = "Draws of inputs that were made elsewhere"
PURPOSE = "Joint draws that the probabilistic analysis takes in the place of its own draws of these inputs, row by row"
EXPLANATION = (
    "A column for each input id (a coefficient of a curve: curves.arm.endpoint[name], on its natural scale), a row for each "
    "joint sample. The base case keeps the values of the other sheets. Without this sheet the inputs are drawn by their own "
    "distributions."
)
ROW, SOURCE = "Row", "Source"
SOURCE_ROW, HEADER_ROW = 3, 5  # from 0


def write_input_draws(sheet: Worksheet, given: InputDraws, styles: Styles) -> None:
    """Write the sheet below its title."""
    assert isinstance(sheet, BlockSheet)
    sheet.write_string(2, 0, EXPLANATION, styles.explanation)
    sheet.write_string(SOURCE_ROW, 0, SOURCE, styles.table_title)
    sheet.write_string(SOURCE_ROW, 1, given.source)
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, len(given.columns), 24)
    for number, name in enumerate((ROW, *given.columns)):
        sheet.write_string(HEADER_ROW, number, name, styles.table_title)
    numbers = np.arange(1.0, given.n_rows + 1)
    sheet.add_block(HEADER_ROW + 1, [BlockColumn(values) for values in (numbers, *given.columns.values())])
    sheet.freeze_panes(HEADER_ROW + 1, 1)


def column_text(given: InputDraws, number: int) -> str:
    """The cells of a column of numbers (0: the numbers of the rows), as formulas on other sheets write them."""
    name, first = xl_col_to_name(number, col_abs=True), HEADER_ROW + 2
    return f"'{SHEET}'!{name}${first}:{name}${first + given.n_rows - 1}"


def add_input_draws(definition: ModelDefinition, path: Path) -> ModelDefinition:
    """The definition with the draws of the sheet of a workbook. Raises :class:`InputError` with cells of what is wrong."""
    found = read_grids(path, [SHEET], DATA)
    return _read(definition, found[SHEET])


def _read(definition: ModelDefinition, cells: SheetCells) -> ModelDefinition:
    header = next((n for n, row in sorted(cells.rows.items()) if row.get(1) == ROW and len(row) > 1), None)
    if header is None:
        message = f"has no row of headers: '{ROW}' in column A, then the ids of the inputs"
        raise InputError([InputProblem(cells.name, "", "", "", message)])
    names = {column: str(name).strip() for column, name in sorted(cells.row(header).items()) if column > 1}
    rows = [n for n, row in sorted(cells.rows.items()) if n > header and any(column in row for column in names)]
    columns = {name: np.array([_number(cells.row(n).get(column)) for n in rows]) for column, name in names.items()}
    if len(columns) < len(names):
        raise InputError([InputProblem(cells.name, address(header, 2), "", "", "an id stands in two columns")])
    place = {name: column for column, name in names.items()}

    def located(problem: Found) -> InputProblem:
        row, name, message = problem
        if not name:
            return InputProblem(cells.name, "", "", "", message)
        return InputProblem(cells.name, address(header if row is None else rows[row], place[name]), name, "", message)

    found = [located(problem) for problem in input_draws_problems(definition, columns)]
    if found:
        raise InputError(found)
    source = next((row.get(2) for _, row in sorted(cells.rows.items()) if row.get(1) == SOURCE), None)
    return with_input_draws(definition, columns, str(source or SHEET))


def _number(value: Any) -> float:
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if usable else float("nan")
