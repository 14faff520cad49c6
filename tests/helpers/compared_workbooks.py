"""An old model and edited copies of its workbook, for the tests of ``run_model.py diff``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from model.definition import ModelDefinition, edit
from model.excel import layout_of
from tests.helpers.edited_workbooks import write_copy
from tests.helpers.small_models import published_example_a


@cache
def old_definition() -> ModelDefinition:
    """The published example A over five years."""
    return edit(published_example_a(), {"settings.horizon_years": 5.0})


def changed_copy(old: Path, folder: Path, values: Mapping[str, Any]) -> Path:
    """A copy of the workbook of :func:`old_definition` with other values at addresses."""
    cells, path = layout_of(old_definition()).cells, folder / "new.xlsx"
    write_copy(old.read_bytes(), path, [(cells[a].sheet, cells[a].a1, value) for a, value in values.items()])
    return path
