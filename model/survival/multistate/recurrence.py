"""How a state fills and empties: x_k = keep_k x_(k-1) + add_k, for many draws at once."""

from __future__ import annotations

import numpy as np

from model.arrays import Array

_LONG, _SHORT = 128, 16  # steps worked out at once; the shorter where hardly anybody stays for a step
_LEAST_LONG = 6.6e-3  # a keep whose 128th power is still a number
_LEAST = 1e-18  # one whose 16th power is; what is kept of less is nothing


def fill_and_empty(keep: Array, add: Array) -> Array:
    """x (n, n_times) with x_k = keep_k x_(k-1) + add_k and nothing before the first step; keep in [0, 1], add of one sign.

    Within a segment of steps x = M (x_before + sum of add / M), M the product of keep: all terms have one sign, so that no
    digits are lost. A keep below 1e-18 counts as that. Each row is worked out by itself, whatever the others are.
    """
    keep, add = np.broadcast_arrays(keep, add)
    emptying = keep.min(axis=1) < _LEAST_LONG
    if not emptying.any():
        return _in_segments(keep, add, _LONG)
    filled = np.zeros_like(add)
    filled[emptying] = _in_segments(np.maximum(keep[emptying], _LEAST), add[emptying], _SHORT)
    filled[~emptying] = _in_segments(keep[~emptying], add[~emptying], _LONG)
    return filled


def _in_segments(keep: Array, add: Array, steps: int) -> Array:
    filled = np.zeros_like(add)
    before = np.zeros((len(add), 1))
    for start in range(0, add.shape[1], steps):
        part = slice(start, start + steps)
        adds, holds = add[:, part].any(), before.any()
        if not adds and not holds:
            continue
        kept = np.cumprod(keep[:, part], axis=1)
        filled[:, part] = kept * (before + np.cumsum(add[:, part] / kept, axis=1)) if adds else kept * before
        before = filled[:, part][:, -1:]
    return filled
