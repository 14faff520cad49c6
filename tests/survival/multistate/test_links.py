"""Links between arms: what each promises, read off whole curves and in closed forms."""

import numpy as np
import pytest

from model.survival import distribution
from model.survival.multistate import clock_reset, factor_for_hazard_ratio, leave, leave_by_cause, middle_of_steps, with_os_of

MONTHS = np.arange(2088) * 7 / 30.4375
RNG = np.random.default_rng(7)
N = 40


def draws(shape, scale):
    """(N, n_times) log-logistic PFS around a shape and a scale."""
    coefficients = np.column_stack(
        [shape * np.exp(0.1 * RNG.standard_normal(N)), scale * np.exp(0.1 * RNG.standard_normal(N))]
    )
    return distribution("loglogistic").cumulative_hazard(MONTHS, coefficients)


REFERENCE, TREATED = leave(draws(1.2, 30.0), 0.1), leave(draws(1.3, 42.0), 0.1)
MIDDLE = middle_of_steps(MONTHS)
AFTER = distribution("weibull").cumulative_hazard(
    MIDDLE, np.column_stack([1.4 * np.exp(0.1 * RNG.standard_normal(N)), 65 * np.exp(0.1 * RNG.standard_normal(N))])
)


def os_hazard(leaving, after, month):
    alive = clock_reset(leaving, after).alive
    return np.array([np.interp(month, MONTHS, -np.log(row)) for row in alive])


@pytest.mark.parametrize("month", [12.0, 53.5, float(MONTHS[-1])])
def test_the_reported_hazard_ratio_is_kept_in_every_draw(month):
    ratio = 0.86 * np.exp(0.1 * RNG.standard_normal(N))
    link = factor_for_hazard_ratio(REFERENCE, TREATED, AFTER, MONTHS, month, ratio)
    treated = os_hazard(TREATED, AFTER * link.factor[:, None], month)
    reached = link.met
    assert reached.sum() > N / 2
    assert (treated / os_hazard(REFERENCE, AFTER, month))[reached] == pytest.approx(ratio[reached], rel=1e-9)


def test_equal_arms_with_a_ratio_of_one_have_a_factor_of_one():
    link = factor_for_hazard_ratio(REFERENCE, REFERENCE, AFTER, MONTHS, 53.5, 1.0)
    assert link.factor == pytest.approx(1, abs=1e-9)


def test_the_factor_between_exponential_arms_solves_the_closed_form():
    # Progression only, at rate a: OS = exp(-a t) + a (exp(-m t) - exp(-a t)) / (a - m).
    def os(rate, after, t):
        return np.exp(-rate * t) + rate * (np.exp(-after * t) - np.exp(-rate * t)) / (rate - after)

    slow, quick = (leave_by_cause(rate * MONTHS[None], 0 * MONTHS[None]) for rate in (0.015, 0.03))
    month = float(MONTHS[230])
    link = factor_for_hazard_ratio(quick, slow, 0.02 * MIDDLE[None], MONTHS, month, 0.9)
    assert os(0.015, 0.02 * link.factor[0], month) == pytest.approx(os(0.03, 0.02, month) ** 0.9, abs=1e-9)


def test_without_an_os_benefit_as_many_live_and_fewer_are_progressed():
    reference = clock_reset(REFERENCE, AFTER)
    treated = with_os_of(reference.alive, TREATED)
    assert np.abs(treated.alive - np.maximum(reference.alive, TREATED.progression_free)).max() <= 1e-15
    assert np.abs(treated.progressed - (treated.alive - TREATED.progression_free)).max() <= 1e-15
    assert np.abs(with_os_of(reference.alive, REFERENCE).progressed - reference.progressed).max() <= 1e-15


def test_draws_that_share_their_curves_need_one_row_of_them():
    one = leave(distribution("loglogistic").cumulative_hazard(MONTHS, [[1.2, 30.0]]), 0.1)
    other = leave(distribution("loglogistic").cumulative_hazard(MONTHS, [[1.3, 42.0]]), 0.1)
    after = distribution("weibull").cumulative_hazard(MIDDLE, [[1.4, 65.0]])
    ratios = np.array([0.7, 0.86, 1.0])
    together = factor_for_hazard_ratio(one, other, after, MONTHS, 53.5, ratios)
    apart = [factor_for_hazard_ratio(one, other, after, MONTHS, 53.5, r).factor[0] for r in ratios]
    assert together.factor == pytest.approx(apart, rel=1e-12)
    assert np.all(np.diff(together.factor) > 0)  # the worse the ratio, the worse survival after progression


def test_an_aim_out_of_reach_is_said():
    # Half of the treated patients die before progression and none of the others: no hazard afterwards makes OS better.
    dying = leave(draws(1.3, 10.0), 0.5)
    link = factor_for_hazard_ratio(leave(draws(1.2, 60.0), 0.0), dying, AFTER, MONTHS, 53.5, 0.5)
    assert not link.met.any()
    assert np.all(link.factor < 1e-2)


@pytest.mark.parametrize(
    ("month", "ratio", "message"), [(0.0, 0.9, "not within"), (600.0, 0.9, "not within"), (50.0, 0.0, "above 0")]
)
def test_a_time_outside_the_grid_and_a_ratio_of_nought_are_refused(month, ratio, message):
    with pytest.raises(ValueError, match=message):
        factor_for_hazard_ratio(REFERENCE, TREATED, AFTER, MONTHS, month, ratio)
