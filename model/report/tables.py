"""Tables of results as a reader sees them: labels in front, ids behind, each column with its meaning."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from model.cell_text import text_of
from model.result_columns import columns_of, filled, headers_of, table_of

WORDS = ("text", "note", "free")
IDS = ("input", "id", "scenario", "parameter")
"""Columns of ids; they go behind the words of the same thing."""
MOST_ROWS = 100
"""A longer table is in its file alone."""


@dataclasses.dataclass(frozen=True)
class Head:
    """A header: words, meaning, whether its column holds numbers, ids, sentences, or ids of references."""

    words: str
    help: str = ""
    numeric: bool = False
    is_id: bool = False
    wide: bool = False
    cites: bool = False


@dataclasses.dataclass(frozen=True)
class ShownTable:
    """A table as text: ``rows`` of cells under ``heads``. ``stem``: of its file, also its place on the page; ``left_out``:
    how many rows it has where they are too many to be shown."""

    stem: str
    title: str
    heads: list[Head]
    rows: list[list[str]]
    left_out: int = 0


def shown_table(
    stem: str, frame: pd.DataFrame, currency: str, in_words: Callable[[str, Any], Any] | None = None
) -> ShownTable:
    """A data frame of results as a table to be read; ``in_words(column, value)`` may say a value in other words."""
    table = table_of(frame)
    rows = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
    if table is None:
        heads = [Head(_sentence(str(name)), numeric=pd.api.types.is_numeric_dtype(rows[name])) for name in rows.columns]
        kinds = ["any"] * len(heads)
    else:
        columns = columns_of(frame)
        money = {"currency": currency, "effect": "QALY"}
        heads = [
            Head(c.heading(currency), filled(c.help, money), c.kind not in WORDS, c.name in IDS, c.kind in ("note", "free"))
            for c in columns
        ]
        kinds = [c.kind for c in columns]
        if not any(name in ("label", "product", "group") for name in headers_of(frame)):
            heads = [dataclasses.replace(head, is_id=False) for head in heads]
    title = table.title if table is not None else _sentence(stem)
    if len(rows) > MOST_ROWS:
        return ShownTable(stem, title, heads, [], len(rows))
    order = sorted(range(len(heads)), key=lambda k: heads[k].is_id)
    names = [str(name) for name in rows.columns]
    cells = [
        [text_of(in_words(names[k], row[k]) if in_words else row[k], kinds[k]) for k in order]
        for row in rows.to_numpy(dtype=object)
    ]
    used = [n for n in range(len(order)) if any(row[n] for row in cells) or not cells]
    return ShownTable(stem, title, [heads[order[n]] for n in used], [[row[n] for n in used] for row in cells])


def plain_table(stem: str, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> ShownTable:
    """A table of words, whose first column names its rows."""
    return ShownTable(stem, title, [Head(words, numeric=k > 0) for k, words in enumerate(heads)], [list(row) for row in rows])


def worded(
    stem: str, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], wide: Sequence[int] = ()
) -> ShownTable:
    """A table of words alone; ``wide``: positions of columns of sentences."""
    made = [Head(words, wide=k in wide) for k, words in enumerate(heads)]
    return ShownTable(stem, title, made, [list(row) for row in rows])


def _sentence(name: str) -> str:
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]
