"""Sheets, headers, columns and rows that are missing, moved, doubled, hidden or beyond measure."""

from __future__ import annotations

import html
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from model.excel.inputs.schema import SHEETS
from tests.hostile.case import Case, InputCell, Made
from tests.hostile.parts import WORKBOOK, Parts, letters_of, row_of

Edit = Callable[[Parts], object]
LAST_ROW, LAST_COLUMN = 1_048_576, "XFD"
SAME, FREE_TEXT = "same", "free text"
MAY_BE_MISSING = {sheet.name for sheet in SHEETS if sheet.may_be_missing}


def structure_cases(
    choice: random.Random, books: Mapping[str, Parts], cells: Mapping[str, Sequence[InputCell]]
) -> list[Case]:
    """Every kind on a part of the sheets and tables, by chance."""
    made = []
    for name, book in books.items():
        for title, kind, edit, expect, sheet in (
            *_of_sheets(choice, book),
            *_of_tables(choice, book, cells[name]),
            *_of_size(book),
            *_of_the_book(book),
        ):
            made.append(Case(f"{title} ({name})", name, f"structure: {kind}", _maker(book, edit), expect, sheet))
    return made


def _maker(book: Parts, edit: Edit) -> Callable[[Path], Made]:
    def make(path: Path) -> Made:
        made = book.copy()
        edit(made)
        made.save(path)
        return Made()

    return make


Kind = tuple[str, str, Edit, str, str]


def _of_sheets(choice: random.Random, book: Parts) -> Iterator[Kind]:
    for sheet in book.sheets:
        name = html.escape(sheet)
        tag = rf'<sheet name="{re.escape(name)}"[^>]*/>'
        if choice.random() < 0.35:
            yield (
                f"sheet missing: {sheet}",
                "missing sheet",
                _in_book(tag, ""),
                "fewer" if sheet in MAY_BE_MISSING else SAME,
                sheet,
            )
        if choice.random() < 0.15:
            edit = _in_book(f'name="{re.escape(name)}"', f'name="{name}s2"')
            yield f"sheet renamed: {sheet}", "renamed sheet", edit, SAME, sheet
        if choice.random() < 0.1:
            edit = _in_book(f'name="{re.escape(name)}"', f'name=" {name.upper()} "')
            yield f"sheet in capitals: {sheet}", "sheet in capitals", edit, SAME, sheet
        if choice.random() < 0.12:
            edit = _in_book(f'<sheet name="{re.escape(name)}"', f'<sheet name="{name}" state="veryHidden"')
            yield f"sheet hidden: {sheet}", "hidden sheet", edit, SAME, sheet


def _in_book(pattern: str, new: str) -> Edit:
    def edit(book: Parts) -> None:
        book.parts[WORKBOOK] = re.sub(pattern, lambda _: new, book.book).encode()

    return edit


def _of_tables(choice: random.Random, book: Parts, cells: Sequence[InputCell]) -> Iterator[Kind]:
    tables: dict[str, list[InputCell]] = {}
    for cell in cells:
        tables.setdefault(cell.table, []).append(cell)
    last_of_sheet = {members[0].sheet: name for name, members in tables.items()}
    for name, members in tables.items():
        sheet, head = members[0].sheet, members[0].header_row
        columns = list(dict.fromkeys(letters_of(c.address) for c in members))
        rows = sorted({row_of(c.address) for c in members})
        row, column = choice.choice(rows), choice.choice(columns)
        records = name not in ("settings", "about")
        if choice.random() < 0.4:
            edit: Edit = partial(Parts.without_row, sheet=sheet, number=head)
            yield f"header row missing: {name}", "missing header row", edit, "", sheet
        if choice.random() < 0.5:
            edit = partial(Parts.put, sheet=sheet, address=f"{column}{head}", inner="")
            yield f"header blank: {name} {column}{head}", "missing column", edit, FREE_TEXT, sheet
        if choice.random() < 0.3:
            edit = partial(_hide_row, sheet=sheet, row=row)
            yield f"row hidden: {name} row {row}", "hidden row", edit, SAME, sheet
        if records and choice.random() < 0.3:
            edit = partial(Parts.without_row, sheet=sheet, number=row)
            yield f"row deleted: {name} row {row}", "row deleted", edit, "look, fewer", sheet
        if records and name == last_of_sheet[sheet] and choice.random() < 0.5:
            edit = partial(_row_again, sheet=sheet, row=row)
            yield f"row twice: {name} row {row}", "row twice", edit, "look", sheet
        if len(columns) < 2:
            continue
        two = choice.sample(columns, 2)
        if choice.random() < 0.4:
            edit = partial(_header_again, sheet=sheet, head=head, two=two)
            yield f"header twice: {name} {two}", "header twice", edit, FREE_TEXT, sheet
        if choice.random() < 0.5:
            edit = partial(_swap_headers, sheet=sheet, head=head, two=two)
            yield f"two headers swapped: {name} {two}", "headers swapped", edit, "look", sheet
        if choice.random() < 0.4:
            edit = partial(_swap_columns, sheet=sheet, rows=(head, *rows), two=two)
            yield f"two columns swapped: {name} {two}", "columns swapped", edit, SAME, sheet


