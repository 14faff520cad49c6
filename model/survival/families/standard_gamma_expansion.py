"""Log density and log survival of the standard generalised gamma with their derivatives by q and w.

With y = q w the log density is -w^2 d(y) - log sqrt(2 pi) - r(q): d(y) = (exp(y) - 1 - y) / y^2, whose value and derivatives
near y = 0 are those of its power series, and r is the remainder of Stirling's formula at q^-2 (DLMF 5.11).
"""

from __future__ import annotations

import numpy as np
from scipy.special import digamma, zeta

from model.arrays import Array
from model.survival.families.expansions import Expansion, of_log_survival
from model.survival.families.standard_gamma import exponent, log_density, log_survival

_SERIES = np.array([1 / float(np.prod(np.arange(1.0, n + 3))) for n in range(18)])  # of d: 1 / (n + 2)!
_SERIES_NEAR = 1.0  # of |y|
_LARGE_SHAPE_NEAR = 0.1  # of |q|


def density_expansion(q: Array, w: Array) -> Expansion:
    """Of the log density in w; q (B, 1), w (B, n)."""
    y = exponent(q, w)
    d, first, second = _d(y)
    by_q, by_qq = _remainder_slopes(q)
    return Expansion(
        value=log_density(q, w),
        w=-w * (1 + y * d),
        c=-(w**3) * first - by_q,
        ww=-np.exp(y),
        cw=-(w**2) * (1 + (y - 1) * d),
        cc=-(w**4) * second - by_qq,
    )


def survival_expansion(q: Array, w: Array) -> Expansion:
    """Of the log survival; q (B, 1), w (B, n)."""
    return of_log_survival(density_expansion(q, w), lambda offsets: log_survival(q + offsets, w))


def _d(y: Array) -> tuple[Array, Array, Array]:
    """d(y) and its first two derivatives."""
    near = np.abs(y) < _SERIES_NEAR
    z, away = np.where(near, y, 0.0), np.where(near, 1.0, y)
    d, first, second = np.zeros_like(z), np.zeros_like(z), np.zeros_like(z)
    for coefficient in _SERIES[::-1]:  # Horner's scheme with its derivatives
        second = second * z + 2 * first
        first = first * z + d
        d = d * z + coefficient
    e = np.exp(away)
    return (
        np.where(near, d, (e - 1 - away) / away**2),
        np.where(near, first, (e * (away - 2) + away + 2) / away**3),
        np.where(near, second, (e * ((away - 4) * away + 6) - 2 * away - 6) / away**4),
    )


def _remainder_slopes(q: Array) -> tuple[Array, Array]:
    """Derivatives by q of log Gamma(a) - (a - 1/2) log a + a with a = q^-2."""
    near = np.abs(q) < _LARGE_SHAPE_NEAR
    away = np.where(near, 1.0, q)
    a = away**-2.0
    by_a = digamma(a) - np.log(a) + 0.5 / a
    by_aa = zeta(2, a) - 1 / a - 0.5 / a**2
    first = np.where(near, q / 6 - q**5 / 60 + q**9 / 126, -2 * by_a / away**3)
    second = np.where(near, 1 / 6 - q**4 / 12 + q**8 / 14, 4 * by_aa / away**6 + 6 * by_a / away**4)
    return first, second
