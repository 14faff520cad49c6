"""What a curve says of published statistics, on each statistic's own scale, and how the statistics hang together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import log_ndtr

from model.arrays import Array
from model.survival.families.base import Distribution
from model.survival.summary_statistics import (
    CoefficientPrior,
    HazardRatio,
    Landmark,
    Median,
    NotReached,
    Statistic,
    point_on_curve,
)

_UNREACHED_MEDIAN = 1e4  # in units of the reported median: far, but finite for the optimiser
_LOG_SQRT_2_PI = 0.5 * float(np.log(2 * np.pi))


def applies(distribution: Distribution, statistic: Statistic) -> bool:
    """Does the statistic say anything of a curve of this family? A prior on another family's coefficient does not."""
    return not isinstance(statistic, CoefficientPrior) or statistic.name in distribution.parameters


def as_fitted(statistic: Statistic) -> Statistic:
    """A median known only by an effective sample size is the landmark S(median) = 0.5."""
    if isinstance(statistic, Median) and statistic.standard_error is None:
        return Landmark(statistic.time, 0.5, effective_n=statistic.effective_n)
    return statistic


def observed_value(statistic: Statistic) -> float:
    """The value reported; of a hazard ratio its logarithm, of what was not reached the survival that was not."""
    if isinstance(statistic, Median):
        return statistic.time
    if isinstance(statistic, (Landmark, NotReached)):
        return statistic.survival
    if isinstance(statistic, HazardRatio):
        return float(np.log(statistic.ratio))
    return statistic.mean


def error_of(statistic: Statistic) -> float:
    """The standard error on the scale of `observed_value`."""
    error = statistic.standard_error_log if isinstance(statistic, HazardRatio) else statistic.standard_error
    assert error is not None
    return error


def predicted_values(distribution: Distribution, estimates: Array, statistics: Sequence[Statistic]) -> Array:
    """What the curves with these estimates (..., k) say for each statistic, (..., n)."""
    coefficients = distribution.to_natural(estimates)
    values = np.empty((*estimates.shape[:-1], len(statistics)))
    for i, statistic in enumerate(statistics):
        if isinstance(statistic, Median):
            median = distribution.quantile(0.5, coefficients)
            values[..., i] = np.minimum(median, _UNREACHED_MEDIAN * statistic.time)
        elif isinstance(statistic, (Landmark, NotReached)):
            values[..., i] = distribution.survival(statistic.time, coefficients)
        elif isinstance(statistic, HazardRatio):
            hazard = distribution.cumulative_hazard(statistic.time, coefficients)
            values[..., i] = np.log(np.maximum(hazard, 1e-300) / statistic.reference_cumulative_hazard)
        else:
            values[..., i] = estimates[..., distribution.parameters.index(statistic.name)]
    return values


def one_sided_residuals(statistics: Sequence[Statistic], standardised: Array) -> Array:
    """Residuals (..., n) whose squares are minimised, from (predicted - observed) / standard error (..., n).

    A one-sided statistic is a censored observation (Tobin 1958, Econometrica 26:24): -2 log L = -2 log Phi(z) is the
    square of its residual, which is smooth and vanishes as the curve comes to lie well above.
    """
    one_sided = [i for i, statistic in enumerate(statistics) if isinstance(statistic, NotReached)]
    if not one_sided:
        return standardised
    residuals = standardised.copy()
    residuals[..., one_sided] = np.sqrt(-2 * log_ndtr(standardised[..., one_sided]))
    return residuals


def information_scale(statistics: Sequence[Statistic], standardised: Array) -> Array:
    """What the derivative of each residual is multiplied by to be that of an observation with the same information, (n,).

    1, but for one-sided statistics: there -d^2 log Phi / dz^2 = v (v + z) with v = phi(z) / Phi(z), which tends to 1 for
    a curve that contradicts the statistic and to 0 for one that lies well above.
    """
    scale = np.ones(len(statistics))
    for i, statistic in enumerate(statistics):
        if isinstance(statistic, NotReached):
            z = float(standardised[i])
            log_phi = -0.5 * z * z - _LOG_SQRT_2_PI
            v = float(np.exp(log_phi - log_ndtr(z)))
            residual = float(np.sqrt(-2 * log_ndtr(z)))  # falls as the curve rises: its derivative by z is -v / residual
            scale[i] = -residual * np.sqrt((v + z) / v) if v > 0 else 0.0
    return scale


def correlation_of(distribution: Distribution, coefficients: Array, statistics: Sequence[Statistic], errors: Array) -> Array:
    """Correlation matrix of the statistics, (n, n): Greenwood's between points of the curve, none otherwise.

    A median is the point (median, 0.5); its standard error in survival is the fitted density times that in
    time. Var(log S) never falls with time on a Kaplan-Meier curve; where the reported errors say otherwise
    the running maximum takes their place, without which the matrix would not be a covariance.
    """
    correlation = np.eye(len(statistics))
    curve = [i for i, statistic in enumerate(statistics) if isinstance(statistic, (Median, Landmark, NotReached))]
    points = [_on_kaplan_meier(statistics[i]) for i in curve]
    deviations = []
    for i, (time, survival) in zip(curve, points, strict=True):
        in_survival = errors[i]
        if isinstance(statistics[i], Median):
            in_survival = errors[i] * float(distribution.density(time, coefficients))
        deviations.append(in_survival / survival)
    order = np.argsort([time for time, _ in points], kind="stable")
    if len(order) > 1:
        ordered = np.maximum.accumulate(np.maximum(np.array(deviations)[order], 1e-12))
        ratio = np.minimum.outer(ordered, ordered) / np.maximum.outer(ordered, ordered)
        correlation[np.ix_(np.array(curve)[order], np.array(curve)[order])] = ratio
    return correlation


def _on_kaplan_meier(statistic: Statistic) -> tuple[float, float]:
    """Where on the Kaplan-Meier curve the error of a statistic is that of the curve."""
    if isinstance(statistic, NotReached):
        return statistic.time, statistic.survival
    point = point_on_curve(statistic)
    assert point is not None
    return point
