"""From published summary statistics to the coefficients of a curve and their covariance.

Without patient data a curve can still be made to pass through what a trial reported. The coefficients are
weighted least-squares estimates: each statistic on its own scale (months for a median, probability for a
landmark), weighted by 1 / standard error^2. Their covariance lets a probabilistic analysis sample curves
whose medians and landmarks spread as the reported intervals do.

Statistics of one Kaplan-Meier curve are not independent: people who survive to 60 months have survived to 48.
Under Greenwood's formula (Greenwood 1926, Rep Public Health Med Subj 33) Cov(log S(t1), log S(t2)) = Var(log
S(t1)) for t1 < t2, so their correlation is the ratio of their standard deviations. With V the covariance of
the statistics, J their derivatives by the coefficients and W the weights, the estimates have, by the delta
method, covariance A V A' with A = (J'WJ)^-1 J'W (sandwich: White 1980, Econometrica 48:817).

A calibrated curve says nothing about the tail that the statistics did not say: compare several families.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, least_squares

from model.arrays import Array
from model.survival.families.base import Distribution
from model.survival.families.standard import StandardDistribution
from model.survival.starting_values import starting_values
from model.survival.summary_statistics import CoefficientPrior, HazardRatio, Landmark, Median, Statistic, point_on_curve

_LARGEST_SHAPE = 3.0  # of a shape that is estimated untransformed, such as Q
_LARGEST_LOG_SHAPE = 5.0
_HARDLY_DETERMINED = 2.0  # standard error on the estimation scale: a 95% interval over a factor of exp(8)
_UNREACHED_MEDIAN = 1e4  # in units of the reported median: far, but finite for the optimiser
_POLISHED, _MOST_POLISHING = 1e-13, 40  # largest last step, and number of steps, on the estimation scale
_STENCIL = 1e-3


@dataclass(frozen=True, eq=False)
class Calibration:
    """Result of `calibrate`: k coefficients, n statistics as given; an ignored statistic has fitted nan.

    coefficients: (k,) natural scale; estimates, covariance: (k,), (k, k) on the estimation scale; observed,
    fitted, residuals = observed - fitted: (n,) on each statistic's own scale (hazard ratios: log);
    standardised_residuals: in standard errors. identified: the statistics determine the coefficients;
    otherwise `message` says what is missing: with fewer statistics than coefficients all numbers are nan,
    else they are the best there are but no basis for sampling. A coefficient held at a bound has zero
    variance.
    """

    distribution: str
    coefficients: Array
    estimates: Array
    covariance: Array
    observed: Array
    fitted: Array
    residuals: Array
    standardised_residuals: Array
    converged: bool
    identified: bool
    message: str


def calibrate(distribution: StandardDistribution, statistics: Sequence[Statistic]) -> Calibration:
    """Coefficients of `distribution` that come closest to the statistics, with their covariance.

    Works in the unit of time of the statistics. Never raises for too few statistics: look at `identified`.
    """
    used = np.array([_applies(distribution, statistic) for statistic in statistics], dtype=bool)
    applied = [_as_fitted(statistic) for statistic, use in zip(statistics, used, strict=True) if use]
    observed = np.full(len(statistics), np.nan)
    observed[used] = [_observed(statistic) for statistic in applied]
    k = len(distribution.parameters)
    if len(applied) < k:
        missing = (
            f"{distribution.label} has {k} coefficients ({', '.join(distribution.parameters)}) and needs {k} "
            f"statistics; {len(applied)} given. Add {k - len(applied)}, or a prior on a coefficient."
        )
        return _result(distribution, np.full(k, np.nan), np.full((k, k), np.nan), observed, used, applied, False, missing)

    errors = np.array([_standard_error(statistic) for statistic in applied])
    target = observed[used]

    def standardised(estimates: Array) -> Array:
        return (_fitted(distribution, estimates, applied) - target) / errors

    best = _least_squares(distribution, applied, standardised)
    if best is not None:
        times = [point[0] for s in applied if (point := point_on_curve(s)) is not None]
        best.x = _polished(distribution, best, standardised, max(times, default=1.0))
    else:
        message = "No starting curve passes through the statistics; check that survival falls with time."
        return _result(distribution, np.full(k, np.nan), np.full((k, k), np.nan), observed, used, applied, False, message)

    covariance, doubt = _covariance(distribution, best, applied, errors)
    return _result(
        distribution, best.x, covariance, observed, used, applied, not doubt, doubt or str(best.message), bool(best.success)
    )


def _covariance(
    distribution: Distribution, best: OptimizeResult, applied: list[Statistic], errors: Array
) -> tuple[Array, str]:
    """Sandwich covariance (k, k), and what makes the coefficients doubtful ("" for nothing)."""
    jacobian = best.jac  # already divided by the standard errors: J'WJ is its square
    lower, upper = _bounds(distribution)
    free = np.minimum(best.x - lower, upper - best.x) > 1e-3
    spread = np.zeros(jacobian.T.shape)
    spread[free] = np.linalg.pinv(jacobian[:, free])
    correlation = _correlation(distribution, distribution.to_natural(best.x), applied, errors)
    covariance = spread @ correlation @ spread.T
    covariance = (covariance + covariance.T) / 2

    scale = np.linalg.norm(jacobian, axis=0)
    if not np.all(scale > 0) or np.linalg.cond(jacobian[:, free] / scale[free]) > 1e7:
        names = ", ".join(distribution.parameters)
        return covariance, f"The statistics do not determine all of {names}: some say the same."
    if not free.all():
        j = int(np.argmin(free))
        name = distribution.parameters[j]
        return covariance, f"{name} ran to its bound {best.x[j]:.3g} and is held there; add a prior on it."
    # The Gompertz shape is a rate in the unit of time: its error has no natural size.
    kinds = zip(distribution.time_role, distribution.estimation_scale, strict=True)
    unitless = [role != "rate" or scale == "log" for role, scale in kinds]
    deviation = np.sqrt(np.diag(covariance)) * unitless
    if deviation.max() > _HARDLY_DETERMINED:
        name = distribution.parameters[int(deviation.argmax())]
        return covariance, f"{name} has a standard error of {deviation.max():.3g}; add a prior on it."
    return covariance, ""


def _bounds(distribution: Distribution) -> tuple[Array, Array]:
    """Bounds on the estimation scale: a shape stays where its curve can be told from a step."""
    kinds = zip(distribution.time_role, distribution.estimation_scale, strict=True)
    upper = [np.inf if role != "shape" else _LARGEST_LOG_SHAPE if scale == "log" else _LARGEST_SHAPE for role, scale in kinds]
    return -np.array(upper), np.array(upper)


def _least_squares(
    distribution: StandardDistribution, applied: list[Statistic], standardised: Callable[[Array], Array]
) -> OptimizeResult | None:
    """The best local optimum from several starting curves, screened by their misfit, until two of them agree."""
    points = [point for statistic in applied if (point := point_on_curve(statistic)) is not None]
    starts = [distribution.to_estimation(start) for start in starting_values(distribution, points)]
    starts = [start for start in starts if np.isfinite(standardised(start)).all()]
    starts.sort(key=lambda start: float(np.sum(standardised(start) ** 2)))
    best: OptimizeResult | None = None
    lower, upper = _bounds(distribution)
    for start in starts[:5]:
        start = np.clip(start, lower + 0.01, upper - 0.01)
        with np.errstate(all="ignore"):
            found = least_squares(
                standardised,
                start,
                jac="3-point",
                bounds=(lower, upper),
                x_scale="jac",
                xtol=1e-13,
                ftol=1e-13,
                gtol=1e-13,
                max_nfev=200,
            )
        if best is not None and abs(found.cost - best.cost) <= 1e-9 * best.cost + 1e-18:
            return best  # two starts agree
        if best is None or found.cost < best.cost:
            best = found
    return best


def _polished(distribution: Distribution, best: OptimizeResult, standardised: Callable[[Array], Array], time: float) -> Array:
    """The optimum to the last digits, (k,), by Gauss-Newton steps from where the optimiser stopped.

    Its own tolerances leave the ninth digit open; here a calibration is a function of its statistics to machine
    precision, so that another program that solves the same equations finds the same curve. A coefficient near its
    bound, and an optimum from which the steps lead away, stay as they are. ``time``: the size of the statistics' times,
    which a shape that is a rate is measured by.
    """
    lower, upper = _bounds(distribution)
    x: Array = best.x
    free = np.minimum(x - lower, upper - x) > 1e-3
    kinds = zip(distribution.time_role, distribution.estimation_scale, strict=True)
    steps = _STENCIL * np.array([1 / time if kind == ("rate", "identity") else 1.0 for kind in kinds])
    for _ in range(_MOST_POLISHING):
        jacobian = _derivatives(standardised, x, steps)[:, free]
        if not np.isfinite(jacobian).all():
            return best.x
        step = np.zeros_like(x)
        step[free] = -np.linalg.lstsq(jacobian, standardised(x), rcond=None)[0]
        x = x + step
        if np.abs(step).max() < _POLISHED:
            break
    near = np.abs(x - best.x).max() < 1e-3
    better = float(np.sum(standardised(x) ** 2)) <= 2 * best.cost * (1 + 1e-9) + 1e-20
    return x if near and better else best.x


def _derivatives(function: Callable[[Array], Array], at: Array, steps: Array) -> Array:
    """Derivatives (n, k) of a function (k,) -> (n,), by differences of the fourth order of the steps (k,)."""
    columns = []
    for j in range(len(at)):
        h = np.zeros_like(at)
        h[j] = steps[j]
        near, far = function(at + h) - function(at - h), function(at + 2 * h) - function(at - 2 * h)
        columns.append((8 * near - far) / (12 * h[j]))
    return np.stack(columns, axis=1)


def _applies(distribution: Distribution, statistic: Statistic) -> bool:
    return not isinstance(statistic, CoefficientPrior) or statistic.name in distribution.parameters


def _as_fitted(statistic: Statistic) -> Statistic:
    """A median known only by an effective sample size is the landmark S(median) = 0.5."""
    if isinstance(statistic, Median) and statistic.standard_error is None:
        return Landmark(statistic.time, 0.5, effective_n=statistic.effective_n)
    return statistic


def _observed(statistic: Statistic) -> float:
    if isinstance(statistic, Median):
        return statistic.time
    if isinstance(statistic, Landmark):
        return statistic.survival
    if isinstance(statistic, HazardRatio):
        return float(np.log(statistic.ratio))
    return statistic.mean


def _standard_error(statistic: Statistic) -> float:
    error = statistic.standard_error_log if isinstance(statistic, HazardRatio) else statistic.standard_error
    assert error is not None
    return error


def _fitted(distribution: Distribution, estimates: Array, applied: list[Statistic]) -> Array:
    """What the curve with these estimates says for each statistic, (n,)."""
    coefficients = distribution.to_natural(estimates)
    values = []
    for statistic in applied:
        if isinstance(statistic, Median):
            median = float(distribution.quantile(0.5, coefficients))
            values.append(min(median, _UNREACHED_MEDIAN * statistic.time))
        elif isinstance(statistic, Landmark):
            values.append(float(distribution.survival(statistic.time, coefficients)))
        elif isinstance(statistic, HazardRatio):
            hazard = float(distribution.cumulative_hazard(statistic.time, coefficients))
            values.append(float(np.log(max(hazard, 1e-300) / statistic.reference_cumulative_hazard)))
        else:
            values.append(float(estimates[distribution.parameters.index(statistic.name)]))
    return np.array(values)


def _correlation(distribution: Distribution, coefficients: Array, applied: list[Statistic], errors: Array) -> Array:
    """Correlation matrix of the statistics, (n, n): Greenwood's between points of the curve, none otherwise.

    A median is the point (median, 0.5); its standard error in survival is the fitted density times that in
    time. Var(log S) never falls with time on a Kaplan-Meier curve; where the reported errors say otherwise
    the running maximum takes their place, without which the matrix would not be a covariance.
    """
    correlation = np.eye(len(applied))
    curve = [i for i, statistic in enumerate(applied) if isinstance(statistic, (Median, Landmark))]
    points = [point_on_curve(applied[i]) or (np.nan, np.nan) for i in curve]
    deviations = []
    for i, (time, survival) in zip(curve, points, strict=True):
        in_survival = errors[i]
        if isinstance(applied[i], Median):
            in_survival = errors[i] * float(distribution.density(time, coefficients))
        deviations.append(in_survival / survival)
    order = np.argsort([time for time, _ in points], kind="stable")
    if len(order) > 1:
        ordered = np.maximum.accumulate(np.maximum(np.array(deviations)[order], 1e-12))
        ratio = np.minimum.outer(ordered, ordered) / np.maximum.outer(ordered, ordered)
        correlation[np.ix_(np.array(curve)[order], np.array(curve)[order])] = ratio
    return correlation


def _result(
    distribution: Distribution,
    estimates: Array,
    covariance: Array,
    observed: Array,
    used: NDArray[np.bool_],
    applied: list[Statistic],
    identified: bool,
    message: str,
    converged: bool = False,
) -> Calibration:
    fitted, errors = np.full(len(used), np.nan), np.full(len(used), np.nan)
    if np.isfinite(estimates).all():
        fitted[used] = _fitted(distribution, estimates, applied)
        errors[used] = [_standard_error(statistic) for statistic in applied]
    return Calibration(
        distribution=distribution.name,
        coefficients=distribution.to_natural(estimates),
        estimates=estimates,
        covariance=covariance,
        observed=observed,
        fitted=fitted,
        residuals=observed - fitted,
        standardised_residuals=(observed - fitted) / errors,
        converged=converged,
        identified=identified,
        message=message,
    )
