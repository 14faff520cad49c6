"""Discount factors over time: constant or stepwise rates, compounded yearly, continuously or not at all within a year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array


def discount_factor(years: ArrayLike, rate: float, convention: str, steps: Sequence[tuple[float, float]] = ()) -> Array:
    """Discount factor at ``years`` (any shape): 1 at time zero.

    ``convention``: ``per_period`` (1+r)^-t; ``annual_step`` (1+r)^-floor(t); ``continuous`` exp(-r t).
    ``steps``: (from year, rate) pairs in rising order, as in the Green Book; the factor of a stretch multiplies that
    of the stretches before it.
    """
    t = np.asarray(years, dtype=float)
    if convention == "annual_step":
        t = np.floor(t + 1e-9)
    starts = [0.0, *(year for year, _ in steps)]
    ends = [*starts[1:], np.inf]
    log_factor = np.zeros(t.shape)
    for start, end, r in zip(starts, ends, [rate, *(r for _, r in steps)], strict=True):
        log_rate = r if convention == "continuous" else np.log1p(r)
        log_factor -= log_rate * np.clip(t - start, 0.0, end - start)
    return np.exp(log_factor)
