"""States between ordered curves: a state holds those below its curve and not below that of the state before it.

Of curves S_1 <= ... <= S_k = OS the states are S_1, S_2 - S_1, ..., S_k - S_(k-1), and dead is 1 - S_k: partitioned survival
with any number of states (Woods et al. 2017, NICE DSU TSD 19; Incerti and Jansen 2021, hesim).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.records.states import WHOLE, State
from model.definition.sampling.draws import Draws
from model.engine.crossing import Crossing, find_crossing, repair
from model.survival.life_table import hazard_floor


@dataclasses.dataclass(frozen=True)
class Ordered:
    """Curves of one arm in order, each ``(n_draws, n_times)``, by endpoint, ``after`` the repair of crossing; ``crossings``:
    of each pair of neighbours of a model with further states, by both endpoints; ``moved``: the largest share of the patients
    by which the repair moves any curve, ``(n_draws,)``."""

    after: dict[str, Array]
    crossings: dict[tuple[str, str], Crossing]
    moved: Array


def in_order(months: Array, rule: str, curves: Mapping[str, Array], hazards: Mapping[str, Array | None]) -> Ordered:
    """Curves ``(n_draws, n_times)`` by endpoint, the lowest first, held in that order by a rule.

    ``cap_pfs`` holds each curve at the next higher one, from OS downward; ``hazard`` holds the hazard of each at that of the
    next higher one at least, likewise; ``raise_os`` holds each at the next lower one at least, from the lowest upward.
    """
    names = list(curves)
    crossings = {(low, high): find_crossing(months, curves[high] - curves[low]) for low, high in pairwise(names)}
    after = _raised(curves) if rule == "raise_os" else _lowered(rule, curves, hazards)
    moved = np.max([np.abs(after[name] - curves[name]).max(axis=1) for name in names], axis=0)
    return Ordered({name: after[name] for name in names}, crossings, moved)


def two_in_order(
    rule: str, curves: Mapping[str, Array], hazards: Mapping[str, Array | None], crossing: Crossing, between: Array
) -> Ordered:
    """PFS and OS alone ``(n_draws, n_times)``, likewise; the arrays are changed in place. ``crossing``: of the two;
    ``between``: OS - PFS."""
    before, crosses = curves["pfs"], np.flatnonzero(between.min(axis=1) < 0)
    pfs, os = repair(rule, before, curves["os"], hazards["pfs"], hazards["os"], crosses)
    moved = (before - pfs).max(axis=1) if rule == "hazard" else crossing.largest_gap
    return Ordered({"pfs": pfs, "os": os}, {}, moved)


def _raised(curves: Mapping[str, Array]) -> dict[str, Array]:
    after: dict[str, Array] = {}
    below: Array | None = None
    for name, curve in curves.items():
        below = after[name] = curve if below is None else np.maximum(curve, below)
    return after


def _lowered(rule: str, curves: Mapping[str, Array], hazards: Mapping[str, Array | None]) -> dict[str, Array]:
    after: dict[str, Array] = {}
    above: Array | None = None
    hazard_above: Array | None = None
    for name in reversed(list(curves)):
        curve = curves[name]
        if rule == "hazard":
            own = hazards[name]
            assert own is not None
            hazard_above = own if hazard_above is None else hazard_floor(own, hazard_above)
            curve = curve if above is None else np.exp(-hazard_above)
        above = after[name] = curve if above is None else np.minimum(curve, above)
    return after


def between(states: Sequence[State], curves: Mapping[str, Array], regions: Mapping[str, Array]) -> dict[str, Array]:
    """Occupancy ``(n_draws, n_times)`` of each state, by its id. ``regions``: of progression-free and progressed, which are
    states of three-state models and need not be worked out again."""
    found: dict[str, Array] = {}
    below: str | None = None
    for state in states:
        whole = WHOLE.get((below, state.endpoint))
        if whole is not None:
            found[state.id] = regions[whole]
        else:
            found[state.id] = curves[state.endpoint] if below is None else curves[state.endpoint] - curves[below]
        below = state.endpoint
    return found


def starting_below(definition: ModelDefinition, arm: str, endpoint: str, draws: Draws) -> Array | None:
    """Share of an arm's patients who start below the curve of an endpoint, in a state that it ends or a lower one,
    ``(n_draws, 1)`` or ``(1, 1)``; None where all do."""
    later = definition.starting_later(endpoint, arm)
    if not later:
        return None
    return (1.0 - sum((draws[name] for name in later[1:]), draws[later[0]]))[:, None]


def of_those_starting(share: Array | None, hazard: Array | None, curve: Array) -> tuple[Array | None, Array]:
    """A curve of those who start below it as share of all patients, with its cumulative hazard; ``share`` ``(n, 1)``: how
    many they are, None for all."""
    if share is None:
        return hazard, curve
    with np.errstate(divide="ignore"):
        return None if hazard is None else hazard - np.log(share), curve * share
