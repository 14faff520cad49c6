"""Text of the starter workbook that is left, and units in another currency, are told. Oracle: cells written for the test."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import openpyxl
import pytest

from model.analysis import base_case
from model.cli import main
from model.definition import ModelDefinition, edit
from model.definition.checks.remarks import remarks
from model.definition.currency import currencies_in, is_foreign
from model.excel import template_definition, write_inputs
from model.excel.output import write_workbook
from model.excel.template.left_over import notes_on
from tests.helpers.recalculated import Recalculated
from tests.helpers.shipped import shipped, without_scenarios
from tests.helpers.small_runs import small_definition


def own_model() -> ModelDefinition:
    """The starter model with two words of its own and one unit in pounds."""
    definition = small_definition()
    about = dataclasses.replace(definition.about, title="Drug X in disease Y", limitations="Ours")
    care = list(definition.care)
    care[0] = dataclasses.replace(
        care[0], parameter=dataclasses.replace(care[0].parameter, unit="GBP per visit", notes="Tariff 2025")
    )
    return dataclasses.replace(definition, about=about, care=tuple(care))


def test_shipped_models_have_neither() -> None:
    assert [str(n) for name in ("patina_us", "patina_england") for n in notes_on(shipped(name))] == []


def test_text_that_is_left_is_told_and_text_of_ones_own_is_not() -> None:
    notes = notes_on(own_model())
    about = {n.field for n in notes if n.table == "about"}
    assert about == {"population", "intervention"}
    assert not any((n.table, n.position, n.field) == ("care", 0, "notes") for n in notes)
    assert any((n.table, n.position, n.field) == ("care", 1, "notes") for n in notes)


def test_a_unit_in_another_currency_is_told() -> None:
    assert [(n.table, n.position) for n in notes_on(own_model()) if n.field == "unit"] == [("care", 0)]


@pytest.mark.parametrize(
    ("unit", "currency", "foreign"),
    [
        ("USD per vial", "USD", False),
        ("USD per vial", "EUR", True),
        ("per vial", "EUR", False),
        ("mg", "EUR", False),
        ("€ per month", "EUR", False),
        ("£ per month", "EUR", True),
        ("$ per month", "CAD", False),
        ("events per month", "GBP", False),
    ],
)
def test_currencies_of_units(unit: str, currency: str, foreign: bool) -> None:
    assert is_foreign(unit, currency) is foreign
    assert ("USD" in currencies_in(unit)) is (unit.startswith(("USD", "$")))


def test_units_of_money_follow_the_currency_of_the_settings() -> None:
    edited = edit(template_definition(), {"settings.currency": "GBP"})
    assert edited.products[0].parameter.unit == "GBP per vial"
    assert not [n for n in notes_on(edited) if n.field == "unit"]
    assert edited.care[0].parameter.value == template_definition().care[0].parameter.value


def test_check_tells_the_cells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.xlsx"
    write_inputs(own_model(), path)
    assert main(["check", str(path)]) == 0
    printed = capsys.readouterr().out
    book = openpyxl.load_workbook(path, read_only=True)
    cell = next(f"{c.coordinate}" for row in book["Care"].iter_rows() for c in row if c.value == "GBP per visit")
    book.close()
    assert f"Care!{cell} 'GBP per visit'" in printed
    assert "Text of the starter workbook is left in" in printed and "Cover!" in printed


def test_checks_note_both_and_follow_the_cells(tmp_path: Path) -> None:
    path, definition = tmp_path / "own.xlsx", own_model()
    write_workbook(path, base=base_case(definition))
    book = Recalculated(path, definition)

    def noted(words: str) -> float:
        rows = book.sheet("Checks", 200, 6)
        row = next(r for r in rows if str(r[1]).startswith(words))
        assert row[4] == "noted"
        return float(row[2])

    left = noted("Cells that still hold text")
    assert left == sum(n.field != "unit" for n in notes_on(definition)) > 10
    assert noted("Units that name another") == 1.0
    assert book.value("checks_failed") == 0.0
    with book.with_inputs({"care.imaging.notes": "Our own words"}):
        assert noted("Cells that still hold text") == left - 1
    with book.with_inputs({"settings.currency": "GBP"}):
        money = [
            n
            for n in notes_on(
                dataclasses.replace(definition, settings=dataclasses.replace(definition.settings, currency="GBP"))
            )
            if n.field == "unit"
        ]
        assert noted("Units that name another") == len(money) > 5


def test_waning_of_os_is_told_where_the_structure_does_not_use_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By a remark, which stands on the sheet Checks too."""
    waning = {"curves.palbociclib.os.waning_start": 60.0, "curves.palbociclib.os.waning_end": 120.0}
    without = without_scenarios("patina_us")
    changed = edit(without, {"settings.structure": "state_transition"} | waning)
    (told,) = [r for r in remarks(changed) if "waning of OS is not used" in r.message]
    assert (told.table, changed.curves[told.position or 0].id) == ("curves", "curves.palbociclib.os")
    for used in ({"settings.structure": "partitioned_survival"}, {"settings.state_transition_probability": 0.5}):
        assert not [r for r in remarks(edit(changed, used)) if "waning of OS" in r.message]
    path = tmp_path / "states.xlsx"
    write_inputs(changed, path)
    assert main(["check", str(path)]) == 0
    assert "waning of OS is not used by a state-transition model" in capsys.readouterr().out
