"""Every cell of a workbook as its file holds it: formula and stored value, read straight from the sheets' XML.

A library that builds an object for each of half a million cells takes a minute for it; this takes seconds, and holds one
sheet at a time.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl.utils import column_index_from_string

from model.excel.verification.libreoffice import sheet_parts

CELL = re.compile(r"<c ([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
ADDRESS, KIND = re.compile(r'\br="([A-Z]+)(\d+)"'), re.compile(r'\bt="(\w+)"')
FORMULA = re.compile(r"<f([^>]*?)(?:/>|>(.*?)</f>)", re.DOTALL)
VALUE, SHARED = re.compile(r"<v>(.*?)</v>", re.DOTALL), re.compile(r'\bsi="(\d+)"')
TEXT_ITEM, TEXT = re.compile(r"<si>(.*?)</si>|<si/>", re.DOTALL), re.compile(r"<t[^>/]*>(.*?)</t>", re.DOTALL)
NAME = re.compile(r'<definedName [^>]*?name="([^"]+)"[^>]*>(.*?)</definedName>')


class Cell(NamedTuple):
    """``formula`` without "="; ``shared``: the group of cells that have one formula, moved along; its first cell writes
    it out. ``stored`` is None where the file holds no value."""

    column: str
    row: int
    formula: str
    shared: str
    stored: float | str | None
    kind: str

    @property
    def address(self) -> str:
        return f"{self.column}{self.row}"

    @property
    def is_formula(self) -> bool:
        return bool(self.formula or self.shared)

    @property
    def is_error(self) -> bool:
        return self.kind == "e"


class WorkbookFile:
    """A workbook of any program, opened as the archive that it is."""

    def __init__(self, path: Path):
        self.archive = zipfile.ZipFile(path)
        self.parts = sheet_parts(self.archive)

    @property
    def sheets(self) -> list[str]:
        return list(self.parts)

    @property
    def names_of_parts(self) -> list[str]:
        return self.archive.namelist()

    @property
    def defined_names(self) -> dict[str, str]:
        """What each name stands for, without those that print settings and filters use."""
        found = NAME.findall(self.text("xl/workbook.xml"))
        return {name: html.unescape(text) for name, text in found if not name.startswith("_xlnm.")}

    def text(self, part: str) -> str:
        return self.archive.read(part).decode("utf-8")

    def sheet_xml(self, sheet: str) -> str:
        return self.text(self.parts[sheet])

    def cells(self, sheet: str) -> Iterator[Cell]:
        """The cells of a sheet that hold something, row by row."""
        for match in CELL.finditer(self.sheet_xml(sheet)):
            attributes, inside = match.groups()
            if not inside:
                continue
            place, kind = ADDRESS.search(attributes), KIND.search(attributes)
            formula, value = FORMULA.search(inside), VALUE.search(inside)
            assert place is not None
            text = shared = ""
            if formula:
                group = SHARED.search(formula[1])
                text, shared = html.unescape(formula[2] or ""), group[1] if group else ""
            of_kind = kind[1] if kind else "n"
            stored = self._stored(of_kind, value[1] if value else None)
            yield Cell(place[1], int(place[2]), text, shared, stored, of_kind)

    def rows(self, sheet: str) -> list[list[Any]]:
        """The stored values of a sheet, None where there is none or an empty text; row 1 is ``rows[0]``."""
        found: list[list[Any]] = []
        for cell in self.cells(sheet):
            while len(found) < cell.row:
                found.append([])
            row, number = found[cell.row - 1], column_index_from_string(cell.column)
            row.extend([None] * (number - len(row)))
            row[number - 1] = None if cell.stored == "" else cell.stored
        return found

    @cached_property
    def _texts(self) -> list[str]:
        """The texts that cells share by number."""
        if "xl/sharedStrings.xml" not in self.names_of_parts:
            return []
        items = TEXT_ITEM.finditer(self.text("xl/sharedStrings.xml"))
        return [html.unescape("".join(TEXT.findall(item[1] or ""))) for item in items]

    def _stored(self, kind: str, raw: str | None) -> float | str | None:
        if not raw:
            return raw
        if kind == "s":
            return self._texts[int(raw)]
        return float(raw) if kind in ("n", "b") else html.unescape(raw)
