"""Pairwise comparison and quadrants: labels used correctly and never a negative ICER (R19)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.analysis.decision import ceac, pairwise_comparison, quadrants

ZERO = (100.0, 1.0)
CASES = {  # cost and effect of the option against ZERO: quadrant, conclusion, icer, saving per unit forgone
    "dearer and better": (300, 2, "NE", "more costly and more effective", 200, np.nan),
    "cheaper and better": (50, 2, "SE", "dominant", np.nan, np.nan),
    "as dear and better": (100, 2, "SE", "dominant", np.nan, np.nan),
    "cheaper and as good": (50, 1, "SE", "dominant", np.nan, np.nan),
    "cheaper and worse": (50, 0.5, "SW", "less costly and less effective", np.nan, 100),
    "dearer and worse": (300, 0.5, "NW", "dominated", np.nan, np.nan),
    "dearer and as good": (300, 1, "NW", "dominated", np.nan, np.nan),
    "as dear and worse": (100, 0.5, "NW", "dominated", np.nan, np.nan),
    "the same": (100, 1, "origin", "identical", np.nan, np.nan),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_every_place_on_the_plane_has_its_quadrant_its_words_and_its_ratio(case):
    cost, effect, quadrant, conclusion, icer, saving = case
    row = pairwise_comparison([ZERO[0], cost], [ZERO[1], effect], ["old", "new"], "old").iloc[0]
    assert (row["option"], row["reference"]) == ("new", "old")
    assert (row["quadrant"], row["conclusion"]) == (quadrant, conclusion)
    np.testing.assert_array_equal([row["icer"], row["saving_per_unit_forgone"]], [icer, saving])


def test_swapping_the_reference_turns_an_icer_into_a_saving_of_the_same_size():
    there = pairwise_comparison([100, 300], [1, 2], ["old", "new"], "old").iloc[0]
    back = pairwise_comparison([100, 300], [1, 2], ["old", "new"], "new").iloc[0]
    assert there["icer"] == back["saving_per_unit_forgone"] == 200
    assert back["quadrant"] == "SW"


def test_every_option_but_the_reference_has_a_row_in_the_order_given():
    table = pairwise_comparison([3, 1, 2], [3, 1, 2], ["A", "B", "C"], "B")
    assert table["option"].tolist() == ["A", "C"]
    assert table["reference"].tolist() == ["B", "B"]


def test_draws_give_the_ratio_of_means():
    table = pairwise_comparison([[0, 100], [0, 300]], [[0, 1], [0, 9]], ["A", "B"], "A")
    assert table["icer"].item() == 40


differences = st.lists(st.tuples(*[st.integers(-9, 9)] * 4), min_size=1, max_size=30)  # cost and effect of two options


@given(differences)
def test_no_ratio_is_ever_negative(rows):
    values = np.array(rows)
    table = pairwise_comparison(values[:, :2], values[:, 2:], ["A", "B"], "A")
    ratios = table[["icer", "saving_per_unit_forgone"]].to_numpy()
    assert not (ratios <= 0).any()
    assert np.isfinite(ratios).sum() == (table["quadrant"].item() in ("NE", "SW"))


@given(differences, st.integers(0, 20))
def test_quadrant_shares_sum_to_1_and_cost_effective_share_is_the_acceptability_curve(rows, threshold):
    values = np.array(rows)
    row = quadrants(values[:, :2], values[:, 2:], threshold, ["A", "B"]).iloc[0]
    assert sum(row[q] for q in ("NE", "SE", "SW", "NW", "origin")) == pytest.approx(1, abs=1e-12)
    curve = ceac(values[:, :2], values[:, 2:], threshold, ["A", "B"])
    assert row["cost_effective"] == pytest.approx(curve["B"].item(), abs=1e-12)
    assert row["NE_cost_effective"] <= row["NE"] + 1e-12
    assert row["SW_cost_effective"] <= row["SW"] + 1e-12


def test_quadrant_shares_of_a_hand_counted_plane():
    effect = [1, 1, 1, -1, -1, -1, 0, 2]
    cost = [5, 20, -1, -5, -20, 1, 0, 30]
    zeros = np.zeros(8)
    row = quadrants(np.column_stack([zeros, cost]), np.column_stack([zeros, effect]), 10, ["A", "B"]).iloc[0]
    assert [row[q] * 8 for q in ("NE", "SE", "SW", "NW", "origin")] == [3, 1, 2, 1, 1]
    assert row["NE_cost_effective"] * 8 == 1  # (1, 5); (1, 20) and (2, 30) lie above the line
    assert row["SW_cost_effective"] * 8 == 1  # 20 saved for 1 forgone; 5 is too little
    assert row["cost_effective"] * 8 == 3.5  # these two, the dominant one, and half of the draw without difference


def test_unknown_reference_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match=r"'C' is not among the options \['A', 'B'\]"):
        pairwise_comparison([1, 2], [1, 2], ["A", "B"], "C")


def test_quadrants_takes_one_threshold_only():
    with pytest.raises(ValueError, match="one threshold"):
        quadrants(np.ones((3, 2)), np.ones((3, 2)), [1, 2])  # type: ignore[arg-type]
