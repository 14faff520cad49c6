"""Prices that change over time, price years and the price index, live: what is typed, switched on or shown gives what
Python gives for the same.

Oracle: formualizer, an independent engine that knows only the file.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from model.analysis import scenarios, value_based_prices
from model.analysis.amounts import money
from model.analysis.first_page.price_line import price_lines
from model.definition import ModelDefinition, PriceIndex, edit
from tests.helpers.answer_page import shown_on_answer
from tests.helpers.perturbations import effect
from tests.helpers.prices_over_time import (
    AFTER_PROGRESSION,
    BIOSIMILAR,
    NEGOTIATED,
    NEW_DRUG,
    SECOND,
    TENDER_150,
    TENDER_420,
    checked,
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
OF_YEARS: dict[str, dict[str, Any]] = {
    "an index": {"price_index.2020.index": 88.0},
    "the index of the price year": {"price_index.2025.index": 130.0},
    "the price year": {"settings.price_year": "2020"},
    "an earlier cost": {"care.visits.price_year": 2018},
    "a cost as typed": {"end_of_life.terminal_care.price_year": None},
    "another year": {"end_of_life.terminal_care.price_year": 2018},
    "administration": {"administration.infusion.first.price_year": 2018, "administration.infusion.later.price_year": 2020},
    "a list price": {"products.new_drug.pack_28.price_year": 2020},
    "a new price": {f"{TENDER_150}.price_year": 2018},
    "a new price that applies": {f"{NEGOTIATED}.applies": True, f"{NEGOTIATED}.price_year": 2020},
    "an event": {"event_consequences.neutropenia.cost.price_year": 2018},
    "a cost with a year of its own, and its value": {"care.imaging.price_year": 2020, "care.imaging": 500.0},
}


def definition_with_index() -> ModelDefinition:
    index = tuple(PriceIndex(year=year, index=level) for year, level in ((2018, 80.0), (2020, 90.0), (2025, 120.0)))
    bare = edit(prices_over_time(), {"end_of_life.terminal_care.price_year": None})
    return edit(checked(dataclasses.replace(bare, price_index=index)), {"end_of_life.terminal_care.price_year": 2020})


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    definition = definition_with_index()
    return written_book(tmp_path_factory.mktemp("prices"), definition, scenarios=scenarios(definition))


def test_the_workbook_as_written_is_pythons_and_no_check_fails(book: Recalculated) -> None:
    assert wrong_as_written(book) == {}


@pytest.mark.parametrize("change", [*CHANGES.values(), *OF_YEARS.values()], ids=[*CHANGES, *OF_YEARS])
def test_a_change_gives_what_python_gives(book: Recalculated, change: dict[str, Any]) -> None:
    found = effect(book, change)
    assert found.moved and found.wrong == {}
    assert (found.checks_failed, found.inputs_changed) == (0.0, float(len(change)))


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
        {"care.visits.price_year": 2019},
        {"settings.price_year": "2024"},
        {"settings.price_year": "Mixed"},
        {"price_changes.new_drug.generic_entry.factor.price_year": 2018},
        {"event_consequences.neutropenia.disutility.price_year": 2018},
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


LIST_PRICES: dict[str, tuple[dict[str, Any], str]] = {
    "today": ({}, " (list price today USD "),
    "of another year": ({"products.new_drug.pack_28.price_year": 2020}, " (list price of 2020 USD "),
    "of the price year": ({"products.new_drug.pack_28.price_year": 2025}, " (list price today USD "),
    "with a later new price": ({f"{NEGOTIATED}.applies": True}, "; its new prices later on stay): cost-effective "),
}


@pytest.mark.parametrize("what", LIST_PRICES)
def test_the_first_page_says_of_which_year_a_list_price_is(book: Recalculated, what: str) -> None:
    changes, words = LIST_PRICES[what]
    with book.with_inputs(changes):
        told = shown_on_answer(book)["Price"]
    assert told == price_lines(edit(book.definition, changes))
    assert words in told[0]


def test_with_a_price_of_another_year_the_prices_found_are_in_money_of_the_price_year(book: Recalculated) -> None:
    """A list price of 2020, three quarters of that of 2025 as the index has it, is the same price."""
    address = "products.new_drug.pack_28"
    today = book.definition.parameters[address].value
    (plain,) = price_lines(book.definition)
    (line,) = price_lines(edit(book.definition, {f"{address}.price_year": 2020, f"{address}.value": today * 90 / 120}))
    found = "): cost-effective "
    assert line.split(found)[1] == plain.split(found)[1][:-1] + ", in money of 2025."
    both = f"list price of 2020 {money(today * 0.75, 'USD')}, in money of 2025 {money(today, 'USD')}"
    assert line.split(found)[0] == plain.split(found)[0].replace(f"list price today {money(today, 'USD')}", both)
