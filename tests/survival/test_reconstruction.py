"""Patient data from a digitised curve, against the data the curve was drawn from.

tests/reference/digitised_km.csv: noisy clicks (jitter in time and survival) on the Kaplan-Meier curves of ipd.csv, at about
every second step. What lies between two clicks cannot be known: there the comparison allows one step of the curve.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_kaplan_meier import MP_EVENT, MP_TIME
from trial import ARMS, ENDPOINTS, REFERENCE, trial

from model.survival import cox_hazard_ratio, kaplan_meier, reconstruct, survival_data

ALL = [(e, a) for e in ENDPOINTS for a in ARMS]


def published(endpoint, arm):
    with (REFERENCE / "digitised_km.csv").open() as file:
        clicks = [r for r in csv.DictReader(file) if (r["endpoint"], r["arm"]) == (endpoint, arm)]
    with (REFERENCE / "numbers_at_risk.csv").open() as file:
        risks = [r for r in csv.DictReader(file) if (r["endpoint"], r["arm"]) == (endpoint, arm)]
    total = next(int(r["n_risk"]) for r in risks if r["time"] == "total_events")
    rows = [(float(r["time"]), int(r["n_risk"])) for r in risks if r["time"] != "total_events"]
    return (
        [float(r["time"]) for r in clicks],
        [float(r["survival"]) for r in clicks],
        [t for t, _ in rows],
        [n for _, n in rows],
        total,
    )


@pytest.mark.parametrize(("endpoint", "arm"), ALL)
def test_the_reconstructed_curve_is_the_true_one(endpoint, arm):
    """Within 0.01 at nine times in ten and within 0.015 everywhere up to the last click, where steps may stand 0.1 months
    aside, as the clicks do. What remains are steps between two clicks."""
    clicks = published(endpoint, arm)
    made, true = reconstruct(*clicks), kaplan_meier(trial(endpoint, arm))
    km = kaplan_meier(made.data)
    grid = np.arange(0, max(clicks[0]), 0.05)
    near = np.array([true.survival_at(grid + shift) for shift in np.linspace(-0.1, 0.1, 9)])
    ours = km.survival_at(grid)
    gap = np.maximum(np.maximum(ours - near.max(axis=0), near.min(axis=0) - ours), 0)
    assert gap.max() < 0.015
    assert np.mean(gap < 0.01) > 0.9
    assert made.largest_difference < 0.013


@pytest.mark.parametrize(("endpoint", "arm"), ALL)
def test_events_numbers_at_risk_and_median_are_the_true_ones(endpoint, arm):
    made, data = reconstruct(*published(endpoint, arm)), trial(endpoint, arm)
    assert made.data.n == data.n
    assert made.total_events == pytest.approx(data.n_events, rel=0.02)
    assert np.array_equal(made.n_risk, made.n_risk_published)
    median = kaplan_meier(data).median
    if np.isfinite(median):
        assert made.median == pytest.approx(median, rel=0.02)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_the_hazard_ratio_between_arms_is_the_true_one(endpoint):
    made = [reconstruct(*published(endpoint, arm)).data for arm in ARMS]
    true = cox_hazard_ratio(*(trial(endpoint, arm) for arm in ARMS)).hazard_ratio
    assert cox_hazard_ratio(*made).hazard_ratio == pytest.approx(true, abs=0.02)


def test_without_noise_a_textbook_curve_comes_back():
    """Freireich's 6-MP arm, clicked at the foot of every step; numbers at risk every 5 weeks."""
    data = survival_data(MP_TIME, MP_EVENT)
    km = kaplan_meier(data)
    risk_times = [0, 5, 10, 15, 20, 25, 30, 35]
    made = reconstruct(
        [0, *km.times, 35],
        [1, *km.survival, km.survival[-1]],
        risk_times,
        km.at_risk(risk_times),
        total_events=9,
    )
    assert made.total_events == 9
    ours = kaplan_meier(made.data)
    assert ours.survival_at(km.times) == pytest.approx(km.survival, abs=0.03)
    assert np.array_equal(made.n_risk, km.at_risk(risk_times))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), shape=st.floats(0.7, 1.8))
