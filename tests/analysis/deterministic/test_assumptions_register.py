"""The register of assumptions: what the scenario of each moves. Oracle: the table of scenarios, and a price twice as high."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from model.analysis import scenarios
from model.analysis.deterministic.assumptions import NO_REASON
from model.definition import Assumption
from tests.helpers.shipped import NAMES, shipped
from tests.helpers.three_arms import three_arms


def test_an_assumption_moves_what_its_scenario_moves() -> None:
    """The new drug costs 1,500 a month before progression, in the scenario 3,000: the cost rises by as much again."""
    rows = (
        Assumption(id="price", text="The price is right", justification="It is listed", scenario="dear"),
        Assumption(id="time", text="Time", justification="Trial", no_scenario="A definition"),
        Assumption(id="silent", text="Silent", justification="None"),
    )
    definition = dataclasses.replace(three_arms(), assumptions=rows)
    found = scenarios(definition)
    table = found.assumptions().set_index("assumption")
    base = found.base.costs
    drug = base.discounted[0, 2, base.categories.index("Care, progression-free")]
    assert table.loc["price", "cost_change"] == pytest.approx(drug)
    assert table.loc["price", "qalys_change"] == 0.0 and table.loc["price", "explored_by"] == "New drug dearer"
    assert table.loc["price", "icer_change"] > 0
    assert np.isnan(table.loc["time", "cost_change"]) and table.loc["time", "reason"] == "A definition"
    assert table.loc["silent", "reason"] == NO_REASON


@pytest.mark.parametrize("name", [*NAMES, "example_synthetic_trial"])
def test_every_shipped_assumption_names_its_scenario_or_says_why_none(name: str) -> None:
    definition = shipped(name)
    known = set(definition.scenario_changes())
    assert definition.assumptions
    assert all(a.scenario in known or a.no_scenario for a in definition.assumptions)
