"""Utilities by arm and by time since the start, live.

Oracle: formualizer, an independent engine that knows only the file; and the definition of Python.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from model.analysis import psa, scenarios
from model.definition import ModelDefinition, ScenarioChange, Utility, edit
from tests.helpers.perturbations import effect
from tests.helpers.recalculated import Recalculated, written_book, wrong_as_written
from tests.helpers.small_models import fixed, uncertain
from tests.helpers.small_runs import small_with_typed_curves

CHANGES: dict[str, dict[str, Any]] = {
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


def definition_over_time() -> ModelDefinition:
    """One arm with rows of its own after progression; a first state with two periods for both arms."""
    start = small_with_typed_curves()
    drawn = uncertain(0.70, 0.04, "beta")
    rows = (
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
    changes = (
        ScenarioChange(id="later", label="Later", input="utilities.free_early.until_month", value=14.0),
        ScenarioChange(id="later", label="Later", input="utilities.free_late.from_month", value=14.0),
    )
    return edit(dataclasses.replace(start, utilities=rows, scenarios=changes, correlations=()), {})


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    definition = definition_over_time()
    return written_book(
        tmp_path_factory.mktemp("utilities"), definition, scenarios=scenarios(definition), psa=psa(definition, 8, seed=5)
    )


def test_the_workbook_as_written_is_pythons_and_no_check_fails(book: Recalculated) -> None:
    assert wrong_as_written(book) == {}


@pytest.mark.parametrize("what", CHANGES)
def test_an_edit_gives_what_python_gives(book: Recalculated, what: str) -> None:
    found = effect(book, CHANGES[what])
    assert found.moved and found.wrong == {}
    assert found.checks_failed == 0.0


@pytest.mark.parametrize("shown", [{"scenario": 1}, {"psa_draw": 2}])
def test_scenarios_and_draws_follow(book: Recalculated, shown: dict[str, int]) -> None:
    with book.showing(**shown):
        assert book.value("checks_failed") == 0.0


@pytest.mark.parametrize(
    "change",
    [
        {"utilities.free_late.from_month": 8.0},
        {"utilities.free_late.from_month": 6.0},
        {"utilities.free_early.until_month": None},
        {"utilities.mine_late.until_month": 30.0},
        {"utilities.mine_late.until_month": 10.0},
        {"utilities.on_drug.from_month": 13.0},
    ],
)
def test_what_python_refuses_fails_a_check(book: Recalculated, change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        edit(book.definition, change)
    with book.with_inputs(change):
        assert book.value("checks_failed") != 0.0


def test_a_row_of_another_arm_fails_a_check(book: Recalculated) -> None:
    with book.with_inputs({"utilities.on_drug.arm": "standard_care"}):
        assert book.value("checks_failed") != 0.0


def test_an_end_at_the_horizon_changes_nothing(book: Recalculated) -> None:
    found = effect(book, {"utilities.mine_late.until_month": 60.0})
    assert (found.moved, found.wrong, found.checks_failed) == (False, {}, 0.0)
