"""Intervals of curves and restricted means against the closed forms of exponential curves: S = exp(-rate t), mean until T
(1 - exp(-rate T)) / rate, both falling in the rate, so that percentiles over draws are those of the drawn rates."""

from __future__ import annotations

import numpy as np
import pytest

import model
from model.analysis.sampled.curve_intervals import CurveIntervals, restricted_means
from model.constants import MONTHS_PER_YEAR
from tests.helpers import small_models as small

RATES = {"old": {"pfs": 0.05, "os": 0.02}, "new": {"pfs": 0.03, "os": 0.015}}


def mean_until(rate: np.ndarray, limit: float) -> np.ndarray:
    return np.asarray(-np.expm1(-rate * limit) / rate)


@pytest.fixture(scope="module")
def sampled() -> model.analysis.PSA:
    curves = [
        small.own_curve(arm, endpoint, "exponential", rate=small.uncertain(rate, rate / 10))
        for arm, of_arm in RATES.items()
        for endpoint, rate in of_arm.items()
    ]
    definition = small.model(curves, utilities=small.utilities(0.8, 0.6), settings=small.settings(cycle_days=7.0))
    return model.psa(definition, draws=300, seed=3)


@pytest.fixture(scope="module")
def found(sampled: model.analysis.PSA) -> CurveIntervals:
    return sampled.curve_intervals


def rates(sampled: model.analysis.PSA, arm: str, endpoint: str) -> np.ndarray:
    (name,) = (n for n in sampled.draws.varying() if f"{arm}.{endpoint}" in n)
    return np.asarray(sampled.draws[name]).reshape(-1)


def test_the_interval_of_a_curve_is_that_of_its_rate(sampled: model.analysis.PSA, found: CurveIntervals) -> None:
    table = found.table()
    of_curve = table[(table["arm"] == "New") & (table["curve"] == "OS")]
    assert len(of_curve) == 81
    drawn = np.exp(-np.outer(rates(sampled, "new", "os"), of_curve["month"]))
    assert of_curve["base_case"].to_numpy() == pytest.approx(np.exp(-0.015 * of_curve["month"]), rel=1e-9)
    for column, percentile in (("lower_95", 2.5), ("upper_95", 97.5)):
        assert of_curve[column].to_numpy() == pytest.approx(np.percentile(drawn, percentile, axis=0), rel=1e-9)


def test_restricted_means_and_their_differences_are_the_closed_form(
    sampled: model.analysis.PSA, found: CurveIntervals
) -> None:
    table = found.restricted_means()
    row = table[(table["arm"] == "New") & (table["curve"] == "PFS") & (table["until_month"] == 5 * MONTHS_PER_YEAR)].iloc[0]
    new, old = (mean_until(rates(sampled, arm, "pfs"), 60.0) for arm in ("new", "old"))
    exact = 1e-5  # weekly trapezoids against the integral
    assert row["months"] == pytest.approx(mean_until(np.array(0.03), 60.0), rel=exact)
    assert (row["lower_95"], row["upper_95"]) == pytest.approx(tuple(np.percentile(new, (2.5, 97.5))), rel=exact)
    assert row["difference"] == pytest.approx(mean_until(np.array(0.03), 60.0) - mean_until(np.array(0.05), 60.0), rel=1e-4)
    low, high = np.percentile(new - old, (2.5, 97.5))
    assert (row["difference_lower_95"], row["difference_upper_95"]) == pytest.approx((low, high), rel=1e-4)
    assert table[table["arm"] == "Old"]["difference"].isna().all()


def test_limits_are_years_the_follow_up_and_the_horizon(found: CurveIntervals) -> None:
    assert list(found.limits[:2]) == [60.0, 120.0] and len(found.limits) == 3
    assert found.limits[-1] == pytest.approx(240.0, abs=0.2)


def test_the_area_ends_within_a_step_of_the_grid() -> None:
    months = np.array([0.0, 1.0, 3.0])
    survival = np.array([[1.0, 0.5, 0.1]])
    areas = restricted_means(months, survival, np.array([0.5, 1.0, 2.0, 3.0]))
    assert areas[0] == pytest.approx([0.4375, 0.75, 0.75 + 0.4, 0.75 + 0.6])  # trapezoids by hand
