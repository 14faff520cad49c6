"""What the data do not determine: coefficients whose intervals say nothing, and draws that are another curve.

`immature_os.csv`: 150 patients, 17 deaths within 24 months; `tied_months.csv`: 48 patients at 12 whole months.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, roots_hermitenorm

from model.survival import RoystonParmar, distribution, fit
from model.survival.determination import determination, distance

REFERENCE = Path(__file__).parents[1] / "reference"


def trial(name: str) -> tuple[list[float], list[int]]:
    with (REFERENCE / name).open() as file:
        rows = list(csv.DictReader(file))
    return [float(r["time"]) for r in rows], [int(r["event"]) for r in rows]


def test_a_generalised_gamma_of_tied_months_is_not_identified_and_a_weibull_is():
    data = trial("tied_months.csv")
    flexible, plain = fit(*data, "generalised_gamma"), fit(*data, "weibull")
    assert "sigma is not identified" in flexible.not_identified
    assert "Q is not identified" in flexible.not_identified
    assert plain.not_identified == "" and plain.judged().remark == ""


def test_a_generalised_gamma_of_immature_survival_is_not_identified():
    made = fit(*trial("immature_os.csv"), "generalised_gamma")
    assert made.usable  # a maximum with a covariance, which is just what made it look fitted
    problem = made.judged(240.0).problem
    assert "Q is not identified" in problem and "the mean of the drawn curves" in problem


@pytest.mark.parametrize("name", ["exponential", "weibull", "loglogistic", "lognormal", "gamma"])
def test_plain_families_of_immature_survival_are_determined(name):
    assert fit(*trial("immature_os.csv"), name).judged(240.0).determined


def test_a_mean_curve_more_than_four_hundredths_away_is_remarked_on():
    judged = fit(*trial("immature_os.csv"), "spline_hazard_1").judged(240.0)
    assert judged.determined and "the mean of the drawn curves" in judged.remark


def test_without_a_covariance_the_mean_of_the_draws_is_the_curve_itself():
    found = distance(distribution("weibull"), np.log([1.2, 30.0]), np.zeros((2, 2)), 120.0)
    assert found.size < 1e-12 and found.no_curve == 0


def test_the_mean_of_drawn_exponential_curves_is_that_of_gauss_and_hermite():
    log_rate, error = np.log(0.02), 0.9
    found = distance(distribution("exponential"), np.array([log_rate]), np.array([[error**2]]), 200.0)
    nodes, weights = roots_hermitenorm(60)
    mean = weights @ np.exp(-np.exp(log_rate + error * nodes) * found.time) / weights.sum()
    assert found.mean == pytest.approx(mean, abs=2e-3)
    assert found.estimate == pytest.approx(np.exp(-0.02 * found.time), rel=1e-12)


def test_a_spline_whose_draws_fall_is_not_identified():
    family = RoystonParmar("hazard", np.log([1.0, 5.0, 30.0]))
    estimates = np.array([-3.0, 0.2, 0.1])
    judged = determination(family, estimates, np.diag([0.1, 25.0, 25.0]), 120.0)
    assert "make no curve" in judged.problem


def test_a_cure_fraction_anywhere_between_nobody_and_everybody_is_not_identified():
    family = fit([1.0, 2.0, 3.0, 4.0], [1, 1, 1, 1], "mixture_cure_weibull").distribution
    covariance = np.diag([6.6**2, 0.01, 0.01])
    judged = determination(family, np.array([-2.0, 0.1, 3.0]), covariance, 240.0)
    assert "the cure fraction is not identified: its 95% interval is 0.00 to 1.00" in judged.problem
    assert determination(family, np.array([-0.5, 0.1, 3.0]), np.diag([0.04, 0.01, 0.01]), 240.0).determined


def test_a_cure_fraction_that_runs_to_0_keeps_the_uncertainty_of_its_profile_likelihood():
    """Exponential times, so that the profile over the rate is a search in one dimension, made here independently."""
    rng = np.random.default_rng(5)
    death, seen = 20 * rng.exponential(size=150), rng.uniform(10.0, 60.0, 150)
    time, event = np.minimum(death, seen), death <= seen
    made = fit(time, event, "mixture_cure_exponential")
    assert "cure fraction runs to 0" in made.boundary

    def profile(share: float) -> float:
        def fall(log_rate: float) -> float:
            alive = np.exp(-np.exp(log_rate) * time)
            density = np.log1p(-share) + log_rate + np.log(alive)
            return -float(np.where(event, density, np.log(share + (1 - share) * alive)).sum())

        return -float(minimize_scalar(fall, bounds=(-6, 0), method="bounded", options={"xatol": 1e-10}).fun)

    limit = expit(made.estimates[0] + 1.959964 * np.sqrt(made.covariance[0, 0]))
    assert 0.01 < limit < 0.5
    assert 2 * (made.log_likelihood - profile(limit)) == pytest.approx(1.96**2, rel=0.06)
    assert made.simulate(1000)[:, 0].std() > 0.005  # it does not vanish from the draws


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["immature", "tied"])
def test_no_simulated_curve_lies_far_from_its_draws_in_silence(kind):
    """200 trials, twelve candidates each (tests/benchmarks/identification.py)."""
    from tests.benchmarks import identification

    _, wrong, largest = identification.simulate(getattr(identification, kind), 200, 2026)
    assert wrong == 0 and largest <= 0.05
