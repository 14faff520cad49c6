"""Survival after progression from OS, checked against truths from which the OS was made."""

import numpy as np
import pytest

from model.survival import Landmark, Median, calibrate, distribution
from model.survival.multistate import (
    AFTER_PROGRESSION,
    OverallSurvival,
    PublishedOS,
    calibrate_to_os,
    clock_reset,
    family_after_progression,
    hazard_after_progression,
    leave,
    response,
)
from tests.helpers.patina_structures import leaving_with, months, os_statistics, pfs_statistics, population

MONTHS = np.arange(1044) * 7 / 30.4375
LEAVING = leave(distribution("loglogistic").cumulative_hazard(MONTHS, [1.2, 30.0])[None], 0.1)
TRUTHS = {"exponential": [0.02], "weibull": [1.4, 60.0], "gamma": [1.6, 0.03], "lognormal": [3.9, 0.9]}


def true_os(name, leaving_state=LEAVING):
    return clock_reset(leaving_state, hazard_after_progression(name, MONTHS, TRUTHS[name])).alive[0]


@pytest.mark.parametrize("name", AFTER_PROGRESSION)
def test_the_curve_that_made_the_statistics_is_found_again(name):
    alive = true_os(name)
    steps = (60, 150, 260, 350)
    statistics = tuple(Landmark(float(MONTHS[i]), float(alive[i]), standard_error=0.02) for i in steps)
    calibrated = calibrate_to_os(name, MONTHS, [PublishedOS(LEAVING, statistics)])
    assert calibrated.identified
    assert calibrated.coefficients == pytest.approx(TRUTHS[name], rel=1e-6)


def test_a_median_says_where_os_is_one_half():
    alive = true_os("weibull")
    median = float(np.interp(-np.log(0.5), -np.log(alive), MONTHS))
    statistics = (Median(median, standard_error=3.0), Landmark(float(MONTHS[150]), float(alive[150]), standard_error=0.02))
    calibrated = calibrate_to_os("weibull", MONTHS, [PublishedOS(LEAVING, statistics)])
    assert calibrated.coefficients == pytest.approx(TRUTHS["weibull"], rel=1e-6)
    assert calibrated.fitted[0] == pytest.approx(median, abs=1e-6)


def test_arms_that_live_alike_after_progression_are_calibrated_together():
    other = leave(distribution("loglogistic").cumulative_hazard(MONTHS, [1.3, 45.0])[None], 0.2)
    evidence = []
    for state in (LEAVING, other):
        alive = true_os("gamma", state)
        evidence.append(PublishedOS(state, (Landmark(float(MONTHS[250]), float(alive[250]), standard_error=0.03),)))
    calibrated = calibrate_to_os("gamma", MONTHS, evidence)
    assert calibrated.coefficients == pytest.approx(TRUTHS["gamma"], rel=1e-5)


def test_with_as_many_statistics_as_coefficients_their_covariance_is_reproduced():
    alive = true_os("weibull")
    errors, steps = np.array([0.02, 0.03]), (150, 300)
    statistics = tuple(
        Landmark(float(MONTHS[i]), float(alive[i]), standard_error=e) for i, e in zip(steps, errors, strict=True)
    )
    calibrated = calibrate_to_os("weibull", MONTHS, [PublishedOS(LEAVING, statistics)])
    draws = np.random.default_rng(8).multivariate_normal(calibrated.estimates, calibrated.covariance, 4000)
    os = OverallSurvival(family_after_progression("weibull"), MONTHS, LEAVING)
    sampled = os.survival([MONTHS[i] for i in steps], os.to_natural(draws))
    assert sampled.std(axis=0) == pytest.approx(errors, rel=0.05)
    # Greenwood: the correlation of log survivals is the ratio of their standard deviations.
    expected = (errors[0] / alive[150]) / (errors[1] / alive[300])
    assert np.corrcoef(np.log(sampled).T)[0, 1] == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("name", AFTER_PROGRESSION)
def test_os_as_a_distribution_is_the_os_of_the_three_states(name):
    os = OverallSurvival(family_after_progression(name), MONTHS, LEAVING)
    alive = true_os(name)
    assert os.survival(MONTHS[1:], TRUTHS[name]) == pytest.approx(alive[1:], abs=1e-12)
    half = float(os.quantile(0.5, TRUTHS[name]))
    assert float(os.survival(half, TRUTHS[name])) == pytest.approx(0.5, abs=1e-12)
    between = (MONTHS[100] + MONTHS[101]) / 2
    assert float(os.cumulative_hazard(between, TRUTHS[name])) == pytest.approx(
        -np.log(alive[100] * alive[101]) / 2, abs=1e-12
    )


