"""Curves as publications print them: tables in steps and with their sampling error, tails whose clock restarts, cure odds.

Oracles: closed forms by hand, scipy's quad and beta distribution, Greenwood's formula, survival tables worked out by hand.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from model.survival import (
    MixtureCure,
    ModelAverage,
    NonMixtureCure,
    SurvivalTable,
    TableTail,
    TreatmentCovariate,
    apply_effect,
    distribution,
    fit_joint,
    survival_data,
    table_error,
)
from model.survival.normal_points import drawn_steps

WEIBULL, EXPONENTIAL = distribution("weibull"), distribution("exponential")
STEPS_T = [0.0, 3.0, 3.0, 8.0, 8.0, 12.0]
STEPS_S = [1.0, 1.0, 0.9, 0.9, 0.6, 0.6]
NAN = float("nan")

# ---- steps ----


def test_two_rows_at_one_time_are_a_step_down_that_holds_from_that_time_on() -> None:
    table = SurvivalTable(STEPS_T, STEPS_S)
    read = table.survival([0.0, 2.999, 3.0, 7.999, 8.0, 12.0, 90.0], [])
    assert read == pytest.approx([1.0, 1.0, 0.9, 0.9, 0.6, 0.6, 0.6], abs=1e-15)
    assert table.quantile([0.05, 0.1, 0.3, 0.4], []) == pytest.approx([3.0, 3.0, 8.0, 8.0])
    assert float(table.restricted_mean(10.0, [])) == pytest.approx(3 + 5 * 0.9 + 2 * 0.6, rel=1e-14)


def test_between_a_step_and_the_next_row_the_hazard_is_constant() -> None:
    table = SurvivalTable([0, 6, 6, 10], [1, 0.8, 0.7, 0.35])
    assert table.survival([3.0, 6.0, 8.0], []) == pytest.approx([0.8**0.5, 0.7, 0.7 * 0.5**0.5], rel=1e-14)


@pytest.mark.parametrize(("times", "message"), [([0, 5, 5, 5], "row 4 is 5"), ([0, 5, 4, 6], "row 3 is 4")])
def test_three_rows_at_one_time_or_a_step_back_are_refused(times: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SurvivalTable(times, [1, 0.8, 0.7, 0.6])


# ---- a tail ----


def test_a_tail_whose_clock_restarts_begins_at_its_own_time_zero() -> None:
    """S(20) = 0.6 exp(-(8/15)^1.4), by hand; with a clock that continues 0.6 exp(-(20/15)^1.4 + (12/15)^1.4)."""
    table, own = SurvivalTable(STEPS_T, STEPS_S), [1.4, 15.0]
    restarted, continued = (TableTail(table, WEIBULL, 12.0, clock) for clock in ("restarts", "continues"))
    assert float(restarted.survival(20.0, own)) == pytest.approx(0.6 * np.exp(-((8 / 15) ** 1.4)), rel=1e-14)
    expected = 0.6 * np.exp(-((20 / 15) ** 1.4) + (12 / 15) ** 1.4)
    assert float(continued.survival(20.0, own)) == pytest.approx(expected, rel=1e-14)
    for family in (restarted, continued):
        assert family.survival([2.0, 3.0, 12.0], own) == pytest.approx([1.0, 0.9, 0.6], rel=1e-14)
        area = quad(lambda t, f=family: float(f.survival(t, own)), 0, 70, points=[3, 8, 12], limit=300, epsabs=1e-12)[0]
        assert float(family.restricted_mean(70.0, own)) == pytest.approx(area, abs=1e-8)
        assert family.survival(family.quantile([0.05, 0.7, 0.95], own), own) == pytest.approx([0.9, 0.3, 0.05], abs=1e-12)
        assert np.isfinite(family.mean(own))


def test_without_memory_it_makes_no_difference_whether_the_clock_restarts() -> None:
    table, time = SurvivalTable([0, 10, 30], [1, 0.8, 0.5]), np.linspace(0, 200, 81)
    first, second = (TableTail(table, EXPONENTIAL, 25.0, clock).survival(time, [0.03]) for clock in ("restarts", "continues"))
    assert first == pytest.approx(second, rel=1e-13)


def test_a_tail_needs_a_table_that_reaches_it() -> None:
    with pytest.raises(ValueError, match="ends at 12, before the tail begins at 15"):
        TableTail(SurvivalTable(STEPS_T, STEPS_S), WEIBULL, 15.0)
    with pytest.raises(ValueError, match="fallen to 0"):
        TableTail(SurvivalTable([0, 5, 10], [1, 0.5, 0.0]), WEIBULL, 10.0)


# ---- sampling error ----


def drawn(table: SurvivalTable, n: int = 4000) -> np.ndarray:
    """Factors of the pieces at evenly spread normal numbers, (n, J)."""
    assert table.error is not None
    pieces = table.error.n_pieces
    z = stats.norm.ppf(stats.qmc.Sobol(pieces, seed=2).random(4096)[:n])
    return table.around(np.zeros(pieces), z * table.error.log_errors)


def test_standard_errors_of_drawn_curves_are_those_printed_and_the_mean_is_the_table() -> None:
    t, s, se = [0, 6, 12, 24, 36], [1.0, 0.9, 0.75, 0.5, 0.4], [NAN, 0.03, 0.045, 0.055, 0.06]
    table = SurvivalTable(t, s, table_error(t, s, [NAN] * 5, se))
    curves = table.survival(np.array(t, dtype=float), drawn(table))
    assert curves.mean(axis=0) == pytest.approx(s, abs=2e-4)
    assert curves.std(axis=0)[1:] == pytest.approx(se[1:], rel=0.01)


def test_numbers_at_risk_give_greenwoods_standard_error() -> None:
    """100 patients, 20 die in the first half year, 70 are then at risk, of whom 21 die: Var(log S) by hand."""
    t, s, n = [0.0, 6.0, 12.0], [1.0, 0.8, 0.8 * 0.7], [100.0, 70.0, NAN]
    table = SurvivalTable(t, s, table_error(t, s, n, [NAN] * 3))
    logs = np.log(table.survival(12.0, drawn(table)))
    greenwood = 20 / (100 * 80) + 21 / (70 * 49)
    assert logs.std() == pytest.approx(np.sqrt(greenwood), rel=0.02)


def test_conditional_survival_of_a_piece_has_a_beta_distribution() -> None:
    """Mean p and variance p (1 - p) / n (Greenwood): counts that sum to n - 1."""
    t, s = [0.0, 10.0], [1.0, 0.85]
    table = SurvivalTable(t, s, table_error(t, s, [40.0, NAN], [NAN, NAN]))
    curves = np.sort(table.survival(10.0, drawn(table, 4096)))
    expected = stats.beta(39 * 0.85, 39 * 0.15)
    probabilities = np.array([0.025, 0.25, 0.5, 0.75, 0.975])
    assert np.quantile(curves, probabilities) == pytest.approx(expected.ppf(probabilities), abs=1e-3)


def test_no_drawn_curve_rises_even_of_a_long_table_with_few_at_risk() -> None:
    t = np.arange(0, 61.0)
    s = np.exp(-0.03 * t)
    n = np.where(t % 12 == 0, np.linspace(60, 3, 61).round(), NAN)
    table = SurvivalTable(t, s, table_error(t, s, n, np.full(61, NAN)))
    assert table.error is not None and table.error.n_pieces == 12
    factors = table.around(np.zeros(12), drawn_steps(table.error.covariance))
    curves = table.survival(np.linspace(0, 80, 161), factors)
    assert table.valid(factors).all()
    assert np.all(np.diff(curves, axis=1) <= 1e-15) and np.all(curves[:, 0] == 1)
    assert table.steps_to(factors, np.zeros(12)) == pytest.approx(drawn_steps(table.error.covariance), abs=1e-5)


def test_a_table_without_either_is_certain_and_after_the_last_standard_error_only_the_start_is_not() -> None:
    t, s = [0, 6, 12, 24], [1.0, 0.9, 0.75, 0.5]
    assert table_error(t, s, [NAN] * 4, [NAN] * 4) is None
    table = SurvivalTable(t, s, table_error(t, s, [NAN] * 4, [NAN, 0.03, NAN, NAN]))
    curves = table.survival([6.0, 24.0], drawn(table, 500))
    assert curves[:, 1] / curves[:, 0] == pytest.approx(np.full(500, 0.5 / 0.9), rel=1e-12)


def test_steps_and_restricted_means_hold_for_every_draw() -> None:
    error = table_error(STEPS_T, STEPS_S, [50, NAN, NAN, NAN, NAN, 20], [NAN] * 6)
    table = SurvivalTable(STEPS_T, STEPS_S, error)
    family = TableTail(table, WEIBULL, 12.0, "restarts")
    rows = np.concatenate([drawn(table, 6), np.tile([1.4, 15.0], (6, 1))], axis=1)
    curves = family.survival([2.9, 3.0, 7.9, 8.0, 30.0], rows)
    assert np.all(curves[:, 0] == 1) and curves[:, 1] == pytest.approx(curves[:, 2], rel=1e-14)
    areas = [quad(lambda t, r=r: float(family.survival(t, r)), 0, 40, points=[3, 8, 12], limit=200)[0] for r in rows]
    assert family.restricted_mean(40.0, rows) == pytest.approx(areas, abs=1e-7)
    by_row = family.cumulative_hazard_by_row(np.tile([2.9, 8.0, 30.0], (6, 1)), rows)
    assert by_row == pytest.approx(family.cumulative_hazard([2.9, 8.0, 30.0], rows), rel=1e-13)
    assert family.quantile(0.7, rows) == pytest.approx([float(family.quantile(0.7, r)) for r in rows], rel=1e-12)


# ---- the cure share ----


def test_an_odds_ratio_of_cure_of_e_to_the_half_moves_30_percent_to_41() -> None:
    """logit 0.3 + 0.5: 0.3 e^0.5 / (0.7 + 0.3 e^0.5) = 0.4140..., by hand; those not cured live alike."""
    ratio, cured = np.exp(0.5), 0.3 * np.exp(0.5) / (0.7 + 0.3 * np.exp(0.5))
    time = np.array([0.0, 12.0, 1e5])
    uncured = np.exp(-((time / 20.0) ** 1.2))
    treated = np.exp(-apply_effect("cure_odds_ratio", MixtureCure(WEIBULL), [0.3, 1.2, 20.0], time, ratio))
    assert treated == pytest.approx(cured + (1 - cured) * uncured, rel=1e-14)
    assert cured == pytest.approx(0.4140, abs=5e-5)


def test_it_acts_on_every_cure_share_of_an_average_and_behind_a_table() -> None:
    parts = [MixtureCure(WEIBULL), NonMixtureCure(EXPONENTIAL)]
    average, own = ModelAverage(parts, [0.4, 0.6]), np.array([-1.0, 0.3, 1.2, 20.0, 0.2, 0.05])
    moved = own.copy()
    moved[[1, 4]] = [0.6 / (0.7 + 0.6), 0.4 / (0.8 + 0.4)]
    time = np.array([5.0, 60.0])
    assert apply_effect("cure_odds_ratio", average, own, time, 2.0) == pytest.approx(average.cumulative_hazard(time, moved))
    behind = TableTail(SurvivalTable([0, 10], [1, 0.9]), parts[0], 10.0, "restarts")
    found = np.exp(-apply_effect("cure_odds_ratio", behind, [0.3, 1.2, 20.0], 10.0 + 1e6, 2.0))
    assert found == pytest.approx(0.9 * 0.6 / 1.3, rel=1e-12)


def test_without_a_cure_share_it_is_refused() -> None:
    with pytest.raises(ValueError, match="which a Weibull curve does not have"):
        apply_effect("cure_odds_ratio", WEIBULL, [1.2, 20.0], [1.0], 2.0)
    with pytest.raises(ValueError, match="which a Weibull curve does not have"):
        TreatmentCovariate(WEIBULL, "cure_odds_ratio", ["b"])


def test_a_joint_fit_of_the_cure_share_is_the_logistic_model_where_everybody_is_followed_to_the_end() -> None:
    """Events at the same times in both arms, all early, and long follow-up of the rest: the share cured is the share without
    event (a closed form), so its odds ratio is that of the 2 x 2 table, and its error Woolf's (1955)."""
    times = np.tile(np.linspace(0.5, 4.0, 8), 5)  # 40 events in each arm
    groups = {
        arm: survival_data(np.concatenate([times, np.full(free, 500.0)]), np.repeat([1, 0], [40, free]))
        for arm, free in (("old", 20), ("new", 60))
    }
    made = fit_joint(groups, "old", "mixture_cure_weibull", "cure_odds_ratio")
    assert made.fit.usable
    found = dict(zip(made.fit.distribution.parameters, made.fit.coefficients, strict=True))
    assert found["cure_fraction"] == pytest.approx(20 / 60, rel=1e-6)
    assert found["effect_new"] == pytest.approx((60 / 40) / (20 / 40), rel=1e-6)
    woolf = 1 / 20 + 1 / 40 + 1 / 60 + 1 / 40
    assert made.fit.covariance[-1, -1] == pytest.approx(woolf, rel=1e-5)
    assert float(made.family("new").survival(1e4, made.fit.coefficients)) == pytest.approx(0.6, rel=1e-6)


@pytest.mark.parametrize("effect", ["hazard_ratio", "acceleration_factor"])
def test_other_effects_of_a_joint_fit_with_cure_are_found_again(effect: str) -> None:
    """Quantiles of the true curves as data: 400 patients an arm, cure 30%, effect 0.6 or 1.6 on Weibull with cure."""
    truth = {"hazard_ratio": 0.6, "acceleration_factor": 1.6}[effect]
    base = MixtureCure(WEIBULL)
    family = TreatmentCovariate(base, effect, ["new"])
    places = (np.arange(400) + 0.5) / 400
    groups = {}
    for arm, group in (("old", None), ("new", "new")):
        time = family.of(group).quantile(places, [0.3, 1.3, 12.0, truth])
        groups[arm] = survival_data(np.minimum(time, 200.0), time < 200.0)
    made = fit_joint(groups, "old", "mixture_cure_weibull", effect)
    assert made.fit.coefficients == pytest.approx([0.3, 1.3, 12.0, truth], rel=0.02)
