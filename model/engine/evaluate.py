"""evaluate(definition, draws) -> Outcomes: the one door through which every analysis goes.

Draws run in blocks, shared out over threads; no array ever holds all draws times all cycles. The blocks do not depend
on the number of threads and BLAS runs single-threaded inside them, so the result is the same to the last bit for any
number of threads.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from model.definition.draws import Draws
from model.definition.model_definition import ModelDefinition

from .costs import OTHER_CATEGORIES, cost_streams, drug_category
from .states import ArmStates, StateModel
from .streams import START, TREATED, Stream
from .timeline import make_timeline
from .utilities import life_year_streams, qaly_streams

Array = NDArray[np.float64]
BLOCK_VALUES = (
    2**17
)  # survival values per array in a block (1 MB): large enough that threads rarely wait for each other
LARGE_BYTES = 30 * 2**20
CHUNK_DRAWS = 1024  # draws per piece of work: values of parameters at once, curves block by block

KINDS = ("life_years", "qaly", "cost")


@dataclasses.dataclass(frozen=True)
class Account:
    """Totals of one kind, discounted and not: ``(n_draws, n_arms, n_categories)``."""

    categories: tuple[str, ...]
    states: tuple[str, ...]
    discounted: Array
    undiscounted: Array

    def total(self, discounted: str = "discounted") -> Array:
        """Sum over categories ``(n_draws, n_arms)``; ``discounted`` or ``undiscounted``."""
        return getattr(self, discounted).sum(axis=2)


@dataclasses.dataclass(frozen=True)
class Outcomes:
    """What the model says for every draw and arm.

    ``life_years`` by state, ``qalys`` by state and decrement, ``costs`` by category; ``crossing_*``, each
    ``(n_draws, n_arms)``, tell where PFS exceeded OS before repair; ``alive_at_horizon`` likewise.
    """

    arms: tuple[str, ...]
    life_years: Account
    qalys: Account
    costs: Account
    crossing_first_month: Array
    crossing_largest_gap: Array
    crossing_area_months: Array
    alive_at_horizon: Array

    @property
    def n_draws(self) -> int:
        return self.crossing_area_months.shape[0]

    def rows(self, draws: NDArray[np.int_]) -> Outcomes:
        """The outcomes of some draws only, in the order given."""

        def of(account: Account) -> Account:
            discounted, undiscounted = account.discounted[draws], account.undiscounted[draws]
            return Account(account.categories, account.states, discounted, undiscounted)

        return Outcomes(
            self.arms,
            of(self.life_years),
            of(self.qalys),
            of(self.costs),
            self.crossing_first_month[draws],
            self.crossing_largest_gap[draws],
            self.crossing_area_months[draws],
            self.alive_at_horizon[draws],
        )

    @property
    def total_costs(self) -> Array:
        """Discounted costs ``(n_draws, n_arms)``."""
        return self.costs.total()

    @property
    def total_qalys(self) -> Array:
        """Discounted QALYs ``(n_draws, n_arms)``."""
        return self.qalys.total()

    @property
    def total_life_years(self) -> Array:
        """Discounted life years ``(n_draws, n_arms)``."""
        return self.life_years.total()


class Engine:
    """A definition made ready to be evaluated: its time axis, its curves and the streams of every arm."""

    def __init__(self, definition: ModelDefinition):
        self.definition = definition
        self.timeline = make_timeline(definition)
        self.states = StateModel(definition, self.timeline)
        self.arms = definition.arm_ids
        self.streams = {
            arm: [
                *life_year_streams(self.timeline),
                *qaly_streams(definition, self.timeline, arm),
                *cost_streams(definition, self.timeline, arm),
            ]
            for arm in self.arms
        }
        self.categories = {kind: self._categories(kind) for kind in KINDS}
        self.plans = {arm: ArmPlan(self.streams[arm]) for arm in self.arms}
        self.block_draws = max(1, BLOCK_VALUES // (self.timeline.n_cycles + 1))

    def _categories(self, kind: str) -> tuple[tuple[str, str], ...]:
        """(category, state) pairs of one kind over all arms: drugs in the order of their sheet, then the rest."""
        pairs = {
            (s.category, s.state): None for arm in self.arms for s in self.streams[arm] if s.kind == kind
        }
        drugs = [drug_category(drug) for drug in self.definition.drugs]
        rank = {category: i for i, category in enumerate((*drugs, *OTHER_CATEGORIES))}
        return tuple(sorted(pairs, key=lambda pair: rank.get(pair[0], -1)))

    def stream_sums(self, arm: str, draws: Draws) -> Array:
        """``(n_streams, 2, n_draws)`` of one arm, for a few draws: sums over time of curve x weight."""
        plan = self.plans[arm]
        sums = np.empty((draws.n_draws, plan.n_columns))
        plan.block_sums(self.states.states(arm, draws), sums)
        return plan.stream_sums(sums)


class ArmPlan:
    """The streams of one arm grouped by curve; equal columns of weights are multiplied once."""

    def __init__(self, streams: list[Stream]):
        self.streams = streams
        self.weights: dict[str, Array] = {}
        self.columns = np.empty((len(streams), 2), dtype=int)
        by_curve: dict[str, list[Array]] = {}
        self.where: dict[str, slice] = {}
        places: list[tuple[str, int]] = []
        for stream in streams:
            distinct = by_curve.setdefault(stream.curve, [])
            places += [(stream.curve, _place(distinct, w)) for w in (stream.discounted, stream.undiscounted)]
        start = 0
        for curve, distinct in by_curve.items():
            self.weights[curve] = np.ascontiguousarray(np.stack(distinct, axis=1))
            self.where[curve] = slice(start, start + len(distinct))
            start += len(distinct)
        self.n_columns = start
        self.columns = np.array([self.where[curve].start + place for curve, place in places]).reshape(-1, 2)

    def block_sums(self, states: ArmStates, out: Array) -> None:
        """Fill ``out`` ``(n_draws, n_columns)``: sum over time of curve x weight, for every distinct column."""
        for curve, weights in self.weights.items():
            if curve == START:
                out[:, self.where[curve]] = weights[0]
            else:
                out[:, self.where[curve]] = curve_values(states, curve) @ weights

    def stream_sums(self, sums: Array) -> Array:
        """``(n_streams, 2, n_draws)`` from ``(n_draws, n_columns)``: discounted and not; normalised where declared."""
        result = sums.T[self.columns]
        for i, stream in enumerate(self.streams):
            if stream.normalised:
                whole = result[i, 1]
                result[i, 0] = np.divide(result[i, 0], whole, out=np.ones_like(whole), where=whole > 0)
                result[i, 1] = 1.0
        return result


def _place(distinct: list[Array], weights: Array) -> int:
    """Position of ``weights`` in the list, which grows by it if it is new."""
    for i, other in enumerate(distinct):
        if np.array_equal(other, weights):
            return i
    distinct.append(weights)
    return len(distinct) - 1


def curve_values(states: ArmStates, curve: str) -> Array:
    """Occupancy by name ``(n_draws, n_times)``; ``treated`` is the share on any drug (the longest-lasting one)."""
    if curve != TREATED:
        return states.curve(curve)
    curves = list(states.on_treatment.values()) or [states.progression_free]
    result = curves[0]
    for other in curves[1:]:
        if other is not result:
            result = np.maximum(result, other)
    return result


def evaluate(
    definition: ModelDefinition,
    draws: Draws,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
    engine: Engine | None = None,
) -> Outcomes:
    """Evaluate every draw for every arm.

    ``threads``: how many run side by side (default: the machine's processors, at most 8); it never changes the
    result. ``progress`` is called with the number of draws of each finished block.
    """
    engine = engine or Engine(definition)
    store = _Store(engine, draws.n_draws)
    _let_freed_memory_stay()
    starts = range(0, draws.n_draws, CHUNK_DRAWS)

    def run(start: int) -> None:
        stop = min(start + CHUNK_DRAWS, draws.n_draws)
        store.put(start, stop, draws.block(start, stop))
        if progress:
            progress(stop - start)

    workers = min(threads or min(8, os.cpu_count() or 1), len(starts))
    with threadpool_limits(limits=1, user_api="blas"):
        if workers <= 1:
            for start in starts:
                run(start)
        else:
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(run, starts))
    return store.outcomes()


def _let_freed_memory_stay() -> None:
    """Have the arrays of a block reuse the memory of the block before.

    The C library of Linux hands large freed blocks back to the system, so that every array of every block is mapped
    anew, page by page. It stops doing so for sizes below that of the largest block freed so far: free one, untouched.
    """
    np.empty(LARGE_BYTES, dtype=np.uint8)


class _Store:
    """The outcome arrays of all draws, filled block by block."""

    def __init__(self, engine: Engine, n_draws: int):
        self.engine = engine
        shape = (n_draws, len(engine.arms))
        self.totals = {kind: np.zeros((2, *shape, len(pairs))) for kind, pairs in engine.categories.items()}
        self.first, self.gap, self.area, self.alive = (np.empty(shape) for _ in range(4))

    def put(self, start: int, stop: int, chunk: Draws) -> None:
        """Evaluate one chunk of draws and store its outcomes at ``start`` to ``stop - 1``."""
        engine = self.engine
        sums = {arm: np.empty((chunk.n_draws, engine.plans[arm].n_columns)) for arm in engine.arms}
        for first in range(0, chunk.n_draws, engine.block_draws):
            last = min(first + engine.block_draws, chunk.n_draws)
            place = slice(start + first, start + last)
            for a, states in enumerate(engine.states.all_arms(chunk.block(first, last))):
                engine.plans[engine.arms[a]].block_sums(states, sums[engine.arms[a]][first:last])
                self.first[place, a] = states.crossing.first_month
                self.gap[place, a] = states.crossing.largest_gap
                self.area[place, a] = states.crossing.area_months
                self.alive[place, a] = states.alive[:, -1]
        for a, arm in enumerate(engine.arms):
            per_stream = engine.plans[arm].stream_sums(sums[arm])
            for i, stream in enumerate(engine.streams[arm]):
                column = engine.categories[stream.kind].index((stream.category, stream.state))
                value = stream.value(chunk)
                self.totals[stream.kind][0, start:stop, a, column] += value * per_stream[i, 0]
                self.totals[stream.kind][1, start:stop, a, column] += value * per_stream[i, 1]

    def outcomes(self) -> Outcomes:
        accounts = {}
        for kind, pairs in self.engine.categories.items():
            totals = self.totals[kind]
            accounts[kind] = Account(
                tuple(c for c, _ in pairs), tuple(s for _, s in pairs), totals[0], totals[1]
            )
        return Outcomes(
            self.engine.arms,
            accounts["life_years"],
            accounts["qaly"],
            accounts["cost"],
            self.first,
            self.gap,
            self.area,
            self.alive,
        )
