"""How many processors this process may use, and one place that limits the threads of linear algebra.

Pieces of work run side by side, and BLAS has one thread in each: with threads of its own it would add up in another order
from run to run, and get in the way of the other pieces.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

MOST_THREADS = 8
BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""What the libraries ask of the environment when they are loaded."""


def processors() -> int:
    """How many processors this process may use: where some are kept from it, fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def at_once(asked: int | None = None) -> int:
    """How many pieces of work run side by side: as many as asked, or one for each processor, at most eight."""
    return asked or min(MOST_THREADS, processors())


def load_with_one_blas_thread() -> None:
    """For a program of its own, before NumPy is loaded: BLAS starts no further threads, which wait by looking again and again
    whether there is work for them. A caller who has set their number is followed."""
    for name in BLAS_THREADS:
        os.environ.setdefault(name, "1")


def one_blas_thread() -> AbstractContextManager[object]:
    """A context in which BLAS runs single-threaded."""
    return _libraries().limit(limits=1, user_api="blas")


@cache
def _libraries() -> ThreadpoolController:
    """The libraries of this process, looked for once: NumPy and SciPy have loaded theirs by then."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
