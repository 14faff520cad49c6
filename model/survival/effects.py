"""Relative effects of a treatment on a reference curve, and their waning.

Ratios act on event risk: a value below 1 is a benefit for `hazard_ratio` and `odds_ratio`, a value above 1
for `acceleration_factor` and `cure_odds_ratio`. A hazard ratio on a log-logistic or log-normal reference is allowed, but the
treated curve is then no longer of that family.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.survival.families.base import Distribution
from model.survival.families.cure import places_of_cure, with_cure_odds
from model.survival.increments import hazard_increments, running_total

EFFECT_KINDS = {
    "hazard_ratio": "hazard = ratio x hazard of the reference",
    "acceleration_factor": "times are multiplied by the ratio",
    "odds_ratio": "odds of the event = ratio x odds of the event of the reference (below 1 is a benefit)",
    "cure_odds_ratio": "odds of being cured = ratio x those of the reference, whose curve has a cure fraction; the ratio is "
    "exp of a published log odds (above 1 is a benefit)",
}
"""Relative effects, each with its meaning."""
WANING_SHAPES = ("linear", "step", "exponential")  # of `wane`; `lose_benefit` acts on the curves instead
LEFT_AT_END = 0.05  # share of the effect that exponential waning leaves at its end time


def apply_effect(kind: str, distribution: Distribution, coefficients: ArrayLike, time: ArrayLike, value: ArrayLike) -> Array:
    """Cumulative hazard of the treated arm, (n_draws, n_times).

    kind: one of EFFECT_KINDS; coefficients of the reference: (n_draws, k), natural scale; time: (n_times,) in
    the unit of the coefficients; value: (n_draws,) or scalar. Raises ValueError for an unknown kind and for
    values that are not positive (a hazard or odds ratio may be 0: no events).

    >>> from model import survival
    >>> rate = survival.distribution("exponential")
    >>> survival.apply_effect("hazard_ratio", rate, [0.1], [10.0], 0.5).tolist()  # 0.5 x 0.1 x 10
    [0.5]
    """
    value = np.asarray(value, dtype=float)
    if kind not in EFFECT_KINDS:
        raise ValueError(f"{kind!r} is not an effect. Allowed: {', '.join(EFFECT_KINDS)}.")
    lowest_allowed = np.finfo(float).tiny if kind == "acceleration_factor" else 0.0
    if not np.all(value >= lowest_allowed):
        raise ValueError(f"{kind} must be positive; the lowest value is {np.min(value)}.")
    if kind == "acceleration_factor":
        return accelerated(distribution, coefficients, time, value)
    if kind == "cure_odds_ratio":
        return more_cured(distribution, coefficients, time, value)
    reference = distribution.cumulative_hazard(time, coefficients)
    return proportional_hazards(reference, value) if kind == "hazard_ratio" else proportional_odds(reference, value)


def proportional_hazards(cumulative_hazard: ArrayLike, hazard_ratio: ArrayLike) -> Array:
    """H_treated = ratio x H_reference, that is S_treated = S_reference^ratio.

    Cox (1972), J R Stat Soc B 34:187. cumulative_hazard: (..., n_times); hazard_ratio: (...) or scalar.

    >>> from model import survival
    >>> survival.proportional_hazards([0.0, 0.5, 1.0], 0.6).tolist()
    [0.0, 0.3, 0.6]
    """
    return np.asarray(hazard_ratio, dtype=float)[..., None] * np.asarray(cumulative_hazard, dtype=float)


def accelerated(
    distribution: Distribution, coefficients: ArrayLike, time: ArrayLike, acceleration_factor: ArrayLike
) -> Array:
    """H_treated(t) = H_reference(t / factor): every event comes `factor` times as late.

    Wei (1992), Stat Med 11:1871. Arguments as for `apply_effect`; the result is (n_draws, n_times).

    >>> from model import survival
    >>> weibull = survival.distribution("weibull")
    >>> twice = survival.accelerated(weibull, [1.5, 20.0], [10.0], 2.0)  # every event comes twice as late
    >>> bool(abs(twice - weibull.cumulative_hazard([5.0], [1.5, 20.0])).max() < 1e-12)
    True
    """
    factor = np.asarray(acceleration_factor, dtype=float)
    by_row = np.asarray(time, dtype=float) / factor[..., None]
    return distribution.cumulative_hazard_by_row(by_row, coefficients)


def more_cured(distribution: Distribution, coefficients: ArrayLike, time: ArrayLike, odds_ratio: ArrayLike) -> Array:
    """H of the reference's distribution with the odds of being cured multiplied; those not cured live alike.

    Farewell (1982), Biometrics 38:1041. Arguments as for `apply_effect`; the result is (n_draws, n_times). Raises ValueError
    for a distribution without a cure fraction.

    >>> from model import survival
    >>> cure = survival.MixtureCure(survival.distribution("exponential"))
    >>> cure.parameters
    ('cure_fraction', 'rate')
    >>> doubled = survival.more_cured(cure, [0.5, 0.1], [1e4], 2.0)  # odds of cure from 1 to 2: two thirds are cured
    >>> bool(abs(doubled[0] - cure.cumulative_hazard([1e4], [2 / 3, 0.1])[0]) < 1e-9)
    True
    """
    given, ratio = np.asarray(coefficients, dtype=float), np.asarray(odds_ratio, dtype=float)
    places = places_of_cure(distribution.parameters)
    if not places:
        raise ValueError(f"the odds of cure need a cure fraction, which a {distribution.label} curve does not have.")
    changed = np.array(np.broadcast_to(given, (*np.broadcast_shapes(given.shape[:-1], ratio.shape), given.shape[-1])))
    changed[..., places] = with_cure_odds(changed[..., places], ratio[..., None])
    return distribution.cumulative_hazard(time, changed)


def proportional_odds(cumulative_hazard: ArrayLike, odds_ratio: ArrayLike) -> Array:
    """Odds of having had the event, (1 - S) / S, multiplied by the ratio: below 1 is a benefit.

    (1 - S) / S = exp(H) - 1, so H_treated = log(1 + ratio (exp(H) - 1)) (Bennett 1983, Stat Med 2:273).
    cumulative_hazard: (..., n_times); odds_ratio: (...) or scalar.

    >>> from model import survival
    >>> import numpy as np
    >>> half = -np.log(0.5)  # odds of 1; an odds ratio of 2 of the event makes 2 to 1 of it
    >>> np.exp(-survival.proportional_odds([half], 2.0)).round(6).tolist()
    [0.333333]
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
    shape: str = "linear",
) -> Array:
    """Cumulative hazard of a treated curve whose hazard returns to the reference hazard, (n_draws, n_times).

    Within each interval of `time` the hazard is r h_treated + (1 - r) h_reference, r read at the middle of
    the interval (`remaining_effect`). The hazards become equal, not the curves: benefit gained so far is
    kept. Never changes anything before `start`. See `waning_lowers_hazard`. time: (n_times,), increasing;
    start, end: scalar or (n_draws,), in its unit; inf for no waning. Raises ValueError where end < start.
    NICE DSU TSD 21 (Rutherford 2020).

    >>> from model import survival
    >>> treated, reference = [0.0, 0.5, 1.0, 1.5], [0.0, 1.0, 2.0, 3.0]
    >>> survival.wane([0.0, 1.0, 2.0, 3.0], treated, reference, 1.0, 1.0, "step").tolist()  # as the reference from month 1
    [0.0, 0.5, 1.5, 2.5]
    """
    return mix_hazards(treated_cumulative_hazard, reference_cumulative_hazard, remaining_effect(time, start, end, shape))


