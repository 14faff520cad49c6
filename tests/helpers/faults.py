"""Faults at every file operation under a folder: an error, an interruption, or SIGKILL, by a hook of Python's own events."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from model.cli.stopped import Terminated, stopping_cleanly
from tests.helpers.forks import in_a_fork

EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.scandir"}


class _Trap:
    """Calls ``act`` with the number of each operation under ``under``."""

    under: str = ""
    act: Callable[[int], None] | None = None
    count: int = 0


_trap = _Trap()


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _trap.act is None or event not in EVENTS:
        return
    path = arguments[0]
    if isinstance(path, str | bytes | Path) and os.fsdecode(path).startswith(_trap.under):
        _trap.count += 1
        _trap.act(_trap.count)


sys.addaudithook(_hook)


def with_faults(work: Callable[[], object], under: Path, act: Callable[[int], None]) -> int:
    """Do ``work`` while ``act`` sees the number of every file operation under a folder, and may raise; returns how many
    there were. What ``work`` raises is raised.
    """
    _trap.under, _trap.act, _trap.count = str(under), act, 0
    try:
        work()
    finally:
        _trap.act = None
    return _trap.count


def operations(work: Callable[[], object], under: Path) -> int:
    """How many file operations ``work`` does."""
    return with_faults(work, under, lambda _: None)


def killed_at(position: int, work: Callable[[], object], under: Path) -> None:
    """Do ``work`` in a process of its own that is killed before its operation number ``position``."""
    in_a_fork(lambda: with_faults(work, under, _signal_at(position, signal.SIGKILL)))


def signalled_at(position: int, work: Callable[[], object], under: Path, number: signal.Signals) -> None:
    """Do ``work`` as a command does, which gets the signal before its operation number ``position`` and ends."""
    with suppress(KeyboardInterrupt, Terminated), stopping_cleanly():
        with_faults(work, under, _signal_at(position, number))


def _signal_at(position: int, number: signal.Signals) -> Callable[[int], None]:
    def act(operation: int) -> None:
        if operation == position:
            os.kill(os.getpid(), number)

    return act


def locked_at(position: int, stays: bool) -> Callable[[int], None]:
    """An act: the operation ``position`` is refused, as of a file that is open elsewhere; ``stays``: all later ones too."""

    def act(number: int) -> None:
        if number == position or (stays and number > position):
            raise PermissionError(13, "Permission denied", "locked.xlsx")

    return act


def interrupted_at(position: int) -> Callable[[int], None]:
    """An act: Ctrl-C before the operation ``position``."""

    def act(number: int) -> None:
        if number == position:
            raise KeyboardInterrupt

    return act
