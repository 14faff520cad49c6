"""Increments of a cumulative hazard: what waning and the population floor compare and mix."""

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
