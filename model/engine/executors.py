"""Who runs the chunks of draws: threads on this machine, or anything else that offers the same one method."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

import numpy as np

from model.definition.sampling.draws import Draws
from model.engine.chunks import chunk_outcomes
from model.engine.outcomes import Outcomes
from model.processors import at_once, one_blas_thread

if TYPE_CHECKING:
    from model.engine.engine import Engine

LARGE_BYTES = 30 * 2**20


class Executor(Protocol):
    """Runs chunks of draws side by side. Chunks are independent, so who runs which never changes a number."""

    def evaluate_chunks(self, engine: Engine, chunks: Iterable[Draws], n_chunks: int) -> Iterator[tuple[int, Outcomes]]:
        """The outcomes of every chunk with its position among the chunks, in any order."""
        ...


class Threads:
    """Threads on this machine; ``count``: how many (default: its processors, at most 8)."""

    def __init__(self, count: int | None = None):
        self.count = at_once(count)

    def evaluate_chunks(self, engine: Engine, chunks: Iterable[Draws], n_chunks: int) -> Iterator[tuple[int, Outcomes]]:
        """The outcomes of every chunk, in order."""
        _let_freed_memory_stay()
        workers = min(self.count, n_chunks)
        with one_blas_thread():
            if workers <= 1:
                yield from ((i, chunk_outcomes(engine, chunk)) for i, chunk in enumerate(chunks))
                return
            with ThreadPoolExecutor(workers) as pool:
                yield from enumerate(pool.map(lambda chunk: chunk_outcomes(engine, chunk), chunks))


def _let_freed_memory_stay() -> None:
    """Have the arrays of a block reuse the memory of the block before.

    The C library of Linux hands large freed blocks back to the system, so that every array of every block is mapped
    anew, page by page. It stops doing so for sizes below that of the largest block freed so far: free one, untouched.
    """
    np.empty(LARGE_BYTES, dtype=np.uint8)
