"""General-population mortality and the hazard floor."""

import numpy as np
import pytest

from model.survival import DISTRIBUTIONS, LifeTable, binding, hazard_floor, mix
from model.survival.increments import running_total

AGES = np.arange(50, 101)
RISING = LifeTable(AGES, np.minimum(0.004 * np.exp(0.09 * (AGES - 50)), 1.0))
HIGHER = LifeTable(AGES, np.minimum(0.007 * np.exp(0.09 * (AGES - 50)), 1.0))
MONTHS = np.arange(0, 481) * 1.0


def test_survival_over_a_year_of_age_is_1_minus_q():
    survival = RISING.survival([0, 12, 24, 36], 60)
    assert survival[0] == 1
    assert survival[1:] / survival[:-1] == pytest.approx(1 - RISING.qx[10:13], rel=1e-12)


def test_hazard_is_constant_within_a_year_of_age():
    hazard = np.diff(RISING.cumulative_hazard(np.arange(13), 60))
    assert hazard == pytest.approx(np.full(12, -np.log(1 - RISING.qx[10]) / 12), rel=1e-10)


def test_a_fractional_start_age_uses_both_years_of_age():
    expected = 0.25 * -np.log(1 - RISING.qx[10]) + 0.75 * -np.log(1 - RISING.qx[11])
    assert RISING.cumulative_hazard(12.0, 60.75) == pytest.approx(expected, rel=1e-12)


def test_several_start_ages_give_one_row_each():
    rows = RISING.cumulative_hazard(MONTHS, [55.0, 62.5])
    assert rows.shape == (2, len(MONTHS))
    assert rows[1] == pytest.approx(RISING.cumulative_hazard(MONTHS, 62.5), rel=1e-15)


def test_nobody_survives_the_year_after_the_last_row():
    assert RISING.survival([0, 12, 24], 101)[1:].max() < 1e-299
    assert np.isfinite(RISING.cumulative_hazard(1200.0, 99)).all()


def test_ages_before_the_first_row_are_refused():
    with pytest.raises(ValueError, match="before the first age of the life table, 50"):
        RISING.survival(12.0, 49.9)


@pytest.mark.parametrize(
    ("age", "qx", "message"),
    [
        ([50, 52], [0.1, 0.2], "gap"),
        ([51, 50], [0.1, 0.2], "rise by 1"),
        ([50.5, 51.5], [0.1, 0.2], "whole years"),
        ([50, 51], [0.1, 1.2], "at age 51 it is 1.2"),
        ([50, 51], [np.nan, 0.2], "at age 50"),
        ([50, 51], [0.1], "equal length"),
    ],
)
def test_a_faulty_table_is_refused(age, qx, message):
    with pytest.raises(ValueError, match=message):
        LifeTable(age, qx)


def test_life_expectancy_under_a_constant_hazard_is_the_truncated_exponential_mean():
    table = LifeTable(np.arange(0, 400), np.full(400, 1 - np.exp(-0.05)))
    for age in (0, 30.5):
        assert table.life_expectancy(age) == pytest.approx(1 / 0.05, rel=1e-6)


def test_life_expectancy_equals_a_fine_integral_of_survival():
    years = np.linspace(0, 60, 240_001)
    survival = RISING.survival(years * 12, 63.3)
    assert RISING.life_expectancy(63.3) == pytest.approx(np.trapezoid(survival, years), abs=1e-5)


def test_life_expectancy_counts_whole_years_where_nobody_dies():
    assert LifeTable([80, 81, 82], [0.0, 0.0, 0.0]).life_expectancy(80) == pytest.approx(3, abs=0.01)


def test_the_mix_of_sexes_follows_the_survivors():
    population = mix(RISING, HIGHER, 0.7, 61.5)
    women, men = RISING.survival(MONTHS, 61.5), HIGHER.survival(MONTHS, 61.5)
    assert population.survival(MONTHS) == pytest.approx(0.7 * women + 0.3 * men, rel=1e-12)
    assert population.cumulative_hazard(0.0) == 0


