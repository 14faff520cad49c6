"""Log-normal distribution."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from scipy.special import erfcx, log_ndtr, ndtr, ndtri

from model.arrays import Array
from model.survival.families.standard import Point, StandardDistribution
from model.survival.worksheet import Worksheet

_MAX_Z = 1e140  # its square is still finite


class LogNormal(StandardDistribution):
    """S(t) = Phi(-z) with z = (log t - meanlog) / sdlog.

    Median exp(meanlog); mean exp(meanlog + sdlog^2 / 2). Restricted mean: mean Phi(z(limit) - sdlog) + limit
    S(limit). flexsurv's `lnorm` (as R's dlnorm): Jackson (2016), J Stat Softw 70(8), table 1.
    """

    name = "lognormal"
    label = "Log-normal"
    parameters = ("meanlog", "sdlog")
    estimation_scale = ("identity", "log")
    time_role = ("log_scale", "shape")
    proportional_hazards = False
    other_names = ("lnorm", "log_normal", "logn", "lnormal")
    limits: ClassVar = {"meanlog": (-50.0, 50.0), "sdlog": (0.0, 100.0)}
    starting_coefficients = ((0.0,), (0.4, 0.8, 1.5, 2.5))

    def through_two_points(self, first: Point, second: Point) -> tuple[float, ...]:
        """The normal deviate of survival is a straight line in log time."""
        (t1, s1), (t2, s2) = first, second
        z1, z2 = ndtri(1 - s1), ndtri(1 - s2)
        sdlog = np.log(t2 / t1) / (z2 - z1)
        return np.log(t1) - sdlog * z1, sdlog

    @staticmethod
    def _minus_z(time: Array, meanlog: Array, sdlog: Array) -> Array:
        x = meanlog - np.log(time)
        x /= sdlog
        return x

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        x = self._minus_z(time, *columns)
        np.maximum(x, -_MAX_Z, out=x)
        log_ndtr(x, out=x)
        return np.subtract(0.0, x, out=x)

    def _survival(self, time: Array, *columns: Array) -> Array:
        x = self._minus_z(time, *columns)
        return ndtr(x, out=x)

    def worksheet_survival(self, w: Worksheet, time: Any, log_time: Any, *coefficients: Any) -> Any:
        meanlog, sdlog = coefficients
        return w.normal_cdf((meanlog - log_time) / sdlog)

    def worksheet_median(self, w: Worksheet, *coefficients: Any) -> Any:
        return w.exp(coefficients[0])

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        _, sdlog = columns
        z = -self._minus_z(time, *columns)
        # phi(z) / Phi(-z) = sqrt(2 / pi) / erfcx(z / sqrt 2): no difference of two large logarithms.
        log_hazard = 0.5 * np.log(2 / np.pi) - np.log(erfcx(z / np.sqrt(2))) - np.log(sdlog) - np.log(time)
        return np.where(z < -37, -np.inf, log_hazard)

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        meanlog, sdlog = columns
        return np.exp(meanlog + sdlog * ndtri(probability))

    def _mean(self, *columns: Array) -> Array:
        meanlog, sdlog = columns
        return np.exp(meanlog + sdlog**2 / 2)

    def _restricted_mean(self, limit: float, *columns: Array) -> Array:
        meanlog, sdlog = columns
        z = -self._minus_z(np.array([limit]), meanlog, sdlog)
        before = np.exp(np.minimum(meanlog + sdlog**2 / 2 + log_ndtr(z - sdlog), np.log(limit)))
        trusted = sdlog < 50  # beyond, the exponent is a small difference of large numbers
        closed = before + limit * ndtr(-z)
        return self._or_by_quadrature(closed, trusted, limit, meanlog, sdlog)
