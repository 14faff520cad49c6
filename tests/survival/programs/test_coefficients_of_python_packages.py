"""Coefficients as lifelines and scipy print them, by running both.

lifelines 0.30 fits tests/reference/ipd.csv: the covariance that it prints must be that of the same fit in R to 1%
(tests/reference/flexsurv.json; a spline's that of our fit with its knots). Of a generalised gamma it is compared on OS: near
Q = 0, as on PFS, lifelines' second derivatives of the incomplete gamma function by its shape are differences that have lost
their digits, also at a maximum found to 1e-6 standard errors; that its likelihood has the right covariance there,
`test_information_at_the_maximum.py` shows. scipy's survival functions give those of scipy.
"""

from __future__ import annotations

import warnings

import lifelines
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from model.survival import RoystonParmar, fit, from_lifelines, from_program, to_program
from tests.helpers.reference_trial import flexsurv
from tests.helpers.reference_trial import trial as patients

T = np.array([0.5, 3.0, 12.0, 60.0, 200.0])
FITTERS = {
    "ExponentialFitter": "exp",
    "WeibullFitter": "weibull",
    "LogNormalFitter": "lnorm",
    "LogLogisticFitter": "llogis",
    "GeneralizedGammaFitter": "gengamma",
}
REGRESSIONS = {
    "WeibullAFTFitter": "weibull",
    "LogNormalAFTFitter": "lnorm",
    "LogLogisticAFTFitter": "llogis",
    "GeneralizedGammaRegressionFitter": "gengamma",
}


def trial(endpoint: str = "os") -> tuple[np.ndarray, np.ndarray]:
    """Times and events of the control arm."""
    data = patients(endpoint, "control")
    return data.time, data.event


def fitted(name: str, scale: float = 1.0, **options):
    time, event = trial()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        maker = getattr(lifelines, name)()
        if name in REGRESSIONS:
            if "Gamma" in name:
                options["regressors"] = {"mu_": "1", "sigma_": "1", "lambda_": "1"}
            return maker.fit(pd.DataFrame({"T": time * scale, "E": event}), "T", "E", **options)
        return maker.fit(time * scale, event, **options)


@pytest.mark.parametrize("name", FITTERS)
def test_a_fitter_of_lifelines_is_taken_as_it_is(name):
    fitter = fitted(name)
    made = from_lifelines(fitter)
    r = flexsurv()[f"os|control|{FITTERS[name]}"]
    assert made.survival(T) == pytest.approx(fitter.survival_function_at_times(T).to_numpy(), abs=1e-6)
    assert made.survival(r["times"]) == pytest.approx(r["survival"], abs=1e-4)
    assert made.covariance == pytest.approx(np.reshape(r["vcov_transformed"], made.covariance.shape), rel=0.01)


@pytest.mark.parametrize("name", REGRESSIONS)
def test_a_regression_of_lifelines_without_covariates_is_a_curve(name):
    fitter = fitted(name)
    made = from_lifelines(fitter)
    r = flexsurv()[f"os|control|{REGRESSIONS[name]}"]
    nobody = pd.DataFrame(index=[0])
    theirs = fitter.predict_survival_function(nobody.assign(Intercept=1.0), times=T).to_numpy().ravel()
    assert made.survival(T) == pytest.approx(theirs, abs=1e-6)
    assert made.covariance == pytest.approx(np.reshape(r["vcov_transformed"], made.covariance.shape), rel=0.01)


def test_durations_in_days_give_the_same_curve():
    months, days = from_lifelines(fitted("WeibullFitter")), from_lifelines(fitted("WeibullFitter", 30.4375), time_unit="days")
    assert days.survival(T) == pytest.approx(months.survival(T), abs=1e-4)
    assert days.covariance == pytest.approx(months.covariance, rel=0.01)


@pytest.mark.parametrize("internal", [1, 2])
def test_a_spline_of_lifelines_is_its_own_curve_with_the_covariance_of_our_fit(internal):
    """Of PFS: on OS the optimiser of lifelines ends at a spline that falls."""
    time, event = trial("pfs")
    knots = np.percentile(time[event == 1], np.linspace(0, 100, internal + 2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter = lifelines.SplineFitter(knots).fit(time, event)
    made, ours = from_lifelines(fitter), fit(time, event, RoystonParmar("hazard", np.log(knots)))
    assert made.family.name == f"spline_hazard_{internal}"
    assert made.survival(T) == pytest.approx(fitter.survival_function_at_times(T).to_numpy(), abs=1e-9)
    assert made.survival(T) == pytest.approx(ours.distribution.survival(T, ours.coefficients), abs=1e-3)
    assert made.covariance == pytest.approx(ours.covariance, rel=0.01)


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: lifelines.KaplanMeierFitter(), "no curve that can be taken"),
        (lambda: lifelines.WeibullFitter(), "not fitted"),
        (lambda: fitted_with_age(), r"covariates \(age\)"),
    ],
)
def test_what_is_no_curve_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        from_lifelines(make())


def fitted_with_age():
    time, event = trial()
    table = pd.DataFrame({"T": time, "E": event, "age": np.linspace(-1, 1, len(time))})
    return lifelines.WeibullAFTFitter().fit(table, "T", "E")


SCIPY = [
    ("exponential", {"scale": 50.0}, lambda scale: stats.expon(scale=scale)),
    ("weibull", {"c": 1.3, "scale": 40.0}, lambda c, scale: stats.weibull_min(c, scale=scale)),
    ("gompertz", {"c": 0.2, "scale": 30.0}, lambda c, scale: stats.gompertz(c, scale=scale)),
    ("loglogistic", {"c": 1.5, "scale": 30.0}, lambda c, scale: stats.fisk(c, scale=scale)),
    ("lognormal", {"s": 1.1, "scale": 28.0}, lambda s, scale: stats.lognorm(s, scale=scale)),
    ("gamma", {"a": 1.7, "scale": 21.0}, lambda a, scale: stats.gamma(a, scale=scale)),
    ("generalised_gamma", {"a": 1.6, "c": 0.9, "scale": 20.0}, lambda a, c, scale: stats.gengamma(a, c, scale=scale)),
    ("generalised_gamma", {"a": 1.6, "c": -0.9, "scale": 20.0}, lambda a, c, scale: stats.gengamma(a, c, scale=scale)),
]


@pytest.mark.parametrize("name, printed, theirs", SCIPY)
def test_a_distribution_of_scipy_is_the_same_curve(name, printed, theirs):
    made = from_program("scipy", name, printed)
    assert made.survival(T) == pytest.approx(theirs(**printed).sf(T), abs=1e-10)
    assert from_program("scipy", name, printed, time_unit="weeks").survival(T * 7 / 30.4375) == pytest.approx(
        made.survival(T)
    )
    assert to_program("scipy", name, made.natural).coefficients == pytest.approx(printed, rel=1e-10)
