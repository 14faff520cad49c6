"""``run_model.py verify`` as a user meets it: verdicts, what differs and where, exit codes. Oracle: formualizer."""

from __future__ import annotations

import math
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from model.analysis.agreement import chosen, relative_difference
from model.cli import main
from model.excel import write_inputs
from model.excel.inputs.placed_inputs import CellPlace
from model.excel.verification.libreoffice import office_program, write_cells
from model.excel.verification.output_cells import OutputCells, read_output_cells
from model.excel.verification.verify import verify_workbook
from tests.helpers.output_models import small_output
from tests.helpers.small_runs import N_DRAWS, SEED, small_definition, small_run, write_small_run

FEW = ["--draws", "2", "--scenarios", "1"]


@pytest.fixture
def starter() -> Path:
    """An output workbook of the starter model as the model writes it; tests change copies."""
    return small_run()


@pytest.fixture
def run() -> Path:
    """One of a model with fewer tables."""
    return small_output("two arms").path


@pytest.fixture(scope="module")
def cells() -> OutputCells:
    """Of ``run``."""
    return read_output_cells(small_output("two arms").path)


def with_numbers(run: Path, folder: Path, numbers: dict[CellPlace, float]) -> Path:
    """A copy in which cells hold other numbers; all else, stored results of formulas included, is as it was."""
    write_cells(run, folder / "changed.xlsx", numbers)
    return folder / "changed.xlsx"


def with_text(run: Path, path: Path, part: str, change: Callable[[str], str]) -> Path:
    """A copy in which the parts of the file whose names begin with ``part`` have another text."""
    with zipfile.ZipFile(run) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            text = old.read(item)
            new.writestr(item.filename, change(text.decode()) if item.filename.startswith(part) else text)
    return path


def place_of(where: str) -> CellPlace:
    return CellPlace(*where.split("!"))


# ---- agreement -------------------------------------------------------------------------------------------------------


