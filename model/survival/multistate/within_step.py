"""What happens within a step of the grid, where every hazard is constant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array

_MANY = 500.0  # hazard in a step beyond which survival of the step is no number to divide by
_TINY = 1e-300


def mean_survival(hazard: Array) -> Array:
    """(1 - exp(-x)) / x, the mean survival over a step with hazard x; 1 without hazard. Any shape."""
    return np.divide(-np.expm1(-hazard), hazard, out=np.ones_like(hazard), where=hazard > 0)


def mean_over_end(hazard: Array) -> Array:
    """(exp(x) - 1) / x, the mean survival over a step over that at its end, of either sign of x. Overwrites `hazard`."""
    hazard += _TINY  # in place of a division of nothing by nothing: the result is then 1
    with np.errstate(over="ignore"):
        mean = np.expm1(hazard)
    with np.errstate(invalid="ignore"):
        mean /= hazard
    return mean


def beyond_numbers(hazard: Array) -> NDArray[np.bool_] | None:
    """Where a hazard is too large for `mean_over_end`, (n, n_times); None where it nowhere is."""
    return hazard > _MANY if hazard.max(initial=0.0) > _MANY else None
