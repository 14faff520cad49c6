"""What must hold whatever the curves: shares, floors, and patients simulated one by one."""

import numpy as np
import pytest

from model.survival import distribution
from model.survival.multistate import LEAVING_RULES, clock_forward, clock_reset, leave, middle_of_steps

MONTHS = np.arange(2088) * 7 / 30.4375
RNG = np.random.default_rng(14)
NAMES = ("exponential", "weibull", "gompertz", "loglogistic", "lognormal", "gamma")
MIDDLE = middle_of_steps(MONTHS)
POPULATION = 1e-4 * (np.exp(0.0075 * MONTHS) - 1) / 0.0075  # Gompertz mortality of ageing, per month


def some_curves(name, n=20, times=MONTHS):
    family = distribution(name)
    coefficients = {
        "exponential": RNG.uniform(0.002, 0.3, (n, 1)),
        "weibull": np.column_stack([RNG.uniform(0.3, 4, n), RNG.uniform(3, 200, n)]),
        "gompertz": np.column_stack([RNG.uniform(-0.02, 0.05, n), RNG.uniform(0.001, 0.1, n)]),
        "loglogistic": np.column_stack([RNG.uniform(0.5, 4, n), RNG.uniform(3, 200, n)]),
        "lognormal": np.column_stack([RNG.uniform(1, 5, n), RNG.uniform(0.2, 3, n)]),
        "gamma": np.column_stack([RNG.uniform(0.3, 4, n), RNG.uniform(0.005, 0.5, n)]),
    }[name]
    return family.cumulative_hazard(times, coefficients)


@pytest.mark.parametrize("after", NAMES)
@pytest.mark.parametrize("rule", LEAVING_RULES)
@pytest.mark.parametrize("floor", [None, POPULATION[::4]])
def test_no_trace_crosses_and_nobody_is_lost(after, rule, floor):
    """In steps of four weeks."""
    months = MONTHS[::4]
    for pfs in NAMES:
        leaving = leave(some_curves(pfs, times=months), RNG.uniform(0, 1, 20), POPULATION[::4], rule)
        reset, forward = some_curves(after, times=middle_of_steps(months)), some_curves(after, times=months)
        for occupied in (clock_reset(leaving, reset, floor), clock_forward(leaving, forward)):
            assert occupied.progressed.min() >= 0
            assert np.all(np.diff(occupied.alive) <= 1e-14)
            assert occupied.alive.max() <= 1 + 1e-15 and np.all(occupied.alive[:, 0] == 1)
            assert np.all(occupied.progressed <= np.cumsum(leaving.progressing, axis=1) + 1e-14)
        assert leaving.progressing.min() >= 0 and leaving.dying.min() >= -1e-16
        gone = np.cumsum(leaving.progressing + leaving.dying, axis=1)
        assert np.abs(leaving.progression_free + gone - 1).max() <= 1e-13


def test_death_before_progression_is_the_larger_of_its_share_and_the_population():
    pfs = some_curves("loglogistic")
    step, floor = np.diff(pfs), np.diff(POPULATION)
    for rule in LEAVING_RULES:
        leaving = leave(pfs, 0.1, POPULATION, rule)
        death = leaving.hazard - leaving.progression
        assert np.abs(death[:, 1:] - np.maximum(0.1 * step, floor)).max() <= 1e-13
    kept = leave(pfs, 0.1, POPULATION, "progression_kept")
    assert np.abs(kept.progression[:, 1:] - 0.9 * step).max() <= 1e-13
    held = leave(pfs, 0.1, POPULATION, "pfs_kept")
    assert np.abs(held.hazard[:, 1:] - np.maximum(step, floor)).max() <= 1e-13


def test_without_a_population_both_rules_leave_pfs_on_its_curve():
    pfs = some_curves("gamma")
    for rule in LEAVING_RULES:
        assert np.abs(leave(pfs, 0.3, rule=rule).progression_free - np.exp(-pfs)).max() <= 1e-13


