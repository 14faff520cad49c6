"""Files that are no workbook, are damaged, unpack to gigabytes, hide macros or entities, or are written oddly."""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.hostile.case import Case, Made
from tests.hostile.parts import RELATIONS, STRINGS, STYLES, WORKBOOK, Parts

MEBIBYTE = 2**20
BOMB = 1536 * MEBIBYTE
TYPES = "[Content_Types].xml"
OLE = bytes.fromhex("D0CF11E0A1B11AE1")
FUZZED = 25
MAIN = "schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/"
    b"relationships",
    b"http://schemas.openxmlformats.org/drawingml/2006/main": b"http://purl.oclc.org/ooxml/drawingml/main",
}
Write = Callable[[Path], object]
Kind = tuple[str, Write, str]
SAME, ANY = "same", "any"


def file_cases(name: str, path: Path) -> list[Case]:
    """All cases made from one workbook."""
    book, raw = Parts.of(path), path.read_bytes()
    made = [
        *_no_workbooks(),
        *_truncated(raw),
        *_locked(raw, book),
        *_bombs(book),
        *_entities(book),
        *_damaged(raw, book),
        *_odd(book),
        *_by_chance(raw, book),
    ]
    suffix = {"macros by suffix": ".xlsm"}
    return [
        Case(f"file: {title}", name, "file", _maker(write), expect, suffix=suffix.get(title, ".xlsx"))
        for title, write, expect in made
    ]


def _maker(write: Write) -> Callable[[Path], Made]:
    def make(path: Path) -> Made:
        write(path)
        return Made()

    return make


def _bytes(content: bytes) -> Write:
    return lambda path: path.write_bytes(content)


def _zip(parts: dict[str, bytes]) -> Write:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)

    return write


def _edited(book: Parts, edit: Callable[[Parts], object]) -> Write:
    def write(path: Path) -> None:
        made = book.copy()
        edit(made)
        made.save(path)

    return write


def _no_workbooks() -> Iterator[Kind]:
    contents = {
        "csv": b"id,label,value\na,b,1\n",
        "csv in utf-16": "id;label\n1;x\n".encode("utf-16"),
        "empty": b"",
        "pdf": b"%PDF-1.7\n%%EOF",
        "html": b"<html><table/></html>",
        "old xls": OLE + b"\0" * 4096,
        "one byte": b"P",
        "start of an archive": b"PK\x03\x04",
        "random bytes": random.Random(1).randbytes(50_000),
        "empty archive": b"PK\x05\x06" + b"\0" * 18,
        "flat xml": b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
    }
    for title, content in contents.items():
        yield title, _bytes(content), ""
    yield "plain archive", _zip({"readme.txt": b"hello"}), ""
    yield "text document", _zip({TYPES: b"<Types/>", "word/document.xml": b"<w/>"}), ""
    yield ("open document", _zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}), "")
    yield "binary workbook", _zip({TYPES: b"<Types/>", "xl/workbook.bin": b"\x83\x01\x00"}), ""
    yield "workbook part alone", _zip({WORKBOOK: b"<workbook/>"}), ""


def _truncated(raw: bytes) -> Iterator[Kind]:
    for share in (0.05, 0.5, 0.95, 0.999):
        yield f"first {share:.1%}", _bytes(raw[: int(len(raw) * share)]), ""
    yield "junk before the archive", _bytes(b"junk" * 100 + raw), SAME
    yield "junk after the archive", _bytes(raw + b"junk" * 100), SAME


def _locked(raw: bytes, book: Parts) -> Iterator[Kind]:
    flagged = bytearray(raw)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = flagged.find(signature)
        while start >= 0:
            flagged[start + offset] |= 1
            start = flagged.find(signature, start + 4)
    yield "parts flagged as encrypted", _bytes(bytes(flagged)), ""
    package = OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le")
    yield "encrypted package", _bytes(package), ""
    yield "macros by suffix", _edited(book, lambda b: None), ""
    yield "macros", _edited(book, lambda b: b.parts.update({"xl/vbaProject.bin": b"\xcc\x61"})), ""
    macro = b"ms-excel.sheet.macroEnabled.main+xml"
    yield ("macros by type", _edited(book, lambda b: b.replace(TYPES, b"spreadsheetml.sheet.main+xml", macro)), SAME)


