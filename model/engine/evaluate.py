"""evaluate(definition, draws) -> Outcomes: the one door through which every analysis goes.

Draws run in chunks, shared out over threads or over a cluster; no array ever holds all draws times all cycles. The
chunks do not depend on who runs them and BLAS runs single-threaded inside them, so the result is the same to the last
bit for any number of threads or workers.
"""

from __future__ import annotations

from collections.abc import Callable

from model.definition.model_definition import ModelDefinition
from model.definition.sampling.draws import Draws
from model.engine.engine import Engine, engine_of
from model.engine.executors import Executor, Threads
from model.engine.outcomes import Account as Account
from model.engine.outcomes import Outcomes as Outcomes

CHUNK_DRAWS = 1024  # draws per piece of work: values of parameters at once, curves block by block


def evaluate(
    definition: ModelDefinition,
    draws: Draws,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
    engine: Engine | None = None,
    executor: Executor | None = None,
) -> Outcomes:
    """Evaluate every draw for every arm.

    ``threads``: how many run side by side (default: the machine's processors, at most 8). ``executor``: what runs the
    pieces of work, in place of threads on this machine. Neither ever changes the result. ``progress`` is called with
    the number of draws of each finished piece.

    >>> import model
    >>> from model.definition import sample
    >>> small = model.example()
    >>> outcomes = model.evaluate(small, sample(small, 8, seed=1))
    >>> outcomes.total_costs.shape, outcomes.costs.discounted.shape[:2]
    ((8, 2), (8, 2))
    """
    engine = engine or engine_of(definition)
    executor = executor or Threads(threads)
    found = Outcomes.empty(engine.arms, engine.categories, engine.coherence.names, draws.n_draws, engine.pairs)
    starts = range(0, draws.n_draws, CHUNK_DRAWS)
    chunks = (draws.block(start, min(start + CHUNK_DRAWS, draws.n_draws)) for start in starts)
    for position, part in executor.evaluate_chunks(engine, chunks, len(starts)):
        found.put(starts[position], part)
        if progress:
            progress(part.n_draws)
    return found
