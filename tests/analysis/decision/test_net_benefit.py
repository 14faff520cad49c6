"""Net benefit: shapes, definitions, and the statements R22 and R23 (TECH-VER, Buyukkaramikli et al. 2019)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.analysis.decision import expected_net_benefit, net_health_benefit, net_monetary_benefit

RANDOM = np.random.default_rng(20)
COSTS, EFFECTS = RANDOM.uniform(0, 1e5, (40, 3)), RANDOM.uniform(0, 10, (40, 3))


def test_net_monetary_benefit_is_threshold_times_effect_minus_cost():
    assert net_monetary_benefit([1000, 3000], [1.0, 1.5], 10_000).tolist() == [9000, 12000]


def test_net_health_benefit_is_effect_minus_cost_over_threshold():
    assert net_health_benefit([1000, 3000], [1.0, 1.5], 10_000).tolist() == [0.9, 1.2]


@pytest.mark.parametrize("net_benefit", [net_monetary_benefit, net_health_benefit])
def test_thresholds_come_first_in_the_shape_and_one_number_adds_no_axis(net_benefit):
    assert net_benefit(COSTS, EFFECTS, 5e4).shape == (40, 3)
    assert net_benefit(COSTS, EFFECTS, [5e4]).shape == (1, 40, 3)
    assert net_benefit(COSTS, EFFECTS, [2e4, 5e4]).shape == (2, 40, 3)
    assert net_benefit(COSTS[0], EFFECTS[0], [2e4, 5e4]).shape == (2, 3)
    np.testing.assert_array_equal(net_benefit(COSTS, EFFECTS, [2e4, 5e4])[1], net_benefit(COSTS, EFFECTS, 5e4))


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=2, max_size=6), st.integers(1, 1000))
def test_monetary_and_health_net_benefit_rank_alike_at_every_threshold(options, threshold):  # R22
    costs, effects = np.transpose(options)
    monetary = net_monetary_benefit(costs, effects, threshold)
    health = net_health_benefit(costs, effects, threshold)
    np.testing.assert_allclose(health * threshold, monetary, rtol=1e-9, atol=1e-9)
    assert monetary[health.argmax()] == monetary.max()


@pytest.mark.parametrize("cost, effect", [(40_000, 0.8), (-40_000, -0.8)], ids=["north-east", "south-west"])
def test_net_benefit_increment_is_zero_at_the_icer(cost, effect):  # R23
    benefit = net_monetary_benefit([90_000, 90_000 + cost], [4.0, 4.0 + effect], cost / effect)
    assert benefit[1] == pytest.approx(benefit[0], rel=1e-9)


def test_expected_net_benefit_is_the_mean_over_draws():
    table = expected_net_benefit(COSTS, EFFECTS, [0, 3e4], ["A", "B", "C"])
    assert table.columns.tolist() == ["A", "B", "C"]
    assert table.index.name == "willingness_to_pay"
    np.testing.assert_allclose(table, net_monetary_benefit(COSTS, EFFECTS, [0, 3e4]).mean(axis=1), rtol=1e-12)


def test_expected_net_benefit_of_means_is_that_of_draws():
    np.testing.assert_allclose(
        expected_net_benefit(COSTS.mean(axis=0), EFFECTS.mean(axis=0), 3e4),
        expected_net_benefit(COSTS, EFFECTS, 3e4),
        rtol=1e-12,
    )


def test_net_health_benefit_refuses_a_threshold_of_zero():
    with pytest.raises(ValueError, match="above 0"):
        net_health_benefit([1, 2], [1, 2], [0, 100])
