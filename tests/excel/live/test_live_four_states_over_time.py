"""Four states with all that costs and utilities may do over time, live: patients who start progressed, a utility that is
another one later, care between two days, deaths of one state, a hazard ratio of stopping.

Oracle: formualizer, an independent engine that knows only the file; and the definition of Python.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from model.definition import Care, EndOfLife, ModelDefinition, PopulationItem, TreatmentParameter, Utility, define
from tests.helpers.four_states import four_states, with_own_curve
from tests.helpers.perturbations import effect
from tests.helpers.recalculated import Recalculated, written_book, wrong_as_written
from tests.helpers.small_models import POPULATION, fixed, tables_of

CHANGES: dict[str, dict[str, Any]] = {
    "more who start progressed": {"population.progressed_share": 0.3},
    "a drug until progression": {"regimens.new.tablets.until": "progression"},
    "a later change": {"utilities.off_early.until_month": 14.0, "utilities.off_late.from_month": 14.0},
    "other days": {"care.weekly.until_day": 400.0},
}


def four_states_over_time() -> ModelDefinition:
    start = with_own_curve(four_states())
    rows = [u for u in start.utilities if u.state != "off_therapy"]
    rows.append(Utility(id="off_early", state="off_therapy", until_month=9.0, parameter=fixed(0.7)))
    rows.append(Utility(id="off_late", state="off_therapy", from_month=9.0, parameter=fixed(0.8)))
    weekly = {"during": "off_therapy", "frequency": "per_week", "from_day": 50.0, "until_day": 900.0}
    dying = EndOfLife(id="early", label="Dying early", state="progression_free", parameter=fixed(2000.0))
    tables = tables_of(start) | {
        "population": (*POPULATION, PopulationItem(item="progressed_share", parameter=fixed(0.15))),
        "settings": dataclasses.replace(start.settings, horizon_years=10.0, cycle_days=60.875),
        "treatment": (TreatmentParameter(arm="new", drug="tablets", item="hazard_ratio", parameter=fixed(1.4)),),
        "utilities": tuple(rows),
        "care": (*start.care, Care(id="weekly", label="Weekly", parameter=fixed(12.0), **weekly)),
        "end_of_life": (*start.end_of_life, dying),
    }
    return define(**tables)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    return written_book(tmp_path_factory.mktemp("four"), four_states_over_time())


def test_the_workbook_as_written_is_pythons_and_no_check_fails(book: Recalculated) -> None:
    assert wrong_as_written(book) == {}


@pytest.mark.parametrize("what", CHANGES)
def test_an_edit_gives_what_python_gives(book: Recalculated, what: str) -> None:
    found = effect(book, CHANGES[what])
    assert found.moved and found.wrong == {}
    assert found.checks_failed == 0.0
