"""The general population's mortality as a floor under curves of survival, without sums over time.

Nearly every curve is held by the floor from some time on, and perhaps at first, when hardly anyone dies yet. While held it
runs parallel to the population's survival: a constant times it, which takes no logarithm, running sum or exponential of its
own.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array
from model.survival.increments import hazard_increments
from model.survival.life_table import hazard_floor


class SurvivalFloor:
    """A floor under curves: the population's cumulative hazard (n_times,), 0 at the first time.

    >>> import numpy as np
    >>> floor = SurvivalFloor(np.array([0.0, 0.05, 0.25]))
    >>> np.log(floor.under(np.exp([[0.0, -0.1, -0.2]]))).round(9).tolist()  # people die faster in the second interval
    [[0.0, -0.1, -0.3]]
    """

    def __init__(self, population: Array):
        self.population = population
        self._people = np.exp(-population)
        self._left = np.exp(-hazard_increments(population))[1:]  # of those alive at the start of each interval

    def under(self, survival: Array) -> Array:
        """Survival (n_draws, n_times), 1 at the first time, in place: in each interval it falls at least as the population's.

        The curves of `hazard_floor`, by which the few go that are held now and then.
        """
        lowest = survival[:, :-1] * self._left
        binds = survival[:, 1:] > lowest
        held = _held(binds)
        kept = self._by_hazard(survival[held.now_and_then]) if len(held.now_and_then) else None
        if held.until.any():
            self._hold_at_first(survival, held.until, binds)
        self._hold_for_good(survival, held.after, binds)
        if kept is not None:
            survival[held.now_and_then] = kept
        return survival

    def _hold_at_first(self, survival: Array, until: NDArray[np.intp], binds: NDArray[np.bool_]) -> None:
        """Survival is the population's until a time, and then falls as it would by itself; these intervals are struck off."""
        draws = np.flatnonzero(until)
        at, freed = until[draws], np.ones((len(survival), 1))
        freed[draws, 0] = self._people[at] / survival[draws, at]
        survival *= freed
        early = np.arange(at.max() + 1)
        np.copyto(survival[:, : len(early)], self._people[: len(early)], where=early <= until[:, None])
        binds[:, : len(early)] &= early[: binds.shape[1]] >= until[:, None]

    def _hold_for_good(self, survival: Array, after: NDArray[np.intp], binds: NDArray[np.bool_]) -> None:
        """From a time on survival falls as the population's does, in all intervals that are left."""
        people, first = self._people[after], int(after.min())
        level = np.divide(survival[np.arange(len(after)), after], people, out=np.zeros(len(after)), where=people > 0)
        np.multiply(level[:, None], self._people[first + 1 :], out=survival[:, first + 1 :], where=binds[:, first:])

    def _by_hazard(self, survival: Array) -> Array:
        with np.errstate(divide="ignore"):
            return np.exp(-hazard_floor(-np.log(survival), self.population))


@dataclasses.dataclass(frozen=True)
class _Held:
    """Where the floor holds curves, as places of times (n_draws,): at first ``until`` one (0: not at first), and for good
    ``after`` one (the last: never). Draws held ``now_and_then`` besides."""

    until: NDArray[np.intp]
    after: NDArray[np.intp]
    now_and_then: NDArray[np.intp]


def _held(intervals: NDArray[np.bool_]) -> _Held:
    """From the intervals (n_draws, n_times - 1) in which the population dies faster."""
    n_draws, n = intervals.shape
    draws, turns = np.divmod(np.flatnonzero(intervals[:, 1:] != intervals[:, :-1]), max(1, n - 1))
    n_turns, at_first, at_last = np.bincount(draws, minlength=n_draws), intervals[:, 0], intervals[:, -1]
    turns = np.append(turns + 1, n)
    last = np.cumsum(n_turns) - 1
    now_and_then = n_turns > 1 + at_first
    until = np.where(at_first & ~now_and_then, np.where(n_turns > 0, turns[last - n_turns + 1], n), 0)
    after = np.where(at_last & (n_turns > 0), turns[last], n)
    return _Held(until, after, np.flatnonzero(now_and_then))
