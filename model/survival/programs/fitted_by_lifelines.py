"""Fitted models of lifelines, taken as they are. The package itself is not needed: what a fitter says of itself is read."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.survival.programs.converted import Converted, from_program
from model.survival.programs.programs import parametrisation
from model.survival.programs.time_units import MONTHS

UNIVARIATE = {
    "ExponentialFitter": "exponential",
    "WeibullFitter": "weibull",
    "LogNormalFitter": "lognormal",
    "LogLogisticFitter": "loglogistic",
    "GeneralizedGammaFitter": "generalised_gamma",
}
REGRESSIONS = {
    "WeibullAFTFitter": "weibull",
    "LogNormalAFTFitter": "lognormal",
    "LogLogisticAFTFitter": "loglogistic",
    "GeneralizedGammaRegressionFitter": "generalised_gamma",
}
SPLINE = "SplineFitter"
_INTERCEPT = "Intercept"


def from_lifelines(fitter: Any, time_unit: str = MONTHS) -> Converted:
    """The curve of a fitted model of lifelines, with its covariance; time in months.

    fitter: a fitted ExponentialFitter, WeibullFitter, LogNormalFitter, LogLogisticFitter, GeneralizedGammaFitter or
    SplineFitter (one to three internal knots), or an accelerated-failure-time fitter without covariates (WeibullAFTFitter,
    LogNormalAFTFitter, LogLogisticAFTFitter, GeneralizedGammaRegressionFitter). time_unit: of its durations.

    The covariance is that which lifelines prints, which for a generalised gamma near the log-normal (lambda_ near 0) is not
    that of its likelihood: its derivatives of the incomplete gamma function lose their digits there.

    Raises ValueError for another fitter, one that is not fitted, and one with covariates.

    >>> import lifelines
    >>> fitted = lifelines.WeibullFitter().fit([90, 150, 210, 400, 700], [1, 1, 1, 1, 0])  # days
    >>> after_a_year = from_lifelines(fitted, time_unit="days").survival(12)
    >>> bool(abs(after_a_year - fitted.predict(365.25)) < 1e-9)
    True
    """
    name = next((c.__name__ for c in type(fitter).__mro__ if c.__name__ in (*UNIVARIATE, *REGRESSIONS, SPLINE)), "")
    if not name:
        known = ", ".join((*UNIVARIATE, SPLINE, *REGRESSIONS))
        raise ValueError(f"a {type(fitter).__name__} has no curve that can be taken. Taken: {known}.")
    if not hasattr(fitter, "variance_matrix_"):
        raise ValueError(f"the {name} is not fitted: call its fit first.")
    if name in REGRESSIONS:
        return _of_regression(fitter, REGRESSIONS[name], time_unit)
    knots = None
    if name == SPLINE:
        knots = np.asarray(fitter.knot_locations, dtype=float)
        distribution = f"spline_hazard_{len(knots) - 2}"
    else:
        distribution = UNIVARIATE[name]
    names = parametrisation("lifelines", distribution).names
    values = {n: float(getattr(fitter, n)) for n in names}
    order = [list(fitter.variance_matrix_.index).index(n) for n in names]
    covariance = np.asarray(fitter.variance_matrix_, dtype=float)[np.ix_(order, order)]
    return from_program("lifelines", distribution, values, covariance, time_unit, knots)


def _of_regression(fitter: Any, distribution: str, time_unit: str) -> Converted:
    labels = [" ".join(map(str, label)) for label in fitter.params_.index]
    covariates = sorted({str(label[1]) for label in fitter.params_.index} - {_INTERCEPT})
    if covariates:
        raise ValueError(f"the fit has covariates ({', '.join(covariates)}): a curve needs one without any.")
    names = parametrisation("lifelines_aft", distribution).names
    values = np.asarray(fitter.params_, dtype=float)[[labels.index(n) for n in names]]
    # lifelines 0.30 lays the matrix out by the sorted names of the parameters, whatever its labels say.
    order = [sorted(names).index(n) for n in names]
    covariance = np.asarray(fitter.variance_matrix_, dtype=float)[np.ix_(order, order)]
    return from_program("lifelines_aft", distribution, values, covariance, time_unit)
