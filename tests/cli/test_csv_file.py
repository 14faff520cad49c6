"""No text of a CSV file is a formula to the spreadsheet program that opens it, and no number is changed for it.

Which first characters count is OWASP's list for "CSV Injection": = + - @, tab, carriage return and line feed.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.cli.csv_file import write_csv

ROOT = Path(__file__).resolve().parents[2]


def written(table: pd.DataFrame, folder: Path) -> list[list[str]]:
    write_csv(table, folder / "table.csv")
    with (folder / "table.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-2+3", "@SUM(1)", "\t=1+1", "\n=1+1", "\uff1d1+1", "=cmd|'/C calc'!A0", "- a dash", "-"]
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str, tmp_path: Path) -> None:
    assert written(pd.DataFrame({"arm": [text]}), tmp_path)[1] == ["'" + text]


@pytest.mark.parametrize("text", ["\r=1+1", "\r\n=1+1"])
def test_a_carriage_return_begins_no_row(text: str, tmp_path: Path) -> None:
    assert written(pd.DataFrame({"arm": [text, f"words{text}"]}), tmp_path)[1:] == [["'\n=1+1"], ["words\n=1+1"]]


def test_headers_are_text_too(tmp_path: Path) -> None:
    assert written(pd.DataFrame({"=A1": [1.0], "plain": [2.0]}), tmp_path)[0] == ["'=A1", "plain"]


def test_numbers_stay_as_they_are_also_beside_text_and_as_text(tmp_path: Path) -> None:
    table = pd.DataFrame({"number": [-1.5, 2e-300], "mixed": [-3, "=x"], "text": ["-4.5", "+1e5"]})
    assert written(table, tmp_path)[1:] == [["-1.5", "-3", "-4.5"], ["2e-300", "'=x", "+1e5"]]


def test_a_table_of_numbers_alone_is_written_as_pandas_writes_it(tmp_path: Path) -> None:
    draws = np.random.default_rng(1).standard_normal((50, 3)) * 10.0 ** np.arange(-9, 18, 9)
    odd = [0.0, -0.0, np.nan, np.inf, -np.inf, 5e-324, 1e16, 0.1 + 0.2, 123456789.0, 1 / 3]
    for table in (pd.DataFrame(draws, columns=["a", "b, c", "a"]), pd.DataFrame({"n": range(10), "=x": odd})):
        write_csv(table, tmp_path / "table.csv")
        plain = table.rename(columns={"=x": "'=x"}).to_csv(index=False, lineterminator="\n")
        assert (tmp_path / "table.csv").read_text(encoding="utf-8") == plain


def test_empty_cells_yes_and_no_and_ordinary_text_stay_as_they_are(tmp_path: Path) -> None:
    table = pd.DataFrame({"a": ["x = 1", None], "b": [True, False], "c": pd.array([1, None], dtype="Int64")})
    assert written(table, tmp_path)[1:] == [["x = 1", "True", "1"], ["", "False", ""]]


def test_two_columns_of_one_name_are_both_written(tmp_path: Path) -> None:
    table = pd.DataFrame([["=a", "=b"]], columns=["same", "same"])
    assert written(table, tmp_path) == [["same", "same"], ["'=a", "'=b"]]


def test_every_csv_file_goes_through_the_one_writer() -> None:
    writers = [p.name for p in (ROOT / "model").rglob("*.py") if ".to_csv(" in p.read_text(encoding="utf-8")]
    assert writers == ["csv_file.py"]
