"""Inputs that cannot be analysed are refused with a message that says what was found."""

import numpy as np
import pytest

from model.analysis import decision

DRAWS = np.ones((4, 2))
TAKES_MEANS = [decision.net_monetary_benefit, decision.net_health_benefit, decision.expected_net_benefit]
TAKES_DRAWS = [decision.ceac, decision.ceaf, decision.expected_loss, decision.evpi, decision.quadrants]
NAMED = [decision.expected_net_benefit, decision.ceac, decision.ceaf, decision.expected_loss, decision.quadrants]


@pytest.mark.parametrize("analysis", TAKES_MEANS + TAKES_DRAWS)
def test_costs_and_effects_of_different_shape_are_refused(analysis):
    with pytest.raises(ValueError, match=r"same shape; got \(4, 2\) and \(4, 3\)"):
        analysis(DRAWS, np.ones((4, 3)), 100)


@pytest.mark.parametrize("analysis", TAKES_MEANS + TAKES_DRAWS)
def test_a_number_that_is_not_finite_is_refused_with_its_place(analysis):
    effects = DRAWS.copy()
    effects[2, 1] = np.nan
    with pytest.raises(ValueError, match=r"effects must be finite; 1 of 8 are not, the first at index \(2, 1\): nan"):
        analysis(DRAWS, effects, 100)


@pytest.mark.parametrize("analysis", TAKES_MEANS + TAKES_DRAWS)
def test_a_single_option_is_refused(analysis):
    with pytest.raises(ValueError, match="at least 2 options"):
        analysis(np.ones((4, 1)), np.ones((4, 1)), 100)


@pytest.mark.parametrize("analysis", TAKES_MEANS + TAKES_DRAWS)
@pytest.mark.parametrize("thresholds", [-1, np.inf])
def test_thresholds_must_be_finite_and_not_negative(analysis, thresholds):
    with pytest.raises(ValueError, match="thresholds must"):
        analysis(DRAWS, DRAWS, thresholds)


@pytest.mark.parametrize("analysis", TAKES_MEANS + TAKES_DRAWS)
@pytest.mark.parametrize("thresholds", [[], [[1, 2]]])
def test_thresholds_must_be_a_number_or_a_list(analysis, thresholds):
    with pytest.raises(ValueError, match=r"shape|one threshold"):
        analysis(DRAWS, DRAWS, thresholds)


@pytest.mark.parametrize("analysis", TAKES_DRAWS)
def test_uncertainty_of_means_alone_is_refused(analysis):
    with pytest.raises(ValueError, match=r"\(n_draws, n_options\); got shape \(2,\)"):
        analysis([1.0, 2.0], [1.0, 2.0], 100)


@pytest.mark.parametrize("analysis", TAKES_DRAWS)
def test_no_draws_are_refused(analysis):
    with pytest.raises(ValueError, match="no draws"):
        analysis(np.ones((0, 2)), np.ones((0, 2)), 100)


@pytest.mark.parametrize("analysis", NAMED)
@pytest.mark.parametrize(
    ("names", "message"), [(["A", "A"], "more than once"), (["A"], "need 2 names; got 1"), ("AB", "not one string")]
)
def test_names_must_differ_and_match_the_options(analysis, names, message):
    with pytest.raises(ValueError, match=message):
        analysis(DRAWS, DRAWS, 100, names)


@pytest.mark.parametrize("analysis", [decision.incremental_analysis, decision.pairwise_comparison])
def test_tables_refuse_names_that_repeat_and_numbers_that_are_not_finite(analysis):
    with pytest.raises(ValueError, match="more than once"):
        analysis([1, 2], [1, 2], ["A", "A"])
    with pytest.raises(ValueError, match="costs must be finite"):
        analysis([1, np.inf], [1, 2], ["A", "B"])


def test_text_is_refused_as_cost():
    with pytest.raises(ValueError, match="costs must be numbers"):
        decision.net_monetary_benefit(["cheap", "dear"], [1, 2], 100)


def test_inputs_are_never_changed():
    costs, effects = np.arange(8.0).reshape(4, 2), np.arange(8.0)[::-1].reshape(4, 2)
    before = costs.copy(), effects.copy()
    for analysis in TAKES_MEANS + TAKES_DRAWS:
        analysis(costs, effects, 100)
    np.testing.assert_array_equal(costs, before[0])
    np.testing.assert_array_equal(effects, before[1])
