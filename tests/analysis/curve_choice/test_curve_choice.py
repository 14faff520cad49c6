"""Tables and figures of the curve choice on the synthetic trial of tests/reference/ipd.csv."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

from model.analysis import base_case
from model.analysis.base_case.post_progression import implied_mortality
from model.analysis.base_case.treatment_effects import treatment_effects
from model.analysis.curve_choice import ExternalPoint, all_tables, analyse_endpoint, landmarks, tables
from model.definition import Progression, edit
from model.engine import trace
from model.figures.curve_choice import curve_choice_figures
from model.survival import survival_data
from tests.helpers.reference_trial import ARMS, flexsurv, trial
from tests.helpers.small_models import effect_curve, fixed, model, own_curve, settings
from tests.helpers.trial_data import trial_model


@cache
def endpoint(name: str = "pfs"):
    return analyse_endpoint(
        name,
        "Progression-free survival",
        {arm: trial(name, arm) for arm in ARMS},
        240.0,
        external=(ExternalPoint("Registry", 60.0, 0.3),),
    )


def test_aic_ranks_and_weights():
    table = tables.goodness_of_fit(endpoint())
    for _, part in table.groupby("arm"):
        assert part["aic_weight"].sum() == pytest.approx(1.0)
        best = part.loc[part["aic"].idxmin()]
        assert best["aic_rank"] == 1
        assert best["delta_aic"] == 0
        assert part["aic"].to_numpy() == pytest.approx((2 * part["parameters"] - 2 * part["log_likelihood"]).to_numpy())


def test_a_failed_candidate_stays_in_the_table_with_its_reason():
    few = survival_data([3.0, 5.0, 8.0, 12.0, 20.0], [1, 1, 1, 0, 0])
    small = analyse_endpoint("os", "Overall survival", {"a": few}, 120.0)
    table = tables.goodness_of_fit(small).set_index("distribution")
    assert table.loc["spline_hazard_3", "status"] == "failed"
    assert table.loc["spline_hazard_3", "note"] == "3 events cannot determine 5 parameters"
    assert np.isnan(table.loc["spline_hazard_3", "aic"])
    assert table.loc["exponential", "status"] == "fitted"
    assert curve_choice_figures([small], "Few patients")
    assert "landmarks" in all_tables([small])


def test_landmarks_are_kaplan_meiers_and_the_curves_own():
    table = landmarks.landmark_table(endpoint())
    km = table[(table["arm"] == "control") & (table["curve"] == "Kaplan-Meier")].set_index("year")["survival"]
    expected = flexsurv()["pfs|control|km"]
    at = dict(zip(expected["times"], expected["survival"], strict=True))
    assert km[1.0] == pytest.approx(at[12], abs=1e-12)
    assert km[5.0] == pytest.approx(at[60], abs=1e-12)
    assert np.isnan(km[10.0])
    weibull = table[(table["arm"] == "control") & (table["curve"] == "Weibull")].set_index("year")
    reference = flexsurv()["pfs|control|weibull"]
    at = dict(zip(reference["times"], reference["survival"], strict=True))
    assert weibull.loc[10.0, "survival"] == pytest.approx(at[120], abs=1e-5)
    assert (weibull["lower_95"] < weibull["survival"]).all()
    assert "Registry" in set(table["curve"])


def test_means_of_the_exponential_have_closed_forms():
    table = landmarks.mean_table(endpoint())
    row = table[(table["arm"] == "control") & (table["distribution"] == "exponential")].iloc[0]
    rate = flexsurv()["pfs|control|exp"]["natural"][0]
    assert row["mean_years_lifetime"] == pytest.approx(1 / rate / 12, rel=1e-6)
    assert row["mean_years_horizon"] == pytest.approx(-np.expm1(-rate * 240) / rate / 12, rel=1e-6)
    assert row["median_months"] == pytest.approx(np.log(2) / rate, rel=1e-6)


def test_the_comparison_of_arms_is_rs():
    table = tables.comparison(endpoint()).set_index("statistic")["value"]
    assert np.log(table["hazard ratio (Cox)"]) == pytest.approx(
        flexsurv()["pfs|cox"]["loghr_intervention_v_control"], rel=1e-8
    )


def test_two_exponentials_imply_one_hazard_ratio():
    table = landmarks.implied_hazard_ratio(endpoint())
    rates = [flexsurv()[f"pfs|{arm}|exp"]["natural"][0] for arm in ARMS]
    assert table["intervention: Exponential"].to_numpy() == pytest.approx(rates[1] / rates[0], rel=1e-6)


def test_coefficients_carry_the_knots_of_splines():
    table = tables.coefficients(endpoint())
    mine = table[(table["arm"] == "control") & (table["distribution"] == "spline_odds_1")].set_index("coefficient")
    knots = flexsurv()["pfs|control|spline_odds_1"]["knots_log_time"]
    assert [mine.loc[f"knot{i}", "value"] for i in range(3)] == pytest.approx(np.exp(knots))


def test_joint_fits_stand_beside_separate_ones():
    table = tables.pooled_fit(endpoint())
    joint = table[(table["distribution"] == "weibull") & (table["arms"] == "jointly, hazard ratio")].iloc[0]
    assert joint["log_likelihood"] == pytest.approx(flexsurv()["pfs|joint_weibullPH"]["loglik"], abs=1e-5)
    assert joint["effect"] == pytest.approx(np.exp(-0.1764018734712), rel=1e-5)


def test_every_figure_of_two_arms_is_drawn_and_labelled():
    figures = curve_choice_figures([endpoint()], "Synthetic trial")
    assert set(figures) == {
        "fit_pfs_1_candidates_follow_up",
        "fit_pfs_2_candidates_horizon",
        "fit_pfs_3_hazards",
        "fit_pfs_4_straight_lines",
        "fit_pfs_5_schoenfeld",
        "fit_pfs_6_quantile_quantile",
        "fit_pfs_7_implied_hazard_ratio",
    }
    first = figures["fit_pfs_1_candidates_follow_up"].axes[0]
    words = [t.get_text() for t in first.texts]
    assert "257" in words  # at risk at time 0
    assert "198" in words  # at month 12, as survfit counts
    assert len(first.lines) == 1 + 16


def test_one_arm_alone_needs_no_comparison():
    alone = dataclasses.replace(endpoint(), arms=endpoint().arms[:1], joint={})
    assert "comparison_of_arms" not in all_tables([alone])
    assert "fit_pfs_5_schoenfeld" not in curve_choice_figures([alone], "Synthetic trial")


# ---- treatment effects (P12) ----


def treated(value: float, **changes):
    pairs = [
        own_curve("old", "pfs", "weibull", shape=1.2, scale=30.0),
        own_curve("old", "os", "loglogistic", shape=1.5, scale=80.0),
        effect_curve("new", "pfs", "old", "weibull", value),
        effect_curve("new", "os", "old", "loglogistic", 0.8),
    ]
    return model([(dataclasses.replace(c, **changes) if (c.arm, c.endpoint) == ("new", "pfs") else c, r) for c, r in pairs])


def warning(definition) -> str:
    table = treatment_effects(definition)
    return str(table[table["endpoint"].str.startswith("progression")]["warning"].iloc[0])


def test_waning_of_a_harmful_treatment_is_warned_of():
    assert "waning lowers the hazard" in warning(treated(1.3, waning_start=24.0, waning_end=48.0))
    assert warning(treated(0.7, waning_start=24.0, waning_end=48.0)) == ""
    assert warning(treated(1.3)) == ""


def test_a_hazard_ratio_on_a_log_logistic_is_warned_of():
    table = treatment_effects(treated(0.7))
    os = table[table["endpoint"].str.startswith("overall")]["warning"].iloc[0]
    assert "no longer of that family" in os


def test_a_scenario_may_change_the_shape_of_waning():
    changed = edit(treated(0.7, waning_start=24.0, waning_end=48.0), {"curves.new.pfs.waning": "exponential"})
    assert treatment_effects(changed)["waning"].tolist() == ["exponential", "none: the effect lasts"]


def test_mortality_after_progression_is_what_two_exponentials_imply():
    """Deaths of the progressed: (a S_os - f b S_pfs) / (S_os - S_pfs), with rates a of death and b of PFS events, and a
    share f of deaths among them; here f = 0.1, months of 1/12 year."""
    pairs = [
        own_curve(arm, endpoint, "exponential", rate=rate)
        for arm in ("old", "new")
        for endpoint, rate in (("pfs", 0.05), ("os", 0.02))
    ]
    progression = (Progression(item="death_share", parameter=fixed(0.1)),)
    definition = model(pairs, progression=progression, settings=settings(cycle_days=7.0))
    table = implied_mortality(definition, trace(definition, "old"))
    row = table.iloc[(table["month"] - 36.0).abs().argmin()]
    at = row["month"]
    alive, free = np.exp(-0.02 * at), np.exp(-0.05 * at)
    assert row["progressed"] / 12 == pytest.approx((0.02 * alive - 0.1 * 0.05 * free) / (alive - free), rel=1e-4)
    assert row["progression_free"] / 12 == pytest.approx(0.1 * 0.05, rel=1e-4)


def test_mortality_of_the_general_population_stands_beside_it():
    base = base_case(trial_model())
    row = base.post_progression().iloc[0]
    assert np.isnan(row["death_rate_population"])  # the hazard floor is off: no general population in the trace
    floored = base_case(trial_model(settings=settings(hazard_floor=True)))
    rate = floored.post_progression().iloc[0]["death_rate_population"]
    assert 0.0005 * np.exp(0.09 * 24) < rate < 0.0005 * np.exp(0.09 * 44)
