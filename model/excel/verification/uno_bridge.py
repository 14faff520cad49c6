"""Keeps one LibreOffice open for a program that cannot talk to it itself: requests on standard input, answers on output.

Runs in any Python that has LibreOffice's module ``uno`` (its own, or the system's), as a script by itself: it takes
nothing from this package. Every line is one JSON object.

    python uno_bridge.py SOFFICE FOLDER

SOFFICE is started without a window, with FOLDER/profile as its profile, and reached through a pipe of this machine. Requests:

    {"do": "open", "url": ...}                    opens and recalculates a workbook, in the place of the one before
    {"do": "set", "cells": [[sheet, cell, new]]}  numbers, texts or null (emptied); then what depends on them is calculated
    {"do": "read", "ranges": [[sheet, range]]}    {"values": rows of numbers and texts per range, "errors": [[...]]}
    {"do": "end"}

When standard input ends, however the program at its other end came to its end, LibreOffice is ended and FOLDER removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

START_SECONDS, END_SECONDS = 120.0, 5.0
ERROR_RESULTS = 4  # com.sun.star.sheet.FormulaResult.ERROR
ERRORS = {
    502: "#VALUE!",
    503: "#NUM!",
    504: "#REF!",
    519: "#VALUE!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}
POSIX = os.name == "posix"


class Office:
    """LibreOffice as a child process with children of its own."""

    def __init__(self, program: str, folder: Path):
        profile = folder / "profile"
        self.folder, self.profile, self.desktop = folder, profile, None
        self.pipe = f"model{os.getpid()}"
        self.document: Any = None
        call = [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--norestore",
            "--nologo",
            "--nodefault",
            f"--accept=pipe,name={self.pipe};urp;",
        ]
        scratch = profile / "scratch"
        scratch.mkdir(exist_ok=True)
        places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
        quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(call, env={**os.environ, **places}, start_new_session=True, **quiet)

    def connect(self) -> dict[str, Any]:
        """Wait until it answers."""
        import uno

        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                context = resolver.resolve(f"uno:pipe,name={self.pipe};urp;StarOffice.ComponentContext")
                break
            except Exception as error:
                if time.monotonic() > until:
                    raise RuntimeError(f"it did not answer within {START_SECONDS:.0f} seconds") from error
                if self.process.poll() not in (None, 0):
                    raise RuntimeError(f"it ended by itself with exit code {self.process.returncode}") from error
                time.sleep(0.1)
        make = context.ServiceManager.createInstanceWithContext
        self.desktop = make("com.sun.star.frame.Desktop", context)
        return {}

    def open(self, url: str) -> dict[str, Any]:
        """Open a workbook; macros do not run and links are not followed."""
        from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]

        def option(name: str, value: Any) -> Any:
            made = PropertyValue()
            made.Name, made.Value = name, value
            return made

        if self.document is not None:
            self.document.close(False)
        options = (option("Hidden", True), option("MacroExecutionMode", 0), option("UpdateDocMode", 0))
        assert self.desktop is not None
        self.document = self.desktop.loadComponentFromURL(url, "_blank", 0, options)
        if self.document is None or not hasattr(self.document, "Sheets"):
            raise RuntimeError("it does not open the file as a workbook")
        self.document.enableAutomaticCalculation(False)  # once after all cells of a request are set
        self.document.calculate()
        return {}

    def set(self, cells: list[list[Any]]) -> dict[str, Any]:
        """Put other values into cells and calculate what depends on them."""
        for sheet, address, new in cells:
            cell = self.document.Sheets.getByName(sheet).getCellRangeByName(address)
            cell = cell.getCellByPosition(0, 0)
            if isinstance(new, str) or new is None:
                cell.setFormula("") if not new else cell.setString(new)
            else:
                cell.setValue(float(new))
        self.document.calculate()
        return {}

    def read(self, ranges: list[list[str]]) -> dict[str, Any]:
        """The values of ranges, and ``[range, row, column, error]`` of the cells that show an error."""
        values, errors = [], []
        for number, (sheet, address) in enumerate(ranges):
            found = self._range(sheet, address)
            start = found.getRangeAddress()
            values.append([list(row) for row in found.getDataArray()])
            for block in found.queryFormulaCells(ERROR_RESULTS).getRangeAddresses():
                for row in range(block.StartRow, block.EndRow + 1):
                    for column in range(block.StartColumn, block.EndColumn + 1):
                        place = row - start.StartRow, column - start.StartColumn
                        code = found.getCellByPosition(place[1], place[0]).getError()
                        values[-1][place[0]][place[1]] = None
                        errors.append([number, *place, ERRORS.get(code, f"Err:{code}")])
        return {"values": values, "errors": errors}

    def _range(self, sheet: str, address: str) -> Any:
        """A range by its address; "" stands for all that is used, from the first cell."""
        cells = self.document.Sheets.getByName(sheet)
        if address:
            return cells.getCellRangeByName(address)
        cursor = cells.createCursor()
        cursor.gotoEndOfUsedArea(False)
        last = cursor.getRangeAddress()
        return cells.getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow)

    def leave(self) -> None:
        """Ask it to end."""
        with contextlib.suppress(Exception):
            if self.document is not None:
                self.document.close(False)
        with contextlib.suppress(Exception):  # the connection is cut while it ends
            if self.desktop is not None:
                self.desktop.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(END_SECONDS)

    def end(self) -> None:
        """End it, whatever it is doing, and remove its folder and pipes."""
        for strong in (False, True):
            until = time.monotonic() + END_SECONDS
            while self._signal(strong) and time.monotonic() < until:
                time.sleep(0.1)
        for _ in range(10):  # Windows lets go of a file a moment after the process has ended
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                break
            time.sleep(0.2)
        for place in ("/tmp", "/var/tmp") if POSIX else ():
            for name in (self.pipe, *self._names_by_profile()):
                for left in Path(place).glob(f"OSL_PIPE_*_{name}"):
                    left.unlink(missing_ok=True)

    def _names_by_profile(self) -> tuple[str, str]:
        """LibreOffice's pipe for later starts with its profile, which stays where it was killed: the name is the MD5 of
        the profile's address, in some versions without the leading zeros of its bytes."""
        digest = hashlib.md5(self.profile.as_uri().encode("utf-16-le"), usedforsecurity=False).digest()
        return tuple(  # type: ignore[return-value]
            "SingleOfficeIPC_" + "".join(form.format(b) for b in digest) for form in ("{:02x}", "{:x}")
        )

    def _signal(self, strong: bool) -> bool:
        """To all processes of LibreOffice, as the first one only starts the one that works. False: none is left."""
        if not POSIX:
            call = ["taskkill", "/F", "/T", "/PID", str(self.process.pid)]
            return subprocess.run(call, capture_output=True, check=False).returncode == 0
        self.process.poll()  # one that has ended and is not waited for would still count
        try:
            os.killpg(self.process.pid, signal.SIGKILL if strong else signal.SIGTERM)
        except (ProcessLookupError, PermissionError):
            return False
        return True


