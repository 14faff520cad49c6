"""Report and summary of a run: among its files, the same bytes again, and gone with the run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model.cli import main, written
from model.cli import publish as publish_module
from model.files import REPORT, SUMMARY
from tests.helpers.pages import Page

CALL = ("--only", "base,one_way")


def test_a_run_leaves_a_report_and_a_summary_that_the_next_one_takes_away(
    example_a: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_figures: None
) -> None:
    monkeypatch.setattr(publish_module, "write_run", lambda *_: None)
    out, bytes_of = tmp_path / "out", {}
    for seed in ("1", "1", "2"):
        assert main([str(example_a), "--out", str(out), *CALL, "--seed", seed]) == 0
        found = {name: (out / name).read_bytes() for name in (REPORT, SUMMARY)}
        assert set(found) <= set(json.loads((out / "run.json").read_text())["files_sha256"])
        assert bytes_of.setdefault(seed, found) == found
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


def test_with_figures_the_report_holds_each_of_them(example_a: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish_module, "write_run", lambda *_: None)
    out = tmp_path / "out"
    assert main([str(example_a), "--out", str(out), "--only", "base"]) == 0
    page = Page((out / REPORT).read_text(encoding="utf-8"))
    assert len(page.of("img")) == len(list((out / "figures").glob("*.svg"))) > 8
    assert {e.attributes["id"].removeprefix("figure-") for e in page.of("figure")} == {
        path.stem for path in (out / "figures").glob("*.svg")
    }
