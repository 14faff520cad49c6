"""Tests of the budget impact, of what agencies ask for, and of subgroups (B, A)."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np

from model.analysis.agencies.equal_value import equal_value_of
from model.analysis.agencies.population_qalys import groups_of, norms_given, population_qalys
from model.analysis.agencies.severity import severity_of
from model.analysis.agencies.stepped import stepped_of
from model.analysis.base_case.base_case import base_case
from model.analysis.budget.budget_impact import SIDES, BudgetImpact, budget_impact
from model.analysis.deterministic.subgroups import subgroups
from model.analysis.verification.declared import MACHINE, DoesNotApply, Domain, Finding, at_most, none_of, relative
from model.analysis.verification.independent import MONTHS, discount_factor, norm_at, year_days
from model.analysis.verification.under_test import UnderTest
from model.definition.model_definition import ModelDefinition
from model.definition.records.agency import GAINED
from model.definition.records.budget import ELIGIBLE, PREVALENT, BudgetItem, MarketShare
from model.definition.records.subgroups import Subgroup

BUDGET = Domain(
    "Budget impact, agencies, subgroups", "ISPOR budget impact (Sullivan et al. 2014); NICE PMG36; NICE DSU TSD 23"
)
NEAR = 1e-6  # QALYs, or share of them, below a cut-off
POINTS = 8  # of Gauss and Legendre within a year of age


def _budget(model: UnderTest, definition: ModelDefinition) -> BudgetImpact:
    return budget_impact(definition, model.base.draws, model.base.engine)


@BUDGET.test(
    "B1",
    "Where nobody takes up the intervention the budget does not change",
    "Market shares with the intervention are set to those without it",
    "impact of 0 in every year, exactly",
)
def no_uptake(model: UnderTest) -> Finding:
    d = model.definition
    if not d.market_shares:
        raise DoesNotApply("The inputs hold no market shares.")
    rows = tuple(dataclasses.replace(row, share_with=row.without) for row in d.market_shares)
    impact = _budget(model, dataclasses.replace(d, market_shares=rows)).impact
    return at_most({f"year {k + 1}": float(np.max(np.abs(values))) for k, values in enumerate(impact)}, 0.0)


@BUDGET.test(
    "B2",
    "What one patient costs the budget, year by year, adds up to the model's cost",
    "One patient starts on the first day, on the comparator without the intervention and on it with it, until the horizon",
    "sum of all years equals the undiscounted total of the arm, to 1e-9",
)
def one_patient_through(model: UnderTest) -> Finding:
    d = model.definition
    years = math.ceil(model.base.engine.timeline.horizon_days / year_days(model.definition)) + 1
    old, new = d.settings.comparator, d.settings.intervention
    shares = [
        MarketShare(year=year, arm=arm, without=float(arm == old), share_with=float(arm == new))
        for year in range(1, years + 1)
        for arm in (old, new)
    ]
    patients = (BudgetItem(item=PREVALENT, value=1.0), BudgetItem(item=ELIGIBLE, value=1.0))
    found = _budget(model, dataclasses.replace(d, budget_items=patients, market_shares=tuple(shares), net_prices=()))
    payers = dataclasses.replace(d, settings=dataclasses.replace(d.settings, cost_perspective="payer"))
    totals = model.base.total("cost", "undiscounted") if payers == d else base_case(payers).outcomes.costs.undiscounted[0]
    pairs = zip(SIDES, d.compared, strict=True)
    return at_most(
        {model.label(model.arms[i]): relative(float(found.costs[side].sum()), float(totals[i])) for side, i in pairs}, MACHINE
    )


def _with_bands(model: UnderTest) -> ModelDefinition:
    if not model.definition.severity_bands or not norms_given(model.definition):
        raise DoesNotApply("No weights by severity are asked for.")
    return model.definition


@BUDGET.test(
    "A1",
    "QALYs without the disease are those of people of the same age and sex",
    "Survival x norm x discount factor are integrated over each year of age (8 points of Gauss and Legendre)",
    "equal to 1e-9",
)
def qalys_without_the_disease(model: UnderTest) -> Finding:
    d = _with_bands(model)
    wanted = 0.0
    for age, women, share in groups_of(d):
        for of_sex, name in ((women, "qx_female"), (1 - women, "qx_male")):
            if of_sex > 0:
                wanted += share * of_sex * _integrated(d, age, name)
    return at_most({"averaged over the patients": relative(population_qalys(d), wanted)}, MACHINE)


def _integrated(d: ModelDefinition, age: float, name: str) -> float:
    """QALYs of one sex from an age on, discounted as the settings say; each year of age between the times at which the
    discount factor jumps or bends."""
    nodes, weights = np.polynomial.legendre.leggauss(POINTS)
    total, hazard = 0.0, 0.0
    bends = [step.from_year for step in d.discount_steps]
    if d.settings.discounting == "annual_step":
        bends += list(range(1, int(d.life_table[-1].age + 2 - age)))
    for row in d.life_table:
        begin, end = max(age, float(row.age)), row.age + 1.0
        if begin >= end:
            continue
        yearly = getattr(row, name)
        yearly = -math.log(max(1 - (row.qx_female if yearly is None else yearly), 1e-300))
        inside = sorted(age + bend for bend in bends if begin < age + bend < end)
        for low, high in itertools.pairwise([begin, *inside, end]):
            at = (low + high) / 2 + (high - low) / 2 * nodes
            factor = np.array([discount_factor(d, float(x) - age, costs=False) for x in at])
            alive = np.exp(-hazard - yearly * (at - begin))
            total += norm_at(d, float(row.age)) * float(weights @ (factor * alive)) * (high - low) / 2
        hazard += yearly * (end - begin)
    return total


@BUDGET.test(
    "A2",
    "The weight of a QALY is the highest of the bands that a shortfall reaches, on a cut-off too",
    "QALYs under the comparator are put on each cut-off, and a millionth to either side of it",
    "the highest weight among the bands reached, worked out again; 1 where none is",
)
def weights_on_cut_offs(model: UnderTest) -> Finding:
    d = _with_bands(model)
    without, n_arms = population_qalys(d), len(d.arms)
    cut_offs = [b.absolute_from for b in d.severity_bands] + [b.proportional_from * without for b in d.severity_bands]
    broken, tried = [], 0
    for lost in (c + step for c in cut_offs for step in (-NEAR, 0.0, NEAR)):
        found = severity_of(d, np.zeros(n_arms), np.full(n_arms, without - lost))
        assert found is not None
        told = found.shortfalls[0].weight
        reached = [
            b.weight
            for b in d.severity_bands
            if lost > b.absolute_from - NEAR / 2 or lost > b.proportional_from * without - NEAR / 2
        ]
        tried += 1
        if told != max(reached, default=1.0):
            broken.append(f"{lost:.6f} of {without:.6f} QALYs lost: weight {told:g}")
    return none_of(broken, f"{tried} shortfalls")


@BUDGET.test(
    "A3",
    "Where all time is worth what a life year gained is worth, equal-value life years are that many life years",
    "Utilities of the states are set to the utility of a life year gained, without events, changes on treatment and age",
    "equal-value life years gained equal utility x life years gained, to 1e-9",
)
def equal_values_of_equal_utilities(model: UnderTest) -> Finding:
    d = model.definition
    utility = next((row.utility for row in d.life_year_values if row.item == GAINED), None)
    if utility is None:
        raise DoesNotApply("No utility of a life year gained is given.")
    values = dict.fromkeys(model.parameters_of("event_probabilities"), 0.0)
    for u in d.utilities:
        values[f"utilities.{u.id}"] = utility if u.given_as == "utility" and u.state != "on_treatment" else 0.0
    run = model.with_values(values, model.edited(age_adjustment="none"))
    found = equal_value_of(run.definition, run.total("cost"), run.traces)
    assert found is not None
    gained = float(np.diff(run.total("life_years")[list(d.compared)])[0])
    return at_most(
        {f"{gained:+.4f} life years": relative(float(found.equal_value[d.compared[0]]), utility * gained)}, MACHINE
    )


@BUDGET.test(
    "A4",
    "Life years of the trial period are the area under OS up to the follow-up",
    "Undiscounted life years of the first step beside the trapezoid under OS of the trace, cut at the follow-up",
    "equal to 1e-9",
)
def life_years_of_the_trial(model: UnderTest) -> Finding:
    run = model.edited(accrual="trapezoid")
    made = stepped_of(run.definition, run.traces, run.engine, run.draws)
    if made is None:
        raise DoesNotApply("No stepped results are asked for.")
    months = model.base.column(model.arms[0], "Months")
    until = min(float(model.definition.settings.median_follow_up or 0.0), float(months[-1]))
    inside, found = months < until, {}
    grid = np.append(months[inside], until)
    for arm, told in zip(model.arms, made.steps[0].undiscounted_life_years, strict=True):
        alive = np.interp(grid, months, run.column(arm, "OS"))
        found[model.label(arm)] = relative(float(told), float(np.diff(grid) @ (alive[1:] + alive[:-1])) / 2 / MONTHS)
    return at_most(found, MACHINE)


@BUDGET.test(
    "A5",
    "Subgroups that are all alike are the whole population",
    "Subgroups lose their own inputs (two are made where there are none); their mean, weighted by share",
    "costs, QALYs and life years of every arm as in the base case, to 1e-9",
)
def equal_subgroups(model: UnderTest) -> Finding:
    d = model.definition
    groups = d.subgroups or tuple(Subgroup(id=f"g{i}", label=f"Group {i}", share=share) for i, share in enumerate((0.3, 0.7)))
    mean = subgroups(dataclasses.replace(d, subgroups=groups, subgroup_changes=())).weighted_mean()
    found: dict[str, float] = {}
    for kind, told in (("cost", mean.total_costs), ("qaly", mean.total_qalys), ("life_years", mean.total_life_years)):
        pairs = zip(model.arms, told, model.base.total(kind), strict=True)
        found |= {f"{kind}, {model.label(a)}": relative(float(x), float(y)) for a, x, y in pairs}
    return at_most(found, MACHINE)
