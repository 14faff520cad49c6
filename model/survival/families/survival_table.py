"""A survival curve given as a table."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array
from model.survival.families.base import MAX_HAZARD, Distribution


class SurvivalTable(Distribution):
    """The curve through the rows of a table, with a constant hazard between two rows; no parameters.

    times, survival: (n,), from (0, 1) on, times rising and survival not. After the last row the last hazard goes on;
    0 is allowed in the last row only: nobody is left. Raises ValueError with the row, counted from 1.
    """

    name = "survival_table"
    label = "Survival table"
    parameters = ()
    estimation_scale = ()
    time_role = ()
    proportional_hazards = True

    def __init__(self, times: ArrayLike, survival: ArrayLike):
        t, s = np.array(times, dtype=float), np.array(survival, dtype=float)
        if t.ndim != 1 or t.shape != s.shape or len(t) < 2:
            raise ValueError("a survival table needs at least two rows of time and survival.")
        if t[0] != 0 or s[0] != 1:
            raise ValueError(f"a survival table starts with time 0 and survival 1, not {t[0]:g} and {s[0]:g}.")
        _refuse(~np.isfinite(t) | (np.diff(t, prepend=-1.0) <= 0), t, "time", "finite and above the row before")
        _refuse(~((s >= 0) & (s <= 1)), s, "survival", "between 0 and 1")
        _refuse(np.diff(s, prepend=1.0) > 0, s, "survival", "at most that of the row before")
        _refuse((s == 0) & (np.arange(len(s)) < len(s) - 1), s, "survival", "above 0, but in the last row")
        self.times, self.values = t, s
        with np.errstate(divide="ignore"):
            self._hazard = np.minimum(-np.log(s), MAX_HAZARD)
        self._rates = np.diff(self._hazard) / np.diff(t)

    @property
    def identity(self) -> tuple[object, ...]:
        return (self.name, *self.times.tolist(), *self.values.tolist())

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:  # type: ignore[override]
        return SurvivalTable, (self.times, self.values)

    def rescale_time(self, coefficients: ArrayLike, factor: ArrayLike) -> Array:
        """Not possible: the times of the table would move."""
        raise ValueError("a survival table cannot be rescaled in time.")

    def _prepare(self, time: ArrayLike, coefficients: ArrayLike) -> tuple[Array, list[Array], tuple[int, ...]]:
        """One column of ones stands for the rows of draws, since there is no coefficient to broadcast against."""
        flat, _, shape = super()._prepare(time, coefficients)
        return flat, self._columns(coefficients)[0], shape

    def _columns(self, coefficients: ArrayLike) -> tuple[list[Array], tuple[int, ...]]:
        given = np.asarray(coefficients, dtype=float)
        if given.ndim == 0 or given.shape[-1] != 0:
            raise ValueError(f"a survival table takes no coefficients; the array given has shape {given.shape}.")
        return [np.ones((*given.shape[:-1], 1))], given.shape[:-1]

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        hazard = np.interp(time, self.times, self._hazard)
        hazard = hazard + self._rates[-1] * np.maximum(time - self.times[-1], 0.0)
        return np.minimum(hazard, MAX_HAZARD) * columns[0]

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        """Of the interval that ends at or after the time."""
        piece = np.clip(np.searchsorted(self.times, time, side="left") - 1, 0, len(self._rates) - 1)
        return np.log(self._rates[piece] * columns[0])

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        goal = -np.log1p(-probability)
        piece = np.clip(np.searchsorted(self._hazard, goal, side="left") - 1, 0, len(self._rates) - 1)
        time = self.times[piece] + (goal - self._hazard[piece]) / self._rates[piece]
        return np.where(np.isfinite(time), time, np.inf) * columns[0]

    def _mean(self, *columns: Array) -> Array:
        return self._restricted_mean(np.inf, *columns)

    def _restricted_mean(self, limit: float, *columns: Array) -> Array:
        """Exact, interval by interval."""
        inside = self.times[self.times < limit]
        edges = np.append(inside, limit)
        start = self._cumulative_hazard(inside, np.ones(1))
        piece = np.minimum(np.arange(len(inside)), len(self._rates) - 1)
        rate, width = self._rates[piece], np.diff(edges)
        flat = np.where(rate > 0, -np.expm1(-rate * width) / np.where(rate > 0, rate, 1.0), width)
        return float(np.sum(np.exp(-start) * flat)) * columns[0][..., 0]


def _refuse(wrong: np.ndarray, values: Array, name: str, allowed: str) -> None:  # type: ignore[type-arg]
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"{name} in row {row + 1} is {values[row]:g}; it must be {allowed}.")
