"""A process of its own that answers cases one by one, and is stopped when it takes too long or too much memory."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.hostile.answers import Answer, answer_to, flat

LONGEST_SECONDS = 60.0  # of the processor: other work on the machine does not count
LARGEST_BYTES = 2**30
WAIT_SECONDS = 0.05
STATUS, MEMORY = "/proc/{pid}/stat", "/proc/{pid}/statm"


@dataclasses.dataclass(frozen=True)
class Question:
    """A workbook to be read; ``book``: name of the one it was made from."""

    book: str
    path: Path
    few: bool


class Reader:
    """Answers questions in a child process; ``books``: the untouched workbooks by name."""

    def __init__(self, books: dict[str, Path]):
        self.books = books
        self._child: Any = None
        self._ours: Connection | None = None
        self._bytes_at_first = 0  # a forked process begins with what the tests hold

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def ask(self, question: Question) -> Answer:
        """The answer, or what stopped it."""
        if self._child is None:
            self._start()
        assert self._ours is not None
        self._ours.send(question)
        begun, used = time.monotonic(), self._seconds()
        while not self._ours.poll(WAIT_SECONDS):
            if self._bytes() - self._bytes_at_first > LARGEST_BYTES:
                self._stop()
                return Answer("MEMORY")
            late = time.monotonic() - begun > 8 * LONGEST_SECONDS
            if late or self._seconds() - used > LONGEST_SECONDS:
                self._stop()
                return Answer("HANG")
        try:
            return self._ours.recv()
        except EOFError:
            self._stop()
            return Answer("traceback", ["the process died"])

    def _start(self) -> None:
        context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
        self._ours, theirs = context.Pipe()
        self._child = context.Process(target=_answer_all, args=(theirs, self.books), daemon=True)
        self._child.start()
        theirs.close()
        assert self._ours.recv() == "ready"
        self._bytes_at_first = self._bytes()

    def _stop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.join()
            self._child = None

    def _seconds(self) -> float:
        """Processor time that the child has used; 0 where the system does not tell."""
        try:
            text = Path(STATUS.format(pid=self._child.pid)).read_text()
        except OSError:
            return 0.0
        words = text.rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def _bytes(self) -> int:
        """Memory that the child holds; 0 where the system does not tell."""
        try:
            pages = int(Path(MEMORY.format(pid=self._child.pid)).read_text().split()[1])
        except (OSError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE")


def _answer_all(ours: Connection, books: dict[str, Path]) -> None:
    import model

    untouched: dict[str, dict[str, Any]] = {}
    ours.send("ready")
    while True:
        question = ours.recv()
        if question.book not in untouched:
            untouched[question.book] = flat(model.read_inputs(books[question.book]))
        try:
            answer = answer_to(question.path, untouched[question.book], question.few)
        except BaseException as error:
            lines = [f"{type(error).__name__}: {error}"[:500], traceback.format_exc()[-2000:]]
            answer = Answer("traceback", lines)
        ours.send(answer)
