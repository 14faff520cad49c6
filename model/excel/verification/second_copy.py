"""A workbook opened once more, for a second processor: cases are shared between the two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from model.analysis.agreement import Found
from model.excel.verification.output_cells import Settings
from model.processors import processors

Results = dict[str, Found]


class Opened(Protocol):
    """A workbook that shows a case; it leaves Python to others while it calculates."""

    def values(self, settings: Settings, /) -> Results:
        """The results of a case."""


class SecondCopy:
    """``opens`` is called by a second thread as soon as this is made. Without a second processor every case is left to the
    first copy."""

    def __init__(self, opens: Callable[[], Opened]) -> None:
        self._pool = ThreadPoolExecutor(1) if processors() > 1 else None
        self._opened = self._pool.submit(opens) if self._pool else None

    def shared(self, cases: Sequence[Settings], first: Opened) -> Iterator[Results]:
        """The results of each case in turn: by the first copy from the first case on, by the second from the last one on,
        until they meet."""
        if self._pool is None or self._opened is None:
            yield from map(first.values, cases)
            return
        there = [self._pool.submit(_shown, self._opened, case) for case in reversed(cases)]
        for case, future in zip(cases, reversed(there), strict=True):
            yield first.values(case) if future.cancel() else future.result()

    def close(self) -> None:
        """What it has begun is ended, what it has not begun is left."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)


def _shown(opened: Future[Opened], case: Settings) -> Results:
    return opened.result().values(case)
