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
    counted = np.zeros(len(broken), dtype=int)
    for i, here in enumerate(broken):
        counted[i] = (counted[i - 1] if i else 0) + 1 if here else 0
    last = int(np.argmax(counted))
    cycle = float(months[1] - months[0]) if len(months) > 1 else float(months[0])
    return Stretch(float(months[last - counted[last] + 1]), float(months[last]), float(broken.sum()) * cycle)
