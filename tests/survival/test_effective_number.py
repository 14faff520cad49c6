"""The effective number of a landmark against closed forms, SciPy's integral, a sum by patients and simulated trials.

Oracles: without censoring the binomial; `scipy.integrate.quad` of the formula in `model/survival/effective_number.py`;
Greenwood's sum over the events of one large trial; the numbers that an independent replication found for the PATINA trial
with follow-up even from 39 to 88 months (1,500 simulated trials).
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from model.survival.effective_number import FollowUpTimes, effective_number, standard_error_of_landmark
from model.survival.kaplan_meier import kaplan_meier
from model.survival.survival_data import survival_data

EVEN = FollowUpTimes(39.0, 63.5, 88.0)
SIMULATED = {  # (patients, published points): {month: effective number}, from 1,500 trials
    (257.0, ((29.1, 0.5), (48.0, 0.383), (60.0, 0.334))): {48.0: 253.0, 60.0: 235.0},
    (261.0, ((44.3, 0.5), (48.0, 0.465), (60.0, 0.432))): {48.0: 257.0, 60.0: 239.0},
    (257.0, ((36.0, 0.847), (60.0, 0.698))): {36.0: 259.0, 60.0: 223.0},
    (261.0, ((36.0, 0.87), (60.0, 0.743))): {36.0: 263.0, 60.0: 227.0},
}


@pytest.mark.parametrize("survival", [0.02, 0.5, 0.97])
def test_without_censoring_before_the_time_it_is_the_number_of_patients(survival: float) -> None:
    assert effective_number(257.0, FollowUpTimes(39.0, 53.5, 88.0), 39.0, survival, [(12.0, 0.99)]) == 257.0
    assert effective_number(257.0, FollowUpTimes(50.0, 50.0, 50.0), 49.9, survival) == 257.0


@pytest.mark.parametrize("time", [1.0, 20.0, 35.0, 55.0])
def test_exponential_survival_with_even_censoring_from_time_zero(time: float) -> None:
    """G(u) = 1 - u / 60 and a constant hazard: n_eff = n (1 / S - 1) / integral of h exp(h u) / (1 - u / 60)."""
    hazard = 0.03
    integral, _ = quad(lambda u: hazard * np.exp(hazard * u) / (1 - u / 60), 0, time, epsabs=1e-13, epsrel=1e-13)
    expected = 300.0 * np.expm1(hazard * time) / integral
    found = effective_number(300.0, FollowUpTimes(0.0, 30.0, 60.0), time, np.exp(-hazard * time))
    assert found == pytest.approx(expected, rel=3e-6)


def test_half_of_the_patients_leaving_at_once_is_a_jump_that_the_sum_keeps() -> None:
    """All are followed for 24 months, half of them for at most that long: G falls from 1 to 0.5 there, then to 0 at 48."""
    hazard = 0.02
    early = np.expm1(hazard * 24)
    late, _ = quad(lambda u: hazard * np.exp(hazard * u) / ((48 - u) / 48), 24, 40, epsabs=1e-13, epsrel=1e-13)
    expected = 100.0 * np.expm1(hazard * 40) / (early + late)
    assert effective_number(100.0, FollowUpTimes(24.0, 24.0, 48.0), 40.0, np.exp(-hazard * 40)) == pytest.approx(
        expected, rel=1e-7
    )


def test_published_points_before_the_time_bend_the_curve() -> None:
    """The hazard changes at 30 months, inside a step of the sum, which holds the integral to one part in 10,000."""
    early, late = -np.log(0.8) / 30, -np.log(0.4 / 0.8) / 20

    def integrand(u: float) -> float:
        hazard, total = (early, early * u) if u < 30 else (late, early * 30 + late * (u - 30))
        followed = 1.0 if u <= 12 else 1 - (u - 12) / 56
        return hazard * np.exp(total) / followed

    integral = sum(quad(integrand, a, b, epsabs=1e-12)[0] for a, b in ((0, 12), (12, 30), (30, 40), (40, 50)))
    expected = 200.0 * (1 / 0.4 - 1) / integral
    follow_up = FollowUpTimes(12.0, 40.0, 68.0)
    assert effective_number(200.0, follow_up, 50.0, 0.4, [(30.0, 0.8), (60.0, 0.1)]) == pytest.approx(expected, rel=1e-4)


def test_greenwoods_sum_over_the_patients_of_a_large_trial() -> None:
    n, hazard, time = 200_000, 0.025, 45.0
    rng = np.random.default_rng(1)
    events, ends = rng.exponential(1 / hazard, n), rng.uniform(20.0, 70.0, n)
    curve = kaplan_meier(survival_data(np.minimum(events, ends), events <= ends))
    at = int(np.searchsorted(curve.times, time, side="right")) - 1
    survival, variance = float(curve.survival[at]), float(curve.variance_log[at])
    by_patients = (1 - survival) / survival / variance
    assert effective_number(n, FollowUpTimes(20.0, 45.0, 70.0), time, survival) == pytest.approx(by_patients, rel=0.01)


@pytest.mark.parametrize("trial", SIMULATED)
def test_numbers_found_in_simulated_trials(trial: tuple[float, tuple[tuple[float, float], ...]]) -> None:
    patients, points = trial
    for month, simulated in SIMULATED[trial].items():
        found = effective_number(patients, EVEN, month, dict(points)[month], points)
        assert found == pytest.approx(simulated, rel=0.03)


def test_longer_follow_up_never_makes_a_landmark_less_precise() -> None:
    numbers = [effective_number(100.0, FollowUpTimes(s, s + 20, s + 40), 38.0, 0.5) for s in np.linspace(0.0, 38.0, 20)]
    assert np.all(np.diff(numbers) > 0)
    assert numbers[-1] == 100.0


def test_its_standard_error_is_greenwoods() -> None:
    n = effective_number(257.0, EVEN, 60.0, 0.334, [(29.1, 0.5), (48.0, 0.383)])
    assert standard_error_of_landmark(0.334, n) == pytest.approx(0.031, abs=0.0005)


@pytest.mark.parametrize(("time", "survival"), [(88.0, 0.5), (90.0, 0.5), (0.0, 0.5), (40.0, 0.0), (40.0, 1.0)])
def test_times_beyond_the_follow_up_and_certain_survival_are_refused(time: float, survival: float) -> None:
    with pytest.raises(ValueError, match="must lie between"):
        effective_number(100.0, EVEN, time, survival)


@pytest.mark.parametrize("times", [(50.0, 40.0, 60.0), (10.0, 40.0, 30.0), (-1.0, 2.0, 3.0), (0.0, 0.0, 0.0)])
def test_follow_up_out_of_order_is_refused(times: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="shortest"):
        FollowUpTimes(*times)
