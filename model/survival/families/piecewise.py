"""Piecewise exponential: a constant hazard between cut points."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array
from model.survival.families.base import Distribution
from model.survival.worksheet import Worksheet


class PiecewiseExponential(Distribution):
    """h(t) = rate1 up to the first cut point, rate2 up to the second, ... and the last rate for ever.

    cuts: (J - 1,) rising times above 0, in the unit of time. Friedman (1982), Ann Stat 10:101.
    """

    name = "piecewise_exponential"
    starts_from = "pieces"
    label = "Piecewise exponential"
    proportional_hazards = True

    def __init__(self, cuts: ArrayLike):
        at = np.array(cuts, dtype=float)
        if at.ndim != 1 or not at.size or not (np.all(at > 0) and np.all(np.diff(at) > 0)):
            raise ValueError("cut points must be times above 0 that rise.")
        at.setflags(write=False)
        self.cuts = at
        pieces = len(at) + 1
        self.parameters = tuple(f"rate{i + 1}" for i in range(pieces))
        self.estimation_scale = ("log",) * pieces
        self.time_role = ("rate",) * pieces
        self._starts = np.concatenate([[0.0], at])
        self._widths = np.concatenate([np.diff(self._starts), [np.inf]])

    @property
    def identity(self) -> tuple[object, ...]:
        return (self.name, *self.cuts.tolist())

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:  # type: ignore[override]
        return PiecewiseExponential, (self.cuts,)

    def rescale_time(self, coefficients: ArrayLike, factor: ArrayLike) -> Array:
        """Not possible: another unit of time moves the cut points. Make the family with other cut points instead."""
        raise ValueError("a piecewise exponential cannot be rescaled in time: its cut points move as well.")

    def exposure(self, time: Array) -> Array:
        """Time spent in each piece up to `time`, (..., J)."""
        return np.clip(np.asarray(time, dtype=float)[..., None] - self._starts, 0.0, self._widths)

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        spent = self.exposure(time)
        if time.ndim == 1:
            return np.concatenate(columns, axis=-1) @ spent.T
        return sum(c * spent[..., j] for j, c in enumerate(columns))  # type: ignore[return-value]

    def worksheet_survival(self, w: Worksheet, time: Any, log_time: Any, *coefficients: Any) -> Any:
        """As above; the rates are followed by the cut points."""
        count = len(self.parameters)
        rates, cuts = coefficients[:count], coefficients[count:]
        hazard = rates[0] * w.minimum(time, cuts[0])
        for j in range(1, count):
            reached = w.minimum(time, cuts[j]) if j < count - 1 else time
            before = w.step(f"cumulative hazard of the first {j}", hazard)
            hazard = before + rates[j] * (reached - w.minimum(time, cuts[j - 1]))
        return w.exp(-hazard)

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        """The rate of the piece that ends at or after the time."""
        piece = np.searchsorted(self.cuts, time, side="left")
        rates = np.stack(np.broadcast_arrays(*columns), axis=-1)
        shape = np.broadcast_shapes(rates.shape[:-1], np.shape(piece))
        full = np.broadcast_to(rates, (*shape, rates.shape[-1]))
        return np.log(np.take_along_axis(full, np.broadcast_to(piece, shape)[..., None], axis=-1)[..., 0])

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        goal = -np.log1p(-probability)
        rates = [np.asarray(c) for c in columns]
        total = np.zeros(np.broadcast_shapes(rates[0].shape, goal.shape))
        time = np.full(total.shape, np.nan)
        for start, width, rate in zip(self._starts, self._widths, rates, strict=True):
            inside = np.isnan(time) & (goal <= total + rate * width)
            time = np.where(inside, start + (goal - total) / rate, time)
            total = total + rate * (width if np.isfinite(width) else 0.0)
        return time

    def _mean(self, *columns: Array) -> Array:
        """Sum over pieces of S(start) (1 - exp(-rate x width)) / rate."""
        return self._restricted(np.inf, columns)

    def _restricted_mean(self, limit: float, *columns: Array) -> Array:
        return self._restricted(limit, columns)

    def _restricted(self, limit: float, columns: tuple[Array, ...]) -> Array:
        rates = [c[..., 0] for c in columns]
        survival, mean = np.ones_like(rates[0]), np.zeros_like(rates[0])
        for start, width, rate in zip(self._starts, self._widths, rates, strict=True):
            if start >= limit:
                break
            fall = rate * min(width, limit - start)
            mean = mean + survival * -np.expm1(-fall) / rate
            survival = survival * np.exp(-fall)
        return mean