def _hide_row(book: Parts, sheet: str, row: int) -> None:
    book.put_xml(sheet, book.xml(sheet).replace(f'<row r="{row}"', f'<row r="{row}" hidden="1"'))


def _row_again(book: Parts, sheet: str, row: int) -> None:
    book.append_rows(sheet, book.copied_row(sheet, row, max(book.rows(sheet)) + 1))


def _header_again(book: Parts, sheet: str, head: int, two: Sequence[str]) -> None:
    book.put_text(sheet, f"{two[1]}{head}", book.value(sheet, f"{two[0]}{head}") or "")


def _swap_headers(book: Parts, sheet: str, head: int, two: Sequence[str]) -> None:
    words = [book.value(sheet, f"{column}{head}") or "" for column in two]
    for column, text in zip(two, reversed(words), strict=True):
        book.put_text(sheet, f"{column}{head}", text)


def _swap_columns(book: Parts, sheet: str, rows: Sequence[int], two: Sequence[str]) -> None:
    xml = book.xml(sheet)
    for row in rows:
        for old, new in ((f"{two[0]}{row}", "@@"), (f"{two[1]}{row}", f"{two[0]}{row}"), ("@@", f"{two[1]}{row}")):
            xml = xml.replace(f'r="{old}"', f'r="{new}"')

    def in_order(row: re.Match[str]) -> str:
        cells = re.findall(r'<c r="[A-Z]+\d+"[^>]*?(?:/>|>.*?</c>)', row[2], re.S)
        places = [letters_of(cell.split('"')[1]) for cell in cells]
        ordered = sorted(zip(places, cells, strict=True), key=lambda c: (len(c[0]), c[0]))
        return row[1] + "".join(cell for _, cell in ordered) + row[3]

    book.put_xml(sheet, re.sub(r'(<row r="\d+"[^>]*>)(.*?)(</row>)', in_order, xml, flags=re.S))


def _of_size(book: Parts) -> Iterator[Kind]:
    for sheet in ("Settings", "Drugs", "Life table"):
        if sheet not in book.sheets:
            continue
        far = f'<row r="{LAST_ROW}"><c r="A{LAST_ROW}"/><c r="{LAST_COLUMN}{LAST_ROW}"/></row>'
        yield (f"formatted last row: {sheet}", "size", partial(Parts.append_rows, sheet=sheet, rows=far), SAME, sheet)
        edit: Edit = partial(_rows_more, sheet=sheet, count=10_000, cells='<c r="A{row}"/>')
        yield f"10,000 blank rows: {sheet}", "size", edit, SAME, sheet
        yield f"used range of the whole sheet: {sheet}", "size", partial(_use_all, sheet=sheet), SAME, sheet
    spaces = '<c r="A{row}" t="inlineStr"><is><t xml:space="preserve">  </t></is></c>'
    edit = partial(_rows_more, sheet="References", count=100_000, cells=spaces)
    yield "100,000 rows of spaces", "size", edit, SAME, "References"
    wide = '<c r="XFD{row}"/>'
    yield ("3,000 wide rows", "size", partial(_rows_more, sheet="References", count=3_000, cells=wide), "", "References")
    below = '<row r="2000000000"><c r="A2000000000"/></row>'
    yield ("row 2,000,000,000", "size", partial(Parts.append_rows, sheet="References", rows=below), SAME, "References")


def _use_all(book: Parts, sheet: str) -> None:
    used = '<dimension ref="A1:XFD1048576"/>'
    book.put_xml(sheet, re.sub(r'<dimension ref="[^"]*"/>', used, book.xml(sheet)))


def _rows_more(book: Parts, sheet: str, count: int, cells: str) -> None:
    first = max(book.rows(sheet)) + 1
    rows = (f'<row r="{n}">{cells.replace("{row}", str(n))}</row>' for n in range(first, first + count))
    book.append_rows(sheet, "".join(rows))


def _of_the_book(book: Parts) -> Iterator[Kind]:
    if "Utilities" not in book.sheets:
        return
    yield "table twice on a sheet", "table twice", _utilities_again, "", "Utilities"
    yield "two sheets of one name", "sheet twice", _two_of_a_name, "", "Utilities"
    edit = partial(Parts.replace, part=WORKBOOK, old="<workbookPr ", new='<workbookPr date1904="1" ')
    yield "dates counted from 1904", "dates", edit, SAME, ""


def _utilities_again(book: Parts) -> None:
    first = max(book.rows("Utilities")) + 3
    rows = [n for n in sorted(book.rows("Utilities")) if n >= 6]
    again = "".join(book.copied_row("Utilities", n, first + k) for k, n in enumerate(rows))
    book.append_rows("Utilities", again)


def _two_of_a_name(book: Parts) -> None:
    tags = {s: re.search(rf'<sheet name="{s}" [^>]*r:id="(\w+)"/>', book.book) for s in ("Utilities", "Drugs")}
    utilities, drugs = tags["Utilities"], tags["Drugs"]
    assert utilities is not None and drugs is not None
    second = f'<sheet name="utilities " sheetId="99" r:id="{drugs[1]}"/>'
    book.replace(WORKBOOK, utilities[0], utilities[0] + second)
