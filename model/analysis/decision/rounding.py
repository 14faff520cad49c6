"""Options that differ by rounding alone are the same: one tolerance, relative to the size of what is compared.

Sums over thousands of cycles differ in their last digits by the order of their terms. Without a tolerance two equal
options stand on the frontier with a ratio of noise to noise, and a difference of 1e-16 QALYs decides who dominates.
"""

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array

ROUNDING = 1e-9
"""Share of the largest cost (or effect, or net benefit) of all options up to which a difference is rounding."""


def settled(values: Array) -> Array:
    """Costs or effects `(n_options,)` as they are compared: equal where they differ by rounding alone.

    Each value gives way to the lowest one that is not below it by more than `ROUNDING` times the largest size.

    >>> settled(np.array([100000.00000000001, 100000.0, 250000.0])).tolist()
    [100000.0, 100000.0, 250000.0]
    """
    values = np.asarray(values, dtype=np.float64)
    allowed = ROUNDING * float(np.abs(values).max())
    return np.array([values[values >= value - allowed].min() for value in values])


def draw_differences(values: Array, old: int, new: int) -> Array:
    """The option at position `new` minus the one at `old`, draw by draw `(n_draws,)`: 0 where it is rounding alone.

    values: costs or effects `(n_draws, n_options)`.

    >>> from model.analysis import decision
    >>> import numpy as np
    >>> decision.draw_differences(np.array([[100.0, 300.0], [0.3, 0.1 + 0.2]]), 0, 1).tolist()  # rounding is no difference
    [200.0, 0.0]
    """
    gap = np.asarray(values[:, new] - values[:, old], dtype=np.float64)
    return np.where(np.abs(gap) <= ROUNDING * np.abs(values).max(axis=1), 0.0, gap)


def best_options(cost: Array, effect: Array, threshold: float) -> NDArray[np.bool_]:
    """Which options `(n_options,)` have the highest net monetary benefit: several where they differ by rounding.

    cost, effect: means `(n_options,)`. threshold: willingness to pay per unit of effect.

    >>> best_options(np.array([0.0, 100.0]), np.array([0.0, 2.0]), 50.0).tolist()
    [True, True]
    """
    benefit = threshold * effect - cost
    size = threshold * float(np.abs(effect).max()) + float(np.abs(cost).max())
    best: NDArray[np.bool_] = benefit >= benefit.max() - ROUNDING * size
    return best
