"""A run whose draws of some inputs are from a CSV file: record, workbook, the run repeated from it, and what is refused.

Oracle: a run repeated from its own workbook gives the same tables to the byte; formualizer recalculates a stored draw.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

import model
from model.analysis.agreement import allowed_difference
from model.cli import main, written
from model.excel import read_inputs, write_inputs
from model.excel.live.stored_draws import FIRST_ROW
from tests.helpers.edited_workbooks import write_copy
from tests.helpers.recalculated import Recalculated
from tests.helpers.small_runs import small_definition

FREE, PROGRESSED, EFFECT = "utilities.progression_free", "utilities.progressed", "relative_effects.new_treatment.pfs"
CURVE, OTHER = "curves.standard_care.pfs", "curves.new_treatment.new_drug"
ROWS = pd.DataFrame(
    {
        FREE: [0.70, 0.72, 0.74, 0.76, 0.78, 0.8],
        PROGRESSED: [0.1, 0.11, 0.12, 0.13, 0.14, 0.15],
        EFFECT: [0.6, 0.65, 0.7, 0.72, 0.75, 0.8],
        f"{CURVE}[shape]": [1.2, 1.25, 1.3, 1.35, 1.4, 1.45],
        f"{CURVE}[scale]": [10.0, 10.5, 11.0, 11.5, 12.0, 12.5],
        f"{OTHER}[shape]": [1.1, 1.15, 1.2, 1.25, 1.3, 1.35],
        f"{OTHER}[scale]": [13.0, 13.5, 14.0, 14.5, 15.0, 15.5],
    }
)
PART = ["--only", "base,one_way,psa", "--quiet"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("draws")
    write_inputs(small_definition(), made / "book.xlsx")
    ROWS.to_csv(made / "nma.csv")  # with a first column that numbers the rows
    return made


@pytest.fixture(scope="module")
def run(folder: Path) -> Path:
    out = folder / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(written, "figure_groups", lambda _: {})
        for name in ("write_html_of", "write_pdf_of"):
            patch.setattr(written, name, lambda *_: None)
        arguments = [str(folder / "book.xlsx"), "--input-draws", str(folder / "nma.csv"), "--draws", "10", *PART]
        assert main([*arguments, "--out", str(out)]) == 0
    return out


def test_every_draw_is_a_row_of_the_file_and_the_record_says_so(run: Path) -> None:
    drawn = pd.read_csv(run / "tables" / "psa_draws.csv")
    known = {tuple(row) for row in ROWS.to_numpy()}
    assert {tuple(row) for row in drawn[list(ROWS)].to_numpy()} <= known
    record = json.loads((run / "run.json").read_text())["input_draws"]
    assert record["file"] == record["source"] == "nma.csv" and record["rows"] == 6
    assert record["inputs"] == [FREE, PROGRESSED, EFFECT, CURVE, OTHER] and re.fullmatch("[0-9a-f]{64}", record["sha256"])


def test_the_bounds_of_the_one_way_analysis_are_those_of_the_file(run: Path) -> None:
    found = pd.read_csv(run / "tables" / "one_way.csv").set_index("input")
    assert found.loc[EFFECT, ["low", "high"]].tolist() == pytest.approx(ROWS[EFFECT].quantile([0.025, 0.975]).tolist())


def test_the_output_workbook_repeats_the_run_to_the_byte(run: Path, folder: Path, tables_alone: None) -> None:
    again = folder / "again"
    assert main([str(run / "run.xlsx"), "--draws", "10", *PART, "--out", str(again)]) == 0
    tables = sorted(path.name for path in (run / "tables").glob("*.csv"))
    assert len(tables) > 10
    assert [n for n in tables if (run / "tables" / n).read_bytes() != (again / "tables" / n).read_bytes()] == []
    first, second = (json.loads((f / "run.json").read_text())["input_draws"] for f in (run, again))
    assert second["sha256"] == first["sha256"] and "file" not in second


def test_a_draw_is_replayed_in_the_workbook_and_an_edited_row_fails_a_check(run: Path) -> None:
    definition = read_inputs(run / "run.xlsx")
    book = Recalculated(run / "run.xlsx", definition)
    drawn = pd.read_csv(run / "tables" / "psa_draws.csv")
    with book.showing(psa_draw=4):
        wanted = drawn["costs.new_treatment"][3], drawn["qalys.new_treatment"][3]
        found = tuple(book.results()[f"{kind}_new_treatment"] for kind in ("costs", "qalys"))
        assert book.value("checks_failed") == 0
    assert found == pytest.approx(wanted, rel=allowed_difference(definition))
    assert book.value("checks_failed") == 0
    with book._typed({("Input draws", FIRST_ROW + 1, 2): (0.5, 0.7)}):
        assert book.value("checks_failed") > 0


def test_a_workbook_keeps_the_draws_and_refuses_a_row_by_its_cell(folder: Path) -> None:
    given = model.psa(small_definition(), 6, 1, input_draws=ROWS).definition
    write_inputs(given, folder / "kept.xlsx")
    assert read_inputs(folder / "kept.xlsx").input_draws == given.input_draws
    write_copy((folder / "kept.xlsx").read_bytes(), folder / "spoilt.xlsx", [("Input draws", "B9", 1.5)])
    with pytest.raises(model.InputError, match=rf"Input draws!B9 '{FREE}': 1.5 is above the maximum of 1"):
        read_inputs(folder / "spoilt.xlsx")


REFUSED = {
    "an unknown id": (ROWS.rename(columns={FREE: "utilities.progresion_free"}), "B1", f"did you mean '{FREE}'"),
    "a word": (ROWS.astype(str).replace({"0.12": "low"}), "C4", "'low' is no finite number"),
    "an empty cell": (ROWS.replace({0.65: None}), "D3", "is empty; every row needs a number"),
    "beyond a limit": (ROWS.replace({0.8: -1.0}), "D7", "-1 is not above 0"),
    "half of a curve": (ROWS.drop(columns=f"{CURVE}[scale]"), "E1", "needs the other coefficients of its curve too"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_file_is_refused_by_line_and_column(folder: Path, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows, cell, message = REFUSED[case]
    rows.to_csv(folder / "bad.csv")
    out = folder / "none"
    assert main([str(folder / "book.xlsx"), "--input-draws", str(folder / "bad.csv"), "--out", str(out)]) == 2
    told = capsys.readouterr().err
    assert f"bad.csv!{cell} " in told and message in told and not out.exists()


@pytest.mark.parametrize(
    ("further", "message"),
    [
        (["--set", f"{FREE}=0.7"], "do not follow a change of its value"),
        (["--draws", "auto"], "--input-draws goes with a number of draws"),
    ],
)
def test_what_does_not_go_together_is_refused(
    folder: Path, further: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(folder / "book.xlsx"), "--input-draws", str(folder / "nma.csv"), *further, "--out", str(folder / "none")]
    try:
        assert main(arguments) == 2
    except SystemExit as stopped:
        assert stopped.code == 2
    assert message in capsys.readouterr().err


def test_what_was_drawn_together_is_one_group_of_the_value_of_information() -> None:
    found = model.psa(small_definition(), 300, 1, input_draws=ROWS)
    table = found.evppi("default", [100_000.0])
    assert table["group"].tolist().count("Draws from a table of draws") == 1
    assert sorted(found.single_groups()["Draws from a table of draws"]) == sorted(ROWS)
    assert "6 joint rows, of which each of the 300 draws takes one by the seed" in found.summary()
