"""Statistics of drawn curves: an exponential's in closed form, and every point of the curve by the family itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, qmc

from model.survival import distribution
from model.survival.calibration import calibrate
from model.survival.normal_points import N_POINTS, drawn_steps, normal_points
from model.survival.sampled_statistics import sampled_statistics
from model.survival.sobol_points import MOST_COORDINATES, sobol_points
from model.survival.summary_statistics import CoefficientPrior, HazardRatio, Landmark, Median


def test_points_are_standard_normal_and_the_same_each_time() -> None:
    points = normal_points(2)
    assert points.shape == (N_POINTS, 2)
    assert np.allclose(points.mean(axis=0), 0, atol=0.01) and np.allclose(np.cov(points.T), np.eye(2), atol=0.02)
    assert np.array_equal(points, normal_points(2))


@pytest.mark.parametrize("coordinates", range(1, MOST_COORDINATES + 1))
def test_sobol_points_are_those_of_scipy(coordinates: int) -> None:
    theirs = qmc.Sobol(coordinates, scramble=True, seed=3).random(256)
    assert np.array_equal(sobol_points(coordinates, 256, seed=3), theirs)


def test_quantiles_of_an_exponentials_statistics_are_those_of_its_lognormal_rate() -> None:
    family, estimate, error, z = distribution("exponential"), np.log(0.03), 0.2, norm.ppf(0.975)
    statistics = [Median(20.0, standard_error=2.0), Landmark(24.0, 0.5, effective_n=100.0), HazardRatio(24.0, 0.8, 0.1, 0.9)]
    drawn = sampled_statistics(family, np.array([estimate]), np.array([[error**2]]), statistics)
    rates = 0.03 * np.exp(error * np.array([-z, z]))
    expected = [np.log(2) / rates[::-1], np.exp(-24 * rates[::-1]), 24 * rates / 0.9]
    for values, limits in zip(drawn.T, expected, strict=True):
        assert np.quantile(values, [0.025, 0.975]) == pytest.approx(limits, rel=0.01)


def test_a_median_known_by_its_number_is_survival_at_its_month_and_a_prior_the_coefficient() -> None:
    family = distribution("weibull")
    made = calibrate(family, [Median(20.0, effective_n=150.0), Landmark(40.0, 0.2, effective_n=150.0)])
    statistics = [Median(20.0, effective_n=150.0), CoefficientPrior("shape", 0.0, 1.0)]
    drawn = sampled_statistics(family, made.estimates, made.covariance, statistics)
    estimates = made.estimates + drawn_steps(made.covariance)
    assert np.allclose(drawn[:, 0], family.survival(np.array([20.0]), family.to_natural(estimates))[:, 0])
    assert np.allclose(drawn[:, 1], estimates[:, 0])


def test_a_median_that_some_curves_never_reach_is_infinite_there() -> None:
    family = distribution("gompertz")
    drawn = sampled_statistics(
        family, np.array([-0.05, np.log(0.03)]), np.diag([1e-4, 0.1]), [Median(30.0, standard_error=5.0)]
    )
    shape, rate = family.to_natural(np.array([-0.05, np.log(0.03)]) + drawn_steps(np.diag([1e-4, 0.1]))).T
    never = (shape < 0) & (-rate / shape < np.log(2))  # the cumulative hazard never rises to log 2
    assert 0 < never.sum() < N_POINTS
    assert np.array_equal(np.isinf(drawn[:, 0]), never)
