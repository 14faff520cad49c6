"""Stretches of time in which a rule is broken."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array


@dataclasses.dataclass(frozen=True)
class Stretch:
    """The longest stretch, from the end of its first cycle to that of its last, and the months of all stretches; nan:
    none."""

    since: float
    until: float
    months: float


def longest_stretch(broken: NDArray[np.bool_], months: Array) -> Stretch:
    """Of cycles ``(n_cycles,)`` that end at ``months``, one after the other; of equally long stretches the first."""
    if not broken.any():
        return Stretch(np.nan, np.nan, 0.0)
    changes = np.diff(broken.astype(np.int8), prepend=0, append=0)
    first, last = np.flatnonzero(changes == 1), np.flatnonzero(changes == -1) - 1
    longest = int(np.argmax(last - first))
    cycle = float(months[1] - months[0]) if len(months) > 1 else float(months[0])
    return Stretch(float(months[first[longest]]), float(months[last[longest]]), float(broken.sum()) * cycle)
