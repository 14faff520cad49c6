"""The second process of a run, from its beginning to its end; the run's side of it is in :mod:`model.cli.beside`."""

from __future__ import annotations

import gc
import os
import pickle
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any

from model.cli.arguments import COLLECTED_FROM
from model.cli.progress import Done
from model.cli.written import Writer


class _Receiver(pickle.Unpickler):
    """The other end of :class:`model.cli.beside.Sender`."""

    def __init__(self, source: IO[bytes], taken: list[object]) -> None:
        super().__init__(source)
        self._taken = taken

    def persistent_load(self, number: int) -> object:
        """The result of a number."""
        return self._taken[number]


class _Telling:
    """Progress in the second process: told to the first."""

    def __init__(self, to: IO[bytes]) -> None:
        self._to = to

    def tell(self, *words: object) -> None:
        """Something for the first process."""
        pickle.dump(words, self._to)
        self._to.flush()

    @contextmanager
    def task(self, name: str, total: int) -> Iterator[Done]:
        """As :meth:`model.cli.progress.Progress.task`."""
        self.tell("task", name, total)
        yield lambda more: self.tell("done", name, more)


def serve() -> None:
    """Do what is asked until the process is ended. A fault ends it without a word: the run, which then does the same itself,
    has the better words."""
    first = _Telling(sys.stdout.buffer)
    sys.stdout = sys.stderr
    try:
        gc.set_threshold(COLLECTED_FROM)
        writer, asked = Writer(), SimpleQueue[tuple[Any, ...]]()
        Thread(target=_listen, args=(asked,), daemon=True).start()
        while True:
            kind, *given = asked.get()
            if kind == "take":
                writer.take(*given)
            else:
                folder, record, csv = given
                first.tell("written", writer.write(folder, record, csv, first))
    finally:
        os._exit(1)


def _listen(asked: SimpleQueue[tuple[Any, ...]]) -> None:
    """Read what the first process sends, also while something is drawn, and end with it."""
    taken: list[object] = []
    try:
        while True:
            asked.put(words := _Receiver(sys.stdin.buffer, taken).load())
            if words[0] == "take":
                taken.append(words[1])
    finally:
        os._exit(1)
