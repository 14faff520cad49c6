"""Budget impact: identities of standards for such analyses (Sullivan et al. 2014), and cohorts added up by hand.

Oracles: the model's own undiscounted totals; survival of exponential curves in closed form; sums written out.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from model.analysis import BudgetImpact, base_case, budget_impact
from model.analysis.budget.budget_impact import convolved
from model.analysis.budget.yearly_costs import budget_years, yearly_costs
from model.definition import (
    BudgetItem,
    DefinitionError,
    Drug,
    EndOfLife,
    MarketShare,
    ModelDefinition,
    NetPrice,
    Product,
    Regimen,
    Subgroup,
    SubgroupChange,
    TreatmentParameter,
    define,
    edit,
)
from model.definition.checks.remarks import remarks
from model.definition.one_subgroup import in_subgroup
from model.excel import template_definition
from tests.helpers.small_models import fixed, model, monthly, own_curve, settings, tables_of

YEAR = 365.25
RATES = {"old": (0.05, 0.03), "new": (0.04, 0.02)}


def items(**values: float) -> tuple[BudgetItem, ...]:
    return tuple(BudgetItem(item=name, value=value) for name, value in values.items())


def shares(uptake: list[float], usual: float = 0.0) -> tuple[MarketShare, ...]:
    """Shares of the new arm with the intervention by year; without it ``usual``."""
    return tuple(
        row
        for year, share in enumerate(uptake, start=1)
        for row in (
            MarketShare(year=year, arm="old", without=1 - usual, share_with=1 - share),
            MarketShare(year=year, arm="new", without=usual, share_with=share),
        )
    )


def treated(prices: tuple[float, float] = (100.0, 300.0), **tables: Any) -> ModelDefinition:
    """Exponential curves; each arm takes a drug of its own every day until progression; care and deaths cost as well."""
    drugs = tuple(
        Drug(id=f"{arm}_drug", label=f"{arm} drug", dose_basis="fixed", dose=1.0, unit="tablet", schedule_days=1.0)
        for arm in RATES
    )
    given: dict[str, Any] = dict(
        drugs=drugs,
        products=tuple(
            Product(drug=f"{arm}_drug", product="tablet", contents=1.0, parameter=fixed(price))
            for arm, price in zip(RATES, prices, strict=True)
        ),
        regimens=tuple(Regimen(arm=arm, drug=f"{arm}_drug", until="progression") for arm in RATES),
        care=(monthly("free", "progression_free", 50.0), monthly("after", "progressed", 70.0)),
        end_of_life=(EndOfLife(id="terminal", label="Terminal care", parameter=fixed(5000.0)),),
        budget_items=items(prevalent=100.0, already_treated=0.4, incident=50.0, growth=0.1, eligible=0.5),
        market_shares=shares([0.2, 0.5, 0.8]),
    )
    curves = [
        own_curve(arm, endpoint, "exponential", rate=rate)
        for arm, pair in RATES.items()
        for endpoint, rate in zip(("pfs", "os"), pair, strict=True)
    ]
    return model(curves, settings=settings(cycle_days=7.0, horizon_years=25.0), **{**given, **tables})


def total(found: BudgetImpact, side: str) -> np.ndarray:
    return found.costs[side].sum(axis=1)


def test_patients_start_once_the_prevalent_who_are_untreated_and_the_new_of_each_year() -> None:
    starting = budget_impact(treated()).starting
    assert starting == pytest.approx([0.5 * (100 * 0.6 + 50), 0.5 * 50 * 1.1, 0.5 * 50 * 1.21])


def test_patients_on_treatment_are_the_cohorts_weighted_by_survival() -> None:
    """By hand: 55, 27.5 and 30.25 patients start; the new arm gets 20%, 50% and 80% and stays progression-free
    exponentially."""
    found = budget_impact(treated())
    still = [math.exp(-0.04 * 12 * k) for k in (1, 2, 3)]
    by_hand = [11.0 * still[0], 11.0 * still[1] + 13.75 * still[0], 11.0 * still[2] + 13.75 * still[1] + 24.2 * still[0]]
    assert found.treated["with"][1] == pytest.approx(by_hand, rel=1e-4)  # interpolated within a cycle of a week
    assert found.treated["without"][1] == pytest.approx([0, 0, 0])
    everyone = found.alive["without"][0]
    assert everyone[0] == pytest.approx(55.0 * math.exp(-0.03 * 12), rel=1e-4)


@pytest.mark.parametrize(
    ("limits", "on"),
    [
        ({"max_months": 6.0}, [False, False, False]),
        ({"max_months": 18.0}, [True, False, False]),
        ({"max_doses": 400}, [True, False, False]),
        ({"start_day": 700.0}, [False, True, True]),
        ({"start_day": 20000.0}, [False, False, False]),
    ],
)
def test_nobody_is_on_treatment_before_its_first_day_or_after_its_limits(limits: dict[str, Any], on: list[bool]) -> None:
    regimens = tuple(Regimen(arm=arm, drug=f"{arm}_drug", until="progression", **limits) for arm in RATES)
    found = yearly_costs(treated(regimens=regimens), budget_years(3))
    assert found.treated[1] == pytest.approx([math.exp(-0.48 * (k + 1)) * is_on for k, is_on in enumerate(on)], rel=1e-4)
    assert found.alive[1] == pytest.approx([math.exp(-0.24 * (k + 1)) for k in range(3)], rel=1e-4)


def test_only_those_who_get_a_drug_are_on_treatment_and_nobody_in_an_arm_without_drugs() -> None:
    share = TreatmentParameter(arm="new", drug="new_drug", item="share_treated", parameter=fixed(0.25))
    regimens = (Regimen(arm="new", drug="new_drug", until="progression"),)
    found = yearly_costs(treated(regimens=regimens, treatment=(share,)), budget_years(2))
    assert found.treated[0].tolist() == [0.0, 0.0]
    assert found.treated[1] == pytest.approx([0.25 * math.exp(-0.48 * k) for k in (1, 2)], rel=1e-4)


def test_without_uptake_there_is_no_impact() -> None:
    assert budget_impact(treated(market_shares=shares([0.0, 0.0]))).impact == pytest.approx([0.0, 0.0], abs=1e-9)


def test_at_equal_drug_costs_the_impact_is_of_other_costs_alone() -> None:
    same = [own_curve(arm, "pfs", "exponential", rate=0.05) for arm in RATES]
    definition = treated(prices=(200.0, 200.0))
    curves = {(c.arm, c.endpoint): row for c, row in same}
    rows = tuple(r for r in definition.coefficients if r.endpoint == "os") + tuple(r for row in curves.values() for r in row)
    parity = define(**{**tables_of(definition), "coefficients": rows})
    table = budget_impact(parity).table()
    assert table["net_drugs"].to_numpy() == pytest.approx(0.0, abs=1e-6)
    assert table["impact"].to_numpy() == pytest.approx(table["other_costs"].to_numpy())
    assert (table["other_costs"] != 0).all()


@pytest.mark.parametrize("accrual", ["trapezoid", "left", "life_table", "simpson"])
@pytest.mark.parametrize("cycle_days", [7.0, 91.0])
def test_all_years_of_one_cohort_add_up_to_the_models_undiscounted_cost(accrual: str, cycle_days: float) -> None:
    changes = {
        "settings.accrual": accrual,
        "settings.cycle_days": cycle_days,
        "settings.adverse_event_timing": "time_on_treatment",
    }
    for definition in (edit(treated(), changes), edit(template_definition(), changes)):
        base = base_case(definition).outcomes.costs
        found = yearly_costs(definition, budget_years(31, 100.0))
        assert found.costs.sum(axis=1) == pytest.approx(base.undiscounted[0], rel=1e-12)


def test_the_first_year_of_a_daily_drug_is_its_price_times_the_days_progression_free() -> None:
    found = yearly_costs(treated(), budget_years(1))
    days = np.arange(366)  # the doses of days 0 to 365 are given before day 365.25
    wanted = 100.0 * np.exp(-0.05 * days / 30.4375).sum()
    assert found.costs[0, 0, found.categories.index("Drug: old drug")] == pytest.approx(wanted, rel=1e-4)


def test_deaths_fall_in_the_year_in_which_they_happen() -> None:
    found = yearly_costs(treated(), budget_years(3))
    costs = found.costs[0, :, found.categories.index("End of life")]
    dying = [math.exp(-0.36 * k) - math.exp(-0.36 * (k + 1)) for k in range(3)]
    assert costs == pytest.approx([5000.0 * d for d in dying], rel=1e-3)


def test_what_a_year_costs_is_patients_times_cost_by_year_since_the_start() -> None:
    definition = treated()
    found, cohort = budget_impact(definition), yearly_costs(definition, budget_years(3))
    per_patient = cohort.costs.sum(axis=2)
    start = np.array([55.0, 27.5, 30.25])
    uptake = np.array([0.2, 0.5, 0.8])
    third = sum(
        start[j] * (share * per_patient[1, 2 - j] + (1 - share) * per_patient[0, 2 - j]) for j, share in enumerate(uptake)
    )
    assert total(found, "with")[2] == pytest.approx(third)
    assert convolved(np.array([2.0, 3.0]), np.array([[5.0], [7.0]])).ravel().tolist() == [10.0, 29.0]


def test_categories_add_up_to_the_total_and_gross_drugs_less_rebates_to_the_net() -> None:
    definition = treated(net_prices=(NetPrice(drug="new_drug", from_year=2, factor=0.75),))
    found = budget_impact(definition)
    table, categories = found.table(), found.categories()
    assert categories.groupby("year")["impact"].sum().to_numpy() == pytest.approx(found.impact)
    assert (table["gross_drugs"] + table["rebates"]).to_numpy() == pytest.approx(table["net_drugs"].to_numpy())
    assert (table["net_drugs"] + table["other_costs"]).to_numpy() == pytest.approx(table["impact"].to_numpy())
    new = found.cohort.categories.index("Drug: new drug")
    assert found.costs["with"][:, new] / found.gross["with"][:, new] == pytest.approx([1.0, 0.75, 0.75])
    assert table["rebates"][0] == 0.0


def test_a_rebate_holds_until_the_next_row_of_its_drug() -> None:
    rows = (NetPrice(drug="new_drug", from_year=3, factor=0.5), NetPrice(drug="new_drug", from_year=1, factor=0.9))
    found = budget_impact(treated(net_prices=rows))
    new = found.cohort.categories.index("Drug: new drug")
    assert found.costs["with"][:, new] / found.gross["with"][:, new] == pytest.approx([0.9, 0.9, 0.5])


def test_impact_per_member_per_month_is_a_twelfth_of_that_per_member() -> None:
    definition = treated()
    known = treated(budget_items=(*definition.budget_items, *items(covered_lives=1e6)))
    table = budget_impact(known).table()
    assert table["per_member_per_month"].to_numpy() == pytest.approx(table["impact"].to_numpy() / 12e6)
    assert budget_impact(definition).table()["per_member_per_month"].isna().all()


def test_patients_who_start_in_mid_year_leave_half_a_year_to_the_next() -> None:
    definition = treated(budget_items=items(prevalent=0.0, incident=50.0, start_month=6.0), market_shares=shares([0.2, 0.5]))
    cohort = yearly_costs(definition, [(0.0, YEAR / 2), (YEAR / 2, 1.5 * YEAR)]).costs.sum(axis=2)
    found = total(budget_impact(definition), "without")
    assert found == pytest.approx([50 * cohort[0, 0], 50 * (cohort[0, 0] + cohort[0, 1])])


def test_discounting_plays_no_part() -> None:
    definition = treated()
    changes = {"settings.discount_rate_costs": 0.05, "settings.discount_rate_effects": 0.05}
    assert budget_impact(edit(definition, changes)).impact == pytest.approx(budget_impact(definition).impact)


def test_a_model_of_states_has_a_budget_impact_of_its_own_occupancies() -> None:
    common = {"settings.link_between_arms": "common"}
    states = edit(template_definition(), {"settings.structure": "state_transition", **common})
    base = base_case(states).outcomes.costs
    assert yearly_costs(states, budget_years(31)).costs.sum(axis=1) == pytest.approx(base.undiscounted[0], rel=1e-12)
    mixed = edit(template_definition(), {"settings.state_transition_probability": 0.5, **common})
    assert budget_impact(mixed).impact == pytest.approx(budget_impact(template_definition()).impact)


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"market_shares": shares([0.2])[:1]}, "the shares 'With' of year 1 sum to 0.8; they must sum to 1"),
        ({"market_shares": (MarketShare(year=1, arm="old", without=0.9, share_with=1.0),)}, "'Without' of year 1 sum to 0.9"),
        ({"market_shares": shares([0.1, 0.2])[2:]}, "year 2 is given and year 1 is not"),
        ({"market_shares": ()}, "no row is given"),
        ({"budget_items": items(prevalent=1.0)}, "the row 'incident' is missing"),
        ({"budget_items": items(prevalent=1.0, incident=1.0, eligible=1.2)}, "1.2 is above the maximum of 1"),
        ({"net_prices": (NetPrice(drug="other", from_year=1, factor=0.5),)}, "there is no drug 'other'"),
    ],
)
def test_what_makes_no_budget_is_refused(tables: dict[str, Any], said: str) -> None:
    with pytest.raises(DefinitionError, match=said.replace("(", r"\(")):
        treated(**tables)


def test_a_rebate_of_half_is_a_price_of_half_also_in_courses_after_progression() -> None:
    """From year 2 on: the budget is that of a model in which the drug after progression costs half."""
    definition = template_definition()
    plain = define(**{**tables_of(definition), "net_prices": ()})
    rebated = define(**{**tables_of(plain), "net_prices": (NetPrice(drug="later_drug", from_year=2, factor=0.5),)})
    packs = [p for p in plain.products if p.drug == "later_drug"]
    halved = edit(plain, {f"products.later_drug.{p.product}.value": p.parameter.value / 2 for p in packs})
    dear, cheap, found = (budget_impact(d) for d in (plain, halved, rebated))
    for side in ("without", "with"):
        expected = np.concatenate([dear.costs[side][:1], cheap.costs[side][1:]])
        assert found.costs[side] == pytest.approx(expected)
        assert found.gross[side] == pytest.approx(dear.costs[side])
    assert abs(dear.costs["with"][1:] - cheap.costs["with"][1:]).max() > 1


def test_what_the_budget_leaves_out_is_remarked_on() -> None:
    definition = template_definition()
    rows = (NetPrice(drug="later_drug", from_year=1, factor=0.5),)
    unused = define(**{**tables_of(definition), "subsequent": ()})
    rebated = define(**{**tables_of(unused), "net_prices": rows})
    assert budget_impact(rebated).impact == pytest.approx(budget_impact(unused).impact)
    assert [r.table for r in remarks(rebated)] == [*(r.table for r in remarks(unused)), "net_prices"]
    dated = edit(definition, {"price_changes.new_drug.generic_entry.factor.applies": True})
    assert "price_changes" in [r.table for r in remarks(dated)]


def test_patients_are_counted_on_the_last_day_of_the_horizon_and_not_after_it() -> None:
    five = edit(treated(market_shares=shares([0.0] * 6)), {"settings.horizon_years": 5.0, "settings.cycle_days": 30.4375})
    found = yearly_costs(five, budget_years(6))
    assert found.alive[0] == pytest.approx([*(math.exp(-0.36 * k) for k in range(1, 6)), 0.0], rel=1e-9)
    assert found.treated[0] == pytest.approx([*(math.exp(-0.6 * k) for k in range(1, 6)), 0.0], rel=1e-9)


@pytest.mark.parametrize(
    ("horizon_years", "start_month", "n_years", "told"),
    [(5.0, 0.0, 5, False), (5.0, 0.0, 6, True), (5.0, 11.9, 6, True), (5.0, 12.0, 6, False), (3.0, 6.0, 5, True)],
)
def test_years_of_the_budget_beyond_the_horizon_are_remarked_on(
    horizon_years: float, start_month: float, n_years: int, told: bool
) -> None:
    definition = edit(
        treated(
            market_shares=shares([0.5] * n_years), budget_items=items(prevalent=1.0, incident=1.0, start_month=start_month)
        ),
        {"settings.horizon_years": horizon_years, "settings.cycle_days": 30.4375},
    )
    found = [r for r in remarks(definition) if r.table == "market_shares"]
    assert [(r.position, r.field) for r in found] == ([(2 * n_years - 2, "year")] if told else [])
    assert all(f"{n_years} years and the horizon ends {horizon_years:g} years" in r.message for r in found)


def in_parts(**options: Any) -> ModelDefinition:
    groups = (Subgroup(id="small", label="Small", share=0.3), Subgroup(id="large", label="Large", share=0.7))
    return treated(subgroups=groups, **options)


def test_the_budgets_of_subgroups_that_are_alike_add_up_to_that_of_all() -> None:
    whole = in_parts()
    parts = [budget_impact(in_subgroup(whole, name)) for name in ("small", "large")]
    found = budget_impact(whole)
    assert parts[0].starting == pytest.approx(0.3 * found.starting)
    assert sum(p.impact for p in parts) == pytest.approx(found.impact)
    assert sum(p.treated["with"] for p in parts) == pytest.approx(found.treated["with"])


def test_a_subgroup_that_says_how_many_patients_it_has_keeps_them() -> None:
    own = (SubgroupChange(subgroup="small", input="budget_items.incident.value", value=20.0),)
    found = budget_impact(in_subgroup(in_parts(subgroup_changes=own), "small"))
    assert found.starting == pytest.approx([0.5 * (100 * 0.6 + 20), 0.5 * 20 * 1.1, 0.5 * 20 * 1.21])
    plain = in_subgroup(in_parts(market_shares=(), budget_items=()), "small")
    assert plain.budget_items == ()


def test_without_market_shares_there_is_none() -> None:
    definition = treated(market_shares=(), budget_items=())
    with pytest.raises(ValueError, match="no market shares"):
        budget_impact(definition)
