"""OS of three states as a distribution: its coefficients are those of survival after progression.

So whatever is done with a curve, calibration to published statistics above all, is done with the OS that survival after
progression leads to, given how patients leave the progression-free state.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array
from model.survival.families.base import Distribution
from model.survival.families.standard import StandardDistribution
from model.survival.multistate.occupancy import clock_reset
from model.survival.multistate.post_progression import middle_of_steps
from model.survival.multistate.transitions import Leaving

_LARGEST = 690.0  # cumulative hazard at which nobody is left: exp(-690) is still a number


class OverallSurvival(Distribution):
    """OS over a grid of months for one way of leaving the progression-free state.

    Between two times of the grid the hazard is constant; beyond the last it stays what it was in the last step.
    """

    def __init__(
        self, after: StandardDistribution, months: ArrayLike, leaving: Leaving, population: ArrayLike | None = None
    ) -> None:
        """after: the family of survival after progression; months: the grid (n_times,), even and from 0; leaving: of one
        draw, (1, n_times); population: floor under mortality after progression as `clock_reset` takes it.

        Raises ValueError for a grid that is not even or does not fit, and for leaving of several draws.
        """
        grid = np.asarray(months, dtype=float)
        steps = np.diff(grid)
        if grid[0] != 0 or not np.allclose(steps, steps[0], rtol=1e-9):
            raise ValueError("months must rise from 0 in even steps.")
        if leaving.progression_free.shape != (1, len(grid)):
            raise ValueError(f"leaving has the shape {leaving.progression_free.shape}, not (1, {len(grid)}).")
        self.after, self.months, self.leaving = after, grid, leaving
        self.population = None if population is None else np.asarray(population, dtype=float)
        self.name, self.label = after.name, f"OS by {after.label} survival after progression"
        self.parameters, self.time_role = after.parameters, after.time_role
        self.estimation_scale = after.estimation_scale
        self.proportional_hazards = False
        left = (leaving.progression_free, leaving.hazard, leaving.progression)
        known = [grid, *left] if self.population is None else [grid, *left, self.population]
        self._digest = hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in known)).hexdigest()

    @property
    def identity(self) -> tuple[object, ...]:
        return (self.name, self._digest)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:  # type: ignore[override]
        return type(self), (self.after, self.months, self.leaving, self.population)

    def on_grid(self, *columns: Array, until: float = np.inf) -> tuple[Array, Array]:
        """Times of the grid up to the first at or beyond `until`, and the cumulative hazard of OS there, (..., n_times)."""
        n_times = min(int(np.searchsorted(self.months, until)) + 2, len(self.months))
        months = self.months[:n_times]
        hazard = self.after._cumulative_hazard(middle_of_steps(months), *columns).reshape(-1, n_times - 1)
        leaving = Leaving(
            self.leaving.progression_free[:, :n_times],
            self.leaving.hazard[:, :n_times],
            self.leaving.progression[:, :n_times],
        )
        floor = None if self.population is None else self.population[..., :n_times]
        alive = clock_reset(leaving, hazard, floor).alive
        with np.errstate(divide="ignore"):
            cumulative = np.minimum(-np.log(alive), _LARGEST)
        return months, cumulative.reshape((*columns[0].shape[:-1], n_times))

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        months, cumulative = self.on_grid(*columns, until=float(np.max(time, initial=0.0)))
        place, part = self._place(time, len(months))
        return cumulative[..., place] * (1 - part) + cumulative[..., place + 1] * part

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        months, cumulative = self.on_grid(*columns, until=float(np.max(time, initial=0.0)))
        place, _ = self._place(time, len(months))
        return np.log((cumulative[..., place + 1] - cumulative[..., place]) / self.months[1])

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        """inf where the curve has not fallen so low at the end of the grid."""
        months, cumulative = self.on_grid(*columns)
        wanted = -np.log1p(-probability)
        rows = cumulative.reshape(-1, len(months))
        found = np.stack([np.interp(wanted, row, months, right=np.inf) for row in rows])
        return found.reshape(cumulative.shape[:-1] + probability.shape)

    def _mean(self, *columns: Array) -> Array:
        raise ValueError("OS of a state-transition model has no mean beyond its grid; take the restricted mean.")

    def _place(self, time: Array, n_times: int) -> tuple[Array, Array]:
        """The step that each time lies in, and how far into it."""
        place = np.clip(np.floor(time / self.months[1]).astype(int), 0, n_times - 2)
        return place, time / self.months[1] - place
