"""Helpers of these tests: one written starter workbook, and a way to spoil a copy of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from model.definition import ModelDefinition
from model.excel import InputError, layout_of, read_inputs, template_definition, write_inputs
from model.excel.layout import Layout


@cache
def example() -> ModelDefinition:
    return template_definition()


@cache
def layout() -> Layout:
    return layout_of(example())


def changed(folder: Path, change: Callable[[Workbook], None]) -> Path:
    """A copy of the starter workbook, loaded, changed and saved by another program (openpyxl)."""
    path = folder / "changed.xlsx"
    write_inputs(example(), path)
    workbook = openpyxl.load_workbook(path)
    change(workbook)
    workbook.save(path)
    return path


def cell(table: str, position: int, field: str) -> tuple[str, str]:
    """Sheet and address of one record's field in the starter workbook."""
    place = layout().tables[table].cell(position, field)
    return place.sheet, place.a1


def put(workbook: Workbook, table: str, position: int, field: str, value: Any) -> None:
    sheet, address = cell(table, position, field)
    workbook[sheet][address] = value


def problems_after(folder: Path, change: Callable[[Workbook], None]) -> list[str]:
    """The lines of the error that reading the changed workbook raises."""
    with pytest.raises(InputError) as caught:
        read_inputs(changed(folder, change))
    return str(caught.value).split("\n")


def problems_with(folder: Path, *changes: tuple[str, int, str, Any]) -> list[str]:
    """The lines of the error after putting values in cells: (table, position, field, value)."""

    def change(workbook: Workbook) -> None:
        for table, position, field, value in changes:
            put(workbook, table, position, field, value)

    return problems_after(folder, change)
