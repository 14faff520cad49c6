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
from functools import partial

import numpy as np
from scipy.optimize import OptimizeResult, least_squares

from model.arrays import Array
from model.shown import Shown, View, columns_view
from model.survival.families.base import Distribution
from model.survival.families.standard import StandardDistribution
from model.survival.misfit import Misfit, derivatives, slopes
from model.survival.starting_values import starting_values
from model.survival.summary_statistics import NotReached, Statistic, point_on_curve

_LARGEST_SHAPE = 3.0  # of a shape that is estimated untransformed, such as Q
_LARGEST_LOG_SHAPE = 5.0
_HARDLY_DETERMINED = 2.0  # standard error on the estimation scale: a 95% interval over a factor of exp(8)
_POLISHED, _MOST_POLISHING = 1e-13, 40  # largest last step, and number of steps, on the estimation scale
_STENCIL = 1e-3


@dataclass(frozen=True, eq=False)
class Calibration(Shown):
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

    def view(self) -> View:
        """Each statistic as it is and as the curve has it."""
        columns = {"Observed": self.observed, "Fitted": self.fitted, "Residual, standard errors": self.standardised_residuals}
        values = ", ".join(f"{value:.5g}" for value in self.coefficients)
        return columns_view(f"Calibration: {self.distribution}", columns, [f"coefficients {values}", self.message])


def calibrate(distribution: StandardDistribution, statistics: Sequence[Statistic]) -> Calibration:
    """Coefficients of `distribution` that come closest to the statistics, with their covariance.

    Works in the unit of time of the statistics. Never raises for too few statistics: look at `identified`.

    >>> from model import survival
    >>> weibull = survival.distribution("weibull")
    >>> statistics = [survival.Median(10.0, 8.0, 12.0), survival.Landmark(24.0, 0.2, effective_n=100)]
    >>> found = survival.calibrate(weibull, statistics)
    >>> weibull.survival([10.0, 24.0], found.coefficients).round(6).tolist()  # two statistics, two coefficients: met
    [0.5, 0.2]
    """
    points = [point for statistic in statistics if (point := point_on_curve(statistic)) is not None]
    return calibrate_together([(distribution, statistics)], starting_values(distribution, points))


def calibrate_together(parts: Sequence[tuple[Distribution, Sequence[Statistic]]], starts: Sequence[Array]) -> Calibration:
    """The same for curves that share one vector of coefficients, each with statistics of its own.

    parts: families with the same coefficients (such as OS of two arms whose patients live alike after progression), and
    the statistics of each; statistics of different parts are independent. starts: natural coefficients (k,) to begin
    from. Results have the statistics in the order of the parts.
    """
    family = parts[0][0]
    misfit = Misfit.of(parts)
    k, n_given = len(family.parameters), misfit.n_points
    if n_given < k:
        missing = (
            f"{family.label} has {k} coefficients ({', '.join(family.parameters)}) and needs {k} "
            f"statistics; {n_given} given. Add {k - n_given}, or a prior on a coefficient."
        )
        return _result(misfit, np.full(k, np.nan), np.full((k, k), np.nan), False, missing)
    best = _least_squares(family, [family.to_estimation(start) for start in starts], misfit.residuals)
    if best is None:
        message = "No starting curve passes through the statistics; check that survival falls with time."
        return _result(misfit, np.full(k, np.nan), np.full((k, k), np.nan), False, message)
    best.x = _polished(family, best, misfit.residuals, misfit.last_time)
    covariance, doubt = _covariance(misfit, best)
    return _result(misfit, best.x, covariance, not doubt, doubt or str(best.message), bool(best.success))


def _covariance(misfit: Misfit, best: OptimizeResult) -> tuple[Array, str]:
    """Sandwich covariance (k, k), and what makes the coefficients doubtful ("" for nothing)."""
    distribution = misfit.family
    # Already divided by the standard errors: J'WJ is its square.
    jacobian = best.jac * misfit.information_scale(best.x)[:, None]
    lower, upper = _bounds(distribution)
    free = np.minimum(best.x - lower, upper - best.x) > 1e-3
    spread = np.zeros(jacobian.T.shape)
    spread[free] = np.linalg.pinv(jacobian[:, free])
    covariance = spread @ misfit.correlation(best.x) @ spread.T
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
    distribution: Distribution, starts: Sequence[Array], standardised: Callable[[Array], Array]
) -> OptimizeResult | None:
    """The best local optimum from several starting estimates, screened by their misfit, until two of them agree."""
    if not starts:
        return None
    best: OptimizeResult | None = None
    lower, upper = _bounds(distribution)
    misfits = np.sum(standardised(np.array(starts)) ** 2, axis=-1)
    promising = [starts[i] for i in np.argsort(misfits, kind="stable") if np.isfinite(misfits[i])]
    for start in promising[:5]:
        start = np.clip(start, lower + 0.01, upper - 0.01)
        with np.errstate(all="ignore"):
            found = least_squares(
                standardised,
                start,
                jac=partial(slopes, standardised),
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
        jacobian = derivatives(standardised, x, steps)[:, free]
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


def _result(
    misfit: Misfit, estimates: Array, covariance: Array, identified: bool, message: str, converged: bool = False
) -> Calibration:
    used = misfit.used
    observed, fitted, errors = (np.full(len(used), np.nan) for _ in range(3))
    observed[used] = misfit.observed
    if np.isfinite(estimates).all():
        fitted[used] = misfit.predicted(estimates)
        errors[used] = misfit.errors
    residuals = observed - fitted
    one_sided = np.zeros(len(used), dtype=bool)
    one_sided[used] = [isinstance(statistic, NotReached) for statistic in misfit.applied]
    residuals[one_sided] = np.maximum(residuals[one_sided], 0.0)
    return Calibration(
        distribution=misfit.family.name,
        coefficients=misfit.family.to_natural(estimates),
        estimates=estimates,
        covariance=covariance,
        observed=observed,
        fitted=fitted,
        residuals=residuals,
        standardised_residuals=residuals / errors,
        converged=converged,
        identified=identified,
        message=message,
    )
