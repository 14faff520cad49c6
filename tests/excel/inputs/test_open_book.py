"""A workbook opened by us holds what openpyxl's own reader finds in it."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from model.excel.inputs.open_book import open_book

INPUTS = Path(__file__).parents[3] / "inputs"
STRINGS = (
    "<si><t>plain</t></si>",
    '<si><t xml:space="preserve">  spaces  </t></si>',
    "<si><t/></si>",
    "<si/>",
    "<si><t>escaped _x005F_x000D_ and &lt;&amp;</t></si>",
    "<si><r><t>two </t></r><r><rPr><b/></rPr><t>formats</t></r></si>",
    '<si><t>課</t><rPh sb="0" eb="1"><t>か</t></rPh><phoneticPr fontId="1"/></si>',
)


def _seen(book: Any) -> dict[str, Any]:
    strings = book.worksheets[0]._shared_strings
    found = {
        "titles": book.sheetnames,
        "parts": [(sheet._worksheet_path, sheet.sheet_state) for sheet in book.worksheets],
        "strings": list(strings),
        "names": {name: defined.attr_text for name, defined in book.defined_names.items()},
        "dates": (book.epoch, book._date_formats, book._timedelta_formats),
    }
    book.close()
    return found


def _same(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        ours = _seen(open_book(file))
    theirs = _seen(openpyxl.load_workbook(path, read_only=True, data_only=True))
    assert ours == theirs
    return ours


@pytest.mark.parametrize("name", ["patina_us", "example_four_arms", "example_synthetic_trial"])
def test_a_shipped_workbook_is_opened_as_openpyxl_opens_it(name: str) -> None:
    assert _same(INPUTS / f"{name}.xlsx")["strings"]


def test_strings_of_every_kind_are_read_as_openpyxl_reads_them(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "plain.xlsx") as book:
        book.add_worksheet("First").write_row(0, 0, ["first", "second"])
        book.add_worksheet("Hidden").hide()
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as old, zipfile.ZipFile(tmp_path / "strings.xlsx", "w") as new:
        for part in old.namelist():
            text = f'<sst xmlns="{namespace}">{"".join(STRINGS)}</sst>'.encode()
            new.writestr(part, text if part == "xl/sharedStrings.xml" else old.read(part))
    strings = _same(tmp_path / "strings.xlsx")["strings"]
    assert strings[:4] == ["plain", "  spaces  ", "", ""]
    assert strings[5:] == ["two formats", "課"]
