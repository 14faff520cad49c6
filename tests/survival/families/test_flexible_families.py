"""Splines, cure models, piecewise exponential, tables, Kaplan-Meier with a tail, model averages, joint fits' families.

flexsurv.json: survival at R's own gammas and knots within 1e-10. Elsewhere closed forms, numerical integration (scipy's
quad) and identities of the distributions.
"""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gamma as gamma_function

from model.survival import (
    MixtureCure,
    ModelAverage,
    NonMixtureCure,
    PiecewiseExponential,
    RoystonParmar,
    SurvivalTable,
    TreatmentCovariate,
    aic_weights,
    distribution,
    kaplan_meier,
    kaplan_meier_tail,
    knots_from,
    survival_data,
)
from tests.helpers.reference_trial import flexsurv, trial

WEIBULL, LOGNORMAL = distribution("weibull"), distribution("lognormal")
SPLINE = RoystonParmar("odds", [0.0, 2.0, 3.0, 4.0])
FIVE = (
    (MixtureCure(WEIBULL), [0.2, 1.3, 30.0]),
    (NonMixtureCure(LOGNORMAL), [0.3, 3.0, 0.8]),
    (MixtureCure(SPLINE), [0.2, -4.0, 1.2, 0.01, 0.0]),
    (PiecewiseExponential([10.0, 30.0]), [0.01, 0.05, 0.02]),
    (SurvivalTable([0, 10, 50, 200], [1, 0.8, 0.3, 0.01]), []),
    (ModelAverage([WEIBULL, LOGNORMAL], [0.3, 0.7]), [-1.0, 1.3, 30.0, 3.0, 0.8]),
    (ModelAverage([WEIBULL, LOGNORMAL], [0.3, 0.7]), [1.0, 1.3, 30.0, 3.0, 0.8]),
    (TreatmentCovariate(WEIBULL, "hazard_ratio", ["b", "c"], "c"), [1.3, 30.0, 0.5, 0.7]),
    (TreatmentCovariate(LOGNORMAL, "acceleration_factor", ["b", "c"], "c"), [3.0, 0.8, 0.5, 1.7]),
    (TreatmentCovariate(SPLINE, "odds_ratio", ["b"], "b"), [-4.0, 1.2, 0.01, 0.0, 0.6]),
    (RoystonParmar("normal", [0.0, 2.0, 4.0]), [-2.5, 0.9, 0.005]),
    (SPLINE, [-4.0, 1.2, 0.01, 0.0]),
)
IDS = [f"{family.name}{i}" for i, (family, _) in enumerate(FIVE)]
SPLINE_FITS = [key for key in flexsurv() if "spline" in key]


@pytest.mark.parametrize("key", SPLINE_FITS)
def test_a_spline_at_rs_coefficients_is_flexsurvs_curve(key):
    fit = flexsurv()[key]
    family = RoystonParmar(fit["scale"], fit["knots_log_time"])
    assert family.survival(fit["times"], fit["gamma"]) == pytest.approx(fit["survival"], abs=1e-10)
    assert family.valid(fit["gamma"])


@pytest.mark.parametrize(
    ("scale", "name", "coefficients", "gammas"),
    [
        ("hazard", "weibull", (1.3, 20.0), (-1.3 * np.log(20.0), 1.3)),
        ("odds", "loglogistic", (1.3, 20.0), (-1.3 * np.log(20.0), 1.3)),
        ("normal", "lognormal", (3.0, 0.8), (-3.0 / 0.8, 1 / 0.8)),
    ],
)
def test_without_internal_knots_a_spline_is_a_standard_distribution(scale, name, coefficients, gammas):
    spline, family = RoystonParmar(scale, [0.0, 4.0]), distribution(name)
    time = np.linspace(0, 600, 1201)
    assert spline.survival(time, gammas) == pytest.approx(family.survival(time, coefficients), abs=1e-12)
    assert spline.hazard(time[1:], gammas) == pytest.approx(family.hazard(time[1:], coefficients), rel=1e-10)
    assert spline.quantile([0.1, 0.5, 0.9], gammas) == pytest.approx(
        family.quantile([0.1, 0.5, 0.9], coefficients), rel=1e-10
    )
    assert float(spline.mean(gammas)) == pytest.approx(float(family.mean(coefficients)), rel=1e-7)


def test_a_spline_that_falls_is_no_curve():
    assert not SPLINE.valid([-4.0, -0.5, 0.01, 0.0])
    assert SPLINE.valid(np.array([[-4.0, 1.2, 0.01, 0.0], [-4.0, -1.0, 0.0, 0.0]])).tolist() == [True, False]


def test_knots_are_quantiles_of_log_event_times():
    times = np.exp(np.arange(11.0))
    assert knots_from(times, 1) == pytest.approx([0.0, 5.0, 10.0])
    with pytest.raises(ValueError, match="too few different event times"):
        knots_from([3.0, 3.0, 3.0], 1)


