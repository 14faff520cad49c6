"""A new analysis is one file and its line among the analyses: then it runs, is asked for by its word, and is told, tabled and
shown on a sheet of its own. Oracle: the totals of the base case that the same run writes."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from model.analysis.all_analyses import analysis_of
from model.choices import ANALYSES, NEEDS
from model.cli import main
from model.excel import write_inputs
from tests.helpers.small_models import published_example_a

SHEET, CSV = "Cost per life year", "cost_per_life_year.csv"


def run(tmp_path: Path, *options: str) -> Path:
    write_inputs(published_example_a(), tmp_path / "example.xlsx")
    assert main([str(tmp_path / "example.xlsx"), "--out", str(tmp_path / "out"), *options]) == 0
    return tmp_path / "out"


def test_an_analysis_is_added_by_one_file_and_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_figures: None, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(ANALYSES, "life_years", "tests.helpers.life_years_analysis")
    out = run(tmp_path, "--only", "life_years")
    totals = pd.read_csv(out / "tables" / "totals.csv").set_index("arm")
    cost, years = (float(totals[c].iloc[1] - totals[c].iloc[0]) for c in ("costs", "life_years"))
    told = pd.read_csv(out / "tables" / CSV).iloc[0]
    assert told["incremental_cost"] == pytest.approx(cost) and told["life_years_gained"] == pytest.approx(years)
    assert f"A life year costs {cost / years:,.0f}." in capsys.readouterr().out.splitlines()
    book = openpyxl.load_workbook(out / "out.xlsx", data_only=True)
    rows = list(book[SHEET].iter_rows(values_only=True))
    (at,) = [i for i, row in enumerate(rows) if row[:3] == ("Incremental cost", "Life years gained", "Ratio")]
    assert rows[at + 1][:3] == pytest.approx((cost, years, cost / years))
    contents = {str(cell.value) for row in book["Answer"].iter_rows() for cell in row}
    assert {SHEET, "What a life year gained costs"} <= contents
    assert any("base case, cost per life year" in text for text in contents)


def test_without_being_asked_for_it_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_figures: None
) -> None:
    monkeypatch.setitem(ANALYSES, "life_years", "tests.helpers.life_years_analysis")
    out = run(tmp_path, "--only", "base")
    assert SHEET not in openpyxl.load_workbook(out / "out.xlsx", read_only=True).sheetnames
    assert not (out / "tables" / CSV).exists()


@pytest.mark.parametrize("name", ANALYSES)
def test_every_analysis_declares_itself_and_rests_on_earlier_ones(name: str) -> None:
    declared, order = analysis_of(name), list(ANALYSES)
    assert declared.result.__doc__ and declared.task
    assert all(order.index(needed) < order.index(name) for needed in NEEDS.get(name, ()))