def test_a_fresh_workbook_agrees_in_draws_and_every_scenario(starter: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = starter.read_bytes()
    assert main(["verify", str(starter), "--draws", "5"]) == 0
    shown = capsys.readouterr()
    assert "The workbook agrees with Python." in shown.out and shown.err == ""
    assert f"of {N_DRAWS}" in shown.out and "Scenarios, of 3" in shown.out and "DIFFERS" not in shown.out
    assert max(len(line) for line in shown.out.splitlines()) <= 120 and "\x1b" not in shown.out
    assert starter.read_bytes() == before


def test_a_workbook_is_verified_whatever_its_name_ends_in(tmp_path: Path) -> None:
    copy = tmp_path / "version 1.2"
    shutil.copy(small_output("two arms").path, copy)
    assert verify_workbook(copy, draws=0, scenarios=0).agrees


@pytest.mark.slow
def test_as_many_cases_are_compared_as_were_asked_for(starter: Path) -> None:
    found = verify_workbook(starter, draws=3, scenarios=2).table().set_index("what")
    one = found.loc["Base case", "values"]
    assert one > 100 and found["largest"].max() < 1e-9
    assert tuple(found.loc[f"Draws replayed, of {N_DRAWS}", ["cases", "values"]]) == (3, 3 * one)
    assert found.loc["Scenarios, of 3", "cases"] == 2
    assert found.loc["Stored draws: results, calculated anew", "cases"] == N_DRAWS


def test_the_same_seed_chooses_the_same_draws_and_more_draws_hold_them() -> None:
    assert chosen(1000, 25, 1) == chosen(1000, 25, 1) != chosen(1000, 25, 2)
    assert set(chosen(1000, 5, 1)) < set(chosen(1000, 25, 1))
    assert chosen(10, 99, 3) == list(range(1, 11)) and chosen(10, 0, 3) == []


@pytest.mark.slow
def test_a_run_without_draws_is_said_to_have_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_small_run(tmp_path / "base.xlsx", draws=0)
    assert main(["verify", str(tmp_path / "base.xlsx"), "--scenarios", "1"]) == 0
    assert "the workbook stores none" in capsys.readouterr().out


@pytest.mark.slow
def test_a_run_with_another_seed_than_the_setting_is_compared_with_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The workbook names the cell that holds the seed of the run."""
    path = tmp_path / "other.xlsx"
    write_small_run(path, seed=SEED + 1)

    def name_the_seed(xml: str) -> str:
        """Draw 8 stands in row 15: a cell that holds 8."""
        name = f"<definedName name=\"run_seed\">'PSA draws'!$A${7 + SEED + 1}</definedName>"
        return xml.replace("</definedNames>", f"{name}</definedNames>")

    assert main(["verify", str(with_text(path, tmp_path / "named.xlsx", "xl/workbook.xml", name_the_seed)), *FEW]) == 0
    assert f"seed {SEED + 1}" in " ".join(capsys.readouterr().out.split())


@pytest.mark.slow
def test_a_run_with_another_design_than_the_setting_is_compared_with_its_own(tmp_path: Path) -> None:
    path = tmp_path / "sobol.xlsx"
    write_small_run(path, sampling="sobol")
    assert main(["verify", str(path), *FEW]) == 0


# ---- differences -----------------------------------------------------------------------------------------------------


def test_altered_draws_and_a_formula_replaced_by_its_own_value_are_found(
    run: Path, cells: OutputCells, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cells.draws is not None
    name = "utilities.progressed"
    sampled, result = cells.draws.cell(name, 11), cells.draws.cell("costs.new", 3)
    formula, value = cells.place("costs_new"), cells.stored["costs_new"]
    assert isinstance(value, float)
    numbers = {sampled: cells.draws.columns[name][11] + 1e-6, result: 1.0, formula: value}
    changed = with_numbers(run, tmp_path, {place_of(where): number for where, number in numbers.items()})
    assert main(["verify", str(changed), *FEW]) == 1
    shown = capsys.readouterr().out
    base = next(line for line in shown.splitlines() if line.startswith("Base case"))
    assert base.endswith("equal")  # only other inputs show that the cell is no formula
    assert all(words in shown for words in (sampled, "draw 12", name, result, "draw 4", formula))
    assert "Stored draws: inputs, sampled with seed 7: 1 of" in shown
    assert "stored draws: results" in shown and "draws replayed" in shown and "scenarios, of 2" in shown


def test_a_result_without_name_and_a_formula_replaced_by_another_number_differ_in_the_base_case(
    run: Path, cells: OutputCells, tmp_path: Path
) -> None:
    where, value = cells.place("qalys_new"), cells.stored["qalys_new"]
    assert isinstance(value, float)
    changed = with_numbers(run, tmp_path, {place_of(where): value * (1 + 1e-8)})
    remove = re.compile(r'<definedName name="out_icer">.*?</definedName>')
    changed = with_text(changed, tmp_path / "nameless.xlsx", "xl/workbook.xml", lambda xml: remove.sub("", xml))
    found = verify_workbook(changed, draws=0, scenarios=0)
    differing = found.differences()
    differing = differing[differing["case"] == "base case"].set_index("name")
    assert not found.agrees and math.isinf(differing.loc["icer", "relative"])
    row = differing.loc["qalys_new"]
    assert row["cell"] == where and row["relative"] == pytest.approx(1e-8, rel=1e-3)


# ---- edited workbooks ------------------------------------------------------------------------------------------------


def test_an_edited_input_saved_without_numbers_agrees_with_python_of_the_new_input(
    run: Path, cells: OutputCells, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As programs save it that do not calculate."""
    changed = with_numbers(run, tmp_path, {cells.cells["set_discount_rate_costs"]: 0.05})
    drop = re.compile(r"</f><v>[^<]*</v>")
    bare = with_text(changed, tmp_path / "bare.xlsx", "xl/worksheets/sheet", lambda xml: drop.sub("</f>", xml))
    assert main(["verify", str(bare), *FEW]) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "Inputs were changed since the run" in words and "stored none" in words


def test_an_edit_that_was_not_recalculated_is_told_apart_from_a_wrong_formula(
    run: Path, cells: OutputCells, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = with_numbers(run, tmp_path, {cells.cells["set_horizon_years"]: 4})
    assert main(["verify", str(changed), *FEW]) == 1
    shown = capsys.readouterr().out
    assert "The formulas agree with Python; the numbers stored in the file are out of date." in shown
    assert "not recalculated" in shown and "DIFFERS" not in shown and "Recalculated" in shown


@pytest.mark.slow
def test_a_workbook_that_shows_a_draw_is_compared_all_the_same(run: Path, cells: OutputCells, tmp_path: Path) -> None:
    changed = with_numbers(run, tmp_path, {cells.cells["set_psa_draw"]: 3})
    found = verify_workbook(changed, draws=2, scenarios=1)
    assert any("'Draw shown'" in note and str(cells.cells["set_psa_draw"]) in note for note in found.notes)
    assert [p.verdict for p in found.parts] == ["not recalculated", *["equal"] * 5]


# ---- what cannot be verified -----------------------------------------------------------------------------------------


def test_an_input_workbook_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_inputs(small_definition(), tmp_path / "inputs.xlsx")
    assert main(["verify", str(tmp_path / "inputs.xlsx")]) == 2
    error = capsys.readouterr().err
    assert "it is an input workbook, not an output workbook" in error and "Traceback" not in error


def test_what_is_no_workbook_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "words.xlsx").write_text("words")
    for name in ("words.xlsx", "nothing.xlsx"):
        assert main(["verify", str(tmp_path / name)]) == 2
        error = capsys.readouterr().err
        assert name in error and "1 problem found" in error and "Traceback" not in error


def test_without_the_engine_it_says_what_to_install(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "formualizer", None)
    assert main(["verify", str(run)]) == 2
    assert "pip install formualizer" in capsys.readouterr().err
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert main(["verify", str(run), "--engine", "libreoffice"]) == 2
    assert "LibreOffice is not installed" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--draws", "x"], ["--scenarios", "some"], ["--engine", "abacus"], []])
def test_a_wrong_call_exits_with_2(run: Path, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["verify", *([str(run)] if arguments else []), *arguments])
    assert stop.value.code == 2


def test_help_explains_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, words in ((["verify", "--help"], "--scenarios N"), (["--help"], "run_model.py verify OUTPUT")):
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 0 and words in capsys.readouterr().out


# ---- the measure and the other engine --------------------------------------------------------------------------------


def test_a_difference_is_relative_above_1_and_absolute_below() -> None:
    assert relative_difference(200.0, 201.0) == 0.005
    assert relative_difference(1e-12, 2e-12) == 1e-12
    assert relative_difference(1e-3, 2e-3, floor=1e-6) == 1.0
    assert relative_difference(math.nan, None) == relative_difference("never", "never") == 0.0
    for pair in (("never", 3.0), (3.0, None), (None, "never"), (3.0, math.nan)):
        assert math.isinf(relative_difference(*pair))


@pytest.mark.slow
@pytest.mark.skipif(office_program() is None, reason="LibreOffice is not installed")
def test_libreoffice_agrees(starter: Path) -> None:
    """Every scenario, and every subgroup alone and with one."""
    found, model = verify_workbook(starter, engine="libreoffice", draws=1, scenarios="all"), small_definition()
    shown = [1, len(model.scenario_changes()), 2 * len(model.changes_in_subgroups())]
    assert found.agrees and found.engine.startswith("LibreOffice ")
    assert [part.cases for part in found.parts] == [1, 1, N_DRAWS, N_DRAWS, *shown]
