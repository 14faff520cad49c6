"""What the program concludes, in every situation: hand-made costs and QALYs, and the sentence they call for."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from model.analysis import base_case, net_price_grid, psa_summary, scenarios, two_way
from model.analysis.amounts import chance, money, quantity
from model.analysis.change_log.log import change_log
from model.analysis.decision import best_options, evpi, incremental_analysis, pairwise_comparison, settled
from model.analysis.deterministic.switching_values import switching_values
from model.analysis.prices.sentences import price_sentences
from model.analysis.prices.switching_price import switching_prices
from model.definition import edit
from model.definition.records.documentation import ScenarioChange
from tests.helpers.situations import FOUR, PRICED, THREE, TWO, Situation, options

ALL = TWO | THREE | FOUR


@pytest.mark.parametrize("situation", ALL.values(), ids=list(ALL))
def test_the_conclusion_is_right(situation: Situation) -> None:
    said = base_case(situation.definition()).conclusion()
    for words in situation.says:
        assert words in said
    for words in situation.never:
        assert words not in said


# Rounding


def test_options_equal_but_for_rounding_are_identical_and_make_no_ratio() -> None:
    cost, effect = [100_000.0, 100_000.00000000001, 250_000.0], [5.0, 5.000000000000001, 6.0]
    table = incremental_analysis(cost, effect, ["A", "B", "C"]).set_index("option")
    assert table["status"].to_dict() == {"A": "reference", "B": "identical", "C": "on frontier"}
    assert table.loc["C", "compared_with"] == "A" and table.loc["C", "icer"] == 150_000.0
    assert table.loc["B", "cost"] == cost[1]  # shown as given
    assert pairwise_comparison(cost, effect).iloc[0]["conclusion"] == "identical"


def test_the_tolerance_is_relative_to_the_size_of_costs_and_effects() -> None:
    for scale in (1e-6, 1.0, 1e9):
        cost, effect = (np.array([1.0, 1.0 + 1e-12, 1.001]) * scale, np.array([1.0, 1.0 + 1e-12, 1.001]) * scale)
        statuses = incremental_analysis(cost, effect)["status"].tolist()
        assert statuses == ["reference", "identical", "on frontier"]


@pytest.mark.parametrize("gap", [1e-6, 1e-8])
def test_a_difference_above_rounding_stays_one(gap: float) -> None:
    table = incremental_analysis([100.0, 100.0 + 100 * gap], [5.0, 5.0 + 5 * gap])
    assert table["status"].tolist() == ["reference", "on frontier"]
    assert table["icer"].iloc[1] == pytest.approx(20.0, rel=1e-6)


def test_a_cost_that_is_dearer_by_rounding_alone_does_not_save_a_worse_option() -> None:
    table = incremental_analysis([1e5 + 1e-10, 1e5], [6.0, 5.0], ["better", "worse"]).set_index("option")
    assert table["status"].to_dict() == {"worse": "dominated", "better": "reference"}


def test_settled_values_of_far_apart_options_are_untouched() -> None:
    values = np.array([3.0, -2.0, 3.0 - 1e-12, 0.0])
    assert settled(values).tolist() == [3.0 - 1e-12, -2.0, 3.0 - 1e-12, 0.0]


def test_at_a_threshold_equal_to_the_icer_both_are_the_best() -> None:
    cost, effect = np.array([0.1, 0.4]), np.array([0.1, 0.4]) / 30_000
    assert best_options(cost, effect, 30_000.0).tolist() == [True, True]


def test_the_value_of_information_of_equal_options_is_nothing() -> None:
    rng = np.random.default_rng(1)
    cost, effect = rng.normal(1e5, 1e4, 200), rng.normal(5, 1, 200)
    noise = rng.normal(0, 1e-12, (2, 200))
    costs, effects = (np.stack([cost, cost * (1 + noise[0])], 1), np.stack([effect, effect * (1 + noise[1])], 1))
    assert evpi(costs, effects, 30_000.0) == 0.0
    said = psa_summary(costs, effects, ["A", "B"], [30_000.0]).summary()
    assert "B: 0.000 QALY (0.000 to 0.000) at 0.00 (0.00 to 0.00); no difference in costs or QALYs." in said
    assert "A and B have the same mean net benefit" in said


# Amounts


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (quantity(0.5), "0.50"),
        (quantity(0.005), "0.01"),
        (quantity(0.0049), "0.0049"),
        (quantity(1e-6), "0.0000010"),
        (quantity(0.0), "0.00"),
        (quantity(-0.00321), "-0.0032"),
        (quantity(0.0005, 3), "0.001"),
        (quantity(0.0004, 3), "0.00040"),
        (money(0.004, "USD"), "USD 0.0040"),
        (money(-0.004, "USD"), "-USD 0.0040"),
        (money(0.0, "USD"), "USD 0.00"),
        (chance(0.0004), "<0.1%"),
        (chance(0.0), "<0.1%"),
        (chance(0.0, certain=True), "0.0%"),
        (chance(0.0006), "0.1%"),
        (chance(0.9999), ">99.9%"),
        (chance(1.0, certain=True), "100.0%"),
        (chance(0.5), "50.0%"),
    ],
)
def test_no_difference_and_no_chance_is_rounded_away(shown: str, expected: str) -> None:
    assert shown == expected


def test_a_chance_of_one_in_two_thousand_is_not_called_none() -> None:
    """One draw of 4,000 in which B is the best: EVPI is above zero, so B's chance is not 0.0% and A's not 100.0%."""
    costs, effects = np.tile([1e4, 2e4], (4000, 1)), np.ones((4000, 2))
    effects[0, 1] = 9.0
    said = psa_summary(costs, effects, ["A", "B"], [30_000.0], currency="USD").summary()
    assert "A has the highest mean net benefit (best in >99.9% of draws); EVPI USD 57.50 per patient" in said


# Prices


def limits(name: str, threshold: float) -> tuple[float, float]:
    found = switching_prices(PRICED[name].definition(), [threshold]).table().iloc[0]
    return float(found["best_from"]), float(found["best_up_to"])


def gain(name: str) -> np.ndarray:
    qalys = base_case(PRICED[name].definition()).outcomes.total_qalys[0]
    return np.asarray(qalys - qalys[0])


def test_with_one_user_the_price_is_what_its_qalys_are_worth() -> None:
    name = "one user: the price at which INMB is zero"
    assert limits(name, 20_000.0) == pytest.approx((0.0, 20_000 * gain(name)[1]))


def test_with_several_users_the_price_is_that_against_the_best_alternative() -> None:
    """New and Third use 1 and 1/2 of the drug and nothing else differs in cost: against Old the price may be T x g, against
    Third T x (g_new - g_third) / (1 - 1/2); the lower of the two binds."""
    name = "two users, a third without"
    g = gain(name)
    for threshold in (20_000.0, 50_000.0):
        expected = min(threshold * g[1], threshold * (g[1] - g[2]) / 0.5)
        assert limits(name, threshold) == pytest.approx((0.0, expected))


def test_where_another_option_uses_more_the_price_has_a_lower_end() -> None:
    """As effective as Third, half the drug, 2,000 dearer else: better above 2,000 / (1 - 1/2) = 4,000."""
    name = "the other option uses more"
    low, high = limits(name, 20_000.0)
    assert (low, high) == pytest.approx((4_000.0, (20_000 * gain(name)[1] - 2_000) / 0.5))


@pytest.mark.parametrize("name", ["two users, a third without", "the other option uses more"])
def test_runs_just_inside_the_limits_prefer_the_intervention_and_just_outside_another(name: str) -> None:
    definition = PRICED[name].definition()
    low, high = limits(name, 20_000.0)
    for price, best in ((low * 1.001, True), (low * 0.999, low == 0), (high * 0.999, True), (high * 1.001, False)):
        found = base_case(edit(definition, {"products.pill.pack": price}))
        assert (1 in found.best(20_000.0)) is best


def test_no_price_names_the_condition_it_rests_on() -> None:
    name = "one user, too dear even when free"
    table = switching_prices(PRICED[name].definition(), [20_000.0]).table()
    assert math.isnan(table["best_up_to"].iloc[0]) and not table["best_today"].iloc[0]
    (line,) = [x for x in price_sentences(PRICED[name].definition()) if x.startswith("Price of")]
    for words in (
        "all other prices unchanged",
        "no price, not even zero, at USD 20,000 or USD 50,000 per QALY",
        "even with Pill free of charge New costs USD 18,470 more than Old and gives 0.31 more QALYs",
    ):
        assert words in line


def test_a_drug_that_all_use_alike_has_no_price_at_which_anything_changes() -> None:
    both = options(2, (1.0, 1.0))
    assert not switching_prices(both).priced and "Price of" not in "".join(price_sentences(both))


# Other places that conclude


def test_the_value_at_which_the_decision_changes_is_that_against_the_best_of_all_options() -> None:
    """Old and Third as they are, New's cost from 100,000 up: it ceases to be the best where it meets Third, not Old."""
    situation = THREE["each is the best somewhere"]
    definition = situation.definition()
    base = base_case(definition)
    q, c = base.compared_qalys, base.compared_costs
    (found,) = switching_values(definition, ["care.cost_new"], 50_000.0, {"care.cost_new": (1e5, 2e5)})
    assert found.roots == pytest.approx([c[2] + 50_000 * (q[1] - q[2])])
    assert found.roots[0] < c[0] + 50_000 * (q[1] - q[0]) - 100


