"""What PFS and OS imply of the transitions between the states: hazards of progression, of death before and after it.

A partitioned-survival model has no transitions of its own; they are read off its occupancies (Woods et al. 2017, NICE DSU
TSD 19). PFS events are progressions and deaths: the share of deaths among them is an input, and progression-free patients
die at the general population's rate at least. All other deaths are those of progressed patients.
"""

from __future__ import annotations

import dataclasses
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array


@dataclasses.dataclass(frozen=True)
class ImpliedHazards:
    """Events per patient-year in some cycles, each ``(n_draws, n_cycles)``; no number where nobody is in the state.

    Of shares of patients at the start and at the end of each cycle, after all steps. ``death_share`` ``(n_draws, 1)``: of
    PFS events that are deaths; ``population`` ``(n_cycles,)``: the general population's deaths per year (None: no life
    table, no floor under deaths before progression).
    """

    pfs_start: Array
    pfs_end: Array
    os_start: Array
    os_end: Array
    death_share: Array
    population: Array | None
    cycle_years: float

    @cached_property
    def pfs(self) -> Array:
        """Hazard of PFS, constant within the cycle."""
        with np.errstate(divide="ignore", invalid="ignore"):
            hazard = np.log(self.pfs_start / self.pfs_end)
        hazard /= self.cycle_years
        return hazard

    @cached_property
    def progressed(self) -> Array:
        """Mean share of the patients who are progressed."""
        found = self.os_start - self.pfs_start
        found += self.os_end
        found -= self.pfs_end
        found /= 2
        return found

    @cached_property
    def progression_free(self) -> Array:
        """Mean share of the patients who are progression-free."""
        return (self.pfs_start + self.pfs_end) / 2

    @cached_property
    def death_before_by_share(self) -> Array:
        """Death before progression: death share x PFS hazard, and all PFS events once nobody is progressed."""
        return self._share * self.pfs

    @cached_property
    def death_before(self) -> Array:
        """The larger of that and the general population's hazard."""
        own = self.death_before_by_share
        return own if self.population is None else np.maximum(own, self.population)

    @cached_property
    def progression(self) -> Array:
        """The rest of the PFS hazard."""
        return np.maximum(0.0, self.pfs - self.death_before)

    @cached_property
    def death_after(self) -> Array:
        """Deaths that are not deaths before progression, by the patient-years in the progressed state."""
        if self.population is None:
            return self.death_after_by_share
        with np.errstate(divide="ignore", invalid="ignore"):
            dying = self.death_before / self.pfs
        return self._after(np.fmin(dying, 1.0, out=dying))

    @cached_property
    def death_after_by_share(self) -> Array:
        """The same where deaths before progression are the death share of PFS events alone."""
        return self._after(self._share)

    @cached_property
    def _share(self) -> Array:
        """Share of the PFS events that are deaths."""
        together = self.os_end <= self.pfs_end
        return self.death_share + together * (1.0 - self.death_share)

    def _after(self, dying: Array) -> Array:
        """Deaths after progression per patient-year, where the share ``dying`` of the PFS events are deaths."""
        deaths = self.os_start - self.os_end
        deaths -= dying * (self.pfs_start - self.pfs_end)
        with np.errstate(divide="ignore", invalid="ignore"):
            deaths /= self.progressed
        deaths /= self.cycle_years
        return deaths


def cycle_that_holds(years: float, cycle_years: float, n_cycles: int) -> int:
    """The end of the cycle that a time lies in, counted from 1; at a boundary the cycle that begins there."""
    return min(n_cycles, int(years / cycle_years + 1e-9) + 1)


def yearly_hazard(cumulative_hazard: Array, ends: NDArray[np.int_], cycle_years: float) -> Array:
    """Mean hazard per year in the cycles that end at ``ends``, of a cumulative hazard ``(..., n_times)``."""
    with np.errstate(invalid="ignore"):
        increments: Array = (cumulative_hazard[..., ends] - cumulative_hazard[..., ends - 1]) / cycle_years
    return increments
