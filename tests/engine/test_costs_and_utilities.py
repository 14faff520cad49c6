"""Each kind of cost and QALY line by hand, on exponential curves and monthly cycles without discounting."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from model.analysis import base_case
from model.definition import (
    AdverseEvent,
    Arm,
    Care,
    DiscountStep,
    EndOfLife,
    EventConsequence,
    EventProbability,
    ModelDefinition,
    Progression,
    Regimen,
    SubsequentTreatment,
    TreatmentParameter,
    Utility,
    UtilityNorm,
    base_case_draws,
)
from model.engine import Outcomes, evaluate
from tests.helpers.constant_hazards import PACK, PILL
from tests.helpers.small_models import about, fixed, model, own_curve, settings, utilities

PFS, OS, MONTHS = 0.03, 0.01, 240
T = np.arange(MONTHS + 1)
FREE, ALIVE = np.exp(-PFS * T), np.exp(-OS * T)
CURVES = [
    own_curve(arm, endpoint, "exponential", rate=rate)
    for arm in ("old", "new")
    for endpoint, rate in (("pfs", PFS), ("os", OS))
]


def area(curve: np.ndarray) -> float:
    """Trapezoid rule, in months."""
    return float(np.sum((curve[1:] + curve[:-1]) / 2))


def run(definition: ModelDefinition) -> Outcomes:
    return evaluate(definition, base_case_draws(definition), threads=1)


def cost(**tables: Any) -> np.ndarray:
    return run(model(CURVES, **tables)).total_costs[0]


def test_costs_per_month_accrue_with_the_state() -> None:
    care = (
        Care(id="a", label="A", during="progression_free", frequency="per_month", parameter=fixed(3.0)),
        Care(id="b", label="B", during="progressed", frequency="per_month", parameter=fixed(5.0)),
        Care(id="c", label="C", during="alive", frequency="per_month", parameter=fixed(7.0)),
    )
    expected = 3 * area(FREE) + 5 * area(ALIVE - FREE) + 7 * area(ALIVE)
    np.testing.assert_allclose(cost(care=care), expected, rtol=1e-12)


def test_a_cost_of_one_arm_leaves_the_other_alone() -> None:
    care = (Care(id="a", label="A", arm="new", during="at_start", frequency="once", parameter=fixed(50.0)),)
    np.testing.assert_array_equal(cost(care=care), [0.0, 50.0])


def test_visits_at_fixed_days_meet_the_curve_of_the_day() -> None:
    visits = Care(
        id="v", label="V", during="progression_free", frequency="every_days", interval_days=91.0, parameter=fixed(10.0)
    )
    days = np.arange(91.0, MONTHS * 30.4375 - 1e-9, 91.0)
    expected = 10 * np.interp(days / 30.4375, T, FREE).sum()
    assert cost(care=(visits,))[0] == pytest.approx(expected, rel=1e-12)
    at_once = dataclasses.replace(visits, first_day=0.0)
    days = np.arange(0.0, MONTHS * 30.4375 - 1e-9, 91.0)
    assert cost(care=(at_once,))[0] == pytest.approx(10 * np.interp(days / 30.4375, T, FREE).sum(), rel=1e-12)


def test_one_off_costs_at_progression_count_those_who_progress_alive() -> None:
    care = (Care(id="p", label="P", during="at_progression", frequency="once", parameter=fixed(1000.0)),)
    deaths = (Progression(item="death_share", parameter=fixed(0.1)),)
    expected = 1000 * 0.9 * (1 - FREE[-1])
    np.testing.assert_allclose(cost(care=care, progression=deaths), expected, rtol=1e-12)


def test_end_of_life_costs_are_unit_times_deaths() -> None:
    rows = (EndOfLife(id="e", label="E", parameter=fixed(8000.0)),)
    np.testing.assert_allclose(cost(end_of_life=rows), 8000 * (1 - ALIVE[-1]), rtol=1e-12)


def subsequent(*rows: SubsequentTreatment, **tables: Any) -> np.ndarray:
    progression = (
        Progression(item="death_share", parameter=fixed(0.1)),
        Progression(item="share_treated", parameter=fixed(0.66)),
    )
    return cost(drugs=(PILL,), products=(PACK,), progression=progression, subsequent=rows, **tables)


def test_treatment_after_progression_is_a_course_per_patient_who_starts_it() -> None:
    """66% of those who progress alive, 18 months of 30.4375 days in 28-day packs of 100."""
    rows = (
        SubsequentTreatment(drug="pill", item="share", parameter=fixed(1.0)),
        SubsequentTreatment(drug="pill", item="duration_months", parameter=fixed(18.0)),
    )
    course = 18 * 30.4375 / 28 * 100
    np.testing.assert_allclose(subsequent(*rows), 0.66 * 0.9 * (1 - FREE[-1]) * course, rtol=1e-12)


def test_an_arm_may_have_its_own_treatment_after_progression() -> None:
    rows = (
        SubsequentTreatment(drug="pill", item="share", arm="new", parameter=fixed(1.0)),
        SubsequentTreatment(drug="pill", item="duration_months", parameter=fixed(6.0)),
    )
    costs = subsequent(*rows)
    assert costs[0] == 0.0 and costs[1] > 0.0


EVENT = dict(
    adverse_events=(AdverseEvent(id="rash", label="Rash"),),
    event_probabilities=(
        EventProbability(event="rash", arm="old", parameter=fixed(0.1)),
        EventProbability(event="rash", arm="new", parameter=fixed(0.4)),
    ),
    event_consequences=(
        EventConsequence(event="rash", item="cost", parameter=fixed(500.0)),
        EventConsequence(event="rash", item="disutility", parameter=fixed(0.2)),
        EventConsequence(event="rash", item="duration_days", parameter=fixed(21.0)),
    ),
)


def test_adverse_events_count_once_at_the_start() -> None:
    o = run(model(CURVES, settings=settings(discount_rate_costs=0.05, discount_rate_effects=0.05), **EVENT))
    np.testing.assert_allclose(o.total_costs[0], [50.0, 200.0], rtol=1e-12)
    column = o.qalys.categories.index("Adverse events")
    expected = -np.array([0.1, 0.4]) * 0.2 * 21 / 365.25
    np.testing.assert_allclose(o.qalys.discounted[0, :, column], expected, rtol=1e-12)


def test_adverse_events_spread_over_treatment_keep_their_total_and_are_discounted() -> None:
    s = settings(discount_rate_costs=0.05, discount_rate_effects=0.05, adverse_event_timing="time_on_treatment")
    tables = dict(
        EVENT,
        drugs=(PILL,),
        products=(dataclasses.replace(PACK, parameter=fixed(0.0)),),
        regimens=(Regimen(arm="new", drug="pill"),),
    )
    o = run(model(CURVES, settings=s, **tables))
    column = o.costs.categories.index("Adverse events")
    np.testing.assert_allclose(o.costs.undiscounted[0, :, column], [50.0, 200.0], rtol=1e-12)
    factor = 1.05 ** -(T / 12)
    assert o.costs.discounted[0, 1, column] == pytest.approx(200 * area(FREE * factor) / area(FREE), rel=1e-12)


def test_time_on_treatment_may_have_its_own_curve() -> None:
    curves = [*CURVES, own_curve("new", "pill", "exponential", rate=0.1)]
    d = model(curves, drugs=(PILL,), products=(PACK,), regimens=(Regimen(arm="new", drug="pill", until="own_curve"),))
    days = np.arange(0.0, MONTHS * 30.4375 - 1e-9, 28.0)
    expected = 100 * np.interp(days / 30.4375, T, np.exp(-0.1 * T)).sum()
    assert run(d).total_costs[0, 1] == pytest.approx(expected, rel=1e-12)


def test_no_one_is_treated_after_death() -> None:
    curves = [*CURVES, own_curve("new", "pill", "exponential", rate=1e-9)]
    d = model(curves, drugs=(PILL,), products=(PACK,), regimens=(Regimen(arm="new", drug="pill", until="own_curve"),))
    until_death = dataclasses.replace(d, regimens=(Regimen(arm="new", drug="pill", until="death"),))
    assert run(d).total_costs[0, 1] == pytest.approx(run(until_death).total_costs[0, 1], rel=1e-12)


def test_qalys_follow_states_treatment_and_the_norms_of_age() -> None:
    rows = (
        *utilities(0.8, 0.2),
        Utility(id="on_pill", state="on_treatment", given_as="increment", drug="pill", parameter=fixed(-0.05)),
    )
    rows = (rows[0], dataclasses.replace(rows[1], given_as="decrement"), rows[2])
    norms = (UtilityNorm(from_age=50.0, utility=0.9), UtilityNorm(from_age=64.0, utility=0.6))
    d = model(
        CURVES,
        settings=settings(age_adjustment="multiplicative"),
        utilities=rows,
        utility_norms=norms,
        drugs=(PILL,),
        products=(PACK,),
        regimens=(Regimen(arm="new", drug="pill", max_months=60.0),),
    )
    norm = np.where(54 + T / 12 >= 64 - 1e-9, 0.6 / 0.9, 1.0)
    old = (0.8 * area(FREE * norm) + 0.6 * area((ALIVE - FREE) * norm)) / 12
    on_pill = -0.05 * area((FREE * norm)[:61]) / 12
    np.testing.assert_allclose(run(d).total_qalys[0], [old, old + on_pill], rtol=1e-12)


def test_rates_step_down_with_time() -> None:
    steps = (DiscountStep(from_year=10.0, rate_costs=0.01, rate_effects=0.0),)
    s = settings(discount_rate_costs=0.04, discount_rate_effects=0.03)
    o = run(model(CURVES, settings=s, discount_steps=steps))
    years = T / 12
    factor = np.where(years < 10, 1.03**-years, 1.03**-10)
    assert o.life_years.discounted[0, 0, 0] == pytest.approx(area(FREE * factor) / 12, rel=1e-12)


def test_three_arms_are_compared_fully_incrementally() -> None:

    arms = tuple(Arm(id=i, label=i.title(), short_label=i) for i in ("old", "middle", "new"))
    curves = [
        own_curve(arm.id, endpoint, "exponential", rate=rate * scale)
        for arm, scale in zip(arms, (1.0, 0.95, 0.8), strict=True)
        for endpoint, rate in (("pfs", PFS), ("os", OS))
    ]
    care = tuple(
        Care(id=f"c_{a.id}", label="C", arm=a.id, during="at_start", frequency="once", parameter=fixed(c))
        for a, c in zip(arms, (0.0, 50_000.0, 60_000.0), strict=True)
    )
    base = base_case(model(curves, arms=arms, care=care, about=about()))
    table = base.incremental().set_index("option")["status"]
    assert table["Middle"] in ("extendedly dominated", "dominated")
    assert table["New"] == "on frontier"


def test_once_pfs_is_held_at_os_no_one_progresses_to_another_treatment() -> None:
    """PFS equals OS from the start: every PFS event is a death, so no course begins."""
    curves = [own_curve(a, e, "exponential", rate=0.02) for a in ("old", "new") for e in ("pfs", "os")]
    care = (Care(id="p", label="P", during="at_progression", frequency="once", parameter=fixed(1000.0)),)
    np.testing.assert_array_equal(run(model(curves, care=care)).total_costs[0], 0.0)


def test_the_hazard_rule_treats_every_cycle_alike_whatever_the_horizon() -> None:
    """Log-logistic PFS meets Weibull OS late: with the rule `hazard` a longer horizon never lowers time in a state."""
    curves = [
        (own_curve(a, "pfs", "loglogistic", shape=0.95, scale=29.1), own_curve(a, "os", "weibull", shape=1.5, scale=118.0))
        for a in ("old", "new")
    ]
    years = []
    for horizon in (12.0, 14.0, 15.0, 16.0, 20.0):
        s = settings(crossing="hazard", horizon_years=horizon)
        years.append(run(model([c for pair in curves for c in pair], settings=s)).life_years.undiscounted[0, 0, 0])
    assert (np.diff(years) > 0).all()


def test_a_hazard_ratio_of_stopping_acts_on_the_drugs_own_curve_before_the_cap() -> None:
    curves = [*CURVES, own_curve("new", "pill", "exponential", rate=0.002)]
    d = model(
        curves,
        drugs=(PILL,),
        products=(PACK,),
        regimens=(Regimen(arm="new", drug="pill", until="own_curve"),),
        treatment=(TreatmentParameter(arm="new", drug="pill", item="hazard_ratio", parameter=fixed(2.0)),),
    )
    days = np.arange(0.0, MONTHS * 30.4375 - 1e-9, 28.0)
    on = np.minimum(np.exp(-0.004 * T), ALIVE)
    expected = 100 * np.interp(days / 30.4375, T, on).sum()
    assert run(d).total_costs[0, 1] == pytest.approx(expected, rel=1e-12)


def test_treatment_until_progression_never_outlasts_pfs() -> None:
    d = model(
        CURVES,
        drugs=(PILL,),
        products=(PACK,),
        regimens=(Regimen(arm="new", drug="pill"),),
        treatment=(TreatmentParameter(arm="new", drug="pill", item="hazard_ratio", parameter=fixed(0.5)),),
    )
    plain = dataclasses.replace(d, treatment=())
    assert run(d).total_costs[0, 1] == run(plain).total_costs[0, 1]


def test_adverse_events_spread_over_treatment_end_with_the_last_drug() -> None:
    """Drugs for 12 and for 24 months: the events count until month 24, so that they are discounted by its factors."""
    s = settings(discount_rate_costs=0.05, discount_rate_effects=0.05, adverse_event_timing="time_on_treatment")
    free = dataclasses.replace(PACK, parameter=fixed(0.0))
    drugs = PILL, dataclasses.replace(PILL, id="other", label="Other")
    tables = dict(
        EVENT,
        drugs=drugs,
        products=(free, dataclasses.replace(free, drug="other")),
        regimens=(Regimen(arm="new", drug="pill", max_months=12.0), Regimen(arm="new", drug="other", max_months=24.0)),
    )
    o = run(model(CURVES, settings=s, **tables))
    column = o.costs.categories.index("Adverse events")
    until = FREE[:25], (FREE * 1.05 ** -(T / 12))[:25]
    assert o.costs.discounted[0, 1, column] == pytest.approx(200 * area(until[1]) / area(until[0]), rel=1e-12)


def test_adverse_events_spread_over_treatment_begin_with_the_first_drug() -> None:
    """One drug from month 3 and one from month 6, both until month 12: the events count from month 3."""
    s = settings(discount_rate_costs=0.05, discount_rate_effects=0.05, adverse_event_timing="time_on_treatment")
    free = dataclasses.replace(PACK, parameter=fixed(0.0))
    month = 30.4375
    tables = dict(
        EVENT,
        drugs=(PILL, dataclasses.replace(PILL, id="other", label="Other")),
        products=(free, dataclasses.replace(free, drug="other")),
        regimens=(
            Regimen(arm="new", drug="pill", start_day=6 * month, max_months=6.0),
            Regimen(arm="new", drug="other", start_day=3 * month, max_months=9.0),
        ),
    )
    o = run(model(CURVES, settings=s, **tables))
    column = o.costs.categories.index("Adverse events")
    treated = FREE[3:13], (FREE * 1.05 ** -(T / 12))[3:13]
    assert o.costs.discounted[0, 1, column] == pytest.approx(200 * area(treated[1]) / area(treated[0]), rel=1e-12)


def test_a_course_of_no_duration_costs_nothing_not_even_its_loading_dose() -> None:
    rows = (
        SubsequentTreatment(drug="pill", item="share", parameter=fixed(1.0)),
        SubsequentTreatment(drug="pill", item="duration_months", parameter=fixed(0.0)),
    )
    loaded = dataclasses.replace(PILL, loading_dose=56.0)
    progression = (
        Progression(item="death_share", parameter=fixed(0.1)),
        Progression(item="share_treated", parameter=fixed(0.66)),
    )
    tables = dict(drugs=(loaded,), products=(PACK,), progression=progression)
    assert cost(subsequent=rows, **tables).tolist() == [0.0, 0.0]
    begun = (rows[0], dataclasses.replace(rows[1], parameter=fixed(28.0 / 30.4375)))
    np.testing.assert_allclose(cost(subsequent=begun, **tables), 0.66 * 0.9 * (1 - FREE[-1]) * 200, rtol=1e-12)


def test_there_is_no_visit_on_the_day_on_which_treatment_stops() -> None:
    """A visit of 10 every month on a drug of three months: after one and two months, not on the day of the third."""
    care = Care(
        id="visit",
        label="Visit",
        during="on_treatment",
        drug="pill",
        frequency="every_days",
        interval_days=30.4375,
        parameter=fixed(10.0),
    )
    free = dataclasses.replace(PACK, parameter=fixed(0.0))
    regimen = Regimen(arm="new", drug="pill", max_months=3.0)
    found = cost(care=(care,), drugs=(PILL,), products=(free,), regimens=(regimen,))
    np.testing.assert_allclose(found, [0.0, 10 * (np.exp(-0.03) + np.exp(-0.06))], rtol=1e-12)


def test_the_area_where_pfs_lies_above_os_is_in_months_whatever_the_cycle() -> None:
    """Cycles of two months over half a year, rates 0.01 and 0.02: 2 x (0.019411 + 0.037673 + 0.054844) months."""
    pairs = [own_curve(a, e, "exponential", rate=r) for a in ("old", "new") for e, r in (("pfs", 0.01), ("os", 0.02))]
    found = run(model(pairs, settings=settings(cycle_days=60.875, horizon_years=0.5)))
    by_hand = 2 * sum(np.exp(-0.01 * t) - np.exp(-0.02 * t) for t in (2, 4, 6))
    np.testing.assert_allclose(found.crossing_area_months[0], by_hand, rtol=1e-12)
    assert by_hand == pytest.approx(0.22377, abs=2e-4)