def test_the_change_log_says_what_follows_before_and_after() -> None:
    old = THREE["each is the best somewhere"].definition()
    log = change_log(old, edit(old, {"care.cost_third": 5e4}))
    assert log.before.words.startswith("USD 25,000 per QALY gained: cost-effective at USD 50,000")
    assert "highest net benefit of all 3 options: Third at USD 20,000 or USD 50,000 per QALY" in log.after.words


def test_the_comparison_the_other_way_round_says_the_same_of_the_options() -> None:
    """Swapping intervention and comparator turns the sentence, not who is the best."""
    situation = TWO["dearer and better, between the thresholds"]
    turned = edit(situation.definition(), {"settings.intervention": "old", "settings.comparator": "new"})
    said = base_case(turned).conclusion()
    assert "Old care loses 0.31 QALYs against new care at a saving of USD 9,240" in said
    assert "(a saving of USD 30,000 per QALY forgone): cost-effective at USD 20,000, not cost-effective at USD 50,000" in said


def test_the_console_lists_all_options_by_cost() -> None:
    said = base_case(THREE["the intervention is extendedly dominated"].definition()).summary()
    assert "Old (reference), New (extendedly dominated) and Third (USD 30,000 per QALY against Old)." in said
    assert "New minus Old" in said


def test_a_two_way_grid_and_scenarios_follow_the_best_of_all_options() -> None:
    situation = THREE["each is the best somewhere"]
    base = situation.definition()
    dearer = ScenarioChange(id="dear", label="New is dear", input="care.cost_new", value=150_000.0)
    definition = dataclasses.replace(base, scenarios=(dearer,))
    table = scenarios(definition).table()
    assert table["best at 20000"].tolist() == ["Third", "Third"]
    assert table["best at 50000"].tolist() == ["New", "Third"]
    costs = [100_000.0, 120_000.0]
    grid = two_way(definition, "care.cost_new", "care.cost_third", costs, costs)
    qalys = base_case(definition).outcomes.total_qalys[0]
    for i, new in enumerate(costs):
        for j, third in enumerate(costs):
            benefit = 50_000 * qalys - np.array([100_000.0, new, third])
            assert grid.lead(50_000.0)[i, j] == pytest.approx(benefit[1] - max(benefit[0], benefit[2]))


