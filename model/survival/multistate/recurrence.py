"""How a state fills and empties: x_k = keep_k x_(k-1) + add_k, for many draws at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array

_SMALLEST = 1e-280  # product of shares kept over the steps worked out at once: a number still, with room to divide by it
_SHORT, _LEAST = 16, 1e-17  # steps at once where hardly anybody stays for one; what is kept of less than that is nothing
_LONG = 128


def fill_and_empty(keep: Array, add: Array) -> Array:
    """x (n, n_times) with x_k = keep_k x_(k-1) + add_k and nothing before the first step; keep in [0, 1], add of one sign.

    Over some steps x = M (x_before + sum of add / M), M the product of keep: all terms have one sign, so that no digits are
    lost. All steps at once where M stays a number; fewer where it would not. A keep below 1e-17 counts as that. Each row
    is worked out by itself, whatever the others are.
    """
    keep, add = np.broadcast_arrays(keep, add)
    least = keep.min(axis=1)
    filled = np.empty_like(add)
    left = np.ones(len(add), dtype=bool)
    for steps in (add.shape[1], _LONG, _SHORT):
        rows = left & ((least**steps > _SMALLEST) | (steps == _SHORT))
        if rows.any():
            filled[rows] = _in_segments(_rows(keep, rows), _rows(add, rows), steps)
        left &= ~rows
    return filled


def _rows(values: Array, rows: NDArray[np.bool_]) -> Array:
    return values if rows.all() else values[rows]


def _in_segments(keep: Array, add: Array, steps: int) -> Array:
    if steps == _SHORT:
        keep = np.maximum(keep, _LEAST)
    filled = np.empty_like(add)
    before = np.zeros((len(add), 1))
    for start in range(0, add.shape[1], steps):
        part = slice(start, start + steps)
        kept = np.cumprod(keep[:, part], axis=1)
        inside = add[:, part] / kept
        np.cumsum(inside, axis=1, out=inside)
        inside += before
        inside *= kept
        filled[:, part] = inside
        before = inside[:, -1:]
    return filled
