"""``run_model.py diff`` as a user meets it: what it prints, what it writes, and its exit codes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import formualizer
import openpyxl
import pandas as pd
import pytest

from model.analysis import base_case
from model.cli import main
from model.definition import addresses
from model.excel import layout_of, read_inputs, write_inputs, write_template
from model.excel.inputs.placed_inputs import read_placed_inputs
from model.excel.output import write_workbook
from tests.helpers.compared_workbooks import changed_copy, old_definition
from tests.helpers.shipped import ROOT


@pytest.fixture(scope="module")
def old_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "old.xlsx"
    write_inputs(old_definition(), path)
    return path


@pytest.fixture
def old(old_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(old_model, tmp_path))


def test_a_change_is_printed_with_cell_id_values_and_effect(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = changed_copy(old, old.parent, {"care.target_drug": 9000.0, "utilities.progressed.notes": "a note"})
    assert main(["diff", str(old), str(new)]) == 0
    shown = capsys.readouterr()
    cell = layout_of(old_definition()).cells["care.target_drug"]
    assert f"{cell.sheet}!{cell.a1}  care.target_drug" in shown.out
    assert "10,000 -> 9,000" in shown.out and "target_drug: cost" in shown.out
    base, after = base_case(old_definition()), base_case(read_inputs(new))
    assert f"{after.incremental_cost - base.incremental_cost:+,.0f}" in shown.out
    assert f"{after.icer:,.0f}" in shown.out and "All changes together (NEW)" in shown.out
    assert "No effect on results: documentation" in shown.out and "a note" in shown.out
    assert max(len(line) for line in shown.out.splitlines()) <= 120
    assert "\x1b" not in shown.out and shown.err == ""


def test_no_difference_is_said(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(old), str(old)]) == 0
    assert "No input differs" in capsys.readouterr().out


@pytest.mark.slow
def test_places_are_those_of_the_users_workbook_not_of_ours(old: Path, tmp_path: Path) -> None:
    """Rows inserted above a table, as an analyst does, move the cells that are reported."""
    ours, new = (
        layout_of(old_definition()).cells["care.target_drug"],
        changed_copy(old, old.parent, {"care.target_drug": 9000.0}),
    )
    book = openpyxl.load_workbook(new)
    book["Care"].insert_rows(4, 2)
    book.save(new)
    placed = read_placed_inputs(new)
    assert placed.cells["care.target_drug"].cell == f"{ours.a1[0]}{ours.row + 3}"
    assert set(placed.cells) == set(addresses(placed.definition))
    assert main(["diff", str(old), str(new), "--out", str(tmp_path / "log.csv")]) == 0
    table = pd.read_csv(tmp_path / "log.csv")
    assert table.loc[1, "cell"] == placed.cells["care.target_drug"].cell


def test_every_place_found_by_the_reader_is_where_the_writer_put_it(old: Path) -> None:
    cells = layout_of(old_definition()).cells
    placed = read_placed_inputs(old)
    assert {a: (p.sheet, p.cell) for a, p in placed.cells.items()} == {a: (p.sheet, p.a1) for a, p in cells.items()}
    assert str(placed.place("settings", 0, "horizon_years.notes")).startswith("Settings!")
    assert placed.place("about", 0, "title").sheet == "Cover"


def test_the_csv_holds_every_change_and_ends_at_the_new_model(old: Path, tmp_path: Path) -> None:
    new = changed_copy(old, old.parent, {"care.target_drug": 9000.0, "utilities.progressed": 0.7, "settings.seed": 5})
    out = tmp_path / "made" / "log.csv"
    assert main(["diff", str(old), str(new), "--out", str(out)]) == 0
    table = pd.read_csv(out)
    base = base_case(read_inputs(new))
    assert table["icer"].iloc[-1] == pytest.approx(base.icer, rel=1e-12)
    assert list(table["input_id"].iloc[1:-1]) == ["settings.seed", "utilities.progressed", "care.target_drug"]
    assert list(table["step"].iloc[2:-1]) == [1.0, 2.0]
    assert [p.name for p in out.parent.iterdir()] == ["log.csv"]


@pytest.mark.slow
def test_the_formulas_of_the_workbook_give_its_numbers(old: Path, tmp_path: Path) -> None:
    """Oracle: formualizer recalculates; the file holds no path of this machine."""
    new = changed_copy(old, old.parent, {"care.target_drug": 9000.0, "settings.discount_rate_costs": 0.0})
    out, again = tmp_path / "log.xlsx", tmp_path / "again.xlsx"
    assert main(["diff", str(old), str(new), "--out", str(out)]) == 0
    formualizer.recalculate_xlsx_file(str(out), str(again))
    stored, live = (openpyxl.load_workbook(p, data_only=True) for p in (out, again))
    n = 0
    formulas = openpyxl.load_workbook(out)
    for sheet in formulas:
        for cell in (c for row in sheet.iter_rows() for c in row if c.data_type == "f"):
            expected = stored[sheet.title][cell.coordinate].value
            assert live[sheet.title][cell.coordinate].value == pytest.approx(expected, rel=1e-9, abs=1e-6)
            n += 1
    assert n > 20
    texts = [str(c.value) for s in formulas for row in s.iter_rows() for c in row if c.value is not None]
    assert not any(str(tmp_path) in t for t in texts) and "care.target_drug" in texts
    first = out.read_bytes()
    assert main(["diff", str(old), str(new), "--out", str(out)]) == 0
    assert out.read_bytes() == first


def test_an_output_workbook_is_compared_by_its_inputs(old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_workbook(tmp_path / "run.xlsx", base=base_case(old_definition()))
    assert main(["diff", str(old), str(tmp_path / "run.xlsx")]) == 0
    assert "No input differs" in capsys.readouterr().out


def test_problems_of_both_workbooks_are_reported_with_their_files(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = changed_copy(old, old.parent, {"utilities.progressed": 1.2})
    old.write_bytes(old.read_bytes()[:2000])
    assert main(["diff", str(old), str(new)]) == 2
    error = capsys.readouterr().err
    assert "'old.xlsx' is not a workbook" in error and "new.xlsx: Utilities!" in error
    assert "2 problems found" in error and "Traceback" not in error


def test_a_missing_file_and_an_arm_that_is_missing_exit_with_2(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(old), str(old.parent / "nothing.xlsx")]) == 2
    assert "nothing.xlsx" in capsys.readouterr().err
    write_template(old.parent / "starter.xlsx")
    assert main(["diff", str(old), str(old.parent / "starter.xlsx")]) == 2
    error = capsys.readouterr().err
    assert "has no arm" in error and "Traceback" not in error


@pytest.mark.parametrize("name", ["log.txt", "log"])
def test_a_log_of_another_kind_is_refused(old: Path, name: str) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["diff", str(old), str(old), "--out", name])
    assert stop.value.code == 2


def test_the_log_never_replaces_a_workbook_that_is_compared(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = old.read_bytes()
    assert main(["diff", str(old), str(old), "--out", str(old)]) == 2
    assert "choose another name" in capsys.readouterr().err and old.read_bytes() == before


@pytest.mark.slow
def test_the_command_runs_in_a_pipe(old: Path) -> None:
    new = changed_copy(old, old.parent, {"care.target_drug": 9000.0})
    script = [sys.executable, str(ROOT / "run_model.py"), "diff"]
    run = subprocess.run([*script, str(old), str(new)], capture_output=True, text=True, check=True)
    assert run.stderr == "" and "Effect of each change alone" in run.stdout


def test_help_explains_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, words in ((["diff", "--help"], "--out FILE"), (["--help"], "run_model.py diff OLD.xlsx NEW.xlsx")):
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 0 and words in capsys.readouterr().out
