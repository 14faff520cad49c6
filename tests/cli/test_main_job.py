"""The command line as a user meets it: exit codes, what is written, what is left alone, and the same bytes again."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from model.cli import main
from model.cli import publish as publish_module
from model.excel import read_inputs, write_inputs, write_template
from tests.helpers.small_runs import small_definition


@pytest.fixture
def example(example_a: Path, tmp_path: Path) -> Path:
    """A copy of the workbook of the published example A."""
    return Path(shutil.copy(example_a, tmp_path))


def contents(folder: Path) -> dict[str, str]:
    """Checksum of every file of a run, apart from run.json, which holds the timings."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != "run.json"
    }


def test_a_published_model_set_up_as_a_workbook_gives_its_published_icer(
    example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], tables_alone: None
) -> None:
    """Example A of tests/engine/test_published_examples.py: 449,721.207597 per QALY."""
    out = tmp_path / "out"
    assert main([str(example), "--out", str(out), "--only", "base,one_way"]) == 0
    totals = (out / "tables" / "totals.csv").read_text().splitlines()
    header, *rows = (line.split(",") for line in totals)
    costs, qalys = ([float(row[header.index(k)]) for row in rows] for k in ("costs", "qalys"))
    assert (costs[1] - costs[0]) / (qalys[1] - qalys[0]) == pytest.approx(449721.207597, rel=1e-9)
    assert "449,700 per QALY" in capsys.readouterr().out
    assert not (out / "tables" / "psa_draws.csv").exists()


def runs_with_threads(workbook: Path, folder: Path) -> list[tuple[dict[str, str], dict[str, object]]]:
    """Checksums and record of the same run with 1, 2 and 4 threads."""
    runs = []
    for threads in ("1", "2", "4"):
        out = folder / threads / "starter"
        options = ["--only", "base,psa", "--draws", "1100", "--threads", threads]
        assert main([str(workbook), "--out", str(out), *options]) == 0
        runs.append((contents(out), json.loads((out / "run.json").read_text())))
    return runs


@pytest.mark.slow
def test_any_number_of_threads_writes_the_same_bytes(tmp_path: Path, without_figures: None) -> None:
    write_inputs(small_definition(), tmp_path / "starter.xlsx")
    runs = runs_with_threads(tmp_path / "starter.xlsx", tmp_path)
    assert runs[0][0] == runs[1][0] == runs[2][0]
    assert {r["run_id"] for _, r in runs} == {runs[0][1]["run_id"]}
    assert runs[0][1]["files_sha256"] == runs[2][1]["files_sha256"]


@pytest.mark.slow
def test_any_number_of_threads_draws_the_same_figures_of_the_starter_model(tmp_path: Path) -> None:
    write_template(tmp_path / "starter.xlsx")
    runs = runs_with_threads(tmp_path / "starter.xlsx", tmp_path)
    assert any(name.endswith(".png") for name in runs[0][0])
    assert runs[0][0] == runs[1][0] == runs[2][0]


def test_another_seed_has_another_run_id(example: Path, tmp_path: Path, tables_alone: None) -> None:
    ids = set()
    for seed in ("1", "2"):
        out = tmp_path / seed
        assert main([str(example), "--out", str(out), "--only", "base", "--seed", seed]) == 0
        ids.add(json.loads((out / "run.json").read_text())["run_id"])
    assert len(ids) == 2


def test_bad_input_writes_nothing_and_names_the_cell(
    example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], tables_alone: None
) -> None:
    out = tmp_path / "out"
    assert main([str(example), "--out", str(out), "--only", "base"]) == 0
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    book = load_workbook(example)
    sheet = book["Utilities"]
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == 0.82)
    cell.value = 1.2
    book.save(example)
    capsys.readouterr()
    assert main([str(example), "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert f"Utilities!{cell.coordinate}" in error and "above the maximum of 1" in error and "Traceback" not in error
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before


def test_a_failure_while_writing_leaves_earlier_results_and_no_rubbish(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tables_alone: None
) -> None:
    out = tmp_path / "results" / "out"
    assert main([str(example), "--out", str(out), "--only", "base"]) == 0
    before = contents(out)

    def fails(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(publish_module, "write_run", fails)
    assert main([str(example), "--out", str(out), "--draws", "50"]) == 130
    assert contents(out) == before
    assert [p.name for p in out.parent.iterdir()] == ["out"]


def test_files_of_others_stay_and_stale_results_go(example: Path, tmp_path: Path, tables_alone: None) -> None:
    out = tmp_path / "out"
    assert main([str(example), "--out", str(out), "--only", "base,one_way"]) == 0
    (out / "my_notes.txt").write_text("keep")
    assert (out / "tables" / "one_way.csv").exists()
    assert main([str(example), "--out", str(out), "--only", "base", "--overwrite"]) == 0
    assert (out / "my_notes.txt").read_text() == "keep"
    assert not (out / "tables" / "one_way.csv").exists()


def test_set_changes_an_input_for_one_run(example: Path, tmp_path: Path, tables_alone: None) -> None:
    out = tmp_path / "out"
    assert main([str(example), "--out", str(out), "--only", "base", "--set", "settings.horizon_years=5"]) == 0
    record = json.loads((out / "run.json").read_text())
    assert record["changes"] == {"settings.horizon_years": "5"}
    assert record["settings"]["horizon_years"] == 5.0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "settings.horizon_year=5"], "did you mean"),
        (["--set", "utilities.progression_free=1.5"], "above the maximum of 1"),
    ],
)
def test_an_impossible_set_is_refused(
    example: Path, tmp_path: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(example), "--out", str(tmp_path / "out"), *arguments]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--draws", "none"],
        ["--draws", "1"],
        ["--draws", "auto", "--only", "base"],
        ["--only", "everything"],
        ["--set", "nothing"],
        ["--seed", "-1"],
    ],
)
def test_a_wrong_call_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


def test_a_missing_workbook_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nothing.xlsx")]) == 2
    assert "nothing.xlsx" in capsys.readouterr().err


def test_check_says_that_a_good_workbook_is_good(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(example)]) == 0
    assert "no problem found" in capsys.readouterr().out


def test_the_output_workbook_is_an_input_workbook(example: Path, tmp_path: Path, workbook_alone: None) -> None:
    out = tmp_path / "out"
    assert main([str(example), "--out", str(out), "--only", "base,psa", "--draws", "60"]) == 0
    assert read_inputs(out / "out.xlsx") == read_inputs(example)


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0 and "--set products" in capsys.readouterr().out
