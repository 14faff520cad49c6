"""Patients who start progressed, and utility lost to adverse events by time in a state, live.

Oracle: formualizer, an independent engine that knows only the file; and the definition of Python.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from model.analysis import psa, scenarios
from model.definition import ModelDefinition, PopulationItem, ScenarioChange, edit
from tests.helpers.perturbations import effect
from tests.helpers.recalculated import Recalculated, written_book, wrong_as_written
from tests.helpers.small_models import uncertain
from tests.helpers.small_runs import small_with_typed_curves

SHARE = "population.progressed_share"
RULE = "settings.adverse_event_disutility"
CHANGES: dict[str, dict[str, Any]] = {
    "more who start progressed": {SHARE: 0.3},
    "few start progressed": {SHARE: 0.01},
    "the hazard rule": {"settings.crossing": "hazard", SHARE: 0.2},
    "a drug until progression": {"regimens.new_treatment.new_drug.until": "progression"},
    "events in full": {RULE: "per_event"},
    "events while alive": {RULE: "while_alive"},
    "events on treatment": {RULE: "while_on_treatment"},
    "an event that lasts": {"event_consequences.neutropenia.duration_days": 400.0},
    "another accrual": {"settings.accrual": "life_table", RULE: "while_alive"},
    "left": {"settings.accrual": "left"},
    "a year of 52 weeks": {"settings.year_length": "52_weeks"},
    "simpson": {"settings.accrual": "simpson"},
}


def definition_of_both() -> ModelDefinition:
    start = small_with_typed_curves()
    progressed = PopulationItem(item="progressed_share", parameter=uncertain(0.1, 0.02, "beta"))
    changes = (
        ScenarioChange(id="share", label="More progressed", input=SHARE, value=0.25),
        ScenarioChange(id="full", label="Events in full", input=RULE, value="per_event"),
    )
    made = dataclasses.replace(start, population=(*start.population, progressed), scenarios=changes)
    return edit(made, {RULE: "while_progression_free", "event_consequences.neutropenia.duration_days": 120.0})


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    definition = definition_of_both()
    return written_book(
        tmp_path_factory.mktemp("starting"), definition, scenarios=scenarios(definition), psa=psa(definition, 8, seed=5)
    )


def test_the_workbook_as_written_is_pythons_and_no_check_fails(book: Recalculated) -> None:
    assert wrong_as_written(book) == {}


@pytest.mark.parametrize("what", CHANGES)
def test_an_edit_gives_what_python_gives(book: Recalculated, what: str) -> None:
    found = effect(book, CHANGES[what])
    assert found.moved and found.wrong == {}
    assert found.checks_failed == 0.0


@pytest.mark.parametrize("shown", [{"scenario": 1}, {"scenario": 2}, {"psa_draw": 2}])
def test_scenarios_and_draws_follow(book: Recalculated, shown: dict[str, int]) -> None:
    with book.showing(**shown):
        assert book.value("checks_failed") == 0.0


@pytest.mark.parametrize("change", [{SHARE: 1.2}, {"settings.structure": "state_transition"}, {RULE: "never"}])
def test_what_python_refuses_fails_a_check(book: Recalculated, change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        edit(book.definition, change)
    with book.with_inputs(change):
        assert book.value("checks_failed") != 0.0
