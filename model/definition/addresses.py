"""Every input has an address; a scenario, ``--set`` and the price analysis are edits by address.

``settings.horizon_years``, ``curves.control.pfs.distribution``, ``utilities.progression_free`` (the value of the
parameter), ``utilities.progression_free.standard_error``.
"""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple

from model.definition.model_definition import TABLES, ModelDefinition, address_of
from model.definition.records.columns import Column, block_of, columns_of
from model.definition.records.parameters import parameter_columns
from model.definition.records.settings import Settings
from model.definition.synonyms import did_you_mean


class Location(NamedTuple):
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
        return _of_settings()
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


@functools.cache
def _of_settings() -> dict[str, Location]:
    """The same for every definition."""
    return {f"settings.{n}": Location("settings", 0, n, c) for n, c in columns_of(Settings).items()}


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