@pytest.mark.parametrize(("family", "coefficients"), FIVE, ids=IDS)
def test_survival_hazard_and_quantiles_agree(family, coefficients):
    time = np.array([0.5, 3.3, 20.1, 70.0])
    step = 1e-6 * time
    slope = (family.cumulative_hazard(time + step, coefficients) - family.cumulative_hazard(time - step, coefficients)) / (
        2 * step
    )
    assert family.hazard(time, coefficients) == pytest.approx(slope, rel=2e-3, abs=1e-9)
    assert family.cumulative_hazard(0.0, coefficients) == 0.0
    quantiles = family.quantile([0.1, 0.4, 0.6], coefficients)
    assert family.survival(quantiles, coefficients) == pytest.approx([0.9, 0.6, 0.4], abs=1e-9)


@pytest.mark.parametrize(("family", "coefficients"), FIVE, ids=IDS)
def test_restricted_means_are_areas_under_the_curve(family, coefficients):
    area = quad(
        lambda t: float(family.survival(t, coefficients)),
        0,
        120,
        points=[1, 7.4, 10, 20.1, 30, 50, 54.6],
        limit=500,
        epsabs=1e-11,
    )[0]
    assert float(family.restricted_mean(120.0, coefficients)) == pytest.approx(area, abs=2e-6)


@pytest.mark.parametrize(("family", "coefficients"), FIVE, ids=IDS)
def test_rows_of_draws_are_evaluated_alike(family, coefficients):
    time = np.linspace(0, 240, 25)
    one, two = np.array(coefficients, dtype=float), np.array([coefficients, coefficients], dtype=float)
    curve = family.cumulative_hazard(time, one)
    assert family.cumulative_hazard(time, two)[1] == pytest.approx(curve, rel=1e-13)
    by_row = family.cumulative_hazard_by_row(np.stack([time, time / 2]), two)
    assert by_row[0] == pytest.approx(curve, rel=1e-12)
    assert by_row[1] == pytest.approx(family.cumulative_hazard(time / 2, one), rel=1e-12)
    assert pickle.loads(pickle.dumps(family)).identity == family.identity


@settings(max_examples=60, deadline=None)
@given(gammas=st.lists(st.floats(-30, 30), min_size=4, max_size=4), scale=st.sampled_from(["hazard", "odds", "normal"]))
def test_a_spline_is_finite_for_any_coefficients(gammas, scale):
    hazard = RoystonParmar(scale, [0.0, 2.0, 3.0, 4.0]).cumulative_hazard(np.linspace(0, 600, 61), gammas)
    assert np.isfinite(hazard).all()
    assert hazard[0] == 0


# ---- cure (P15) ----


@pytest.mark.parametrize("kind", [MixtureCure, NonMixtureCure])
@pytest.mark.parametrize("base", [WEIBULL, LOGNORMAL, SPLINE], ids=["weibull", "lognormal", "spline"])
def test_a_cure_fraction_of_0_is_the_uncured_model_and_of_1_nobody_has_the_event(kind, base):
    own = [1.3, 30.0] if base is WEIBULL else [3.0, 0.8] if base is LOGNORMAL else [-4.0, 1.2, 0.01, 0.0]
    time = np.linspace(0, 480, 97)
    family = kind(base)
    assert family.survival(time, [0.0, *own]) == pytest.approx(base.survival(time, own), rel=1e-12)
    assert np.all(family.survival(time, [1.0, *own]) == 1.0)


@pytest.mark.parametrize("kind", [MixtureCure, NonMixtureCure])
def test_survival_settles_at_the_cure_fraction(kind):
    family = kind(WEIBULL)
    assert float(family.survival(1e6, [0.27, 1.3, 30.0])) == pytest.approx(0.27, abs=1e-12)
    assert np.isinf(family.quantile(0.8, [0.27, 1.3, 30.0]))
    assert np.isinf(family.mean([0.27, 1.3, 30.0]))


# ---- table, piecewise ----


def test_between_rows_of_a_table_the_hazard_is_constant():
    table = SurvivalTable([0, 10, 50], [1, 0.8, 0.2])
    assert float(table.survival(5.0, [])) == pytest.approx(np.sqrt(0.8))
    assert float(table.survival(90.0, [])) == pytest.approx(0.2 * 0.25)


@pytest.mark.parametrize(
    ("times", "survival", "message"),
    [
        ([0, 5, 9], [1, 0.5, 0.6], "survival in row 3 is 0.6; it must be at most that of the row before"),
        ([0, 5, 4], [1, 0.5, 0.4], "time in row 3 is 4"),
        ([1, 5], [1, 0.5], "starts with time 0 and survival 1"),
        ([0, 5, 9], [1, 0.0, 0.0], "survival in row 2 is 0; it must be above 0, but in the last row"),
    ],
)
def test_an_impossible_table_is_refused_by_row(times, survival, message):
    with pytest.raises(ValueError, match=message):
        SurvivalTable(times, survival)


def test_piecewise_survival_by_hand():
    family = PiecewiseExponential([10.0, 30.0])
    assert float(family.survival(40.0, [0.01, 0.05, 0.02])) == pytest.approx(np.exp(-0.1 - 1.0 - 0.2))


# ---- Kaplan-Meier, then a tail (P14) ----


