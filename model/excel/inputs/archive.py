"""What may be read of a file, known before it is read: the sizes of its parts, the cells of its sheets, the kind of workbook.

A workbook is a zip archive, and a few megabytes of it can unpack to gigabytes. Its parts are bounded by the sizes that
the archive declares (zipfile hands over no more than these, and refuses a part whose content is another), and the sheets
that are read by the cells that are really there, counted as they are unpacked, a piece at a time.
"""

from __future__ import annotations

import dataclasses
import re
import zipfile
from pathlib import Path
from typing import IO

from model.excel.inputs.errors import file_problem

MEBIBYTE = 2**20
PIECE = MEBIBYTE
LARGEST_TAG = 64  # bytes of a tag that a boundary between two pieces may cut, as far as its name
MOST_PARTS = 10_000
LARGEST_PART = 512 * MEBIBYTE  # the sheet of 10,000 draws of 150 inputs is a tenth of it
LARGEST_STRINGS = 128 * MEBIBYTE
LARGEST_COMMON = 16 * MEBIBYTE  # of each part that is held as a whole: styles, names, relations
MOST_ROWS = 1_048_576  # of a sheet, by the file format
STRICT = b"http://purl.oclc.org/ooxml/"

CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")  # as a sheet's part of the file writes one
UNDERSCORED = re.compile(rb"<(?:\w+:)?v>\s*[-+.\deE]+_[-+.\deE_]+")  # Python would read 0.7_3 as a number
CONTENT = re.compile(rb"<(?:\w+:)?(?:v|is)[\s>]")


@dataclasses.dataclass(frozen=True)
class SheetLimits:
    """What is read of one sheet: bytes, filled cells, and cells with a format alone."""

    size: int
    filled: int
    cells: int


INPUTS = SheetLimits(size=64 * MEBIBYTE, filled=250_000, cells=500_000)
DATA = SheetLimits(size=LARGEST_PART, filled=5_000_000, cells=10_000_000)


def check_archive(path: Path) -> None:
    """Raise :class:`InputError` if a part is too large to be read, or the workbook of a kind that cannot be."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS:
            raise file_problem(f"'{path.name}' has {len(parts):,} parts; a workbook of at most {MOST_PARTS:,} is read")
        for part in parts:
            largest = _largest(part.filename.lower())
            if part.file_size > largest:
                raise file_problem(
                    f"'{path.name}' is too large: its part {part.filename} unpacks to {_megabytes(part.file_size)}, and "
                    f"at most {_megabytes(largest)} are read; remove what is no input, such as pictures, formats of "
                    "whole sheets or copied data"
                )
        if any(part.flag_bits & 1 for part in parts):
            raise file_problem(f"'{path.name}' is encrypted; save it without a password")
        for part in parts:
            if part.filename.lower() == "xl/workbook.xml" and STRICT in archive.read(part):
                raise file_problem(
                    f"'{path.name}' is a 'Strict Open XML Spreadsheet', a format that cannot be read here; open it in "
                    "Excel and save it as 'Excel Workbook (*.xlsx)'"
                )


def _largest(name: str) -> int:
    if name.startswith("xl/worksheets/") and not name.startswith("xl/worksheets/_rels/"):
        return LARGEST_PART
    if name == "xl/sharedstrings.xml":
        return LARGEST_STRINGS
    held = name.startswith(("xl/", "docprops/", "[content_types]", "_rels/")) and name.endswith((".xml", ".rels"))
    return LARGEST_COMMON if held else LARGEST_PART


def scan_sheet(path: Path, archive: zipfile.ZipFile, part: str, sheet: str, limits: SheetLimits) -> None:
    """Raise :class:`InputError` where more stands in the part of a sheet than is read."""
    size = archive.getinfo(part).file_size
    if size > limits.size:
        raise file_problem(
            f"the sheet '{sheet}' of '{path.name}' is too large: {_megabytes(size)} unpacked, and at most "
            f"{_megabytes(limits.size)} are read; remove what is no input"
        )
    with archive.open(part) as file:
        _count(file, path.name, sheet, limits)


def _count(file: IO[bytes], name: str, sheet: str, limits: SheetLimits) -> None:
    cells = filled = 0
    begun = b""
    while piece := file.read(PIECE):
        text = begun + piece
        end = text.rfind(b"<")
        whole, begun = (text[:end], text[end : end + LARGEST_TAG]) if end >= 0 else (text, b"")
        cells += len(CELL.findall(whole))
        filled += len(CONTENT.findall(whole))
        if odd := UNDERSCORED.search(whole):
            number = odd[0].rpartition(b">")[2].strip().decode()
            raise file_problem(
                f"the sheet '{sheet}' of '{name}' has a number written as {number}, which no spreadsheet program writes; "
                "the file may be damaged"
            )
        if filled > limits.filled or cells > limits.cells:
            what, most = ("filled cells", limits.filled) if filled > limits.filled else ("cells", limits.cells)
            raise file_problem(
                f"the sheet '{sheet}' of '{name}' has more than {most:,} {what}, the most that is read; remove what is no "
                "input, such as rows of notes, copied data or formats of whole columns"
            )


def _megabytes(size: int) -> str:
    return f"{size / MEBIBYTE:,.0f} MB"
