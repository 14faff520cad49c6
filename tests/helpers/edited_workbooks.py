"""Helpers of these tests: one written starter workbook, and a way to spoil a copy of it."""

from __future__ import annotations

import datetime
import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

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
from model.excel.inputs.layout import Layout
from model.excel.verification.libreoffice import sheet_parts

LISTS = re.compile(rb"<dataValidations.*?</dataValidations>", re.DOTALL)
EMPTY_CELL = re.compile(r'<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?/>')


@cache
def example() -> ModelDefinition:
    return template_definition()


@cache
def layout() -> Layout:
    return layout_of(example())


@cache
def written() -> bytes:
    """The bytes of the starter workbook, without its drop-down lists."""
    with tempfile.TemporaryDirectory() as folder:
        write_inputs(example(), Path(folder) / "t.xlsx")
        without_lists(Path(folder) / "t.xlsx")
        return (Path(folder) / "t.xlsx").read_bytes()


@cache
def without_empty_cells() -> bytes:
    """The same without cells that have a format and hold nothing: four of five, and most of the time of reading."""
    with tempfile.TemporaryDirectory() as folder:
        write_copy(written(), Path(folder) / "t.xlsx", [])
        return (Path(folder) / "t.xlsx").read_bytes()


def without_lists(path: Path) -> None:
    """Take the drop-down lists out of a workbook, which take openpyxl as long as all the rest."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as old, zipfile.ZipFile(path, "w") as new:
        for item in old.infolist():
            new.writestr(item.filename, LISTS.sub(b"", old.read(item)))


def changed(folder: Path, change: Callable[[Workbook], None]) -> Path:
    """A copy of the starter workbook, loaded, changed and saved by another program (openpyxl)."""
    path = folder / "changed.xlsx"
    workbook = openpyxl.load_workbook(io.BytesIO(without_empty_cells()))
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
    cells = [(*cell(table, position, field), value) for table, position, field, value in changes]
    if any(_is_date(value) for *_, value in cells):
        _write_anew(path, cells)
    else:
        write_copy(written(), path, cells)
    with pytest.raises(InputError) as caught:
        read_inputs(path)
    return str(caught.value).split("\n")


def write_copy(source: bytes, path: Path, cells: Iterable[tuple[str, str, Any]]) -> None:
    """A copy of a workbook of ours with other values in cells (sheet, address, value), which keep their format."""
    parts, places, light = _unpacked(source)
    edited = dict(light)
    for sheet, address, value in cells:
        name = places[sheet]
        before = parts[name] if edited[name] is light[name] else edited[name]
        edited[name] = _with_cell(before, address, value)
    with zipfile.ZipFile(path, "w") as new:
        for name, content in edited.items():
            new.writestr(name, content if content is light[name] else EMPTY_CELL.sub("", content))


@cache
def _unpacked(source: bytes) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """The parts of a workbook; which of them holds each sheet; and the parts without empty cells."""
    with zipfile.ZipFile(io.BytesIO(source)) as file:
        parts = {item.filename: file.read(item).decode() for item in file.infolist()}
        return parts, sheet_parts(file), {name: EMPTY_CELL.sub("", content) for name, content in parts.items()}


def _with_cell(xml: str, address: str, value: Any) -> str:
    found = re.search(rf'<c r="{address}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)', xml)
    assert found is not None, address
    kind, inside = _content(value)
    made = f'<c r="{address}"{found[1] or ""}{kind}>{inside}</c>'
    return xml[: found.start()] + made + xml[found.end() :]


def _content(value: Any) -> tuple[str, str]:
    """Type and content of a cell as the file writes them; "#N/A" stands for a formula with that error."""
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return ' t="b"', f"<v>{int(value)}</v>"
    if isinstance(value, int | float):
        return "", f"<v>{value!r}</v>"
    if value.startswith("#"):
        return ' t="e"', f"<f>1</f><v>{value}</v>"
    if value.startswith("="):
        return ' t="str"', f"<f>{escape(value[1:])}</f><v></v>"
    return ' t="inlineStr"', f'<is><t xml:space="preserve">{escape(value)}</t></is>'


def _write_anew(path: Path, cells: list[tuple[str, str, Any]]) -> None:
    """The starter workbook, written with dates in some cells."""
    workbook = new_workbook(path)
    add_input_sheets(workbook, example(), Styles(workbook))
    for sheet, address, value in cells:
        date = workbook.add_format({"num_format": "dd/mm/yyyy"})
        workbook.get_worksheet_by_name(sheet).write(address, value, date)
    workbook.close()


def _is_date(value: Any) -> bool:
    return isinstance(value, datetime.date)
