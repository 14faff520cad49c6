"""Standard normal points that stand in for draws where a number without chance is wanted."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from model.arrays import Array

N_POINTS = 1024  # of 256 the mean of a spline's curves is up to 0.011 off


@lru_cache(maxsize=32)
def normal_points(k: int) -> Array:
    """Points (1024, k) of a scrambled Sobol sequence with a fixed seed."""
    from scipy.stats import qmc  # slow to load, and no curve needs it that is not judged by its draws

    uniform = qmc.Sobol(k, scramble=True, seed=1).random(N_POINTS) if k else np.zeros((N_POINTS, 0))
    return ndtri(np.clip(uniform, 1e-12, 1 - 1e-12))


def drawn_steps(covariance: Array) -> Array:
    """Steps (1024, k) away from estimates with a covariance (k, k), on the estimation scale."""
    roots, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(roots, 0.0))
    steps: Array = normal_points(len(covariance)) @ root.T
    return steps
