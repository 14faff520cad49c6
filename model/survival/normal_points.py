"""Standard normal points that stand in for draws where a number without chance is wanted."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from model.arrays import Array
from model.survival.sobol_points import MOST_COORDINATES, sobol_points

SEED = 1
N_POINTS = 1024  # of 256 the mean of a spline's curves is up to 0.011 off


@lru_cache(maxsize=32)
def normal_points(k: int) -> Array:
    """Points (1024, k) of a scrambled Sobol sequence with a fixed seed."""
    return ndtri(np.clip(_uniform_points(k), 1e-12, 1 - 1e-12))


def _uniform_points(k: int) -> Array:
    if k <= MOST_COORDINATES:
        return sobol_points(k, N_POINTS, SEED) if k else np.zeros((N_POINTS, 0))
    from scipy.stats import qmc  # slow to load, and wanted by the tables of a published curve alone

    return np.asarray(qmc.Sobol(k, scramble=True, seed=SEED).random(N_POINTS))


def drawn_steps(covariance: Array) -> Array:
    """Steps (1024, k) away from estimates with a covariance (k, k), on the estimation scale."""
    roots, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(roots, 0.0))
    steps: Array = normal_points(len(covariance)) @ root.T
    return steps
