"""A workbook file as plain cells: opened safely, only the sheets asked for, each view of the file loaded once."""

from __future__ import annotations

import dataclasses
import datetime
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, ROW_TAG, WorkSheetParser, iterparse

from model.excel.inputs.archive import INPUTS, MOST_ROWS, SheetLimits, check_archive, scan_sheet
from model.excel.inputs.errors import InputError, file_problem
from model.excel.inputs.open_book import open_book

ROW = re.compile(
    r"(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^'!]+))!"
    r"\$(?P<first>[A-Z]{1,3})\$(?P<row>\d+):\$(?P<last>[A-Z]{1,3})\$(?P<below>\d+)"
)
"""What a defined name of a part of a row refers to."""
OLE_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")


@dataclasses.dataclass(frozen=True)
class CellError:
    """A cell that cannot be used: an error value such as #REF!, or a formula without a stored value."""

    message: str


class SheetCells:
    """The non-empty cells of one sheet; rows and columns count from 1, as in the file."""

    def __init__(self, name: str, rows: dict[int, dict[int, Any]]):
        self.name = name
        self.rows = rows

    def row(self, number: int) -> dict[int, Any]:
        return self.rows.get(number, {})


@dataclasses.dataclass(frozen=True)
class NamedRow:
    """A part of one row that has a defined name; columns count from 1."""

    sheet: str
    row: int
    first_column: int
    last_column: int


class Grids(dict[str, SheetCells]):
    """The sheets that were asked for, by name; ``others``: the titles of all other sheets of the workbook; ``named``: the
    rows that have a defined name, by it."""

    others: tuple[str, ...] = ()
    named: Mapping[str, NamedRow] = MappingProxyType({})


def address(row: int, column: int) -> str:
    """``C7`` for row 7, column 3."""
    return f"{get_column_letter(column)}{row}"


def read_grids(path: Path, names: Iterable[str], limits: SheetLimits = INPUTS) -> Grids:
    """The sheets called ``names`` (letter case and outer spaces do not count) that the workbook has, by name.

    Raises :class:`InputError` if the file is not a workbook that can be read, or a sheet holds more than ``limits``.
    """
    check_file(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of features it does not keep; nothing is saved here
            return _grids(path, names, limits)
    except InputError:
        raise
    except Exception as error:  # a damaged file can fail anywhere inside the parser
        raise file_problem(f"'{path.name}' cannot be read as a workbook; it may be damaged ({error})") from error


def _grids(path: Path, names: Iterable[str], limits: SheetLimits) -> Grids:
    wanted = {name.casefold(): name for name in names}
    with path.open("rb") as file:
        book = open_book(file)
        found = Grids()
        found.named = dict(_named_rows(book.defined_names))
        found.others = tuple(sheet.title for sheet in book.worksheets if sheet.title.strip().casefold() not in wanted)
        for sheet in book.worksheets:
            name = wanted.get(sheet.title.strip().casefold())
            if name is not None:
                scan_sheet(path, book._archive, sheet._worksheet_path, sheet.title, limits)
                found[name] = SheetCells(sheet.title, _cells(sheet, limits))
        return found


def _named_rows(names: Any) -> Iterator[tuple[str, NamedRow]]:
    for name, defined in names.items():
        if place := ROW.fullmatch(defined.attr_text or ""):
            first, last = (column_index_from_string(place[part]) for part in ("first", "last"))
            if place["row"] == place["below"]:
                sheet = (place["quoted"] or place["plain"]).replace("''", "'")
                yield name, NamedRow(sheet, int(place["row"]), first, last)


def sheet_rows(sheet: Any, limits: SheetLimits) -> Iterator[tuple[Any, ...]]:
    """The rows of a sheet that openpyxl has open read-only, each as its cells from column A on.

    A row is as long as its last cell is far to the right, so all of them are counted; raises :class:`InputError`
    where they are more than ``limits``, or a row stands below the last one that a sheet can have.
    """
    sheet.reset_dimensions()  # some programs write a wrong used range
    cells = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells += len(row)
        _within(limits, sheet.title, cells, number)
        yield row


def _within(limits: SheetLimits, sheet: str, cells: int, rows: int) -> None:
    if cells > 2 * limits.cells or rows > MOST_ROWS:
        raise file_problem(
            f"the sheet '{sheet}' is too large to be read: cells far to the right or far down are in use; "
            "delete the rows and columns beside its tables"
        )


class _Rows(WorkSheetParser):
    """openpyxl's parser of a sheet, for its rows alone: what stands below them, such as lists of choices, takes it as long
    as they do. A formula without a stored value is one, not an empty cell."""

    def parse(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        for _, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                yield self.parse_row(element)
                element.clear()
            elif element.tag == DATA_TAG:
                return

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if _is_blank(cell["value"]) and element.find(FORMULA_TAG) is not None:
            cell["value"] = CellError(
                "holds a formula without a stored value; open the workbook in a spreadsheet program and save it, "
                "or type the value"
            )
        return cell


def _cells(sheet: Any, limits: SheetLimits) -> dict[int, dict[int, Any]]:
    book, cells, last = sheet.parent, 0, 0
    rows: dict[int, dict[int, Any]] = {}
    with book._archive.open(sheet._worksheet_path) as source:
        parser = _Rows(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, row in parser.parse():
            if row and number > last:
                cells, last = cells + row[-1]["column"], number
                _within(limits, sheet.title, cells, number)
                for cell in {cell["column"]: cell for cell in row}.values():
                    if not _is_blank(cell["value"]):
                        rows.setdefault(cell["row"], {})[cell["column"]] = _value(cell)
    return rows


def _value(cell: dict[str, Any]) -> Any:
    value = cell["value"]
    if cell["data_type"] == "e" and value is not None:
        return CellError(f"holds the error {value}")
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date()
    return value


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def check_file(path: Path) -> None:
    """Raise :class:`InputError` unless ``path`` is a workbook without macros and password."""
    if not path.exists():
        raise file_problem(f"there is no file '{path}'{_beside(path)}")
    if path.is_dir():
        raise file_problem(f"'{path}' is a folder, not a workbook{_beside(path / 'x')}")
    try:
        with path.open("rb") as file:
            start = file.read(len(OLE_MAGIC))
    except OSError as error:
        raise file_problem(f"'{path}' cannot be opened: {error.strerror}") from None
    if start == OLE_MAGIC:
        raise file_problem(f"'{path.name}' is encrypted or an old .xls file; save it as .xlsx without a password")
    if not zipfile.is_zipfile(path):
        raise file_problem(f"'{path.name}' is not a workbook; an .xlsx file is needed")
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise file_problem(f"'{path.name}' cannot be read as a workbook; it may be damaged ({error})") from None
    if path.suffix.lower() in (".xlsm", ".xltm") or any(part.endswith("vbaproject.bin") for part in parts):
        raise file_problem(f"'{path.name}' holds macros; save it as .xlsx without macros")
    if "xl/workbook.xml" not in parts:
        raise file_problem(f"'{path.name}' is not an .xlsx workbook; save it as .xlsx")
    try:
        check_archive(path)
    except InputError:
        raise
    except Exception as error:  # a damaged archive can fail anywhere inside the library
        raise file_problem(f"'{path.name}' cannot be read as a workbook; it may be damaged ({error})") from None


def _beside(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"; there is no folder '{folder}' either"
    names = sorted(p.name for p in folder.glob("*.xlsx") if not p.name.startswith("~$"))
    return "; workbooks beside it: " + (", ".join(names) or "none")
