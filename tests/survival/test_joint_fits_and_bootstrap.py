"""Arms fitted jointly, and patients resampled.

flexsurv.json, joint proportional-hazards Weibull (WeibullPH: H = scale t^shape): log-likelihood 1e-5, effect and its error.
"""

from __future__ import annotations

import numpy as np
import pytest

from model.survival import bootstrap, fit_data, fit_joint, survival_data
from model.survival.bootstrap import refit
from tests.helpers.reference_trial import ARMS, ENDPOINTS, flexsurv, trial


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_joint_weibull_with_proportional_hazards_is_flexsurvs(endpoint):
    made = fit_joint({arm: trial(endpoint, arm) for arm in ARMS}, "control", "weibull", "hazard_ratio")
    expected = flexsurv()[f"{endpoint}|joint_weibullPH"]
    assert made.log_likelihood == pytest.approx(expected["loglik"], abs=1e-5)
    assert made.fit.estimates[2] == pytest.approx(expected["natural"]["armintervention"], abs=1e-5)
    assert made.fit.coefficients[0] == pytest.approx(expected["natural"]["shape"], rel=1e-5)
    shape, scale = made.fit.coefficients[:2]
    assert scale**-shape == pytest.approx(expected["natural"]["scale"], rel=1e-4)
    assert made.fit.covariance[2, 2] == pytest.approx(expected["vcov_transformed"][2][2], rel=1e-4)


def test_a_weibull_is_both_proportional_and_accelerated():
    """For a Weibull the acceleration factor is the hazard ratio to the power -1/shape, at the same likelihood."""
    groups = {arm: trial("pfs", arm) for arm in ARMS}
    ph, aft = (fit_joint(groups, "control", "weibull", e) for e in ("hazard_ratio", "acceleration_factor"))
    assert ph.log_likelihood == pytest.approx(aft.log_likelihood, abs=1e-7)
    shape = ph.fit.coefficients[0]
    assert aft.fit.coefficients[2] == pytest.approx(ph.fit.coefficients[2] ** (-1 / shape), rel=1e-5)


def test_a_log_logistic_is_both_accelerated_and_of_proportional_odds():
    groups = {arm: trial("pfs", arm) for arm in ARMS}
    odds, aft = (fit_joint(groups, "control", "loglogistic", e) for e in ("odds_ratio", "acceleration_factor"))
    assert odds.log_likelihood == pytest.approx(aft.log_likelihood, abs=1e-7)
    assert odds.fit.coefficients[2] == pytest.approx(aft.fit.coefficients[2] ** -odds.fit.coefficients[0], rel=1e-5)


def test_three_arms_share_one_reference():
    groups = {"a": trial("pfs", "control"), "b": trial("pfs", "intervention"), "c": trial("pfs", "control")}
    made = fit_joint(groups, "a", "weibull", "hazard_ratio")
    effects = dict(zip(made.fit.distribution.parameters, made.fit.coefficients, strict=True))
    assert effects["effect_c"] == pytest.approx(1.0, abs=1e-6)
    assert effects["effect_b"] == pytest.approx(np.exp(-0.1764), abs=0.02)


def test_an_unknown_reference_is_refused():
    with pytest.raises(ValueError, match="there is no arm 'z'"):
        fit_joint({"a": trial("pfs", "control")}, "z", "weibull", "hazard_ratio")


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [("weibull", 2e-4), ("loglogistic", 2e-4), ("spline_odds_1", 2e-4), ("gamma", 1e-6), ("generalised_gamma", 1e-6)],
)
def test_a_refit_is_the_full_fit_of_the_resample(name, tolerance):
    data = trial("pfs", "control")
    made = fit_data(data, name)
    counts = np.random.default_rng(5).multinomial(data.n, np.full(data.n, 1 / data.n)).astype(float)
    estimates, good = refit(made.distribution, data, counts[None], made.estimates)
    resample = data.rows(np.repeat(np.arange(data.n), counts.astype(int)))
    again = fit_data(resample, made.distribution)
    assert good[0]
    assert estimates[0] == pytest.approx(again.estimates, abs=tolerance)


def test_resampled_endpoints_of_one_arm_move_together():
    data = {("control", e): trial(e, "control") for e in ENDPOINTS}
    fits = {key: fit_data(d, "weibull") for key, d in data.items()}
    made = bootstrap(data, fits, 800, seed=1)
    pfs, os = (fits[k].distribution.survival(60.0, made.coefficients[k]) for k in data)
    assert np.corrcoef(pfs, os)[0, 1] > 0.4
    apart = {k: survival_data(d.time, d.event, patient=tuple(f"{k[1]}{i}" for i in range(d.n))) for k, d in data.items()}
    other = bootstrap(apart, fits, 800, seed=1)
    pfs, os = (fits[k].distribution.survival(60.0, other.coefficients[k]) for k in data)
    assert abs(np.corrcoef(pfs, os)[0, 1]) < 0.15


def test_resampled_estimates_scatter_as_the_covariance_says():
    data = {("control", "os"): trial("os", "control")}
    fits = {k: fit_data(d, "exponential") for k, d in data.items()}
    made = bootstrap(data, fits, 4000, seed=3)
    logs = np.log(made.coefficients["control", "os"][:, 0])
    assert logs.std() == pytest.approx(np.sqrt(fits["control", "os"].covariance[0, 0]), rel=0.08)
    assert made.failed["control", "os"] == 0


def test_resamples_of_a_constant_excess_hazard_are_those_of_the_hazard_less_the_population():
    """Exponential over a constant population hazard: the total rate of every resample is its events over its time."""
    data, hazard = trial("os", "control"), 0.002
    held = survival_data(
        data.time,
        data.event,
        population_hazard=np.full(data.n, hazard),
        population_cumulative=hazard * data.time,
        patient=data.patient,
    )
    key, found = ("control", "os"), []
    for observed, excess in ((data, False), (held, True)):
        made = bootstrap({key: observed}, {key: fit_data(observed, "exponential", excess)}, 200, seed=7)
        assert made.failed[key] == 0
        found.append(made.coefficients[key][:, 0])
    all_causes, above = found
    assert above + hazard == pytest.approx(all_causes, rel=1e-5)
    assert above.std() > 0.0


def test_a_cure_fraction_that_runs_to_nobody_is_held_there_as_in_the_full_fit():
    """Patients of whom none is cured, followed until most have died: in many resamples the data say so."""
    rng = np.random.default_rng(3)
    times = 10.0 * rng.weibull(1.2, 150)
    data = survival_data(np.minimum(times, 14.0), times < 14.0)
    made = fit_data(data, "mixture_cure_weibull")
    counts = rng.multinomial(data.n, np.full(data.n, 1 / data.n), size=40).astype(float)
    estimates, good = refit(made.distribution, data, counts, made.estimates)
    held = 0
    for row, own, arrived in zip(counts, estimates, good, strict=True):
        again = fit_data(data.rows(np.repeat(np.arange(data.n), row.astype(int))), made.distribution)
        if "runs to 0" in again.boundary:
            held += 1
            assert arrived
            assert own == pytest.approx(again.estimates, abs=2e-3)
    assert held > 5
