"""Who is progression-free, progressed and dead at each time: a semi-Markov model of three states.

With the clock reset at progression, survival after it depends on the time since progression alone (Putter, Fiocco and
Geskus 2007, Stat Med 26:2389; Woods et al. 2017, NICE DSU TSD 19):

    progressed(t) = integral over u <= t of f(u) S_pp(t - u),    f(u) = S_PFS(u) h_p(u)

With the clock forward the hazard after progression depends on the time since the start, and the state is Markov.

On an even grid every hazard is constant within its step. Those who progress in step k and are alive at its end are

    e_k = S_(k-1) z_k exp(-y) (1 - exp(-(x_k - y))) / (x_k - y)

with x_k the hazard of leaving, z_k that of progression and y that of death after progression in the first step since
progression. They have by then been progressed for between 0 and 1 step; their survival m steps on is the mean of S_pp
over [m, m + 1] steps over that over [0, 1]. Exact for exponential hazards, equal rates included; otherwise of the second
order of the step. One convolution gives all times.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.survival.increments import hazard_increments
from model.survival.multistate.convolution import convolve
from model.survival.multistate.recurrence import fill_and_empty
from model.survival.multistate.transitions import Leaving
from model.survival.multistate.within_step import mean_over_middle, mean_survival

_BINDS = 1e-13  # share of all patients by which a floor has to bind in a step to be more than rounding


@dataclass(frozen=True, eq=False)
class Occupancy:
    """Shares of all patients at each time, (n, n_times); all others are dead. alive = progression_free + progressed,
    so that the curves of PFS and OS cannot cross."""

    progression_free: Array
    progressed: Array
    alive: Array

    @property
    def dead(self) -> Array:
        """Share dead, (n, n_times)."""
        return 1 - self.alive


def clock_reset(leaving: Leaving, after: ArrayLike, population: ArrayLike | None = None) -> Occupancy:
    """Occupancy where the hazard after progression depends on the time since progression.

    after: cumulative hazard of survival after progression at the times of the grid, counted from progression, (n,
    n_times) or (1, n_times). population: the general population's cumulative hazard by time since the start, (n_times,)
    or (n, n_times), a floor under the mortality of the progressed state (`_held_at_population`).
    """
    entering = alive_at_entry(leaving, after)
    progressed = convolve(entering, survival_since_entry(after))
    progressed[:, 0] = 0.0
    if population is not None:
        progressed = _held_at_population(progressed, entering, hazard_increments(np.atleast_2d(population)))
    return _occupancy(leaving, progressed)


def clock_forward(leaving: Leaving, after: ArrayLike) -> Occupancy:
    """Occupancy where the hazard after progression depends on the time since the start.

    after: cumulative hazard of death after progression by that time, (n, n_times) or (1, n_times).
    """
    hazard = hazard_increments(np.atleast_2d(after))
    entering = _alive_at_end_of_step(leaving, hazard)
    return _occupancy(leaving, fill_and_empty(np.exp(-hazard), entering))


def alive_at_entry(leaving: Leaving, after: ArrayLike) -> Array:
    """Share that progresses in each step and is alive at its end, (n, n_times), clock reset; 0 at the first time."""
    return _alive_at_end_of_step(leaving, np.atleast_2d(np.asarray(after, dtype=float))[:, 1:2])


def survival_since_entry(after: ArrayLike) -> Array:
    """Share alive m = 0, 1, ... steps after the end of the step of progression, of those alive then, (n, n_times - 1).

    S_pp is averaged over where in the step they progressed: integral of S_pp over [m, m + 1] over that over [0, 1].
    """
    hazard = np.atleast_2d(np.asarray(after, dtype=float))
    steps = np.diff(hazard, axis=1)
    first = mean_survival(steps[:, :1])
    since, large = mean_over_middle(steps, 1 / first)
    middle = hazard[:, :-1] + hazard[:, 1:]
    middle *= -0.5
    np.exp(middle, out=middle)
    with np.errstate(invalid="ignore"):
        since *= middle
    if large is not None:
        exact = np.exp(-hazard[:, :-1]) * mean_survival(np.diff(hazard, axis=1)) / first
        np.copyto(since, exact, where=large)
    return since


def _alive_at_end_of_step(leaving: Leaving, death_after: Array) -> Array:
    """e_k of the module's docstring, (n, n_times); death_after: hazard after progression in the step, (n, n_times) or
    (n, 1). Survival to the middle of the step by both hazards, times the mean over the step of one after the other."""
    entering, large = mean_over_middle(leaving.hazard - death_after, np.exp(-death_after / 2))
    free = leaving.progression_free
    middle = free[:, :-1] * free[:, 1:]
    np.sqrt(middle, out=middle)
    middle *= leaving.progression[:, 1:]
    with np.errstate(invalid="ignore"):
        entering[:, 1:] *= middle
    entering[:, 0] = 0.0
    if large is not None:
        entering[large] = _with_large_hazards(leaving, death_after, large)
    return entering


def _with_large_hazards(leaving: Leaving, death_after: Array, where: NDArray[np.bool_]) -> Array:
    """The same for some steps, (m,), without overflow whatever the hazards."""
    before = np.zeros_like(leaving.progression_free)
    before[:, 1:] = leaving.progression_free[:, :-1]
    parts = (before, leaving.hazard, leaving.progression, death_after)
    free, leaves, progresses, dies = (np.broadcast_to(p, where.shape)[where] for p in parts)
    return free * (progresses * mean_survival(np.abs(leaves - dies))) * np.exp(-np.minimum(leaves, dies))


def _held_at_population(progressed: Array, entering: Array, population: Array) -> Array:
    """The progressed state with its mortality, as a whole, never below the population's, (n, n_times).

    Of those progressed at the start of a step the share that survives it is the smaller of the model's and the
    population's. An approximation: patients long and shortly progressed are held together, not each by themselves, and
    those who progress in the step are held from the next one on. Worked out as what is fewer than without the floor.
    """
    limit = np.exp(-population)
    staying = progressed[:, 1:] - entering[:, 1:]
    too_many = limit[:, 1:] * progressed[:, :-1]
    np.subtract(staying, too_many, out=too_many)
    too_many[too_many <= _BINDS] = 0.0
    rows = too_many.any(axis=1)
    if not rows.any():
        return progressed
    before, most = progressed[rows, :-1], np.broadcast_to(limit[:, 1:], too_many.shape)[rows]
    share = np.maximum(before, _BINDS)
    np.divide(staying[rows], share, out=share)
    np.clip(share, 0.0, most, out=share)
    np.copyto(share, most, where=before <= _BINDS)  # of nobody any share may stay
    fewer = progressed[rows, 1:] - fill_and_empty(share, too_many[rows])
    held = progressed.copy()
    held[rows, 1:] = np.maximum(fewer, 0.0, out=fewer)
    return held


def _occupancy(leaving: Leaving, progressed: Array) -> Occupancy:
    return Occupancy(leaving.progression_free, progressed, leaving.progression_free + progressed)
