"""Relative effects and waning."""

import numpy as np
import pytest

from model.survival import DISTRIBUTIONS, apply_effect, proportional_odds, wane, waning_lowers_hazard
from model.survival.effects import lose_benefit, mix_hazards, remaining_effect

TIME = np.linspace(0, 240, 481)
WEIBULL, LOG_LOGISTIC = DISTRIBUTIONS["weibull"], DISTRIBUTIONS["loglogistic"]
SHAPE_SCALE = np.array([[1.3, 40.0], [0.8, 25.0], [2.0, 90.0]])
REFERENCE = WEIBULL.cumulative_hazard(TIME, SHAPE_SCALE)
KINDS = ("hazard_ratio", "acceleration_factor", "odds_ratio")


@pytest.mark.parametrize("kind", KINDS)
def test_effect_of_1_is_the_reference_curve(kind):
    assert apply_effect(kind, WEIBULL, SHAPE_SCALE, TIME, np.ones(3)) == pytest.approx(REFERENCE, rel=1e-13)


@pytest.mark.parametrize(("kind", "benefit"), [("hazard_ratio", 0.7), ("acceleration_factor", 1.4), ("odds_ratio", 0.7)])
def test_a_benefit_raises_survival_everywhere(kind, benefit):
    treated = apply_effect(kind, WEIBULL, SHAPE_SCALE, TIME, np.full(3, benefit))
    assert np.all(treated[:, 1:] < REFERENCE[:, 1:]) and np.all(treated[:, 0] == 0)


@pytest.mark.parametrize("kind", ["hazard_ratio", "odds_ratio"])
def test_a_ratio_of_0_leaves_no_events(kind):
    assert np.all(apply_effect(kind, WEIBULL, SHAPE_SCALE, TIME, np.zeros(3)) == 0)


def test_log_minus_log_survival_differs_by_the_log_hazard_ratio_at_every_time():
    ratio = np.array([0.5, 0.8, 1.6])
    treated = apply_effect("hazard_ratio", LOG_LOGISTIC, SHAPE_SCALE, TIME[1:], ratio)
    reference = LOG_LOGISTIC.cumulative_hazard(TIME[1:], SHAPE_SCALE)
    assert np.log(treated) - np.log(reference) == pytest.approx(np.log(ratio)[:, None] + 0 * treated, abs=1e-12)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_acceleration_stretches_time(name):
    family = DISTRIBUTIONS[name]
    coefficients = family.to_natural(np.where(np.array(family.estimation_scale) == "log", -0.3, 0.01))
    factor = 1.7
    treated = apply_effect("acceleration_factor", family, coefficients, TIME / 20, np.array(factor))
    assert treated == pytest.approx(family.cumulative_hazard(TIME / 20 / factor, coefficients), rel=1e-11, abs=1e-13)


def test_event_odds_are_multiplied_by_the_odds_ratio():
    ratio = np.array([0.4, 0.9, 2.5])
    time = TIME[1:80]
    treated = np.exp(-apply_effect("odds_ratio", WEIBULL, SHAPE_SCALE, time, ratio))
    reference = WEIBULL.survival(time, SHAPE_SCALE)
    odds = ((1 - treated) / treated) / ((1 - reference) / reference)
    assert odds == pytest.approx(ratio[:, None] + 0 * odds, rel=1e-11)


def test_odds_ratio_on_a_log_logistic_is_log_logistic():
    # (t / scale)^shape times the ratio: scale / ratio^(1 / shape).
    treated = apply_effect("odds_ratio", LOG_LOGISTIC, [1.6, 30.0], TIME, np.array(0.6))
    assert treated == pytest.approx(LOG_LOGISTIC.cumulative_hazard(TIME, [1.6, 30.0 / 0.6 ** (1 / 1.6)]), rel=1e-12)


def test_odds_ratio_keeps_its_digits_where_survival_underflows():
    assert proportional_odds(np.array([2000.0]), 0.5) == pytest.approx(2000 + np.log(0.5), rel=1e-15)
    assert proportional_odds(np.array([1e-12]), 0.5) == pytest.approx(0.5e-12, rel=1e-11)


def test_unknown_and_negative_effects_are_refused():
    with pytest.raises(ValueError, match="hazard_ratio, acceleration_factor, odds_ratio"):
        apply_effect("relative_risk", WEIBULL, SHAPE_SCALE, TIME, 1.0)
    with pytest.raises(ValueError, match="positive"):
        apply_effect("hazard_ratio", WEIBULL, SHAPE_SCALE, TIME, np.array([0.5, -1.0, 1.0]))
    with pytest.raises(ValueError, match="positive"):
        apply_effect("acceleration_factor", WEIBULL, SHAPE_SCALE, TIME, 0.0)


# ---- waning (P11, P12) ----

TREATED = 0.6 * REFERENCE


def interval_hazard(cumulative_hazard):
    return np.diff(cumulative_hazard, axis=-1)


def test_hazards_are_equal_after_waning_and_unchanged_before():
    waned = wane(TIME, TREATED, REFERENCE, 60.0, 120.0)
    before, after = TIME[1:] <= 60, TIME[:-1] >= 120
    assert interval_hazard(waned)[:, after] == pytest.approx(interval_hazard(REFERENCE)[:, after], rel=1e-9)
    assert waned[:, 1:][:, before] == pytest.approx(TREATED[:, 1:][:, before], rel=1e-13)
    assert np.all(waned[:, -1] < REFERENCE[:, -1])  # the benefit gained is kept: curves do not meet