def main(program: str, folder: str) -> None:
    """Answer requests until they end."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")  # what else is printed here must not stand among the answers
    os.dup2(2, 1)
    office = Office(program, Path(folder))
    once = threading.Lock()

    def stop(*_: Any) -> None:
        if once.acquire(blocking=False):
            office.end()
            os._exit(0)

    requests: queue.Queue[str] = queue.Queue()

    def listen() -> None:
        for line in sys.stdin:
            requests.put(line)
        stop()  # also in the middle of a long calculation

    def answer(act: Callable[[], dict[str, Any]]) -> None:
        try:
            found = {"ok": True, **act()}
        except Exception as error:
            found = {"ok": False, "why": " ".join(str(error).split())[:300] or type(error).__name__}
        with contextlib.suppress(OSError):  # nobody listens any more: the other thread is ending all
            answers.write(json.dumps(found) + "\n")
            answers.flush()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program at the other end decides
    threading.Thread(target=listen, daemon=True).start()
    answer(office.connect)
    while True:
        asked = json.loads(requests.get())
        what = asked.pop("do")
        if what == "end":
            office.leave()
            stop()
        answer(lambda asked=asked, what=what: getattr(office, what)(**asked))  # type: ignore[misc]


if __name__ == "__main__":
    main(*sys.argv[1:3])
