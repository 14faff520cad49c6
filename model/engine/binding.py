"""Where a rule moves a curve: the general population's floor under OS and PFS, and the repair where PFS exceeds OS."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array
from model.engine.implied_hazards import while_any_live
from model.survival.increments import hazard_increments

REPAIR, UNDER_OS, UNDER_PFS = "repair", "floor under OS", "floor under PFS"
RULES = (UNDER_OS, UNDER_PFS, REPAIR)
ROUNDING = 1e-12  # of a hazard in a cycle, or of a share of patients


@dataclasses.dataclass(frozen=True)
class Binding:
    """Where a rule binds, per draw ``(n_draws,)``: the first month that it moves (nan: none), the share of the cycles in
    which it acts, and the largest share of the patients that it moves."""

    first_month: Array
    share_of_cycles: Array
    largest_moved: Array


def of_hazards(months: Array, own: Array, floor: Array, moved: Array) -> Binding:
    """A rule that holds the hazard of ``own`` at that of ``floor``, both cumulative ``(n_draws, n_times)``, while anybody is
    left; ``moved``: shares of patients by which it changes the curve, ``(n_draws, n_times)``."""
    with np.errstate(invalid="ignore"):
        binds = hazard_increments(while_any_live(floor)) > hazard_increments(own) + ROUNDING
    binds &= own < -np.log(ROUNDING)
    return _binding(months, binds, moved)


def of_survival(months: Array, own: Array, held: Array) -> Binding:
    """A floor that lowers one curve of survival to another, ``(n_draws, n_times)`` each: it acts where fewer survive the
    cycle, of those alive on the curve held, by more than rounding of a share of patients."""
    acts = np.zeros(own.shape, dtype=bool)
    acts[:, 1:] = held[:, :-1] * own[:, 1:] - held[:, 1:] * own[:, :-1] > ROUNDING * own[:, :-1]
    return _binding(months, acts, own - held)


def of_levels(months: Array, moved: Array) -> Binding:
    """A rule that holds one curve at another, by the shares of patients that it moves."""
    return _binding(months, moved > ROUNDING, moved)


def _binding(months: Array, binds: NDArray[np.bool_], moved: Array) -> Binding:
    binds = np.broadcast_to(binds, moved.shape)[:, 1:]
    ever = binds.any(axis=1)
    first = np.where(ever, months[1:][np.argmax(binds, axis=1)], np.nan)
    largest = np.maximum(moved.max(axis=1), 0.0)
    return Binding(first, binds.mean(axis=1), np.where(largest > ROUNDING, largest, 0.0))
