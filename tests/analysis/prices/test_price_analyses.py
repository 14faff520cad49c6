"""Prices, two-way grids and switching values: closed forms confirmed by runs of the model.

A: heRoMod, inst/hero/example_simple_psm (PolicyAnalysisInc/heRoMod, GPL>=3): value-based price of the target drug per month
= 0.0196752677911807 x WTP + 1151.61480915423. (Its tornado: tests/engine/test_published_examples.py.)
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from model.analysis import (
    base_case,
    net_price_grid,
    one_way,
    price_probability,
    psa,
    switching_value_table,
    switching_values,
    two_way,
    value_based_prices,
)
from model.analysis.prices.price_probability import PriceProbability
from model.analysis.prices.sentences import price_sentences
from model.definition import Arm, Care, DefinitionError, Draws, ModelDefinition, Parameter, Threshold, edit
from model.engine import evaluate
from tests.helpers.shipped import NAMES, shipped, shipped_base
from tests.helpers.small_models import fixed, model, monthly, own_curve, published_example_a, settings, utilities

WTP = (0.0, 50_000.0, 150_000.0, 500_000.0)


def test_a_value_based_price_line() -> None:
    prices = value_based_prices(published_example_a(), ["care.target_drug"], WTP)
    (line,) = prices.lines().itertuples()
    assert line.slope == pytest.approx(0.0196752677911807, rel=1e-9)
    assert line.intercept == pytest.approx(1151.61480915423, rel=1e-9)
    table = prices.table()
    expected = 0.0196752677911807 * np.array(WTP) + 1151.61480915423
    np.testing.assert_allclose(table["price_at_zero_inmb"], expected, rtol=1e-9)


def test_a_net_benefit_is_zero_in_a_run_at_the_value_based_price() -> None:
    confirmed = value_based_prices(published_example_a(), ["care.target_drug"], WTP).confirmed()
    assert len(confirmed) == len(WTP)
    np.testing.assert_allclose(confirmed["inmb"], 0.0, atol=1e-6)
    row = confirmed.iloc[2]
    edited = base_case(edit(published_example_a(), {"care.target_drug": float(row["price"])}))
    assert edited.inmb(150_000.0) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_the_line_of_a_drug_goes_through_its_value_based_prices(name: str) -> None:
    definition = shipped(name)
    prices = value_based_prices(definition, thresholds=WTP)
    table = prices.table()
    lines = prices.lines().set_index("input")
    for row in table.itertuples():
        line = lines.loc[row.input]
        assert row.price_at_zero_inmb == pytest.approx(line["intercept"] + line["slope"] * row.willingness_to_pay)
    base = shipped_base(name)
    assert base.icer is not None
    first = lines.iloc[0]
    assert first["intercept"] + first["slope"] * base.icer == pytest.approx(first["price"], rel=1e-9)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("utilities.progressed", "neither a drug with a price nor a cost"),
        ("coefficients.old.os.scale", "neither a drug with a price nor a cost"),
        ("nothing", "neither a drug with a price nor a cost"),
        ("care.chemo_drug", "does not raise the incremental cost"),
    ],
)
def test_what_is_no_price_is_refused(name: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        value_based_prices(published_example_a(), [name])


def test_a_consequence_that_changes_qalys_is_not_a_price() -> None:
    with pytest.raises(DefinitionError, match="not a price"):
        value_based_prices(shipped("patina_us"), ["event_consequences.febrile_neutropenia.disutility"])


# Price and probability


def normal_example() -> ModelDefinition:
    """INMB at 100,000 per QALY = B - price, B ~ N(10,000, 2,000): a cost saved once at the start, nothing else differs."""

    def at_start(name: str, arm: str, cost: Parameter) -> Care:
        return dataclasses.replace(monthly(name, "progression_free", cost, arm), during="at_start", frequency="once")

    curves = [own_curve(a, e, "exponential", rate=0.02) for a in ("old", "new") for e in ("pfs", "os")]
    saved = Parameter(value=10_000.0, distribution="normal", standard_error=2_000.0)
    return model(
        curves,
        care=(at_start("saved", "old", saved), at_start("new_drug", "new", fixed(12_000.0))),
        thresholds=(Threshold(value=100_000.0),),
    )


def test_probability_over_the_price_of_a_normal_net_benefit_is_the_normal_distribution() -> None:
    found = price_probability(psa(normal_example(), 20_000, 1), "care.new_drug")
    prices = np.array([6_000.0, 9_000.0, 10_000.0, 12_000.0, 15_000.0])
    expected = stats.norm.sf(prices, 10_000, 2_000)
    np.testing.assert_allclose(found.probability(prices, 100_000.0), expected, atol=0.012)
    (row,) = found.table().itertuples()
    assert row.probability_today == pytest.approx(stats.norm.sf(1.0), abs=0.012)
    assert row.probability_free == 1.0
    assert row.price_at_zero_mean_inmb == pytest.approx(10_000, abs=60)
    assert row.price_with_even_chance == pytest.approx(10_000, abs=80)


def test_the_probability_at_a_price_is_that_of_the_draws_run_at_the_price() -> None:
    definition = edit(shipped("patina_us"), {"settings.horizon_years": 10.0})
    sampled = psa(definition, 800, 1)
    found = price_probability(sampled, thresholds=(400_000.0,))
    for price in (0.0, 5_000.0, 15_982.39):
        draws = sampled.draws.replace({"products.palbociclib.pack_21": np.array([price])})
        outcomes = evaluate(definition, draws)
        benefit = 400_000.0 * outcomes.total_qalys - outcomes.total_costs
        assert found.probability([price], 400_000.0)[0] == pytest.approx(
            (benefit.argmax(axis=1) == definition.compared[1]).mean(), abs=2 / 800
        )
    curve = found.curve()[400_000.0]
    assert (np.diff(curve) <= 0).all()
    assert found.price_with(float(curve.iloc[10]), 400_000.0) >= curve.index[10]


def test_with_the_drug_free_of_charge_every_draw_costs_what_it_does_in_a_run() -> None:
    drug = edit(shipped("example_four_arms"), {"settings.horizon_years": 5.0})
    for definition, name in ((drug, None), (normal_example(), "care.new_drug"), (published_example_a(), "care.target_drug")):
        sampled = psa(definition, 60, 1)
        found = price_probability(sampled, name)
        run = evaluate(definition, found.priced.at(sampled.draws, np.zeros(1)))
        np.testing.assert_array_equal(found.free_costs, run.total_costs)


def of_three_arms() -> PriceProbability:
    """The middle arm costs nothing and gains as much as the new one: at no price above zero is the new one best."""
    base = normal_example()
    arms = (*base.arms, Arm(id="mid", label="Middle", short_label="Middle"))
    curves = [own_curve(a, e, "exponential", rate=0.02) for a in ("old", "mid", "new") for e in ("pfs", "os")]
    dear = dataclasses.replace(
        base.care[1], parameter=Parameter(value=12_000.0, distribution="gamma", standard_error=3_000.0)
    )
    three = model(curves, arms=arms, care=(base.care[0], dear), thresholds=base.thresholds)
    return price_probability(psa(three, 300, 1), "care.new_drug")


def test_with_three_arms_the_best_of_all_counts_and_an_uncertain_price_is_set() -> None:
    found = of_three_arms()
    assert found.probability([0.0, 1.0, 500.0], 100_000.0).tolist() == [1.0, 0.0, 0.0]
    assert np.ptp(found.cost_per_price[:, 2]) == pytest.approx(0.0, abs=1e-9)


def test_a_draw_in_which_no_price_would_do_counts_at_none_and_another_between_its_limits() -> None:
    """The old arm takes half as much of the drug and the middle arm twice as much: the new one is best from 5 to 2 (nowhere)
    in the first draw, and from 5 to 6 in the second."""
    costs, slopes = np.array([[11.0, 10.0, 5.0], [13.0, 10.0, 5.0]]), np.array([[0.5, 1.0, 2.0]] * 2)
    found = dataclasses.replace(of_three_arms(), free_costs=costs, cost_per_price=slopes, qalys=np.zeros((2, 3)))
    assert np.transpose(found.limits(100_000.0)).tolist() == [[5.0, 2.0], [5.0, 6.0]]
    assert found.probability([1.0, 2.0, 4.9, 5.0, 6.0, 6.1], 100_000.0).tolist() == [0.0, 0.0, 0.0, 0.5, 0.5, 0.0]


def test_without_a_priced_drug_the_message_says_what_to_name() -> None:
    with pytest.raises(DefinitionError, match="name a cost"):
        price_probability(psa(normal_example(), 50, 1))


# Net prices


def test_net_prices_are_confirmed_by_runs_at_them() -> None:
    definition = shipped("patina_us")
    grid = net_price_grid(definition, "palbociclib", "pertuzumab", [0.0, 0.3, 1.0], [0.25, 0.8])
    inmb, list_prices = grid.inmb(200_000.0), definition.parameters
    for i, one in enumerate(grid.first_shares):
        for j, two in enumerate(grid.second_shares):
            changes = {
                address: share * list_prices[address].value
                for item, share in ((grid.first, one), (grid.second, two))
                for address in item.today
            }
            discounts = {f"discounts.{d}": 0.0 for d in ("palbociclib", "pertuzumab") if f"discounts.{d}" in list_prices}
            assert base_case(edit(definition, changes | discounts)).inmb(200_000.0) == pytest.approx(inmb[i, j], rel=1e-9)
    boundary = grid.boundary(1_000_000.0)
    exact = net_price_grid(
        definition, "palbociclib", "pertuzumab", boundary["net price palbociclib"] / grid.first.first, grid.second_shares
    ).inmb(1_000_000.0)
    assert np.abs(np.array([exact[::-1][k, k] for k in range(2)])).max() < 1e-4 * np.abs(inmb).max()


def test_at_the_prices_of_today_the_grid_is_the_base_case() -> None:
    definition = shipped("patina_england")
    grid = net_price_grid(definition, "palbociclib", "pertuzumab")
    one, two = grid.shares_today
    today = net_price_grid(definition, "palbociclib", "pertuzumab", [one], [two])
    assert today.inmb(25_000.0)[0, 0] == pytest.approx(shipped_base("patina_england").inmb(25_000.0), rel=1e-9)


# Two-way


def test_every_cell_of_a_two_way_grid_is_the_base_case_of_the_edited_model() -> None:
    definition = published_example_a()
    first, second = "relative_effects.new.os", "settings.horizon_years"
    result = two_way(definition, first, second, [0.6, 0.9], [10.0, 20.0])
    matrix, icers = result.matrix("inmb", 150_000.0), result.matrix("icer")
    for one in (0.6, 0.9):
        for two in (10.0, 20.0):
            edited = base_case(edit(definition, {first: one, second: two}))
            assert matrix.loc[one, two] == pytest.approx(edited.inmb(150_000.0), rel=1e-11)
            if edited.icer is None:
                assert np.isnan(icers.loc[one, two])
            else:
                assert icers.loc[one, two] == pytest.approx(edited.icer, rel=1e-11)
    table = result.table(150_000.0)
    assert len(table) == 4 and list(table.columns[:2]) == [first, second]


def test_a_share_moved_takes_from_the_others_of_its_group() -> None:
    definition = shipped("patina_us")
    share, other = "subsequent.trastuzumab_deruxtecan.share", "subsequent.trastuzumab_emtansine.share"
    result = two_way(definition, share, "care.progressed_care", [0.5], [2000.0])
    edited = edit(definition, {share: 0.5, other: 0.5, "care.progressed_care": 2000.0})
    assert result.inmb(1e5)[0, 0] == pytest.approx(base_case(edited).inmb(1e5), rel=1e-11)


def test_a_curve_is_moved_by_standard_errors_of_its_restricted_mean() -> None:
    """At 0 the base case; at the ends the rows of the one-way analysis."""
    definition = shipped("patina_us")
    result = two_way(definition, "curves.control.os", "utilities.progression_free", points=3)
    assert result.first.values.tolist() == pytest.approx([-1.959964, 0.0, 1.959964])
    row = one_way(definition).table(1e5).set_index("input").loc["curves.control.os"]
    free = "utilities.progression_free"
    errors, value = result.first.values, definition.parameters[free].value
    at_base = two_way(definition, "curves.control.os", free, errors, [value]).inmb(1e5)[:, 0]
    expected = [row["inmb_low"], shipped_base("patina_us").inmb(1e5), row["inmb_high"]]
    np.testing.assert_allclose(at_base, expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("inputs", "values", "message"),
    [
        (("utilities.progressed", "nowhere"), ([0.5], [1.0]), "there is no input 'nowhere'"),
        (("utilities.progressed", "care.pfs_care"), ([0.5, 1.2], [1.0]), "1.2 is above the maximum of 1"),
        (("utilities.progressed", "care.chemo_drug"), ([0.5], None), "care.chemo_drug has no range"),
    ],
)
def test_what_cannot_be_moved_is_refused(
    inputs: tuple[str, str], values: tuple[list[float], list[float] | None], message: str
) -> None:
    with pytest.raises(DefinitionError, match=message):
        two_way(published_example_a(), *inputs, *values)


# Threshold values


def test_a_threshold_value_found_by_search_is_the_closed_form_price() -> None:
    definition = published_example_a()
    (found,) = switching_values(definition, ["care.target_drug"], 150_000.0, {"care.target_drug": (0.0, 2e4)})
    assert found.roots == pytest.approx([0.0196752677911807 * 150_000 + 1151.61480915423], rel=1e-9)
    assert found.finding == "cost-effective below it"


def test_where_there_is_no_threshold_value_it_says_so_and_how_close_it_came() -> None:
    (found,) = switching_values(published_example_a(), ["utilities.progressed"], 150_000.0)
    assert found.roots == () and np.isnan(switching_value_table([found])["value"].iloc[0])
    assert "not cost-effective over the whole range" in found.finding
    closest = np.abs(found.inmb).min()
    assert f"{closest:,.0f}" in found.finding


def test_an_input_that_moves_nothing_has_no_threshold_value() -> None:
    definition = model(
        [own_curve(a, e, "exponential", rate=0.02) for a in ("old", "new") for e in ("pfs", "os")],
        utilities=utilities(0.8, Parameter(value=0.6, distribution="beta", standard_error=0.05)),
    )
    (found,) = switching_values(definition)
    assert found.finding == "moves nothing" and found.roots == ()


def test_several_switching_values_are_all_reported() -> None:
    """Both roots, and INMB is zero in a run at each of them."""
    definition = two_roots()
    (found,) = switching_values(
        definition, ["coefficients.new.os.rate"], 50_000.0, {"coefficients.new.os.rate": (0.001, 0.06)}, points=200
    )
    assert len(found.roots) == 2 and "more than once" in found.finding
    for root in found.roots:
        edited = base_case(edit(definition, {"coefficients.new.os.rate": root}))
        assert edited.inmb(50_000.0) == pytest.approx(0.0, abs=1e-5)


def two_roots() -> ModelDefinition:
    """Progressed years are worth 10,000 a year less than they cost, progression-free ones are worth more: at first a
    shorter OS saves, then, as PFS may not exceed OS, it takes progression-free time."""
    curves = [
        own_curve("old", "pfs", "exponential", rate=0.05),
        own_curve("old", "os", "exponential", rate=0.02),
        own_curve("new", "pfs", "exponential", rate=0.02),
        own_curve("new", "os", "exponential", rate=0.02),
    ]
    care = (
        monthly("later", "progressed", 40_000 / 12),
        dataclasses.replace(monthly("new_drug", "progression_free", 35_000.0, "new"), during="at_start", frequency="once"),
    )
    return model(curves, care=care, utilities=utilities(0.8, 0.6), settings=settings(horizon_years=20.0))


def test_draws_of_moved_inputs_leave_the_base_case_alone() -> None:
    definition = published_example_a()
    before = base_case(definition).incremental_cost
    two_way(definition, "care.target_drug", "care.pfs_care", points=2)
    assert base_case(definition).incremental_cost == before
    assert isinstance(psa(definition, 3, 1).draws, Draws)


def test_a_drug_that_is_free_today_has_no_price_line_and_the_model_runs() -> None:
    free = edit(shipped("patina_us"), {"products.palbociclib.pack_21": 0.0})
    assert value_based_prices(free).table().empty and value_based_prices(free).confirmed().empty
    assert not price_sentences(free)
    with pytest.raises(DefinitionError, match="is 0 today"):
        value_based_prices(free, ["palbociclib"])


def test_a_price_that_no_one_pays_more_often_sets_no_limit() -> None:
    """Arms exchanged: the comparator pays for palbociclib and takes more of the drugs that both use."""
    names = {"settings.intervention": "control", "settings.comparator": "palbociclib"}
    found = price_probability(psa(edit(shipped("patina_us"), names), 200, 1), "pertuzumab")
    chances = found.probability([0.0, 1e6, 1e9, 1e15], 150_000.0)
    assert chances.min() > 0.5
    assert found.price_with(0.5, 150_000.0) == np.inf
