"""Figures, report and summary of a run: among its files, the same bytes from a second process, and gone with the run."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from model.cli import main, written
from model.cli import publish as publish_module
from model.files import REPORT, SUMMARY
from tests.helpers.pages import Page
from tests.helpers.shipped import ROOT


@dataclasses.dataclass(frozen=True)
class Run:
    """Where the results of one run are, how it was asked for, and what it printed."""

    folder: Path
    asked: list[str]
    said: str
    complained: str

    def contents(self) -> dict[str, object]:
        """The bytes of every file; of the record, what does not tell the time."""
        out = self.folder
        found: dict[str, object] = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}
        record = json.loads((out / "run.json").read_text())
        assert {"base case", "figures", "tables", "report", "workbook"} <= set(record.pop("seconds"))
        return found | {"run.json": record}


@pytest.fixture(scope="module")
def alone(example_a: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of the base case in one process, with all its files. Tests change copies."""
    out, said, complained = tmp_path_factory.mktemp("alone") / "out", io.StringIO(), io.StringIO()
    asked = [str(example_a), "--only", "base"]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        assert main([*asked, "--out", str(out)]) == 0
    return Run(out, asked, said.getvalue(), complained.getvalue())


def test_the_report_holds_each_of_the_figures(alone: Run) -> None:
    page = Page((alone.folder / REPORT).read_text(encoding="utf-8"))
    assert len(page.of("img")) == len(list((alone.folder / "figures").glob("*.svg"))) > 8
    assert {e.attributes["id"].removeprefix("figure-") for e in page.of("figure")} == {
        path.stem for path in (alone.folder / "figures").glob("*.svg")
    }


def test_report_and_summary_are_files_of_the_run_that_the_next_one_takes_away(
    alone: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_figures: None
) -> None:
    monkeypatch.setattr(publish_module, "write_run", lambda *_: None)
    out = Path(shutil.copytree(alone.folder, tmp_path / "out"))
    before = {name: (out / name).read_bytes() for name in (REPORT, SUMMARY)}
    assert set(before) <= set(json.loads((out / "run.json").read_text())["files_sha256"])
    assert main([*alone.asked, "--out", str(out), "--seed", "2"]) == 0
    assert all((out / name).read_bytes() != data for name, data in before.items())
    assert set(before) <= set(json.loads((out / "run.json").read_text())["files_sha256"])
    assert sorted(p.name for p in out.iterdir()) == ["report.html", "run.json", "summary.pdf", "tables"]
    page = Page((out / REPORT).read_text(encoding="utf-8"))
    assert page.faults == []
    assert dict(page.table("run_record")[1:])["Random seed"] == "2"  # type: ignore[arg-type]
    assert (out / SUMMARY).read_bytes().startswith(b"%PDF-")


def test_a_fault_in_the_report_costs_the_report_alone(
    example_a: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tables_alone: None
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("a fault")

    monkeypatch.setattr(written, "write_html_of", fails)
    out = tmp_path / "out"
    assert main([str(example_a), "--out", str(out), "--only", "base"]) == 1
    assert "report.html and summary.pdf (ValueError: a fault)" in capsys.readouterr().err
    assert (out / "tables" / "totals.csv").exists()


WITH_A_SECOND_PROCESS = """
import sys
from model.cli import beside, main
beside.processors = lambda: 2
code = main()
print("drew itself" if "matplotlib" in sys.modules else "had figures drawn")
raise SystemExit(code)
"""


def test_all_but_the_workbook_is_written_beside_the_run(alone: Run, tmp_path: Path) -> None:
    """The run itself then needs no matplotlib at all. In a pipe both say no more than the result."""
    out = tmp_path / "beside" / "out"
    command = [sys.executable, "-c", WITH_A_SECOND_PROCESS, *alone.asked, "--out", out]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.splitlines()[-1] == "had figures drawn" and run.stderr == ""
    assert "per QALY" in run.stdout and "per QALY" in alone.said and alone.complained == ""
    assert Run(out, alone.asked, "", "").contents() == alone.contents()