def mix_hazards(treated_cumulative_hazard: ArrayLike, reference_cumulative_hazard: ArrayLike, share: ArrayLike) -> Array:
    """Cumulative hazard whose increments are share x treated + (1 - share) x reference, (n_draws, n_times).

    share: (n_times,) or (n_draws, n_times) in [0, 1], of the interval that ends at each time.
    """
    treated = hazard_increments(treated_cumulative_hazard)
    reference = hazard_increments(reference_cumulative_hazard)
    part = np.asarray(share, dtype=float)
    with np.errstate(invalid="ignore"):  # 0 x inf
        mixed = np.where(part > 0, part * treated, 0.0) + np.where(part < 1, (1 - part) * reference, 0.0)
    return running_total(mixed)


def lose_benefit(
    time: ArrayLike, treated_cumulative_hazard: ArrayLike, reference_cumulative_hazard: ArrayLike, start: float, end: float
) -> Array:
    """Cumulative hazard of a treated curve that falls back onto the reference curve, (n_draws, n_times).

    S = r S_treated + (1 - r) S_reference with r falling evenly from 1 at `start` to 0 at `end`: unlike `wane`
    the curves themselves meet, and what was gained is lost. Where the treated curve lies below the reference
    curve it stays level until the reference curve comes down to it: nobody returns to life. Arguments as for
    `wane`. Raises ValueError where end < start.
    """
    if end < start:
        raise ValueError("waning must not end before it starts.")
    at = np.asarray(time, dtype=float)
    width = end - start
    left = np.clip((end - at) / width, 0.0, 1.0) if width > 0 else (at < start).astype(float)
    treated = np.asarray(treated_cumulative_hazard, dtype=float)
    reference = np.asarray(reference_cumulative_hazard, dtype=float)
    with np.errstate(divide="ignore"):
        hazard = -np.logaddexp(np.log(left) - treated, np.log1p(-left) - reference)
    hazard = np.where(left >= 1, treated, np.where(left <= 0, reference, hazard))
    return np.maximum.accumulate(hazard, axis=-1)


