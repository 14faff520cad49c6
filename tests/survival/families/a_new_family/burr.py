"""Burr XII distribution: log-logistic at k = 1, Weibull as k grows."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import betaln

from model.arrays import Array
from model.survival.families.base import MAX_HAZARD
from model.survival.families.standard import StandardDistribution
from model.survival.worksheet import Worksheet


class BurrXII(StandardDistribution):
    """S(t) = (1 + x)^-k, H(t) = k log(1 + x), x = (t / scale)^shape.

    h(t) = k (shape / scale) (t / scale)^(shape - 1) / (1 + x); quantile scale ((1 - p)^(-1/k) - 1)^(1 / shape); mean
    scale k B(k - 1/shape, 1 + 1/shape) for k shape > 1, infinite otherwise. Burr (1942), Ann Math Stat 13:215;
    Tadikamalla (1980), Int Stat Rev 48:337. All three coefficients are estimated as logarithms.
    """

    name = "burr"
    label = "Burr XII"
    parameters = ("shape", "scale", "k")
    estimation_scale = ("log", "log", "log")
    time_role = ("shape", "scale", "shape")
    proportional_hazards = True  # a ratio multiplies k

    @staticmethod
    def _log_x(time: Array, shape: Array, scale: Array) -> Array:
        return shape * (np.log(time) - np.log(scale))

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        shape, scale, k = columns
        return np.minimum(k * np.logaddexp(0.0, self._log_x(time, shape, scale)), MAX_HAZARD)

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        shape, scale, k = columns
        log_power = np.where(shape == 1, 0.0, (shape - 1) * (np.log(time) - np.log(scale)))
        return np.log(k) + np.log(shape) - np.log(scale) + log_power - np.logaddexp(0.0, self._log_x(time, shape, scale))

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        shape, scale, k = columns
        return np.exp(np.log(scale) + np.log(np.expm1(-np.log1p(-probability) / k)) / shape)

    def _mean(self, *columns: Array) -> Array:
        shape, scale, k = columns
        finite = k * shape > 1
        log_mean = np.log(scale) + np.log(k) + betaln(np.where(finite, k - 1 / shape, 1.0), 1 + 1 / shape)
        return np.where(finite, np.exp(log_mean), np.inf)

    def worksheet_survival(self, w: Worksheet, time: Any, log_time: Any, *coefficients: Any) -> Any:
        shape, scale, k = coefficients
        x = w.exp(w.minimum(w.exponent_limit, shape * (log_time - w.ln(scale))))
        return w.exp(-(k * w.ln(1 + x)))

    def worksheet_median(self, w: Worksheet, *coefficients: Any) -> Any:
        shape, scale, k = coefficients
        return scale * w.exp(w.ln(w.exp(w.ln(2) / k) - 1) / shape)
