"""Coefficients as R prints them: survreg and flexsurv on the same patients are the same curve with the same covariance.

tests/reference/parametrisations.json: fits of survival 3.5-3 and flexsurv 2.3.2 to tests/reference/ipd.csv, each with its own
coefficients and covariance. Survival to 1e-6, covariance to 1%. gengamma.orig is fitted on a ridge where flexsurv's two
parametrisations stop at different places; its covariance is compared where both converged to the same one (OS, control), and
at one and the same maximum by `test_information_at_the_maximum.py`.
"""

from __future__ import annotations

import numpy as np
import pytest

from model.survival import from_program, to_program
from tests.helpers.reference_trial import parametrisations

AS_FLEXSURV = {"exponential": "exp", "weibull": "weibull", "lognormal": "lnorm", "loglogistic": "llogis"}
OURS = {
    "exp": "exponential",
    "weibull": "weibull",
    "gompertz": "gompertz",
    "gamma": "gamma",
    "lnorm": "lognormal",
    "llogis": "loglogistic",
    "gengamma": "generalised_gamma",
}
CURVES = [f"{endpoint}|{arm}" for endpoint in ("pfs", "os") for arm in ("control", "intervention")]
DAYS = 30.4375


def survreg(curve: str, name: str) -> tuple[dict[str, float], list[list[float]]]:
    fit = parametrisations()[f"{curve}|{name}|survreg"]
    printed = {"(Intercept)": fit["coef"]}
    if name != "exponential":
        printed["Log(scale)"] = np.log(fit["scale"])
    return printed, fit["vcov"]


@pytest.mark.parametrize("name", AS_FLEXSURV)
@pytest.mark.parametrize("curve", CURVES)
def test_what_survreg_prints_is_the_curve_and_covariance_of_flexsurv(curve, name):
    made = from_program("survreg", name, *survreg(curve, name))
    flexsurv = parametrisations()[f"{curve}|{AS_FLEXSURV[name]}|flexsurv"]
    assert made.survival(60) == pytest.approx(flexsurv["survival_60"], abs=1e-6)
    assert made.covariance == pytest.approx(np.array(flexsurv["vcov_transformed"]), rel=0.01)


@pytest.mark.parametrize("name", AS_FLEXSURV)
def test_the_way_back_gives_what_survreg_printed(name):
    printed, covariance = survreg("os|control", name)
    made = from_program("survreg", name, printed, covariance)
    back = to_program("survreg", name, made.natural, made.covariance)
    assert back.coefficients == pytest.approx(printed, rel=1e-12)
    assert back.covariance == pytest.approx(np.array(covariance), rel=1e-9)


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("curve", CURVES)
def test_what_flexsurv_prints_is_taken_as_it_is(curve, name):
    fit = parametrisations()[f"{curve}|{name}|flexsurv"]
    made = from_program("flexsurv", OURS[name], np.atleast_1d(fit["est"]), fit["vcov_transformed"])
    assert made.survival(60) == pytest.approx(fit["survival_60"], abs=1e-6)
    assert made.estimates == pytest.approx(np.atleast_1d(fit["est_transformed"]), rel=1e-6)
    assert made.covariance == pytest.approx(np.array(fit["vcov_transformed"]), rel=1e-9)


@pytest.mark.parametrize("curve", CURVES)
def test_a_proportional_hazards_weibull_is_the_accelerated_one(curve):
    fit = parametrisations()[f"{curve}|weibullPH|flexsurv"]
    other = parametrisations()[f"{curve}|weibull|flexsurv"]
    made = from_program("flexsurv_weibullph", "weibull", fit["est"], fit["vcov_transformed"])
    assert made.survival(60) == pytest.approx(fit["survival_60"], abs=1e-6)
    assert made.natural == pytest.approx(other["est"], rel=1e-5)
    assert made.covariance == pytest.approx(np.array(other["vcov_transformed"]), rel=0.01)


@pytest.mark.parametrize("curve", CURVES)
def test_the_original_generalised_gamma_is_its_own_curve(curve):
    fit = parametrisations()[f"{curve}|gengamma.orig|flexsurv"]
    made = from_program("flexsurv_gengamma_orig", "generalised_gamma", fit["est"], fit["vcov_transformed"])
    assert made.survival(60) == pytest.approx(fit["survival_60"], abs=1e-6)
    if curve == "os|control":
        other = parametrisations()[f"{curve}|gengamma|flexsurv"]
        assert made.covariance == pytest.approx(np.array(other["vcov_transformed"]), rel=0.01)


@pytest.mark.parametrize("unit, length", [("days", 1 / DAYS), ("weeks", 7 / DAYS), ("months", 1.0), ("years", 12.0)])
def test_a_fit_in_another_unit_of_time_is_the_same_curve(unit, length):
    """In accelerated failure time another unit adds to the intercept, and leaves scale and covariance alone."""
    printed, covariance = survreg("pfs|control", "weibull")
    months = from_program("survreg", "weibull", printed, covariance)
    moved = {**printed, "(Intercept)": printed["(Intercept)"] - np.log(length)}
    made = from_program("survreg", "weibull", moved, covariance, time_unit=unit)
    assert made.natural == pytest.approx(months.natural, rel=1e-12)
    assert made.covariance == pytest.approx(months.covariance, rel=1e-9)


def test_a_gompertz_fit_in_years_has_twelve_times_the_shape_and_the_rate():
    fit = parametrisations()["os|control|gompertz|flexsurv"]
    in_years = 12 * np.array(fit["est"])
    stretch = np.diag([12.0, 1.0])  # of the shape itself and of the logarithm of the rate
    covariance = stretch @ np.array(fit["vcov_transformed"]) @ stretch
    made = from_program("flexsurv", "gompertz", in_years, covariance, time_unit="years")
    assert made.survival(60) == pytest.approx(fit["survival_60"], abs=1e-6)
    assert made.covariance == pytest.approx(np.array(fit["vcov_transformed"]), rel=1e-9)
