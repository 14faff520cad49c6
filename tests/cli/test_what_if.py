"""A run that departs from its workbook is named after the change and says what it changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.choices import ANALYSES
from model.cli.job import RunOptions
from model.cli.what_if import LONGEST, change_lines, default_folder
from model.definition import ModelDefinition, edit
from model.excel import template_definition
from tests.helpers.small_models import published_example_a
from tests.helpers.small_runs import small_definition


@pytest.fixture(scope="module")
def definition() -> ModelDefinition:
    return small_definition()


def options(**given: object) -> RunOptions:
    plain: dict[str, object] = dict(
        workbook=Path("patina_us.xlsx"), out=None, draws=None, seed=None, changes={}, only=tuple(ANALYSES), threads=None
    )
    return RunOptions(**(plain | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, "patina_us"),
        ({"threads": 2}, "patina_us"),  # never changes a number
        ({"draws": 1000, "seed": 7, "sampling": "random"}, "patina_us"),  # the workbook's own
        ({"changes": {"settings.horizon_years": "20"}}, "patina_us-horizon_years_20"),
        ({"changes": {"products.drug.pack_21": "0.5"}}, "patina_us-products_drug_pack_21_0.5"),
        ({"only": ("base",)}, "patina_us-only_base"),
        ({"draws": 500}, "patina_us-draws_500"),
        ({"draws": "auto", "tolerance": 0.02}, "patina_us-draws_auto-tolerance_0.02"),
        ({"seed": 2, "sobol_runs": 64}, "patina_us-seed_2-sobol_runs_64"),
        ({"sampling": "sobol", "only": ("base", "psa")}, "patina_us-only_base_psa-sampling_sobol"),
    ],
)
def test_the_folder_is_named_after_the_change(definition: ModelDefinition, given: dict[str, object], name: str) -> None:
    assert default_folder(Path("outputs"), definition, options(**given)) == Path("outputs") / name


@pytest.mark.parametrize("value", ["../../x", "a" * 300, "C:\\x", "é?*", " ", "con. "])
def test_the_name_is_one_part_of_a_path_on_any_system_and_not_too_long(definition: ModelDefinition, value: str) -> None:
    folder = default_folder(Path("outputs"), definition, options(changes={"arms.a.label": value}))
    added = folder.name.removeprefix("patina_us-")
    assert folder.parent == Path("outputs") and len(added) <= LONGEST and added.isascii()
    assert not set(added) & set('/\\:*?"<>| ') and not added.endswith(".")


def test_changes_that_are_cut_or_cleaned_to_the_same_words_have_folders_of_their_own(definition: ModelDefinition) -> None:
    values = ["x" * 100 + "1", "x" * 100 + "2", "a b", "a/b", "a_b"]
    found = {default_folder(Path(), definition, options(changes={"arms.a.label": v})) for v in values}
    assert len(found) == len(values)


def test_each_change_is_told_with_old_value_unit_and_meaning() -> None:
    before = published_example_a()
    changes = {"settings.horizon_years": "10", "utilities.progressed": "0.6", "care.pfs_care.low": "400"}
    lines = change_lines(before, edit(before, changes), changes)
    assert lines == [
        "  with settings.horizon_years = 10 years (was 20): Time horizon",
        "  with utilities.progressed = 0.6 (was 0.68): Utility, progressed",
        "  with care.pfs_care.low = 400 (was 300): pfs_care: cost, low",
    ]


def test_a_decrement_is_called_one() -> None:
    before = template_definition()
    name = next(f"utilities.{u.id}" for u in before.utilities if u.state == "progressed")
    given_as = {f"{name}.given_as": "decrement", name: "0.1"}
    start = edit(before, given_as)
    lines = change_lines(start, edit(start, {name: "0.2"}), {name: "0.2"})
    assert "(was 0.1)" in lines[0] and "decrement" in lines[0]


def test_what_follows_from_a_change_is_told_too() -> None:
    """0.9 is above the upper bound of the range, 0.87, which is dropped."""
    before, change = published_example_a(), {"utilities.progression_free": "0.9"}
    lines = change_lines(before, edit(before, change), change)
    assert lines[0] == "  with utilities.progression_free = 0.9 (was 0.82): Utility, progression-free"
    assert any(line.startswith("  hence utilities.progression_free.high") for line in lines[1:])


def test_a_change_that_changes_nothing_says_so() -> None:
    before, change = published_example_a(), {"settings.horizon_years": "20.0"}
    (line,) = change_lines(before, edit(before, change), change)
    assert "own value (20), nothing is changed" in line
