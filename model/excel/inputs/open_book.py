"""A workbook opened with openpyxl to be read, without what openpyxl does beforehand and nobody here asks for."""

from __future__ import annotations

from typing import IO, Any

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import iterparse
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

ITEM_TAG = f"{{{SHEET_MAIN_NS}}}si"
TEXT_TAG = f"{{{SHEET_MAIN_NS}}}t"


def open_book(file: IO[bytes]) -> Any:
    """The workbook that ``openpyxl.load_workbook(file, read_only=True, data_only=True)`` gives: by what the open file holds,
    whatever its name ends in. To be read while it is open."""
    reader = _Reader(file, read_only=True, data_only=True)
    reader.read()
    return reader.wb


class _Sheet(ReadOnlyWorksheet):
    """Its used range is not looked up: that begins to read every sheet, also those that nobody asks for, and some programs
    write a wrong one."""

    def _get_size(self) -> None:
        pass


class _Reader(ExcelReader):
    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = [_text(node) for _, node in iterparse(source) if node.tag == ITEM_TAG]

    def read_worksheets(self) -> None:
        for sheet, relation in self.parser.find_sheets():
            if relation.target not in self.valid_files:
                continue
            if "chartsheet" in relation.Type:
                self.read_chartsheet(sheet, relation)
            else:
                found = _Sheet(self.wb, sheet.name, relation.target, self.shared_strings)
                found.sheet_state = sheet.state
                self.wb._sheets.append(found)


def _text(item: Any) -> str:
    """The text of a shared string; openpyxl reads those of several formats, which are few."""
    plain = len(item) == 1 and item[0].tag == TEXT_TAG
    text: str = (item[0].text or "") if plain else Text.from_tree(item).content
    item.clear()
    return text.replace("x005F_", "")