def test_random_trials_come_back(seed, shape):
    rng = np.random.default_rng(seed)
    time, seen = 30 * rng.weibull(shape, 150), rng.uniform(10, 60, 150)
    data = survival_data(np.maximum(np.minimum(time, seen), 0.01), time <= seen)
    km = kaplan_meier(data)
    risk_times = np.arange(0, data.follow_up, 6.0)
    made = reconstruct(
        np.concatenate([[0.0], km.times]), np.concatenate([[1.0], km.survival]), risk_times, km.at_risk(risk_times),
        data.n_events,
    )  # fmt: skip
    assert made.data.n == 150
    assert np.abs(made.n_risk - made.n_risk_published).max() <= 1
    at = km.times[km.at_risk(km.times) >= 20]
    assert np.abs(kaplan_meier(made.data).survival_at(at) - km.survival_at(at)).max() < 0.03


def test_without_numbers_at_risk_the_report_says_what_was_assumed():
    time, survival, _, n, total = published("pfs", "control")
    assert "nobody is taken as censored" in " ".join(reconstruct(time, survival, [0], n[:1]).notes)
    assert reconstruct(time, survival, [0], n[:1], total).total_events == pytest.approx(total, abs=1)


def test_what_does_not_fit_together_is_told():
    beyond = reconstruct([0, 5, 10], [1, 0.8, 0.7], [0, 5, 12], [50, 38, 5])
    assert "beyond the last click" in " ".join(beyond.notes)
    impossible = reconstruct([0, 5, 10], [1, 0.5, 0.2], [0, 5], [50, 25], total_events=3)
    assert "the total of 3 events cannot be met" in " ".join(impossible.notes)


def test_noise_is_cleaned_and_told():
    made = reconstruct([0, 2, 1, 3, 3, 4], [1, 0.8, 0.9, 0.7, 0.71, 0.72], [0, 4], [50, 30])
    text = "; ".join(made.notes)
    assert "out of order" in text
    assert "averaged" in text
    assert "rises smoothed" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 5], [0.83, 0.5], [0], [50]), "the curve starts at 0.83, not at 1"),
        (([3, 5], [0.8, 0.5], [0], [50]), "starts at 0.8 at time 3, not at 1 at time 0"),
        (([0, 5], [100, 50], [0], [50]), "divide by 100"),
        (([0, 5], [1, -0.3], [0], [50]), "survival in row 2 is -0.3; it must be between 0 and 1"),
        (([0, -5], [1, 0.5], [0], [50]), "time in row 2 is -5; it must be at least 0"),
        (([0, 5], [1, 0.5], [0, 3], [50, 60]), "rises from 50 at time 0 to 60 at time 3"),
        (([0, 5], [1, 0.5], [1], [50]), "it must stand at time 0"),
        (([0, 5], [1, 0.5], [0], [50], 60), "60 events among 50 patients"),
        (([0], [1], [0], [50]), "at least two points"),
        (([0, 0], [1, 1], [0], [50]), "needs a point after time 0"),
        (([0, 5], [1, float("nan")], [0], [50]), "survival in row 2 is nan; it must be a number"),
        (([0, 5], [1, 0.5], [0, float("nan")], [50, 40]), "the time of the number at risk in row 2 is nan"),
        (
            ([0, 5], [1, 0.5], [0, 3], [50, -4]),
            "the number at risk in row 2 is -4; it must be a whole number",
        ),
        (([0, 5], [1, 0.5], [0, 3, 3], [50, 40, 40]), "two numbers at risk stand at time 3"),
        (([0, 5], [1, 0.5], [], []), "at least one row"),
        (([0, 5], [1, 0.5], [0], [50], 2.5), "2.5 events among 50 patients"),
    ],
)
def test_impossible_curves_are_refused_in_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        reconstruct(*arguments)
