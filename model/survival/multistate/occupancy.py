"""Who is progression-free, progressed and dead at each time: a semi-Markov model of three states.

With the clock reset at progression, survival after it depends on the time since progression alone (Putter, Fiocco and
Geskus 2007, Stat Med 26:2389; Woods et al. 2017, NICE DSU TSD 19):

    progressed(t) = integral over u <= t of f(u) S_pp(t - u),    f(u) = S_PFS(u) h_p(u)

With the clock forward the hazard after progression depends on the time since the start, and the state is Markov.

On an even grid the hazards of leaving are constant within a step. Those who progress in step k and are alive at its end are

    e_k = S_(k-1) z_k exp(-y) (1 - exp(-(x_k - y))) / (x_k - y)

with x_k the hazard of leaving, z_k that of progression, and y = 2 H_pp(1/2) that of death in the first step since
progression. They progressed half a step ago on average, so that of them exp(H_pp(1/2) - H_pp(m + 1/2)) are alive m steps
on: survival after progression is only ever read in the middle of its steps. Exact for exponential hazards, equal rates
included; otherwise of the second order of the step. One convolution gives all times.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.survival.increments import hazard_increments
from model.survival.life_table import hazard_floor
from model.survival.multistate.convolution import convolve
from model.survival.multistate.recurrence import fill_and_empty
from model.survival.multistate.transitions import Leaving
from model.survival.multistate.within_step import beyond_numbers, mean_over_end, mean_survival

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


@dataclass(frozen=True, eq=False)
class SinceProgression:
    """Survival after progression made ready: `hazard` in the middle of each step since it, with the floor, and `alive`, the
    share alive at the ends of steps of those alive at the end of the step of progression, both (n, n_times - 1) or one row.
    Arms whose patients live alike after progression share it."""

    hazard: Array
    alive: Array


def since_progression(after: ArrayLike, population: ArrayLike | None = None) -> SinceProgression:
    """Arguments as for `clock_reset`."""
    hazard = np.atleast_2d(np.asarray(after, dtype=float))
    if population is not None:
        hazard = floored(hazard, population)
    return SinceProgression(hazard, survival_since_entry(hazard))


def clock_reset(leaving: Leaving, after: ArrayLike | SinceProgression, population: ArrayLike | None = None) -> Occupancy:
    """Occupancy where the hazard after progression depends on the time since progression.

    after: cumulative hazard of death after progression in the middle of each step since progression, (n, n_times - 1) or
    (1, n_times - 1), as `hazard_after_progression` gives it, or what `since_progression` makes of it. population: the
    general population's cumulative hazard by time since the start, (n_times,) or (n, n_times), a floor under mortality
    after progression: under that of each patient as if all had progressed at the start (`floored`), and under that of all
    progressed as they are (`_held_at_population`).
    Raises ValueError where `after` does not have one column fewer than the grid.
    """
    if not isinstance(after, SinceProgression):
        columns = np.shape(after)[-1]
        if columns != leaving.hazard.shape[1] - 1:
            raise ValueError(
                f"after has {columns} columns for a grid of {leaving.hazard.shape[1]} times; one fewer is needed."
            )
        after = since_progression(after, population)
    floor = None if population is None else hazard_increments(np.atleast_2d(population))
    entering = alive_at_entry(leaving, after.hazard, floor)
    progressed = convolve(entering, after.alive)
    progressed[:, 0] = 0.0
    if floor is not None:
        progressed = _held_at_population(progressed, entering, floor)
    return _occupancy(leaving, progressed)


def with_os_of(alive: Array, leaving: Leaving) -> Occupancy:
    """Occupancy where as many are alive as in another arm, (n, n_times): progressed are those of them who have left the
    progression-free state. Where more are progression-free than that, these are all that are alive."""
    progressed = np.maximum(alive - leaving.progression_free, 0.0)
    return _occupancy(leaving, progressed)


def floored(after: ArrayLike, population: ArrayLike) -> Array:
    """Hazard after progression never below the population's as long after the start, (n, n_times - 1).

    Patients progress later than at the start and are then older, so that this is the least that the floor asks of each.
    """
    whole, hazard = np.atleast_2d(np.asarray(population, dtype=float)), np.atleast_2d(np.asarray(after, dtype=float))
    floor = (whole[:, 1:] + whole[:, :-1]) / 2
    rows = (hazard_increments(hazard) < hazard_increments(floor)).any(axis=1)
    if rows.all() or len(hazard) == 1:
        return hazard_floor(hazard, floor)
    held: Array = hazard.copy()
    held[rows] = hazard_floor(hazard[rows], floor if len(floor) == 1 else floor[rows])
    return held


def clock_forward(leaving: Leaving, after: ArrayLike) -> Occupancy:
    """Occupancy where the hazard after progression depends on the time since the start.

    after: cumulative hazard of death after progression by that time, (n, n_times) or (1, n_times).
    """
    hazard = hazard_increments(np.atleast_2d(after))
    entering = _alive_at_end_of_step(leaving, hazard)
    return _occupancy(leaving, fill_and_empty(np.exp(-hazard), entering))


def alive_at_entry(leaving: Leaving, after: ArrayLike, population: Array | None = None) -> Array:
    """Share that progresses in each step and is alive at its end, (n, n_times), clock reset; 0 at the first time.
    population: the general population's hazard in each step, (1, n_times), a floor under that of death after progression."""
    death = 2 * np.atleast_2d(np.asarray(after, dtype=float))[:, :1]
    return _alive_at_end_of_step(leaving, death if population is None else np.maximum(death, population))


