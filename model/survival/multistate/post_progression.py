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


def hazard_after_progression(name: str, months: ArrayLike, coefficients: ArrayLike, factor: ArrayLike = 1.0) -> Array:
    """Cumulative hazard (n, n_times) at months since progression, (n_times,).

    coefficients: (n, k) on the natural scale; factor: scalar or (n,), what a link between arms multiplies the hazard by.
    """
    hazard = family_after_progression(name).cumulative_hazard(months, np.atleast_2d(np.asarray(coefficients, dtype=float)))
    return hazard * np.asarray(factor, dtype=float)[..., None]
