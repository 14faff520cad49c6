"""Curves from data in the engine: cure, excess hazard, Kaplan-Meier part, tables, averages, waning of the effect."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from model.definition import Curve, DefinitionError, SurvivalTableRow, base_case_draws, edit, sample
from model.definition.curves.coefficients import average_of, curve_coefficients
from model.definition.curves.from_data import fit_of, observations, population_of
from model.engine import evaluate, trace
from model.survival.kaplan_meier import kaplan_meier
from tests.helpers.fitted_models import WEIGHTS, averaged, joint
from tests.helpers.small_models import effect_curve, model, own_curve, settings
from tests.helpers.trial_data import REFERENCE, curves, digitised_tables, life_table, trial_model

FLEXSURV = json.loads((REFERENCE / "flexsurv.json").read_text())["fits"]


def columns(definition, arm="old"):
    return trace(definition, arm).columns


def test_a_curve_fitted_when_the_model_runs_is_flexsurvs():
    definition = trial_model()
    got = columns(definition)
    expected = FLEXSURV["pfs|control|weibull"]
    at = [round(m) for m in expected["times"] if m <= 240]
    months = got["Months"]
    read = np.interp(at, months, got["PFS before repair"])
    assert read == pytest.approx([expected["survival"][i] for i in range(len(at))], abs=1e-5)


def test_the_selector_switches_between_candidates():
    definition = trial_model()
    changed = edit(definition, {"curves.old.pfs.distribution": "spline_odds_2"})
    expected = FLEXSURV["pfs|control|spline_odds_2"]
    read = np.interp([60.0], columns(changed)["Months"], columns(changed)["PFS before repair"])[0]
    assert read == pytest.approx(expected["survival"][expected["times"].index(60)], abs=1e-5)


def test_a_digitised_curve_is_reconstructed_and_fitted():
    definition = trial_model(*curves("digitised"), patient_data=(), **digitised_tables())
    true = trial_model()
    for arm in ("old", "new"):
        got, want = columns(definition, arm), columns(true, arm)
        assert got["PFS before repair"] == pytest.approx(want["PFS before repair"], abs=0.015)


def test_kaplan_meier_until_a_time_then_the_tail():
    definition = trial_model(*curves(km_until=36.0))
    curve = definition.curve("old", "pfs")
    km = kaplan_meier(observations(definition, curve))
    got = columns(definition)
    months, pfs = got["Months"], got["PFS before repair"]
    early = months <= 36
    assert pfs[early] == pytest.approx(km.survival_at(months[early]), abs=1e-12)
    tail = fit_of(definition, curve, "weibull")
    ratio = tail.distribution.survival(months[~early], tail.coefficients) / tail.distribution.survival(
        36.0, tail.coefficients
    )
    assert pfs[~early] == pytest.approx(float(km.survival_at(np.array([36.0]))[0]) * ratio, rel=1e-9)


def test_an_excess_hazard_curve_never_exceeds_the_general_population():
    definition = trial_model(*curves(mortality="excess"), settings=settings(horizon_years=50.0))
    got = columns(definition)
    assert np.all(got["OS after hazard floor"] <= got["General population"] + 1e-12)
    population = np.exp(-population_of(definition).cumulative_hazard(got["Months"]))
    curve = definition.curve("old", "os")
    fit = fit_of(definition, curve, "weibull")
    own = fit.distribution.survival(got["Months"], fit.coefficients)
    assert got["OS after hazard floor"] == pytest.approx(own * population, rel=1e-9)


def test_population_mortality_is_added_after_the_kaplan_meier_part():
    """Until month 36 the data; from there on the tail's excess hazard and the population's, both from month 36 on."""
    definition = trial_model(*curves(mortality="excess", km_until=36.0), settings=settings(horizon_years=50.0))
    got = columns(definition)
    months, os = got["Months"], got["OS after hazard floor"]
    curve, early = definition.curve("old", "os"), months <= 36
    km = kaplan_meier(observations(definition, curve))
    assert os[early] == pytest.approx(km.survival_at(months[early]), abs=1e-12)
    fit = fit_of(definition, curve, "weibull")
    population = population_of(definition)
    late = fit.distribution.survival(months, fit.coefficients) * np.exp(-population.cumulative_hazard(months))
    assert os[~early] == pytest.approx(os[36] * late[~early] / late[36], rel=1e-9)


def test_a_table_then_a_typed_excess_hazard_has_its_closed_form():
    """80% at month 24.5, with a constant hazard; then an excess hazard of 0.02 a month beside a population's that is constant
    within each year of age: women of 54, whose birthdays are ends of cycles."""
    rows = tuple(
        SurvivalTableRow(arm=a, endpoint="os", time=t, survival=s)
        for a in ("old", "new")
        for t, s in ((0.0, 1.0), (24.5, 0.8))
    )
    tail = {"mortality": "excess", "km_until": 24.5, "tail_clock": "restarts"}
    pairs = [own_curve(a, "os", "exponential", rate=0.02) for a in ("old", "new")]
    pfs = [own_curve(a, "pfs", "exponential", rate=0.05) for a in ("old", "new")]
    made = [*pfs, *((dataclasses.replace(curve, **tail), more) for curve, more in pairs)]
    definition = model(made, survival_tables=rows, life_table=life_table(), settings=settings(horizon_years=40.0))
    got = columns(definition)
    months, late = got["Months"], got["Months"] > 24.5
    population = population_of(definition).cumulative_hazard
    added = population(months[late]) - population(np.array([24.5]))
    expected = 0.8 * np.exp(-0.02 * (months[late] - 24.5) - added)
    assert got["OS after hazard floor"][late] == pytest.approx(expected, rel=1e-12)
    assert got["OS after hazard floor"][12] == pytest.approx(0.8 ** (12 / 24.5), rel=1e-12)


def test_a_ratio_acts_on_all_deaths_of_the_kaplan_meier_part_and_on_the_excess_after_it():
    own = dict(source="patient_data", distribution="weibull", endpoint="os", mortality="excess")
    reference = Curve(arm="old", km_until=36.0, **own)
    effect = dataclasses.replace(
        effect_curve("new", "os", "old", "weibull", 0.7)[0], mortality="excess", distribution="weibull"
    )
    pfs = [pair for pair in curves() if pair[0].endpoint == "pfs"]
    ratio = effect_curve("new", "os", "old", "weibull", 0.7)[1]
    definition = trial_model(*pfs, (reference, []), (effect, ratio), settings=settings(horizon_years=40.0))
    old, new = (columns(definition, arm)["OS after hazard floor"] for arm in ("old", "new"))
    months = columns(definition)["Months"]
    hazard = population_of(definition).cumulative_hazard(months)
    added = np.exp(-np.maximum(hazard - hazard[36], 0.0))
    assert new / added == pytest.approx((old / added) ** 0.7, rel=1e-9)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"effect": "acceleration_factor"}, "cannot stretch the time of an excess hazard"),
        (
            {"source": "patient_data", "km_until": 24.0, "waning_start": 12.0, "waning_end": 60.0},
            "must be that of the reference",
        ),
    ],
)
def test_a_kaplan_meier_part_and_an_excess_hazard_that_would_move_apart_are_refused(changes, words):
    own = dict(source="patient_data", distribution="weibull", endpoint="os", mortality="excess")
    curve, ratio = effect_curve("new", "os", "old", "weibull", 0.7)
    effect = dataclasses.replace(curve, mortality="excess", **changes)
    pfs = [pair for pair in curves() if pair[0].endpoint == "pfs"]
    with pytest.raises(DefinitionError, match=words):
        trial_model(*pfs, (Curve(arm="old", km_until=36.0, **own), []), (effect, ratio))


def test_the_floor_is_not_stacked_on_an_excess_hazard():
    plain = trial_model(*curves(mortality="excess"))
    floored = dataclasses.replace(plain, settings=settings(hazard_floor=True))
    assert columns(plain)["OS after hazard floor"] == pytest.approx(columns(floored)["OS after hazard floor"], rel=1e-12)


def test_a_survival_table_is_followed_row_by_row():
    rows = [
        SurvivalTableRow(arm=arm, endpoint=endpoint, time=time, survival=share)
        for arm in ("old", "new")
        for endpoint, shares in (("pfs", (1.0, 0.5, 0.05)), ("os", (1.0, 0.8, 0.2)))
        for time, share in zip((0.0, 24.0, 240.0), shares, strict=True)
    ]
    definition = trial_model(*curves("survival_table"), survival_tables=tuple(rows))
    got = columns(definition)
    at = np.searchsorted(got["Months"], [12.0, 24.0, 240.0])
    assert got["PFS"][at] == pytest.approx([np.sqrt(0.5), 0.5, 0.05], rel=1e-9)
    assert evaluate(definition, sample(definition, 3, 1)).total_life_years == pytest.approx(
        np.repeat(evaluate(definition, base_case_draws(definition)).total_life_years, 3, axis=0)
    )


def test_the_base_case_of_a_model_average_is_the_weighted_mean_of_the_curves():
    got = columns(averaged())["OS of the curve"]
    weibull = columns(edit(averaged(), {"curves.old.os.distribution": "weibull"}))["OS of the curve"]
    lognormal = columns(edit(averaged(), {"curves.old.os.distribution": "lognormal"}))["OS of the curve"]
    assert got == pytest.approx(0.25 * weibull + 0.75 * lognormal, rel=1e-10)


def test_each_draw_of_a_model_average_takes_one_candidate_and_both_arms_the_same():
    draws = sample(averaged(), 4000, 7)
    old, new = draws["curves.old.os"][:, 0], draws["curves.new.os"][:, 0]
    assert set(old) == {0.0, 1.0}
    assert np.array_equal(old, new)
    assert np.mean(old == 1.0) == pytest.approx(0.75, abs=0.03)


def test_weights_without_numbers_come_from_the_aic():
    rows = tuple(dataclasses.replace(w, weight=None) for w in WEIGHTS)
    definition = dataclasses.replace(averaged(), model_weights=rows)
    weights = average_of(definition, definition.curve("old", "os"))
    aic = {n: FLEXSURV[f"os|control|{r}"]["aic"] for n, r in (("weibull", "weibull"), ("lognormal", "lnorm"))}
    assert weights["weibull"] / weights["lognormal"] == pytest.approx(
        np.exp((aic["lognormal"] - aic["weibull"]) / 2), rel=1e-4
    )


def test_arms_fitted_jointly_have_proportional_hazards_with_flexsurvs_ratio():
    definition = joint()
    old, new = columns(definition), columns(definition, "new")
    log_ratio = np.log(-np.log(new["PFS before repair"][1:])) - np.log(-np.log(old["PFS before repair"][1:]))
    expected = FLEXSURV["pfs|joint_weibullPH"]["natural"]["armintervention"]
    assert log_ratio == pytest.approx(np.full(len(log_ratio), expected), abs=1e-4)


def test_arms_fitted_jointly_share_their_coefficients_in_every_draw():
    draws = sample(joint(), 100, 3)
    assert np.array_equal(draws["curves.old.pfs"], draws["curves.new.pfs"])


def test_resampled_patients_tie_pfs_to_os():
    def correlation(method):
        definition = edit(trial_model(), {"settings.curve_uncertainty": method, "settings.bootstrap_resamples": 400})
        outcomes = evaluate(definition, sample(definition, 2000, 5))
        free = outcomes.life_years.states.index("progression_free")
        years = outcomes.life_years.undiscounted
        return np.corrcoef(years[:, 0, free], years[:, 0].sum(axis=1))[0, 1]

    assert correlation("normal") < 0.15
    assert correlation("bootstrap") > 0.25


def test_the_effect_ends_with_treatment_after_a_fixed_time():
    """Drug of 24 months taken until progression: with the effect tied to it, hazards are equal afterwards."""
    from model.definition import Drug, Product, Regimen
    from tests.helpers.small_models import effect_curve, fixed, model, own_curve

    drugs = (Drug(id="pill", label="Pill", dose_basis="fixed", dose=100.0, unit="mg", schedule_days=28.0, dose_days="1"),)
    pairs = [
        own_curve("old", "pfs", "weibull", shape=1.2, scale=30.0),
        own_curve("old", "os", "weibull", shape=1.1, scale=80.0),
        effect_curve("new", "pfs", "old", "weibull", 0.6),
        effect_curve("new", "os", "old", "weibull", 0.7),
    ]
    pairs = [(dataclasses.replace(c, waning="treatment_end") if c.arm == "new" else c, r) for c, r in pairs]
    definition = model(
        pairs,
        drugs=drugs,
        products=(Product(drug="pill", product="pack", contents=100.0, parameter=fixed(1.0)),),
        regimens=(Regimen(arm="new", drug="pill", until="progression", max_months=24.0),),
    )
    old, new = columns(definition), columns(definition, "new")
    months = old["Months"]

    def hazards(of):
        return np.diff(-np.log(of["PFS before repair"]))

    ratio = hazards(new) / hazards(old)
    assert ratio[months[1:] < 23.5] == pytest.approx(0.6, rel=1e-9)
    assert ratio[months[:-1] > 24.5] == pytest.approx(1.0, rel=1e-9)
    os_ratio = np.diff(-np.log(new["OS of the curve"])) / np.diff(-np.log(old["OS of the curve"]))
    assert np.all(os_ratio[months[1:] < 23.5] >= 0.7 - 1e-9)
    assert os_ratio[0] == pytest.approx(0.7, abs=0.01)  # nearly everybody is on the drug in the first month
    assert os_ratio[months[:-1] > 24.5] == pytest.approx(1.0, rel=1e-9)


def test_a_curve_with_cure_keeps_its_cured_alive_only_as_long_as_the_population():
    definition = trial_model(*curves(cure="mixture", mortality="excess", distribution="lognormal"))
    got = columns(definition)
    made = curve_coefficients(definition, definition.curve("old", "os"))
    assert made.family.parameters[0] == "cure_fraction"
    assert np.all(got["OS after hazard floor"] <= got["General population"] + 1e-12)


def test_an_effect_that_ends_with_treatment_counts_the_mean_share_treated_of_a_cycle():
    """PFS 0.1 a month, OS 0.02 and with the drug half of it: of those alive exp(-0.09 t) are on the drug. In the first
    month the hazard ratio is 1 - 0.5 (1 + exp(-0.09)) / 2 = 0.5215, in the second 1 - 0.5 (exp(-0.09) + exp(-0.18)) / 2."""
    from model.definition import Drug, Product, Regimen
    from tests.helpers.small_models import effect_curve, fixed, model, own_curve

    drug = Drug(id="pill", label="Pill", dose_basis="fixed", dose=1.0, unit="mg", schedule_days=28.0)
    effect, value = effect_curve("new", "os", "old", "exponential", 0.5)
    definition = model(
        [
            own_curve("old", "pfs", "exponential", rate=0.1),
            own_curve("old", "os", "exponential", rate=0.02),
            own_curve("new", "pfs", "exponential", rate=0.1),
            (dataclasses.replace(effect, waning="treatment_end"), value),
        ],
        drugs=(drug,),
        products=(Product(drug="pill", product="pack", contents=1.0, parameter=fixed(1.0)),),
        regimens=(Regimen(arm="new", drug="pill", until="progression"),),
    )
    hazard = np.diff(-np.log(columns(definition, "new")["OS of the curve"]))
    on = np.exp(-0.09 * np.arange(3))
    expected = 1 - 0.5 * (on[:-1] + on[1:]) / 2
    np.testing.assert_allclose(hazard[:2] / 0.02, expected, rtol=1e-9)
    assert expected[0] == pytest.approx(0.5215, abs=5e-5)


def test_an_effect_that_ends_with_treatment_ends_with_the_drugs_that_the_reference_arm_does_not_get():
    """Both arms take the backbone until progression, the new one an add-on of three months that halves the hazard: half in
    months 1 and 2, (1 + 0.5) / 2 in month 3, at whose end nobody takes it any more, and none of the effect after that."""
    from model.definition import Drug, Product, Regimen
    from tests.helpers.small_models import effect_curve, fixed, model, own_curve

    drugs = [Drug(id=i, label=i, dose_basis="fixed", dose=1.0, unit="mg", schedule_days=28.0) for i in ("backbone", "add_on")]
    effect, value = effect_curve("new", "pfs", "old", "exponential", 0.5)
    definition = model(
        [
            own_curve("old", "pfs", "exponential", rate=0.1),
            (dataclasses.replace(effect, waning="treatment_end"), value),
            *(own_curve(arm, "os", "exponential", rate=0.001) for arm in ("old", "new")),
        ],
        drugs=tuple(drugs),
        products=tuple(Product(drug=d.id, product="pack", contents=1.0, parameter=fixed(1.0)) for d in drugs),
        regimens=(
            Regimen(arm="old", drug="backbone", until="progression"),
            Regimen(arm="new", drug="backbone", until="progression"),
            Regimen(arm="new", drug="add_on", until="progression", max_months=3.0),
        ),
    )
    hazard = np.diff(-np.log(columns(definition, "new")["PFS before repair"]))
    np.testing.assert_allclose(hazard[:6] / 0.1, [0.5, 0.5, 0.75, 1.0, 1.0, 1.0], rtol=1e-9)
