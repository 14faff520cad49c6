"""Every input has an address; a scenario, ``--set`` and the price analysis are edits by address.

``settings.horizon_years``, ``curves.control.pfs.distribution``, ``utilities.progression_free`` (the value of the
parameter), ``utilities.progression_free.standard_error``.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Mapping
from typing import Any

from model.definition.currency import with_currency
from model.definition.model_definition import TABLES, ModelDefinition, address_of
from model.definition.problems import DefinitionError, Problem
from model.definition.records.columns import Column, block_of, columns_of
from model.definition.records.parameters import Parameter, parameter_columns
from model.definition.records.settings import ALLOW, Settings
from model.definition.spelling import did_you_mean
from model.definition.validation import problems_apart_from_scenarios


@dataclasses.dataclass(frozen=True)
class Location:
    """Where an address points: a table's record and field; for a parameter block, the field inside it."""

    table: str
    position: int
    field: str
    column: Column
    inside_block: str = ""


def addresses(definition: ModelDefinition) -> dict[str, Location]:
    """All addresses of a definition."""
    found: dict[str, Location] = {}
    for table in ("settings", *TABLES):
        found |= addresses_of_table(definition, table)
    return found


def addresses_of_table(definition: ModelDefinition, table: str) -> dict[str, Location]:
    """The addresses of one table, or of the settings; empty for an unknown table."""
    if table == "settings":
        return {f"settings.{n}": Location("settings", 0, n, c) for n, c in columns_of(Settings).items()}
    found: dict[str, Location] = {}
    for position, record in enumerate(definition.table(table) if table in TABLES else ()):
        base = address_of(table, record)
        for name, column in columns_of(type(record)).items():
            if name not in type(record).KEY:
                found[f"{base}.{name}"] = Location(table, position, name, column.in_row(record))
        block = block_of(type(record))
        if block:
            for name, column in parameter_columns(block[1].in_row(record)).items():
                place = Location(table, position, name, column, inside_block=block[0])
                found[f"{base}.{name}"] = place
                if name == "value":
                    found[base] = place
    return found


def coerce(column: Column, value: Any) -> Any:
    """Turn a typed-in value into the column's type; raises ValueError that says what is allowed."""
    if isinstance(value, str):
        value = value.strip()
    if value is None or value == "":
        result: Any = column.default
        if result is None and column.required:
            raise ValueError(f"is empty; it must hold {column.allowed()}")
        return result
    if column.kind in ("number", "integer"):
        result = _number(column, value)
    elif column.kind == "yes_no":
        words = {"yes": True, "no": False, "true": True, "false": False}
        if str(value).lower() not in words:
            hint = did_you_mean(str(value), ("yes", "no"))
            raise ValueError(f"'{value}' is not allowed; it must be yes or no{hint}")
        result = words[str(value).lower()]
    elif column.kind == "any":
        result = value
    else:
        result = _text(value)
    problem = column.problem_with(result)
    if problem:
        raise ValueError(problem)
    return result


def _number(column: Column, value: Any) -> float | int:
    if isinstance(value, bool):
        raise ValueError(f"'{value}' is not {column.allowed()}")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"'{value}' is text; it must be {column.allowed()}") from None
    except OverflowError:
        raise ValueError(f"the number is too large; it must be {column.allowed()}") from None
    if not abs(number) < float("inf"):
        raise ValueError(f"{number} is not a finite number")
    if column.kind == "integer":
        if number != int(number):
            raise ValueError(f"{number:g} is not a whole number")
        return int(number)
    return number


def _text(value: Any) -> str:
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return str(int(value))
    return str(value)


def edit(definition: ModelDefinition, changes: Mapping[str, Any]) -> ModelDefinition:
    """A copy of the definition with some inputs changed.

    A changed parameter keeps its distribution where the new value allows it and is fixed otherwise.
    Raises :class:`DefinitionError` with one problem per change that is not possible.
    """
    problems, result = [], definition
    for address, value in changes.items():
        place = addresses_of_table(definition, str(address).split(".")[0]).get(address)
        if place is None:
            suggestion = _suggestion(str(address), addresses(definition))
            problems.append(Problem("", None, "", f"there is no input '{address}'{suggestion}"))
            continue
        try:
            result = _put(result, place, coerce(place.column, value))
        except ValueError as error:
            problems.append(Problem(place.table, place.position, place.field, f"{address}: {error}"))
    problems = problems or problems_apart_from_scenarios(result)
    if problems:
        raise DefinitionError(problems)
    return result


def edit_for_scenario(definition: ModelDefinition, changes: Mapping[str, Any]) -> ModelDefinition:
    """The definition that a scenario stands for. A curve that the data do not determine may be part of a scenario (its
    result then carries a warning), not of the base case; raises as :func:`edit`."""
    return edit(definition, {"settings.undetermined_curves": ALLOW, **changes})


def _suggestion(address: str, known: Mapping[str, Location]) -> str:
    close = difflib.get_close_matches(address.casefold(), known, n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def _put(definition: ModelDefinition, place: Location, value: Any) -> ModelDefinition:
    if place.table == "settings" and place.field == "currency":
        return with_currency(definition, value)
    if place.table == "settings":
        settings = dataclasses.replace(definition.settings, **{place.field: value})
        return dataclasses.replace(definition, settings=settings)
    records = list(definition.table(place.table))
    record = records[place.position]
    if place.inside_block:
        old = getattr(record, place.inside_block)
        new = with_value(old, value) if place.field == "value" else dataclasses.replace(old, **{place.field: value})
        records[place.position] = dataclasses.replace(record, **{place.inside_block: new})
    else:
        records[place.position] = dataclasses.replace(record, **{place.field: value})
    changed: dict[str, Any] = {place.table: tuple(records)}
    return dataclasses.replace(definition, **changed)


def with_value(parameter: Parameter, value: float) -> Parameter:
    """The parameter at another value: the same uncertainty where that is possible, else fixed."""
    if parameter.distribution == "lognormal_ratio" and value > 0:
        spread = parameter.log_standard_error()
        return dataclasses.replace(parameter, value=value, standard_error=spread * value, low=None, high=None)
    changed = dataclasses.replace(parameter, value=value)
    if not changed.problem():
        return changed
    without_range = dataclasses.replace(changed, low=None, high=None)
    if not without_range.problem():
        return without_range
    return dataclasses.replace(without_range, distribution="fixed")
