"""A workbook file as plain cells: opened safely, only the sheets asked for, each view of the file loaded once."""

from __future__ import annotations

import dataclasses
import datetime
import re
import warnings
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from .errors import InputError, file_problem

OLE_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")  # as a sheet's part of the file writes one


@dataclasses.dataclass(frozen=True)
class CellError:
    """A cell that cannot be used: an error value such as #REF!, or a formula without a stored value."""

    message: str


class Grid:
    """The non-empty cells of one sheet; rows and columns count from 1, as in the file."""

    def __init__(self, name: str, rows: dict[int, dict[int, Any]]):
        self.name = name
        self.rows = rows

    def row(self, number: int) -> dict[int, Any]:
        return self.rows.get(number, {})


def address(row: int, column: int) -> str:
    """``C7`` for row 7, column 3."""
    return f"{get_column_letter(column)}{row}"


def read_grids(path: Path, names: Iterable[str]) -> dict[str, Grid]:
    """The sheets called ``names`` (letter case and outer spaces do not count) that the workbook has, by name.

    Raises :class:`InputError` if the file is not a workbook that can be read.
    """
    check_file(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # openpyxl warns of features it does not keep; nothing is saved here
            return _grids(path, names)
    except InputError:
        raise
    except Exception as error:  # a damaged file can fail anywhere inside the parser
        raise file_problem(
            f"'{path.name}' cannot be read as a workbook; it may be damaged ({error})"
        ) from error


def _grids(path: Path, names: Iterable[str]) -> dict[str, Grid]:
    values = openpyxl.load_workbook(path, read_only=True, data_only=True)
    formulas = openpyxl.load_workbook(path, read_only=True) if _has_formulas(path) else None
    try:
        wanted = {name.casefold(): name for name in names}
        found = {}
        for sheet in values.worksheets:
            name = wanted.get(sheet.title.strip().casefold())
            if name is not None:
                rows = _cells(sheet)
                if formulas is not None:
                    _mark_formulas_without_value(rows, formulas[sheet.title])
                found[name] = Grid(sheet.title, rows)
        return found
    finally:
        values.close()
        if formulas is not None:
            formulas.close()


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        sheets = (name for name in archive.namelist() if name.startswith("xl/worksheets/"))
        return any(FORMULA.search(archive.read(name)) for name in sheets)


def _cells(sheet: Any) -> dict[int, dict[int, Any]]:
    sheet.reset_dimensions()  # some programs write a wrong used range
    rows: dict[int, dict[int, Any]] = {}
    for row in sheet.iter_rows():
        for cell in row:
            value = cell.value
            if isinstance(value, str) and not value.strip():
                continue
            if value is not None:
                if cell.data_type == "e":
                    value = CellError(f"holds the error {value}")
                elif isinstance(value, datetime.datetime) and value.time() == datetime.time():
                    value = value.date()
                rows.setdefault(cell.row, {})[cell.column] = value
    return rows


def _mark_formulas_without_value(rows: dict[int, dict[int, Any]], sheet: Any) -> None:
    sheet.reset_dimensions()
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f" and cell.column not in rows.get(cell.row, {}):
                rows.setdefault(cell.row, {})[cell.column] = CellError(
                    "holds a formula without a stored value; open the workbook in a spreadsheet program and save it, "
                    "or type the value"
                )


def check_file(path: Path) -> None:
    """Raise :class:`InputError` unless ``path`` is a workbook without macros and password."""
    if not path.exists():
        raise file_problem(f"there is no file '{path}'{_beside(path)}")
    if path.is_dir():
        raise file_problem(f"'{path}' is a folder, not a workbook{_beside(path / 'x')}")
    with path.open("rb") as file:
        start = file.read(len(OLE_MAGIC))
    if start == OLE_MAGIC:
        raise file_problem(
            f"'{path.name}' is encrypted or an old .xls file; save it as .xlsx without a password"
        )
    if not zipfile.is_zipfile(path):
        raise file_problem(f"'{path.name}' is not a workbook; an .xlsx file is needed")
    with zipfile.ZipFile(path) as archive:
        parts = {name.lower() for name in archive.namelist()}
    if path.suffix.lower() in (".xlsm", ".xltm") or any(part.endswith("vbaproject.bin") for part in parts):
        raise file_problem(f"'{path.name}' holds macros; save it as .xlsx without macros")
    if "xl/workbook.xml" not in parts:
        raise file_problem(f"'{path.name}' is not an .xlsx workbook; save it as .xlsx")


def _beside(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"; there is no folder '{folder}' either"
    names = sorted(p.name for p in folder.glob("*.xlsx") if not p.name.startswith("~$"))
    return "; workbooks beside it: " + (", ".join(names) or "none")
