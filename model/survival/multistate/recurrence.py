"""How a state fills and empties: x_k = keep_k x_(k-1) + add_k, for many draws at once."""

from __future__ import annotations

import numpy as np

from model.arrays import Array

_SEGMENT = 16  # steps worked out at once
_LEAST_KEPT = 1e-18  # its 16th power is still a number; what is kept of less is nothing


def fill_and_empty(keep: Array, add: Array) -> Array:
    """x (n, n_times) with x_k = keep_k x_(k-1) + add_k and nothing before the first step; keep in [0, 1], add >= 0.

    Within a segment of a few steps x = M (x_before + sum of add / M), M the product of keep: all terms are positive, so
    that no digits are lost. A keep below 1e-18 counts as that.
    """
    keep, add = np.broadcast_arrays(keep, add)
    filled = np.empty_like(add)
    before = np.zeros((len(add), 1))
    for start in range(0, add.shape[1], _SEGMENT):
        part = slice(start, start + _SEGMENT)
        kept = np.cumprod(np.maximum(keep[:, part], _LEAST_KEPT), axis=1)
        filled[:, part] = kept * (before + np.cumsum(add[:, part] / kept, axis=1))
        before = filled[:, part][:, -1:]
    return filled
