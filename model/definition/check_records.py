"""Checks of single records: keys, references to other tables, possible distributions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .columns import block_of, columns_of
from .model_definition import TABLES, ModelDefinition, key_of
from .problems import Problem


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
    for table, position, record in d.records():
        for field, column in columns_of(type(record)).items():
            value = getattr(record, field)
            if column.refers_to and value is not None and value not in ids[column.refers_to]:
                noun = column.header.lower().removesuffix(" id")
                yield Problem(
                    table, position, field, f"there is no {noun} '{value}'; {_listed(ids[column.refers_to])}"
                )
        yield from _sources_exist(d, table, position, record, ids["references"])


def _sources_exist(
    d: ModelDefinition, table: str, position: int, record: Any, known: set[str]
) -> Iterator[Problem]:
    block = block_of(type(record))
    if table == "references" or not d.references:
        return
    sources = (
        getattr(record, "source", "") if "source" in columns_of(type(record)) and table != "curves" else ""
    )
    if block:
        sources = getattr(record, block[0]).source
    for source in filter(None, (s.strip() for s in (sources or "").split(";"))):
        if source not in known:
            yield Problem(
                table, position, "source", f"there is no reference '{source}' on the sheet References"
            )


def _listed(ids: Iterable[str]) -> str:
    return "listed are " + (", ".join(sorted(ids)) or "none")


def parameters_are_possible(d: ModelDefinition) -> Iterator[Problem]:
    for table, position, record in d.records():
        block = block_of(type(record))
        if block and (message := getattr(record, block[0]).problem()):
            yield Problem(table, position, "distribution" if "needs" in message else "value", message)
