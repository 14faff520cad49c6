"""Gompertz distribution: a hazard that is exponential in time."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from scipy.optimize import brentq
from scipy.special import exp1

from model.arrays import Array
from model.survival.families.base import MAX_EXPONENT, MAX_HAZARD
from model.survival.families.standard import Point, StandardDistribution
from model.survival.worksheet import Worksheet

_NO_SHAPE = 1e-100  # below, exponential to the last digit at every time; rate / shape would overflow


class Gompertz(StandardDistribution):
    """H(t) = (rate / shape) (exp(shape t) - 1); h(t) = rate exp(shape t); shape 0 is the exponential.

    A negative shape leaves a share exp(rate / shape) that never has the event: quantiles beyond it and the
    mean are inf. Mean for a positive shape, with z = rate / shape: exp(z) E1(z) / shape (Lenart 2014, Scand
    Actuar J, eq. 7). flexsurv's `gompertz`: Jackson (2016), J Stat Softw 70(8), table 1. The shape is
    estimated untransformed.
    """

    name = "gompertz"
    label = "Gompertz"
    parameters = ("shape", "rate")
    estimation_scale = ("identity", "log")
    time_role = ("rate", "rate")
    proportional_hazards = True
    other_names = ("gomp", "gompertz_distribution")
    limits: ClassVar = {"shape": (-100.0, 1e3)}
    starting_coefficients = ((-0.5, 0.0, 0.5, 2.0), (1.0,))
    fitted_jointly = False

    def edge(self, coefficients: Array) -> str:
        shape, rate = coefficients
        if shape >= 0:
            return ""
        return f"The Gompertz shape is negative: the curve levels off at {100 * np.exp(rate / shape):.2g}%."

    def through_two_points(self, first: Point, second: Point) -> tuple[float, ...] | None:
        """The shape is the root of one monotone function."""
        (t1, s1), (t2, s2) = first, second
        h1, h2 = -np.log(s1), -np.log(s2)

        def excess(shape: float) -> float:
            if abs(shape) < 1e-9:
                return float(np.log(t2 / t1) - np.log(h2 / h1))
            return float(np.log(np.expm1(shape * t2) / np.expm1(shape * t1)) - np.log(h2 / h1))

        lowest, highest = -30 / t1, 600 / t2
        if excess(lowest) * excess(highest) > 0:
            return None
        shape = float(brentq(excess, lowest, highest, xtol=1e-14))
        rate = h1 / t1 if abs(shape) < 1e-9 else shape * h1 / float(np.expm1(shape * t1))
        return shape, rate

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        shape, rate = columns
        flat = np.abs(shape) < _NO_SHAPE
        x = np.multiply(shape, time)
        np.minimum(x, MAX_EXPONENT, out=x)
        np.expm1(x, out=x)
        x *= np.clip(rate / np.where(flat, 1.0, shape), -MAX_HAZARD, MAX_HAZARD)
        if flat.any():
            x = np.where(flat, rate * time, x)
        return np.minimum(x, MAX_HAZARD, out=x)

    def worksheet_survival(self, w: Worksheet, time: Any, log_time: Any, *coefficients: Any) -> Any:
        """exp(x) - 1 = 2 exp(x / 2) sinh(x / 2), which keeps its digits where x is small."""
        shape, rate = self._away_from_zero(w, coefficients[0]), coefficients[1]
        held = w.maximum(-w.exponent_limit, w.minimum(w.exponent_limit, shape * time))
        half = w.step("half of shape x time", held / 2)
        return w.exp(-(2 * rate / shape * w.exp(half) * w.sinh(half)))

    def worksheet_median(self, w: Worksheet, *coefficients: Any) -> Any:
        shape, rate = self._away_from_zero(w, coefficients[0]), coefficients[1]
        return w.ln(w.maximum(w.smallest, 1 + shape * w.ln(2) / rate)) / shape

    @staticmethod
    def _away_from_zero(w: Worksheet, shape: Any) -> Any:
        return w.single("shape, not 0", w.where(w.absolute(shape) < w.smallest_shape, w.smallest_shape, shape))

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        shape, rate = columns
        return np.minimum(np.log(rate) + shape * time, MAX_EXPONENT)

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        shape, rate = columns
        hazard = -np.log1p(-probability)
        x = shape * hazard / rate
        log1p_x = np.where(x > 1e15, np.log(np.abs(shape)) + np.log(hazard) - np.log(rate), np.log1p(x))
        time = np.where(np.abs(x) < 1e-200, hazard / rate, log1p_x / shape)
        return np.where(x <= -1, np.inf, time)

    def _mean(self, *columns: Array) -> Array:
        shape, rate = columns
        z = rate / shape
        mean = np.where(z > 50, _large(z) / rate, np.exp(z) * exp1(z) / shape)
        mean = np.where(z < 1e-200, (np.log(shape) - np.log(rate) - np.euler_gamma) / shape, mean)
        return np.where(shape < -_NO_SHAPE, np.inf, np.where(shape < _NO_SHAPE, 1 / rate, mean))


def _large(z: Array) -> Array:
    """z exp(z) E1(z) for z > 50: the asymptotic series 1 - 1/z + 2/z^2 - ..., 20 terms (DLMF 6.12.1)."""
    total, term = np.ones_like(z), np.ones_like(z)
    for n in range(1, 21):
        term = -n * term / z
        total = total + term
    return total
