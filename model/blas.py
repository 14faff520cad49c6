"""One place that limits the threads of linear algebra: the pieces of work run side by side, and BLAS has one thread in each.

With threads of its own it would add up in another order from run to run, and get in the way of the other pieces.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def one_blas_thread() -> AbstractContextManager[object]:
    """A context in which BLAS runs single-threaded."""
    return _libraries().limit(limits=1, user_api="blas")


@cache
def _libraries() -> ThreadpoolController:
    """The libraries of this process, looked for once: NumPy and SciPy have loaded theirs by then."""
    return ThreadpoolController()