def test_hazard_ratio_is_interpolated_between_start_and_end():
    ratio = interval_hazard(wane(TIME, TREATED, REFERENCE, 60.0, 120.0)) / interval_hazard(REFERENCE)
    middle = (TIME[1:] + TIME[:-1]) / 2
    during = (middle > 60) & (middle < 120)
    expected = 0.6 + 0.4 * (middle[during] - 60) / 60
    assert ratio[:, during] == pytest.approx(np.tile(expected, (3, 1)), rel=1e-9)


def test_waning_that_starts_and_ends_together_is_a_step():
    ratio = interval_hazard(wane(TIME, TREATED, REFERENCE, 60.0, 60.0)) / interval_hazard(REFERENCE)
    expected = np.where(TIME[1:] <= 60, 0.6, 1.0)
    assert ratio == pytest.approx(np.tile(expected, (3, 1)), rel=1e-9)


def test_a_step_inside_an_interval_takes_effect_by_the_middle_of_that_interval():
    time, treated, reference = (np.array([0.0, 10.0, 20.0]), np.array([0.0, 1.0, 2.0]), np.array([0.0, 2.0, 4.0]))
    assert wane(time, treated, reference, 5.0, 5.0) == pytest.approx([0.0, 2.0, 4.0])
    assert wane(time, treated, reference, 5.1, 5.1) == pytest.approx([0.0, 1.0, 3.0])


@pytest.mark.parametrize(("start", "end"), [(np.inf, np.inf), (60.0, np.inf), (1000.0, 2000.0)])
def test_waning_that_never_comes_changes_nothing(start, end):
    assert wane(TIME, TREATED, REFERENCE, start, end) == pytest.approx(TREATED, rel=1e-13)


def test_start_and_end_may_differ_by_draw():
    starts, ends = np.array([0.0, 60.0, 100.0]), np.array([0.0, 80.0, 100.0])
    waned = wane(TIME, TREATED, REFERENCE, starts, ends)
    for draw in range(3):
        one = wane(TIME, TREATED[draw], REFERENCE[draw], starts[draw], ends[draw])
        assert waned[draw] == pytest.approx(one, rel=1e-14)


def test_waning_must_not_end_before_it_starts():
    with pytest.raises(ValueError, match="end before it starts"):
        wane(TIME, TREATED, REFERENCE, 60.0, 50.0)


def test_waning_is_reported_to_lower_the_hazard_where_treatment_was_worse():
    mixed = np.array([0.6, 1.0, 1.2])[:, None] * REFERENCE
    assert waning_lowers_hazard(TIME, mixed, REFERENCE, 60.0, 60.0).tolist() == [False, False, True]
    assert not waning_lowers_hazard(TIME, mixed, REFERENCE, np.inf, np.inf).any()


def test_step_waning_ends_the_effect_at_its_start():
    step = wane(TIME, TREATED, REFERENCE, 60.0, 120.0, shape="step")
    assert step == pytest.approx(wane(TIME, TREATED, REFERENCE, 60.0, 60.0), rel=1e-14)


def test_exponential_waning_leaves_a_twentieth_of_the_effect_at_its_end():
    time = np.array([0.0, 59.999, 60.001, 119.999, 120.001, 179.999, 180.001])
    remaining = remaining_effect(time, 60.0, 120.0, "exponential")
    assert remaining[[1, 2]] == pytest.approx(1.0, abs=1e-4)
    assert remaining[4] == pytest.approx(0.05, rel=1e-4)
    assert remaining[6] == pytest.approx(0.05**2, rel=1e-4)


def test_an_unknown_shape_is_refused_by_name():
    with pytest.raises(ValueError, match="'sudden' is not a waning shape"):
        wane(TIME, TREATED, REFERENCE, 60.0, 120.0, shape="sudden")


def test_loss_of_benefit_brings_the_curves_together():
    lost = np.exp(-lose_benefit(TIME, TREATED, REFERENCE, 60.0, 120.0))
    treated, reference = np.exp(-TREATED), np.exp(-REFERENCE)
    assert lost[:, TIME <= 60] == pytest.approx(treated[:, TIME <= 60], rel=1e-14)
    assert lost[:, TIME >= 120] == pytest.approx(reference[:, TIME >= 120], rel=1e-12)
    middle = TIME == 90
    assert lost[:, middle] == pytest.approx((treated[:, middle] + reference[:, middle]) / 2, rel=1e-12)


def test_loss_of_benefit_of_a_worse_treatment_never_raises_survival():
    worse = 1.5 * REFERENCE
    hazard = lose_benefit(TIME, worse, REFERENCE, 60.0, 120.0)
    assert np.all(np.diff(hazard, axis=-1) >= 0)
    assert np.all(hazard >= REFERENCE - 1e-12)


def test_a_mixture_of_hazards_with_share_one_is_the_treated_and_with_share_none_the_reference():
    assert mix_hazards(TREATED, REFERENCE, np.ones(len(TIME))) == pytest.approx(TREATED, rel=1e-13)
    assert mix_hazards(TREATED, REFERENCE, np.zeros(len(TIME))) == pytest.approx(REFERENCE, rel=1e-13)