def test_an_uneven_grid_and_a_family_that_is_not_offered_are_refused():
    with pytest.raises(ValueError, match="even steps"):
        OverallSurvival(distribution("weibull"), MONTHS**1.1, LEAVING)
    with pytest.raises(ValueError, match="exponential, weibull, gamma, lognormal"):
        calibrate_to_os("gompertz", MONTHS, [PublishedOS(LEAVING, os_statistics("control"))])


def moved(estimates, family, j, by):
    there = estimates.copy()
    there[j] += by
    return leaving_with("control", family.name, family.to_natural(there))


def test_survival_after_progression_answers_to_pfs_as_a_new_calibration_does():
    # The response, times a change of PFS, against the change of the estimates when calibrated anew.
    pfs = distribution("gamma")
    estimates = calibrate(pfs, pfs_statistics("control")).estimates
    evidence = [PublishedOS(leaving_with("control", "gamma", pfs.to_natural(estimates)), os_statistics("control"))]
    calibrated = calibrate_to_os("weibull", months(), evidence)
    steps = [([moved(estimates, pfs, j, 1e-4)], [moved(estimates, pfs, j, -1e-4)]) for j in range(2)]
    answer = response(calibrated, months(), evidence, steps, 1e-4)
    for j in range(2):
        changed = [
            calibrate_to_os("weibull", months(), [PublishedOS(moved(estimates, pfs, j, by), os_statistics("control"))])
            for by in (0.01, -0.01)
        ]
        assert answer[:, j] == pytest.approx((changed[0].estimates - changed[1].estimates) / 0.02, rel=0.02, abs=2e-3)


GRID = months()[:270]


def spread_of_sampled_os(patients, n=2000):
    """Standard deviations of OS at 36 and 60 months in draws of PFS and of survival after progression: reported; drawn
    apart; drawn so that the second answers to the first. Evidence of `patients` patients, all followed."""
    pfs, rng = distribution("loglogistic"), np.random.default_rng(11)
    of_pfs = calibrate(pfs, [Landmark(t, s, effective_n=patients) for t, s in ((29.1, 0.5), (48, 0.383), (60, 0.334))])
    statistics = tuple(Landmark(t, s, effective_n=patients) for t, s in ((36, 0.847), (60, 0.698)))

    def state(estimates):
        hazard = pfs.cumulative_hazard(GRID, np.atleast_2d(pfs.to_natural(estimates)))
        return leave(hazard, 0.1, population()[:270])

    def away(j, by):
        return state(of_pfs.estimates + by * np.eye(2)[j])

    evidence = [PublishedOS(state(of_pfs.estimates), statistics)]
    calibrated = calibrate_to_os("weibull", GRID, evidence)
    answer = response(calibrated, GRID, evidence, [([away(j, 1e-4)], [away(j, -1e-4)]) for j in range(2)], 1e-4)
    drawn = rng.multivariate_normal(of_pfs.estimates, of_pfs.covariance, n)
    own = rng.multivariate_normal(calibrated.estimates, calibrated.covariance, n)
    at = [int(np.argmin(np.abs(GRID - s.time))) for s in statistics]
    spread = []
    for estimates in (own, own + (drawn - of_pfs.estimates) @ answer.T):
        after = hazard_after_progression("weibull", GRID, distribution("weibull").to_natural(estimates))
        spread.append(clock_reset(state(drawn), after).alive[:, at].std(axis=0))
    return np.array([s.standard_error for s in statistics]), *spread


def test_sampled_os_spreads_as_its_statistics_do_where_coefficients_answer_to_pfs():
    # Many patients: the delta method is exact. The standard error of 2,000 standard deviations is 1.6%.
    reported, apart, together = spread_of_sampled_os(25_000)
    assert together == pytest.approx(reported, rel=0.05)
    assert np.all(apart > 1.1 * reported)


def test_with_the_patients_of_a_trial_sampled_os_spreads_little_more_than_its_statistics():
    reported, apart, together = spread_of_sampled_os(250)
    assert together == pytest.approx(reported, rel=0.15)
    assert np.all(apart > together)
