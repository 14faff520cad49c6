"""The states of one arm: who is in each at every cycle boundary, by name, and the events between them."""

from __future__ import annotations

import dataclasses

import numpy as np

from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.records.care import ANY_STATE
from model.engine.binding import Binding
from model.engine.crossing import Crossing
from model.engine.streams import LEAVING, TREATED


@dataclasses.dataclass(frozen=True)
class ArmStates:
    """Occupancy of one arm, each ``(n_draws, n_cycles + 1)``.

    ``moved``: the largest share of the patients that the repair of crossing moves, ``(n_draws,)``. ``steps`` holds the curve
    after every step, and ``binding`` where each rule moves it; both are filled only for a trace. ``progressing``: events per
    cycle, where something asks for them. Of a model with further states: ``further``, further curves in use by endpoint;
    ``crossings``, of each pair of neighbouring curves. What follows from these: ``on_treatment`` by drug id, ``listed``, the
    occupancy of each state that the definition lists, deaths ``dying`` in each, and ``within`` an event.
    """

    progression_free: Array
    progressed: Array
    alive: Array
    crossing: Crossing
    moved: Array
    progressing: Array | None = None
    further: dict[str, Array] = dataclasses.field(default_factory=dict)
    crossings: dict[tuple[str, str], Crossing] = dataclasses.field(default_factory=dict)
    steps: dict[str, Array] = dataclasses.field(default_factory=dict)
    binding: dict[str, Binding] = dataclasses.field(default_factory=dict)
    on_treatment: dict[str, Array] = dataclasses.field(default_factory=dict)
    listed: dict[str, Array] = dataclasses.field(default_factory=dict)
    dying: dict[str, Array] = dataclasses.field(default_factory=dict)
    within: dict[str, Array] = dataclasses.field(default_factory=dict)

    @property
    def after_repair(self) -> dict[str, Array]:
        """The curves that the states lie between, by endpoint."""
        return {**self.further, "pfs": self.progression_free, "os": self.alive}

    def curve(self, name: str) -> Array:
        """An occupancy by name: progression_free, progressed, alive, the id of a state, or a drug id; progressing: events per
        cycle; of a state those :func:`dying` in it per cycle; of an event those :func:`within` it."""
        for named in (self.on_treatment, self.listed, self.dying, self.within):
            if name in named:
                return named[name]
        return getattr(self, name)


def curve_values(states: ArmStates, curve: str) -> Array:
    """Occupancy by name ``(n_draws, n_times)``; ``treated`` is the share on any drug (the longest-lasting one)."""
    if curve == LEAVING:
        return leaving_events(states.progression_free)
    if curve != TREATED:
        return states.curve(curve)
    curves = list(states.on_treatment.values()) or [states.progression_free]
    result = curves[0]
    for other in curves[1:]:
        if other is not result:
            result = np.maximum(result, other)
    return result


def counts_progressions(definition: ModelDefinition) -> bool:
    """Does a cost ask for the progressions of each cycle?"""
    return (
        bool(definition.subsequent)
        or any(care.during == "at_progression" for care in definition.care)
        or tells_deaths(definition)
    )


def tells_deaths(definition: ModelDefinition) -> bool:
    """Does a cost ask in which state patients die?"""
    return any(item.state != ANY_STATE for item in definition.end_of_life)


def progression_events(pfs: Array, progressed: Array) -> Array:
    """Share leaving the progression-free state in the cycle that ends at each boundary, ``(n_draws, n_times)``.

    Counted only where someone is in the progressed state at the end of the cycle: once PFS is held at OS every
    remaining PFS event is a death, so no progression (and no treatment after it) is left to count.
    """
    events = leaving_events(pfs)
    empty = np.flatnonzero(progressed[:, 1:].min(axis=1, initial=1.0) <= 0)
    events[empty] = np.where(progressed[empty] <= 0, 0.0, events[empty])
    return events


def leaving_events(pfs: Array) -> Array:
    """Share leaving the progression-free state in the cycle that ends at each boundary, by progression or death,
    ``(n_draws, n_times)``."""
    events = np.empty_like(pfs)
    events[:, 0] = 0.0
    np.subtract(pfs[:, :-1], pfs[:, 1:], out=events[:, 1:])
    return events
