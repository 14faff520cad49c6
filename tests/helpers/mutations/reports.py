"""Faults of tables that tests of several domains catch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.helpers.mutations.mutation import Mutation, after


def table_of(owner: Any, name: str, change: Callable[[Any], None]) -> Mutation:
    """A table that is changed in place."""

    def changed(table: Any) -> Any:
        made = table.copy()
        change(made)
        return made

    return after(owner, name, changed)


def cell(column: str | int, change: Callable[[Any], Any]) -> Callable[[Any], None]:
    """All values of a column, by name or place."""

    def put(table: Any) -> None:
        name = column if isinstance(column, str) else table.columns[column]
        table[name] = [change(value) for value in table[name]]

    return put


def first_numbers(change: Callable[[Any], Any]) -> Callable[[Any], None]:
    """Every column of numbers of a table."""

    def put(table: Any) -> None:
        for name in table.columns:
            if table[name].dtype.kind == "f":
                table[name] = change(table[name])

    return put
