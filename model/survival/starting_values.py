"""Coefficients of curves through one or two points: where a calibration starts."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from model.arrays import Array
from model.survival.families.base import Distribution

# Shapes to try when a curve is to pass through one point; the remaining coefficient follows from the point.
_SHAPES: dict[str, tuple[tuple[float, ...], ...]] = {
    "exponential": ((1.0,),),
    "weibull": ((0.6, 1.0, 1.6, 2.5), (1.0,)),
    "gompertz": ((-0.5, 0.0, 0.5, 2.0), (1.0,)),
    "loglogistic": ((0.6, 1.0, 1.6, 2.5), (1.0,)),
    "lognormal": ((0.0,), (0.4, 0.8, 1.5, 2.5)),
    "gamma": ((0.5, 1.0, 2.0, 4.0), (1.0,)),
    "generalised_gamma": ((0.0,), (0.5, 1.0, 1.6), (-1.0, 0.0, 0.5, 1.0, 2.0)),
}


def starting_values(distribution: Distribution, points: list[tuple[float, float]]) -> list[Array]:
    """Natural-scale coefficients (k,) of curves through each pair of points, then through each point."""
    starts = []
    for first, second in combinations(sorted(points), 2):
        if first[0] < second[0] and first[1] > second[1]:
            through = through_two_points(distribution.name, first, second)
            if through is not None:
                starts.append(np.array(through))
    for time, survival in points:
        for shapes in product(*_SHAPES[distribution.name]):
            standard = np.array(shapes)
            unscaled = float(distribution.quantile(1 - survival, standard))
            if np.isfinite(unscaled):
                starts.append(distribution.rescale_time(standard, time / unscaled))
    return [start for start in starts if distribution.valid(start)]


def through_two_points(name: str, first: tuple[float, float], second: tuple[float, float]) -> tuple[float, ...] | None:
    """Coefficients of the curve through two (time, survival), in order; None without a closed form.

    Each family is a straight line in log time on its own scale; the Gompertz shape is the root of one
    monotone function of shape.
    """
    (t1, s1), (t2, s2) = first, second
    log_ratio = np.log(t2 / t1)
    if name == "weibull":
        shape = (np.log(-np.log(s2)) - np.log(-np.log(s1))) / log_ratio
        return shape, t1 / (-np.log(s1)) ** (1 / shape)
    if name == "loglogistic":
        shape = (np.log((1 - s2) / s2) - np.log((1 - s1) / s1)) / log_ratio
        return shape, t1 / ((1 - s1) / s1) ** (1 / shape)
    if name == "lognormal":
        z1, z2 = ndtri(1 - s1), ndtri(1 - s2)
        sdlog = log_ratio / (z2 - z1)
        return np.log(t1) - sdlog * z1, sdlog
    if name == "gompertz":
        return _gompertz(t1, -np.log(s1), t2, -np.log(s2))
    return None


def _gompertz(t1: float, h1: float, t2: float, h2: float) -> tuple[float, float] | None:
    def excess(shape: float) -> float:
        if abs(shape) < 1e-9:
            return float(np.log(t2 / t1) - np.log(h2 / h1))
        return float(np.log(np.expm1(shape * t2) / np.expm1(shape * t1)) - np.log(h2 / h1))

    lowest, highest = -30 / t1, 600 / t2
    if excess(lowest) * excess(highest) > 0:
        return None
    shape = float(brentq(excess, lowest, highest, xtol=1e-14))
    rate = h1 / t1 if abs(shape) < 1e-9 else shape * h1 / float(np.expm1(shape * t1))
    return shape, rate
