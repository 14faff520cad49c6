"""Coefficients of curves through one or two points: where a calibration starts."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from model.arrays import Array
from model.survival.families.standard import Point, StandardDistribution


def starting_values(distribution: StandardDistribution, points: list[Point]) -> list[Array]:
    """Natural-scale coefficients (k,) of curves through each pair of points, then through each point."""
    starts = []
    for first, second in combinations(sorted(points), 2):
        if first[0] < second[0] and first[1] > second[1]:
            through = distribution.through_two_points(first, second)
            if through is not None:
                starts.append(np.array(through))
    standard = np.array(list(product(*distribution.coefficients_to_try())))
    times, survivals = np.reshape(points, (-1, 2)).T
    unscaled = distribution.quantile(1 - survivals, standard).T  # (n_points, n_standard)
    scaled = distribution.rescale_time(standard, times[:, None] / unscaled)
    every = np.array([*starts, *scaled[np.isfinite(unscaled)]]).reshape(-1, len(distribution.parameters))
    return list(every[distribution.valid(every)])
