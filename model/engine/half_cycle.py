"""Half-cycle correction and its alternatives: how what goes on during a cycle adds up from the values at its ends.

Elbasha and Chhatwal (2016), Med Decis Making 36:115; Srivastava et al. (2020).
"""

from __future__ import annotations

import numpy as np

from model.arrays import Array


def accrual_weights(n_cycles: int, rule: str, factor: Array) -> Array:
    """Weights ``(n_cycles + 1,)`` in cycles: sum(weights * value) is the discounted total of ``value`` over time.

    ``trapezoid`` and ``simpson`` integrate value x factor; ``life_table`` takes the mean of both ends of a cycle and
    the factor of its start; ``left`` takes value and factor at the start, ``right`` at the end, ``right_factor_of_start`` the
    value at the end and the factor of the start. Simpson's rule needs pairs of cycles; with an odd number the last three are
    integrated by Simpson's 3/8 rule.
    """
    weights = np.zeros(n_cycles + 1)
    if rule == "left":
        weights[:-1] = factor[:-1]
    elif rule == "right":
        weights[1:] = factor[1:]
    elif rule == "right_factor_of_start":
        weights[1:] = factor[:-1]
    elif rule == "life_table":
        weights[:-1] += factor[:-1] / 2
        weights[1:] += factor[:-1] / 2
    elif rule == "trapezoid" or n_cycles == 1:
        weights[:] = factor
        weights[[0, -1]] /= 2
    elif rule == "simpson":
        weights[:] = _simpson(n_cycles) * factor
    else:
        raise ValueError(f"unknown accrual rule {rule!r}")
    return weights


def _simpson(n: int) -> Array:
    weights = np.zeros(n + 1)
    even = n if n % 2 == 0 else n - 3
    if even:
        weights[: even + 1] = 2 / 3
        weights[1:even:2] = 4 / 3
        weights[[0, even]] = 1 / 3
    if even < n:
        weights[even:] += np.array([3, 9, 9, 3]) / 8
    return weights