def made_tail(switch=36.0):
    km = kaplan_meier(trial("pfs", "control"))
    family, factors, errors = kaplan_meier_tail(km.times, km.n_events, km.n_risk, WEIBULL, switch)
    return km, family, np.concatenate([factors, [0.95, 52.0]]), errors


def test_the_curve_is_kaplan_meier_and_then_the_tail_from_its_level():
    km, family, coefficients, _ = made_tail()
    early, late = np.linspace(0, 36, 73), np.linspace(36.1, 240, 50)
    assert family.survival(early, coefficients) == pytest.approx(km.survival_at(early), rel=1e-12)
    level = float(km.survival_at(36.0))
    expected = level * WEIBULL.survival(late, [0.95, 52.0]) / WEIBULL.survival(36.0, [0.95, 52.0])
    assert family.survival(late, coefficients) == pytest.approx(expected, rel=1e-12)
    assert float(family.survival(36.0 + 1e-9, coefficients)) == pytest.approx(level, rel=1e-9)


def test_its_sampled_error_is_greenwoods():
    km, family, coefficients, errors = made_tail()
    rng = np.random.default_rng(5)
    pieces = len(family.cuts)
    drawn = np.tile(coefficients, (20_000, 1))
    drawn[:, :pieces] = 1 + rng.standard_normal((20_000, pieces)) * np.sqrt(np.diag(errors))
    logs = -family.cumulative_hazard(family.cuts, drawn)
    greenwood = km.variance_log[np.searchsorted(km.times, family.cuts, side="right") - 1]
    assert logs.var(axis=0) == pytest.approx(greenwood, rel=0.05)


def test_a_tail_needs_events_before_it():
    with pytest.raises(ValueError, match="no event happens before the tail begins"):
        made_tail(0.01)


# ---- model average ----


def test_weights_from_aic():
    assert aic_weights([100.0, 102.0, np.nan]) == pytest.approx([1 / (1 + np.exp(-1)), np.exp(-1) / (1 + np.exp(-1)), 0.0])


def test_the_mixture_is_the_weighted_mean_of_survival_and_of_means():
    family, time = ModelAverage([WEIBULL, LOGNORMAL], [0.3, 0.7]), np.linspace(0, 240, 49)
    w, ln = [1.3, 30.0], [3.0, 0.8]
    expected = 0.3 * WEIBULL.survival(time, w) + 0.7 * LOGNORMAL.survival(time, ln)
    assert family.survival(time, [-1.0, *w, *ln]) == pytest.approx(expected, rel=1e-12)
    mean = 0.3 * WEIBULL.mean(w) + 0.7 * LOGNORMAL.mean(ln)
    assert float(family.mean([-1.0, *w, *ln])) == pytest.approx(float(mean), rel=1e-12)
    assert family.survival(time, [0.0, *w, *ln]) == pytest.approx(WEIBULL.survival(time, w), rel=1e-14)


def test_weights_must_sum_to_one():
    with pytest.raises(ValueError, match="sum to 1"):
        ModelAverage([WEIBULL, LOGNORMAL], [0.3, 0.6])


# ---- joint families (P9, P10) ----


def test_a_ratio_of_one_is_the_reference_and_the_reference_takes_none():
    time = np.linspace(0, 240, 49)
    for effect in ("hazard_ratio", "acceleration_factor", "odds_ratio"):
        treated = TreatmentCovariate(WEIBULL, effect, ["b"], "b")
        assert treated.survival(time, [1.3, 30.0, 1.0]) == pytest.approx(WEIBULL.survival(time, [1.3, 30.0]), rel=1e-12)
        reference = treated.of(None)
        assert np.array_equal(reference.survival(time, [1.3, 30.0, 0.5]), WEIBULL.survival(time, [1.3, 30.0]))


def test_effects_on_their_own_scales():
    time, own = np.linspace(1, 200, 50), [1.3, 30.0]
    s0 = WEIBULL.survival(time, own)
    hr, af, odds = (
        TreatmentCovariate(WEIBULL, e, ["b"], "b").survival(time, [*own, 0.6])
        for e in ("hazard_ratio", "acceleration_factor", "odds_ratio")
    )
    assert np.log(hr) / np.log(s0) == pytest.approx(0.6, rel=1e-10)
    assert af == pytest.approx(WEIBULL.survival(time / 0.6, own), rel=1e-12)
    early = s0 > 1e-6
    assert ((1 - odds) / odds)[early] == pytest.approx((0.6 * (1 - s0) / s0)[early], rel=1e-9)


def test_the_mean_under_a_hazard_ratio_has_weibulls_closed_form():
    family = TreatmentCovariate(WEIBULL, "hazard_ratio", ["b"], "b")
    expected = 30.0 * 0.7 ** (-1 / 1.3) * gamma_function(1 + 1 / 1.3)
    assert float(family.mean([1.3, 30.0, 0.7])) == pytest.approx(expected, rel=1e-9)


def test_no_observations_make_no_curve():
    with pytest.raises(ValueError, match="no observations"):
        survival_data([], [])
