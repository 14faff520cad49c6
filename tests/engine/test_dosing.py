"""Doses, vials and packs by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from model.definition import (
    Administration,
    Discount,
    Drug,
    ModelDefinition,
    Parameter,
    PopulationItem,
    Product,
    Regimen,
    TreatmentParameter,
    base_case_draws,
)
from model.engine import evaluate
from model.engine.dosing import DoseCost, calendar, cover, stop_day
from tests.helpers.small_models import POPULATION, fixed, model, own_curve

CURVES = [
    own_curve(arm, endpoint, "exponential", rate=rate)
    for arm in ("old", "new")
    for endpoint, rate in (("pfs", 0.03), ("os", 0.01))
]


def drug(**changes: object) -> Drug:
    plain = dict(id="drug", label="Drug", dose_basis="per_kg", dose=6.0, unit="mg", schedule_days=21.0)
    return Drug(**{**plain, **changes})  # type: ignore[arg-type]


def definition(item: Drug, vials: dict[float, float], **tables: object) -> ModelDefinition:
    sizes = (
        PopulationItem(item="weight_mean", parameter=fixed(70.0)),
        PopulationItem(item="weight_sd", parameter=fixed(15.0)),
    )
    products = tuple(
        Product(drug="drug", product=f"vial_{i}", contents=c, parameter=fixed(p)) for i, (c, p) in enumerate(vials.items())
    )
    given = dict(population=POPULATION + sizes, drugs=(item,), products=products, regimens=(Regimen(arm="new", drug="drug"),))
    return model(CURVES, **{**given, **tables})  # type: ignore[arg-type]


def dose_cost(item: Drug, vials: dict[float, float], **tables: object) -> float:
    d = definition(item, vials, **tables)
    return float(DoseCost(d, item, item.dose)(base_case_draws(d))[0])


def test_whole_vials_over_a_normal_weight() -> None:
    """6 mg/kg from 150 mg vials: another vial for every 25 kg. Expected vials = sum over n of P(more than n are needed)."""
    weight = stats.norm(70, 15)
    vials = sum(weight.sf(25 * n) for n in range(1, 40)) + 1.0
    assert dose_cost(drug(), {150.0: 407.4}) == pytest.approx(407.4 * vials, rel=1e-9)


def test_shared_vials_cost_the_mean_dose() -> None:
    assert dose_cost(drug(wastage="shared"), {150.0: 300.0}) == pytest.approx(6 * 70 / 150 * 300)


def test_a_fixed_dose_that_fits_the_vial_wastes_nothing() -> None:
    assert dose_cost(drug(dose_basis="fixed", dose=420.0), {420.0: 2395.0}) == 2395.0


def test_a_pack_is_bought_whole() -> None:
    assert dose_cost(drug(dose_basis="fixed", dose=22.0), {21.0: 100.0}) == 200.0


@pytest.mark.parametrize(("need", "cheapest"), [(100, 10.0), (160, 15.0), (200, 20.0), (250, 25.0), (260, 25.0), (310, 30.0)])
def test_the_cheapest_combination_of_two_vial_sizes(need: float, cheapest: float) -> None:
    """100 mg at 10 and 160 mg at 15: 310 mg takes two of 160 (30), not 100 + 100 + 160 (35)."""
    chosen = cover(np.array([100.0, 160.0]), 400.0)
    cost = chosen.cheapest(np.array([[10.0, 15.0]]))[0]
    assert cost[np.searchsorted(chosen.capacity, need)] == cheapest


def test_a_cheap_large_vial_is_used_for_small_doses() -> None:
    chosen = cover(np.array([100.0, 160.0]), 400.0)
    cost = chosen.cheapest(np.array([[10.0, 4.0]]))[0]
    assert cost[np.searchsorted(chosen.capacity, 50.0)] == 4.0


def test_discount_and_relative_dose_intensity_scale_the_cost() -> None:
    item = drug(dose_basis="fixed", dose=420.0)
    plain = evaluate(d := definition(item, {420.0: 1000.0}), base_case_draws(d)).total_costs[0, 1]
    reduced = definition(
        item,
        {420.0: 1000.0},
        discounts=(Discount(drug="drug", parameter=fixed(0.3)),),
        treatment=(
            TreatmentParameter(arm="new", drug="drug", item="relative_dose_intensity", parameter=fixed(0.9)),
            TreatmentParameter(arm="new", drug="drug", item="share_treated", parameter=fixed(0.5)),
        ),
    )
    assert evaluate(reduced, base_case_draws(reduced)).total_costs[0, 1] == pytest.approx(plain * 0.7 * 0.9 * 0.5)


def test_doses_fall_on_exact_days() -> None:
    days = calendar(drug(schedule_days=28.0, dose_days="1, 8, 15"), None, 60.0)
    np.testing.assert_array_equal(days, [0, 7, 14, 28, 35, 42, 56])


def test_treatment_limits_cut_the_calendar() -> None:
    item = drug()
    late = Regimen(arm="new", drug="drug", start_day=42.0)
    np.testing.assert_array_equal(calendar(item, late, 100.0), [42, 63, 84])
    four = dataclasses.replace(late, max_doses=2)
    np.testing.assert_array_equal(calendar(item, four, 1000.0), [42, 63])
    months = dataclasses.replace(late, start_day=0.0, max_months=2.0)
    np.testing.assert_array_equal(calendar(item, months, 1000.0), [0, 21, 42])


def test_no_dose_is_given_on_the_day_on_which_treatment_or_the_model_ends() -> None:
    """Every four weeks: a limit, or a horizon, of exactly twelve weeks leaves the doses of days 0, 28 and 56."""
    item = drug(schedule_days=28.0)
    np.testing.assert_array_equal(calendar(item, None, 84.0), [0, 28, 56])
    limited = Regimen(arm="new", drug="drug", max_months=84 / 30.4375)
    np.testing.assert_array_equal(calendar(item, limited, 1000.0), [0, 28, 56])


def test_with_a_largest_number_of_doses_treatment_stops_when_the_next_would_be_due() -> None:
    """Days 1 and 8 of four weeks: doses on days 0, 7, 28, then 35. After three of them treatment stops on day 35."""
    three = Regimen(arm="new", drug="drug", max_doses=3)
    assert stop_day(drug(schedule_days=28.0, dose_days="1, 8"), three, 1000.0) == 35.0


def test_a_loading_dose_counts_once_and_the_first_visit_may_cost_more() -> None:
    """Nobody leaves in the first 63 days worth counting: curves almost flat, three doses, hand sum."""
    flat = [own_curve(a, e, "exponential", rate=1e-12) for a in ("old", "new") for e in ("pfs", "os")]
    item = drug(dose_basis="fixed", dose=420.0, loading_dose=840.0, administration="oral")
    d = model(
        flat,
        drugs=(item,),
        products=(Product(drug="drug", product="vial", contents=420.0, parameter=fixed(100.0)),),
        regimens=(Regimen(arm="new", drug="drug", max_doses=3),),
        administration=(
            Administration(id="oral", occasion="first", label="First", parameter=fixed(50.0)),
            Administration(id="oral", occasion="later", label="Later", parameter=fixed(7.0)),
        ),
    )
    o = evaluate(d, base_case_draws(d))
    assert o.total_costs[0, 1] == pytest.approx(200 + 100 + 100 + 50 + 7 + 7, rel=1e-9)
    assert o.total_costs[0, 0] == 0.0


def test_time_on_treatment_by_hazard_ratio() -> None:
    d = definition(
        drug(dose_basis="fixed", dose=1.0),
        {1.0: 1.0},
        treatment=(TreatmentParameter(arm="new", drug="drug", item="hazard_ratio", parameter=fixed(2.0)),),
    )
    days = np.arange(0, d.settings.horizon_years * 365.25, 21.0)
    step = 30.4375
    grid = np.exp(-2 * 0.03 * np.arange(241))
    expected = np.interp(days[days < 240 * step - 1e-9] / step, np.arange(241), grid).sum()
    assert evaluate(d, base_case_draws(d)).total_costs[0, 1] == pytest.approx(expected, rel=1e-12)


def test_uncertain_prices_reach_the_cost_of_every_draw() -> None:
    item = drug(dose_basis="fixed", dose=420.0)
    d = definition(item, {420.0: 1.0})
    gamma = Parameter(value=100.0, distribution="gamma", standard_error=20.0)
    d = dataclasses.replace(d, products=(dataclasses.replace(d.products[0], parameter=gamma),))
    from model.definition import sample

    draws = sample(d, 50, 1)
    o = evaluate(d, draws)
    ratio = o.total_costs[:, 1] / draws["products.drug.vial_0"]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-12)
