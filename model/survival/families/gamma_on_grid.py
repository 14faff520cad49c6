"""Survival of gamma distributions at the even times of a model's cycles: exact at a few of them, by quadrature in between.

An incomplete gamma function takes a hundred times as long as an exponential, and a model asks for it at thousands of times in
every draw. From one time to the next survival falls by the integral of the density, which is smooth but near time 0:

    S(t_k) = S(t_last) + sum over steps from k on of  h sum_j w_j f(t + h x_j)

with the nodes x and weights w of Gauss and Legendre (Golub and Welsch 1969, Math Comp 23:221). Added from the far end, so
that the last digits of a small survival are kept.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from model.arrays import Array

FEWEST_TIMES = 64
"""A shorter grid is not worth it."""
_EXACT_STEPS = 24
"""Steps from time 0 that are left to the incomplete gamma function: the density may be infinite at 0."""
_STEEPEST, _LARGEST_SHAPE = 0.25, 60.0  # of rate x step, and of the shape: beyond them a step is too coarse
LEAST_LOG_SURVIVAL = -500.0
"""A curve that has fallen lower at the last time is left to the incomplete gamma function: its densities underflow."""
_ROWS = 16  # worked out together: what stays in a processor's own cache takes half the time
_NODES, _WEIGHTS = (a / 2 for a in np.polynomial.legendre.leggauss(3))


def is_even_grid(time: Array) -> bool:
    """Are the times those of many even steps from 0?"""
    if time.ndim != 1 or len(time) < FEWEST_TIMES or time[0] != 0.0 or not time[1] > 0:
        return False
    return bool(np.abs(np.diff(time) / time[1] - 1).max() < 1e-9)


def suits(time: Array, shape: Array, rate: Array) -> NDArray[np.bool_]:
    """Which of the curves (n,) change slowly enough within a step."""
    quick: NDArray[np.bool_] = (rate * time[1] <= _STEEPEST) & (shape <= _LARGEST_SHAPE)
    return quick


def exact_times(time: Array) -> Array:
    """Places of the times at which survival has to be given: the first ones, and the last."""
    return np.append(np.arange(_EXACT_STEPS + 1), len(time) - 1)


def filled(time: Array, shape: Array, rate: Array, log_survival: Array) -> Array:
    """Log survival (n, n_times) of curves with shape and rate (n, 1), from that at `exact_times`, (n, n_exact)."""
    step, start = time[1], time[_EXACT_STEPS:-1]
    places = [start + step * (0.5 + node) for node in _NODES]
    log_places = [np.log(at) for at in places]
    log_constant = shape * np.log(rate) - gammaln(shape) + np.log(step)
    made = np.empty((len(shape), len(time)))
    made[:, : _EXACT_STEPS + 1] = log_survival[:, :-1]
    made[:, -1] = log_survival[:, -1]
    for first in range(0, len(shape), _ROWS):
        rows = slice(first, first + _ROWS)
        less, b = shape[rows] - 1, rate[rows]
        fall, density, part = np.zeros((3, len(b), len(start)))
        for at, log_at, weight in zip(places, log_places, _WEIGHTS, strict=True):
            np.multiply(less, log_at, out=density)
            density -= np.multiply(b, at, out=part)
            density += log_constant[rows] + np.log(weight)
            fall += np.exp(density, out=density)
        summed = np.cumsum(fall[:, :0:-1], axis=1)[:, ::-1]
        summed += np.exp(log_survival[rows, -1:])
        between = made[rows, _EXACT_STEPS + 1 : -1]
        np.log(summed, out=between)
        np.minimum(between, made[rows, _EXACT_STEPS : _EXACT_STEPS + 1], out=between)  # rounding makes no curve rise
    return made