def survival_since_entry(after: ArrayLike) -> Array:
    """Share alive m = 0, 1, ... steps after the end of the step of progression, of those alive then, (n, n_times - 1)."""
    hazard = np.atleast_2d(np.asarray(after, dtype=float))
    since = hazard[:, :1] - hazard
    return np.exp(since, out=since)


def _alive_at_end_of_step(leaving: Leaving, death_after: Array) -> Array:
    """e_k of the module's docstring, (n, n_times), as S_k z_k (exp(x_k - y) - 1) / (x_k - y); death_after: hazard after
    progression in the step, (n, n_times) or (n, 1)."""
    entering = mean_over_end(leaving.hazard - death_after)
    with np.errstate(invalid="ignore"):
        entering *= leaving.progression
        entering *= leaving.progression_free
    entering[:, 0] = 0.0
    large = beyond_numbers(leaving.hazard)
    if large is not None:
        large = np.broadcast_to(large, entering.shape)
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
    population's. An approximation: patients long and shortly progressed are held together, not each by themselves; those
    who progress in the step are held by themselves in it (`alive_at_entry`), and with all others from the next one on.
    Worked out as what is fewer than without the floor, in place of both arrays.
    """
    limit = np.exp(-population[:, 1:])
    staying = np.subtract(progressed, entering, out=entering)[:, 1:]
    too_many = limit * progressed[:, :-1]
    np.subtract(staying, too_many, out=too_many)
    rows = too_many.max(axis=1) > _BINDS
    if not rows.any():
        return progressed
    held = too_many[rows]
    binds = held > _BINDS
    since = int(np.argmax(binds.any(axis=0)))  # before it nobody is held
    late = np.where(binds[:, since:], held[:, since:], 0.0)
    limit = np.broadcast_to(limit, too_many.shape)[rows, since:]
    progressed[rows, since + 1 :] -= _fewer(progressed[rows, since:-1], staying[rows, since:], late, limit)
    return np.maximum(progressed, 0.0, out=progressed)


def _fewer(before: Array, staying: Array, too_many: Array, limit: Array) -> Array:
    """How many fewer are progressed at the end of each step, (m, n_steps): of those fewer at its start as many stay as of
    all, and those beyond the limit go."""
    share = staying + _BINDS
    share /= before + _BINDS
    np.minimum(share, limit, out=share)
    return fill_and_empty(share, too_many)


def _occupancy(leaving: Leaving, progressed: Array) -> Occupancy:
    return Occupancy(leaving.progression_free, progressed, leaving.progression_free + progressed)
