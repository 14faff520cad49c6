"""Costs per year, week and cycle, with first and last day, and costs at death by the state left, live.

Oracle: formualizer, an independent engine that knows only the file; and the definition of Python.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from model.analysis import budget_impact, psa, scenarios
from model.definition import Care, EndOfLife, ModelDefinition, ScenarioChange, edit
from tests.helpers.perturbations import effect
from tests.helpers.recalculated import Recalculated, written_book, wrong_as_written
from tests.helpers.small_models import fixed, uncertain
from tests.helpers.small_runs import small_with_typed_curves

DAYS = {
    "early": Care(
        id="early",
        label="Early visits",
        during="alive",
        frequency="per_week",
        until_day=100.0,
        parameter=uncertain(40.0, 8.0),
    ),
    "late": Care(
        id="late",
        label="Late care",
        during="progressed",
        frequency="per_year",
        from_day=400.0,
        parameter=uncertain(900.0, 90.0),
    ),
    "drawn": Care(
        id="drawn",
        label="Blood tests",
        during="on_treatment",
        drug="new_drug",
        frequency="per_cycle",
        from_day=30.0,
        until_day=700.0,
        parameter=fixed(75.0),
    ),
    "scans": Care(
        id="scans",
        label="Scans",
        during="progression_free",
        frequency="every_days",
        interval_days=60.0,
        until_day=500.0,
        parameter=fixed(300.0),
    ),
    "plain": Care(id="plain", label="Plain care", during="alive", frequency="per_year", parameter=fixed(120.0)),
}
DEATHS = tuple(
    EndOfLife(id=f"dying_{state}", label=f"Dying {state}", state=state, parameter=uncertain(cost, cost / 10))
    for state, cost in (("progression_free", 3000.0), ("progressed", 8000.0))
)
CHANGES: dict[str, dict[str, Any]] = {
    "another unit": {"care.plain.frequency": "per_cycle", "care.early.frequency": "per_month"},
    "visits made a yearly cost": {"care.scans.frequency": "per_year"},
    "other days": {"care.early.until_day": 333.0, "care.late.from_day": 20.0},
    "a last day for all": {"care.late.until_day": 800.0, "care.scans.until_day": 90.0},
    "no days": {"care.early.until_day": None, "care.late.from_day": None},
    "days on treatment": {"care.drawn.from_day": None, "care.drawn.until_day": 95.0},
    "another state": {"care.drawn.during": "alive", "care.early.during": "progressed"},
    "deaths by the death share": {"settings.deaths_by_state": "death_share"},
    "all deaths": {"end_of_life.dying_progressed.state": "any"},
    "deaths in the other state": {"end_of_life.dying_progressed.state": "progression_free"},
    "the end counted": {"settings.accrual": "life_table", "settings.deaths_by_state": "death_share"},
    "a year of 52 weeks": {"settings.year_length": "52_weeks"},
    "simpson": {"settings.accrual": "simpson", "care.late.from_day": None},
}


def definition_over_time() -> ModelDefinition:
    start = small_with_typed_curves()
    changes = (
        ScenarioChange(id="later", label="Later", input="care.late.from_day", value=700.0),
        ScenarioChange(id="later", label="Later", input="care.early.frequency", value="per_year"),
        ScenarioChange(id="share", label="Death share", input="settings.deaths_by_state", value="death_share"),
    )
    care, deaths = (*start.care, *DAYS.values()), (*start.end_of_life, *DEATHS)
    made = dataclasses.replace(start, care=care, end_of_life=deaths, scenarios=changes)
    return edit(made, {"settings.median_follow_up": 20.0, "settings.stepped_results": True})


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    definition = definition_over_time()
    return written_book(
        tmp_path_factory.mktemp("days"),
        definition,
        scenarios=scenarios(definition),
        psa=psa(definition, 8, seed=5),
        budget_impact=budget_impact(definition),
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


def test_a_day_that_the_sheets_have_no_room_for_fails_a_check(book: Recalculated) -> None:
    with book.with_inputs({"care.plain.until_day": 100.0}):
        assert book.value("checks_failed") != 0.0
