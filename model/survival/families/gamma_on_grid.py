"""Survival of gamma distributions at the even times of a model's cycles, by integrals of the density over panels of cycles.

An incomplete gamma function takes a hundred times as long as an exponential, and a model asks for it at thousands of times in
every draw. Between two times survival falls by the integral of the density, which is smooth but near time 0:

* The first times are left to the series of the lower function (DLMF 8.7.1), in which powers of rate and of time stand apart,
  so that those of all curves and times are a product of two matrices.
* Later times lie in panels of equal width. From the density at a panel's Gauss-Legendre nodes, half as many as it has times,
  the integrals from every time to the panel's end are one product with a matrix that all panels share: that of the integrals
  of the polynomial through the nodes.

Integrals are added from the far end, where survival is exact, so that the last digits of a small survival are kept.
"""

from __future__ import annotations

import dataclasses
from functools import lru_cache

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray
from scipy.special import gammaln

from model.arrays import Array

FEWEST_TIMES = 128
"""A shorter grid is not worth it."""
LEAST_SURVIVAL = 1e-217
"""A curve that has fallen lower at the end of the last panel is left to the incomplete gamma function: its densities
underflow."""
_EARLY = 64  # times from 0 on that are left to the series: the density may be infinite at 0
_WIDTH, _NODES = 32, 16  # of a panel: steps, and places at which the density is taken
_STEEPEST, _LARGEST_SHAPE = 0.1, 60.0  # of rate x step, and of the shape: beyond them a polynomial misses the density
_TERMS = np.arange(40.0)


def is_even_grid(time: Array) -> bool:
    """Are the times those of many even steps from 0?"""
    if time.ndim != 1 or len(time) < FEWEST_TIMES or time[0] != 0.0 or not time[1] > 0:
        return False
    return bool(np.abs(np.diff(time) / time[1] - 1).max() < 1e-9)


def suits(time: Array, shape: Array, rate: Array) -> NDArray[np.bool_]:
    """Which of the curves (n,) change slowly enough within a panel."""
    quick: NDArray[np.bool_] = (rate * time[1] <= _STEEPEST) & (shape <= _LARGEST_SHAPE)
    return quick


def end_of_panels(time: Array) -> float:
    """The time at which survival has to be given: the end of the last panel, at the last time or soon after it."""
    return float(time[1] * _WIDTH * _n_panels(len(time)))


def survival_on_grid(time: Array, shape: Array, rate: Array, at_end: Array) -> Array:
    """Survival (n, n_times) of curves with shape and rate (n,), from survival at `end_of_panels`, (n,)."""
    steps = rate * time[1]
    survival = _by_panels(len(time), shape, steps, at_end)
    np.subtract(1.0, _lost_early(shape, steps), out=survival[:, :_EARLY])
    return _without_a_rise(survival)


def hazard_on_grid(time: Array, shape: Array, rate: Array, at_end: Array) -> Array:
    """Cumulative hazard (n, n_times), likewise."""
    steps = rate * time[1]
    hazard = _by_panels(len(time), shape, steps, at_end)
    np.log(hazard, out=hazard)
    np.log1p(-_lost_early(shape, steps), out=hazard[:, :_EARLY])
    return np.subtract(0.0, _without_a_rise(hazard), out=hazard)


def _without_a_rise(curves: Array) -> Array:
    """Survival or its logarithm (n, n_times), held in place where rounding would make it rise after the first times."""
    rises = curves[:, _EARLY] > curves[:, _EARLY - 1]
    if rises.any():
        curves[rises, _EARLY:] = np.minimum(curves[rises, _EARLY:], curves[rises, _EARLY - 1 : _EARLY])
    return curves


def _lost_early(shape: Array, rate: Array) -> Array:
    """1 - survival at the first times (n, _EARLY); rates by step, (n,)."""
    log_times, powers = _early_grid()
    factors = rate[:, None] / (shape[:, None] + _TERMS)
    factors[:, 0] = 1.0
    series = np.cumprod(factors, axis=1) @ powers
    constant = shape * np.log(rate) - gammaln(shape + 1)
    series *= np.exp(np.stack([shape, -rate, constant], axis=1) @ log_times)
    return series


def _by_panels(n_times: int, shape: Array, rate: Array, at_end: Array) -> Array:
    """Survival at the times after the first ones, (n, n_times) with anything at these; rates by step, (n,).

    A panel holds the densities at its nodes and, last, survival at its end, of which each of its times has all."""
    panels, n_panels = _panels(), _n_panels(n_times)
    constant = shape * np.log(rate) - gammaln(shape)
    density = np.stack([shape - 1, -rate, constant], axis=1) @ _nodes(n_panels)
    held = np.exp(density, out=density).reshape(len(shape), n_panels, _NODES + 1)
    held[:, :, -1] = 0.0
    starts = held @ panels.to_end[:, 0]
    starts[:, -1] += at_end
    starts = np.cumsum(starts[:, ::-1], axis=1)[:, ::-1]
    held[:, :-1, -1], held[:, -1, -1] = starts[:, 1:], at_end
    survival = held.reshape(-1, _NODES + 1) @ panels.to_end
    survival[:, 0] = starts.ravel()
    return survival.reshape(len(shape), n_panels * _WIDTH)[:, :n_times]


def _n_panels(n_times: int) -> int:
    return -(-n_times // _WIDTH)


@dataclasses.dataclass(frozen=True)
class _Panels:
    """What all panels share. ``nodes``: in steps from a panel's start; ``to_end`` (_NODES + 1, _WIDTH): by which densities
    there and survival at its end are multiplied for survival at each of its times."""

    nodes: Array
    to_end: Array


@lru_cache(maxsize=1)
def _panels() -> _Panels:
    nodes, weights = legendre.leggauss(_NODES)
    orders = np.arange(_NODES)
    coefficients = (orders + 0.5)[:, None] * (legendre.legvander(nodes, _NODES - 1) * weights[:, None]).T
    at = legendre.legvander(2 * np.arange(_WIDTH) / _WIDTH - 1, _NODES)
    integrals = np.empty((_WIDTH, _NODES))  # of each Legendre polynomial from a time to the end: DLMF 18.9.7
    integrals[:, 0] = 1 - at[:, 1]
    integrals[:, 1:] = (at[:, : _NODES - 1] - at[:, 2:]) / (2 * orders[1:] + 1)
    to_end = (integrals @ coefficients * _WIDTH / 2).T
    return _Panels((nodes + 1) / 2 * _WIDTH, np.concatenate([to_end, np.ones((1, _WIDTH))]))


@lru_cache(maxsize=8)
def _nodes(n_panels: int) -> Array:
    """Logarithm of time in steps, time and 1 at the nodes of all panels, with a place after those of each
    (3, n_panels x (_NODES + 1)). What the panels of the first times hold is not used: they stand where the others begin."""
    first = np.maximum(_WIDTH * np.arange(n_panels), _EARLY)
    steps = (first[:, None] + np.append(_panels().nodes, _WIDTH)).ravel()
    return np.stack([np.log(steps), steps, np.ones_like(steps)])


@lru_cache(maxsize=1)
def _early_grid() -> tuple[Array, Array]:
    """Of each of the first times, in steps: logarithm, itself and 1 (3, _EARLY); its powers (n_terms, _EARLY)."""
    steps = np.arange(float(_EARLY))
    logarithm = np.log(np.maximum(steps, np.finfo(float).tiny))
    return np.stack([logarithm, steps, np.ones_like(steps)]), steps ** _TERMS[:, None]
