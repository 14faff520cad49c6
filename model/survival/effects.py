"""Relative effects of a treatment on a reference curve, and their waning.

Ratios act on event risk: a value below 1 is a benefit for `hazard_ratio` and `odds_ratio`, a value above 1
for `acceleration_factor`. A hazard ratio on a log-logistic or log-normal reference is allowed, but the
treated curve is then no longer of that family.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.survival.families.base import Distribution
from model.survival.increments import FloatArray, hazard_increments

EFFECT_KINDS = ("hazard_ratio", "acceleration_factor", "odds_ratio")


def apply_effect(
    kind: str, distribution: Distribution, coefficients: ArrayLike, time: ArrayLike, value: ArrayLike
) -> FloatArray:
    """Cumulative hazard of the treated arm, (n_draws, n_times).

    kind: one of EFFECT_KINDS; coefficients of the reference: (n_draws, k), natural scale; time: (n_times,) in
    the unit of the coefficients; value: (n_draws,) or scalar. Raises ValueError for an unknown kind and for
    values that are not positive (a hazard or odds ratio may be 0: no events).
    """
    value = np.asarray(value, dtype=float)
    if kind not in EFFECT_KINDS:
        raise ValueError(f"{kind!r} is not an effect. Allowed: {', '.join(EFFECT_KINDS)}.")
    lowest_allowed = np.finfo(float).tiny if kind == "acceleration_factor" else 0.0
    if not np.all(value >= lowest_allowed):
        raise ValueError(f"{kind} must be positive; the lowest value is {np.min(value)}.")
    if kind == "acceleration_factor":
        return accelerated(distribution, coefficients, time, value)
    reference = distribution.cumulative_hazard(time, coefficients)
    return (
        proportional_hazards(reference, value)
        if kind == "hazard_ratio"
        else proportional_odds(reference, value)
    )


def proportional_hazards(cumulative_hazard: ArrayLike, hazard_ratio: ArrayLike) -> FloatArray:
    """H_treated = ratio x H_reference, that is S_treated = S_reference^ratio.

    Cox (1972), J R Stat Soc B 34:187. cumulative_hazard: (..., n_times); hazard_ratio: (...) or scalar.
    """
    return np.asarray(hazard_ratio, dtype=float)[..., None] * np.asarray(cumulative_hazard, dtype=float)


def accelerated(
    distribution: Distribution, coefficients: ArrayLike, time: ArrayLike, acceleration_factor: ArrayLike
) -> FloatArray:
    """H_treated(t) = H_reference(t / factor): every event comes `factor` times as late.

    Wei (1992), Stat Med 11:1871. Arguments as for `apply_effect`; the result is (n_draws, n_times).
    """
    return distribution.cumulative_hazard(time, distribution.rescale_time(coefficients, acceleration_factor))


def proportional_odds(cumulative_hazard: ArrayLike, odds_ratio: ArrayLike) -> FloatArray:
    """Odds of having had the event, (1 - S) / S, multiplied by the ratio: below 1 is a benefit.

    (1 - S) / S = exp(H) - 1, so H_treated = log(1 + ratio (exp(H) - 1)) (Bennett 1983, Stat Med 2:273).
    cumulative_hazard: (..., n_times); odds_ratio: (...) or scalar.
    """
    hazard = np.asarray(cumulative_hazard, dtype=float)
    ratio = np.asarray(odds_ratio, dtype=float)[..., None]
    if hazard.size == 0 or hazard.max() < 600:
        return np.log1p(ratio * np.expm1(hazard))
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        early = np.log1p(ratio * np.expm1(hazard))
        # The same without exp(H), which overflows: H + log(exp(-H) + ratio (1 - exp(-H))).
        late = hazard + np.log(np.exp(-hazard) - ratio * np.expm1(-hazard))
        return np.where(hazard < 1, early, np.maximum(late, 0.0))


def wane(
    time: ArrayLike,
    treated_cumulative_hazard: ArrayLike,
    reference_cumulative_hazard: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
) -> FloatArray:
    """Cumulative hazard of a treated curve whose hazard returns to the reference hazard, (n_draws, n_times).

    Within each interval of `time` the hazard is r h_treated + (1 - r) h_reference, r read at the middle of
    the interval: 1 up to `start`, 0 from `end`, linear between; start = end is a step. The hazards become
    equal, not the curves: benefit gained so far is kept. Never changes anything before `start`. See
    `waning_lowers_hazard`. time: (n_times,), increasing; start, end: scalar or (n_draws,), in its unit; inf
    for no waning. Raises ValueError where end < start. NICE DSU TSD 21 (Rutherford 2020).
    """
    treated = hazard_increments(treated_cumulative_hazard)
    reference = hazard_increments(reference_cumulative_hazard)
    remaining = remaining_effect(time, start, end)
    with np.errstate(invalid="ignore"):  # 0 x inf
        mixed = np.where(remaining > 0, remaining * treated, 0.0) + np.where(
            remaining < 1, (1 - remaining) * reference, 0.0
        )
    return np.cumsum(mixed, axis=-1, out=mixed)


def remaining_effect(time: ArrayLike, start: ArrayLike, end: ArrayLike) -> FloatArray:
    """Share r of the effect left in the interval that ends at each time, (n_times,) or (n_draws, n_times)."""
    time = np.asarray(time, dtype=float)
    start, end = np.asarray(start, dtype=float)[..., None], np.asarray(end, dtype=float)[..., None]
    if np.any(end < start):
        raise ValueError("waning must not end before it starts.")
    middle = (time + np.concatenate([[0.0], time[:-1]])) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        sloping = np.clip((end - middle) / (end - start), 0.0, 1.0)
    return np.where(middle < start, 1.0, np.where(middle >= end, 0.0, np.where(np.isinf(end), 1.0, sloping)))


def waning_lowers_hazard(
    time: ArrayLike,
    treated_cumulative_hazard: ArrayLike,
    reference_cumulative_hazard: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
) -> NDArray[np.bool_]:
    """True for each draw, (n_draws,), where waning lowers the treated hazard somewhere.

    That happens where the treated hazard already exceeds the reference hazard; waning then adds survival, and
    whoever applies it should be told.
    """
    treated = hazard_increments(treated_cumulative_hazard)
    reference = hazard_increments(reference_cumulative_hazard)
    waning = remaining_effect(time, start, end) < 1
    return np.any(waning & (treated > reference * (1 + 1e-9) + 1e-15), axis=-1)