@pytest.mark.parametrize("share", [-0.1, 1.1, np.nan])
def test_a_share_outside_nought_and_one_is_refused(share):
    with pytest.raises(ValueError, match="share of PFS events"):
        leave(some_curves("gamma"), share)


def test_hazards_after_progression_at_the_times_of_the_grid_are_refused():
    leaving = leave(some_curves("gamma"), 0.1)
    with pytest.raises(ValueError, match="2088 columns for a grid of 2088 times"):
        clock_reset(leaving, some_curves("weibull"))


def test_an_unknown_rule_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="progression_kept, pfs_kept"):
        leave(some_curves("gamma"), 0.1, rule="cap")


def test_a_floor_below_every_hazard_changes_nothing():
    leaving = leave(0.03 * MONTHS[None], 0.1, 0.002 * MONTHS)
    after = 0.02 * MIDDLE[None]
    assert np.array_equal(clock_reset(leaving, after, 0.002 * MONTHS).alive, clock_reset(leaving, after).alive)


def test_mortality_after_progression_is_the_population_s_where_it_would_be_lower():
    # An exponential hazard below a constant population hazard: the state dies at the population's rate, but for those
    # who progress within a step, who are held from the next one on.
    leaving = leave(0.03 * MONTHS[None], 0.1, 0.002 * MONTHS)
    held = clock_reset(leaving, 0.0005 * MIDDLE[None], 0.002 * MONTHS)
    plain = clock_reset(leaving, 0.002 * MIDDLE[None])
    assert held.progressed == pytest.approx(plain.progressed, abs=2e-4)
    assert np.all(held.progressed >= plain.progressed - 1e-15)


def test_patients_simulated_one_by_one_occupy_the_same_states():
    # 400,000 patients: standard error of a share below 0.0008.
    n = 400_000
    rng = np.random.default_rng(5)
    pfs, after = distribution("loglogistic"), distribution("weibull")
    pfs_time = pfs.quantile(rng.uniform(size=n), [1.2, 30.0])
    dies = rng.uniform(size=n) < 0.1
    alive_until = pfs_time + np.where(dies, 0.0, after.quantile(rng.uniform(size=n), [1.5, 65.0]))
    leaving = leave(pfs.cumulative_hazard(MONTHS, [1.2, 30.0])[None], 0.1)
    occupied = clock_reset(leaving, after.cumulative_hazard(MIDDLE, [1.5, 65.0])[None])
    for month in (6, 24, 60, 120, 240):
        i = int(np.argmin(np.abs(MONTHS - month)))
        progressed = np.mean((pfs_time <= MONTHS[i]) & (alive_until > MONTHS[i]))
        assert occupied.progressed[0, i] == pytest.approx(progressed, abs=0.003)
        assert occupied.alive[0, i] == pytest.approx(np.mean(alive_until > MONTHS[i]), abs=0.003)


def test_the_floor_on_the_whole_state_is_near_the_floor_on_each_patient():
    # Each cohort of one cycle's progressions held at the population by itself, against the state held as a whole.
    months = np.arange(0, 480) * 1.0
    population = 2e-4 * (np.exp(0.0085 * months) - 1) / 0.0085
    leaving = leave(distribution("gamma").cumulative_hazard(months, [0.9, 0.02])[None], 0.1, population)
    after = distribution("weibull").cumulative_hazard(months, [1.5, 65.0])
    entering = leaving.progressing[0]
    one_by_one = np.zeros_like(months)
    for u in range(1, len(months)):
        steps = np.maximum(np.diff(after)[: len(months) - u - 1], np.diff(population)[u:])
        one_by_one[u:] += entering[u] * np.exp(-np.concatenate([[0.0], np.cumsum(steps)]))
    middle = distribution("weibull").cumulative_hazard(middle_of_steps(months), [1.5, 65.0])
    held = clock_reset(leaving, middle[None], population).progressed[0]
    free = clock_reset(leaving, middle[None]).progressed[0]
    assert held.sum() == pytest.approx(one_by_one.sum(), rel=0.02)
    assert held.sum() <= free.sum()
