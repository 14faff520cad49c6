"""What changes over time, live: costs with a first and a last day and at death by the state left; utilities by arm and time;
utility lost to adverse events by time in a state; and patients who start progressed.

Oracle: formualizer, an independent engine that knows only the file; and the definition of Python.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from model.analysis import budget_impact, psa, scenarios
from model.definition import Care, EndOfLife, ModelDefinition, PopulationItem, ScenarioChange, Utility, edit
from tests.helpers.perturbations import effect
from tests.helpers.recalculated import Recalculated, written_book, wrong_as_written
from tests.helpers.small_models import fixed, uncertain
from tests.helpers.small_runs import small_with_typed_curves

SHARE, RULE = "population.progressed_share", "settings.adverse_event_disutility"
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
COSTS: dict[str, dict[str, Any]] = {
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
UTILITIES: dict[str, dict[str, Any]] = {
    "an earlier value": {"utilities.free_early": 0.61},
    "a later time": {"utilities.free_early.until_month": 9.5, "utilities.free_late.from_month": 9.5},
    "a time after that of the other state": {
        "utilities.free_early.until_month": 25.0,
        "utilities.free_late.from_month": 25.0,
    },
    "a decrement": {"utilities.mine_late.given_as": "decrement", "utilities.mine_late": 0.2},
    "a level above the first": {"utilities.mine_late": 0.9},
    "a change that ends sooner": {"utilities.on_drug.until_month": 3.0},
    "a change that begins later": {"utilities.on_drug.from_month": 2.0},
    "another accrual": {"settings.accrual": "left"},
    "a year of 52 weeks": {"settings.year_length": "52_weeks"},
    "simpson": {"settings.accrual": "simpson"},
    "the effect discounted": {"settings.discount_rate_effects": 0.06},
    "a longer horizon": {"settings.horizon_years": 4.0},
}
STARTS_AND_EVENTS: dict[str, dict[str, Any]] = {
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
SCENARIOS: dict[str, dict[str, Any]] = {
    "later_days": {"care.late.from_day": 700.0, "care.early.frequency": "per_year"},
    "death_share": {"settings.deaths_by_state": "death_share"},
    "later_months": {"utilities.free_early.until_month": 14.0, "utilities.free_late.from_month": 14.0},
    "more_progressed": {SHARE: 0.25},
    "events_in_full": {RULE: "per_event"},
}


def utilities_over_time() -> tuple[Utility, ...]:
    """One arm with rows of its own after progression; a first state with two periods for both arms."""
    drawn = uncertain(0.70, 0.04, "beta")
    return (
        Utility(id="free_early", state="progression_free", until_month=7.0, parameter=drawn),
        Utility(id="free_late", state="progression_free", from_month=7.0, parameter=fixed(0.78)),
        Utility(id="theirs", state="progressed", parameter=uncertain(0.62, 0.03, "beta")),
        Utility(id="mine_early", state="progressed", arm="new_treatment", until_month=20.0, parameter=fixed(0.74)),
        Utility(id="mine_late", state="progressed", arm="new_treatment", from_month=20.0, parameter=fixed(0.5)),
        Utility(
            id="on_drug",
            state="on_treatment",
            given_as="increment",
            drug="new_drug",
            arm="new_treatment",
            until_month=12.0,
            parameter=fixed(-0.03),
        ),
    )


def definition_over_time() -> ModelDefinition:
    start = small_with_typed_curves()
    progressed = PopulationItem(item="progressed_share", parameter=uncertain(0.1, 0.02, "beta"))
    changes = tuple(
        ScenarioChange(id=name, label=name, input=address, value=value)
        for name, line in SCENARIOS.items()
        for address, value in line.items()
    )
    made = dataclasses.replace(
        start,
        care=(*start.care, *DAYS.values()),
        end_of_life=(*start.end_of_life, *DEATHS),
        utilities=utilities_over_time(),
        population=(*start.population, progressed),
        scenarios=changes,
        correlations=(),
    )
    changed = {RULE: "while_progression_free", "event_consequences.neutropenia.duration_days": 120.0}
    return edit(made, {"settings.median_follow_up": 20.0, "settings.stepped_results": True, **changed})


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


def gives_what_python_gives(book: Recalculated, changes: dict[str, Any]) -> bool:
    found = effect(book, changes)
    return found.moved and found.wrong == {} and found.checks_failed == 0.0


@pytest.mark.parametrize("what", COSTS)
def test_edited_costs_give_what_python_gives(book: Recalculated, what: str) -> None:
    assert gives_what_python_gives(book, COSTS[what])


@pytest.mark.parametrize("what", UTILITIES)
def test_edited_utilities_give_what_python_gives(book: Recalculated, what: str) -> None:
    assert gives_what_python_gives(book, UTILITIES[what])


@pytest.mark.parametrize("what", STARTS_AND_EVENTS)
def test_other_shares_at_the_start_and_rules_of_events_give_what_python_gives(book: Recalculated, what: str) -> None:
    assert gives_what_python_gives(book, STARTS_AND_EVENTS[what])


@pytest.mark.parametrize("shown", [*({"scenario": k} for k in range(1, len(SCENARIOS) + 1)), {"psa_draw": 2}])
def test_scenarios_and_draws_follow(book: Recalculated, shown: dict[str, int]) -> None:
    with book.showing(**shown):
        assert book.value("checks_failed") == 0.0


REFUSED: list[dict[str, Any]] = [
    {"utilities.free_late.from_month": 8.0},
    {"utilities.free_late.from_month": 6.0},
    {"utilities.free_early.until_month": None},
    {"utilities.mine_late.until_month": 30.0},
    {"utilities.mine_late.until_month": 10.0},
    {"utilities.on_drug.from_month": 13.0},
    {SHARE: 1.2},
    {"settings.structure": "state_transition"},
    {RULE: "never"},
]


@pytest.mark.parametrize("change", REFUSED)
def test_what_python_refuses_fails_a_check(book: Recalculated, change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        edit(book.definition, change)
    with book.with_inputs(change):
        assert book.value("checks_failed") != 0.0


def test_a_day_that_the_sheets_have_no_room_for_fails_a_check(book: Recalculated) -> None:
    with book.with_inputs({"care.plain.until_day": 100.0}):
        assert book.value("checks_failed") != 0.0


def test_a_row_of_another_arm_fails_a_check(book: Recalculated) -> None:
    with book.with_inputs({"utilities.on_drug.arm": "standard_care"}):
        assert book.value("checks_failed") != 0.0


def test_an_end_at_the_horizon_changes_nothing(book: Recalculated) -> None:
    found = effect(book, {"utilities.mine_late.until_month": 60.0})
    assert (found.moved, found.wrong, found.checks_failed) == (False, {}, 0.0)
