"""Survival of gamma distributions at the even times of a model's cycles: exact at a few of them, by sums in between.

An incomplete gamma function takes a hundred times as long as an exponential, and a model asks for it at thousands of times in
every draw. Between two times survival falls by the integral of the density, which is smooth but near time 0. With F_k the
density at time k x step, times the step, the formula of Euler and Maclaurin (DLMF 2.10.1) takes one exponential a time:

    S_k = S_n + F_k + ... + F_n-1 - d_k + d_n,   d_k = F_k / 2 - sum over r of  B_2r / (2r)!  x  derivative 2r-1 of F at k

with B the numbers of Bernoulli and derivatives by steps. Those of k^a exp(-b k) are F_k times a polynomial of a, b and 1 / k,
so that d of all times and curves is a product of two matrices. Added from the far end, so that the last digits of a small
survival are kept.
"""

from __future__ import annotations

from functools import lru_cache
from math import comb, factorial

import numpy as np
from numpy.typing import NDArray
from scipy.special import bernoulli, gammaln

from model.arrays import Array
from model.survival.increments import running_total

FEWEST_TIMES = 64
"""A shorter grid is not worth it."""
_EXACT_STEPS = 8
"""Steps from time 0 that are left to the incomplete gamma function: the density may be infinite at 0."""
_STEEPEST, _LARGEST_SHAPE = 0.25, 60.0  # of rate x step, and of the shape: beyond them a step is too coarse
LEAST_LOG_SURVIVAL = -500.0
"""A curve that has fallen lower at the last time is left to the incomplete gamma function: its densities underflow."""
_TERMS = 6  # derivatives that are taken: the first, third ... eleventh
_POWERS = np.arange(2 * _TERMS)
_OF_DERIVATIVES = np.zeros((2 * _TERMS, 2 * _TERMS))
"""Minus the factor of k^-i (-b)^j, but for a (a - 1) ... (a - i + 1): of the derivative i + j, by Leibniz's rule."""
for _order in range(1, 2 * _TERMS, 2):
    for _i in range(_order + 1):
        _OF_DERIVATIVES[_i, _order - _i] = -comb(_order, _i) * bernoulli(_order + 1)[-1] / factorial(_order + 1)


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
    """Cumulative hazard (n, n_times) of curves with shape and rate (n, 1), from log survival at `exact_times`, (n, n_exact).
    The curves of one time lie together."""
    first = _EXACT_STEPS + 1
    survival = _losses(len(time), shape[:, 0], rate[:, 0] * time[1])
    survival[-1] = np.exp(log_survival[:, -1])
    running_total(survival[::-1].T)
    hazard = np.empty((len(shape), len(time)), order="F")
    hazard[:, :first] = log_survival[:, :first]
    hazard[:, -1] = log_survival[:, -1]
    between = hazard[:, first:-1].T
    np.log(survival[:-1], out=between)
    np.minimum(between, log_survival[:, first - 1], out=between)  # rounding makes no curve rise
    return np.subtract(0.0, hazard, out=hazard)


def _losses(n_times: int, shape: Array, rate: Array) -> Array:
    """What survival loses in the step that begins at each time after the exact ones (n_later, n); rates by step."""
    log_times, powers = _grid(n_times)
    constant = shape * np.log(rate) - gammaln(shape)
    density = np.exp(log_times @ np.stack([shape - 1, -rate, constant]))
    excess = powers @ _weights(shape - 1, rate)
    excess *= density
    density -= excess
    density[:-1] += excess[1:]
    return density


@lru_cache(maxsize=8)
def _grid(n_times: int) -> tuple[Array, Array]:
    """Of each time after the exact ones, counted in steps: logarithm, itself and 1 (n_later, 3); powers of its inverse."""
    steps = np.arange(_EXACT_STEPS + 1, n_times, dtype=float)
    return np.stack([np.log(steps), steps, np.ones_like(steps)], axis=1), (1 / steps[:, None]) ** _POWERS


def _weights(power: Array, rate: Array) -> Array:
    """Of each power of 1 / k in d_k / F_k, its weight (2 _TERMS, n); F_k is k^power exp(-rate k) but for a constant."""
    falling, powers = np.ones((2, 2 * _TERMS, len(power)))
    np.cumprod(power - _POWERS[:-1, None], axis=0, out=falling[1:])
    np.cumprod(np.broadcast_to(-rate, powers[1:].shape), axis=0, out=powers[1:])
    weights = falling * (_OF_DERIVATIVES @ powers)
    weights[0] += 0.5
    return weights
