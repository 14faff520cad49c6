"""A median not yet reached is evidence of one side: a censored normal observation (Tobin 1958)."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from model.survival import Landmark, NotReached, calibrate, distribution

EXPONENTIAL = distribution("exponential")
SEEN = Landmark(36, 0.70, standard_error=0.03)


def test_far_from_the_limit_it_says_nothing():
    # The curve through the landmark has S(40) = 0.67, 5.7 standard errors above one half.
    alone = calibrate(EXPONENTIAL, [SEEN])
    with_it = calibrate(EXPONENTIAL, [SEEN, NotReached(40, standard_error=0.03)])
    assert with_it.coefficients == pytest.approx(alone.coefficients, rel=1e-7)
    assert with_it.covariance == pytest.approx(alone.covariance, rel=1e-2)
    assert with_it.residuals[1] == 0


def test_near_the_limit_the_estimate_is_that_of_the_censored_likelihood():
    limit, error = 70.0, 0.05
    calibrated = calibrate(EXPONENTIAL, [SEEN, NotReached(limit, standard_error=error)])

    def minus_twice_log_likelihood(log_rate):
        survival = np.exp(-np.exp(log_rate) * np.array([36, limit]))
        return ((survival[0] - 0.70) / 0.03) ** 2 - 2 * norm.logcdf((survival[1] - 0.5) / error)

    best = minimize_scalar(minus_twice_log_likelihood, bounds=(-8, -2), method="bounded", options={"xatol": 1e-12})
    assert calibrated.estimates[0] == pytest.approx(best.x, abs=1e-6)
    assert calibrated.estimates[0] < calibrate(EXPONENTIAL, [SEEN]).estimates[0]  # fewer die


def test_its_information_is_that_of_a_censored_observation():
    # -d^2 log Phi / dz^2 = v (v + z), v the inverse Mills ratio; Greenwood's correlation is the ratio of the two errors
    # of log survival.
    limit, error = 70.0, 0.05
    calibrated = calibrate(EXPONENTIAL, [SEEN, NotReached(limit, standard_error=error)])
    rate = calibrated.coefficients[0]
    survival = np.exp(-rate * np.array([36, limit]))
    slopes = -rate * np.array([36, limit]) * survival / np.array([0.03, error])
    z = (survival[1] - 0.5) / error
    v = norm.pdf(z) / norm.cdf(z)
    rows = slopes * np.array([1.0, np.sqrt(v * (v + z))])
    correlation = (0.03 / 0.70) / (error / 0.5)
    information = rows @ rows
    variance = (rows @ np.array([[1, correlation], [correlation, 1]]) @ rows) / information**2
    assert calibrated.covariance[0, 0] == pytest.approx(variance, rel=1e-4)


def test_evidence_that_contradicts_the_curve_pulls_like_a_landmark():
    # The landmark puts S(120) at 0.30; a median not reached by then, with a standard error of 0.01, wins.
    calibrated = calibrate(EXPONENTIAL, [SEEN, NotReached(120, standard_error=0.01)])
    landmark = calibrate(EXPONENTIAL, [SEEN, Landmark(120, 0.5, standard_error=0.01)])
    assert calibrated.fitted[1] == pytest.approx(landmark.fitted[1], abs=0.01)
    assert calibrated.residuals[1] >= 0


def test_it_determines_no_coefficient_by_itself():
    calibrated = calibrate(distribution("weibull"), [SEEN, NotReached(70, effective_n=40)])
    assert not calibrated.identified
    assert "needs 2 statistics; 1 given" in calibrated.message


@pytest.mark.parametrize("wrong", [{"time": 0.0, "effective_n": 40}, {"time": 60.0}, {"time": 60.0, "standard_error": 0.0}])
def test_a_time_and_an_error_are_needed(wrong):
    with pytest.raises(ValueError, match="landmark"):
        NotReached(**wrong)
