"""What the tests of the command line share: most of them run the same few workbooks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

import pytest

from model.excel.inputs import reader

CALLERS = ("model.excel.inputs.reader", "model.excel.inputs.placed_inputs", "model.cli.commands", "model.cli.check")
MOST_KEPT = 40
READ = reader.read_with_book
_read: dict[object, Any] = {}


def read_once(path: str | PathLike[str], **options: Any) -> Any:
    """What was read of a file of the same name and bytes before: definitions and books are never changed."""
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError):
        return READ(path, **options)
    key = (Path(path).name, hashlib.sha256(data).digest(), *options.items())
    if key not in _read:
        if len(_read) >= MOST_KEPT:
            _read.clear()
        _read[key] = READ(path, **options)
    return _read[key]


@pytest.fixture(scope="module", autouse=True)
def workbooks_are_read_once() -> Iterator[None]:
    """Each workbook is read and checked by the first test that runs it; reading is tested in ``tests/excel``."""
    with pytest.MonkeyPatch.context() as patch:
        for caller in CALLERS:
            patch.setattr(f"{caller}.read_with_book", read_once)
        yield
