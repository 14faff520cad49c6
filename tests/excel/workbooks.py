"""Helpers of these tests: one written starter workbook, and a way to spoil a copy of it."""

from __future__ import annotations

import datetime
import io
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from model.definition import ModelDefinition
from model.excel import (
    InputError,
    Styles,
    add_input_sheets,
    layout_of,
    new_workbook,
    read_inputs,
    template_definition,
    write_inputs,
)
from model.excel.layout import Layout


@cache
def example() -> ModelDefinition:
    return template_definition()


@cache
def layout() -> Layout:
    return layout_of(example())


@cache
def written() -> bytes:
    """The bytes of the starter workbook."""
    with tempfile.TemporaryDirectory() as folder:
        write_inputs(example(), Path(folder) / "t.xlsx")
        return (Path(folder) / "t.xlsx").read_bytes()


def changed(folder: Path, change: Callable[[Workbook], None]) -> Path:
    """A copy of the starter workbook, loaded, changed and saved by another program (openpyxl)."""
    path = folder / "changed.xlsx"
    workbook = openpyxl.load_workbook(io.BytesIO(written()))
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
    path = folder / "spoilt.xlsx"
    workbook = new_workbook(path)
    add_input_sheets(workbook, example(), Styles(workbook))
    for table, position, field, value in changes:
        sheet, address = cell(table, position, field)
        worksheet = workbook.get_worksheet_by_name(sheet)
        if isinstance(value, str) and value.startswith("#"):
            worksheet.write_formula(address, "=1", None, value)
        elif isinstance(value, str) and value.startswith("="):
            worksheet.write_formula(address, value, None, "")
        elif value is None:
            worksheet.write_blank(address, None, workbook.add_format())
        else:
            worksheet.write(
                address, value, workbook.add_format({"num_format": "dd/mm/yyyy"}) if _is_date(value) else None
            )
    workbook.close()
    with pytest.raises(InputError) as caught:
        read_inputs(path)
    return str(caught.value).split("\n")


def _is_date(value: Any) -> bool:
    return isinstance(value, datetime.date)
