"""Increments of a cumulative hazard, what waning and the population floor compare and mix; and their sums over time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array


def hazard_increments(cumulative_hazard: ArrayLike) -> Array:
    """(..., n_times) -> (..., n_times): the first entry is H at the first time, then H(t_i) - H(t_(i-1)).

    A new array, so that callers may work in place. Where H is already infinite nobody is left: the increment
    is inf.
    """
    hazard = np.asarray(cumulative_hazard, dtype=float)
    increments = np.empty_like(hazard)
    increments[..., :1] = hazard[..., :1]
    with np.errstate(invalid="ignore"):
        np.subtract(hazard[..., 1:], hazard[..., :-1], out=increments[..., 1:])
    if hazard.size and not np.isfinite(hazard[..., -1]).all():
        increments[np.isinf(hazard)] = np.inf
    return increments


def running_total(values: Array) -> Array:
    """Sums up to each time, in place, ``(n_draws, n_times)``.

    One number has to wait for the one before it. Where the draws of one time lie together, two go through at once, as a
    complex number: the same sums, in half the time.
    """
    by_time = values.T
    if values.ndim != 2 or by_time.strides[1] != by_time.itemsize:
        return np.cumsum(values, axis=-1, out=values)
    pairs = by_time[:, : len(values) // 2 * 2].view(complex)
    np.cumsum(pairs, axis=0, out=pairs)
    if len(values) % 2:
        np.cumsum(by_time[:, -1], out=by_time[:, -1])
    return values
