"""Black-box verification of the shipped workbooks: what any reviewer of a partitioned-survival model tries first.

The statements follow TECH-VER (Büyükkaramikli et al. 2019, PharmacoEconomics 37:1391) and the usual checks of
review groups; the ids (T, E, R, P) are those of its domains: input, event, result, partitioned-survival.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from model.analysis import base_case
from model.analysis.base_case.base_case import BaseCase
from model.definition import Draws, ModelDefinition, Parameter, base_case_draws, candidates, curve_coefficients, edit, sample
from model.definition.curves.from_data import population_of
from model.definition.price_index import price_factor
from model.definition.records.columns import block_of
from model.engine import Engine, Outcomes, evaluate, trace
from tests.helpers.former_base_case import former_edits
from tests.helpers.shipped import NAMES, shipped, shipped_base

pytestmark = pytest.mark.parametrize("name", NAMES)


def run(name: str, **changes: Any) -> Outcomes:
    """The base case of a shipped workbook with changes: double underscores stand for dots."""
    definition = edit(shipped(name), {k.replace("__", "."): v for k, v in changes.items()})
    return evaluate(definition, base_case_draws(definition), threads=1)


def with_values(definition: ModelDefinition, table: str, value: float, **where: str) -> ModelDefinition:
    """Every parameter of a table (rows that match ``where``) set to a fixed value."""
    rows = []
    for row in definition.table(table):
        block = block_of(type(row))
        assert block
        if all(getattr(row, k) == v for k, v in where.items()):
            row = dataclasses.replace(row, **{block[0]: Parameter(value=value)})
        rows.append(row)
    changed: dict[str, Any] = {table: tuple(rows)}
    return dataclasses.replace(definition, **changed)


def cost_of(outcomes: Outcomes, category: str) -> np.ndarray:
    return outcomes.costs.discounted[0, :, outcomes.costs.categories.index(category)]


def evaluated(definition: ModelDefinition) -> Outcomes:
    return evaluate(definition, base_case_draws(definition), threads=1)


def equal_arms(definition: ModelDefinition) -> ModelDefinition:
    """The intervention made a copy of the comparator: same curves, regimen, events and treatment after progression."""
    old, new = definition.settings.comparator, definition.settings.intervention

    def copies(table: str) -> tuple[Any, ...]:
        kept = [r for r in definition.table(table) if r.arm != new]
        return (*kept, *(dataclasses.replace(r, arm=new) for r in definition.table(table) if r.arm == old))

    tables: dict[str, Any] = {t: copies(t) for t in ("regimens", "treatment", "evidence", "follow_up", "event_probabilities")}
    tables["curves"] = tuple(dataclasses.replace(c, reference_arm=None, source="evidence") for c in copies("curves"))
    return dataclasses.replace(definition, relative_effects=(), correlations=(), **tables)


# ---- T: inputs ---------------------------------------------------------------------------------------------------


def test_t1_a_dearer_drug_costs_its_arms_more(name: str) -> None:
    definition, base = shipped(name), shipped_base(name).outcomes
    for product in definition.products:
        users = [r.arm for r in definition.regimens if r.drug == product.drug]
        after = run(name, **{f"products.{product.drug}.{product.product}": product.parameter.value * 1.1})
        for a, arm in enumerate(definition.arm_ids):
            used = arm in users or any(s.drug == product.drug for s in definition.subsequent)
            change = after.total_costs[0, a] - base.total_costs[0, a]
            assert change > 0 if arm in users else change >= 0
            assert used or change == 0


def test_t2_heavier_patients_never_cost_less(name: str) -> None:
    weights = np.linspace(45, 110, 14)
    costs = [cost_of(run(name, population__weight_mean=float(w)), "Drug: Trastuzumab") for w in weights]
    assert (np.diff(costs, axis=0) > 0).all()
    shared = run(name, drugs__trastuzumab__wastage="shared")
    assert (cost_of(shared, "Drug: Trastuzumab") < cost_of(run(name), "Drug: Trastuzumab")).all()


def test_t3_a_higher_hazard_ratio_means_less_survival(name: str) -> None:
    years = [run(name, **{"relative_effects.palbociclib.os": v}).total_life_years[0, 1] for v in (0.6, 0.86, 1.2)]
    assert years[0] > years[1] > years[2]


def test_t10_every_parameter_says_where_it_comes_from(name: str) -> None:
    for key, p in shipped(name).parameters.items():
        assert p.unit and p.source and p.quality and p.notes, key
        if p.uncertain:
            assert p.low is not None and p.high is not None, key


def test_t14_covariances_are_symmetric_and_positive_semi_definite(name: str) -> None:
    for curve in shipped(name).curves:
        for made in candidates(shipped(name), curve).values():
            assert made.identified and made.converged, (curve, made)
            np.testing.assert_array_equal(made.covariance, made.covariance.T)
            assert np.linalg.eigvalsh(made.covariance).min() >= -1e-12


# ---- E: states and flows -----------------------------------------------------------------------------------------


def test_e1_to_e4_states_are_probabilities_and_death_is_final(name: str) -> None:
    for arm_trace in shipped_base(name).traces.values():
        c = arm_trace.columns
        states = np.stack([c["Progression-free"], c["Progressed"], c["Dead"]])
        np.testing.assert_allclose(states.sum(axis=0), 1.0, atol=1e-12)
        assert states.min() >= 0 and states.max() <= 1
        assert (np.diff(c["Dead"]) >= 0).all()


def test_e5_few_are_alive_at_the_horizon_and_fewer_than_of_the_general_population(name: str) -> None:
    """1% is the customary limit. The shipped OS has a long tail, which its limitations say; it lies below the life table."""
    base = shipped_base(name)
    population = base.traces["control"].columns["General population"][-1]
    assert (base.outcomes.alive_at_horizon < 0.3 * population).all()
    assert (base.outcomes.alive_at_horizon < 0.04).all()
    assert "are alive at the horizon" in base.definition.about.limitations


def test_e5_almost_all_have_died_by_the_horizon_in_the_former_base_case(name: str) -> None:
    former = base_case(edit(shipped(name), former_edits()))
    assert (former.outcomes.alive_at_horizon < 0.01).all()


def test_e6_utilities_of_one_give_life_years(name: str) -> None:
    definition = edit(shipped(name), {"settings.age_adjustment": "none"})
    definition = with_values(definition, "utilities", 0.0)
    definition = with_values(definition, "utilities", 1.0, state="progression_free")
    definition = with_values(definition, "event_probabilities", 0.0)
    for arm in definition.arm_ids:
        t = trace(definition, arm)
        years = t.discounted["life_years", "Progression-free"] + t.discounted["life_years", "Progressed"]
        qalys = sum(v for (kind, _), v in t.discounted.items() if kind == "qaly")
        np.testing.assert_allclose(qalys, years, rtol=1e-12)


def test_e7_utilities_of_zero_give_no_qalys(name: str) -> None:
    definition = with_values(with_values(shipped(name), "utilities", 0.0), "event_probabilities", 0.0)
    assert (evaluated(definition).total_qalys == 0).all()


def test_e9_free_care_costs_nothing(name: str) -> None:
    definition = shipped(name)
    for table in ("products", "administration", "care", "end_of_life"):
        definition = with_values(definition, table, 0.0)
    definition = with_values(definition, "event_consequences", 0.0, item="cost")
    assert (evaluated(definition).costs.undiscounted == 0).all()


def test_e10_without_deaths_life_years_are_the_horizon(name: str) -> None:
    definition = equal_arms(shipped(name))
    immortal = {
        **base_case_draws(definition).values,
        **{f"curves.{a}.{e}": np.array([[1.0, 1e12]]) for a in definition.arm_ids for e in ("pfs", "os")},
    }
    definition = edit(definition, {"settings.hazard_floor": "no"})
    o = evaluate(definition, Draws(1, immortal), threads=1)
    horizon = Engine(definition).timeline.horizon_days / 365.25
    np.testing.assert_allclose(o.life_years.total("undiscounted"), horizon, rtol=1e-9)


def test_e12_and_e13_equal_arms_have_equal_results(name: str) -> None:
    definition = equal_arms(shipped(name))
    base = base_case(definition)
    o = base.outcomes
    np.testing.assert_array_equal(o.life_years.discounted[0, 0], o.life_years.discounted[0, 1])
    np.testing.assert_array_equal(o.total_qalys[0, 0], o.total_qalys[0, 1])
    np.testing.assert_array_equal(o.total_costs[0, 0], o.total_costs[0, 1])
    assert base.icer is None
    assert "no difference" in base.conclusion()


def test_e14_swapping_the_arms_swaps_the_results(name: str) -> None:
    definition = shipped(name)
    s = definition.settings
    swapped = edit(definition, {"settings.intervention": s.comparator, "settings.comparator": s.intervention})
    before, after = shipped_base(name), base_case(swapped)
    assert after.incremental_cost == -before.incremental_cost
    assert after.incremental_qalys == -before.incremental_qalys
    reordered = dataclasses.replace(definition, arms=definition.arms[::-1])
    costs = evaluated(reordered).total_costs[:, ::-1]
    np.testing.assert_allclose(costs, before.outcomes.total_costs, rtol=1e-14)


def test_e15_the_cohort_never_outlives_the_general_population(name: str) -> None:
    definition = shipped(name)
    for arm_trace in shipped_base(name).traces.values():
        months, alive = arm_trace.columns["Months"], arm_trace.columns["OS"]
        population = population_of(definition).cumulative_hazard(months)
        assert (alive <= np.exp(-population) + 1e-12).all()
        with np.errstate(divide="ignore"):
            hazard = -np.diff(np.log(alive))
        assert (hazard >= np.diff(population) - 1e-12).all()


def test_e17_flows_balance_in_every_cycle(name: str) -> None:
    for arm_trace in shipped_base(name).traces.values():
        c = arm_trace.columns
        leaving = -np.diff(c["Progression-free"])
        deaths = np.diff(c["Dead"])
        np.testing.assert_allclose(np.diff(c["Progressed"]), leaving - deaths, atol=1e-14)
        assert (leaving >= 0).all()


# ---- R: results --------------------------------------------------------------------------------------------------


def test_r1_and_r2_better_survival_and_a_dear_drug_show(name: str) -> None:
    base = shipped_base(name)
    assert base.incremental_life_years > 0 and base.incremental_qalys > 0 and base.incremental_cost > 0


def test_r3_r4_r5_totals_are_in_order(name: str) -> None:
    o = shipped_base(name).outcomes
    assert (o.total_life_years >= o.total_qalys).all()
    for account in (o.life_years, o.costs):
        assert (account.undiscounted >= account.discounted - 1e-12).all()
    per_year = o.qalys.total("undiscounted") / o.life_years.total("undiscounted")
    assert (per_year < 0.73).all() and (per_year > 0.4).all()


def test_r6_a_shorter_horizon_never_adds(name: str) -> None:
    totals = [run(name, settings__horizon_years=h) for h in (5.0, 10.0, 20.0, 40.0)]
    for attribute in ("total_life_years", "total_qalys", "total_costs"):
        assert (np.diff([getattr(o, attribute)[0] for o in totals], axis=0) >= 0).all()


def test_r7_the_trace_adds_up_to_the_totals(name: str) -> None:
    base: BaseCase = shipped_base(name)
    for a, arm in enumerate(base.definition.arm_ids):
        t = base.traces[arm]
        for kind, account in (
            ("life_years", base.outcomes.life_years),
            ("qaly", base.outcomes.qalys),
            ("cost", base.outcomes.costs),
        ):
            for which, parts in (("discounted", t.discounted), ("undiscounted", t.undiscounted)):
                total = sum(v.sum() for (k, _), v in parts.items() if k == kind)
                assert total == pytest.approx(account.total(which)[0, a], rel=1e-10)


def test_r8_half_cycle_correction_lies_between_the_rectangles(name: str) -> None:
    left = run(name, settings__accrual="left", settings__cycle_days=28.0).life_years.undiscounted[0]
    middle = run(name, settings__accrual="trapezoid", settings__cycle_days=28.0).life_years.undiscounted[0]
    assert (left.sum(axis=1) > middle.sum(axis=1)).all()
    assert (left.sum(axis=1) - middle.sum(axis=1) < 28 / 365.25).all()


def test_r10_the_discount_factor_of_year_two(name: str) -> None:
    timeline = Engine(shipped(name)).timeline
    for outcome, rate in zip(("costs", "effects"), timeline.rates, strict=True):
        assert float(timeline.factor(2.0, outcome)) == pytest.approx(1 / (1 + rate) ** 2, rel=1e-15)


def test_r11_without_discounting_both_totals_agree(name: str) -> None:
    o = run(name, settings__discount_rate_costs=0.0, settings__discount_rate_effects=0.0)
    for account in (o.life_years, o.qalys, o.costs):
        np.testing.assert_array_equal(account.discounted, account.undiscounted)


def test_r12_a_huge_rate_leaves_what_happens_at_the_start(name: str) -> None:
    rates = {"discount_rate_costs": 1e6, "discount_rate_effects": 1e6}  # refused as inputs; the engine takes them
    o = evaluated(dataclasses.replace(shipped(name), settings=dataclasses.replace(shipped(name).settings, **rates)))
    events = cost_of(o, "Adverse events")
    np.testing.assert_array_equal(events, cost_of(shipped_base(name).outcomes, "Adverse events"))
    assert (o.total_life_years < 1.01 / np.log(1e6)).all()


def test_r14_and_r15_adverse_events_cost_money_and_health(name: str) -> None:
    base = shipped_base(name).outcomes
    none = evaluated(with_values(shipped(name), "event_probabilities", 0.0))
    extreme = evaluated(with_values(shipped(name), "event_probabilities", 1.0))
    assert (none.total_costs < base.total_costs).all() and (base.total_costs < extreme.total_costs).all()
    assert (none.total_qalys > base.total_qalys).all() and (base.total_qalys > extreme.total_qalys).all()
    no_consequences = evaluated(with_values(shipped(name), "event_consequences", 0.0))
    np.testing.assert_allclose(no_consequences.total_costs, none.total_costs, rtol=1e-14)
    np.testing.assert_allclose(no_consequences.total_qalys, none.total_qalys, rtol=1e-14)


def test_r16_drug_cost_is_doses_times_price(name: str) -> None:
    """Palbociclib by hand: one pack every 28 days to everyone still on it, at list price less discount."""
    definition = shipped(name)
    columns = shipped_base(name).traces["palbociclib"].columns
    on = columns["On Palbociclib"][::4][: int(np.ceil((len(columns["Days"]) - 1) / 4))]
    price = next(p.parameter.value for p in definition.products if p.drug == "palbociclib")
    paid = definition.parameters["treatment.palbociclib.palbociclib.relative_dose_intensity"].value
    off = definition.parameters["discounts.palbociclib"].value
    o = shipped_base(name).outcomes
    column = o.costs.categories.index("Drug: Palbociclib")
    assert o.costs.undiscounted[0, 1, column] == pytest.approx(on.sum() * price * paid * (1 - off), rel=1e-12)


def test_r22_and_r23_net_benefit_agrees_with_the_icer(name: str) -> None:
    base = shipped_base(name)
    assert base.icer is not None
    assert base.inmb(base.icer) == pytest.approx(0.0, abs=1e-9 * base.incremental_cost)
    table = base.net_benefit()
    nmb = table[[c for c in table if c.startswith("net monetary benefit,")]].to_numpy()
    nhb = table[[c for c in table if c.startswith("net health benefit,")]].to_numpy()
    np.testing.assert_array_equal(nmb.argmax(axis=1), nhb.argmax(axis=1))


# ---- P: partitioned survival -------------------------------------------------------------------------------------


def test_p4_and_p5_crossing_is_reported_and_repair_leaves_os_alone(name: str) -> None:
    base = shipped_base(name)
    for a, arm in enumerate(base.definition.arm_ids):
        c = base.traces[arm].columns
        before, alive = c["PFS before repair"], c["OS"]
        crossed = before > alive + 1e-12
        first = base.outcomes.crossing_first_month[0, a]
        assert crossed.any() == np.isfinite(first)
        if crossed.any():
            assert first == c["Months"][np.argmax(crossed)]
            assert base.outcomes.crossing_largest_gap[0, a] == pytest.approx((before - alive).max())
        np.testing.assert_array_equal(alive, c["OS after hazard floor"])
        np.testing.assert_array_equal(c["PFS"], np.minimum(before, alive))
        for drug in (k for k in c if k.startswith("On ")):
            assert (c[drug] <= alive + 1e-15).all()


def test_p9_a_hazard_ratio_of_one_gives_the_reference_curve(name: str) -> None:
    definition = edit(shipped(name), {"relative_effects.palbociclib.os": 1.0})
    new, old = (trace(definition, arm).columns["OS"] for arm in ("palbociclib", "control"))
    np.testing.assert_array_equal(new, old)


def test_p10_proportional_hazards_hold_before_the_floor(name: str) -> None:
    definition = edit(shipped(name), {"settings.hazard_floor": "no", "settings.crossing": "cap_pfs"})
    new, old = (trace(definition, arm).columns["OS"][1:1000] for arm in ("palbociclib", "control"))
    np.testing.assert_allclose(np.log(-np.log(new)) - np.log(-np.log(old)), np.log(0.86), rtol=1e-9)


def test_p11_from_the_end_of_waning_the_hazards_are_equal(name: str) -> None:
    definition = edit(
        shipped(name),
        {"curves.palbociclib.os.waning_start": 60.0, "curves.palbociclib.os.waning_end": 84.0, "settings.hazard_floor": "no"},
    )
    new, old = (trace(definition, arm).columns for arm in ("palbociclib", "control"))
    month = new["Months"][1:]
    hazards = [-np.diff(np.log(c["OS"])) for c in (new, old)]
    late, early = (month > 84.5) & (month < 300), month < 60
    np.testing.assert_allclose(hazards[0][late], hazards[1][late], rtol=1e-6)
    np.testing.assert_allclose(hazards[0][early] / hazards[1][early], 0.86, rtol=1e-6)


def test_p13_the_hazard_floor_never_adds_life_years(name: str) -> None:
    off = run(name, settings__hazard_floor="no")
    assert (off.life_years.total() >= shipped_base(name).outcomes.life_years.total()).all()


@pytest.mark.parametrize("days", [28.0, 30.4375])
def test_p16_the_cycle_length_hardly_matters(name: str, days: float) -> None:
    base, other = shipped_base(name).outcomes, run(name, settings__cycle_days=days)
    np.testing.assert_allclose(other.total_costs, base.total_costs, rtol=5e-3)
    np.testing.assert_allclose(other.total_qalys, base.total_qalys, rtol=5e-3)
    simpson = [run(name, settings__accrual="simpson", settings__cycle_days=d).total_qalys for d in (7.0, days)]
    np.testing.assert_allclose(simpson[1], simpson[0], rtol=5e-4)


def test_p18_one_off_costs_are_unit_times_flow(name: str) -> None:
    base = shipped_base(name)
    definition, o = base.definition, base.outcomes
    end_of_life = sum(e.parameter.value * price_factor(definition, e) for e in definition.end_of_life)
    column = o.costs.categories.index("End of life")
    dead = 1 - o.alive_at_horizon[0]
    np.testing.assert_allclose(o.costs.undiscounted[0, :, column], end_of_life * dead, rtol=1e-12)
    events = o.costs.categories.index("Adverse events")
    rows = [c for c in definition.event_consequences if c.item == "cost"]
    cost = {c.event: c.parameter.value * price_factor(definition, c) for c in rows}
    for a, arm in enumerate(definition.arm_ids):
        expected = sum(p.parameter.value * cost[p.event] for p in definition.event_probabilities if p.arm == arm)
        assert o.costs.undiscounted[0, a, events] == pytest.approx(expected, rel=1e-12)


def test_p20_horizons_add_up(name: str) -> None:
    base = shipped_base(name)
    short = run(name, settings__horizon_years=10.0)
    t = base.traces["control"]
    n = Engine(edit(shipped(name), {"settings.horizon_years": 10.0})).timeline.n_cycles
    free = t.columns["Progression-free"]
    later = np.sum((free[n:-1] + free[n + 1 :]) / 2) * 7 / 365.25
    whole = base.outcomes.life_years.undiscounted[0, 0, 0]
    assert short.life_years.undiscounted[0, 0, 0] + later == pytest.approx(whole, rel=1e-12)


def test_p21_a_markov_model_with_the_implied_hazards_gives_the_same_life_years(name: str) -> None:
    columns = shipped_base(name).traces["palbociclib"].columns
    free, sick = columns["Progression-free"], columns["Progressed"]
    state = np.array([1.0, 0.0, 0.0])
    occupancy = [state]
    for i in range(len(free) - 1):
        leave = 1 - free[i + 1] / free[i] if free[i] > 0 else 0.0
        entering = min(state[0] * leave, max(sick[i + 1] - sick[i], 0.0) + (sick[i] if sick[i] else 0.0))
        die_sick = 1 - (sick[i + 1] - min(entering, sick[i + 1])) / sick[i] if sick[i] > 0 else 0.0
        entering = min(entering, sick[i + 1])
        state = np.array([state[0] * (1 - leave), state[1] * (1 - die_sick) + entering, 0.0])
        occupancy.append(state)
    np.testing.assert_allclose(np.array(occupancy)[:, 0], free, atol=1e-12)
    np.testing.assert_allclose(np.array(occupancy)[:, 1], sick, atol=1e-9)


def test_p22_landmarks_in_the_tables_are_those_of_the_curve(name: str) -> None:
    base = shipped_base(name)
    table = base.survival()
    control = table[(table["curve"] == "PFS")].iloc[0]
    curve = base.definition.curve("control", "pfs")
    made = curve_coefficients(base.definition, curve)
    exact = made.family.survival(np.array([60.0]), made.natural)[0]
    assert control["5 years"] == pytest.approx(exact, abs=1e-4)


def test_p24_no_drug_cost_after_the_longest_treatment(name: str) -> None:
    stopped = edit(shipped(name), {"regimens.palbociclib.palbociclib.max_months": 24.0})
    t = trace(stopped, "palbociclib")
    spent = t.undiscounted["cost", "Drug: Palbociclib"]
    assert (spent[t.columns["Months"] >= 24.0] == 0).all()
    assert (spent[t.columns["Months"] < 23.0][::4] > 0).all()


def test_u9_without_uncertainty_every_draw_is_the_base_case(name: str) -> None:
    definition = shipped(name)
    for table in {key.split(".")[0] for key in definition.parameters}:
        rows = []
        for row in definition.table(table):
            field = block_of(type(row))[0]  # type: ignore[index]
            p = getattr(row, field)
            rows.append(dataclasses.replace(row, **{field: dataclasses.replace(p, distribution="fixed")}))
        definition = dataclasses.replace(definition, **{table: tuple(rows)})
    draws = sample(definition, 5, seed=3)
    base = base_case_draws(definition)
    certain = {k: np.repeat(base[k], 5, axis=0) if k.startswith("curves.") else v for k, v in draws.values.items()}
    o = evaluate(definition, Draws(5, certain), threads=1)
    np.testing.assert_allclose(o.total_costs, np.repeat(shipped_base(name).outcomes.total_costs, 5, axis=0), rtol=1e-12)


def test_u13_no_draw_breaks_the_states(name: str) -> None:
    definition = shipped(name)
    engine = Engine(definition)
    draws = sample(definition, 200, seed=11)
    for arm in definition.arm_ids:
        states = engine.states.states(arm, draws)
        for occupancy in (states.progression_free, states.progressed, states.alive):
            assert np.isfinite(occupancy).all() and occupancy.min() >= 0 and occupancy.max() <= 1
        assert (np.diff(states.alive, axis=1) <= 1e-15).all()
        assert (np.diff(states.progression_free, axis=1) <= 1e-15).all()
