"""Conventions of other tools: what is counted at a cycle's end, doses that follow the accrual rule, other lengths of a year,
mortality in yearly steps, every PFS event as a progression.

Oracles: closed forms of exponential curves (geometric series), and life tables of three rows worked out by hand.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from model.analysis.budget.yearly_costs import budget_years, yearly_costs
from model.definition import Care, LifeTableRow, ModelDefinition, PopulationItem, Progression, base_case_draws
from model.definition.records.arms import Regimen
from model.definition.records.drugs import Drug, Product
from model.definition.records.settings import ACCRUALS
from model.engine import Outcomes, evaluate, trace
from tests.helpers.exponential_states import exponential_states
from tests.helpers.small_models import fixed, model, monthly, own_curve, settings

PFS, OS, RATE = 0.10, 0.04, 0.035  # per month, per month, per year
CYCLE, N = 28.0, 130
MONTH, YEAR = 30.4375, 365.25


def definition(**changes: Any) -> ModelDefinition:
    """Exponential PFS and OS in cycles of four weeks over ten years; ``changes``: tables, or fields of the settings."""
    tables = {k: changes.pop(k) for k in list(changes) if k not in {f.name for f in dataclasses.fields(settings())}}
    given = dict(horizon_years=N * CYCLE / YEAR, cycle_days=CYCLE, discount_rate_costs=RATE, discount_rate_effects=RATE)
    curves = [own_curve(a, e, "exponential", rate=r) for a in ("old", "new") for e, r in (("pfs", PFS), ("os", OS))]
    return model(curves, settings=settings(**{**given, **changes}), **tables)


def run(**changes: Any) -> Outcomes:
    made = definition(**changes)
    return evaluate(made, base_case_draws(made))


def series(hazard: float, first: int, last: int) -> float:
    """Sum over k from ``first`` to ``last`` of S(t_k) x (1 + r)^-t_k, of cycles of four weeks."""
    ratio = math.exp(-hazard * CYCLE / MONTH) * (1 + RATE) ** (-CYCLE / YEAR)
    return (ratio**first - ratio ** (last + 1)) / (1 - ratio)


# ---- at the end of the cycle ---------------------------------------------------------------------------------------------


def test_the_end_of_each_cycle_counts_with_its_own_discount_factor() -> None:
    lived = run(accrual="right").life_years.discounted[0, 0]
    free, alive = (series(h, 1, N) * CYCLE / YEAR for h in (PFS, OS))
    np.testing.assert_allclose(lived, [free, alive - free], rtol=1e-12)


def test_the_end_of_each_cycle_counts_with_the_factor_of_its_start() -> None:
    later, early = (run(accrual=rule).life_years for rule in ("right", "right_factor_of_start"))
    np.testing.assert_allclose(early.discounted, later.discounted * (1 + RATE) ** (CYCLE / YEAR), rtol=1e-12)
    np.testing.assert_allclose(early.undiscounted, later.undiscounted, rtol=1e-15)


def test_start_and_end_of_the_cycles_differ_by_the_first_and_the_last_boundary() -> None:
    left, right = (run(accrual=rule).life_years.discounted.sum(axis=2)[0, 0] for rule in ("left", "right"))
    last = math.exp(-OS * N * CYCLE / MONTH) * (1 + RATE) ** (-N * CYCLE / YEAR)
    assert left - right == pytest.approx((1 - last) * CYCLE / YEAR, rel=1e-9)


# ---- doses and visits ----------------------------------------------------------------------------------------------------

PILL = Drug(id="pill", label="Pill", unit="pack", dose=1.0, dose_basis="fixed", schedule_days=CYCLE, dose_days="1")
PACK = Product(drug="pill", product="pack", contents=1.0, parameter=fixed(100.0))
TAKES_PILL = dict(drugs=(PILL,), products=(PACK,), regimens=(Regimen(arm="new", drug="pill", until="progression"),))


@pytest.mark.parametrize("rule", [rule for rule in ACCRUALS if rule != "simpson"])
def test_a_dose_per_cycle_costs_what_a_cost_per_month_of_the_same_amount_does(rule: str) -> None:
    """With doses that follow accrual one dose in every cycle is a cost that accrues."""
    by_dose = run(accrual=rule, dose_timing="with_accrual", **TAKES_PILL).costs
    by_month = run(accrual=rule, care=(monthly("care", "progression_free", 100.0 * MONTH / CYCLE, arm="new"),)).costs
    for kind in ("discounted", "undiscounted"):
        doses, care = (getattr(account, kind)[0, 1].sum() for account in (by_dose, by_month))
        assert doses == pytest.approx(care, rel=1e-12)


@pytest.mark.parametrize("rule", ACCRUALS)
def test_doses_on_exact_days_know_no_rule_of_accrual(rule: str) -> None:
    got = run(accrual=rule, **TAKES_PILL).total_costs[0, 1]
    assert got == pytest.approx(100 * series(PFS, 0, N - 1), rel=1e-12)


def test_visits_follow_too_and_what_is_paid_at_the_start_does_not() -> None:
    visit = Care(
        id="visit",
        label="Visit",
        during="alive",
        frequency="every_days",
        interval_days=CYCLE,
        first_day=0.0,
        parameter=fixed(10.0),
    )
    once = Care(id="once", label="Once", during="at_start", frequency="once", parameter=fixed(7.0))
    got = run(accrual="right", dose_timing="with_accrual", care=(visit, once)).total_costs[0, 0]
    assert got == pytest.approx(7 + 10 * series(OS, 1, N), rel=1e-12)


@pytest.mark.parametrize("rule", ACCRUALS)
def test_the_years_of_a_budget_add_up_and_the_trace_tells_when_costs_arise(rule: str) -> None:
    made = definition(accrual=rule, dose_timing="with_accrual", care=(monthly("care", "alive", 50.0),), **TAKES_PILL)
    whole = evaluate(made, base_case_draws(made))
    by_year = yearly_costs(made, budget_years(11)).costs.sum(axis=(1, 2))
    np.testing.assert_allclose(by_year, whole.costs.undiscounted[0].sum(axis=1), rtol=1e-12)
    arising = [trace(made, arm).arising["cost"].sum() for arm in made.arm_ids]
    np.testing.assert_allclose(arising, whole.total_costs[0], rtol=1e-12)


# ---- the length of a year ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "days"), [("365.25_days", 365.25), ("365_days", 365), ("52_weeks", 364), ("360_days", 360)])
def test_ten_years_are_ten_cycles_of_a_year_of_twelve_months(word: str, days: float) -> None:
    made = definition(
        year_length=word, cycle_days=days, horizon_years=10.0, accrual="left", care=(monthly("care", "alive", 1.0),)
    )
    outcomes = evaluate(made, base_case_draws(made))
    whole_years = [math.exp(-OS * 12 * k) * (1 + RATE) ** -k for k in range(10)]
    assert outcomes.life_years.discounted[0, 0].sum() == pytest.approx(sum(whole_years), rel=1e-12)
    assert outcomes.total_costs[0, 0] == pytest.approx(12 * sum(whole_years), rel=1e-12)


def test_a_year_of_52_weeks_is_52_weekly_cycles() -> None:
    columns = trace(definition(year_length="52_weeks", cycle_days=7.0, horizon_years=2.0), "old").columns
    assert len(columns["Years"]) == 105
    assert columns["Years"][52] == 1.0 and columns["Months"][52] == 12.0
    assert columns["Discount factor, costs"][52] == pytest.approx(1 / (1 + RATE), rel=1e-14)


# ---- mortality by whole years of age -------------------------------------------------------------------------------------

TABLE = tuple(LifeTableRow(age=a, qx_female=q, qx_male=None) for a, q in ((50, 0.01), (51, 0.05), (52, 0.20), (53, 1.0)))
HAZARD = {row.age: -math.log(1 - min(row.qx_female, 1 - 1e-15)) for row in TABLE}


def population(steps: str, cycle_years: float, n: int) -> np.ndarray:
    """Survival of the general population, from 50.5 years on, in a model in which nobody dies of anything else."""
    curves = [own_curve(a, e, "exponential", rate=1e-9) for a in ("old", "new") for e in ("pfs", "os")]
    plain = settings(
        year_length="360_days",
        cycle_days=360 * cycle_years,
        horizon_years=n * cycle_years,
        hazard_floor=True,
        mortality_steps=steps,
    )
    people = (
        PopulationItem(item="start_age", parameter=fixed(50.5)),
        PopulationItem(item="female_share", parameter=fixed(1.0)),
    )
    return trace(model(curves, settings=plain, population=people, life_table=TABLE), "old").columns["General population"]


@pytest.mark.parametrize(
    ("steps", "ages"),
    [
        ("exact_age", [(50, 0.5), (51, 0.5), (51, 0.5), (52, 0.5)]),
        ("age_at_cycle_start", [(50, 0.5), (51, 0.5), (51, 0.5), (52, 0.5)]),
        ("model_years", [(50, 0.5), (50, 0.5), (51, 0.5), (51, 0.5)]),
    ],
)
def test_half_years_from_50_and_a_half(steps: str, ages: list[tuple[int, float]]) -> None:
    wanted = np.exp(-np.cumsum([0.0, *(HAZARD[age] * part for age, part in ages)]))
    np.testing.assert_allclose(population(steps, 0.5, 4), wanted, rtol=1e-9)


@pytest.mark.parametrize(
    ("steps", "ages"),
    [
        ("exact_age", [[(50, 0.5), (51, 0.5)], [(51, 0.5), (52, 0.5)]]),
        ("age_at_cycle_start", [[(50, 1.0)], [(51, 1.0)]]),
        ("model_years", [[(50, 1.0)], [(51, 1.0)]]),
    ],
)
def test_whole_years_from_50_and_a_half(steps: str, ages: list[list[tuple[int, float]]]) -> None:
    wanted = np.exp(-np.cumsum([0.0, *(sum(HAZARD[age] * part for age, part in year) for year in ages)]))
    np.testing.assert_allclose(population(steps, 1.0, 2), wanted, rtol=1e-9)


# ---- progressions --------------------------------------------------------------------------------------------------------

AT_PROGRESSION = (Care(id="scan", label="Scan", during="at_progression", frequency="once", parameter=fixed(1000.0)),)
DEATHS = (Progression(item="death_share", parameter=fixed(0.3)),)


@pytest.mark.parametrize(("counted", "share"), [("survivors", 0.7), ("every_pfs_event", 1.0)])
def test_progressions_are_those_of_survivors_or_every_pfs_event(counted: str, share: float) -> None:
    got = run(progressions=counted, care=AT_PROGRESSION, progression=DEATHS).costs.undiscounted[0].sum(axis=1)
    gone = 1 - math.exp(-PFS * N * CYCLE / MONTH)
    np.testing.assert_allclose(got, 1000 * share * gone, rtol=1e-12)


@pytest.mark.parametrize("structure", ["partitioned_survival", "state_transition"])
def test_every_pfs_event_counts_whatever_the_structure_and_also_where_nobody_is_progressed(structure: str) -> None:
    made = exponential_states()
    kept = dataclasses.replace(made.settings, progressions="every_pfs_event", structure=structure)
    made = dataclasses.replace(made, settings=kept, care=AT_PROGRESSION)
    outcomes = evaluate(made, base_case_draws(made))
    for a, arm in enumerate(made.arm_ids):
        free = trace(made, arm).columns["PFS"]
        assert outcomes.costs.undiscounted[0, a].sum() == pytest.approx(1000 * (free[0] - free[-1]), rel=1e-12)
