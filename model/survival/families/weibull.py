"""Weibull distribution, accelerated-failure-time form."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from scipy.special import gammainc, gammaln

from model.arrays import Array
from model.survival.families.base import MAX_EXPONENT
from model.survival.families.standard import Point, StandardDistribution
from model.survival.worksheet import Worksheet


class Weibull(StandardDistribution):
    """H(t) = (t / scale)^shape; h(t) = (shape / scale) (t / scale)^(shape - 1).

    Mean scale Gamma(1 + 1/shape); median scale (log 2)^(1/shape). Restricted mean, with x = H(limit):
    mean P(1 + 1/shape, x) + limit exp(-x), P the regularised lower incomplete gamma function.
    flexsurv's `weibull` (as R's dweibull): Jackson (2016), J Stat Softw 70(8), table 1.
    """

    name = "weibull"
    label = "Weibull"
    parameters = ("shape", "scale")
    estimation_scale = ("log", "log")
    time_role = ("shape", "scale")
    proportional_hazards = True
    other_names = ("weib", "weibullph", "weibull_aft", "weibull_ph")
    limits: ClassVar = {"shape": (0.0, 1e3)}
    starting_coefficients = ((0.6, 1.0, 1.6, 2.5), (1.0,))

    def through_two_points(self, first: Point, second: Point) -> tuple[float, ...]:
        """log(-log S) is a straight line in log time."""
        (t1, s1), (t2, s2) = first, second
        shape = (np.log(-np.log(s2)) - np.log(-np.log(s1))) / np.log(t2 / t1)
        return shape, t1 / (-np.log(s1)) ** (1 / shape)

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        shape, scale = columns
        x = np.subtract(np.log(time), np.log(scale))
        x *= shape
        np.minimum(x, MAX_EXPONENT, out=x)
        return np.exp(x, out=x)

    def worksheet_survival(self, w: Worksheet, time: Any, log_time: Any, *coefficients: Any) -> Any:
        shape, scale = coefficients
        return w.exp(-w.exp(w.minimum(w.exponent_limit, shape * (log_time - w.ln(scale)))))

    def worksheet_median(self, w: Worksheet, *coefficients: Any) -> Any:
        shape, scale = coefficients
        return scale * w.exp(w.ln(w.ln(2)) / shape)

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        shape, scale = columns
        # At time 0 the power is 0, 1 or inf; 0 x -inf (shape 1) has to give 1.
        log_power = np.where(shape == 1, 0.0, (shape - 1) * (np.log(time) - np.log(scale)))
        return np.log(shape) - np.log(scale) + log_power

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        shape, scale = columns
        return np.exp(np.log(scale) + np.log(-np.log1p(-probability)) / shape)

    def _mean(self, *columns: Array) -> Array:
        shape, scale = columns
        return np.exp(np.log(scale) + gammaln(1 + 1 / shape))

    def _restricted_mean(self, limit: float, *columns: Array) -> Array:
        shape, scale = columns
        x = self._cumulative_hazard(np.array([limit]), shape, scale)
        closed = self._mean(shape, scale) * gammainc(1 + 1 / shape, x) + limit * np.exp(-x)
        # A shape below 0.02 has a mean beyond 1e64: inf x 0, or digits lost in their product.
        trusted = (shape > 0.02) & np.isfinite(closed)
        return self._or_by_quadrature(closed, trusted, limit, shape, scale)
