"""Analyses of prices where prices change over time: the list price moves its factors, new prices stay, costs stay linear."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from model.analysis import base_case, net_price_grid, value_based_prices
from model.analysis.prices.sentences import price_sentences
from model.analysis.prices.switching_price import switching_prices
from model.definition import DefinitionError, ModelDefinition, Threshold, edit
from tests.helpers.prices_over_time import change, checked, prices_over_time

PACK = "products.new_drug.pack_28"
THRESHOLD = 500_000.0


def only(*rows: object) -> ModelDefinition:
    """The small model with these price changes alone."""
    return checked(dataclasses.replace(prices_over_time(), price_changes=rows, scenarios=()))  # type: ignore[arg-type]


CASES = {
    "a factor": only(change("new_drug", "generic", "factor", 0.3, from_month=12.0)),
    "a new price": only(change("new_drug", "generic", "new_price", 900.0, from_month=12.0)),
    "both": only(
        change("new_drug", "generic", "factor", 0.3, from_month=12.0),
        change("new_drug", "tender", "new_price", 900.0, from_month=24.0),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_model_run_at_the_value_based_price_has_no_net_benefit(case: str) -> None:
    d = CASES[case]
    (row,) = value_based_prices(d, ["new_drug"], [THRESHOLD]).table().itertuples()
    assert row.price_at_zero_inmb > 0
    at_price = base_case(edit(d, {PACK: float(row.price_at_zero_inmb)}))
    assert at_price.inmb(THRESHOLD) == pytest.approx(0.0, abs=1e-6)


def test_with_a_factor_the_price_of_the_first_period_moves_the_later_ones() -> None:
    """Free of charge at first is free of charge for ever."""
    d = edit(CASES["a factor"], {PACK: 0.0})
    other = edit(d, {"price_changes.new_drug.generic.factor": 0.9})
    assert base_case(d).incremental_cost == base_case(other).incremental_cost


def test_a_new_price_stays_whatever_the_list_price_is() -> None:
    """Free of charge for the first year, then at 900 a pack: what is left of the drug's cost is that of later packs."""
    later = edit(CASES["a new price"], {PACK: 0.0})
    cheaper = edit(later, {"price_changes.new_drug.generic.new_price": 450.0})
    none = edit(later, {"price_changes.new_drug.generic.new_price": 0.0})
    paid, half, nothing = (base_case(d).incremental_cost for d in (later, cheaper, none))
    assert paid - nothing == pytest.approx(2 * (half - nothing), rel=1e-12)
    assert paid > half > nothing


def test_a_new_price_from_the_start_leaves_the_list_price_nothing_to_decide() -> None:
    d = only(change("new_drug", "tender", "new_price", 900.0, from_month=0.0))
    assert not switching_prices(d).priced and price_sentences(d) == []
    with pytest.raises(DefinitionError, match="does not raise the incremental cost"):
        value_based_prices(d, ["new_drug"])


@pytest.mark.parametrize("case", CASES)
def test_net_prices_of_two_drugs_are_those_of_runs(case: str) -> None:
    grid = net_price_grid(CASES[case], "new_drug", "backbone", [0.0, 0.6], [0.5, 1.0])
    inmb = grid.inmb(THRESHOLD)
    for i, new in enumerate((0.0, 0.6)):
        for k, backbone in enumerate((0.5, 1.0)):
            prices = {p: v * new for p, v in grid.first.today.items()} | {
                p: v * backbone for p, v in grid.second.today.items()
            }
            run = base_case(edit(CASES[case], {**prices, "discounts.new_drug": 0.0}))
            np.testing.assert_allclose(inmb[i, k], run.inmb(THRESHOLD), rtol=1e-9)


def test_the_sentence_about_a_price_says_what_becomes_of_later_prices() -> None:
    (factor,), (both,) = (price_sentences(CASES[c]) for c in ("a factor", "both"))
    assert "all other prices unchanged; its later prices given as a factor move with it)" in factor
    assert "move with it; its new prices later on stay)" in both
    (plain,) = price_sentences(only())
    assert "all other prices unchanged)" in plain


def test_a_drug_with_a_new_price_later_is_not_called_free_of_charge() -> None:
    """At a threshold of next to nothing no price will do: living longer costs more of all the rest."""
    at_nothing = (Threshold(value=1.0),)
    (factor,), (both,) = (price_sentences(dataclasses.replace(CASES[c], thresholds=at_nothing)) for c in ("a factor", "both"))
    assert "since even with New drug free of charge" in factor
    assert "since even with a list price of zero for New drug" in both and "free of charge" not in both
