"""Kaplan-Meier, Cox, log-rank, proportional hazards and smoothed hazards.

flexsurv.json (survival 3.5-3, R): exact. Freireich's leukaemia trial (Freireich et al. 1963, Blood 21:699; the 6-MP arm and
placebo, as in every textbook): Kaplan-Meier values by hand. lifelines: Cox with ties, log-rank, proportional hazards.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.datasets import load_rossi
from lifelines.statistics import logrank_test, proportional_hazard_test

from model.survival import cox_hazard_ratio, kaplan_meier, log_rank, proportional_hazards_test, smoothed_hazard, survival_data
from model.survival.plot_scales import on_scale, quantile_quantile
from tests.helpers.freireich import MP_EVENT, MP_TIME
from tests.helpers.reference_trial import ARMS, ENDPOINTS, flexsurv, trial

PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def mp():
    return survival_data(MP_TIME, MP_EVENT)


def placebo():
    return survival_data(PLACEBO, [1] * 21)


def test_freireichs_6_mp_arm_by_hand():
    km = kaplan_meier(mp())
    assert km.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    by_hand = np.cumprod([18 / 21, 16 / 17, 14 / 15, 11 / 12, 10 / 11, 6 / 7, 5 / 6])
    assert km.survival == pytest.approx(by_hand, rel=1e-14)
    assert km.n_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert km.variance_log[0] == pytest.approx(3 / (21 * 18))
    assert km.median == 23
    assert kaplan_meier(placebo()).median == 8


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("arm", ARMS)
def test_kaplan_meier_is_survfits(endpoint, arm):
    expected, km = flexsurv()[f"{endpoint}|{arm}|km"], kaplan_meier(trial(endpoint, arm))
    assert km.data.n == expected["n"]
    assert km.data.n_events == expected["events"]
    assert km.survival_at(expected["times"]) == pytest.approx(expected["survival"], abs=1e-12)
    assert km.at_risk(expected["n_risk_times"]).tolist() == expected["n_risk"]
    low, high = km.median_interval()
    for ours, theirs in ((km.median, "median"), (low, "median_lcl"), (high, "median_ucl")):
        if expected[theirs] == "NA":
            assert np.isnan(ours)
        else:
            assert ours == pytest.approx(expected[theirs], abs=1e-9)


def test_a_level_stretch_at_one_half_gives_its_middle():
    """survfit's rule: S is exactly 0.5 from 2 to 3."""
    assert kaplan_meier(survival_data([1, 2, 3, 4], [1, 1, 1, 1])).median == 2.5


def test_the_restricted_mean_is_the_area_and_its_error_lifelines():
    km = kaplan_meier(mp())
    area = 6 + 18 / 21 * 1 + km.survival[1] * 3 + km.survival[2] * 3 + km.survival[3] * 3 + km.survival[4] * 4
    assert km.restricted_mean(20)[0] == pytest.approx(area)
    with pytest.raises(ValueError, match="beyond the follow-up"):
        km.restricted_mean(40)


def test_delayed_entry_is_lifelines():
    rng = np.random.default_rng(3)
    entry = rng.uniform(0, 5, 200)
    time = entry + rng.exponential(8, 200)
    event = rng.integers(0, 2, 200)
    ours = kaplan_meier(survival_data(time, event, entry))
    theirs = KaplanMeierFitter().fit(time, event, entry=entry)
    assert ours.survival_at([3.0, 8.0, 15.0]) == pytest.approx(theirs.predict([3.0, 8.0, 15.0]).to_numpy(), abs=1e-10)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_the_cox_hazard_ratio_is_coxphs(endpoint):
    cox = cox_hazard_ratio(trial(endpoint, "control"), trial(endpoint, "intervention"))
    expected = flexsurv()[f"{endpoint}|cox"]
    assert cox.log_hazard_ratio == pytest.approx(expected["loghr_intervention_v_control"], rel=1e-9)
    assert cox.standard_error == pytest.approx(expected["se"], rel=1e-9)


