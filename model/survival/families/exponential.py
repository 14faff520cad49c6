"""Exponential distribution: a constant hazard."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.arrays import Array
from model.survival.families.base import MAX_HAZARD
from model.survival.families.standard import StandardDistribution
from model.survival.worksheet import Worksheet


class Exponential(StandardDistribution):
    """H(t) = rate t; S(t) = exp(-rate t); h(t) = rate; mean 1 / rate; median log 2 / rate.

    flexsurv's `exp`: Jackson (2016), J Stat Softw 70(8), table 1.
    """

    name = "exponential"
    label = "Exponential"
    parameters = ("rate",)
    estimation_scale = ("log",)
    time_role = ("rate",)
    proportional_hazards = True
    other_names = ("exp", "expo", "exponential_distribution")

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        (rate,) = columns
        hazard = np.multiply(rate, time)
        return np.minimum(hazard, MAX_HAZARD, out=hazard)

    def worksheet_survival(self, w: Worksheet, time: Any, log_time: Any, *coefficients: Any) -> Any:
        (rate,) = coefficients
        return w.exp(-(rate * time))

    def worksheet_median(self, w: Worksheet, *coefficients: Any) -> Any:
        (rate,) = coefficients
        return w.ln(2) / rate

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        (rate,) = columns
        return np.log(rate) + np.zeros_like(time)

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        (rate,) = columns
        return -np.log1p(-probability) / rate

    def _mean(self, *columns: Array) -> Array:
        (rate,) = columns
        return 1 / rate

    def _restricted_mean(self, limit: float, *columns: Array) -> Array:
        (rate,) = columns
        return -np.expm1(-rate * limit) / rate
