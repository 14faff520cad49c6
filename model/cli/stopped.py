"""A run that is asked to stop, by Ctrl-C, SIGTERM or a closed terminal, cleans up and says which results stand."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(BaseException):
    """The signal ``number`` asked the program to end."""

    def __init__(self, number: int):
        super().__init__(signal.Signals(number).name)
        self.number = number


def _raise(number: int, frame: FrameType | None) -> None:
    raise Terminated(number)


@contextmanager
def stopping_cleanly() -> Iterator[None]:
    """In the body, SIGTERM and SIGHUP raise :class:`Terminated`, as Ctrl-C raises KeyboardInterrupt. A signal that was
    ignored before, as under nohup, stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            before[number] = signal.signal(number, _raise)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def noting(words: str) -> Iterator[None]:
    """What is raised in the body carries ``words``, for whoever tells the user about it."""
    try:
        yield
    except BaseException as error:
        error.add_note(words)
        raise


def exit_code(stop: BaseException) -> int:
    """128 and the number of the signal."""
    return 128 + (stop.number if isinstance(stop, Terminated) else signal.SIGINT)
