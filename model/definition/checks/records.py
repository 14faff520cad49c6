"""Checks of single records: keys, references to other tables, possible distributions."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from model.definition.model_definition import TABLES, ModelDefinition, key_of
from model.definition.problems import Problem
from model.definition.records.columns import Column, block_of, columns_of
from model.definition.records.parameters import parameter_columns, value_column
from model.definition.records.population import PROGRESSED_AT_START
from model.definition.records.settings import Settings
from model.definition.shares import is_share
from model.definition.synonyms import did_you_mean

KEPT = 1000  # tables of which a check remembers what it found: some twenty definitions
Ids = frozenset[tuple[str, frozenset[str]]]
INSTEAD = {
    ("state_shares", "state"): f"; in a model of three states the share that starts progressed is the row "
    f"'{PROGRESSED_AT_START}' of the sheet Population"
}
"""Where a table is empty whose ids a field names: what takes its place."""


class Rows:
    """A table as a key: these very rows. Records never change, so what a check found in them stays true."""

    def __init__(self, table: str, records: Sequence[Any]):
        self.table, self.records = table, records

    def __hash__(self) -> int:
        return hash((self.table, id(self.records)))  # all tables without rows are one tuple

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and self.records is other.records and self.table == other.table


def table_by_table(
    check: Callable[[str, Sequence[Any]], Iterator[Problem]],
) -> Callable[[ModelDefinition], Iterator[Problem]]:
    """A check of the rows of each table; a definition edited in one table is checked again in that table only."""

    @functools.lru_cache(maxsize=KEPT)
    def found(rows: Rows) -> list[Problem]:
        return list(check(rows.table, rows.records))

    @functools.wraps(check)
    def of_definition(d: ModelDefinition) -> Iterator[Problem]:
        for rows in _filled(d):
            yield from found(rows)

    return of_definition


def _filled(d: ModelDefinition) -> Iterator[Rows]:
    """The tables that have rows."""
    for table in TABLES:
        if records := tuple(d.table(table)):
            yield Rows(table, records)


@table_by_table
def keys_are_unique(table: str, records: Sequence[Any]) -> Iterator[Problem]:
    """Each key of a table stands once."""
    seen: set[tuple[str, ...]] = set()
    for position, record in enumerate(records):
        key = key_of(record)
        if key in seen:
            field = type(record).KEY[-1]
            yield Problem(table, position, field, f"'{', '.join(key)}' stands twice; each may stand once")
        seen.add(key)


def references_exist(d: ModelDefinition) -> Iterator[Problem]:
    ids = {table: _ids_in(Rows(table, tuple(d.table(table)))) for table, cls in TABLES.items() if "id" in columns_of(cls)}
    known = _the_same(frozenset(ids.items()))
    for name in ("intervention", "comparator"):
        if getattr(d.settings, name) not in ids["arms"]:
            yield Problem("settings", 0, name, f"there is no arm {_not_listed(getattr(d.settings, name), ids['arms'])}")
    for field, provenance in d.provenance.items():
        for source in _unknown_sources(provenance.source, ids["references"]):
            yield Problem("settings", 0, field, f"there is no reference '{source}' on the sheet References")
    for rows in _filled(d):
        yield from _unknown_in(rows, known)


@functools.lru_cache(maxsize=KEPT)
def _ids_in(rows: Rows) -> frozenset[str]:
    return frozenset(record.id for record in rows.records)


@functools.lru_cache(maxsize=KEPT)
def _the_same(ids: Ids) -> Ids:
    """Equal ids as one object, which is known again without a comparison of each."""
    return ids


@functools.lru_cache(maxsize=KEPT)
def _unknown_in(rows: Rows, known: Ids) -> list[Problem]:
    ids, problems = dict(known), []
    for position, record in enumerate(rows.records):
        for field, column in columns_of(type(record)).items():
            value = getattr(record, field)
            if not column.refers_to or value is None or value in ids[column.refers_to] or value in column.choices:
                continue
            if column.choices:
                hint = did_you_mean(str(value), (*column.choices, *sorted(ids[column.refers_to])))
                message = f"'{value}' is not allowed; it must be {column.allowed()}{hint}"
            else:
                noun = column.header.lower().removesuffix(" id")
                message = f"there is no {noun} {_not_listed(value, ids[column.refers_to])}"
                message += "" if ids[column.refers_to] else INSTEAD.get((rows.table, field), "")
            problems.append(Problem(rows.table, position, field, message))
        problems += _sources_exist(rows.table, position, record, ids["references"])
    return problems


def settings_are_in_bounds(d: ModelDefinition) -> Iterator[Problem]:
    """Every setting within what its column allows, for definitions made in Python as for those read from a workbook."""
    for name, column in columns_of(Settings).items():
        if message := column.problem_with(getattr(d.settings, name)):
            yield Problem("settings", 0, name, message)


@table_by_table
def records_are_in_bounds(table: str, records: Sequence[Any]) -> Iterator[Problem]:
    """Every cell of a table within what its column allows in its row."""
    for position, record in enumerate(records):
        for name, column, value in cells_of(record):
            if message := column.problem_with(value):
                yield Problem(table, position, name, message)


def cells_of(record: Any) -> Iterator[tuple[str, Column, Any]]:
    """Field, column with the limits of the row, and value of every cell of a record; of the parameter block's numbers
    that may be empty those that are given."""
    for name, column in columns_of(type(record)).items():
        yield name, column.in_row(record), getattr(record, name)
    block = block_of(type(record))
    if block:
        parameter = getattr(record, block[0])
        for name, column in parameter_columns(block[1].in_row(record)).items():
            value = getattr(parameter, name)
            if name == "value" or value is not None:
                yield name, column, value


def _sources_exist(table: str, position: int, record: Any, known: frozenset[str]) -> Iterator[Problem]:
    block = block_of(type(record))
    if block:
        text = getattr(record, block[0]).source
    elif "source" in columns_of(type(record)) and table != "curves":
        text = record.source
    else:
        return
    for source in _unknown_sources(text, known):
        yield Problem(table, position, "source", f"there is no reference '{source}' on the sheet References")


def _unknown_sources(text: str, known: frozenset[str]) -> list[str]:
    """Ids in a Source cell that the references do not list; without any references, sources are free text."""
    return [s for s in (part.strip() for part in text.split(";")) if s and s not in known] if known else []


def _not_listed(value: object, ids: Iterable[str]) -> str:
    """The word that is none of the ids, those that there are, and the one that was meant."""
    return f"'{value}'; listed are {', '.join(sorted(ids)) or 'none'}{did_you_mean(str(value), sorted(ids))}"


def names_are_different(d: ModelDefinition) -> Iterator[Problem]:
    """Names printed in results tell arms, and drugs, apart."""
    for table, fields in {"arms": ("label", "short_label"), "drugs": ("label",), "states": ("label",)}.items():
        for field in fields:
            seen: set[str] = set()
            for position, record in enumerate(d.table(table)):
                name = getattr(record, field)
                if name in seen:
                    yield Problem(table, position, field, f"'{name}' stands twice; results need different names")
                seen.add(name)


@table_by_table
def parameters_are_possible(table: str, records: Sequence[Any]) -> Iterator[Problem]:
    """Every distribution can be made from its numbers and stays within what its column allows."""
    for position, record in enumerate(records):
        block = block_of(type(record))
        if block:
            parameter = getattr(record, block[0])
            if message := parameter.support_problem(value_column(block[1].in_row(record))):
                yield Problem(table, position, "distribution", message)
            if parameter.distribution == "dirichlet" and not is_share(record):
                message = "dirichlet is for the shares of treatments after progression, or of states at the start"
                yield Problem(table, position, "distribution", message)
        if block and (message := getattr(record, block[0]).problem()):
            yield Problem(table, position, "distribution" if "needs" in message else "value", message)
