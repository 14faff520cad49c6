"""Coefficients as Stata's streg and stpm2 and SAS PROC LIFEREG print them, by the formulas of their manuals.

Neither program is at hand: survival functions are written here from [ST] streg, Methods and formulas, from Lambert and
Royston (2009), Stata J 9:265, and from the SAS/STAT User's Guide, LIFEREG, Supported Distributions. Covariances:
R's fits of the same likelihood (tests/reference/parametrisations.json), whose estimated coefficients are those of Stata up to
order and sign, and those of SAS up to Scale in place of its logarithm; all of them also by the information of the manuals'
own densities (`test_information_at_the_maximum.py`).
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from model.survival import from_program, to_program
from tests.helpers.reference_trial import flexsurv, parametrisations

T = np.array([0.5, 3.0, 12.0, 60.0, 200.0])


def loggamma_stata(cons: float, ln_sigma: float, kappa: float) -> np.ndarray:
    g, z = abs(kappa) ** -2.0, np.sign(kappa) * (np.log(T) - cons) / np.exp(ln_sigma)
    lower = special.gammainc(g, g * np.exp(abs(kappa) * z))
    return 1 - lower if kappa > 0 else lower


def gamma_sas(intercept: float, scale: float, shape: float) -> np.ndarray:
    w = (np.log(T) - intercept) / scale
    upper = special.gammaincc(shape**-2.0, shape**-2.0 * np.exp(shape * w))
    return upper if shape > 0 else 1 - upper


STATA = [
    ("streg", "exponential", {"_cons": -4.0}, np.exp(-np.exp(-4.0) * T)),
    ("streg_time", "exponential", {"_cons": 4.0}, np.exp(-np.exp(-4.0) * T)),
    ("streg", "weibull", {"_cons": -5.0, "/ln_p": 0.3}, np.exp(-np.exp(-5.0) * T ** np.exp(0.3))),
    ("streg_time", "weibull", {"_cons": 3.5, "/ln_p": 0.3}, np.exp(-((np.exp(-3.5) * T) ** np.exp(0.3)))),
    ("streg", "gompertz", {"_cons": -4.0, "/gamma": 0.01}, np.exp(-np.exp(-4.0) / 0.01 * np.expm1(0.01 * T))),
    ("streg", "gompertz", {"_cons": -3.0, "/gamma": -0.02}, np.exp(-np.exp(-3.0) / -0.02 * np.expm1(-0.02 * T))),
    ("streg", "lognormal", {"_cons": 3.2, "/lnsigma": 0.2}, 1 - stats.norm.cdf((np.log(T) - 3.2) / np.exp(0.2))),
    ("streg", "loglogistic", {"_cons": 3.1, "/lngamma": -0.4}, 1 / (1 + (np.exp(-3.1) * T) ** (1 / np.exp(-0.4)))),
    ("streg", "generalised_gamma", {"_cons": 3.3, "/lnsigma": 0.1, "/kappa": 0.6}, loggamma_stata(3.3, 0.1, 0.6)),
    ("streg_time", "generalised_gamma", {"_cons": 3.3, "/lnsigma": 0.1, "/kappa": -0.6}, loggamma_stata(3.3, 0.1, -0.6)),
]
SAS = [
    ("exponential", {"Intercept": 4.0}, np.exp(-np.exp(-4.0) * T)),
    ("weibull", {"Intercept": 3.5, "Scale": 0.8}, np.exp(-np.exp((np.log(T) - 3.5) / 0.8))),
    ("loglogistic", {"Intercept": 3.1, "Scale": 0.6}, 1 / (1 + np.exp((np.log(T) - 3.1) / 0.6))),
    ("lognormal", {"Intercept": 3.2, "Scale": 1.2}, 1 - stats.norm.cdf((np.log(T) - 3.2) / 1.2)),
    ("generalised_gamma", {"Intercept": 3.3, "Scale": 1.1, "Shape": 0.6}, gamma_sas(3.3, 1.1, 0.6)),
    ("generalised_gamma", {"Intercept": 3.3, "Scale": 1.1, "Shape": -0.4}, gamma_sas(3.3, 1.1, -0.4)),
]
ALL = [*STATA, *(("lifereg", *case) for case in SAS)]


@pytest.mark.parametrize("program, name, printed, survival", ALL)
def test_a_curve_is_the_one_that_the_manual_says(program, name, printed, survival):
    made = from_program(program, name, printed)
    assert made.survival(T) == pytest.approx(survival, abs=1e-12)
    assert to_program(program, name, made.natural).coefficients == pytest.approx(printed, rel=1e-12)


@pytest.mark.parametrize("program, name, printed, survival", ALL)
def test_printed_in_days_it_is_the_same_curve_in_days(program, name, printed, survival):
    made = from_program(program, name, printed, time_unit="days")
    assert made.survival(T / 30.4375) == pytest.approx(survival, abs=1e-12)


STATA_OF_R = [  # program, ours, R's fit, Stata's estimates as a matrix times R's
    ("streg", "exponential", "exp", [[1]]),
    ("streg_time", "exponential", "exp", [[-1]]),
    ("streg", "weibull", "weibullPH", [[0, 1], [1, 0]]),
    ("streg_time", "weibull", "weibull", [[0, 1], [1, 0]]),
    ("streg", "gompertz", "gompertz", [[0, 1], [1, 0]]),
    ("streg", "lognormal", "lnorm", [[1, 0], [0, 1]]),
    ("streg", "loglogistic", "llogis", [[0, 1], [-1, 0]]),
    ("streg", "generalised_gamma", "gengamma", np.eye(3)),
]


@pytest.mark.parametrize("program, name, fit, matrix", STATA_OF_R)
@pytest.mark.parametrize("curve", ["pfs|control", "os|intervention"])
def test_the_covariance_of_stata_is_that_of_the_same_fit_in_r(curve, program, name, fit, matrix):
    r = parametrisations()[f"{curve}|{fit}|flexsurv"]
    as_ours = parametrisations()[f"{curve}|{'weibull' if name == 'weibull' else fit}|flexsurv"]
    m = np.array(matrix, dtype=float)
    estimates = m @ np.atleast_1d(r["est_transformed"])
    made = from_program(program, name, estimates, m @ np.array(r["vcov_transformed"]) @ m.T)
    assert made.survival(60) == pytest.approx(r["survival_60"], abs=1e-6)
    assert made.covariance == pytest.approx(np.array(as_ours["vcov_transformed"]), rel=0.01)


@pytest.mark.parametrize("name, fit", [("weibull", "weibull"), ("loglogistic", "loglogistic"), ("lognormal", "lognormal")])
@pytest.mark.parametrize("curve", ["pfs|control", "os|intervention"])
def test_the_covariance_of_sas_is_that_of_survreg_with_scale_itself(curve, name, fit):
    r = parametrisations()[f"{curve}|{fit}|survreg"]
    to_scale = np.diag([1.0, r["scale"]])  # d scale = scale x d log(scale)
    covariance = to_scale @ np.array(r["vcov"]) @ to_scale
    made = from_program("lifereg", name, {"Intercept": r["coef"], "Scale": r["scale"]}, covariance)
    by_survreg = from_program("survreg", name, [r["coef"], np.log(r["scale"])], r["vcov"])
    assert made.natural == pytest.approx(by_survreg.natural, rel=1e-12)
    assert made.covariance == pytest.approx(by_survreg.covariance, rel=1e-9)


def restricted_cubic_spline(x: np.ndarray, knots: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """_cons + _rcs1 x + ...; Lambert and Royston 2009, section 2.1; the constant comes last, as Stata prints it."""
    low, high = knots[0], knots[-1]
    total = coefficients[-1] + coefficients[0] * x
    for own, gamma in zip(knots[1:-1], coefficients[1:-1], strict=True):
        share = (high - own) / (high - low)
        cubes = [np.maximum(x - k, 0) ** 3 for k in (own, low, high)]
        total = total + gamma * (cubes[0] - share * cubes[1] - (1 - share) * cubes[2])
    return total


@pytest.mark.parametrize("key", [key for key in flexsurv() if "|spline_" in key])
def test_a_spline_of_stpm2_in_years_is_flexsurvs_curve(key):
    fit = flexsurv()[key]
    months, gamma, f = np.exp(fit["knots_log_time"]), np.array(fit["gamma"]), np.log(12.0)
    shift = np.eye(len(gamma))
    shift[0, 1] = f  # x in months = x in years + log 12
    in_years = shift @ gamma
    to_stata = np.roll(np.eye(len(gamma)), 1, axis=1)  # the constant last
    printed = to_stata @ in_years
    covariance = to_stata @ shift @ np.array(fit["vcov"]) @ shift.T @ to_stata.T
    distribution = key.split("|")[2]
    made = from_program("stpm2", distribution, printed, covariance, time_unit="years", knots=months / 12)
    assert made.survival(fit["times"]) == pytest.approx(fit["survival"], abs=1e-9)
    assert made.covariance == pytest.approx(np.array(fit["vcov"]), rel=1e-6)
    linear = restricted_cubic_spline(np.log(T / 12), np.log(months / 12), printed)
    by_hand = {"hazard": np.exp(-np.exp(linear)), "odds": 1 / (1 + np.exp(linear)), "normal": stats.norm.cdf(-linear)}[
        fit["scale"]
    ]
    assert made.survival(T) == pytest.approx(by_hand, abs=1e-10)
    back = to_program("stpm2", made.family, made.natural, made.covariance, time_unit="years")
    assert back.values == pytest.approx(printed, rel=1e-9)
    assert back.knots == pytest.approx(months / 12, rel=1e-12)
