"""One round tells all that can be known: a lost header row first, a column's problems as one, all independent checks."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from model.definition import ModelDefinition, ScenarioChange, validate
from model.excel import InputError, read_inputs
from tests.helpers.edited_workbooks import cell, example, layout, problems_of, problems_with, spoilt, without_headers
from tests.helpers.shipped import without_scenarios


def test_references_without_their_header_row_do_not_vanish(tmp_path: Path) -> None:
    lines = problems_of(spoilt(tmp_path, without_headers("references")))
    count = len(example().references)
    first = layout().tables["references"].header_row + 2
    assert len(lines) == 1
    assert lines[0].startswith("References: the table 'References' was not found, because its header row is missing")
    assert f"{count} rows, from row {first} on" in lines[0] or f"1 row, from row {first} on" in lines[0]


def test_a_lost_header_row_is_told_first_and_other_sheets_are_checked(tmp_path: Path) -> None:
    lines = problems_of(spoilt(tmp_path, [*without_headers("references"), (*cell("utilities", 0, "value"), 1.2)]))
    assert len(lines) == 2
    assert lines[0].startswith("References: the table") and lines[1].startswith("Utilities!")


def test_the_rows_below_a_lost_header_are_not_read_as_those_of_the_table_above(tmp_path: Path) -> None:
    lines = problems_of(spoilt(tmp_path, without_headers("products")))
    assert lines[0].startswith("Drugs: the table 'Packs and vials' was not found, because its header row is missing")
    assert not any("Dose" in line or "!A" in line for line in lines), lines


def test_a_column_in_per_cent_is_told_once(tmp_path: Path) -> None:
    rows = range(len(example().life_table))
    shares = [("life_table", row, "qx_female", 100 * example().life_table[row].qx_female) for row in rows]
    large = [100 * r.qx_female for r in example().life_table if 100 * r.qx_female > 1]
    lines = problems_with(tmp_path, *shares)
    _, first = cell("life_table", next(i for i, s in enumerate(shares) if s[3] > 1), "qx_female")
    told = [line for line in lines if "per cent" in line]
    if 2 * len(large) > len(shares) and len(large) >= 3:
        assert len(told) == 1 and told[0].startswith(f"Life table!{first} ")
        assert f"{len(large)} numbers of this column" in told[0]
        assert len(lines) == 1


def test_a_share_in_per_cent_is_told_what_to_type(tmp_path: Path) -> None:
    lines = problems_with(tmp_path, ("event_probabilities", 1, "value", 12))
    assert lines[0].endswith("12 is above the maximum of 1; for 12% type 0.12")


def test_problems_of_one_column_and_kind_are_one_line_and_still_all_there(tmp_path: Path) -> None:
    count = min(len(example().life_table), 6)

    texts = [(*cell("life_table", row, "qx_male"), f"about {row}") for row in range(count)]
    try:
        read_inputs(spoilt(tmp_path, texts))
    except InputError as error:
        lines, problems = str(error).split("\n"), error.problems
    assert len(problems) == count and len(lines) == 1
    assert f"the same kind of problem in {count - 1} more cells of this column" in lines[0]
    assert cell("life_table", count - 1, "qx_male")[1] in lines[0]


def test_curves_scenarios_and_tables_are_checked_in_the_same_round(tmp_path: Path) -> None:
    """Once these took three rounds: a bad table, then a curve that cannot be made, then a scenario."""
    scenario = example().scenarios[1]
    lines = problems_with(
        tmp_path,
        ("subsequent", 1, "value", 0.3),
        ("scenarios", 1, "input", "discounts.no_such"),
        ("utilities", 0, "source", "nobody_2020"),
    )
    assert scenario.input != "discounts.no_such"
    assert any("the shares sum to 0.9" in line for line in lines)
    assert any("there is no input 'discounts.no_such'" in line for line in lines)
    assert any("there is no reference 'nobody_2020'" in line for line in lines)


def test_a_scenario_value_that_its_input_does_not_take_is_told_beside_a_bad_cell(tmp_path: Path) -> None:
    lines = problems_with(
        tmp_path,
        ("arms", 1, "colour", "bluish"),
        ("scenarios", 0, "input", "settings.horizon_years"),
        ("scenarios", 0, "value", "long"),
    )
    assert len(lines) == 2
    assert (
        lines[1].startswith("Scenarios!D")
        and "'New value'" in lines[1]
        and "settings.horizon_years): 'long' is text" in lines[1]
    )


def test_a_scenario_value_beyond_what_its_input_takes_is_told_at_the_value(tmp_path: Path) -> None:
    lines = problems_with(tmp_path, ("scenarios", 0, "input", "settings.horizon_years"), ("scenarios", 0, "value", 500.0))
    assert [line.partition(" (")[0] for line in lines] == ["Scenarios!D9 'New value'"]
    assert lines[0].count("settings.horizon_years") == 1 and "500 is above the maximum of 120" in lines[0]


@pytest.mark.parametrize(("field", "value"), [("sample_size", "many"), ("sample_size", 0), ("distribution", "dirichle")])
def test_a_bad_cell_of_a_mix_is_one_problem(tmp_path: Path, field: str, value: object) -> None:
    """The other rows of the mix are as they were: nothing is wrong with them."""
    lines = problems_with(tmp_path, ("subsequent", 0, field, value))
    assert len(lines) == 1, lines


def test_a_share_of_a_state_in_a_model_of_three_is_told_where_its_setting_stands(tmp_path: Path) -> None:
    lines = problems_with(tmp_path, ("state_shares", 0, "state", "progresed"), ("state_shares", 0, "value", 0.2))
    assert len(lines) == 1 and "'progressed_share' of the sheet Population" in lines[0]


def test_a_missing_table_does_not_stop_the_checks_that_do_not_read_it(tmp_path: Path) -> None:
    lines = problems_of(spoilt(tmp_path, [(*cell("life_table", 6, "age"), 48)], {"Drugs": None}))
    assert lines[0] == "Drugs: the sheet is missing"
    assert any("no age may be missing or out of order" in line for line in lines)
    assert all(line.startswith("Life table!A") for line in lines[1:])


def test_characters_that_cannot_be_seen_are_shown_as_codes(tmp_path: Path) -> None:
    lines = problems_with(tmp_path, ("arms", 1, "colour", "blue\u200b\u202e"))
    assert "blue\\u200b\\u202e" in lines[0]


def test_a_required_text_that_is_a_dash_or_empty_is_refused(tmp_path: Path) -> None:
    lines = problems_with(tmp_path, ("drugs", 0, "dose_days", None), ("arms", 1, "label", "-"))
    assert any("'-' says nothing; it must hold text" in line for line in lines)
    assert any("is empty; it must hold text, such as 1" in line for line in lines)


def test_an_arm_that_is_none_brings_no_line_on_a_scenario_that_needs_it() -> None:
    """A scenario that the hazard ratio between the arms makes possible is not judged while one of the arms is unknown."""
    lines = [str(problem) for problem in validate(dataclasses.replace(with_unknown_comparator(), assumptions=()))]
    assert len(lines) == 1 and "there is no arm 'contrl'" in lines[0] and "did you mean 'control'?" in lines[0]


def with_unknown_comparator() -> ModelDefinition:
    model = without_scenarios("patina_us")
    change = ScenarioChange(id="link", label="Link", input="settings.link_between_arms", value="hazard_ratio")
    states = ScenarioChange(id="link", label="Link", input="settings.structure", value="state_transition")
    settings = dataclasses.replace(model.settings, comparator="contrl")
    return dataclasses.replace(model, settings=settings, scenarios=(states, change))
