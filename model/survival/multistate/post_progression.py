"""Survival after progression: the families it may have, and its cumulative hazard since progression."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array
from model.survival.distributions import distribution
from model.survival.families.standard import StandardDistribution

AFTER_PROGRESSION = ("exponential", "weibull", "gamma", "lognormal")
"""Families of survival after progression: few deaths are seen by then, and two coefficients are what they can say."""


def family_after_progression(name: str) -> StandardDistribution:
    """The family called `name`. Raises ValueError with the allowed names."""
    if name not in AFTER_PROGRESSION:
        raise ValueError(f"{name!r} is not a family of survival after progression. Allowed: {', '.join(AFTER_PROGRESSION)}.")
    return distribution(name)


def middle_of_steps(months: ArrayLike) -> Array:
    """Months since progression at which survival after it is read, (n_times - 1,): the middle of each step of the grid."""
    grid = np.asarray(months, dtype=float)
    return (grid[1:] + grid[:-1]) / 2


def hazard_after_progression(name: str, months: ArrayLike, coefficients: ArrayLike, factor: ArrayLike = 1.0) -> Array:
    """Cumulative hazard (n, n_times - 1) in the middle of each step since progression.

    months: the grid (n_times,); coefficients: (n, k) on the natural scale; factor: scalar or (n,), what a link between
    arms multiplies the hazard by.
    """
    family = family_after_progression(name)
    hazard = family.cumulative_hazard(middle_of_steps(months), np.atleast_2d(np.asarray(coefficients, dtype=float)))
    if np.any(np.asarray(factor) != 1.0):
        hazard *= np.asarray(factor, dtype=float)[..., None]
    return hazard
