"""The hazards between the states that a pair of PFS and OS curves implies, whatever was assumed.

A partitioned-survival model says who is in each state, not how they got there. With the share of PFS events that are
deaths its transitions follow (Woods et al. 2017, NICE DSU TSD 19, section 3): those who leave the progression-free state
in a step die in that share; all other deaths of the step are deaths after progression.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array


@dataclass(frozen=True, eq=False)
class ImpliedTransitions:
    """Hazards per unit of time in the step between two times, each (n, n_times - 1): events of the step over the mean of
    those in the state at its ends (the central rate of a life table).

    progression, death_before: of the progression-free; death_after: of the progressed. nan where the state is empty.
    occupied_before, occupied_after: mean share of all patients in the two states during the step.
    """

    progression: Array
    death_before: Array
    death_after: Array
    occupied_before: Array
    occupied_after: Array


def implied_transitions(time: ArrayLike, pfs: ArrayLike, os: ArrayLike, death_share: ArrayLike) -> ImpliedTransitions:
    """Transitions of curves in use: PFS and OS after every rule, so that PFS is nowhere above OS.

    time: (n_times,), increasing; pfs, os: (n, n_times); death_share: scalar or (n,). Where nobody is progressed at the
    end of a step (PFS has met OS) every death is a death before progression; deaths before progression are never more
    than all deaths.
    """
    free, alive = np.atleast_2d(np.asarray(pfs, dtype=float)), np.atleast_2d(np.asarray(os, dtype=float))
    share = np.asarray(death_share, dtype=float)[..., None]
    progressed = np.maximum(alive - free, 0.0)
    leaving, deaths = -np.diff(free, axis=1), -np.diff(alive, axis=1)
    before = np.where(progressed[:, 1:] > 0, np.minimum(share * leaving, deaths), deaths)
    width = np.diff(np.asarray(time, dtype=float))
    in_free, in_progressed = _mean_of_ends(free), _mean_of_ends(progressed)
    met = progressed[:, 1:] <= 0
    return ImpliedTransitions(
        progression=_rate(np.where(met, 0.0, leaving - before), in_free, width),
        death_before=_rate(before, in_free, width),
        death_after=_rate(deaths - before, np.where(met, 0.0, in_progressed), width),
        occupied_before=in_free,
        occupied_after=in_progressed,
    )


def _mean_of_ends(share: Array) -> Array:
    return (share[:, 1:] + share[:, :-1]) / 2


def _rate(events: Array, occupied: Array, width: Array) -> Array:
    return np.divide(events, occupied * width, out=np.full_like(events, np.nan), where=occupied > 0)
