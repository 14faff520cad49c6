"""The engine of one definition: what is worked out once, and the outcomes of a block of draws."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from threading import Lock
from typing import Any

import numpy as np

from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.sampling.draws import Draws, base_case_draws
from model.definition.structure import STRUCTURE
from model.engine.arm_states import ArmStates
from model.engine.arm_states import curve_values as curve_values
from model.engine.coherence import CoherenceRules
from model.engine.costs import cost_streams, drug_category, other_categories
from model.engine.outcomes import KINDS
from model.engine.outcomes import Account as Account
from model.engine.outcomes import Outcomes as Outcomes
from model.engine.states import StateModel
from model.engine.streams import START, Stream
from model.engine.timeline import make_timeline
from model.engine.utilities import life_year_streams, qaly_streams

BLOCK_VALUES = 2**17  # survival values per array in a block (1 MB): large enough that threads rarely wait for each other


class Engine:
    """A definition made ready to be evaluated: its time axis, its curves, the streams and the flags of every arm."""

    def __init__(self, definition: ModelDefinition):
        self.definition = definition
        self.timeline = make_timeline(definition)
        self.states = StateModel(definition, self.timeline)
        self.arms = definition.arm_ids
        self.coherence = CoherenceRules(definition, self.timeline, self.states)
        self.streams = {
            arm: [
                *life_year_streams(definition, self.timeline),
                *qaly_streams(definition, self.timeline, arm),
                *cost_streams(definition, self.timeline, arm),
            ]
            for arm in self.arms
        }
        self.categories = {kind: self._categories(kind) for kind in KINDS}
        self.pairs = tuple(pairwise(definition.endpoints)) if definition.further_endpoints else ()
        self.plans = {arm: ArmPlan(self.streams[arm]) for arm in self.arms}
        self.block_draws = max(1, BLOCK_VALUES // (self.timeline.n_cycles + 1))

    @cached_property
    def state_inputs(self) -> frozenset[str]:
        """Ids of the inputs that the curves depend on; every other input only multiplies what the curves add up to."""
        asked = _Asked(base_case_draws(self.definition).values)
        for model in self.states.in_structure.values() or [self.states]:
            for _ in model.all_arms(Draws(1, asked)):
                pass
        return frozenset({*asked.ids, *({STRUCTURE} if self.states.in_structure else ())})

    def inputs_of(self, stream: Stream) -> frozenset[str]:
        """Ids of the inputs that the value of a stream depends on."""
        asked = _Asked(base_case_draws(self.definition).values)
        stream.value(Draws(1, asked))
        return frozenset(asked.ids)

    def _categories(self, kind: str) -> tuple[tuple[str, str], ...]:
        """(category, state) pairs of one kind over all arms: drugs in the order of their sheet, then the rest."""
        pairs = {(s.category, s.state): None for arm in self.arms for s in self.streams[arm] if s.kind == kind}
        drugs = [drug_category(drug) for drug in self.definition.drugs]
        rank = {category: i for i, category in enumerate((*drugs, *other_categories(self.definition)))}
        return tuple(sorted(pairs, key=lambda pair: rank.get(pair[0], -1)))

    def stream_sums(self, arm: str, draws: Draws) -> Array:
        """``(n_streams, 2, n_draws)`` of one arm, for a few draws: sums over time of curve x weight."""
        plan = self.plans[arm]
        sums = np.empty((draws.n_draws, plan.n_columns))
        plan.block_sums(self.states.states(arm, draws), sums)
        return plan.stream_sums(sums)


def engine_of(definition: ModelDefinition) -> Engine:
    """The engine of a definition, made once for those asked for last: many analyses ask of one definition. Definitions are
    told apart by what they are, not by what they hold; nothing of either changes."""
    with _LOCK:
        for known in _RECENT:
            if known.definition is definition:
                _RECENT.remove(known)
                _RECENT.appendleft(known)
                return known
    made = Engine(definition)
    with _LOCK:
        _RECENT.appendleft(made)
    return made


_MOST_RECENT = 4
_RECENT: deque[Engine] = deque(maxlen=_MOST_RECENT)
_LOCK = Lock()


class _Asked(dict[str, Array]):
    """Values that remember which of them were asked for."""

    def __init__(self, values: Mapping[str, Array]):
        super().__init__(values)
        self.ids: set[str] = set()

    def __getitem__(self, parameter_id: str) -> Array:
        self.ids.add(parameter_id)
        return super().__getitem__(parameter_id)

    def get(self, parameter_id: str, default: Any = None) -> Any:
        """As for any mapping."""
        self.ids.add(parameter_id)
        return super().get(parameter_id, default)


class ArmPlan:
    """The streams of one arm grouped by curve; equal columns of weights are multiplied once."""

    def __init__(self, streams: list[Stream]):
        self.streams = streams
        self.weights: dict[str, Array] = {}
        self.columns = np.empty((len(streams), 2), dtype=int)
        by_curve: dict[str, dict[bytes, Array]] = {}
        self.where: dict[str, slice] = {}
        places: list[tuple[str, int]] = []
        for stream in streams:
            distinct = by_curve.setdefault(stream.curve, {})
            places += [(stream.curve, _place(distinct, w)) for w in (stream.discounted, stream.undiscounted)]
        start = 0
        for curve, distinct in by_curve.items():
            self.weights[curve] = np.ascontiguousarray(np.stack(list(distinct.values()), axis=1))
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


def _place(distinct: dict[bytes, Array], weights: Array) -> int:
    """Position of ``weights`` among those of a curve, to which they are added if they are new."""
    key = (weights + 0.0).tobytes()  # which makes 0 of -0
    if key not in distinct:
        distinct[key] = weights
    return list(distinct).index(key)
