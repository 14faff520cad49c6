"""A workbook as the parts of its archive, edited as text: what a spreadsheet program would never write can be written."""

from __future__ import annotations

import html
import re
import zipfile
from functools import cached_property
from pathlib import Path
from typing import IO

WORKBOOK, RELATIONS, STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
STRINGS = "xl/sharedStrings.xml"


def letters_of(address: str) -> str:
    """``AB`` of ``AB7``."""
    return re.sub(r"\d+", "", address)


def row_of(address: str) -> int:
    """7 of ``AB7``."""
    return int(re.sub(r"\D+", "", address))


class Parts:
    """The parts of a workbook by name; ``sheets``: the part of each sheet by the sheet's name."""

    def __init__(self, parts: dict[str, bytes]):
        self.parts = parts
        relations = re.findall(r"<Relationship [^>]*>", parts[RELATIONS].decode())
        target = {_attribute("Id", r): "xl/" + _attribute("Target", r).removeprefix("/xl/") for r in relations}
        named = re.findall(r'<sheet name="([^"]+)"[^>]*r:id="([^"]+)"', self.book)
        self.sheets = {html.unescape(name): target[relation] for name, relation in named}

    @classmethod
    def of(cls, path: Path | IO[bytes]) -> Parts:
        """The parts of a file."""
        with zipfile.ZipFile(path) as archive:
            return cls({name: archive.read(name) for name in archive.namelist()})

    def copy(self) -> Parts:
        """Another workbook of the same parts."""
        return Parts(dict(self.parts))

    def save(self, path: Path) -> None:
        """Write the archive."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in self.parts.items():
                archive.writestr(name, content)

    @property
    def book(self) -> str:
        return self.parts[WORKBOOK].decode()

    def replace(self, part: str, old: str | bytes, new: str | bytes, count: int = -1) -> None:
        """Replace text of a part."""
        before, after = (x.encode() if isinstance(x, str) else x for x in (old, new))
        self.parts[part] = self.parts[part].replace(before, after, count)

    # ---- sheets ----------------------------------------------------------------------------------------------------

    def xml(self, sheet: str) -> str:
        return self.parts[self.sheets[sheet]].decode()

    def put_xml(self, sheet: str, xml: str) -> None:
        self.parts[self.sheets[sheet]] = xml.encode("utf-8", "surrogatepass")

    def rows(self, sheet: str) -> dict[int, str]:
        """The rows of a sheet as they are written, by number."""
        found = re.findall(r'(<row r="(\d+)"[^>]*?(?:/>|>.*?</row>))', self.xml(sheet), re.S)
        return {int(number): row for row, number in found}

    def without_row(self, sheet: str, number: int) -> None:
        """Take a row out; the rows below keep their numbers."""
        self.put_xml(sheet, self.xml(sheet).replace(self.rows(sheet)[number], "", 1))

    def append_rows(self, sheet: str, rows: str) -> None:
        """Rows below the last one."""
        self.put_xml(sheet, self.xml(sheet).replace("</sheetData>", rows + "</sheetData>"))

    def copied_row(self, sheet: str, number: int, to: int) -> str:
        """A row as it is written, with another number."""
        moved = self.rows(sheet)[number].replace(f'<row r="{number}"', f'<row r="{to}"')
        return re.sub(rf'r="([A-Z]+){number}"', rf'r="\g<1>{to}"', moved)

    # ---- cells -----------------------------------------------------------------------------------------------------

    def _cell(self, sheet: str, address: str) -> re.Match[str] | None:
        return re.search(rf'<c r="{address}"( s="\d+")?([^>]*?)(/>|>.*?</c>)', self.xml(sheet))

    def put(self, sheet: str, address: str, inner: str, attributes: str = "", style: int | None = None) -> None:
        """Write a cell; it keeps its style."""
        xml, found = self.xml(sheet), self._cell(sheet, address)
        own = f' s="{style}"' if style is not None else (found[1] or "" if found else "")
        cell = f'<c r="{address}"{own}{attributes}' + (f">{inner}</c>" if inner else "/>")
        if found:
            self.put_xml(sheet, xml[: found.start()] + cell + xml[found.end() :])
        elif row := re.search(rf'(<row r="{row_of(address)}"[^>]*>)(.*?)(</row>)', xml):
            self.put_xml(sheet, xml[: row.end(2)] + cell + xml[row.end(2) :])
        else:
            self.append_rows(sheet, f'<row r="{row_of(address)}">{cell}</row>')

    def put_text(self, sheet: str, address: str, words: str) -> None:
        """Write text into a cell."""
        text = f'<is><t xml:space="preserve">{html.escape(words, quote=False)}</t></is>'
        self.put(sheet, address, text, ' t="inlineStr"')

    def value(self, sheet: str, address: str) -> str | None:
        """What a cell holds, as it is written; None where it is empty."""
        cell = self._cell(sheet, address)
        stored = re.search(r"<v>(.*?)</v>", cell[3]) if cell else None
        if cell is None or stored is None:
            return None
        return self._strings[int(stored[1])] if 't="s"' in cell[2] else html.unescape(stored[1])

    @cached_property
    def _strings(self) -> list[str]:
        items = re.findall(r"<si>(.*?)</si>|<si/>", self.parts[STRINGS].decode(), re.S)
        return [html.unescape("".join(re.findall(r"<t[^>/]*>(.*?)</t>", i or "", re.S))) for i in items]

    def add_date_style(self) -> int:
        """A style that shows a number as a date; returns its number."""
        xml = self.parts[STYLES].decode()
        found = re.search(r'<cellXfs count="(\d+)">(.*?)</cellXfs>', xml, re.S)
        assert found is not None
        count = int(found[1])
        date = '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        made = f'<cellXfs count="{count + 1}">{found[2]}{date}</cellXfs>'
        self.parts[STYLES] = (xml[: found.start()] + made + xml[found.end() :]).encode()
        return count


def _attribute(name: str, element: str) -> str:
    found = re.search(rf'{name}="([^"]+)"', element)
    assert found is not None
    return found[1]
