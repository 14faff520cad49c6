"""Prices that change over time, live: what is typed, switched on or shown gives what Python gives for the same.

Oracle: formualizer, an independent engine that knows only the file.
"""

from __future__ import annotations

from typing import Any

import pytest

from model.analysis import scenarios, value_based_prices
from model.definition import edit
from tests.helpers.perturbations import effect
from tests.helpers.prices_over_time import (
    AFTER_PROGRESSION,
    BIOSIMILAR,
    NEGOTIATED,
    NEW_DRUG,
    SECOND,
    TENDER_150,
    TENDER_420,
    prices_over_time,
)
from tests.helpers.recalculated import Recalculated, written_book, wrong_as_written
from tests.helpers.replays import wrong_scenarios

CHANGES: dict[str, dict[str, Any]] = {
    "a factor": {NEW_DRUG: 0.8},
    "a month": {f"{NEW_DRUG}.from_month": 7.7},
    "from the start": {f"{NEW_DRUG}.from_month": 0.0},
    "a date in place of a month": {f"{NEW_DRUG}.from_month": None, f"{NEW_DRUG}.from_date": "2027-05-05"},
    "a month in place of a date": {f"{BIOSIMILAR}.from_month": 3.0, f"{BIOSIMILAR}.from_date": None},
    "the date of time zero": {"settings.time_zero_date": "2026-01-31"},
    "a row that did not apply": {f"{SECOND}.applies": True},
    "before the row above it": {f"{SECOND}.applies": True, f"{SECOND}.from_month": 5.0},
    "a row that applied": {f"{NEW_DRUG}.applies": False},
    "beyond the horizon": {f"{NEW_DRUG}.from_month": 300.0},
    "a new price": {TENDER_150: 100.0},
    "a new price after a factor": {f"{NEGOTIATED}.applies": True},
    "no tender": {f"{TENDER_150}.applies": False, f"{TENDER_420}.applies": False},
    "after progression": {f"{AFTER_PROGRESSION}.from_month": 3.3},
    "a list price": {"products.backbone.vial_150": 300.0},
    "a discount": {"discounts.new_drug": 0.4},
    "shared vials": {"drugs.backbone.wastage": "shared"},
    "a longer cycle": {"settings.cycle_days": 100.0},
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    definition = prices_over_time()
    return written_book(tmp_path_factory.mktemp("prices"), definition, scenarios=scenarios(definition))


def test_the_workbook_as_written_is_pythons_and_no_check_fails(book: Recalculated) -> None:
    assert wrong_as_written(book) == {}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_gives_what_python_gives(book: Recalculated, what: str) -> None:
    found = effect(book, CHANGES[what])
    assert found.moved and found.wrong == {}
    assert (found.checks_failed, found.inputs_changed) == (0.0, float(len(CHANGES[what])))


def test_scenarios_that_switch_a_row_on_or_move_its_date_are_shown_as_python_runs_them(book: Recalculated) -> None:
    numbers = list(range(1, len(book.definition.scenario_changes()) + 1))
    assert wrong_scenarios(book, numbers) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"settings.time_zero_date": None},
        {"settings.time_zero_date": "2029-01-01"},
        {f"{SECOND}.applies": True, f"{SECOND}.from_month": 12.0},
        {f"{TENDER_420}.applies": False},
        {f"{TENDER_420}.from_month": 41.0},
    ],
)
def test_what_python_refuses_fails_a_check(book: Recalculated, change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        edit(book.definition, change)
    with book.with_inputs(change):
        assert book.value("checks_failed") != 0.0


@pytest.mark.parametrize("applies", [False, True])
def test_the_price_at_which_the_decision_changes_is_pythons(book: Recalculated, applies: bool) -> None:
    """Factors move with the list price, a new price stays: the closed form of the sheet and that of Python."""
    changes: dict[str, Any] = {"products.new_drug.pack_28": 2_000.0, f"{NEGOTIATED}.applies": applies}
    table = value_based_prices(edit(book.definition, changes), ["new_drug"]).table()
    wanted = dict(zip(table["willingness_to_pay"], table["price_at_zero_inmb"], strict=True))
    with book.with_inputs(changes):
        rows = [row for row in book.sheet("Results", 400, 8) if str(row[0]).startswith("New drug, pack 28") and row[3]]
        assert {row[1]: row[3] for row in rows} == pytest.approx(wanted, rel=1e-8)
