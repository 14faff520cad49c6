"""One LibreOffice that stays open: a workbook in it, cells set and read, through a bridge in a Python that has ``uno``."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from openpyxl.utils import coordinate_to_tuple, get_column_letter

from model.analysis.agreement import Found
from model.excel.inputs.errors import file_problem
from model.excel.inputs.placed_inputs import CellPlace

BRIDGE = Path(__file__).with_name("uno_bridge.py")
SECONDS, END_SECONDS = 900.0, 15.0
"""How long one answer may take, and the end."""
SETTING = '<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>\n'
PROFILE = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
{settings}</oor:items>
"""
PREFIX = "libreoffice-"


def write_profile(folder: Path, locale: str = "") -> None:
    """A profile that recalculates every workbook when it is opened; ``locale``: such as de-DE, whose number signs are
    used; the system's without.

    Columns are not shared out to threads: LibreOffice 7.4 then reports circles (Err:522) where there are none, until
    everything is calculated anew, when a cell that many columns depend on is changed.
    """
    formula = "/org.openoffice.Office.Calc/Formula/"
    settings = SETTING.format(path=f"{formula}Load", name="OOXMLRecalcMode", value=0)
    threads = "UseThreadedCalculationForFormulaGroups"
    settings += SETTING.format(path=f"{formula}Calculation", name=threads, value="false")
    if locale:
        settings += SETTING.format(path="/org.openoffice.Setup/L10N", name="ooSetupSystemLocale", value=locale)
    (folder / "user").mkdir()
    (folder / "user" / "registrymodifications.xcu").write_text(PROFILE.format(settings=settings), encoding="utf-8")


def python_with_uno(program: str) -> str | None:
    """A Python that can talk to the LibreOffice ``program``: this one, LibreOffice's own, or the system's."""
    return next((found for found in _pythons(program) if _imports_uno(found)), None)


def _pythons(program: str) -> Iterator[str]:
    if importlib.util.find_spec("uno") is not None:
        yield sys.executable
    folder = Path(os.path.realpath(program)).parent
    for own in (folder / "python", folder / "python.exe", folder.parent / "Resources" / "python"):
        if own.is_file():
            yield str(own)
    for name in ("/usr/bin/python3", "/usr/local/bin/python3", "python3"):
        if (system := shutil.which(name)) is not None:
            yield system


def _imports_uno(python: str) -> bool:
    try:
        run = subprocess.run([python, "-c", "import uno"], capture_output=True, timeout=60, check=False, env=_environment())
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0


def _environment() -> dict[str, str]:
    """Without what points our own Python to its libraries."""
    return {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}


class OpenOffice:
    """LibreOffice with one workbook at a time. Close it, or use it in a ``with`` statement: nothing of it stays behind,
    also where this program is killed. Raises :class:`InputError` where LibreOffice fails or does not answer."""

    def __init__(self, program: str, python: str, locale: str = "", seconds: float = SECONDS):
        self.seconds = seconds
        self._folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        profile = self._folder / "profile"
        profile.mkdir()
        write_profile(profile, locale)
        self._process = subprocess.Popen(
            [python, str(BRIDGE), program, str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env=_environment(),
            start_new_session=True,
        )
        self._answers: queue.Queue[str] = queue.Queue()
        self.close = weakref.finalize(self, _end, self._process, self._folder)
        threading.Thread(target=_listen, args=(self._process, self._answers), daemon=True).start()
        try:
            self._answer()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> OpenOffice:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def open(self, workbook: Path) -> None:
        """Open a copy, so that no lock file is laid beside the user's own, and recalculate it."""
        copy = self._folder / "workbook.xlsx"
        shutil.copyfile(workbook, copy)
        self._ask(do="open", url=copy.as_uri())

    def set(self, cells: Iterable[tuple[str, str, float | str | None]]) -> None:
        """Put other values into cells (sheet, address, value; None: emptied) and calculate what depends on them."""
        self._ask(do="set", cells=[list(cell) for cell in cells])

    def read(self, ranges: Iterable[tuple[str, str]]) -> list[list[list[Found]]]:
        """Rows of values of each range (sheet, address; "" for all of a sheet): an error is a text that says so."""
        found = self._ask(do="read", ranges=[list(r) for r in ranges])
        values = [[[None if v == "" else v for v in row] for row in rows] for rows in found["values"]]
        for number, row, column, error in found["errors"]:
            values[number][row][column] = f"error {error}"
        return values

    def cells(self, places: Sequence[CellPlace]) -> list[Found]:
        """The values of single cells: of each sheet the block that holds them is read at once."""
        wanted: dict[str, list[tuple[int, int]]] = {}
        for place in places:
            wanted.setdefault(place.sheet, []).append(coordinate_to_tuple(place.cell))
        corners = {sheet: [(min(n), max(n)) for n in zip(*spots, strict=True)] for sheet, spots in wanted.items()}
        blocks = self.read(
            (sheet, f"{get_column_letter(columns[0])}{rows[0]}:{get_column_letter(columns[1])}{rows[1]}")
            for sheet, (rows, columns) in corners.items()
        )
        by_sheet = dict(zip(corners, blocks, strict=True))

        def value(place: CellPlace) -> Found:
            (top, _), (left, _) = corners[place.sheet]
            row, column = coordinate_to_tuple(place.cell)
            return by_sheet[place.sheet][row - top][column - left]

        return [value(place) for place in places]

    def _ask(self, **request: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise file_problem("LibreOffice has ended while it was needed; try again") from error
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=self.seconds)
        except queue.Empty as error:
            self.close()
            raise file_problem(f"LibreOffice did not answer within {self.seconds:.0f} seconds") from error
        found: dict[str, Any] = json.loads(line) if line else {"ok": False, "why": "it ended by itself"}
        if not found.pop("ok"):
            raise file_problem(f"LibreOffice could not recalculate the workbook ({found['why']})")
        return found


def _listen(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        answers.put(line)
    answers.put("")


def _end(process: subprocess.Popen[str], folder: Path) -> None:
    """The bridge ends LibreOffice when it is told so or when its input ends."""
    assert process.stdin is not None
    with contextlib.suppress(OSError, ValueError):
        process.stdin.write('{"do": "end"}\n')
        process.stdin.close()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)


def kill_group(process: subprocess.Popen[Any]) -> None:
    """End a process that was started in a session of its own, with all that it has started."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