def test_net_prices_of_two_drugs_are_judged_against_the_best_of_all_options() -> None:
    """Old without, New with both drugs, Third with half of the first: the grid is the lead in runs at those prices."""
    one = PRICED["two users, a third without"].definition()
    second = {
        "drugs": (*one.drugs, dataclasses.replace(one.drugs[0], id="drip", label="Drip")),
        "products": (*one.products, dataclasses.replace(one.products[0], drug="drip")),
        "regimens": (*one.regimens, dataclasses.replace(one.regimens[0], drug="drip")),
    }
    definition = dataclasses.replace(one, **second)
    grid = net_price_grid(definition, "pill", "drip", [0.0, 0.5, 30.0], [0.0, 1.0])
    for i, a in enumerate(grid.first_shares):
        for j, b in enumerate(grid.second_shares):
            run = base_case(edit(definition, {"products.pill.pack": 1e3 * a, "products.drip.pack": 1e3 * b}))
            benefit = 20_000.0 * run.compared_qalys - run.compared_costs
            lead = benefit[1] - max(benefit[0], benefit[2])
            assert grid.inmb(20_000.0)[i, j] == pytest.approx(lead, rel=1e-9)
    edge = grid.boundary(20_000.0).iloc[0]["net price pill"]
    assert edge == pytest.approx(limits("two users, a third without", 20_000.0)[1])
