"""Accrual rules and discounting conventions against closed forms and hand calculations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.definition import DiscountStep
from model.engine.discounting import discount_factor
from model.engine.half_cycle import accrual_weights
from model.engine.timeline import Timeline, make_timeline
from tests.helpers.small_models import model, own_curve, settings


def integral(rule: str, rate: float, step: float, n: int) -> float:
    times = np.arange(n + 1) * step
    return float(accrual_weights(n, rule, np.ones(n + 1)) @ np.exp(-rate * times) * step)


@pytest.mark.parametrize(
    ("rule", "expected"), [("left", 10.3159), ("trapezoid", 9.8250), ("life_table", 9.8250), ("simpson", 9.81685)]
)
def test_an_exponential_over_40_cycles_under_each_rule(rule: str, expected: float) -> None:
    """Hazard 0.1, cycle 1: the exact integral is (1 - exp(-4)) / 0.1 = 9.81684."""
    assert integral(rule, 0.1, 1.0, 40) == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 7, 2087, 2088])
def test_simpson_is_exact_for_cubics_with_even_and_odd_cycles(n: int) -> None:
    t = np.arange(n + 1, dtype=float)
    weights = accrual_weights(n, "simpson", np.ones(n + 1))
    assert weights @ t**3 == pytest.approx(n**4 / 4, rel=1e-12)


def ten_years(convention: str) -> float:
    """Exponential hazard 0.2 a year over ten years at 3.5%, in cycles of a thousandth of a year."""
    n, step = 10_000, 0.001
    times = np.arange(n + 1) * step
    weights = accrual_weights(n, "trapezoid", discount_factor(times, 0.035, convention))
    return float(weights @ np.exp(-0.2 * times) * step)


@pytest.mark.parametrize(("convention", "force"), [("per_period", np.log(1.035)), ("continuous", 0.035)])
def test_discounted_exponential_survival_has_its_closed_form(convention: str, force: float) -> None:
    assert ten_years(convention) == pytest.approx((1 - np.exp(-10 * (0.2 + force))) / (0.2 + force), rel=1e-7)


def test_yearly_steps_discount_less_by_1_7_percent_here() -> None:
    """Each year's integral of survival times (1 + r)^-(whole years), summed by hand."""
    years = np.arange(10)
    by_hand = np.sum(1.035**-years * (np.exp(-0.2 * years) - np.exp(-0.2 * (years + 1))) / 0.2)
    assert ten_years("annual_step") == pytest.approx(by_hand, rel=1e-4)
    assert ten_years("annual_step") / ten_years("per_period") == pytest.approx(1.017, abs=5e-4)


def test_discounting_at_log_of_one_plus_r_is_the_yearly_rate() -> None:
    t = np.linspace(0, 40, 200)
    np.testing.assert_allclose(
        discount_factor(t, np.log(1.035), "continuous"), discount_factor(t, 0.035, "per_period"), rtol=1e-13
    )


def test_stepped_rates_multiply_the_factors_of_their_stretches() -> None:
    """3.5% for 30 years, then 3.0% (HM Treasury, The Green Book 2022, table of long-term rates)."""
    factor = discount_factor([30.0, 31.0, 40.0], 0.035, "per_period", [(30.0, 0.03)])
    np.testing.assert_allclose(factor, [1.035**-30, 1.035**-30 / 1.03, 1.035**-30 * 1.03**-10], rtol=1e-14)


def test_a_curve_that_falls_to_zero_loses_everyone_once() -> None:
    timeline = Timeline(10, 7.0, "trapezoid", "per_period", (0.03, 0.03), ())
    curve = np.linspace(1, 0, 11)
    assert timeline.flow("none") @ curve == pytest.approx(1.0, abs=1e-15)


def test_events_on_cycle_boundaries_meet_the_curve_there() -> None:
    timeline = Timeline(8, 7.0, "trapezoid", "per_period", (0.03, 0.03), ())
    curve = np.linspace(1, 0.2, 9)
    assert timeline.points(np.array([0.0, 21.0, 42.0]), "none") @ curve == pytest.approx(curve[[0, 3, 6]].sum())
    discounted = timeline.points(np.array([21.0]), "costs") @ curve
    assert discounted == pytest.approx(curve[3] * 1.03 ** (-21 / 365.25), rel=1e-14)


def test_events_inside_a_cycle_meet_the_interpolated_curve() -> None:
    timeline = Timeline(4, 30.4375, "trapezoid", "per_period", (0.03, 0.03), ())
    curve = np.array([1.0, 0.8, 0.6, 0.4, 0.2])
    assert timeline.points(np.array([21.0]), "none") @ curve == pytest.approx(1 - 0.2 * 21 / 30.4375)


