"""Curves from published statistics, checked against closed forms and the intervals that were reported.

PATINA: medians, intervals and landmarks reported for a trial of palbociclib; effective n is at risk / S.
"""

import numpy as np
import pytest
from scipy.special import ndtri

from model.survival import DISTRIBUTIONS, CoefficientPrior, HazardRatio, Landmark, Median, calibrate, distribution

PFS_CONTROL = (
    Median(29.1, lower=23.3, upper=38.6),
    Landmark(48, 0.383, effective_n=177),
    Landmark(60, 0.334, effective_n=104),
)
PFS_PALBOCICLIB = (
    Median(44.3, lower=32.4, upper=56.8),
    Landmark(48, 0.465, effective_n=180),
    Landmark(60, 0.432, effective_n=106),
)
OS_CONTROL = (Landmark(36, 0.847, effective_n=257), Landmark(60, 0.698, effective_n=104))
Q = CoefficientPrior("Q", 0.5, 0.5)
TWO_POINTS = (Landmark(12, 0.60, standard_error=0.04), Landmark(36, 0.25, standard_error=0.05))
TWO_PARAMETERS = ("weibull", "gompertz", "loglogistic", "lognormal", "gamma")


def sampled(calibration, n=10_000):
    draws = np.random.default_rng(20).multivariate_normal(calibration.estimates, calibration.covariance, n)
    return distribution(calibration.distribution).to_natural(draws)


@pytest.mark.parametrize("name", TWO_PARAMETERS)
def test_two_landmarks_are_fitted_exactly_by_two_coefficients(name):
    calibration = calibrate(distribution(name), TWO_POINTS)
    assert calibration.identified and calibration.converged
    assert calibration.fitted == pytest.approx([0.60, 0.25], abs=1e-8)


def test_two_landmarks_give_the_closed_form_coefficients():
    h = -np.log([0.60, 0.25])
    shape = np.log(h[1] / h[0]) / np.log(3)
    assert calibrate(distribution("weibull"), TWO_POINTS).coefficients == pytest.approx(
        [shape, 12 / h[0] ** (1 / shape)], rel=1e-7
    )
    z = ndtri(1 - np.array([0.60, 0.25]))
    sdlog = np.log(3) / (z[1] - z[0])
    assert calibrate(distribution("lognormal"), TWO_POINTS).coefficients == pytest.approx(
        [np.log(12) - sdlog * z[0], sdlog], rel=1e-7
    )


def test_the_same_landmarks_leave_the_tail_open():
    # Standards 5.5: means 26.3, 32.7 and 49.4 months, and a Gompertz plateau of 0.6%.
    curves = {name: calibrate(distribution(name), TWO_POINTS).coefficients for name in TWO_PARAMETERS}
    means = [float(distribution(name).mean(curves[name])) for name in ("weibull", "lognormal", "loglogistic")]
    assert means == pytest.approx([26.3, 32.7, 49.4], abs=0.06)
    assert distribution("gompertz").survival(1e4, curves["gompertz"]) == pytest.approx(0.006, abs=6e-4)


def test_a_landmark_with_its_binomial_error_gives_the_delta_method_error_of_an_exponential_rate():
    # log rate = log(-log S / t): standard error se(S) / (S log(1 / S)).
    survival, n = 0.7, 200
    calibration = calibrate(distribution("exponential"), [Landmark(24, survival, effective_n=n)])
    error = np.sqrt(survival * (1 - survival) / n) / (survival * -np.log(survival))
    assert calibration.coefficients == pytest.approx([-np.log(0.7) / 24], rel=1e-8)
    assert np.sqrt(calibration.covariance[0, 0]) == pytest.approx(error, rel=1e-5)


def test_with_as_many_statistics_as_coefficients_their_covariance_is_reproduced():
    weibull = distribution("weibull")
    calibration = calibrate(weibull, TWO_POINTS)
    step = 1e-5
    jacobian = np.column_stack(
        [
            (
                weibull.survival([12, 36], weibull.to_natural(calibration.estimates + move))
                - weibull.survival([12, 36], weibull.to_natural(calibration.estimates - move))
            )
            / (2 * step)
            for move in step * np.eye(2)
        ]
    )
    # Greenwood: Cov(S1, S2) = S1 S2 Var(log S1).
    variance = np.array([0.04**2, 0.05**2])
    covariance = 0.60 * 0.25 * variance[0] / 0.60**2
    expected = np.array([[variance[0], covariance], [covariance, variance[1]]])
    assert jacobian @ calibration.covariance @ jacobian.T == pytest.approx(expected, rel=1e-4)


def test_log_logistic_reproduces_the_reported_control_curve():
    calibration = calibrate(distribution("loglogistic"), PFS_CONTROL)
    assert calibration.fitted[0] == pytest.approx(29.1, abs=0.6)
    assert calibration.fitted[1:] == pytest.approx([0.383, 0.334], abs=0.006)


