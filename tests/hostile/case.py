"""One hostile workbook: how it is made, and what may become of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any


@dataclasses.dataclass(frozen=True)
class InputCell:
    """A cell of an untouched workbook that an input is read from, and what its column allows."""

    sheet: str
    address: str
    table: str
    field: str
    kind: str
    required: bool
    key: bool
    header_row: int
    default: Any = None


@dataclasses.dataclass(frozen=True)
class Made:
    """What was put in place of what, for a case of one cell."""

    typed: str | None = None
    old: str | None = None


@dataclasses.dataclass(frozen=True)
class Case:
    """``make`` writes the workbook. ``expect``: words of what is right beside a refusal: ``same`` (as the untouched one),
    ``free text`` (words may be lost or moved), ``fewer`` (one record less), ``any``. ``cell``: the one that was changed;
    ``few``: it was made from a copy with few scenarios (to check all takes as long as everything else).
    """

    name: str
    book: str
    kind: str
    make: Callable[[Path], Made]
    expect: str = ""
    sheet: str = ""
    suffix: str = ".xlsx"
    cell: InputCell | None = None
    what: str = ""
    few: bool = False