def test_ties_are_broken_as_efron_and_lifelines_do():
    cox = cox_hazard_ratio(mp(), placebo())
    frame = pd.DataFrame({"t": [*MP_TIME, *PLACEBO], "e": [*MP_EVENT, *[1] * 21], "z": [0.0] * 21 + [1.0] * 21})
    theirs = CoxPHFitter().fit(frame, "t", "e")
    assert cox.log_hazard_ratio == pytest.approx(theirs.params_["z"], abs=1e-6)
    assert cox.standard_error == pytest.approx(theirs.standard_errors_["z"], abs=1e-6)
    assert cox.log_likelihood == pytest.approx(theirs.log_likelihood_, abs=1e-6)


def rossi(fin):
    frame = load_rossi()
    mine = frame[frame["fin"] == fin]
    return survival_data(mine["week"], mine["arrest"])


def test_log_rank_and_proportional_hazards_on_rossi_are_lifelines():
    frame = load_rossi()[["week", "arrest", "fin"]]
    theirs = logrank_test(
        *(frame[frame["fin"] == f]["week"] for f in (0, 1)), *(frame[frame["fin"] == f]["arrest"] for f in (0, 1))
    )
    assert log_rank(rossi(0), rossi(1))[0] == pytest.approx(theirs.test_statistic, rel=1e-9)
    fitted = CoxPHFitter().fit(frame, "week", "arrest")
    for transform in ("log", "identity"):
        ours = proportional_hazards_test(rossi(0), rossi(1), transform)
        test = proportional_hazard_test(fitted, frame, time_transform=transform)
        assert ours.statistic == pytest.approx(float(np.squeeze(test.test_statistic)), rel=0.02)


def test_scaled_residuals_average_to_the_cox_estimate():
    test = proportional_hazards_test(trial("pfs", "control"), trial("pfs", "intervention"))
    cox = cox_hazard_ratio(trial("pfs", "control"), trial("pfs", "intervention"))
    assert test.residuals.mean() == pytest.approx(cox.log_hazard_ratio, abs=1e-9)


def test_a_hazard_ratio_needs_events_in_both_arms():
    with pytest.raises(ValueError, match="an event in both arms"):
        cox_hazard_ratio(mp(), survival_data([1.0, 2.0], [0, 0]))


# ---- smoothed hazard and plots ----


def test_a_constant_hazard_is_found_up_to_the_ends():
    rng = np.random.default_rng(8)
    time, seen = rng.exponential(50, 40_000), rng.uniform(20, 80, 40_000)
    smooth = smoothed_hazard(survival_data(np.minimum(time, seen), time <= seen), np.linspace(0, 60, 30))
    assert smooth.hazard == pytest.approx(np.full(30, 0.02), rel=0.10)


def test_the_smoothed_hazard_adds_up_to_nelson_and_aalen():
    data = trial("pfs", "control")
    smooth = smoothed_hazard(data, np.linspace(0, 73.032, 4001))
    km = kaplan_meier(data)
    total = km.cumulative_hazard[np.searchsorted(km.times, smooth.until, side="right") - 1]
    area = np.trapezoid(smooth.hazard, smooth.times)
    assert area == pytest.approx(total, rel=1e-3)


def test_a_weibull_is_a_straight_line_on_its_scale():
    q = (np.arange(4000) + 0.5) / 4000
    km = kaplan_meier(survival_data(30 * (-np.log(1 - q)) ** (1 / 1.4), np.ones(4000)))
    points = on_scale(km, "log_cumulative_hazard")
    assert points.slope == pytest.approx(1.4, rel=0.01)
    assert points.r_squared > 0.999


def test_times_multiplied_by_a_factor_show_it_as_the_slope():
    q = (np.arange(2000) + 0.5) / 2000
    time = 30 * (-np.log(1 - q)) ** (1 / 1.4)
    a, b = (kaplan_meier(survival_data(time * f, np.ones(2000))) for f in (1.0, 1.35))
    assert quantile_quantile(a, b).slope == pytest.approx(1.35, rel=1e-6)


def test_who_enters_at_the_time_of_an_event_is_not_at_risk_of_it():
    """Events at 5 and 8; the third patient enters at 5 and is censored at 10: 2 at risk at 5 and at 8, S = 1/2, 1/4."""
    km = kaplan_meier(survival_data([5.0, 8.0, 10.0], [1, 1, 0], [0.0, 0.0, 5.0]))
    assert km.n_risk.tolist() == [2, 2] == km.at_risk([5.0, 8.0]).tolist()
    assert km.survival.tolist() == [0.5, 0.25]
