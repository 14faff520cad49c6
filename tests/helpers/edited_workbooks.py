"""Helpers of these tests: one written starter workbook, and a way to spoil a copy of it."""

from __future__ import annotations

import datetime
import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from model.definition import ModelDefinition
from model.excel import InputError, layout_of, read_inputs, template_definition, write_inputs, write_template
from model.excel.inputs.layout import Layout
from model.excel.verification.libreoffice import sheet_parts
from tests.hostile.parts import Parts

BOOK = "xl/workbook.xml"
LISTS = re.compile(rb"<dataValidations.*?</dataValidations>", re.DOTALL)
EMPTY_CELL = re.compile(r'<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?/>')

Written = tuple[str, str, Any]
"""Sheet, address and what is put there."""


@cache
def example() -> ModelDefinition:
    return template_definition()


@cache
def layout() -> Layout:
    return layout_of(example())


@cache
def template() -> bytes:
    """The bytes of the starter workbook as it is handed out."""
    with tempfile.TemporaryDirectory() as folder:
        write_template(Path(folder) / "t.xlsx")
        return (Path(folder) / "t.xlsx").read_bytes()


@cache
def written() -> bytes:
    """The bytes of the starter workbook, without drop-down lists and comments: reading looks at none of them."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for what in ("data_validation", "write_comment", "conditional_format"):
            patch.setattr(Worksheet, what, lambda *_, **__: 0)
        write_inputs(example(), Path(folder) / "t.xlsx")
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


def header(table: str, position: int) -> tuple[str, str]:
    """Sheet and address of one header of a table of the starter workbook."""
    place = layout().tables[table]
    return place.sheet, f"{get_column_letter(position + 1)}{place.header_row + 1}"


def without_headers(table: str) -> list[Written]:
    """The header row of a table of the starter workbook, emptied."""
    return [(*header(table, position), None) for position, text in enumerate(layout().tables[table].headers) if text]


def problems_after(folder: Path, change: Callable[[Workbook], None]) -> list[str]:
    """The lines of the error that reading the changed workbook raises."""
    return problems_of(changed(folder, change))


def problems_of(path: Path) -> list[str]:
    """The lines of the error that reading a workbook raises."""
    with pytest.raises(InputError) as caught:
        read_inputs(path)
    return str(caught.value).split("\n")


def problems_with(folder: Path, *changes: tuple[str, int, str, Any]) -> list[str]:
    """The lines of the error after putting values in cells: (table, position, field, value)."""
    return problems_of(spoilt(folder, [(*cell(*place), value) for *place, value in changes]))


def spoilt(folder: Path, cells: Iterable[Written], sheets: Mapping[str, str | None] | None = None) -> Path:
    """A copy of the starter workbook with other values in cells, and sheets of other names or (None) left out."""
    path, cells = folder / "spoilt.xlsx", list(cells)
    if any(_is_date(value) for *_, value in cells):
        assert not sheets
        _write_with_dates(path, cells)
    else:
        write_copy(written(), path, cells, sheets)
    return path


def write_copy(source: bytes, path: Path, cells: Iterable[Written], sheets: Mapping[str, str | None] | None = None) -> None:
    """A copy of a workbook of ours with other values in cells (sheet, address, value), which keep their format; ``sheets``:
    the name that a sheet has instead, or None where it is left out with all names of its cells."""
    parts, places, light = _unpacked(source)
    edited = dict(light)
    for sheet, address, value in cells:
        name = places[sheet]
        before = parts[name] if edited[name] is light[name] else edited[name]
        edited[name] = _with_cell(before, address, value)
    for sheet, title in (sheets or {}).items():
        found = re.search(rf'<sheet name="{sheet}"([^>]*/>)', edited[BOOK])
        assert found is not None, sheet
        edited[BOOK] = edited[BOOK].replace(found[0], f'<sheet name="{title}"{found[1]}' if title else "")
        if title is None:
            edited[BOOK] = re.sub(rf"<definedName [^>]*>'?{sheet}'?![^<]*</definedName>", "", edited[BOOK])
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


def _write_with_dates(path: Path, cells: list[Written]) -> None:
    """A copy of the starter workbook with dates in some cells, as the numbers with a date's format that they are."""
    book = Parts.of(io.BytesIO(written()))
    style = book.add_date_style()
    for sheet, address, value in cells:
        if _is_date(value):
            book.put(sheet, address, f"<v>{to_excel(value)!r}</v>", style=style)
        else:
            kind, inside = _content(value)
            book.put(sheet, address, inside, kind)
    book.save(path)


def _is_date(value: Any) -> bool:
    return isinstance(value, datetime.date | datetime.time)
