"""Three states with exponential hazards have closed forms; so has the Markov model with the clock forward.

With hazards of progression a, of death before it d and after it m, x = a + d: progression-free exp(-x t), progressed
a (exp(-m t) - exp(-x t)) / (x - m), and a t exp(-m t) where x = m.
"""

import numpy as np
import pytest

from model.survival import distribution
from model.survival.multistate import clock_forward, clock_reset, leave, leave_by_cause

WEEK = 7 / 30.4375
MONTHS = np.arange(2088) * WEEK
EXPONENTIAL = distribution("exponential")


def difference_of_exponentials(progression, death, after):
    whole = progression + death
    if whole == after:
        return progression * MONTHS * np.exp(-after * MONTHS)
    apart = min(whole, after) - max(whole, after)
    return progression * np.exp(-min(whole, after) * MONTHS) * np.expm1(apart * MONTHS) / apart


RATES = [
    (0.02, 0.002, 0.03),
    (0.02, 0.002, 0.022),  # leaving and dying afterwards at the same rate
    (0.02, 0.002, 0.0220000001),
    (0.5, 0.1, 0.001),
    (1e-5, 0.0, 0.4),
    (0.02, 0.002, 0.0),  # nobody dies after progression
    (0.0, 0.02, 0.03),  # nobody progresses
    (30.0, 3.0, 20.0),  # everybody leaves within days
]


@pytest.mark.parametrize(("progression", "death", "after"), RATES)
def test_exponential_hazards_give_the_difference_of_exponentials(progression, death, after):
    leaving = leave_by_cause(progression * MONTHS[None], death * MONTHS[None])
    occupied = clock_reset(leaving, after * MONTHS[None])
    assert occupied.progression_free[0] == pytest.approx(np.exp(-(progression + death) * MONTHS), abs=1e-12)
    assert occupied.progressed[0] == pytest.approx(difference_of_exponentials(progression, death, after), abs=1e-9)


@pytest.mark.parametrize(("progression", "death", "after"), RATES)
def test_with_exponential_survival_after_progression_the_clock_does_not_matter(progression, death, after):
    leaving = leave_by_cause(progression * MONTHS[None], death * MONTHS[None])
    reset, forward = clock_reset(leaving, after * MONTHS[None]), clock_forward(leaving, after * MONTHS[None])
    assert reset.progressed == pytest.approx(forward.progressed, abs=1e-12)


def test_a_share_of_pfs_events_as_deaths_divides_the_hazard():
    both = leave(0.04 * MONTHS[None], 0.25)
    by_cause = leave_by_cause(0.03 * MONTHS[None], 0.01 * MONTHS[None])
    assert both.progression_free == pytest.approx(by_cause.progression_free, abs=1e-13)
    assert both.progressing.sum() == pytest.approx(0.75 * (1 - np.exp(-0.04 * MONTHS[-1])), abs=1e-12)
    assert both.dying.sum() == pytest.approx(0.25 * (1 - np.exp(-0.04 * MONTHS[-1])), abs=1e-12)


def test_those_who_progress_at_once_then_live_by_survival_after_progression():
    # Everybody progresses in the first step: from its end on the curve is that after progression, half a step late at most.
    weibull = distribution("weibull").cumulative_hazard(MONTHS, [1.4, 40.0])
    occupied = clock_reset(leave(1e4 * MONTHS[None], 0.0), weibull[None])
    assert occupied.progressed[0, 1:] == pytest.approx(np.exp(-weibull[1:]), abs=2e-3)


def test_many_draws_at_once_are_each_draw_alone():
    rng = np.random.default_rng(3)
    rates, after = rng.uniform(0.005, 0.1, (7, 1)), rng.uniform(0.005, 0.1, (7, 1))
    share = rng.uniform(0, 0.5, 7)
    together = clock_reset(leave(rates * MONTHS, share), after * MONTHS)
    for i in range(7):
        alone = clock_reset(leave(rates[i] * MONTHS[None], share[i]), after[i] * MONTHS[None])
        assert np.array_equal(alone.progressed[0], together.progressed[i])


@pytest.mark.parametrize("name", ["exponential", "weibull", "gamma", "lognormal"])
def test_a_finer_grid_changes_nothing_that_matters(name):
    # Weekly steps against steps of an eighth of a week, PFS log-logistic as in a breast cancer trial.
    after = {"exponential": [0.02], "weibull": [1.4, 60.0], "gamma": [0.7, 0.02], "lognormal": [3.5, 1.0]}[name]
    curves = []
    for parts in (1, 8):
        months = np.arange(520 * parts + 1) * WEEK / parts
        pfs = distribution("loglogistic").cumulative_hazard(months, [1.2, 30.0])
        hazard = distribution(name).cumulative_hazard(months, after)
        curves.append(clock_reset(leave(pfs[None], 0.1), hazard[None]).progressed[0, ::parts])
    assert curves[0] == pytest.approx(curves[1], abs=2e-5)
