"""A survival curve given as a table, certain or with its sampling error."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.survival.families.base import MAX_HAZARD, Distribution
from model.survival.families.table_error import TableError


class SurvivalTable(Distribution):
    """The curve through the rows of a table, with a constant hazard between two rows.

    times, survival: (n,), from (0, 1) on, times rising and survival not. Two rows at one time are the corners of a step: the
    curve falls there, and holds the lower value at that time. After the last row the last hazard goes on; 0 is allowed in
    the last row only: nobody is left.

    error: the sampling error, piece by piece (:class:`TableError`). Parameters: factor1 ... factorJ, which multiply the
    cumulative hazard gained in each piece (1 in the base case); none without an error. Raises ValueError with the row,
    counted from 1.
    """

    name = "survival_table"
    label = "Survival table"
    proportional_hazards = True

    def __init__(self, times: ArrayLike, survival: ArrayLike, error: TableError | None = None):
        t, s = np.array(times, dtype=float), np.array(survival, dtype=float)
        if t.ndim != 1 or t.shape != s.shape or len(t) < 2:
            raise ValueError("a survival table needs at least two rows of time and survival.")
        if t[0] != 0 or s[0] != 1:
            raise ValueError(f"a survival table starts with time 0 and survival 1, not {t[0]:g} and {s[0]:g}.")
        _refuse(~np.isfinite(t) | (np.diff(t, prepend=-1.0) < 0), t, "time", "finite and not below that of the row before")
        _refuse(np.append([False, False], t[2:] == t[:-2]), t, "time", "that of two rows at most")
        _refuse(~((s >= 0) & (s <= 1)), s, "survival", "between 0 and 1")
        _refuse(np.diff(s, prepend=1.0) > 0, s, "survival", "at most that of the row before")
        _refuse((s == 0) & (np.arange(len(s)) < len(s) - 1), s, "survival", "above 0, but in the last row")
        self.times, self.values, self.error = t, s, error
        pieces = 0 if error is None else error.n_pieces
        self.parameters = tuple(f"factor{i + 1}" for i in range(pieces))
        self.estimation_scale = ("log",) * pieces
        self.time_role = ("shape",) * pieces
        with np.errstate(divide="ignore"):
            hazard = np.minimum(-np.log(s), MAX_HAZARD)
        piece = np.zeros(len(t) - 1, dtype=int) if error is None else error.pieces
        self._steps = np.diff(hazard)
        widths = np.diff(t)
        rates = np.divide(self._steps, widths, out=np.zeros_like(widths), where=widths > 0)
        last = np.flatnonzero(widths > 0)[-1]
        self._rates = np.append(rates, rates[last])
        self._of_piece = np.append(piece, piece[last])  # piece of the interval that begins at each row
        known = np.arange(pieces + 1) == self._of_piece[:-1, None]
        gained = np.concatenate([np.zeros((1, pieces + 1)), np.where(known, self._steps[:, None], 0.0)])
        self._cumulative = np.cumsum(gained, axis=0)  # (n, J + 1): hazard of each piece up to each row; last: certain
        self._hazard = hazard

    @property
    def identity(self) -> tuple[object, ...]:
        own = () if self.error is None else self.error.identity
        return (self.name, *self.times.tolist(), *self.values.tolist(), *own)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:  # type: ignore[override]
        return SurvivalTable, (self.times, self.values, self.error)

    def rescale_time(self, coefficients: ArrayLike, factor: ArrayLike) -> Array:
        """Not possible: the times of the table would move."""
        raise ValueError("a survival table cannot be rescaled in time.")

    def around(self, estimates: Array, steps: ArrayLike) -> Array:
        """Factors of the pieces whose conditional survival has a beta distribution (:meth:`TableError.factors`)."""
        moved = estimates + np.asarray(steps, dtype=float)
        return moved if self.error is None else self.error.factors(moved)

    def steps_to(self, natural: ArrayLike, estimates: Array) -> Array:
        """The inverse of :meth:`around`."""
        given = np.asarray(natural, dtype=float)
        return given if self.error is None else self.error.steps(given) - estimates

    def _prepare(self, time: ArrayLike, coefficients: ArrayLike) -> tuple[Array, list[Array], tuple[int, ...]]:
        """One column of ones stands for the rows of draws, since there may be no coefficient to broadcast against."""
        flat, _, shape = super()._prepare(time, coefficients)
        return flat, self._columns(coefficients)[0], shape

    def _columns(self, coefficients: ArrayLike) -> tuple[list[Array], tuple[int, ...]]:
        given = np.asarray(coefficients, dtype=float)
        if given.ndim == 0 or given.shape[-1] != len(self.parameters):
            takes = ", ".join(self.parameters) or "no coefficients"
            raise ValueError(f"a survival table takes {takes}; the array given has shape {given.shape}.")
        own = [given[..., j, None] for j in range(len(self.parameters))]
        return [*own, np.ones((*given.shape[:-1], 1))], given.shape[:-1]

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        factors = np.concatenate(columns, axis=-1)  # (..., J + 1), the last of them 1
        row = np.clip(np.searchsorted(self.times, time, side="right") - 1, 0, len(self.times) - 1)
        since = time - self.times[row]
        if factors.shape[-1] == 1:
            hazard = (self._hazard[row] + self._rates[row] * since) * factors
        else:
            gained = self._cumulative[row]
            before = factors @ gained.T if time.ndim == 1 else np.einsum("...j,...tj->...t", factors, gained)
            hazard = before + self._factor_at(factors, row) * self._rates[row] * since
        return np.minimum(hazard, MAX_HAZARD)

    def _factor_at(self, factors: Array, row: NDArray[np.int_]) -> Array:
        """The factor of the interval that begins at a row, for every time."""
        shape = np.broadcast_shapes(factors.shape[:-1], row.shape[:-1])
        place = np.broadcast_to(self._of_piece[row], (*shape, row.shape[-1]))
        return np.take_along_axis(np.broadcast_to(factors, (*shape, factors.shape[-1])), place, axis=-1)

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        """Of the interval that ends at or after the time."""
        factors = np.concatenate(columns, axis=-1)
        row = np.clip(np.searchsorted(self.times, time, side="left") - 1, 0, len(self.times) - 1)
        return np.log(self._rates[row] * self._factor_at(factors, row))

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        factors = np.concatenate(columns, axis=-1)
        at_rows = np.minimum(factors @ self._cumulative.T, MAX_HAZARD)
        goals = np.broadcast_to(-np.log1p(-probability), (*factors.shape[:-1], probability.shape[-1]))
        below = np.sum(at_rows[..., None, :] < goals[..., :, None] * (1 - 1e-13), axis=-1)  # rows before the goal
        row = np.clip(below - 1, 0, len(self.times) - 1)
        rate = self._rates[row] * np.take_along_axis(factors, self._of_piece[row], axis=-1)
        step = (row + 1 < len(self.times)) & (self.times[np.minimum(row + 1, len(self.times) - 1)] == self.times[row])
        left = goals - np.take_along_axis(at_rows, row, axis=-1)
        more = np.divide(left, rate, out=np.full_like(left, np.inf), where=rate > 0)
        return self.times[row] + np.where(step | (left <= 0), 0.0, more)

    def _mean(self, *columns: Array) -> Array:
        return self._restricted_mean(np.inf, *columns)

    def _restricted_mean(self, limit: float, *columns: Array) -> Array:
        """Exact, interval by interval."""
        factors = np.concatenate(columns, axis=-1)
        n = int(np.searchsorted(self.times, limit, side="left"))
        start = np.exp(-np.minimum(factors @ self._cumulative[:n].T, MAX_HAZARD))
        rate = self._rates[:n] * factors[..., self._of_piece[:n]]
        width = np.diff(np.append(self.times[:n], limit))
        safe = np.where(rate > 0, rate, 1.0)
        with np.errstate(invalid="ignore"):
            flat = np.where(rate > 0, -np.expm1(-safe * width) / safe, width)
        return np.sum(start * flat, axis=-1)


def _refuse(wrong: np.ndarray, values: Array, name: str, allowed: str) -> None:  # type: ignore[type-arg]
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"{name} in row {row + 1} is {values[row]:g}; it must be {allowed}.")
