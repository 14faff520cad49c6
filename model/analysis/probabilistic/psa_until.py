"""A probabilistic analysis that grows until its results are known well enough."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from model.analysis.probabilistic.monte_carlo_error import Precision, Tolerance, precision
from model.analysis.probabilistic.psa import PSA, curve_remarks, psa
from model.definition.model_definition import ModelDefinition
from model.definition.problems import DefinitionError, Problem
from model.definition.sampling.draws import sample
from model.engine.engine import engine_of
from model.engine.evaluate import CHUNK_DRAWS, Outcomes, evaluate
from model.engine.executors import Executor

MOST_DRAWS = 131_072


def psa_until(
    definition: ModelDefinition,
    tolerance: Tolerance | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
    sampling: str | None = None,
    most: int = MOST_DRAWS,
    executor: Executor | None = None,
) -> tuple[PSA, Precision]:
    """The probabilistic analysis with draws added in blocks until the tolerance is met, or ``most`` draws are reached.

    Pseudo-random draws start at 2,048 and grow by what the precision reached lets expect, at most fourfold, in whole
    blocks of 1,024; earlier draws are kept, and the result is that of `psa` with the final number, to the bit. A Sobol
    sequence starts at 1,024 and doubles (it is balanced at powers of 2), as does a Latin hypercube; each size is judged by
    10 replicates. Stopping where an estimated interval is narrow enough keeps its level as the tolerance becomes small
    (Chow and Robbins 1965). Raises DefinitionError where inputs have draws from elsewhere: their number is given.

    >>> import model
    >>> from model.analysis import Tolerance
    >>> psa, reached = model.psa_until(model.example(), Tolerance(inmb=0.05, probability=0.05))
    >>> reached.met, psa.outcomes.n_draws >= 2048
    (True, True)
    """
    number_is_open(definition)
    wanted = tolerance or Tolerance()
    kind = definition.settings.sampling if sampling is None else sampling
    key = definition.settings.seed if seed is None else seed
    growing = _Growing(definition, key, threads, progress, executor) if kind == "random" else None
    n = min(most, 2 * CHUNK_DRAWS if kind == "random" else CHUNK_DRAWS)
    while True:
        made = growing.to(n) if growing else psa(definition, n, key, threads, progress, kind, executor)
        found = precision(made, wanted)
        if found.met or n >= most:
            return made, found
        n = min(most, next_size(n, found.draws_needed) if growing else 2 * n)


def number_is_open(definition: ModelDefinition) -> None:
    """Raises DefinitionError where the number of draws cannot be left open."""
    if definition.input_draws is not None:
        message = f"there are {definition.input_draws.n_rows:,} joint rows of draws from elsewhere: give a number of draws"
        raise DefinitionError([Problem("input_draws", None, "", message)])


def next_size(n: int, needed: int) -> int:
    """The next number of draws: a little beyond what is needed, in whole blocks, at least one more and at most fourfold."""
    blocks = ceil(1.02 * needed / CHUNK_DRAWS)
    here = n // CHUNK_DRAWS
    return CHUNK_DRAWS * min(max(blocks, here + 1), 4 * max(here, 1))


class _Growing:
    """A pseudo-random analysis whose earlier draws are kept as more are added."""

    def __init__(
        self,
        definition: ModelDefinition,
        seed: int,
        threads: int | None,
        progress: Callable[[int], None] | None,
        executor: Executor | None,
    ):
        self.definition, self.seed, self.threads, self.progress = definition, seed, threads, progress
        self.executor = executor
        self.engine = engine_of(definition)
        self.remarks = curve_remarks(definition)
        self.done: list[Outcomes] = []
        self.n = 0

    def to(self, n: int) -> PSA:
        """The analysis of ``n`` draws; the number before must be a whole number of blocks."""
        drawn = sample(self.definition, n, self.seed, self.threads, "random")
        further = drawn.block(self.n, n)
        made = evaluate(self.definition, further, self.threads, self.progress, self.engine, executor=self.executor)
        self.done.append(made)
        self.n = n
        return PSA(self.definition, drawn, Outcomes.joined(self.done), self.seed, "random", *self.remarks)
