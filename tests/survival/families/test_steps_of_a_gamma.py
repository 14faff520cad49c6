"""Curves around a gamma: steps straight in log shape and log median, where SciPy says what the median is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from model.survival import calibrate, distribution
from model.survival.families.model_average import ModelAverage
from model.survival.normal_points import drawn_steps
from model.survival.sampled_statistics import sampled_statistics
from tests.helpers.patina_structures import pfs_statistics

GAMMA = distribution("gamma")
ESTIMATES = np.log([0.47, 0.005])


def log_median(natural: np.ndarray) -> np.ndarray:
    return np.log(stats.gamma.ppf(0.5, natural[..., 0], scale=1 / natural[..., 1]))


def test_log_shape_and_log_median_move_in_proportion_to_the_step() -> None:
    step = np.array([0.8, 1.3])
    moved = GAMMA.around(ESTIMATES, np.multiply.outer(np.array([-1.0, 0.0, 0.5, 1.0, 2.0]), step))
    assert np.log(moved[:, 0]) == pytest.approx(ESTIMATES[0] + 0.8 * np.array([-1.0, 0.0, 0.5, 1.0, 2.0]), rel=1e-12)
    centre, one = log_median(moved[1]), log_median(moved[3]) - log_median(moved[1])
    assert log_median(moved) - centre == pytest.approx(one * np.array([-1.0, 0.0, 0.5, 1.0, 2.0]), abs=1e-6)


def test_small_steps_are_those_of_the_estimation_scale() -> None:
    for direction in ([1.0, 0.0], [0.0, 1.0], [0.6, -0.8]):
        gaps = [
            np.abs(np.log(GAMMA.around(ESTIMATES, size * np.array(direction))) - ESTIMATES - size * np.array(direction)).max()
            for size in (0.02, 0.01)
        ]
        assert gaps[0] < 0.02**2 and gaps[1] <= gaps[0] / 3.9 + 1e-12  # what is left is of the second order


def test_a_family_that_does_not_bend_takes_straight_steps_also_within_an_average() -> None:
    weibull, step = distribution("weibull"), np.array([[0.3, -0.2]])
    assert np.array_equal(weibull.around(ESTIMATES, step), weibull.to_natural(ESTIMATES + step))
    average = ModelAverage([GAMMA, weibull], [0.5, 0.5])
    moved = average.around(np.concatenate([[0.0], ESTIMATES, ESTIMATES]), np.concatenate([[[0.0]], step, step], axis=1))
    assert np.allclose(moved[:, 1:3], GAMMA.around(ESTIMATES, step)) and np.allclose(
        moved[:, 3:], weibull.around(ESTIMATES, step)
    )


def test_drawn_curves_keep_the_published_survival_and_median() -> None:
    """PATINA, palbociclib: reported median 44.3 (32.4 to 56.8); straight steps in log rate gave 5.3 to 53.3."""
    statistics = pfs_statistics("palbociclib")
    made = calibrate(GAMMA, statistics)
    drawn = sampled_statistics(GAMMA, made.estimates, made.covariance, statistics)
    low, high = np.quantile(drawn[:, 0], [0.025, 0.975])
    assert high - low == pytest.approx(56.8 - 32.4, rel=0.2) and low > 30 and high < 62
    assert drawn[:, 1:].mean(axis=0) == pytest.approx(made.fitted[1:], abs=0.012)
    straight = GAMMA.survival(np.array([48.0]), GAMMA.to_natural(made.estimates + drawn_steps(made.covariance)))
    assert abs(straight.mean() - made.fitted[1]) > 0.03
