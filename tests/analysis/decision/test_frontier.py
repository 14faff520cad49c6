"""Fully incremental analysis against dampack 1.0.2 and the frontier of heemod issue 182.

Source: tests/reference/icers.json and `icers` in voi.json, printed to 15 digits: agreement to 1e-12. The
eight options are those of pierucci/heemod#182, where a frontier was wrong; the right one and its ICERs
(6 decimals, so agreement to 1e-10) were computed from their costs and effects, not by heemod.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.analysis.decision import DAMPACK_STATUS, incremental_analysis, net_monetary_benefit

REFERENCE = Path(__file__).parents[2] / "reference"


def dampack_cases() -> dict[str, dict]:
    cases = json.loads((REFERENCE / "icers.json").read_text())
    six = json.loads((REFERENCE / "voi.json").read_text())["icers"]
    six["input"] = [{"strategy": row["s"], "cost": row["c"], "effect": row["e"]} for row in six["input"]]
    return {**cases, "six strategies": six}


def by_option(table: pd.DataFrame, column: str) -> dict[str, object]:
    return dict(zip(table["option"], table[column], strict=True))


@pytest.mark.parametrize("case", dampack_cases().values(), ids=list(dampack_cases()))
def test_order_status_and_icers_are_those_of_dampack(case):
    given_options = pd.DataFrame(case["input"])
    table = incremental_analysis(given_options["cost"], given_options["effect"], given_options["strategy"], order="status")
    expected = pd.DataFrame(case["result"])
    assert table["option"].tolist() == expected["Strategy"].tolist()
    assert table["status"].map(DAMPACK_STATUS).tolist() == expected["Status"].tolist()
    for ours, theirs in {
        "cost": "Cost",
        "effect": "Effect",
        "incremental_cost": "Inc_Cost",
        "incremental_effect": "Inc_Effect",
        "icer": "ICER",
    }.items():
        printed = expected[theirs] if theirs in expected else pd.Series(np.nan, index=expected.index)
        np.testing.assert_allclose(table[ours], printed, rtol=1e-12, atol=0)


def test_frontier_of_heemod_issue_182_is_1_5_8():
    cost = [14807, 26041, 49706, 64266, 40022, 57392, 91744, 54651]
    effect = [9.635, 10.2497, 11.1654, 11.5152, 11.582, 11.6248, 11.6296, 11.6588]
    table = incremental_analysis(cost, effect, [str(i) for i in range(1, 9)])
    assert by_option(table, "status") == {
        "1": "reference",
        "2": "extendedly dominated",
        "3": "dominated",
        "4": "dominated",
        "5": "on frontier",
        "6": "dominated",
        "7": "dominated",
        "8": "on frontier",
    }
    frontier = table[table["status"] == "on frontier"]
    assert frontier["compared_with"].tolist() == ["1", "5"]
    np.testing.assert_allclose(frontier["icer"], [12950.693374, 190481.770833], rtol=1e-10)


def test_table_is_listed_by_cost_unless_asked_otherwise():
    table = incremental_analysis([30, 10, 20], [3.0, 1.0, 0.5], ["dear", "cheap", "bad"])
    assert table["option"].tolist() == ["cheap", "bad", "dear"]
    by_status = incremental_analysis([30, 10, 20], [3.0, 1.0, 0.5], ["dear", "cheap", "bad"], order="status")
    assert by_status["option"].tolist() == ["cheap", "dear", "bad"]


def test_at_equal_cost_the_less_effective_is_dominated():
    table = incremental_analysis([100, 100, 300], [1.0, 2.0, 3.0], ["A", "B", "C"])
    assert by_option(table, "status") == {"A": "dominated", "B": "reference", "C": "on frontier"}


def test_at_equal_effect_the_dearer_is_dominated():
    table = incremental_analysis([200, 100], [1.0, 1.0], ["A", "B"])
    assert by_option(table, "status") == {"A": "dominated", "B": "reference"}


def test_identical_options_are_called_identical_and_share_the_frontier_place():
    table = incremental_analysis([100, 500, 100, 500], [1.0, 2.0, 1.0, 2.0], ["A", "B", "C", "D"])
    assert by_option(table, "status") == {"A": "reference", "B": "on frontier", "C": "identical", "D": "identical"}
    assert by_option(table, "compared_with") == {"A": None, "B": "A", "C": "A", "D": "B"}
    assert by_option(table, "icer")["B"] == 400
    assert table.loc[table["status"] == "identical", "icer"].isna().all()


def test_identical_copies_of_a_dominated_option_are_both_dominated():
    table = incremental_analysis([100, 200, 200], [1.0, 0.5, 0.5], ["A", "B", "C"])
    assert by_option(table, "status") == {"A": "reference", "B": "dominated", "C": "dominated"}


def test_identical_copies_of_an_extendedly_dominated_option_are_both_extendedly_dominated():
    table = incremental_analysis([0, 90, 90, 100], [0.0, 1.0, 1.0, 10.0], ["A", "B", "C", "D"])
    assert [by_option(table, "status")[name] for name in "BC"] == ["extendedly dominated"] * 2


def test_all_options_identical_leaves_one_reference():
    table = incremental_analysis([5, 5, 5], [1.0, 1.0, 1.0], ["A", "B", "C"])
    assert table["status"].tolist() == ["reference", "identical", "identical"]


def test_options_on_one_line_all_stay_on_the_frontier_with_equal_icers():
    table = incremental_analysis([0, 10, 20, 40], [0, 1, 2, 4], ["A", "B", "C", "D"])
    assert table["status"].tolist() == ["reference"] + ["on frontier"] * 3
    assert table["icer"].tolist()[1:] == [10, 10, 10]


def test_extended_dominance_is_repeated_until_icers_rise():
    # C goes because of D (ICER 100 then 10); only then does B's ICER (50) exceed the next (B to D: 40).
    table = incremental_analysis([0, 50, 150, 170], [0, 1, 2, 4], ["A", "B", "C", "D"])
    assert table["status"].tolist() == ["reference", "extendedly dominated", "extendedly dominated", "on frontier"]


def test_draws_give_the_ratio_of_means_not_the_mean_of_ratios():
    costs, effects = np.array([[0.0, 100.0], [0.0, 300.0]]), np.array([[0.0, 1.0], [0.0, 9.0]])
    table = incremental_analysis(costs, effects, ["A", "B"])
    assert by_option(table, "icer")["B"] == 200 / 5


def test_unknown_order_is_refused():
    with pytest.raises(ValueError, match="order must be"):
        incremental_analysis([1, 2], [1, 2], order="effect")  # type: ignore[arg-type]


whole = st.integers(0, 40)
some_options = st.lists(st.tuples(whole, whole), min_size=2, max_size=9)


@given(some_options)
def test_frontier_icers_do_not_decrease_and_none_is_negative(options):
    costs, effects = np.transpose(options)
    icer = incremental_analysis(costs, effects)["icer"].dropna().to_numpy()
    assert (icer >= 0).all()
    assert (np.diff(icer) >= 0).all()


@given(some_options, st.randoms(use_true_random=False))
def test_order_of_options_does_not_matter(options, random):
    shuffled = random.sample(options, len(options))
    first, second = (incremental_analysis(*np.transpose(each)).drop(columns="option") for each in (options, shuffled))
    columns = ["cost", "effect", "incremental_cost", "incremental_effect", "icer", "status"]
    pd.testing.assert_frame_equal(first[columns], second[columns])


@given(some_options, st.integers(-1000, 1000))
def test_a_constant_added_to_all_costs_changes_no_status_and_no_icer(options, constant):
    costs, effects = np.transpose(options)
    columns = ["option", "compared_with", "incremental_cost", "incremental_effect", "icer", "status"]
    pd.testing.assert_frame_equal(
        incremental_analysis(costs, effects)[columns], incremental_analysis(costs + constant, effects)[columns]
    )


@given(some_options, st.floats(0, 100))
def test_the_best_option_at_any_threshold_is_on_the_frontier(options, threshold):
    costs, effects = np.transpose(options)
    table = incremental_analysis(costs, effects)
    net_benefit = threshold * table["effect"] - table["cost"]
    on_frontier = table["status"].isin(["reference", "on frontier", "identical"])
    assert net_benefit[on_frontier].max() >= net_benefit.max() - 1e-9


@given(some_options)
def test_neighbours_on_the_frontier_have_equal_net_benefit_at_their_icer(options):
    costs, effects = np.transpose(options)
    table = incremental_analysis(costs, effects).set_index("option")
    for row in table[table["status"] == "on frontier"].itertuples():
        before = table.loc[row.compared_with]
        nmb = net_monetary_benefit([before["cost"], row.cost], [before["effect"], row.effect], row.icer)
        assert nmb[1] == pytest.approx(nmb[0], rel=1e-9, abs=1e-9)
