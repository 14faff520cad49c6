"""What happens within a step of the grid, where every hazard is constant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array

_SMALL = 0.1  # hazard in a step up to which the series is used: the first term left out is below 4e-12 there


def mean_survival(hazard: Array) -> Array:
    """(1 - exp(-x)) / x, the mean survival over a step with hazard x; 1 without hazard. Any shape."""
    return np.divide(-np.expm1(-hazard), hazard, out=np.ones_like(hazard), where=hazard > 0)


def mean_over_middle(hazard: Array, scale: Array) -> tuple[Array, NDArray[np.bool_] | None]:
    """scale sinh(x / 2) / (x / 2), the mean survival over a step over that in its middle, (n, n_times), of either sign of
    x; and where x is too large for it, or None where it nowhere is. scale: (n, 1) or (n, n_times). Overwrites `hazard`.

    By its series 1 + x^2 / 24 + x^4 / 1920, which a few products give where the functions take ten times as long.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        series = np.square(hazard, out=hazard)
        large = series > _SMALL**2 if series.max(initial=0.0) > _SMALL**2 else None
        fourth = series * (scale / 1920)
        fourth += scale / 24
        fourth *= series
        fourth += scale
    return fourth, large
