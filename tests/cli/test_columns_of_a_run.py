"""Every CSV file of a run has the columns that the dictionary beside it lists, in that order; each has a meaning."""

from __future__ import annotations

import csv
import dataclasses
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from model.cli import main, publish, written
from model.definition import ModelDefinition
from model.excel import write_inputs
from tests.helpers.output_models import three_arms
from tests.helpers.shipped import ROOT, shipped

FAST = ["--draws", "40", "--sobol-runs", "64", "--set", "settings.cycle_days=91"]


def with_two_scenarios(definition: ModelDefinition) -> ModelDefinition:
    """The first two of a model, and the assumptions that name no other: which columns there are does not hang on how many."""
    kept = [*dict.fromkeys(change.id for change in definition.scenarios)][:2]
    return dataclasses.replace(
        definition,
        scenarios=tuple(change for change in definition.scenarios if change.id in kept),
        assumptions=tuple(row for row in definition.assumptions if row.scenario in (None, *kept)),
    )


RUNS: dict[str, tuple[Callable[[], ModelDefinition] | Path, list[str]]] = {
    "calibrated curves": (lambda: with_two_scenarios(shipped("patina_us")), []),
    "curves fitted to data": (ROOT / "inputs" / "example_synthetic_trial.xlsx", ["--only", "base,psa"]),
    "three arms": (three_arms, ["--only", "base,one_way,scenarios,psa"]),
}


@pytest.fixture(scope="module", params=RUNS)
def tables(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of tables of a run without workbook, figures and report."""
    folder = tmp_path_factory.mktemp("run")
    book, options = RUNS[request.param]
    if not isinstance(book, Path):
        write_inputs(book(), folder / "book.xlsx")
        book = folder / "book.xlsx"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(written, "figure_groups", lambda *_, **__: {})
        patch.setattr(publish, "write_run", lambda *_, **__: None)
        for name in ("front", "write_html_of", "write_pdf_of"):
            patch.setattr(written, name, lambda *_, **__: None)
        assert main([str(book), *FAST, *options, "--out", str(folder / "out")]) == 0
    yield folder / "out" / "tables"


def header_of(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="") as lines:
        return next(csv.reader(lines))


def declared_in(tables: Path) -> dict[str, pd.DataFrame]:
    """The rows of the dictionary by table."""
    found = pd.read_csv(tables / "columns.csv", keep_default_na=False)
    return {str(name): rows for name, rows in found.groupby("table", sort=False)}


def test_each_file_has_the_columns_of_the_dictionary_in_order(tables: Path) -> None:
    """``<arm>`` stands for any text; columns with such places come once for each arm, threshold and so on, in groups."""
    declared = declared_in(tables)
    assert set(declared) == {file.stem for file in tables.glob("*.csv")} - {"columns"}
    for stem, rows in declared.items():
        header, names = header_of(tables / f"{stem}.csv"), rows["column"].tolist()
        fixed = [name for name in names if "<" not in name]
        patterns = [re.sub(r"<\w+>", ".+", re.escape(name).replace(r"\<", "<").replace(r"\>", ">")) for name in names]
        assert [name for name in header if name in fixed] == fixed, stem
        assert [name for name in header if not any(re.fullmatch(p, name) for p in patterns)] == [], stem
        assert [p for p in patterns if not any(re.fullmatch(p, name) for name in header)] == [], stem
        assert len(set(header)) == len(header), stem


def test_each_column_has_a_header_and_a_meaning_and_amounts_have_a_currency(tables: Path) -> None:
    for stem, rows in declared_in(tables).items():
        assert (rows["header"] != "").all() and (rows["meaning"] != "").all() and (rows["shows"] != "").all(), stem
        assert not rows.map(lambda text: "{" in text).to_numpy().any(), stem
    found = declared_in(tables)["totals"].set_index("column")
    currency = found.loc["costs", "unit"]
    assert re.fullmatch("[A-Z]{3}", currency) and found.loc["costs", "header"] == f"Cost, {currency}"
