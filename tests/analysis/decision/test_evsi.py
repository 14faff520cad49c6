"""EVSI against closed forms of conjugate models, by both methods; statement U18; counts of events; mistakes.

Closed forms: two options whose incremental net benefit given the data is normal, VoI(s) = s phi(m / s) - |m|
Phi(-|m| / s) with s the standard deviation of its posterior mean; the Gaussian example is that of heormodel
tests/test_voi.py (MIT): effect N(0.1, 0.5), cost N(60, 300), threshold 1000. Gamma-exponential and beta-binomial
models are integrated over their exact posterior means. Tolerance: four standard errors as reported.
"""

import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from model.analysis.decision import EventCounts, GammaMeans, NormalMeans, evppi, evsi

NORMAL = NormalDist()
METHODS = ["regression", "moment_matching"]
DRAWS = 8000
RANDOM = np.random.default_rng(2018)
EFFECT, COST, ZERO = RANDOM.normal(0.1, 0.5, DRAWS), RANDOM.normal(60, 300, DRAWS), np.zeros(DRAWS)
COSTS, EFFECTS = np.column_stack([ZERO, COST]), np.column_stack([ZERO, EFFECT])


def gain(mean: float, sd: float) -> float:
    """E max(0, X) - max(0, E X) of a normal X."""
    return sd * NORMAL.pdf(mean / sd) - abs(mean) * NORMAL.cdf(-abs(mean) / sd)


def posterior_sd(prior_sd: float, individual_sd: float, size: int) -> float:
    """Standard deviation of the posterior mean of a normal mean with known variance between patients."""
    return prior_sd * math.sqrt(size / (size + individual_sd**2 / prior_sd**2))


