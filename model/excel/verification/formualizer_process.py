"""Keeps a workbook calculated by formualizer for the program that started this one: requests on standard input, answers on
standard output, each of them pickled.

    python formualizer_process.py PATHS WORKBOOK [READ WRITE]...

PATHS is the list of places of Python's libraries, as JSON. The first answer comes once the workbook is calculated: the number
of processes that hold it, or what went wrong in words. READ and WRITE are numbers of the ends of two pipes, which stand for
input and output of one more process: this one is copied with the workbook in it, which spares loading and calculating it
again. Then each of them answers requests until its input ends, however the program at its other end came to its end:

    ([(sheet, row, column, number)], [(sheet, row, column)])    numbers to set (None: emptied), cells to read
    [values]                                                    or what went wrong in words

A script by itself, which takes nothing from this package: it begins to load at once, and nothing has started threads, with
which a process cannot be copied. formualizer is kept to one thread, too.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

THREADS = Path("/proc/self/task")  # of Linux


def calculated(path: str) -> Any:
    """The workbook, everything in it calculated."""
    import formualizer  # found only where the caller's libraries are

    one_thread = formualizer.EvaluationConfig()
    one_thread.enable_parallel = False
    book = formualizer.Workbook.from_path(path, config=formualizer.WorkbookConfig(eval_config=one_thread))
    book.evaluate_all()
    return book


def copied() -> int | None:
    """Copy this process: 0 in the copy, its number in this one; None, and no copy, where the system would not or where
    there are threads."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a copy that has ended is forgotten
    with suppress(OSError):
        if len(list(THREADS.iterdir())) == 1:
            return os.fork()
    return None


def copied_for(pairs: list[tuple[int, int]]) -> int:
    """Copy this process once for each pair of ends of pipes, which become input and output of the copy: how many processes
    there are then; 0 in a copy, for the first process alone says so."""
    holders = 1
    for pair in pairs:
        number = copied()
        if number == 0:
            for pipe, standard in zip(pair, (sys.stdin, sys.stdout), strict=True):
                os.dup2(pipe, standard.fileno())
            holders = 0
        if not number:
            break
        holders += 1
    for pair in pairs:
        for pipe in pair:
            os.close(pipe)  # whoever waits at its other end learns when its only holder ends
    return holders


def tell(answer: object, told: IO[bytes]) -> None:
    """Send an answer."""
    pickle.dump(answer, told)
    told.flush()


def answer(book: Any, numbers: list[tuple[str, int, int, int | None]], wanted: list[tuple[str, int, int]]) -> object:
    """The values of the cells wanted once the numbers are set."""
    try:
        for *place, number in numbers:  # a cell that is set, even to what it holds, is recalculated from
            book.set_value(*place, number)
        if numbers:
            book.evaluate_all()
        return [book.get_value(*place) for place in wanted]
    except BaseException as error:  # of formualizer, also a panic; it is for the program at the other end to say
        return str(error)


def main(paths: str, workbook: str, *pipes: str) -> None:
    """Answer until nobody asks any more."""
    sys.path[:] = json.loads(paths)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program at the other end, which ends this one
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    try:
        book = calculated(workbook)
    except BaseException as error:
        tell(str(error), told)
        return
    ends = list(map(int, pipes))
    holders = copied_for(list(zip(ends[::2], ends[1::2], strict=True)))
    if holders:
        tell(holders, told)
    with suppress(EOFError):
        while True:
            tell(answer(book, *pickle.load(asked)), told)


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main(*sys.argv[1:])
    os._exit(0)  # to clear away a million cells takes a second
