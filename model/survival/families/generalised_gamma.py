"""Generalised gamma distribution in Prentice's form, which holds Weibull, gamma and log-normal."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from scipy.special import gammaln

from model.arrays import Array
from model.survival.families.expansions import Expanded, Expansion, Slopes
from model.survival.families.standard import StandardDistribution
from model.survival.families.standard_gamma import hazard_at_zero, log_density, log_hazard, log_survival, standard_quantile
from model.survival.families.standard_gamma_expansion import density_expansion, survival_expansion
from model.survival.worksheet import Worksheet

_NEAR_LOG_NORMAL = 0.1  # |Q| below which it is hardly different from a log-normal


class GeneralisedGamma(Expanded, StandardDistribution):
    """S = 1 - P(Q^-2, u) for Q > 0, P(Q^-2, u) for Q < 0; u = Q^-2 exp(Q w), w = (log t - mu) / sigma.

    P is the regularised lower incomplete gamma function; Q = 0 is the log-normal, Q = 1 the Weibull, Q =
    sigma the gamma, Q = sigma = 1 the exponential. With s = sigma / Q and a = Q^-2 the mean is exp(mu)
    Gamma(a + s) / (Gamma(a) a^s), finite unless Q sigma <= -1. Prentice (1974), Biometrika 61:539; flexsurv's
    `gengamma`: Jackson (2016), J Stat Softw 70(8), table 1. mu and Q are estimated untransformed.
    """

    name = "generalised_gamma"
    label = "Generalised gamma"
    parameters = ("mu", "sigma", "Q")
    estimation_scale = ("identity", "log", "identity")
    time_role = ("log_scale", "shape", "shape")
    proportional_hazards = False
    other_names = ("gengamma", "gen_gamma", "generalized_gamma", "generalisedgamma", "gg")
    limits: ClassVar = {"mu": (-50.0, 50.0), "sigma": (0.0, 100.0), "Q": (-20.0, 20.0)}
    starting_coefficients = ((0.0,), (0.5, 1.0, 1.6), (-1.0, 0.0, 0.5, 1.0, 2.0))
    incomplete_gamma = True

    def edge(self, coefficients: Array) -> str:
        near = abs(coefficients[2]) < _NEAR_LOG_NORMAL
        return "Q is near 0: hardly different from the log-normal." if near else ""

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        mu, sigma, q = columns
        return 0.0 - log_survival(q, (np.log(time) - mu) / sigma)

    def worksheet_survival(self, w: Worksheet, time: Any, log_time: Any, *coefficients: Any) -> Any:
        """By the incomplete gamma function; for |Q| below `small_q` by Temme's expansion around the normal
        distribution (DLMF 8.12; Temme 1979), which is exact at Q = 0."""
        mu, sigma, q = coefficients
        shape = w.single("1 / Q^2", 1 / w.maximum(w.small_q * w.small_q, q * q))
        z = (log_time - mu) / sigma
        bounded = w.step(
            "(ln t - mu) / sigma, at most 1/2 when multiplied by Q",
            z * w.minimum(1, 0.5 / w.maximum(w.smallest, w.absolute(q * z))),
        )
        deviate = bounded * w.sqrt(1 + w.polynomial(w.deviance_series, w.deviance_powers, q * bounded))
        zeta = w.step("normal deviate, for small Q; else 0", w.where(w.absolute(q) < w.small_q, deviate, 0))
        inner = w.temme_first + w.polynomial(w.temme_series, w.temme_powers, q * zeta) + q * q * w.temme_second
        near = w.normal_cdf(-zeta) + w.normal_density(zeta) * q * inner
        lower = w.gamma_cdf(shape * w.exp(w.minimum(w.exponent_limit, q * z)), shape)
        return w.where(w.absolute(q) < w.small_q, near, 0.5 * (1 + w.sign(q)) - w.sign(q) * lower)

    def worksheet_median(self, w: Worksheet, *coefficients: Any) -> Any:
        """The median of a gamma distribution of shape a = Q^-2 is a (1 - Q^2/3 + 8 Q^4/405 + ...) for small Q
        (Choi 1994, Proc Am Math Soc 121:245)."""
        mu, sigma, q = coefficients
        away = w.where(w.absolute(q) < w.smallest_shape, w.smallest_shape, q)
        shape = 1 / w.maximum(w.small_q * w.small_q, q * q)
        near = 1 + w.polynomial(w.median_series, w.median_powers, q)
        ratio = w.where(w.absolute(q) < w.small_q, near, w.gamma_median(shape) / shape)
        return w.exp(mu + sigma * w.ln(ratio) / away)

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        mu, sigma, q = columns
        in_time = log_hazard(q, (np.log(time) - mu) / sigma) - np.log(sigma) - np.log(time)
        power = np.where(q > 0, 1 / (q * sigma), np.inf)  # S ~ 1 - constant x t^power at the origin
        q = np.clip(q, -1e60, 1e60)
        a = np.where(q > 0, q, 1.0) ** -2.0
        at_zero = hazard_at_zero(power, np.log(np.abs(q)) - np.log(sigma) + a * np.log(a) - gammaln(a) - mu)
        return np.where(time > 0, in_time, at_zero)

    def _log_density(self, time: Array, *columns: Array) -> Array:
        mu, sigma, q = columns
        log_time = np.log(time)
        return log_density(q, (log_time - mu) / sigma) - np.log(sigma) - log_time

    def _log_density_slopes(self, time: Array, *columns: Array) -> Slopes:
        mu, sigma, q = columns
        w = (np.log(time) - mu) / sigma
        by_mu, by_log_sigma, *others = _slopes(density_expansion(q, w), w, sigma)
        return by_mu, by_log_sigma - 1.0, *others

    def _log_survival_slopes(self, time: Array, *columns: Array) -> Slopes:
        mu, sigma, q = columns
        w = (np.log(time) - mu) / sigma
        return _slopes(survival_expansion(q, w), w, sigma)

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        mu, sigma, q = columns
        return np.exp(mu + sigma * standard_quantile(q, probability))

    def _mean(self, *columns: Array) -> Array:
        mu, sigma, q = columns
        q = np.clip(q, -1e60, 1e60)
        x = q * sigma
        small = np.abs(q) < 0.05
        a = np.where(small, 1.0, q) ** -2.0
        s = np.where(small, 0.0, sigma / q)
        direct = gammaln(a + s) - gammaln(a) - s * np.log(a)
        log_ratio = np.where(small, _small_q_log_ratio(q, sigma), direct)
        return np.where((x > -1) & ~np.isnan(log_ratio), np.exp(mu + log_ratio), np.inf)


def _slopes(g: Expansion, w: Array, sigma: Array) -> Slopes:
    """By mu, log sigma and Q of a function of w = (log t - mu) / sigma and Q: dw/dmu = -1 / sigma, dw/dlog sigma = -w."""
    first = (-g.w / sigma, -w * g.w, g.c)
    return *first, g.ww / sigma**2, (w * g.ww + g.w) / sigma, -g.cw / sigma, w * (w * g.ww + g.w), -w * g.cw, g.cc


def _small_q_log_ratio(q: Array, sigma: Array) -> Array:
    """log[Gamma(a + s) / (Gamma(a) a^s)], a = q^-2, s = sigma / q, by Stirling's series.

    The logarithms of the two gamma functions are of the order of q^-2 log q and would cancel to nothing. The
    limit at q = 0 is sigma^2 / 2.
    """
    x = q * sigma
    near = np.abs(x) < 0.02
    y = np.where(near, 0.5, x)
    powers = [(-1.0) ** n / ((n + 1) * (n + 2)) * x**n for n in range(10)]
    # (1 + x) log(1 + x) - x = x^2 (1/2 - x/6 + x^2/12 - ...)
    leading = sigma**2 * np.where(near, sum(powers), ((1 + y) * np.log1p(y) - y) / y**2)
    one = 1 + x
    correction = q**2 / 12 * (1 / one - 1) - q**6 / 360 * (1 / one**3 - 1) + q**10 / 1260 * (1 / one**5 - 1)
    return leading - 0.5 * np.log1p(x) + correction
