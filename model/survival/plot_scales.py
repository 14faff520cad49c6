"""Kaplan-Meier on the scales on which a distribution is a straight line, and two arms against each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from model.arrays import Array
from model.survival.kaplan_meier import KaplanMeier

SCALES = {
    "log_cumulative_hazard": "Weibull (two parallel lines: proportional hazards)",
    "log_odds": "log-logistic (two parallel lines: proportional odds)",
    "inverse_normal": "log-normal (two parallel lines: accelerated failure time)",
}


@dataclass(frozen=True, eq=False)
class PlottedPoints:
    """Points (m,) of one arm: log time, the transformed survival, and the least-squares line through them."""

    log_time: Array
    value: Array
    slope: float
    intercept: float
    r_squared: float


def on_scale(km: KaplanMeier, scale: str) -> PlottedPoints:
    """Kaplan-Meier against log time: log(-log S), log((1 - S) / S) or -Phi^-1(S), at event times with 0 < S < 1.

    NICE DSU TSD 14 (Latimer 2011). Raises ValueError for an unknown scale or fewer than two points.
    """
    if scale not in SCALES:
        raise ValueError(f"{scale!r} is not a scale. Allowed: {', '.join(SCALES)}.")
    inside = (km.survival > 0) & (km.survival < 1)
    s, x = km.survival[inside], np.log(km.times[inside])
    if len(s) < 2:
        raise ValueError("a line needs at least two event times with survival between 0 and 1.")
    if scale == "log_cumulative_hazard":
        y = np.log(-np.log(s))
    elif scale == "log_odds":
        y = np.log((1 - s) / s)
    else:
        y = -ndtri(s)
    slope, intercept = np.polyfit(x, y, 1)
    left = y - intercept - slope * x
    whole = float(np.sum((y - y.mean()) ** 2))
    r_squared = 1 - float(left @ left) / whole if whole > 0 else float("nan")
    return PlottedPoints(x, y, float(slope), float(intercept), r_squared)


@dataclass(frozen=True, eq=False)
class QuantileQuantile:
    """Times (q,) by which the same `share` has had the event in both arms; `slope` of the line through the origin."""

    share: Array
    reference: Array
    treated: Array
    slope: float


def quantile_quantile(reference: KaplanMeier, treated: KaplanMeier, step: float = 0.02) -> QuantileQuantile:
    """Quantiles of both arms, as far as both are reached. On a straight line through the origin the treatment
    multiplies all times by its slope: the acceleration factor. Raises ValueError where no quantile is shared."""
    deepest = min(1 - float(reference.survival.min(initial=1.0)), 1 - float(treated.survival.min(initial=1.0)))
    share = np.arange(step, deepest + 1e-9, step)
    if not len(share):
        raise ValueError("the arms share no quantile.")
    a, b = (np.array([km.quantile(p) for p in share]) for km in (reference, treated))
    known = np.isfinite(a) & np.isfinite(b)
    share, a, b = share[known], a[known], b[known]
    return QuantileQuantile(share, a, b, float(a @ b / (a @ a)))