@pytest.mark.parametrize("name", ["loglogistic", "lognormal", "gompertz"])
def test_sampled_medians_and_landmarks_spread_as_reported(name):
    family, draws = distribution(name), sampled(calibrate(distribution(name), PFS_CONTROL))
    median = np.percentile(family.quantile(0.5, draws), [2.5, 97.5])
    assert median == pytest.approx([23.3, 38.6], abs=2.0)
    for landmark in PFS_CONTROL[1:]:
        survival = family.survival(landmark.time, draws)
        assert np.ptp(np.percentile(survival, [2.5, 97.5])) == pytest.approx(3.92 * landmark.standard_error, rel=0.2)


def test_weibull_overall_survival_of_the_control_arm_has_a_rising_hazard():
    calibration = calibrate(distribution("weibull"), OS_CONTROL)
    h = -np.log([0.847, 0.698])
    assert calibration.coefficients[0] == pytest.approx(np.log(h[1] / h[0]) / np.log(60 / 36), rel=1e-6)
    assert calibration.coefficients[0] == pytest.approx(1.51, abs=0.005)


@pytest.mark.parametrize("statistics", [PFS_CONTROL, PFS_PALBOCICLIB, OS_CONTROL], ids=["pfs0", "pfs1", "os0"])
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_every_distribution_calibrates_on_the_trial_with_a_prior_on_q(name, statistics):
    calibration = calibrate(distribution(name), (*statistics, Q))
    assert calibration.converged and calibration.identified, calibration.message
    assert np.all(np.abs(calibration.standardised_residuals[: len(statistics)]) < 1.5)
    assert np.array_equal(calibration.covariance, calibration.covariance.T)
    assert np.linalg.eigvalsh(calibration.covariance).min() > -1e-12
    assert distribution(name).valid(calibration.coefficients)


def test_a_prior_is_ignored_by_distributions_without_that_coefficient():
    with_prior = calibrate(distribution("weibull"), (*OS_CONTROL, Q))
    without = calibrate(distribution("weibull"), OS_CONTROL)
    assert with_prior.coefficients == pytest.approx(without.coefficients, rel=1e-9)
    assert np.isnan(with_prior.fitted[2]) and np.isnan(with_prior.observed[2])


def test_a_prior_passes_its_error_on():
    calibration = calibrate(distribution("generalised_gamma"), (*OS_CONTROL, Q))
    assert calibration.coefficients[2] == pytest.approx(0.5, abs=1e-6)
    assert np.sqrt(calibration.covariance[2, 2]) == pytest.approx(0.5, rel=1e-4)


def test_too_few_statistics_name_how_many_are_needed():
    calibration = calibrate(distribution("generalised_gamma"), OS_CONTROL)
    assert not calibration.identified and np.isnan(calibration.coefficients).all()
    assert "needs 3 statistics; 2 given" in calibration.message


def test_statistics_that_say_the_same_do_not_identify():
    twice = (Landmark(24, 0.5, standard_error=0.04), Landmark(24, 0.5, standard_error=0.04))
    assert not calibrate(distribution("weibull"), twice).identified


def test_statistics_close_together_do_not_identify_three_coefficients_and_ask_for_a_prior():
    for statistics in (PFS_CONTROL, PFS_PALBOCICLIB):
        calibration = calibrate(distribution("generalised_gamma"), statistics)
        assert not calibration.identified and "prior" in calibration.message and "Q" in calibration.message


def test_a_hazard_ratio_against_another_curve_places_the_curve():
    weibull = distribution("weibull")
    reference = float(weibull.cumulative_hazard(36, [1.5, 118.0]))
    statistics = [HazardRatio(36, 0.8, 0.1, reference), Landmark(60, 0.75, standard_error=0.03)]
    calibration = calibrate(weibull, statistics)
    assert weibull.cumulative_hazard(36, calibration.coefficients) == pytest.approx(0.8 * reference, rel=1e-7)
    one = calibrate(distribution("exponential"), statistics[:1])
    assert np.sqrt(one.covariance[0, 0]) == pytest.approx(0.1, rel=1e-6)


def test_a_median_with_an_effective_n_is_the_landmark_one_half():
    median = calibrate(distribution("exponential"), [Median(20, effective_n=150)])
    landmark = calibrate(distribution("exponential"), [Landmark(20, 0.5, effective_n=150)])
    assert median.coefficients == pytest.approx([np.log(2) / 20], rel=1e-8)
    assert median.covariance == pytest.approx(landmark.covariance, rel=1e-9)


def test_an_interval_of_a_median_is_two_times_1_96_standard_errors_wide():
    assert Median(29.1, lower=23.3, upper=38.6).standard_error == pytest.approx(15.3 / (2 * 1.959963984540054))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Median(20),
        lambda: Median(-1, standard_error=1),
        lambda: Median(20, lower=30, upper=10),
        lambda: Landmark(12, 1.2, standard_error=0.1),
        lambda: Landmark(12, 0.5),
        lambda: HazardRatio(12, -0.5, 0.1, 0.3),
        lambda: CoefficientPrior("Q", 0, 0),
    ],
)
def test_impossible_statistics_are_refused(make):
    with pytest.raises(ValueError):
        make()
