"""Workbooks of equal arms, into which situations are typed, each written and loaded once per test process."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from tests.helpers.recalculated import Recalculated, written_book
from tests.helpers.situations import options

FOLDER = tempfile.TemporaryDirectory(prefix="situation_books_")


@cache
def book_of(n: int, shares: tuple[float, ...] = ()) -> Recalculated:
    """Of ``n`` arms, without draws and one-way analysis; ``shares``: of the arms that take the drug."""
    folder = Path(FOLDER.name) / f"{n}_{'_'.join(map(str, shares))}"
    folder.mkdir()
    return written_book(folder, options(n, shares))
