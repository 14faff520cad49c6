"""Progress on a terminal; silence in a pipe, and where it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, Task, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.text import Text

Done = Callable[[int], None]
"""Told how many more steps are done."""
WHOLE = "Whole run"
SMALLEST = 1e-6  # of a bar: rich shows one of no length as unfinished


class Progress:
    """Progress bars on standard error while it is a terminal, one for each stage that runs and, where the stages are known
    beforehand, one for all of them with the time remaining. Use as a context manager. ``quiet``: none at all.
    """

    def __init__(self, quiet: bool = False, console: Console | None = None) -> None:
        terminal = console.is_terminal if console is not None else sys.stderr.isatty()
        self._bars = Bars(
            TextColumn("{task.description:<38}"),
            BarColumn(30),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            _RemainingOfWhole(),
            console=console or Console(stderr=True),
            disable=quiet or not terminal,
            transient=True,
        )
        self._lock = Lock()
        self._seconds: Mapping[str, float] = {}
        self._whole: TaskID | None = None

    def __enter__(self) -> Progress:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bars.stop()

    def expect(self, seconds: Mapping[str, float]) -> None:
        """The stages to come, by name, with about how long each takes: opens the bar of the whole."""
        self._seconds = dict(seconds)
        self._whole = self._bars.add_task(WHOLE, total=max(sum(seconds.values()), SMALLEST))

    @contextmanager
    def task(self, name: str, total: int, stage: str = "") -> Iterator[Done]:
        """A bar of ``total`` steps; yields the function that moves it on (safe from several threads). ``stage``: the name it
        was expected under, where ``name`` says more."""
        steps = max(total, 1)
        task = self._bars.add_task(name, total=steps)
        each = self._seconds.get(stage or name, 0.0) / steps
        told = 0

        def done(more: int) -> None:
            nonlocal told
            with self._lock:
                more = min(more, steps - told)
                told += more
                self._bars.advance(task, more)
                self._advance_whole(more * each)

        yield done
        done(steps - told)
        self._bars.update(task, visible=self._whole is None)  # of many stages only those that run are shown

    def _advance_whole(self, seconds: float) -> None:
        if self._whole is not None:
            self._bars.advance(self._whole, seconds)


class _RemainingOfWhole(ProgressColumn):
    """The time remaining, beside the bar of the whole only: a stage's last steps may be its slowest."""

    def __init__(self) -> None:
        super().__init__()
        self._remaining = TimeRemainingColumn()

    def render(self, task: Task) -> Text:
        """What stands in the line of one bar."""
        return Text("left ").append_text(self._remaining.render(task)) if task.description == WHOLE else Text("")