def test_events_from_the_horizon_on_do_not_count() -> None:
    timeline = Timeline(4, 7.0, "trapezoid", "per_period", (0.0, 0.0), ())
    assert timeline.points(np.array([21.0, 28.0, 35.0]), "none").sum() == 1.0


@given(
    st.integers(1, 60),
    st.sampled_from(["trapezoid", "life_table", "simpson", "left"]),
    st.floats(0, 0.2),
    st.floats(1.0, 90.0),
)
def test_weights_are_not_negative_and_add_up_to_the_horizon(n: int, rule: str, rate: float, days: float) -> None:
    timeline = Timeline(n, days, rule, "per_period", (rate, rate), ())
    weights = timeline.accrual("none")
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(timeline.horizon_days / 365.25, rel=1e-12)
    assert (timeline.accrual("costs") <= weights + 1e-15).all()


def test_three_rates_of_the_green_book_multiply_over_a_hundred_years() -> None:
    """3.5% for 30 years, 3.0% until year 75, then 2.5%: 1.035^-30 x 1.03^-45 x 1.025^-25 = 0.050818 (by hand)."""
    factor = discount_factor([100.0], 0.035, "per_period", [(30.0, 0.03), (75.0, 0.025)])
    np.testing.assert_allclose(factor, [1.035**-30 * 1.03**-45 * 1.025**-25], rtol=1e-14)
    assert factor[0] == pytest.approx(0.050818, abs=5e-7)


def test_a_definition_hands_on_all_its_later_rates_those_of_costs_and_those_of_effects() -> None:
    """The Green Book's three rates for costs, 1.5%, 1.3% and 1.1% for effects, listed in any order; at year 100
    1.015^-30 x 1.013^-45 x 1.011^-25 = 0.27215."""
    steps = (
        DiscountStep(from_year=75.0, rate_costs=0.025, rate_effects=0.011),
        DiscountStep(from_year=30.0, rate_costs=0.03, rate_effects=0.013),
    )
    pairs = [own_curve(a, e, "exponential", rate=0.1) for a in ("old", "new") for e in ("pfs", "os")]
    rates = settings(discount_rate_costs=0.035, discount_rate_effects=0.015)
    timeline = make_timeline(model(pairs, settings=rates, discount_steps=steps))
    assert timeline.factor(100.0, "costs") == pytest.approx(0.050818, abs=5e-7)
    assert timeline.factor(100.0, "effects") == pytest.approx(1.015**-30 * 1.013**-45 * 1.011**-25, rel=1e-13)
    assert timeline.factor(100.0, "effects") == pytest.approx(0.27215, abs=5e-6)


def test_under_life_table_accrual_who_leaves_counts_with_the_factor_of_the_cycles_start() -> None:
    """Two years at 10%: 0.4 leave in the first and 0.5 in the second, 0.4 x 1 + 0.5 / 1.1 = 0.854545."""
    timeline = Timeline(2, 365.25, "life_table", "per_period", (0.1, 0.0), ())
    assert timeline.flow("costs") @ np.array([1.0, 0.6, 0.1]) == pytest.approx(0.4 + 0.5 / 1.1, rel=1e-14)


@pytest.mark.parametrize(
    ("rule", "by_hand"),
    [
        ("left", 0.5 * 1.0 + 0.5 * 0.6 / 1.1),  # 0.772727
        ("life_table", 0.5 * (1.0 + 0.6) / 2 + 0.5 * (0.6 + 0.1) / 2 / 1.1),  # 0.559091
        ("trapezoid", 0.5 * (1.0 + 0.6 / 1.1) / 2 + 0.5 * (0.6 / 1.1 + 0.1 / 1.21) / 2),  # 0.543388
    ],
)
def test_between_two_days_each_cycle_counts_by_the_part_of_it_inside(rule: str, by_hand: float) -> None:
    """From the middle of the first year to that of the second, at 10%: half of each cycle, under the rule in force."""
    timeline = Timeline(2, 365.25, rule, "per_period", (0.1, 0.0), ())
    weights = timeline.accrual_between("costs", 182.625, 547.875)
    assert weights @ np.array([1.0, 0.6, 0.1]) == pytest.approx(by_hand, rel=1e-14)


def test_weights_are_worked_out_once_and_nobody_may_change_them() -> None:
    timeline = make_timeline(
        model([own_curve(a, e, "exponential", rate=0.02) for a in ("old", "new") for e in ("pfs", "os")])
    )
    assert timeline.accrual("costs") is timeline.accrual("costs")
    assert timeline.accrual("costs") is not timeline.accrual("effects")
    for values in (timeline.days, timeline.accrual("costs"), timeline.flow("none"), timeline.accrual_between("none", 0, 70)):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1.0
