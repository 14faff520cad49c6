"""LibreOffice without a window: it stays open while cells are set and read; or it converts copies, one per case."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

import openpyxl

from model.analysis.agreement import Found
from model.excel.inputs.errors import file_problem
from model.excel.inputs.placed_inputs import CellPlace
from model.excel.verification.open_office import PREFIX, OpenOffice, kill_group, python_with_uno, write_profile
from model.excel.verification.output_cells import Settings, values_of

PROGRAMS = ("soffice", "libreoffice")
EXCEL = "xlsx:Calc MS Excel 2007 XML"
SECONDS = 1800
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class LibreOffice:
    """One LibreOffice in which the workbook is opened once; then only what depends on a setting is calculated."""

    reopens = False
    remark = ""

    def __init__(
        self,
        path: Path,
        wanted: Mapping[str, CellPlace],
        cells: Mapping[str, CellPlace],
        program: str,
        python: str,
        locale: str = "",
    ):
        self.name = _version(program)
        self._wanted, self._cells, self._set = wanted, cells, dict[str, int | None]()
        self.office = OpenOffice(program, python, locale)
        self.close = self.office.close
        try:
            self.office.open(path)
        except BaseException:
            self.close()
            raise

    def values(self, settings: Settings) -> dict[str, Found]:
        """The settings stay until they are given another number."""
        changed = {name: number for name, number in settings.items() if self._set.get(name, "") != number}
        if changed:
            self.office.set((self._cells[n].sheet, self._cells[n].cell, v) for n, v in changed.items())
        self._set.update(changed)
        return self.read()

    def replays(self, cases: Sequence[Settings]) -> Iterator[dict[str, Found]]:
        """The results of each case in turn."""
        return map(self.values, cases)

    def read(self) -> dict[str, Found]:
        """The results as they are."""
        found = self.office.cells(list(self._wanted.values()))
        return dict(zip(self._wanted, found, strict=True))


class ConvertingLibreOffice:
    """Each set of settings is written into a copy of the file, which LibreOffice then converts: where no Python can
    talk to it."""

    reopens = True
    remark = (
        "LibreOffice loads the workbook anew for every case, because no Python with its module 'uno' was found; "
        "install it (on Debian and Ubuntu: python3-uno) to recalculate in one that stays open."
    )

    def __init__(self, path: Path, wanted: Mapping[str, CellPlace], cells: Mapping[str, CellPlace], program: str):
        self._program = program
        self.name = _version(program)
        self._path, self._wanted, self._cells = path, wanted, cells
        self._known: dict[tuple[tuple[str, int | None], ...], dict[str, Found]] = {}
        self._settings: dict[str, int | None] = {}

    def values(self, settings: Settings) -> dict[str, Found]:
        """The settings stay until they are given another number."""
        self._settings.update(settings)
        key = tuple(sorted(self._settings.items()))
        if key not in self._known:
            self._known[key] = self._recalculated()
        return self._known[key]

    def replays(self, cases: Sequence[Settings]) -> Iterator[dict[str, Found]]:
        """The results of each case in turn."""
        return map(self.values, cases)

    def close(self) -> None:
        """Nothing is open between two cases."""

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


def open_libreoffice(
    path: Path, wanted: Mapping[str, CellPlace], cells: Mapping[str, CellPlace]
) -> LibreOffice | ConvertingLibreOffice:
    """The workbook in LibreOffice. Raises :class:`InputError` where it is not installed or fails."""
    program = office_program()
    if program is None:
        raise file_problem(
            "LibreOffice is not installed, or 'soffice' is not on the PATH; install it or recalculate with "
            "--engine formualizer"
        )
    python = python_with_uno(program)
    if python is None:
        return ConvertingLibreOffice(path, wanted, cells, program)
    return LibreOffice(path, wanted, cells, program, python)


def office_program() -> str | None:
    """LibreOffice's program on the PATH."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def convert(workbook: Path, folder: Path, program: str | None = None, file_format: str = EXCEL) -> Path:
    """The workbook as LibreOffice saves it after recalculating every formula, in ``folder``."""
    program = program or office_program()
    assert program is not None
    with tempfile.TemporaryDirectory(prefix=PREFIX) as place:
        profile = Path(place)
        write_profile(profile)
        call = [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            file_format,
            "--outdir",
            str(folder),
            str(workbook),
        ]
        process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        try:
            said, complained = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            raise file_problem(f"LibreOffice did not finish within {SECONDS} seconds") from error
        finally:  # also after Ctrl-C: its first process has started the one that works
            kill_group(process)
    made = folder / f"{workbook.stem}.{file_format.split(':')[0]}"
    if not made.exists():
        words = " ".join((complained or said).split())[:200]
        raise file_problem(f"LibreOffice could not recalculate '{workbook.name}' ({words or 'it gave no reason'})")
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
        link.get("Id"): str(link.get("Target")) for link in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
    found = {str(sheet.get("name")): links[sheet.get(RELATION)] for sheet in sheets}
    return {name: t.lstrip("/") if t.startswith("/") else f"xl/{t}" for name, t in found.items()}


def with_number(xml: str, place: CellPlace, number: float | None) -> str:
    """The XML of a sheet with another number in one cell, which keeps its format."""
    cell = re.compile(rf'<c ([^>]*?\br="{place.cell}"[^>]*?)(?:/>|>.*?</c>)', re.DOTALL)
    match = cell.search(xml)
    if match is None:
        raise file_problem(f"{place}: the cell is missing from the file; type 0 into it and save the workbook")
    attributes = re.sub(r'\s*\bt="[^"]*"', "", match[1]).strip()
    value = "" if number is None else f"<v>{number!r}</v>"
    return f"{xml[: match.start()]}<c {attributes}>{value}</c>{xml[match.end() :]}"
