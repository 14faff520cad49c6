"""The generalised gamma with mu = 0 and sigma = 1 in log time, accurate for every Q and far into both tails.

w is standardised log time, a = q^-2, u = a exp(q w) is gamma(a, 1) distributed. Three ways, each where it is
exact:

* |q| >= 0.01, ordinary probabilities: SciPy's regularised incomplete gamma functions;
* |q| < 0.01 near the centre: Temme's uniform expansion (DLMF 8.12), which is the normal distribution at q =
  0, so that the log-normal is reached smoothly instead of by a switch;
* upper tail, where S underflows: S = f R with R from Legendre's continued fraction (DLMF 8.9.2) or, for q <
  0, from the series of the lower function (DLMF 8.7.1); log S and log hazard = -log R come without underflow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfcx, gammainc, gammaincc, gammainccinv, gammaincinv, gammaln, ndtri, ndtri_exp

from model.arrays import Array

_SMALL_Q = 0.01
_NEAR_ETA = 0.5
_TAIL = 1e-250
_LOG_SQRT_2PI = 0.5 * np.log(2 * np.pi)
# Taylor coefficients of c0 and c1 in DLMF section 8.12 (Temme 1979, SIAM J Math Anal 10:757).
TEMME_FIRST = (-1 / 3, 1 / 12, -2 / 135, 1 / 864, 1 / 2835, -139 / 777600, 1 / 25515, -571 / 261273600, -281 / 151559100)
TEMME_SECOND = (-1 / 540, -1 / 288, 1 / 378, -77 / 77760, 1 / 4860)
_DEVIANCE_SERIES = tuple(2 / float(np.prod(np.arange(1.0, n + 3))) for n in range(14))


def log_survival(q: Array, w: Array) -> Array:
    """log S(w); q and w broadcast. w = -inf (time 0) gives 0 exactly."""
    return _Standard(q, w).log_survival()


def log_hazard(q: Array, w: Array) -> Array:
    """Log hazard in w (not in time); q and w broadcast."""
    return _Standard(q, w).log_hazard()


def log_density(q: Array, w: Array) -> Array:
    """Log density in w (not in time); q and w broadcast. Needs no incomplete gamma function."""
    q = np.clip(q, -1e60, 1e60)
    return _log_density(q, w, exponent(q, w))


def exponent(q: Array, w: Array) -> Array:
    """q w, bounded where its exponential would overflow."""
    return np.minimum(q * w, np.where(np.abs(q) < _SMALL_Q, 400.0, 680.0))


def standard_quantile(q: Array, probability: Array) -> Array:
    """w with P(W <= w) = probability; q and probability broadcast."""
    q, probability = np.broadcast_arrays(np.clip(q, -1e60, 1e60), probability)
    small = np.abs(q) < _SMALL_Q
    a = np.where(small, 1.0, q) ** -2.0
    u = np.where(q > 0, gammaincinv(a, probability), gammainccinv(a, probability))
    # Where u underflows the lower function is u^a / Gamma(a + 1).
    log_lower = np.where(q > 0, np.log(probability), np.log1p(-probability))
    log_u = np.where(u > 1e-290, np.log(u), (log_lower + gammaln(a + 1)) / a)
    w = np.where(small, 0.0, (log_u - np.log(a)) / np.where(small, 1.0, q))
    if small.any():
        w[small] = _quantile_by_newton(q[small], probability[small])
    return w


def hazard_at_zero(power: Array, log_constant: Array) -> Array:
    """Log hazard at time 0 when 1 - S grows like t^power: 0, a constant, or infinite."""
    log_constant = np.where(np.isnan(log_constant), np.inf, log_constant)
    return np.where(np.abs(power - 1) < 1e-12, log_constant, np.where(power > 1, -np.inf, np.inf))


class _Standard:
    """One evaluation: arguments flattened and bounded, each element assigned to its way."""

    def __init__(self, q: Array, w: Array) -> None:
        q, w = np.broadcast_arrays(q, w)
        self.shape = w.shape
        self.at_start = np.isneginf(w).ravel()
        self.q = np.clip(q, -1e60, 1e60).ravel()
        self.w = np.clip(w, -1e60, 1e60).ravel()
        self.y = exponent(self.q, self.w)
        self.flat_survival, self.tail = self._evaluate()

    def log_survival(self) -> Array:
        return self.flat_survival.reshape(self.shape)

    def log_hazard(self) -> Array:
        result = _log_density(self.q, self.w, self.y) - self.flat_survival
        if self.tail.any():
            result[self.tail] = -_log_mills_ratio(self.q[self.tail], self.y[self.tail])
        return result.reshape(self.shape)

    def _evaluate(self) -> tuple[Array, NDArray[np.bool_]]:
        q, w, y = self.q, self.w, self.y
        small = np.abs(q) < _SMALL_Q
        result = np.zeros_like(w)
        if small.all():
            tail = np.zeros_like(small)
        else:
            central = ~small
            result[central] = _log_survival_by_gamma(q[central], y[central])
            tail = central & (result < np.log(_TAIL))
        if small.any():
            zeta = np.sign(w) * np.sqrt(2 * _half_deviance(q, w, y))
            eta = q * zeta
            near = small & (np.abs(eta) < _NEAR_ETA)
            result[near] = _log_survival_by_expansion(q[near], zeta[near], eta[near])
            tail |= small & ~near & (w > 0)  # what is left, small & ~near & (w <= 0), has S = 1 to 500 digits
        if tail.any():
            result[tail] = _log_density(q[tail], w[tail], y[tail]) + _log_mills_ratio(q[tail], y[tail])
        result[self.at_start] = 0.0
        return np.minimum(result, 0.0, out=result), tail


def _log_density(q: Array, w: Array, y: Array) -> Array:
    """Log density in w."""
    return -_half_deviance(q, w, y) - _LOG_SQRT_2PI - _stirling(q)


def _half_deviance(q: Array, w: Array, y: Array) -> Array:
    """(exp(y) - 1 - y) / q^2 with y = q w; w^2 / 2 at q = 0."""
    near = np.abs(y) < 0.5
    z = np.where(near, y, 0.0)
    series = np.zeros_like(z)
    for coefficient in reversed(_DEVIANCE_SERIES):
        series = series * z + coefficient
    direct = (np.expm1(y) - y) / np.where(near, 1.0, q) ** 2
    return np.where(near, 0.5 * w**2 * series, direct)


def _stirling(q: Array) -> Array:
    """log Gamma(a) - (a - 1/2) log a + a - log(2 pi) / 2 with a = q^-2; 0 at q = 0."""
    large = np.abs(q) < 0.1
    a = np.where(large, 1.0, q) ** -2.0
    direct = gammaln(a) - (a - 0.5) * np.log(a) + a - _LOG_SQRT_2PI
    return np.where(large, q**2 / 12 - q**6 / 360 + q**10 / 1260, direct)


def _log_survival_by_gamma(q: Array, y: Array) -> Array:
    """One incomplete gamma function per element: the lower below the mean of u, where its series is short."""
    a = q**-2.0
    log_u = np.log(a) + y
    u = np.exp(log_u)
    positive = q > 0
    below = u < a
    value = np.empty_like(u)
    value[below] = gammainc(a[below], u[below])
    value[~below] = gammaincc(a[~below], u[~below])
    log_survival = np.where(below == positive, np.log1p(-value), np.log(value))
    skewed = below & positive & (a < 0.1)  # here the lower function is already close to 1
    if skewed.any():
        log_survival[skewed] = np.log(gammaincc(a[skewed], u[skewed]))
    tiny = log_u < -30  # the lower function is u^a / Gamma(a + 1), also where u underflows
    if tiny.any():
        log_lower = a[tiny] * log_u[tiny] - gammaln(a[tiny] + 1)
        log_upper = np.where(log_lower < -0.7, np.log1p(-np.exp(log_lower)), np.log(-np.expm1(log_lower)))
        log_survival[tiny] = np.where(positive[tiny], log_upper, log_lower)
    return log_survival


def _log_survival_by_expansion(q: Array, zeta: Array, eta: Array) -> Array:
    """S = Phi(-zeta) + phi(zeta) q c(eta), written with the Mills ratio of the smaller tail."""
    correction = q * (np.polyval(TEMME_FIRST[::-1], eta) + q**2 * np.polyval(TEMME_SECOND[::-1], eta))
    late = zeta > 0
    mills = np.sqrt(np.pi / 2) * erfcx(np.abs(zeta) / np.sqrt(2)) + np.where(late, correction, -correction)
    log_smaller = -0.5 * zeta**2 - _LOG_SQRT_2PI + np.log(mills)
    return np.where(late, log_smaller, np.log1p(-np.exp(np.where(late, -1.0, log_smaller))))


def _log_mills_ratio(q: Array, y: Array) -> Array:
    """log(S / f) in the upper tail, f the density in w."""
    a = q**-2.0
    u = a * np.exp(y)
    log_ratio = np.empty_like(q)
    up = q > 0
    log_ratio[up] = np.log(_continued_fraction(a[up], u[up])) - np.log(q[up])
    log_ratio[~up] = np.log(_lower_series(a[~up], u[~up])) + np.log(-q[~up])
    return log_ratio


def _continued_fraction(a: Array, u: Array) -> Array:
    """Gamma(a, u) exp(u) u^-a by the modified Lentz method (DLMF 8.9.2, even part)."""
    b = u + 1 - a
    c = np.full_like(u, 1e300)
    d = 1 / b
    fraction = d.copy()
    for i in range(1, 2000):
        step = -i * (i - a)
        b = b + 2
        d = 1 / (step * d + b)
        c = b + step / c
        fraction = fraction * (d * c)
        if np.all(np.abs(d * c - 1) < 1e-15):
            break
    return fraction


def _lower_series(a: Array, u: Array) -> Array:
    """1 + u / (a + 1) + u^2 / ((a + 1)(a + 2)) + ..."""
    term, total = np.ones_like(u), np.ones_like(u)
    for i in range(1, 2000):
        term = term * u / (a + i)
        total = total + term
        if np.all(term < 1e-16 * total):
            break
    return total


def _quantile_by_newton(q: Array, probability: Array) -> Array:
    """Newton steps on the normal scale, where the function is close to a straight line for small q."""
    target = ndtri(probability)
    inside = np.isfinite(target)
    z = np.where(inside, target, 0.0)
    w = z - q * (z**2 - 1) / 6
    for _ in range(5):
        standard = _Standard(q, w)
        log_survived = standard.log_survival()
        normal = -ndtri_exp(log_survived)
        slope = np.exp(standard.log_hazard() + log_survived + 0.5 * normal**2 + _LOG_SQRT_2PI)
        w = w - (normal - z) / slope
    return np.where(inside, w, target)
