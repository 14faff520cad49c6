"""Whose folder is it? Results never take the place of what no run wrote, of fuller results, or of another command's."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from model.cli import main
from model.excel.inputs.drafts import Book
from tests.helpers.small_models import published_example_a


@pytest.fixture
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The workbook is as the definition that it was written from."""
    monkeypatch.setattr("model.cli.commands.read_with_book", lambda _: (published_example_a(), Book()))


def earlier(folder: Path, **record: object) -> Path:
    """The folder of an earlier run, by its run.json."""
    folder.mkdir()
    facts = {
        "input_file": "example_a.xlsx",
        "changes": {},
        "analyses": ["base", "one_way", "scenarios", "psa"],
        "draws": 10_000,
        "seed": 1,
        "sampling": "random",
        "files_sha256": {},
    }
    (folder / "run.json").write_text(json.dumps(facts | record))
    return folder


def names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


@pytest.mark.parametrize("out", [".", "..", "sub/..", "/", "elsewhere/../.."])
def test_a_folder_without_a_name_of_its_own_is_refused(
    example_a: Path,
    read_once: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    out: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    here = tmp_path / "here"
    (here / "sub").mkdir(parents=True)
    monkeypatch.chdir(here)
    assert main([str(example_a), "--only", "base", "--out", out]) == 2
    assert "such as --out results" in capsys.readouterr().err
    assert names(tmp_path) == ["here", "here/sub"]


def test_an_empty_name_is_refused(example_a: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ([str(example_a)], ["fit", "data.csv"], ["psa-summary", "draws.csv"]):
        with pytest.raises(SystemExit) as stop:
            main([*command, "--out", ""])
        assert stop.value.code == 2 and "name of the folder is empty" in capsys.readouterr().err


def test_the_folder_one_stands_in_is_refused_by_its_full_name_too(
    example_a: Path, read_once: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = earlier(tmp_path / "out")
    monkeypatch.chdir(out)
    assert main([str(example_a), "--only", "base", "--out", str(out)]) == 2
    assert "the folder you are in" in capsys.readouterr().err


def test_files_that_no_run_wrote_are_refused_before_anything_is_calculated(
    example_a: Path, read_once: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("model.cli.commands.run_analyses", None)
    out = tmp_path / "X"
    out.mkdir()
    (out / "X.xlsx").write_text("typed for a week")
    for extra in ([], ["--overwrite"]):
        assert main([str(example_a), "--only", "base", "--out", str(out), *extra]) == 2
        error = capsys.readouterr().err
        assert "no run of this program wrote (X.xlsx)" in error and "choose another folder" in error
    (out / "run.json").write_text('{"files_sha256": {"X.xlsx": "0", "../victim.txt": "0"}}')
    assert main([str(example_a), "--only", "base", "--out", str(out)]) == 2
    assert names(tmp_path) == ["X", "X/X.xlsx", "X/run.json"]
    assert (out / "X.xlsx").read_text() == "typed for a week"


@pytest.mark.parametrize(
    ("record", "options", "words"),
    [
        ({}, ["--set", "settings.horizon_years=5"], "workbook as it is, without changes"),
        ({}, ["--only", "base"], "analyses that this run leaves out: one_way, scenarios, psa"),
        ({}, ["--draws", "500"], "10,000 draws, this run has 500"),
        ({}, ["--seed", "2"], "draws with seed 1, this run has 2"),
        ({}, ["--sampling", "sobol", "--draws", "16384"], "draws with sampling random, this run has sobol"),
        ({"draws": "auto"}, ["--draws", "500"], "until they were precise"),
        ({"input_file": "other.xlsx"}, [], "another workbook, other.xlsx"),
        (
            {"analyses": ["base", "one_way", "psa", "sensitivity"], "sobol_runs": 10**6},
            ["--sobol-runs", "64"],
            "global sensitivity analysis of 1,000,000 model runs",
        ),
    ],
)
def test_fuller_results_are_replaced_only_when_asked(
    example_a: Path,
    read_once: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record: dict[str, object],
    options: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("model.cli.commands.run_analyses", None)  # refused before anything is calculated
    out = earlier(tmp_path / "out", **record)
    before = (out / "run.json").read_text()
    assert main([str(example_a), "--out", str(out), *options]) == 2
    error = capsys.readouterr().err
    assert words in error and "--overwrite" in error
    assert names(tmp_path) == ["out", "out/run.json"] and (out / "run.json").read_text() == before


def test_overwrite_replaces_them(
    example_a: Path, read_once: None, tmp_path: Path, workbook_alone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.cli.publish.write_run", lambda path, *_: path.write_text("book"))
    out = earlier(tmp_path / "out")
    assert main([str(example_a), "--out", str(out), "--only", "base", "--overwrite"]) == 0
    record = json.loads((out / "run.json").read_text())
    assert record["analyses"] == ["base"] and record["command"] == "run"
    assert main([str(example_a), "--out", str(out), "--only", "base"]) == 0  # the same again needs no leave


def test_results_of_another_command_are_refused(example_a: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = earlier(tmp_path / "out", command="fit")
    assert main([str(example_a), "--out", str(out)]) == 2
    assert "holds the results of the command fit" in capsys.readouterr().err
    shutil.rmtree(out)
    out = earlier(tmp_path / "out")
    data = tmp_path / "draws.csv"
    data.write_text("cost_A,qaly_A,cost_B,qaly_B\n" + "1,1,2,2\n2,1,3,2\n" * 10)
    assert main(["psa-summary", str(data), "--out", str(out)]) == 2
    assert "holds the results of a run of the model" in capsys.readouterr().err


def test_results_of_other_data_are_replaced_only_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "cost_A,qaly_A,cost_B,qaly_B\n" + "1,1,2,2\n2,1,3,2\n" * 10
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text(rows)
    out = ["--out", str(tmp_path / "out"), "--no-figures"]
    assert main(["psa-summary", str(tmp_path / "one.csv"), *out]) == 0
    assert main(["psa-summary", str(tmp_path / "two.csv"), *out]) == 2
    assert "another file, one.csv" in capsys.readouterr().err
    assert main(["psa-summary", str(tmp_path / "two.csv"), *out, "--overwrite"]) == 0


def test_a_log_of_changes_is_written_over_nothing_but_a_log(
    example_a: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in (("mine.csv", b"a,b\n1,2\n"), ("mine.xlsx", example_a.read_bytes()), ("bad.xlsx", b"PK")):
        file = tmp_path / name
        file.write_bytes(content)
        assert main(["diff", str(example_a), str(example_a), "--out", str(file)]) == 2
        assert "is no change log" in capsys.readouterr().err and file.read_bytes() == content
    for name in ("log.csv", "log.xlsx"):
        for _ in range(2):
            assert main(["diff", str(example_a), str(example_a), "--out", str(tmp_path / name)]) == 0
