"""What the sheet Answer shows after recalculation: its sentences by label, its small table by the words of each row."""

from __future__ import annotations

from typing import Any

from tests.helpers.recalculated import Recalculated

ROWS, COLUMNS = 70, 12


def shown_on_answer(book: Recalculated) -> dict[str, list[str]]:
    """By label the texts beside it and below it, up to the next label; empty texts are left out."""
    found: dict[str, list[str]] = {}
    label = ""
    for row in book.sheet("Answer", ROWS, COLUMNS)[3:]:
        label = str(row[0]) if row[0] else label
        if isinstance(row[1], str) and row[1]:
            found.setdefault(label, []).append(row[1])
    return found


def key_figures(book: Recalculated, n_arms: int) -> dict[str, list[Any]]:
    """The rows of the small table: one cell per arm, and the difference."""
    rows = book.sheet("Answer", ROWS, COLUMNS)
    start = next(i for i, row in enumerate(rows) if str(row[0]).startswith("Per patient"))
    end = next(i for i, row in enumerate(rows) if i > start and row[0] == "Price")
    return {str(row[0]): row[2 : 3 + n_arms] for row in rows[start + 1 : end] if row[0]}