def _bombs(book: Parts) -> Iterator[Kind]:
    for part in (book.sheets["Utilities"], STRINGS, STYLES):
        yield f"1.5 GB of spaces in {part}", _bomb(book, part, b" "), SAME
    for part in ("xl/media/image1.png", "xl/worksheets/sheet99.xml"):
        yield f"1.5 GB of zeros in {part}", _bomb(book, part, b"\0"), SAME
    yield "a million rows of notes", _million_rows(book), SAME


def _bomb(book: Parts, part: str, fill: bytes) -> Write:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in {part: b"", **book.parts}.items():
                end = content.rfind(b"</") if name == part else len(content)
                with archive.open(name, "w", force_zip64=True) as file:
                    file.write(content[: max(end, 0)])
                    for _ in range(BOMB // MEBIBYTE if name == part else 0):
                        file.write(fill * MEBIBYTE)
                    file.write(content[max(end, 0) :])

    return write


def _million_rows(book: Parts) -> Write:
    row = (
        '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>x y</t></is></c><c r="B{n}"><v>1</v></c><c r="C{n}"><v>1</v></c></row>'
    )

    def write(path: Path) -> None:
        references = book.sheets["References"]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in book.parts.items():
                end = content.find(b"</sheetData>") if name == references else len(content)
                with archive.open(name, "w", force_zip64=True) as file:
                    file.write(content[:end])
                    for block in range(1000 if name == references else 0):
                        first = 1000 * (block + 1)
                        rows = (row.replace("{n}", str(n)) for n in range(first, first + 1000))
                        file.write("".join(rows).encode())
                    file.write(content[end:])

    return write


def _entities(book: Parts) -> Iterator[Kind]:
    outside = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    tenfold = "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12))
    laughs = f"<!DOCTYPE x [<!ENTITY a0 'ha'>{tenfold}]>"
    for title, declared, name in (("external entity", outside, "&e;"), ("billion laughs", laughs, "&a11;")):
        yield f"{title} in the shared strings", _edited(book, _with_entity(STRINGS, declared, name)), ""
        part = book.sheets["Utilities"]
        yield f"{title} in a sheet", _edited(book, _with_entity(part, declared, name)), SAME


def _with_entity(part: str, declared: str, name: str) -> Callable[[Parts], None]:
    def edit(book: Parts) -> None:
        xml = re.sub(r"(<\?xml[^>]*\?>\s*)", lambda m: m[1] + declared, book.parts[part].decode(), count=1)
        row = f'<row r="900"><c r="A900" t="inlineStr"><is><t>{name}</t></is></c></row></sheetData>'
        xml = xml.replace("</sheetData>", row)
        if part == STRINGS:
            xml = re.sub(r"(<t[^>/]*>)", lambda m: m[1] + name, xml, count=1)
        book.parts[part] = xml.encode()

    return edit


def _damaged(raw: bytes, book: Parts) -> Iterator[Kind]:
    sheet = book.sheets["Utilities"]
    for part in (WORKBOOK, RELATIONS, STRINGS, STYLES, TYPES, sheet):
        if part in book.parts:
            yield f"no {part}", _edited(book, lambda b, p=part: b.parts.pop(p)), SAME
            half = lambda b, p=part: b.parts.update({p: b.parts[p][: len(b.parts[p]) // 2]})  # noqa: E731
            yield f"half of {part}", _edited(book, half), SAME
            yield f"{part} empty", _edited(book, lambda b, p=part: b.parts.update({p: b""})), SAME
    for part in (WORKBOOK, STRINGS, sheet):
        yield (f"zero byte in {part}", _edited(book, lambda b, p=part: b.parts.update({p: b.parts[p] + b"\0"})), SAME)
        utf_16 = book.parts[part].decode().replace("UTF-8", "UTF-16").encode("utf-16")
        yield (f"utf-16 in {part}", _edited(book, lambda b, p=part, c=utf_16: b.parts.update({p: c})), SAME)
        yield (f"other words in {part}", _edited(book, lambda b, p=part: b.replace(p, MAIN, "example.org/x")), SAME)
    place = raw.rfind(b"PK\x01\x02", 0, raw.rfind(sheet.encode()))
    wrong = bytearray(raw)
    wrong[place + 16] ^= 0xFF
    yield "wrong checksum", _bytes(bytes(wrong)), ""


def _odd(book: Parts) -> Iterator[Kind]:
    yield "strict workbook", _edited(book, _strict), ""
    sheet = book.sheets["Utilities"]
    number = re.search(rb"<v>(0\.\d+)</v>", book.parts[sheet])
    assert number is not None
    digits = number[1].decode()
    for title, written, expect in (
        ("spaces", f" {digits} ", SAME),
        ("hexadecimal", "0x1p-1", ""),
        ("an underscore", f"0.7_{digits[2:]}", ""),
    ):
        yield (
            f"number with {title}",
            _edited(book, lambda b, w=written: b.replace(sheet, number[0], f"<v>{w}</v>", 1)),
            expect,
        )
    text = re.search(rb't="s"><v>(\d+)</v>', book.parts[sheet])
    assert text is not None
    for index in ("999999", "-1"):
        edit = lambda b, i=index: b.replace(sheet, text[0], f't="s"><v>{i}</v>', 1)  # noqa: E731
        yield f"shared string {index}", _edited(book, edit), ""
    plain = lambda b: b.parts.update({sheet: re.sub(rb'<c r="[A-Z]+\d+"', b"<c", b.parts[sheet])})  # noqa: E731
    yield "cells without addresses", _edited(book, plain), "look"
    bare = lambda b: b.parts.update({sheet: re.sub(rb'<row r="\d+"', b"<row", b.parts[sheet])})  # noqa: E731
    yield "rows without numbers", _edited(book, bare), "look"
    yield "100 sheets more", _edited(book, _more_sheets), SAME


def _strict(book: Parts) -> None:
    for name in book.parts:
        for old, new in STRICT.items():
            book.replace(name, old, new)


def _more_sheets(book: Parts) -> None:
    sheets = relations = types = ""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    for i in range(100):
        part = f"worksheets/sheetx{i}.xml"
        book.parts[f"xl/{part}"] = f'<worksheet xmlns="http://{MAIN}"><sheetData/></worksheet>'.encode()
        sheets += f'<sheet name="x{i}" sheetId="{500 + i}" r:id="rIdx{i}"/>'
        relations += f'<Relationship Id="rIdx{i}" Type="{office}/worksheet" Target="{part}"/>'
        types += (
            f'<Override PartName="/xl/{part}" ContentType="application/vnd.openxmlformats-officedocument.'
            'spreadsheetml.worksheet+xml"/>'
        )
    book.replace(WORKBOOK, "</sheets>", f"{sheets}</sheets>")
    book.replace(RELATIONS, "</Relationships>", f"{relations}</Relationships>")
    book.replace(TYPES, "</Types>", f"{types}</Types>")


def _by_chance(raw: bytes, book: Parts) -> Iterator[Kind]:
    for seed in range(FUZZED):
        choice, content = random.Random(1000 + seed), bytearray(raw)
        for _ in range(choice.choice((1, 3, 10))):
            content[choice.randrange(len(content))] ^= 1 << choice.randrange(8)
        yield f"random bits of the archive, {seed}", _bytes(bytes(content)), ANY
    names = [*book.sheets.values(), STRINGS, WORKBOOK, STYLES]
    for seed in range(FUZZED):
        choice = random.Random(2000 + seed)
        part = choice.choice(names)
        content = bytearray(book.parts[part])
        for _ in range(choice.choice((1, 2, 5))):
            letter = choice.choice(b'<>/&"0159ax =') if choice.random() < 0.7 else choice.randrange(256)
            content[choice.randrange(len(content))] = letter
        edit = lambda b, p=part, c=bytes(content): b.parts.update({p: c})  # noqa: E731
        yield f"random bytes of a part, {seed}", _edited(book, edit), ANY
