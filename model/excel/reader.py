"""Read a model definition from a workbook: complete and valid, or one error that lists every problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from os import PathLike
from pathlib import Path
from typing import Literal

from openpyxl.utils import column_index_from_string

from model.definition.addresses import addresses, edit
from model.definition.check_records import (
    keys_are_unique,
    parameters_are_possible,
    records_are_in_bounds,
    references_exist,
)
from model.definition.model_definition import ModelDefinition
from model.definition.validation import CHECKS, DefinitionError, Problem, validate

from .book import Book, read_book
from .cells import read_grids
from .errors import InputError, InputProblem
from .replay_settings import refusals
from .schema import SHEETS

RECORD_CHECKS = (records_are_in_bounds, keys_are_unique, references_exist, parameters_are_possible)


def read_inputs(
    path: str | PathLike[str], *, replays: Literal["refuse", "ignore"] = "refuse"
) -> ModelDefinition:
    """The definition in the workbook at ``path`` (an input workbook, or an output workbook with the same sheets).

    ``replays``: what to do with an output workbook that shows a scenario or a draw in place of its inputs as typed.
    Raises :class:`InputError` with every problem found, each with its sheet and cell.
    """
    book = read_book(read_grids(Path(path), [sheet.name for sheet in SHEETS]))
    refused = refusals(book.replays) if replays == "refuse" else []
    if book.problems:
        raise InputError(
            _in_order([*refused, *book.problems, *map(book.locate, _independent_problems(book))])
        )
    definition = book.definition()
    problems = [*refused, *map(book.locate, validate(definition))]
    if problems:
        raise InputError(_in_order(problems))
    return definition


def _independent_problems(book: Book) -> list[Problem]:
    """What the checks of the whole definition find that does not follow from a cell already reported.

    Cells that cannot be used are given several stand-ins in turn; only what is found with every one is kept. Where
    a table is missing or lacks a column, only the checks of single records are made.
    """
    checks = RECORD_CHECKS if book.incomplete else CHECKS
    common: dict[Problem, None] | None = None
    for variant in range(book.variants()):
        found = dict.fromkeys(_run(checks, book.definition(variant)))
        common = found if common is None else {p: None for p in common if p in found}
    problems = [p for p in common or {} if not _follows(book, p)]
    return problems + ([] if book.incomplete else _unknown_scenario_inputs(book))


def _run(checks: Iterable[Callable], definition: ModelDefinition) -> list[Problem]:
    problems: list[Problem] = []
    for check in checks:
        try:
            problems += check(definition)
        except Exception:  # a stand-in may break a check; the bad cell itself is reported
            continue
    return problems


def _follows(book: Book, problem: Problem) -> bool:
    """Does a problem stand in a cell already reported, or ask for something in a table that could not be read?"""
    if problem.table in book.incomplete and problem.position is None:
        return True
    column = book.column(problem.table, problem.field)
    if column is not None and column.refers_to in book.incomplete:
        return True
    if problem.field == "source" and "references" in book.incomplete:
        return True
    drafts = book.drafts.get(problem.table, [])
    return problem.position is not None and bool(drafts) and problem.field in drafts[problem.position].failed


def _unknown_scenario_inputs(book: Book) -> list[Problem]:
    """Scenario changes of inputs that do not exist; what a known input accepts is checked once all else is right."""
    if any(field in ("id", "arm", "endpoint", "drug", "item", "event") for _, field, _ in book.failures()):
        return []
    definition = book.definition()
    known, found = addresses(definition), []
    for position, row in enumerate(definition.scenarios):
        if row.input not in known and "input" not in book.drafts["scenarios"][position].failed:
            try:
                edit(definition, {row.input: row.value})
            except DefinitionError as error:
                found.append(Problem("scenarios", position, "input", error.problems[0].message))
    return found


def _in_order(problems: Iterable[InputProblem]) -> list[InputProblem]:
    """By sheet, then down the sheet; the same problem of the same cell once."""
    order = {sheet.name.casefold(): i for i, sheet in enumerate(SHEETS)}

    def place(problem: InputProblem) -> tuple[int, int, int]:
        match = re.fullmatch(r"([A-Z]+)(\d+)", problem.cell)
        row, column = (int(match[2]), column_index_from_string(match[1])) if match else (0, 0)
        return order.get(problem.sheet.strip().casefold(), -1), row, column

    return sorted(dict.fromkeys(problems), key=place)
