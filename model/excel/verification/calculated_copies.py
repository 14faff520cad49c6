"""A workbook calculated by formualizer in processes beside this one: cases are shared out to them, and come back in order."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

from model.excel.verification.open_office import kill_group
from model.processors import processors

PROCESS = Path(__file__).with_name("formualizer_process.py")
CAN_BE_COPIED = sys.platform == "linux"
"""Elsewhere a process with a workbook in it cannot be copied: a second one loads and calculates the workbook itself."""
FEWEST_TO_LOAD_AGAIN = 20
"""From so many cases on: to load and calculate it takes as long as six to nine cases."""

Place = tuple[str, int, int]
"""A cell: sheet, row, column."""
Case = dict[Place, int | None]
"""The number that each cell is given, None to empty it."""
ENDED = "its process ended before it answered"
MOST_COPIES = 4
"""Of the shipped workbook each takes 150 MB, half of it shared with the others."""
HEARD_SECONDS = 0.1
"""So long Ctrl-C may wait: a thread that waits for another does not everywhere hear of it."""


class CopyError(Exception):
    """What went wrong in a process that holds a copy, in words."""


class Copy:
    """One process that holds the workbook, at the other ends of two pipes."""

    def __init__(self, asked: IO[bytes], told: IO[bytes]) -> None:
        self._asked, self._told, self._holds = asked, told, Case()

    def show(self, case: Case, wanted: Sequence[Place]) -> list[Any]:
        """The values of the cells wanted in a case; what an earlier case set stays, unless this one sets it too."""
        new = [(*place, number) for place, number in case.items() if self._holds.get(place, "") != number]
        try:
            pickle.dump((new, list(wanted)), self._asked)
            self._asked.flush()
        except OSError as error:
            raise CopyError(ENDED) from error
        found: list[Any] = self.answer()
        self._holds.update(case)
        return found

    def answer(self) -> Any:
        """What it says next, once it does."""
        try:
            answer = pickle.load(self._told)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise CopyError(ENDED) from error
        if isinstance(answer, str):
            raise CopyError(answer)
        return answer

    def close(self) -> None:
        """Nobody asks it any more."""
        for pipe in (self._asked, self._told):
            with suppress(OSError):  # what was still to be sent is not missed
                pipe.close()


class CalculatedCopies:
    """A process begins to load the workbook when this is made. It is copied as soon as the workbook is calculated, so that
    each processor has one. :meth:`close` ends them, whatever they are doing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._processes: list[subprocess.Popen[bytes]] = []
        self._copies: list[Copy] = []
        self._idle = SimpleQueue[Copy]()
        self._threads = ThreadPoolExecutor(MOST_COPIES + 1)  # each waits for a copy, one until a copy is calculated
        more = min(processors(), MOST_COPIES) - 1 if CAN_BE_COPIED else 0
        self._calculated = self._threads.submit(self._wait, *self._started_with(more))

    def expect(self, cases: int) -> None:
        """About so many cases are going to be shown: is that worth a second process that loads the workbook itself?"""
        if not CAN_BE_COPIED and processors() > 1 and cases >= FEWEST_TO_LOAD_AGAIN:
            self._threads.submit(self._wait, *self._started_with(0))

    def show(self, cases: Sequence[Case], wanted: Sequence[Place]) -> Iterator[list[Any]]:
        """The values of the cells wanted in each case, in turn. Every case is begun as soon as a copy is idle; each must name
        the cells that any other sets. Raises :class:`CopyError`."""
        shown = [self._threads.submit(self._shown, case, wanted) for case in cases]
        return map(_result, shown)

    def close(self) -> None:
        """What has begun is ended, what has not is left."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._processes:
            kill_group(process)
        self._threads.shutdown()  # nothing more comes out of the pipes
        for copy in self._copies:
            copy.close()

    def _shown(self, case: Case, wanted: Sequence[Place]) -> list[Any]:
        self._calculated.result()
        copy = self._idle.get()
        try:
            return copy.show(case, wanted)
        finally:
            self._idle.put(copy)

    def _wait(self, *copies: Copy) -> None:
        """Until the first of them is calculated, and says how many it has become."""
        for copy in copies[: copies[0].answer()]:
            self._idle.put(copy)

    def _started_with(self, more: int) -> list[Copy]:
        """A process that loads the workbook, and what is going to be copies of it."""
        ours, theirs = [], list[int]()
        try:
            for _ in range(more):
                (asked, ask), (hear, told) = os.pipe(), os.pipe()
                ours.append(self._kept(Copy(os.fdopen(ask, "wb"), os.fdopen(hear, "rb"))))
                theirs += [asked, told]
            return [self._started(theirs), *ours]
        finally:
            for pipe in theirs:
                os.close(pipe)  # once nobody but the copy has these ends, its end is noticed

    def _started(self, pipes: Sequence[int]) -> Copy:
        process = subprocess.Popen(
            [sys.executable, "-P", str(PROCESS), json.dumps(sys.path), str(self._path), *map(str, pipes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for this one, which ends it
            pass_fds=pipes,
        )
        self._processes.append(process)
        assert process.stdin is not None and process.stdout is not None
        return self._kept(Copy(process.stdin, process.stdout))

    def _kept(self, copy: Copy) -> Copy:
        self._copies.append(copy)
        return copy


def _result(future: Future[list[Any]]) -> list[Any]:
    """Once there is one, or Ctrl-C."""
    while not wait([future], HEARD_SECONDS).done:
        pass
    return future.result()
