"""What else is wrong with a workbook some of whose cells or tables cannot be used, beside what follows from these.

Cells that cannot be used are given several stand-ins in turn; a problem that is found with only some of them follows
from the cell. Of tables that are missing nothing is known, so a check that reads one of them says nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

from model.definition.addresses import addresses, coerce
from model.definition.checks.all_checks import CHECKS
from model.definition.checks.records import keys_are_unique, parameters_are_possible, records_are_in_bounds, references_exist
from model.definition.editing import edit
from model.definition.model_definition import TABLES, ModelDefinition
from model.definition.problems import DefinitionError, Problem
from model.excel.inputs.drafts import Book

RECORD_CHECKS = (records_are_in_bounds, keys_are_unique, references_exist, parameters_are_possible)
IDS = ("id", "arm", "endpoint", "drug", "item", "event")


class WatchedDefinition(ModelDefinition):
    """A definition that notes which of its tables are read."""

    def __getattribute__(self, name: str) -> Any:
        if name in TABLES:
            object.__getattribute__(self, "__dict__").setdefault("read_tables", set()).add(name)
        return super().__getattribute__(name)

    def tables_read(self) -> frozenset[str]:
        """The names of the tables that were read so far."""
        return frozenset(self.__dict__.get("read_tables", ()))


def independent_problems(book: Book) -> list[Problem]:
    """What the checks of the whole definition find that does not follow from a problem already reported."""
    common: dict[Problem, None] | None = None
    for variant in range(book.variants()):
        found = dict.fromkeys(_run(CHECKS, book.definition(variant), book.incomplete))
        common = found if common is None else {p: None for p in common if p in found}
    problems = [p for p in common or {} if not _follows(book, p)]
    return problems + _impossible_changes(book, "scenarios") + _impossible_changes(book, "subgroup_changes")


def _run(checks: Iterable[Callable], definition: ModelDefinition, incomplete: set[str]) -> list[Problem]:
    tables = {f.name: getattr(definition, f.name) for f in dataclasses.fields(definition)}
    problems: list[Problem] = []
    for check in checks:
        watched = WatchedDefinition(**tables)
        try:
            found = list(check(watched))
        except Exception:  # a stand-in may break a check; the bad cell itself is reported
            continue
        if check in RECORD_CHECKS or not incomplete & watched.tables_read():
            problems += found
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


def _impossible_changes(book: Book, table: str) -> list[Problem]:
    """Changes, of scenarios or in subgroups, of inputs that do not exist, or to values that their inputs do not take.

    What a value does together with the other inputs is checked once these are right.
    """
    if any(field in IDS for _, field, _ in book.failures()) or table in book.incomplete:
        return []
    definition, found = book.definition(), []
    known = addresses(definition)
    for position, row in enumerate(definition.table(table)):
        failed = book.drafts[table][position].failed
        if "input" in failed or "value" in failed or str(row.input).split(".")[0] in book.incomplete:
            continue
        try:
            if row.input in known:
                coerce(known[row.input].column, row.value)
            elif not book.incomplete:
                edit(definition, {row.input: row.value})
        except DefinitionError as error:
            found.append(Problem(table, position, "input", error.problems[0].message))
        except ValueError as error:
            found.append(Problem(table, position, "value", str(error)))
    return found
