"""Draws of inputs from a CSV file: a column for each input id, a row for each joint sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from model.definition.checks.input_draws import Found, input_draws_problems
from model.definition.input_draws import with_input_draws
from model.definition.model_definition import ModelDefinition
from model.excel.inputs.errors import InputError, InputProblem
from model.excel.other_programs.text_table import TextTable, read_text_table

ROW_NAMES = ("", "draw", "row", "iteration", ".iteration", "sample", "unnamed: 0")
"""Headers of a column that only numbers the rows."""


def read_input_draws(path: Path, definition: ModelDefinition) -> ModelDefinition:
    """The definition with the draws of a CSV file in the place of its own draws of these inputs.

    A first column without a name, or called draw, row, iteration or sample, may number the rows. Raises :class:`InputError`
    with every problem: file, cell (line and column as a spreadsheet counts them), header.
    """
    table = read_text_table(path)
    first = 1 if table.headers and table.headers[0].casefold() in ROW_NAMES else 0
    headers = table.headers[first:]
    columns = {name: np.array([_number(row[first + i]) for row in table.rows]) for i, name in enumerate(headers)}
    found = [_located(table, problem) for problem in input_draws_problems(definition, columns)]
    if found:
        raise InputError(found)
    return with_input_draws(definition, columns, path.name)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _located(table: TextTable, problem: Found) -> InputProblem:
    """A problem with its cell in the file: that of the header where a column as a whole is wrong."""
    row, name, message = problem
    if not name:
        return InputProblem(table.name, "", "", "", message)
    column = table.headers.index(name)
    if row is None:
        return table.problem_of_header(column, message)
    text = table.rows[row][column]
    is_text = np.isnan(_number(text)) or np.isinf(_number(text))
    words = f"'{text}' is no finite number" if text else "is empty; every row needs a number"
    return table.problem(row, column, words if is_text else message)
