"""LibreOffice without a window recalculates a copy of a workbook: with its own profile, which makes it recalculate all."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import openpyxl

from model.analysis.verification import Found

from .errors import file_problem
from .output_cells import values_of
from .placed_inputs import CellPlace

PROGRAMS = ("soffice", "libreoffice")
EXCEL = "xlsx:Calc MS Excel 2007 XML"
SECONDS = 1800
RECALCULATE_ALWAYS = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class LibreOffice:
    """Each set of settings is written into a copy of the file, which LibreOffice then converts."""

    def __init__(self, path: Path, wanted: Mapping[str, CellPlace], cells: Mapping[str, CellPlace]):
        self._program = office_program()
        if self._program is None:
            raise file_problem(
                "LibreOffice is not installed, or 'soffice' is not on the PATH; install it or recalculate with "
                "--engine formualizer"
            )
        self.name = _version(self._program)
        self._path, self._wanted, self._cells = path, wanted, cells
        self._known: dict[tuple[tuple[str, int | None], ...], dict[str, Found]] = {}
        self._settings: dict[str, int | None] = {}

    def values(self, settings: Mapping[str, int | None]) -> dict[str, Found]:
        """The settings stay until they are given another number."""
        self._settings.update(settings)
        key = tuple(sorted(self._settings.items()))
        if key not in self._known:
            self._known[key] = self._recalculated()
        return self._known[key]

    def _recalculated(self) -> dict[str, Found]:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "workbook.xlsx"
            write_cells(self._path, copy, {self._cells[n]: v for n, v in self._settings.items()})
            out = convert(copy, Path(folder) / "recalculated", self._program)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(out, read_only=True, data_only=True)
                found = values_of(book, self._wanted)
                book.close()
            return found


def office_program() -> str | None:
    """LibreOffice's program on the PATH."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def convert(workbook: Path, folder: Path, program: str | None = None, file_format: str = EXCEL) -> Path:
    """The workbook as LibreOffice saves it after recalculating every formula, in ``folder``."""
    program = program or office_program()
    assert program is not None
    with tempfile.TemporaryDirectory() as place:
        profile = Path(place)
        (profile / "user").mkdir()
        (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE_ALWAYS, encoding="utf-8")
        call = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to",
                file_format, "--outdir", str(folder), str(workbook)]  # fmt: skip
        try:
            run = subprocess.run(call, capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise file_problem(f"LibreOffice did not finish within {SECONDS} seconds") from error
    made = folder / f"{workbook.stem}.{file_format.split(':')[0]}"
    if not made.exists():
        words = " ".join((run.stderr or run.stdout).split())[:200]
        raise file_problem(
            f"LibreOffice could not recalculate '{workbook.name}' ({words or 'it gave no reason'})"
        )
    return made


def _version(program: str) -> str:
    run = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=120, check=False)
    match = re.search(r"LibreOffice [\d.]+", run.stdout)
    return match[0] if match else "LibreOffice"


# ---- single cells of a workbook file, without loading it -------------------------------------------------------------


def write_cells(source: Path, target: Path, numbers: Mapping[CellPlace, float | None]) -> None:
    """A copy of a workbook in which some cells hold other numbers (None: nothing); all else is as it was."""
    with zipfile.ZipFile(source) as old:
        parts = sheet_parts(old)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
            for item in old.infolist():
                content = old.read(item)
                for place, number in numbers.items():
                    if parts.get(place.sheet) == item.filename:
                        content = with_number(content.decode("utf-8"), place, number).encode("utf-8")
                new.writestr(item.filename, content)


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of the file that holds each sheet, by the sheet's name."""
    links = {
        link.get("Id"): str(link.get("Target"))
        for link in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
    found = {str(sheet.get("name")): links[sheet.get(RELATION)] for sheet in sheets}
    return {name: t.lstrip("/") if t.startswith("/") else f"xl/{t}" for name, t in found.items()}


def with_number(xml: str, place: CellPlace, number: float | None) -> str:
    """The XML of a sheet with another number in one cell, which keeps its format."""
    cell = re.compile(rf'<c ([^>]*?\br="{place.cell}"[^>]*?)(?:/>|>.*?</c>)', re.DOTALL)
    match = cell.search(xml)
    if match is None:
        raise file_problem(
            f"{place}: the cell is missing from the file; type 0 into it and save the workbook"
        )
    attributes = re.sub(r'\s*\bt="[^"]*"', "", match[1]).strip()
    value = "" if number is None else f"<v>{number!r}</v>"
    return f"{xml[: match.start()]}<c {attributes}>{value}</c>{xml[match.end() :]}"
