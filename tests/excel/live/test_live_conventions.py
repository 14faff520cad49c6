"""Conventions of other tools typed into the output workbook: whatever is chosen, it gives Python's results.

Oracle: formualizer, an independent engine that knows only the file, beside Python (whose conventions are compared with closed
forms in tests/engine/test_conventions.py). One workbook holds all that a convention touches: doses, a loading dose, prices
that change, visits of all patients alive, what is paid once, progressions, adverse events, a budget, the trial period, and a
floor.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from model.analysis import base_case
from model.analysis.agreement import allowed_difference
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import Care, edit
from model.definition.records.settings import ACCRUALS
from tests.helpers.recalculated import Recalculated, differences, written_book
from tests.helpers.small_models import fixed
from tests.helpers.small_runs import small_with_typed_curves

ACCRUAL, DOSES, YEAR = "settings.accrual", "settings.dose_timing", "settings.year_length"
STEPS, PROGRESSIONS = "settings.mortality_steps", "settings.progressions"
CARE = (
    Care(id="scan", label="Scan", during="alive", frequency="every_days", interval_days=60.0, parameter=fixed(80.0)),
    Care(id="test", label="Test", during="on_treatment", drug="new_drug", frequency="once", parameter=fixed(500.0)),
    Care(id="biopsy", label="Biopsy", during="at_progression", frequency="once", parameter=fixed(900.0)),
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    plain = small_with_typed_curves()
    plain = dataclasses.replace(plain, care=(*plain.care, *CARE))
    changed = {
        "settings.stepped_results": True,
        "settings.median_follow_up": 20.0,
        "settings.horizon_years": 4.0,
        "settings.adverse_event_timing": "time_on_treatment",
        "price_changes.new_drug.generic_entry.factor.applies": True,
        "price_changes.new_drug.generic_entry.factor.from_month": 18.0,
        "population.start_age": 86.4,
        "regimens.new_treatment.new_drug.start_day": 30.0,
    }
    return written_book(tmp_path_factory.mktemp("conventions"), edit(plain, changed))


def agrees(book: Recalculated, changes: dict[str, Any]) -> bool:
    """Is every result of the workbook Python's, and is some result another than before?"""
    definition = edit(book.definition, changes)
    python = named_outputs(base_case(definition))
    with book.with_inputs(changes):
        assert differences(python, book.results(), allowed_difference(definition)) == {}
    return python != book.python


@pytest.mark.parametrize("rule", ["right", "right_factor_of_start"])
def test_what_stands_at_the_end_of_a_cycle(book: Recalculated, rule: str) -> None:
    assert agrees(book, {ACCRUAL: rule})


@pytest.mark.parametrize("rule", ACCRUALS)
def test_doses_and_visits_that_follow_the_accrual_rule(book: Recalculated, rule: str) -> None:
    assert agrees(book, {ACCRUAL: rule, DOSES: "with_accrual"})


@pytest.mark.parametrize("length", ["365_days", "52_weeks", "360_days"])
def test_other_lengths_of_a_year(book: Recalculated, length: str) -> None:
    assert agrees(book, {YEAR: length})


@pytest.mark.parametrize("steps", ["age_at_cycle_start", "model_years"])
def test_mortality_by_whole_years_of_age(book: Recalculated, steps: str) -> None:
    assert agrees(book, {STEPS: steps})


def test_every_pfs_event_as_a_progression(book: Recalculated) -> None:
    assert agrees(book, {PROGRESSIONS: "every_pfs_event"})


def test_all_of_them_together(book: Recalculated) -> None:
    changes = {
        ACCRUAL: "right",
        DOSES: "with_accrual",
        YEAR: "52_weeks",
        STEPS: "model_years",
        PROGRESSIONS: "every_pfs_event",
    }
    assert agrees(book, changes)