def remaining_effect(time: ArrayLike, start: ArrayLike, end: ArrayLike, shape: str = "linear") -> Array:
    """Share r of the effect left in the interval that ends at each time, (n_times,) or (n_draws, n_times).

    r is 1 up to `start`. `linear`: falls evenly to 0 at `end`; `step`: 0 from `start` on; `exponential`:
    falls at a constant rate, 0.05 at `end`, and goes on falling. start = end is a step whatever the shape.
    """
    if shape not in WANING_SHAPES:
        raise ValueError(f"{shape!r} is not a waning shape. Allowed: {', '.join(WANING_SHAPES)}.")
    time = np.asarray(time, dtype=float)
    start = np.asarray(start, dtype=float)[..., None]
    end = start if shape == "step" else np.asarray(end, dtype=float)[..., None]
    if np.any(end < start):
        raise ValueError("waning must not end before it starts.")
    middle = (time + np.concatenate([[0.0], time[:-1]])) / 2
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if shape == "exponential":
            after = np.where(end > start, LEFT_AT_END ** ((middle - start) / (end - start)), 0.0)
        else:
            after = np.where(middle >= end, 0.0, np.clip((end - middle) / (end - start), 0.0, 1.0))
    return np.where(middle < start, 1.0, np.where(np.isinf(end), 1.0, after))


def waning_lowers_hazard(
    time: ArrayLike,
    treated_cumulative_hazard: ArrayLike,
    reference_cumulative_hazard: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    shape: str = "linear",
) -> NDArray[np.bool_]:
    """True for each draw, (n_draws,), where waning lowers the treated hazard somewhere.

    That happens where the treated hazard already exceeds the reference hazard; waning then adds survival, and
    whoever applies it should be told.

    >>> from model import survival
    >>> treated, reference = [0.0, 0.5, 1.0], [0.0, 1.0, 2.0]
    >>> bool(survival.waning_lowers_hazard([0.0, 1.0, 2.0], treated, reference, 1.0, 1.0, "step").any())
    False
    """
    treated = hazard_increments(treated_cumulative_hazard)
    reference = hazard_increments(reference_cumulative_hazard)
    waning = remaining_effect(time, start, end, shape) < 1
    return np.any(waning & (treated > reference * (1 + 1e-9) + 1e-15), axis=-1)
