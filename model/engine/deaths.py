"""Of which state patients die, where a cost at the end of life asks for it.

PFS and OS do not tell deaths of progression-free patients from those after progression. By a setting they are divided as
patients alive at the start of the cycle are between the states, as if both died alike; or a given share of PFS events are
deaths (the same share by which progressions are counted), and all other deaths are those of progressed patients. In either
way the deaths of both states add up to those of OS. What a partitioned-survival model leaves open here: Woods et al. 2017,
NICE DSU TSD 19.

Where further curves divide the progression-free, or the progressed, their deaths are divided as these patients are between
their states at the start of the cycle; where none is there yet, they die in the first of these states, which they entered.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from model.arrays import Array
from model.definition.records.settings import BY_OCCUPANCY

DYING = "dying in "


def dying(state: str) -> str:
    """The name of the curve of those who die in a state."""
    return f"{DYING}{state}"


def deaths_by_state(rule: str, free: Array, alive: Array, progressions: Array) -> dict[str, Array]:
    """Share of all patients who die in each state, in the cycle that ends at each time; 0 at time zero.

    Args:
        rule: ``by_occupancy`` or ``death_share``.
        free, alive: Share progression-free and share alive after repair of crossing, each ``(n_draws, n_times)``.
        progressions: Share who progress alive in the cycle that ends at each time, ``(n_draws, n_times)``: of PFS events
            the rest are deaths. Taken by the second rule alone.

    Returns:
        Arrays ``(n_draws, n_times)`` by the name of the curve.
    """
    deaths, of_free = np.zeros_like(alive), np.zeros_like(alive)
    deaths[:, 1:] = alive[:, :-1] - alive[:, 1:]
    if rule == BY_OCCUPANCY:
        share = np.divide(free[:, :-1], alive[:, :-1], out=np.zeros_like(free[:, 1:]), where=alive[:, :-1] > 0)
        of_free[:, 1:] = deaths[:, 1:] * share
    else:
        dying_free = free[:, :-1] - free[:, 1:] - progressions[:, 1:]
        of_free[:, 1:] = np.clip(dying_free, 0.0, deaths[:, 1:])
    return {dying("progression_free"): of_free, dying("progressed"): deaths - of_free}


def deaths_of_states(of_region: Array, region: Array, states: Mapping[str, Array]) -> dict[str, Array]:
    """Share of all patients who die in each of the states that make up a region, in the cycle that ends at each time.

    Args:
        of_region: Share who die in the region, the progression-free or the progressed, ``(n_draws, n_times)``.
        region: Share in it, likewise.
        states: Shares in its states by id, the one with the lowest curve first, likewise.

    Returns:
        Arrays ``(n_draws, n_times)`` by the name of the curve; they add up to ``of_region``.
    """
    found = {}
    for number, (name, occupancy) in enumerate(states.items()):
        share = np.full_like(of_region, 1.0 if number == 0 else 0.0)
        np.divide(occupancy[:, :-1], region[:, :-1], out=share[:, 1:], where=region[:, :-1] > 0)
        found[dying(name)] = of_region * share
    return found
