"""Gamma survival at the even times of a model's cycles. Oracle: SciPy's regularised incomplete gamma function."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import gammaincc

from model.survival import distribution

GAMMA = distribution("gamma")
DAYS_PER_MONTH = 30.4375


@pytest.mark.parametrize("days", [1.0, 7.0, 28.0, DAYS_PER_MONTH, 91.3125])
def test_survival_at_every_cycle(days: float) -> None:
    months = np.arange(round(480 * DAYS_PER_MONTH / days) + 1) * days / DAYS_PER_MONTH
    rng = np.random.default_rng(3)
    shape, mean = np.exp(rng.uniform(np.log(0.05), np.log(300), 120)), np.exp(rng.uniform(np.log(1.0), np.log(400), 120))
    expected = gammaincc(shape[:, None], (shape / mean)[:, None] * months)
    ours = GAMMA.survival(months, np.column_stack([shape, shape / mean]))
    assert np.abs(ours - expected).max() < 2e-12
    assert np.all(np.diff(ours, axis=1) <= 1e-16)


def test_a_small_survival_keeps_its_digits() -> None:
    months = np.arange(2088) * 7 / DAYS_PER_MONTH
    hazard = GAMMA.cumulative_hazard(months, [[0.8, 0.3], [3.0, 0.9]])
    expected = gammaincc([[0.8], [3.0]], np.array([[0.3], [0.9]]) * months)
    np.testing.assert_allclose(np.exp(-hazard), expected, rtol=1e-10, equal_nan=False)
    assert hazard[:, -1].min() > 100


@pytest.mark.parametrize("shape", [0.2, 0.5, 1.0, 1.7, 6.0, 20.0, 59.9])
@pytest.mark.parametrize("rate", [0.003, 0.06, 0.249])
def test_every_digit_but_the_last_four_of_the_slowest_and_the_steepest_curves(shape: float, rate: float) -> None:
    steps = np.arange(2088.0)
    expected = gammaincc(shape, rate * steps)
    seen = expected > 1e-200
    np.testing.assert_allclose(GAMMA.survival(steps, [[shape, rate]])[0, seen], expected[seen], rtol=3e-12, equal_nan=False)


def test_a_draw_is_the_same_whatever_stands_beside_it() -> None:
    months = np.arange(2088) * 7 / DAYS_PER_MONTH
    rows = np.column_stack([np.linspace(0.6, 90.0, 40), np.linspace(0.01, 1.5, 40)])
    together = GAMMA.cumulative_hazard(months, rows)
    for i in (0, 17, 39):
        alone = GAMMA.cumulative_hazard(months, rows[i : i + 1])[0]
        np.testing.assert_allclose(alone, together[i], rtol=1e-13, atol=1e-14, equal_nan=False)
