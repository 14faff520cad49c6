"""Where PFS exceeds OS, and what is done about it: a state cannot be occupied by fewer than nobody."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array
from model.survival.life_table import hazard_floor

CROSSING_TOLERANCE = 1e-12


@dataclasses.dataclass(frozen=True)
class Crossing:
    """Where PFS exceeded OS before repair, per draw ``(n_draws,)``: first time in months (nan: never), largest gap,
    and area in months of survival."""

    first_month: Array
    largest_gap: Array
    area_months: Array


def find_crossing(months: Array, between: Array) -> Crossing:
    """Where PFS exceeds OS, from OS - PFS ``(n_draws, n_times)`` at ``months`` ``(n_times,)``."""
    largest = -between.min(axis=1)
    crosses = largest > CROSSING_TOLERANCE
    first = np.full(largest.shape, np.nan)
    area = np.zeros(largest.shape)
    if crosses.any():
        where = -between[crosses]
        first[crosses] = months[np.argmax(where > CROSSING_TOLERANCE, axis=1)]
        np.maximum(where, 0.0, out=where)
        area[crosses] = where.sum(axis=1) * (months[1] - months[0])
    return Crossing(first, np.where(crosses, largest, 0.0), area)


def repair(
    rule: str, pfs: Array, os: Array, pfs_hazard: Array | None, os_hazard: Array | None, crossing: NDArray[np.intp]
) -> tuple[Array, Array]:
    """PFS and OS ``(n_draws, n_times)`` by a rule; ``crossing``: the draws in which PFS exceeds OS at any time.

    ``cap_pfs`` holds PFS at OS, ``raise_os`` OS at PFS; ``hazard`` holds the hazard of PFS at that of OS at least, whether
    they cross or not, for which it takes both cumulative hazards. The arrays are changed in place.
    """
    if rule == "hazard":
        assert pfs_hazard is not None and os_hazard is not None
        pfs = np.exp(-hazard_floor(pfs_hazard, os_hazard))
        return np.minimum(pfs, os, out=pfs), os
    if rule == "raise_os":
        os[crossing] = np.maximum(pfs[crossing], os[crossing])
    else:
        pfs[crossing] = np.minimum(pfs[crossing], os[crossing])
    return pfs, os
