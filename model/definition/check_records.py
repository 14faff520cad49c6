"""Checks of single records: keys, references to other tables, possible distributions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .columns import block_of, columns_of
from .model_definition import TABLES, ModelDefinition, key_of
from .parameters import Parameter, value_column
from .problems import Problem
from .settings import Settings


def keys_are_unique(d: ModelDefinition) -> Iterator[Problem]:
    for table in TABLES:
        seen: dict[tuple[str, ...], int] = {}
        for position, record in enumerate(d.table(table)):
            key = key_of(record)
            if key in seen:
                field = type(record).KEY[-1]
                yield Problem(table, position, field, f"'{', '.join(key)}' stands twice; each may stand once")
            seen[key] = position


def references_exist(d: ModelDefinition) -> Iterator[Problem]:
    ids = {table: {r.id for r in d.table(table)} for table, cls in TABLES.items() if "id" in columns_of(cls)}
    for name in ("intervention", "comparator"):
        if getattr(d.settings, name) not in ids["arms"]:
            yield Problem(
                "settings", 0, name, f"there is no arm '{getattr(d.settings, name)}'; {_listed(ids['arms'])}"
            )
    for field, provenance in d.provenance.items():
        for source in _unknown_sources(provenance.source, ids["references"]):
            yield Problem("settings", 0, field, f"there is no reference '{source}' on the sheet References")
    for table, position, record in d.records():
        for field, column in columns_of(type(record)).items():
            value = getattr(record, field)
            if column.refers_to and value is not None and value not in ids[column.refers_to]:
                noun = column.header.lower().removesuffix(" id")
                yield Problem(
                    table, position, field, f"there is no {noun} '{value}'; {_listed(ids[column.refers_to])}"
                )
        yield from _sources_exist(d, table, position, record, ids["references"])


def values_are_in_bounds(d: ModelDefinition) -> Iterator[Problem]:
    """Every cell within what its column allows, for definitions made in Python as for those read from a workbook."""
    for name, column in columns_of(Settings).items():
        if message := column.problem_with(getattr(d.settings, name)):
            yield Problem("settings", 0, name, message)
    for table, position, record in d.records():
        for name, column in columns_of(type(record)).items():
            if message := column.problem_with(getattr(record, name)):
                yield Problem(table, position, name, message)
        block = block_of(type(record))
        if block:
            parameter = getattr(record, block[0])
            for name, column in columns_of(Parameter).items():
                bounded = value_column(block[1]) if name in ("value", "low", "high") else column
                number = getattr(parameter, name)
                if (name == "value" or number is not None) and (message := bounded.problem_with(number)):
                    yield Problem(table, position, name, message)


def _sources_exist(
    d: ModelDefinition, table: str, position: int, record: Any, known: set[str]
) -> Iterator[Problem]:
    block = block_of(type(record))
    if block:
        text = getattr(record, block[0]).source
    elif "source" in columns_of(type(record)) and table != "curves":
        text = record.source
    else:
        return
    for source in _unknown_sources(text, known):
        yield Problem(table, position, "source", f"there is no reference '{source}' on the sheet References")


def _unknown_sources(text: str, known: set[str]) -> list[str]:
    """Ids in a Source cell that the references do not list; without any references, sources are free text."""
    return [s for s in (part.strip() for part in text.split(";")) if s and s not in known] if known else []


def _listed(ids: Iterable[str]) -> str:
    return "listed are " + (", ".join(sorted(ids)) or "none")


def names_are_different(d: ModelDefinition) -> Iterator[Problem]:
    """Names printed in results tell arms, and drugs, apart."""
    for table, fields in {"arms": ("label", "short_label"), "drugs": ("label",)}.items():
        for field in fields:
            seen: set[str] = set()
            for position, record in enumerate(d.table(table)):
                name = getattr(record, field)
                if name in seen:
                    yield Problem(
                        table, position, field, f"'{name}' stands twice; results need different names"
                    )
                seen.add(name)


def parameters_are_possible(d: ModelDefinition) -> Iterator[Problem]:
    """Every distribution can be made from its numbers and stays within what its column allows."""
    for table, position, record in d.records():
        block = block_of(type(record))
        if block:
            parameter = getattr(record, block[0])
            if message := parameter.support_problem(value_column(block[1])):
                yield Problem(table, position, "distribution", message)
            if parameter.distribution == "dirichlet" and not (
                table == "subsequent" and record.item == "share"
            ):
                yield Problem(
                    table,
                    position,
                    "distribution",
                    "dirichlet is for the shares of treatments after progression",
                )
        if block and (message := getattr(record, block[0]).problem()):
            yield Problem(table, position, "distribution" if "needs" in message else "value", message)
