"""Inverse distribution functions of beta and gamma distributions for many probabilities, by polynomials between exact places.

An inverse incomplete beta or gamma function takes a microsecond and more, and a probabilistic analysis asks for hundreds of
thousands, all of few distributions. Of the standard normal number of a probability, the logarithm of a gamma quantile and the
log odds of a beta quantile are smooth functions: polynomials through 12 values in each half a standard deviation give them to
the last digits (Berrut and Trefethen 2004). The places are fixed, so that a number never depends on others drawn with it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.polynomial import chebyshev
from scipy import special

from model.arrays import Array

_LOWEST, _HIGHEST = -8.5, 8.5  # beyond the normal numbers of all doubles between 0 and 1 that a design can hold
_PER_UNIT, _VALUES = 2, 12
_EXACT = 3e-13  # to which a table holds the function between its places; a distribution whose table does not, goes without
_N_PANELS = round((_HIGHEST - _LOWEST) * _PER_UNIT)


def gamma_quantile(shape: float, probability: Array) -> Array:
    """Quantiles of a gamma distribution of rate 1, in the shape of ``probability``."""
    log_quantile = _smooth(_gamma_table(shape), probability)
    return np.asarray(special.gammaincinv(shape, probability)) if log_quantile is None else np.exp(log_quantile)


def beta_quantile(alpha: float, beta: float, probability: Array) -> Array:
    """Quantiles of a beta distribution, in the shape of ``probability``."""
    log_odds = _smooth(_beta_table(alpha, beta), probability)
    return np.asarray(special.betaincinv(alpha, beta, probability)) if log_odds is None else special.expit(log_odds)


def _smooth(table: Array | None, probability: Array) -> Array | None:
    """The function of a table at probabilities; None where it has no table or a probability lies beyond it."""
    place = (special.ndtri(probability) - _LOWEST) * _PER_UNIT
    if table is None or not (place.min(initial=0.0) >= 0 and place.max(initial=0.0) < _N_PANELS):
        return None
    panel = place.astype(np.intp)
    found: Array = chebyshev.chebval(2 * (place - panel) - 1, table[:, panel], tensor=False)
    return found


@lru_cache(maxsize=1024)
@np.errstate(all="ignore")
def _gamma_table(shape: float) -> Array | None:
    lower, upper = _tails()
    return _table(np.log(special.gammaincinv(shape, lower)), np.log(special.gammainccinv(shape, upper)))


@lru_cache(maxsize=1024)
@np.errstate(all="ignore")
def _beta_table(alpha: float, beta: float) -> Array | None:
    lower, upper = _tails()
    below, above = special.betaincinv(alpha, beta, lower), special.betaincinv(beta, alpha, upper)
    return _table(special.logit(below), -special.logit(above))


def _table(below: Array, above: Array) -> Array | None:
    """Chebyshev coefficients ``(_VALUES, _N_PANELS)`` from the function at the places of :func:`_tails`; None where it misses
    the function in the middle of a panel, as where a quantile is so near an end that its logarithm is none."""
    values = np.concatenate([below, above]).reshape(_N_PANELS, _VALUES + 1)
    orders = np.arange(_VALUES)
    weights = 2 / _VALUES * np.cos(np.multiply.outer(orders, np.pi * (orders + 0.5) / _VALUES))
    weights[0] /= 2
    table: Array = weights @ values[:, :-1].T
    missed = np.abs(chebyshev.chebval(0.0, table) - values[:, -1])
    return table if np.all(missed <= _EXACT) else None


@lru_cache(maxsize=1)
def _tails() -> tuple[Array, Array]:
    """Probabilities of the places below 0 from below, and of those above 0 from above, where they keep their digits: of each
    panel those of its polynomial, then its middle."""
    within = np.append(np.cos(np.pi * (np.arange(_VALUES) + 0.5) / _VALUES), 0.0)
    normal = _LOWEST + (np.arange(_N_PANELS)[:, None] + (within + 1) / 2).ravel() / _PER_UNIT
    half = normal.size // 2
    return special.ndtr(normal[:half]), special.ndtr(-normal[half:])