def against_nothing(net_benefit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    cost = np.column_stack([np.zeros(len(net_benefit)), -net_benefit])
    return cost, np.zeros_like(cost)


def within_four_errors(table: pd.DataFrame, truth: list[float]) -> bool:
    return bool((np.abs(table["evsi"] - truth) <= 4 * table["standard_error"] + 1e-9).all())


# Closed forms


@pytest.mark.parametrize("method", METHODS)
def test_gaussian_example_is_the_closed_form(method):
    # One study of the effect with standard error 0.5: 121.949138. Size 16, standard deviation 2 between patients.
    assert gain(40, 500 / math.sqrt(2)) == pytest.approx(121.949138, abs=1e-6)
    study = NormalMeans({"effect": EFFECT}, {"effect": 2.0})
    sizes = [1, 4, 16, 64, 256]
    table = evsi(COSTS, EFFECTS, study, sizes, 1000, method=method)
    truth = [gain(40, 1000 * posterior_sd(0.5, 2.0, n)) for n in sizes]
    assert truth[2] == pytest.approx(121.949138, abs=1e-6)
    assert within_four_errors(table, truth)
    assert (table["standard_error"].iloc[2:] < 0.04 * table["evsi"].iloc[2:]).all()


@pytest.mark.parametrize("method", METHODS)
def test_a_study_of_two_means_is_the_closed_form(method):
    study = NormalMeans({"effect": EFFECT, "cost": COST}, {"effect": 2.0, "cost": 900.0})
    sizes = [2, 9, 80]
    table = evsi(COSTS, EFFECTS, study, sizes, 1000, method=method)
    truth = [gain(40, math.hypot(1000 * posterior_sd(0.5, 2.0, n), posterior_sd(300, 900, n))) for n in sizes]
    assert within_four_errors(table, truth)


@pytest.mark.parametrize("method", METHODS)
def test_three_options_are_the_integral_over_the_posterior_mean(method):
    # g = (0, 100 x - 20, -80 x - 10) with x ~ N(0, 1), sampled with standard deviation 3: a posterior mean of N(0, s).
    slices = np.array([NORMAL.inv_cdf((i + 0.5) / 100_000) for i in range(100_000)])
    sizes = [3, 9, 90]
    truth = []
    for n in sizes:
        x = posterior_sd(1, 3, n) * slices
        truth.append(np.maximum(np.maximum(100 * x - 20, -80 * x - 10), 0).mean())
    x, noise = np.random.default_rng(3).standard_normal((2, DRAWS))
    net_benefit = np.column_stack([ZERO, 100 * x - 20 + 60 * noise, -80 * x - 10])
    study = NormalMeans({"x": x}, {"x": 3.0})
    table = evsi(-net_benefit, np.zeros_like(net_benefit), study, sizes, 1, method=method)
    assert within_four_errors(table, truth)


def test_both_methods_agree_where_the_smoother_is_a_gaussian_process():
    study = NormalMeans({"effect": EFFECT[:2000], "cost": COST[:2000]}, {"effect": 2.0, "cost": 900.0})
    tables = [
        evsi(COSTS[:2000], EFFECTS[:2000], study, [16], 1000, method=method, smoother="gaussian_process").loc[0]
        for method in METHODS
    ]
    apart = tables[0]["evsi"] - tables[1]["evsi"]
    assert abs(apart) < 2 * math.hypot(*(t["standard_error"] for t in tables))


@pytest.mark.parametrize("method", METHODS)
def test_events_of_an_exponential_curve_are_worth_the_beta_binomial_integral(method):
    # p = probability of the event in follow-up ~ Beta(6, 4); INB = 10,000 (p - 0.65). Posterior mean (6 + d) / (10 + n).
    random = np.random.default_rng(4)
    p = random.beta(6, 4, DRAWS)
    study = EventCounts(p[:, None, None], np.ones(1), {"p": p})
    sizes = [5, 20, 100]
    truth = []
    for n in sizes:
        seen = random.binomial(n, random.beta(6, 4, 400_000))
        truth.append(np.maximum(10_000 * ((6 + seen) / (10 + n) - 0.65), 0).mean())
    table = evsi(*against_nothing(10_000 * (p - 0.65)), study, sizes, 0, method=method)
    assert within_four_errors(table, truth)


@pytest.mark.parametrize("method", METHODS)
def test_costs_of_gamma_patients_are_worth_the_conjugate_integral(method):
    # Patients' costs exponential (CV 1) with rate ~ Gamma(5, 400): mean of the rate's inverse given n costs of sum t is
    # (400 + t) / (5 + n - 1). INB = 110 - mean cost.
    random = np.random.default_rng(6)
    mean = 400 / random.gamma(5, 1, DRAWS)
    study = GammaMeans({"cost": mean}, {"cost": 1.0})
    sizes = [3, 12, 100]
    truth = []
    for n in sizes:
        total = random.gamma(n, 1, 400_000) * 400 / random.gamma(5, 1, 400_000)
        truth.append(np.maximum(110 - (400 + total) / (4 + n), 0).mean() - max(0, 110 - 100))
    table = evsi(*against_nothing(110 - mean), study, sizes, 0, method=method)
    assert within_four_errors(table, truth)


# What studies simulate


def test_sample_means_have_the_mean_and_the_error_of_their_size():
    draws = np.arange(DRAWS)
    for study in (NormalMeans({"u": ZERO + 0.7}, {"u": 0.2}), GammaMeans({"u": ZERO + 0.7}, {"u": 2 / 7})):
        means = study.simulate(25, np.random.default_rng(1), draws)
        assert means.mean() == pytest.approx(0.7, abs=4 * 0.04 / math.sqrt(DRAWS))
        assert means.std() == pytest.approx(0.04, rel=0.04)


def test_events_of_intervals_follow_the_curve():
    survival = np.array([1.0, 0.8, 0.5, 0.45])
    p = np.broadcast_to(1 - survival[1:] / survival[:-1], (DRAWS, 1, 3))
    study = EventCounts(p, np.array([0.5]), {})
    events = study.simulate(400, np.random.default_rng(1), np.arange(DRAWS))
    assert events.sum(axis=1).max() <= 200
    np.testing.assert_allclose(events.mean(axis=0), 200 * -np.diff(survival), rtol=0.01)


def test_the_likelihood_is_highest_where_the_data_come_from():
    draws = np.linspace(0.05, 0.95, 181)
    study = EventCounts(draws[:, None, None], np.ones(1), {})
    assert draws[study.log_likelihood(np.array([30.0]), 100).argmax()] == pytest.approx(0.3)
    for means in (NormalMeans({"x": draws}, {"x": 0.2}), GammaMeans({"x": draws}, {"x": 1.0})):
        assert draws[means.log_likelihood(np.array([0.4]), 50).argmax()] == pytest.approx(0.4)


# U18


@pytest.mark.parametrize("method", METHODS)
def test_evsi_rises_from_nothing_towards_evppi_and_never_exceeds_evpi(method):
    study = NormalMeans({"effect": EFFECT}, {"effect": 2.0})
    table = evsi(COSTS, EFFECTS, study, [0, 2, 8, 32, 128, 1_000_000], 1000, method=method)
    assert table["evsi"].iloc[0] == 0 and table["standard_error"].iloc[0] == 0
    assert (table["evsi"].diff().iloc[1:] > 0).all()
    assert (table["evsi"] <= table["evppi"] + table["standard_error"]).all()
    assert (table["share_of_evpi"] <= 1).all()
    known = evppi(COSTS, EFFECTS, {"effect": EFFECT}, 1000)["evppi"].iloc[0]
    assert table["evppi"].iloc[0] == pytest.approx(known, rel=1e-12)
    assert table["evsi"].iloc[-1] == pytest.approx(known, rel=1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_a_study_of_what_does_not_matter_is_worth_nothing(method):
    noise = np.random.default_rng(9).standard_normal(DRAWS)
    study = NormalMeans({"noise": noise}, {"noise": 1.0})
    table = evsi(COSTS, EFFECTS, study, [10, 100], 1000, method=method)
    assert (table["share_of_evpi"] < 0.01).all()


@pytest.mark.parametrize("method", METHODS)
def test_a_study_of_what_is_known_is_worth_nothing(method):
    study = NormalMeans({"known": ZERO + 3}, {"known": 1.0})
    table = evsi(COSTS, EFFECTS, study, [10], 1000, method=method)
    assert table["evsi"].iloc[0] < 0.01 * gain(40, math.hypot(500, 300))
    assert table["evppi"].iloc[0] == 0


def test_the_value_at_one_size_does_not_depend_on_the_others():
    study = NormalMeans({"effect": EFFECT}, {"effect": 2.0})
    many = evsi(COSTS, EFFECTS, study, [4, 16], [500, 1000])
    alone = evsi(COSTS, EFFECTS, study, [16], 1000)
    row = many[(many["size"] == 16) & (many["willingness_to_pay"] == 1000)]
    assert row["evsi"].iloc[0] == pytest.approx(alone["evsi"].iloc[0], rel=1e-9)


def test_progress_counts_sizes():
    study = NormalMeans({"effect": EFFECT}, {"effect": 2.0})
    for method in METHODS:
        done: list[int] = []
        evsi(COSTS, EFFECTS, study, [4, 16, 32], 1000, method=method, progress=done.append)
        assert sum(done) == 3


# Mistakes


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"sizes": [10.5]}, "sizes must be whole numbers"),
        ({"sizes": [-1]}, "sizes must be whole numbers"),
        ({"sizes": [5, 5]}, "sizes must differ"),
        ({"sizes": []}, "sizes must be whole numbers"),
        ({"method": "magic"}, "method must be one of"),
        ({"smoother": "magic"}, "smoother must be one of"),
        ({"study": NormalMeans({"x": np.ones(3)}, {"x": 1.0})}, "must have 8000 draws"),
    ],
)
def test_a_mistake_is_named(changes, message):
    arguments = {"study": NormalMeans({"effect": EFFECT}, {"effect": 2.0}), "sizes": [1], "thresholds": 1}
    with pytest.raises(ValueError, match=message):
        evsi(COSTS, EFFECTS, **(arguments | changes))


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: NormalMeans({}, {}), "at least one mean"),
        (lambda: NormalMeans({"x": ZERO}, {"y": 1.0}), "names of the means"),
        (lambda: NormalMeans({"x": ZERO}, {"x": 0.0}), "individual_sd of 'x' must be above 0"),
        (lambda: NormalMeans({"x": ZERO[:, None]}, {"x": 1.0}), "must be \\(n_draws,\\)"),
        (lambda: NormalMeans({"x": ZERO, "y": ZERO[1:]}, {"x": 1.0, "y": 1.0}), "same number of draws"),
        (lambda: GammaMeans({"x": ZERO}, {"x": 1.0}), "above 0 in every draw"),
        (lambda: EventCounts(np.ones((5, 1)), np.ones(1), {}), "n_curves, n_intervals"),
        (lambda: EventCounts(np.full((5, 1, 1), 1.2), np.ones(1), {}), "between 0 and 1"),
    ],
)
def test_a_study_that_cannot_be_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
