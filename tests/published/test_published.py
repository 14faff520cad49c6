"""The published models: the stored workbooks are those of the script, and give the digits of their sources.

Oracles: the digits printed by the sources, half of the last one's unit allowed (a file for each model); where a source prints
none, its arithmetic written here.
"""

from __future__ import annotations

import math
import zipfile
from functools import cache
from pathlib import Path

import pytest

from model.analysis import base_case, psa
from model.analysis.agreement import Found
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import ModelDefinition
from model.excel import read_inputs, write_inputs
from model.shipped import PUBLISHED, example_file
from tests.helpers.hesim_models import assert_equals_hesim
from tests.published import heemod_end_of_cycle as heemod
from tests.published import hesim_psm
from tests.published.__main__ import FOLDER
from tests.published.all_models import MODELS
from tests.published.published import Digits
from tests.published.readme import readme

NO_SOURCE = ("population",)
"""Tables of numbers that the program asks for and no source has."""


@cache
def definition(name: str) -> ModelDefinition:
    return MODELS[name].define()


@cache
def results(name: str) -> dict[str, Found]:
    return named_outputs(base_case(definition(name)))


def members(path: Path) -> dict[str, bytes]:
    """The parts of a workbook, not packed."""
    with zipfile.ZipFile(path) as book:
        return {part.filename: book.read(part) for part in book.infolist()}


def test_every_model_has_its_workbook_and_is_an_example() -> None:
    assert list(PUBLISHED) == list(MODELS)
    assert {path.stem for path in FOLDER.glob("[!~]*.xlsx")} == set(MODELS)
    assert len(MODELS) >= 7


@pytest.mark.parametrize("name", MODELS)
def test_the_stored_workbook_is_what_the_script_writes(name: str, tmp_path: Path) -> None:
    write_inputs(definition(name), tmp_path / "now.xlsx")
    assert members(example_file(name)) == members(tmp_path / "now.xlsx")


def test_a_stored_workbook_is_read_as_the_model_that_it_was_written_from() -> None:
    assert read_inputs(example_file("hesim_psm")) == definition("hesim_psm")


def test_the_page_of_the_folder_is_what_the_script_writes() -> None:
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == readme(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_python_gives_the_digits(name: str) -> None:
    found = results(name)
    assert len(MODELS[name].digits) > 3
    assert {d.result: d.difference(found) for d in MODELS[name].digits if abs(d.difference(found)) > d.allowed} == {}


@pytest.mark.parametrize("name", MODELS)
def test_every_number_says_where_it_is_from(name: str) -> None:
    """Each value has a source that is in the list of references, each convention that is set a note; what the source
    prints stands in the workbook."""
    made = definition(name)
    values = {i: p for i, p in made.parameters.items() if i.split(".")[0] not in NO_SOURCE}
    assert values and [i for i, p in values.items() if not p.source] == []
    assert made.references and all(reference.link for reference in made.references)
    assert all(arm.description for arm in made.arms) and made.about.limitations
    assert made.published_analyses and all(row.notes for row in made.published_analyses)
    assert {"horizon_years", "cycle_days", "accrual", "discount_rate_costs", "discount_rate_effects"} <= set(made.provenance)


def test_a_number_that_is_off_by_more_than_its_last_digit_is_found() -> None:
    assert abs(Digits("a - b", "0.70").difference({"a": 1.0, "b": 0.306})) > Digits("a - b", "0.70").allowed
    assert abs(Digits("a - b", "0.70").difference({"a": 1.0, "b": 0.304})) < Digits("a - b", "0.70").allowed
    assert Digits("a + b", "3").ours({"a": 1.0, "b": 2.0}) == 3.0


# ---- what stands beside the digits ---------------------------------------------------------------------------------------


def test_every_draw_of_hesim() -> None:
    """The draws of the workbook, in their order: each arm and state, with hesim's 3% and with none."""
    outcomes = psa(definition("hesim_psm")).outcomes
    for rate, account in ((hesim_psm.RATE, "discounted"), (0.0, "undiscounted")):
        assert_equals_hesim(outcomes, hesim_psm.CASE, rate, account)


@pytest.mark.parametrize(("arm", "ratio"), [("strategy_1", 1.0), ("strategy_2", heemod.RATIO)])
def test_heemods_counts_at_the_end_of_each_cycle(arm: str, ratio: float) -> None:
    """Alive at the end of year k: exp(-ratio x 365 x (first + (k - 1) x later)), added up over ten years."""
    total = {
        endpoint: sum(math.exp(-ratio * heemod.CYCLE * (first + k * later)) for k in range(heemod.CYCLES))
        for endpoint, (first, later) in heemod.RATES.items()
    }
    years = {"progression_free": total["pfs"], "progressed": total["os"] - total["pfs"]}
    found = results("heemod_end_of_cycle")
    assert found[f"life_years_{arm}"] == pytest.approx(total["os"], rel=1e-12)
    assert found[f"life_years_of_progression_free_{arm}"] == pytest.approx(total["pfs"], rel=1e-12)
    assert found[f"costs_{arm}"] == pytest.approx(sum(heemod.COSTS[state] * t for state, t in years.items()), rel=1e-12)
