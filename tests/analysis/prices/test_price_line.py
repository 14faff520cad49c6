"""The answer at other prices is that of a run of the model at those prices."""

from __future__ import annotations

import numpy as np
import pytest

from model.analysis import base_case
from model.analysis.base_case.words import ratio_in_words, verdict
from model.analysis.prices.price_line import SHARES, decision_prices, price_steps
from model.analysis.prices.switching_price import switching_prices
from model.definition import edit
from tests.helpers.shipped import NAMES, shipped


@pytest.mark.parametrize("name", NAMES)
def test_each_row_is_a_run_at_its_price(name: str) -> None:
    definition = shipped(name)
    (address,) = (a for a in definition.parameters if a.startswith("products.palbociclib."))
    table = price_steps(decision_prices(definition))
    assert set(SHARES) <= set(table["share_of_price"])
    for row in table.iloc[[0, 1, len(table) - 1]].to_dict("records"):
        run = base_case(edit(definition, {address: float(row["price"])}))
        assert row["incremental_cost"] == pytest.approx(run.incremental_cost, rel=1e-9)
        for threshold in definition.decision_thresholds():
            assert row[f"inmb at {threshold:g}"] == pytest.approx(run.inmb(threshold), rel=1e-9)
        assert row["ratio"] == ratio_in_words(run)
        assert row["verdict"] == verdict(run)


@pytest.mark.parametrize("name", NAMES)
def test_costs_rise_in_even_steps_with_the_price(name: str) -> None:
    table = price_steps(decision_prices(shipped(name)))
    slopes = np.diff(table["incremental_cost"]) / np.diff(table["price"])
    np.testing.assert_allclose(slopes, slopes[0], rtol=1e-9)


def test_a_price_at_which_the_decision_changes_is_among_the_rows_and_leaves_no_net_benefit() -> None:
    """A threshold of twice what the intervention costs per QALY without the drug: the decision changes at some price."""
    definition = shipped("patina_england")
    free = decision_prices(definition)
    old, new = definition.compared
    ratio = float((free.free[0][new] - free.free[0][old]) / (free.qalys[new] - free.qalys[old]))
    table = price_steps(switching_prices(definition, [2 * ratio]))
    row = table.loc[~table["share_of_price"].isin(SHARES)]
    assert len(row) == 1
    assert row[f"inmb at {2 * ratio:g}"].iloc[0] == pytest.approx(0.0, abs=1e-4)
