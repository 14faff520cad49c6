"""Leaving the progression-free state: by progression, or by death before it.

A PFS curve says how many leave, not how. Here its hazard is divided by the share of PFS events that are deaths, and
death before progression is held at the general population's hazard or above (Woods et al. 2017, NICE DSU TSD 19: implied
hazards have to be plausible; Rutherford et al. 2020, NICE DSU TSD 21: mortality not below the general population's):

    death        h_d = max(share x h_PFS, h_population)

Two rules say what becomes of progression where the population's hazard is the larger:

    progression_kept   h_p = (1 - share) x h_PFS, and PFS falls below the curve given: h_p + h_d. Deaths that a trial was
                       too short to see come on top of progression, which they neither cause nor prevent.
    pfs_kept           h_p = max(h_PFS, h_population) - h_d: PFS stays on its curve as long as that curve's own hazard is
                       above the population's, below which it follows the population; progressions make room for deaths.

Hazards are constant within a step of an even grid, so that of those who leave in a step the part that progresses is
exactly h_p / (h_p + h_d).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array
from model.survival.increments import hazard_increments

LEAVING_RULES = ("progression_kept", "pfs_kept")


@dataclass(frozen=True, eq=False)
class Leaving:
    """The progression-free state of n draws at the times of a grid that starts at 0, each (n, n_times).

    progression_free: share still there. hazard, progression: hazard of leaving at all, and of leaving by progression,
    cumulated over the step that ends at each time (0 at the first).
    """

    progression_free: Array
    hazard: Array
    progression: Array

    @property
    def leaving(self) -> Array:
        """Share of all patients that leaves in the step that ends at each time, (n, n_times); 0 at the first."""
        left = np.zeros_like(self.progression_free)
        np.subtract(self.progression_free[:, :-1], self.progression_free[:, 1:], out=left[:, 1:])
        return left

    @property
    def progressing(self) -> Array:
        """Share of all patients that progresses in each step, (n, n_times)."""
        return self.leaving * self._share_progressing

    @property
    def dying(self) -> Array:
        """Share of all patients that dies before progression in each step, (n, n_times): all others who leave."""
        return self.leaving - self.progressing

    @property
    def _share_progressing(self) -> Array:
        return np.divide(self.progression, self.hazard, out=np.zeros_like(self.hazard), where=self.hazard > 0)


def leave(
    pfs_cumulative_hazard: ArrayLike,
    death_share: ArrayLike,
    population: ArrayLike | None = None,
    rule: str = "progression_kept",
) -> Leaving:
    """Progression and death before it from a PFS curve.

    pfs_cumulative_hazard: (n, n_times), 0 at the first time; death_share: share of PFS events that are deaths, scalar or
    (n,); population: the general population's cumulative hazard, (n_times,) or (n, n_times), a floor under death before
    progression (none if not given); rule: one of `LEAVING_RULES`. Raises ValueError for another rule and for a share
    outside [0, 1].
    """
    share = np.asarray(death_share, dtype=float)
    if rule not in LEAVING_RULES:
        raise ValueError(f"{rule!r} is not a rule of leaving. Allowed: {', '.join(LEAVING_RULES)}.")
    if not np.all((share >= 0) & (share <= 1)):
        raise ValueError("the share of PFS events that are deaths must lie between 0 and 1.")
    whole = hazard_increments(np.atleast_2d(np.asarray(pfs_cumulative_hazard, dtype=float)))
    death = share[..., None] * whole
    if population is None:
        return _leaving(whole - death, whole)
    floor = hazard_increments(population)
    if rule == "progression_kept":
        progression = whole - death
        np.maximum(death, floor, out=death)
        death += progression
        return _leaving(progression, death)
    held = np.maximum(whole, floor)
    return _leaving(held - np.maximum(death, floor), held)


def leave_by_cause(progression_cumulative_hazard: ArrayLike, death_cumulative_hazard: ArrayLike) -> Leaving:
    """The same from two curves fitted to patients, time to progression and death before progression: competing risks,
    each censored by the other (Putter, Fiocco and Geskus 2007, Stat Med 26:2389). Both (n, n_times)."""
    progression = hazard_increments(np.atleast_2d(np.asarray(progression_cumulative_hazard, dtype=float)))
    return _leaving(progression, progression + hazard_increments(death_cumulative_hazard))


def _leaving(progression: Array, hazard: Array) -> Leaving:
    survival = np.cumsum(hazard, axis=1)
    np.negative(survival, out=survival)
    np.exp(survival, out=survival)
    return Leaving(survival, hazard, progression)
