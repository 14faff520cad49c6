"""A definition made of records in Python, and what is wrong with them in the words of Python: no sheet, no row."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from model.definition.checks.input_draws import TABLE as OF_DRAWS
from model.definition.checks.records import (
    keys_are_unique,
    parameters_are_possible,
    records_are_in_bounds,
    settings_are_in_bounds,
)
from model.definition.model_definition import TABLES, ModelDefinition, key_of
from model.definition.problems import DefinitionError, Problem
from model.definition.records.columns import Column, block_of, columns_of
from model.definition.records.parameters import Parameter, value_column
from model.definition.records.settings import About, Provenance, Settings
from model.definition.validation import validate

OF_SHEETS = {"References": "references", "Survival": "curves", "Patient data": "patient_data", "Subgroups": "subgroups"}
"""Tables that stand on a sheet of another name than theirs, where a message names the sheet."""
SHEET = re.compile(r"(on )?the sheet ([A-Z][a-z]*(?: [a-z]+)*?)(?= (?:has|lacks|to|in|for)\b|[;,.)]|$)")


def made(tables: Mapping[str, Any]) -> ModelDefinition:
    """The definition of some tables by name; DefinitionError with every problem, one line each."""
    mistaken = list(_not_records(tables))
    if mistaken:
        sound = {name: value for name, value in tables.items() if name not in {problem.table for problem in mistaken}}
        mistaken += _of_single_records(sound)
        raise DefinitionError(mistaken, [line_of(problem, tables) for problem in mistaken])
    given: dict[str, Any] = {name: tuple(value) if name in TABLES else value for name, value in tables.items()}
    given["provenance"] = dict(tables["provenance"])
    definition = ModelDefinition(**given)
    if problems := validate(definition):
        raise DefinitionError(problems, [line_of(problem, tables) for problem in problems])
    return definition


def line_of(problem: Problem, tables: Mapping[str, Any]) -> str:
    """One problem as a line: ``utilities[1].parameter.value (Utility 'progressed'): 1.2 is above the maximum of 1``."""
    message = SHEET.sub(lambda found: ("in " if found[1] else "") + _table_words(found[2]), problem.message).replace(
        "yes or no", "True or False"
    )
    if problem.table == OF_DRAWS:
        return str(problem)
    if problem.position is None or problem.table not in tables:
        place = ".".join(filter(None, (problem.table, problem.field)))
    elif problem.table == "settings":
        place = f"settings.{problem.field}"
    else:
        place = _place_of(problem, tables[problem.table][problem.position])
    return f"{place}: {message}" if place else message


def _place_of(problem: Problem, record: Any) -> str:
    block = block_of(type(record)) if type(record) in TABLES.values() else None
    if block and problem.field in columns_of(Parameter) and problem.field not in columns_of(type(record)):
        field = f".{block[0]}.{problem.field}"
    else:
        field = f".{problem.field}" if problem.field else ""
    key = ", ".join(repr(part) for part in key_of(record)) if type(record) in TABLES.values() else ""
    return f"{problem.table}[{problem.position}]{field}" + (f" ({type(record).__name__} {key})" if key else "")


def _table_words(sheet: str) -> str:
    """What a message says of a sheet, in Python."""
    if sheet == "Settings":
        return "the settings"
    name = OF_SHEETS.get(sheet, sheet.lower().replace(" ", "_"))
    return f"the table '{name}'"


def _not_records(tables: Mapping[str, Any]) -> Iterator[Problem]:
    """What is no sequence of records of the table's class."""
    for name, kind in (("about", About), ("settings", Settings)):
        if not isinstance(tables[name], kind):
            yield Problem(name, None, "", f"must be {_one(kind)}, not {_kind(tables[name])}")
    for name, note in tables["provenance"].items():
        if not isinstance(note, Provenance):
            yield Problem("provenance", None, name, f"must be {_one(Provenance)}, not {_kind(note)}")
    for name, record_class in TABLES.items():
        yield from _of_table(name, record_class, tables[name])


def _of_table(name: str, record_class: type, given: Any) -> Iterator[Problem]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        hint = "; put it into a list" if isinstance(given, record_class) else ""
        yield Problem(name, None, "", f"must be a list of {record_class.__name__} records, not {_kind(given)}{hint}")
        return
    block = block_of(record_class)
    for position, record in enumerate(given):
        if not isinstance(record, record_class):
            yield Problem(name, position, "", f"must be {_one(record_class)}, not {_kind(record)}")
        elif block and not isinstance(value := getattr(record, block[0]), Parameter):
            hint = f"; write Parameter({value!r})" if isinstance(value, int | float) else ""
            yield Problem(name, position, block[0], f"must be {_one(Parameter)}, not {_kind(value)}{hint}")


def _of_single_records(tables: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with each record by itself, where some tables are too wrong for what lies between tables."""
    blank: dict[str, Any] = {"about": None, "settings": None}
    d = ModelDefinition(**{**blank, **{name: tuple(v) if name in TABLES else v for name, v in tables.items()}})
    checks = [records_are_in_bounds, keys_are_unique, parameters_are_possible]
    return [p for check in (*([settings_are_in_bounds] if d.settings else []), *checks) for p in check(d)]


def _one(kind: type) -> str:
    return f"{'an' if kind.__name__[0] in 'AEIOU' else 'a'} {kind.__name__}"


def _kind(value: Any) -> str:
    return "None" if value is None else _one(type(value))


def fields_of(record_class: type) -> dict[str, str]:
    """What each field of a record class holds, by name: what is allowed, unit, meaning, and its default where there is one.

    TypeError for a class that is none of a record's.

    >>> from model.records import Threshold, fields_of
    >>> fields_of(Threshold)["value"]
    'a number above 0 and at most 1e+12: Willingness to pay for one QALY'
    """
    if not dataclasses.is_dataclass(record_class) or not columns_of(record_class):
        raise TypeError(f"{record_class.__name__} is no record of a model")
    found = {name: _field_words(column) for name, column in columns_of(record_class).items()}
    if block := block_of(record_class):
        bounds = value_column(block[1])
        found[block[0]] = f"a Parameter, whose value is {bounds.allowed()}" + (f", in {bounds.unit}" if bounds.unit else "")
    return found


def _field_words(column: Column) -> str:
    unit = f", in {column.unit}" if column.unit else ""
    allowed = column.allowed().replace("yes or no", "True or False")
    left_out = "" if column.required and column.default is None else f" (default {column.default!r})"
    return f"{allowed}{unit}: {column.help}{left_out}"
