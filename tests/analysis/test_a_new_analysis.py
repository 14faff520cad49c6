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
from model.excel.pages.cells import FORMATS
from model.result_columns import Table, amount, number
from tests.helpers.life_years_analysis import CostPerLifeYear

SHEET, CSV = "Cost per life year", "cost_per_life_year.csv"


def run(workbook: Path, tmp_path: Path, *options: str) -> Path:
    assert main([str(workbook), "--out", str(tmp_path / "out"), *options]) == 0
    return tmp_path / "out"


def test_an_analysis_is_added_by_one_file_and_one_line(
    example_a: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workbook_alone: None, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(ANALYSES, "life_years", "tests.helpers.life_years_analysis")
    out = run(example_a, tmp_path, "--only", "life_years")
    totals = pd.read_csv(out / "tables" / "totals.csv").set_index("arm")
    cost, years = (float(totals[c].iloc[1] - totals[c].iloc[0]) for c in ("costs", "life_years"))
    told = pd.read_csv(out / "tables" / CSV).iloc[0]
    assert told["incremental_cost"] == pytest.approx(cost) and told["life_years_gained"] == pytest.approx(years)
    assert f"A life year costs {cost / years:,.0f}." in capsys.readouterr().out.splitlines()
    book = openpyxl.load_workbook(out / "out.xlsx", data_only=True, read_only=True)
    rows = list(book[SHEET].iter_rows(values_only=True))
    (at,) = [i for i, row in enumerate(rows) if row[:3] == ("Incremental cost", "Life years gained", "Ratio")]
    assert rows[at + 1][:3] == pytest.approx((cost, years, cost / years))
    contents = {str(c.value) for name in ("Contents", "About this run") for row in book[name].iter_rows() for c in row}
    assert {SHEET, "What a life year gained costs"} <= contents
    assert any("base case, cost per life year" in text for text in contents)


DECLARED = Table(
    "cost_per_life_year",
    "Cost of a life year",
    (
        amount("incremental_cost", "More costs", 20, "Per patient in {currency}, discounted"),
        number("life_years_gained", "Life years won", "years", 20, "Per patient, discounted", "years"),
        number("ratio", "Ratio of the two", "money", 20, "The first by the second"),
    ),
)


def test_declared_columns_give_its_sheet_headers_formats_and_meanings_and_stand_in_the_dictionary(
    example_a: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workbook_alone: None
) -> None:
    undeclared = CostPerLifeYear.table
    monkeypatch.setitem(ANALYSES, "life_years", "tests.helpers.life_years_analysis")
    monkeypatch.setattr(CostPerLifeYear, "table", lambda found: DECLARED.checked(undeclared(found)))
    out = run(example_a, tmp_path, "--only", "life_years")
    sheet = openpyxl.load_workbook(out / "out.xlsx", data_only=True, read_only=True)[SHEET]
    rows = list(sheet.iter_rows())
    (at,) = [i for i, row in enumerate(rows) if str(row[0].value).startswith("More costs, ")]
    currency = str(rows[at][0].value)[-3:]
    assert [cell.value for cell in rows[at][1:3]] == ["Life years won", "Ratio of the two"]
    assert [cell.number_format for cell in rows[at + 1][:3]] == [FORMATS["money"], FORMATS["years"], FORMATS["money"]]
    text = " ".join(str(row[0].value) for row in rows[:at])
    assert f"More costs: Per patient in {currency}, discounted; Life years won: Per patient, discounted;" in text
    listed = pd.read_csv(out / "tables" / "columns.csv", keep_default_na=False).set_index("table").loc["cost_per_life_year"]
    assert listed["column"].tolist() == ["incremental_cost", "life_years_gained", "ratio"]
    assert listed["unit"].tolist() == [currency, "years", ""]


def test_without_being_asked_for_it_leaves_no_trace(
    example_a: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workbook_alone: None
) -> None:
    monkeypatch.setitem(ANALYSES, "life_years", "tests.helpers.life_years_analysis")
    out = run(example_a, tmp_path, "--only", "base")
    assert SHEET not in openpyxl.load_workbook(out / "out.xlsx", read_only=True).sheetnames
    assert not (out / "tables" / CSV).exists()


@pytest.mark.parametrize("name", ANALYSES)
def test_every_analysis_declares_itself_and_rests_on_earlier_ones(name: str) -> None:
    declared, order = analysis_of(name), list(ANALYSES)
    assert declared.result.__doc__ and declared.task
    assert all(order.index(needed) < order.index(name) for needed in NEEDS.get(name, ()))
