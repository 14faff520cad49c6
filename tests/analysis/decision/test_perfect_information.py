"""EVPI and expected loss: the Gaussian closed form, statements U18 and U19, population totals."""

import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.analysis.decision import evpi, expected_loss, net_monetary_benefit, population_evpi

whole_draws = st.tuples(st.integers(1, 12), st.integers(2, 4)).flatmap(
    lambda shape: st.tuples(*[arrays(np.int64, shape, elements=st.integers(-99, 99))] * 2)
)
thresholds = st.lists(st.integers(0, 99), min_size=1, max_size=4)


def equally_likely(mean: float, sd: float, points: int) -> np.ndarray:
    """Normal quantiles at the middles of `points` equal slices of probability."""
    normal = NormalDist(mean, sd)
    return np.array([normal.inv_cdf((i + 0.5) / points) for i in range(points)])


def test_evpi_of_two_options_with_normal_net_benefit_is_the_closed_form():
    # Design of heormodel tests/test_voi.py (MIT): effect N(0.1, 0.5), cost N(60, 300), threshold 1000.
    # The grid's tails are cut, which is worth less than 0.05 per cent at 1,000 x 1,000 points.
    effect, cost = np.meshgrid(equally_likely(0.1, 0.5, 1000), equally_likely(60, 300, 1000))
    zero = np.zeros(effect.size)
    value = evpi(np.column_stack([zero, cost.ravel()]), np.column_stack([zero, effect.ravel()]), 1000)
    assert value == pytest.approx(213.168454, rel=5e-4)


def test_closed_form_is_reproduced_by_random_draws_within_four_standard_errors():
    random = np.random.default_rng(7)
    draws = 40_000
    cost, effect = random.normal(60, 300, draws), random.normal(0.1, 0.5, draws)
    inmb = 1000 * effect - cost
    normal, distance = NormalDist(), 40 / math.hypot(500, 300)
    closed_form = math.hypot(500, 300) * (normal.pdf(distance) - distance * (1 - normal.cdf(distance)))
    assert closed_form == pytest.approx(213.168454, abs=1e-6)

    zero = np.zeros(draws)
    value = evpi(np.column_stack([zero, cost]), np.column_stack([zero, effect]), 1000)
    assert abs(value - closed_form) < 4 * np.minimum(inmb, 0).std() / math.sqrt(draws)


@given(whole_draws, thresholds)
def test_evpi_is_the_mean_of_maxima_minus_the_maximum_of_means(draws, at):
    net_benefit = net_monetary_benefit(*draws, at)
    definition = net_benefit.max(axis=2).mean(axis=1) - net_benefit.mean(axis=1).max(axis=1)
    np.testing.assert_allclose(evpi(*draws, at), definition, rtol=1e-9, atol=1e-9)


@given(whole_draws, thresholds)
def test_evpi_is_never_negative_and_is_the_lowest_expected_loss(draws, at):  # U18, U19
    value, loss = evpi(*draws, at), expected_loss(*draws, at)
    assert (value >= 0).all()
    np.testing.assert_array_equal(loss.min(axis=1), value)


@given(whole_draws, thresholds)
def test_the_option_of_highest_expected_net_benefit_has_the_lowest_expected_loss(draws, at):
    mean = net_monetary_benefit(*draws, at).mean(axis=1)
    loss = expected_loss(*draws, at).to_numpy()
    np.testing.assert_allclose(loss - loss.min(axis=1, keepdims=True), mean.max(axis=1, keepdims=True) - mean, atol=1e-9)


@given(whole_draws, thresholds, st.integers(-100, 100))
def test_a_constant_added_to_all_costs_changes_no_loss(draws, at, constant):
    costs, effects = draws
    pd.testing.assert_frame_equal(expected_loss(costs + constant, effects, at), expected_loss(costs, effects, at))


@given(whole_draws, thresholds, st.randoms(use_true_random=False))
def test_order_of_options_does_not_matter(draws, at, random):
    costs, effects = draws
    order = random.sample(range(costs.shape[1]), costs.shape[1])
    np.testing.assert_array_equal(evpi(costs[:, order], effects[:, order], at), evpi(costs, effects, at))


def test_evpi_is_exactly_zero_where_one_option_is_best_in_every_draw():
    random = np.random.default_rng(3)
    better = random.normal(0.1, 0.9, (1000, 1))
    assert evpi(np.zeros((1000, 2)), np.hstack([better, better + 0.1]), 31_415.9) == 0.0


def test_one_threshold_gives_a_number_and_many_give_an_array():
    costs, effects = np.eye(2), np.ones((2, 2))
    assert isinstance(evpi(costs, effects, 100.0), float)
    assert evpi(costs, effects, [100.0]).shape == (1,)
    assert evpi(costs, effects, [0, 100.0]).shape == (2,)


def test_population_evpi_discounts_each_year_of_patients():
    assert population_evpi(100, 1000, 3, 0) == 300_000
    assert population_evpi(100, 1000, 2, 0.25) == 100 * (1000 + 800)
    assert population_evpi(100, 1000, 2, 0.25, timing="end of year") == pytest.approx(100 * (800 + 640))
    middle = population_evpi(100, 1000, 2, 0.25, timing="middle of year")
    assert middle == pytest.approx(100 * (1000 + 800) / math.sqrt(1.25))


def test_population_evpi_takes_patients_by_year_and_many_thresholds():
    np.testing.assert_allclose(population_evpi([0, 10], [100, 50], 2, 0.25), [0, 10 * (100 + 40)])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 1, 0, 0.03), "years"),
        ((1, 1, 1.5, 0.03), "years"),
        ((1, 1, 2, -0.1), "discount_rate"),
        ((1, [1, 2, 3], 2, 0.03), "incidence_per_year"),
        ((1, -5, 2, 0.03), "negative"),
        ((np.nan, 5, 2, 0.03), "finite"),
    ],
)
def test_population_evpi_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        population_evpi(*arguments)


def test_unknown_timing_is_refused():
    with pytest.raises(ValueError, match="start of year"):
        population_evpi(1, 1, 1, 0.03, timing="january")  # type: ignore[arg-type]
