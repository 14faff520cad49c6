"""Log-logistic distribution."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from model.arrays import Array
from model.survival.families.base import MAX_EXPONENT
from model.survival.families.standard import Point, StandardDistribution
from model.survival.worksheet import Worksheet


class LogLogistic(StandardDistribution):
    """S(t) = 1 / (1 + (t / scale)^shape); H(t) = log(1 + (t / scale)^shape).

    h(t) = (shape / scale) (t / scale)^(shape - 1) S(t). Median scale; mean scale (pi / shape) / sin(pi /
    shape) for a shape above 1, infinite otherwise. flexsurv's `llogis`: Jackson (2016), J Stat Softw 70(8),
    table 1.
    """

    name = "loglogistic"
    label = "Log-logistic"
    parameters = ("shape", "scale")
    estimation_scale = ("log", "log")
    time_role = ("shape", "scale")
    proportional_hazards = False
    other_names = ("llogis", "log_logistic", "llog", "loglog")
    limits: ClassVar = {"shape": (0.0, 1e3)}
    starting_coefficients = ((0.6, 1.0, 1.6, 2.5), (1.0,))

    def through_two_points(self, first: Point, second: Point) -> tuple[float, ...]:
        """The log odds are a straight line in log time."""
        (t1, s1), (t2, s2) = first, second
        shape = (np.log((1 - s2) / s2) - np.log((1 - s1) / s1)) / np.log(t2 / t1)
        return shape, t1 / ((1 - s1) / s1) ** (1 / shape)

    @staticmethod
    def _log_odds(time: Array, shape: Array, scale: Array) -> Array:
        """Log odds of having had the event."""
        x = np.subtract(np.log(time), np.log(scale))
        x *= shape
        return x

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        x = self._log_odds(time, *columns)
        if x.size == 0 or np.max(x) < MAX_EXPONENT:
            np.exp(x, out=x)
            return np.log1p(x, out=x)
        return np.minimum(np.logaddexp(0.0, x), np.finfo(float).max / 1e8)

    def _survival(self, time: Array, *columns: Array) -> Array:
        x = self._log_odds(time, *columns)
        np.exp(x, out=x)
        x += 1.0
        return np.reciprocal(x, out=x)

    def worksheet_survival(self, w: Worksheet, time: Any, log_time: Any, *coefficients: Any) -> Any:
        shape, scale = coefficients
        return 1 / (1 + w.exp(w.minimum(w.exponent_limit, shape * (log_time - w.ln(scale)))))

    def worksheet_median(self, w: Worksheet, *coefficients: Any) -> Any:
        return coefficients[1]

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        shape, scale = columns
        log_power = np.where(shape == 1, 0.0, (shape - 1) * (np.log(time) - np.log(scale)))
        return np.log(shape) - np.log(scale) + log_power - self._cumulative_hazard(time, *columns)

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        shape, scale = columns
        return np.exp(np.log(scale) + (np.log(probability) - np.log1p(-probability)) / shape)

    def _mean(self, *columns: Array) -> Array:
        shape, scale = columns
        return np.where(shape > 1, scale / np.sinc(1 / shape), np.inf)  # np.sinc(x) = sin(pi x) / (pi x)
