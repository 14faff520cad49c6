"""Every cell of a workbook as its file holds it: formula, stored value and kind, read straight from the sheets' XML.

A library that builds a cell object for each of half a million cells takes a minute; this takes seconds, one sheet at a
time.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from model.excel.libreoffice import sheet_parts

CELL = re.compile(r"<c ([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
FORMULA, VALUE = re.compile(r"<f[^>]*>(.*?)</f>", re.DOTALL), re.compile(r"<v>(.*?)</v>", re.DOTALL)
ADDRESS, KIND = re.compile(r'\br="([A-Z]+\d+)"'), re.compile(r'\bt="(\w+)"')
TEXT_ITEM, TEXT = re.compile(r"<si>(.*?)</si>|<si/>", re.DOTALL), re.compile(r"<t[^>/]*>(.*?)</t>", re.DOTALL)


class Cell(NamedTuple):
    """``formula`` without "=", "" where the cell holds none; ``stored`` is None where no value is stored."""

    address: str
    formula: str
    stored: float | str | None
    kind: str

    @property
    def is_error(self) -> bool:
        return self.kind == "e"


class WorkbookFile:
    """A workbook of any program, opened as the archive that it is."""

    def __init__(self, path: Path):
        self.archive = zipfile.ZipFile(path)
        self.parts = sheet_parts(self.archive)

    @property
    def names(self) -> list[str]:
        """The parts of the archive."""
        return self.archive.namelist()

    def text(self, part: str) -> str:
        return self.archive.read(part).decode("utf-8")

    def sheet_xml(self, sheet: str) -> str:
        return self.text(self.parts[sheet])

    @cached_property
    def _texts(self) -> list[str]:
        """The texts that cells share by number."""
        if "xl/sharedStrings.xml" not in self.names:
            return []
        items = TEXT_ITEM.finditer(self.text("xl/sharedStrings.xml"))
        return [html.unescape("".join(TEXT.findall(item[1] or ""))) for item in items]

    def cells(self, sheet: str) -> Iterator[Cell]:
        """The cells of a sheet that hold something, row by row."""
        for match in CELL.finditer(self.sheet_xml(sheet)):
            attributes, inside = match.groups()
            if not inside:
                continue
            address, kind = ADDRESS.search(attributes), KIND.search(attributes)
            formula, value = FORMULA.search(inside), VALUE.search(inside)
            assert address is not None
            of_kind = kind[1] if kind else "n"
            text = html.unescape(formula[1]) if formula else ""
            yield Cell(address[1], text, self._stored(of_kind, value[1] if value else None), of_kind)

    def _stored(self, kind: str, raw: str | None) -> float | str | None:
        if not raw:
            return raw
        if kind == "s":
            return self._texts[int(raw)]
        return float(raw) if kind in ("n", "b") else html.unescape(raw)
