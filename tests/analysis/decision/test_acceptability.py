"""Acceptability curve and frontier: statements U16 and U17 and what must hold for any draws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.analysis.decision import acceptability_curve, ceac, ceaf, expected_net_benefit

RANDOM = np.random.default_rng(16)
COSTS = RANDOM.normal([50_000, 60_000, 90_000], 20_000, (500, 3))
EFFECTS = RANDOM.normal([3.0, 3.2, 3.6], 0.5, (500, 3))

whole_draws = st.tuples(st.integers(1, 12), st.integers(2, 4)).flatmap(
    lambda shape: st.tuples(*[arrays(np.int64, shape, elements=st.integers(-9, 9))] * 2)
)
thresholds = st.lists(st.integers(0, 9), min_size=1, max_size=4)


def test_ceac_is_the_acceptability_curve():
    assert ceac is acceptability_curve


def test_at_threshold_zero_the_curve_is_the_probability_of_being_cheapest():  # U16
    cheapest = np.bincount(COSTS.argmin(axis=1), minlength=3) / 500
    np.testing.assert_allclose(ceac(COSTS, EFFECTS, 0).to_numpy()[0], cheapest, rtol=1e-12)


def test_at_a_vast_threshold_the_curve_is_the_probability_of_being_most_effective():  # U16
    most_effective = np.bincount(EFFECTS.argmax(axis=1), minlength=3) / 500
    np.testing.assert_allclose(ceac(COSTS, EFFECTS, 1e12).to_numpy()[0], most_effective, rtol=1e-12)


def test_options_that_tie_in_a_draw_share_it_equally():
    costs, effects = np.array([[1, 1, 5], [2, 2, 2], [3, 1, 2]]), np.ones((3, 3))
    np.testing.assert_allclose(
        ceac(costs, effects, 10).to_numpy()[0] * 3, [1 / 2 + 1 / 3, 1 / 2 + 1 / 3 + 1, 1 / 3], rtol=1e-12
    )


def test_frontier_follows_the_highest_mean_even_where_another_option_is_more_often_best():  # U17
    costs = np.zeros((10, 2))
    effects = np.column_stack([np.zeros(10), [-1.0] * 7 + [10.0] * 3])
    assert ceac(costs, effects, 1, ["A", "B"])["A"].item() == 0.7
    frontier = ceaf(costs, effects, 1, ["A", "B"])
    assert frontier["option"].item() == "B"
    assert frontier["probability_cost_effective"].item() == 0.3
    assert frontier["expected_net_monetary_benefit"].item() == pytest.approx(2.3)


def test_frontier_names_the_cheaper_of_options_with_equal_mean_net_benefit():
    costs, effects = np.array([[20.0, 10.0]]), np.array([[2.0, 1.0]])
    assert ceaf(costs, effects, 10, ["dear", "cheap"])["option"].item() == "cheap"


def test_rows_are_thresholds_and_columns_are_names():
    curve = ceac(COSTS, EFFECTS, [2e4, 1e4], ["A", "B", "C"])
    assert curve.index.tolist() == [2e4, 1e4]
    assert curve.index.name == "willingness_to_pay"
    assert curve.columns.tolist() == ["A", "B", "C"]


@given(whole_draws, thresholds)
def test_each_row_sums_to_1(draws, at):
    curve = ceac(*draws, at).to_numpy()
    np.testing.assert_allclose(curve.sum(axis=1), 1, rtol=1e-12)
    assert (curve >= 0).all()


@given(whole_draws, thresholds, st.randoms(use_true_random=False))
def test_order_of_options_does_not_matter(draws, at, random):
    costs, effects = draws
    names = [f"option {i}" for i in range(costs.shape[1])]
    order = random.sample(range(costs.shape[1]), costs.shape[1])
    shuffled = ceac(costs[:, order], effects[:, order], at, [names[i] for i in order])
    pd.testing.assert_frame_equal(shuffled[names], ceac(costs, effects, at, names))


@given(whole_draws, thresholds, st.integers(-100, 100))
def test_a_constant_added_to_all_costs_changes_no_probability_and_no_choice(draws, at, constant):
    costs, effects = draws
    pd.testing.assert_frame_equal(ceac(costs + constant, effects, at), ceac(costs, effects, at))


@given(whole_draws, thresholds)
def test_frontier_reports_the_maximum_expected_net_benefit(draws, at):
    frontier = ceaf(*draws, at)
    np.testing.assert_array_equal(frontier["expected_net_monetary_benefit"], expected_net_benefit(*draws, at).max(axis=1))
