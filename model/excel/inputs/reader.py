"""Read a model definition from a workbook: complete and valid, or one error that lists every problem."""

from __future__ import annotations

import re
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Literal

from openpyxl.utils import column_index_from_string

from model.definition.model_definition import ModelDefinition
from model.definition.validation import validate
from model.excel.inputs.drafts import Book, read_book
from model.excel.inputs.errors import InputError, InputProblem
from model.excel.inputs.independent import independent_problems
from model.excel.inputs.input_draws_sheet import SHEET, add_input_draws
from model.excel.inputs.replay_settings import refusals
from model.excel.inputs.schema import SHEETS
from model.excel.inputs.workbook_cells import read_grids


def read_inputs(path: str | PathLike[str], *, replays: Literal["refuse", "ignore"] = "refuse") -> ModelDefinition:
    """The definition in the workbook at ``path`` (an input workbook, or an output workbook with the same sheets).

    ``replays``: what to do with an output workbook that shows a scenario or a draw in place of its inputs as typed.
    Raises :class:`InputError` with every problem found, each with its sheet and cell.

    >>> import model
    >>> from model.shipped import example_file
    >>> model.read_inputs(example_file("patina_us")).arm_ids
    ('control', 'palbociclib')
    """
    return read_with_book(path, replays=replays)[0]


def read_with_book(
    path: str | PathLike[str], *, replays: Literal["refuse", "ignore"] = "refuse"
) -> tuple[ModelDefinition, Book]:
    """The same, with the workbook as read, which tells the cell of what is said of the definition later."""
    grids = read_grids(Path(path), [sheet.name for sheet in SHEETS])
    book = read_book(grids)
    refused = refusals(book.replays) if replays == "refuse" else []
    if book.lost or book.problems:
        others = _in_order([*refused, *book.problems, *map(book.locate, independent_problems(book))])
        raise InputError([*book.lost, *others])
    definition = book.definition()
    problems = [*refused, *map(book.locate, validate(definition))]
    if problems:
        raise InputError(_in_order(problems))
    if SHEET.casefold() in (name.strip().casefold() for name in grids.others):
        definition = add_input_draws(definition, Path(path))
    return definition, book


def _in_order(problems: Iterable[InputProblem]) -> list[InputProblem]:
    """By sheet, then down the sheet; the same problem of the same cell once."""
    order = {sheet.name.casefold(): i for i, sheet in enumerate(SHEETS)}

    def place(problem: InputProblem) -> tuple[int, int, int]:
        match = re.fullmatch(r"([A-Z]+)(\d+)", problem.cell)
        row, column = (int(match[2]), column_index_from_string(match[1])) if match else (0, 0)
        return order.get(problem.sheet.strip().casefold(), -1), row, column

    return sorted(dict.fromkeys(problems), key=place)