@pytest.mark.parametrize(("share", "table"), [(1.0, RISING), (0.0, HIGHER)])
def test_a_cohort_of_one_sex_has_that_sexs_mortality(share, table):
    population = mix(RISING, HIGHER, share, 61.5)
    assert population.cumulative_hazard(MONTHS) == pytest.approx(table.cumulative_hazard(MONTHS, 61.5), rel=1e-12)


def test_a_share_outside_0_to_1_is_refused():
    with pytest.raises(ValueError, match=r"female_share is 1\.1"):
        mix(RISING, HIGHER, 1.1, 60)


# ---- hazard floor ----

MODEL = DISTRIBUTIONS["loglogistic"].cumulative_hazard(MONTHS, [[1.2, 40.0], [1.5, 20.0], [0.9, 300.0]])
POPULATION = RISING.cumulative_hazard(MONTHS, 60)


def test_hazards_never_fall_below_the_populations():
    floored = hazard_floor(MODEL, POPULATION)
    rises = np.diff(floored, axis=1)
    assert rises == pytest.approx(np.maximum(np.diff(MODEL, axis=1), np.diff(POPULATION)), rel=1e-8)


def test_the_floor_never_raises_survival():
    assert np.all(hazard_floor(MODEL, POPULATION) >= MODEL * (1 - 1e-13))
    assert np.all(hazard_floor(MODEL, POPULATION) >= POPULATION * (1 - 1e-13))


def test_the_floor_is_stricter_than_the_smaller_survival():
    floored = np.exp(-hazard_floor(MODEL, POPULATION))
    smaller = np.minimum(np.exp(-MODEL), np.exp(-POPULATION))
    assert np.all(floored <= smaller * (1 + 1e-12)) and floored[0].sum() < 0.95 * smaller[0].sum()


def test_a_population_without_deaths_leaves_the_curve_unchanged():
    assert hazard_floor(MODEL, np.zeros(len(MONTHS))) == pytest.approx(MODEL, rel=1e-12)
    assert np.isnan(binding(MODEL, np.zeros(len(MONTHS)), MONTHS)).all()


def test_the_floor_binds_from_where_the_log_logistic_hazard_crosses_it():
    model = DISTRIBUTIONS["loglogistic"].cumulative_hazard(MONTHS, [[1.2, 40.0]])
    floor = 0.004 * MONTHS
    first = binding(model, floor, MONTHS)[0]
    family = DISTRIBUTIONS["loglogistic"]
    assert family.hazard(first - 1, [1.2, 40.0]) > 0.004 > family.hazard(first + 1, [1.2, 40.0])


def test_infinite_cumulative_hazards_give_no_nan():
    model = np.array([[0.0, 1.0, np.inf, np.inf], [0.0, 0.1, 0.2, 0.3]])
    population = np.array([0.0, 0.5, np.inf, np.inf])
    assert hazard_floor(model, population)[:, 1:].tolist() == [[1.0, np.inf, np.inf], [0.5, np.inf, np.inf]]


def test_the_arguments_are_left_untouched():
    model, population = MODEL.copy(), POPULATION.copy()
    hazard_floor(model, population)
    assert np.array_equal(model, MODEL) and np.array_equal(population, POPULATION)


@pytest.mark.parametrize("n_draws", [1, 2, 5, 8])
def test_sums_over_time_are_the_same_however_draws_lie_in_memory(n_draws):
    values = np.random.default_rng(4).random((n_draws, 50))
    values[-1, 40:] = np.inf
    expected = np.cumsum(values, axis=1)
    for order in ("C", "F"):
        assert np.array_equal(running_total(values.copy(order=order)), expected)
    by_time = values.T[::-1].copy()
    backwards = running_total(by_time[::-1].T)
    assert np.array_equal(backwards, expected) and np.shares_memory(backwards, by_time)
