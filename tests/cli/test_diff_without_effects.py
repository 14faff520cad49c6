"""``run_model.py diff`` lists what differs also where the effect cannot be stated."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from model.cli import main
from model.excel import write_inputs, write_template
from tests.helpers.compared_workbooks import changed_copy, old_definition


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "old.xlsx"
    write_inputs(old_definition(), path)
    return path


def impossible(old: Path, folder: Path) -> Path:
    """A copy with one possible and one impossible change, and a whole number typed as text."""
    values = {"care.target_drug": 9000.0, "utilities.progressed": 1.7, "settings.seed": "one"}
    return changed_copy(old, folder, values)


def test_a_workbook_that_cannot_be_run_is_compared_as_it_was_typed(
    old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = impossible(old, tmp_path)
    assert main(["diff", str(old), str(new)]) == 2
    shown = capsys.readouterr()
    assert "3 differences." in shown.out
    assert "10,000" in shown.out and "9,000" in shown.out and "1.7" in shown.out and "one" in shown.out
    assert "2 problems found" in shown.err and "new.xlsx: Utilities!" in shown.err
    assert "Traceback" not in shown.err


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_list_is_written_where_it_is_asked_for(old: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"list{suffix}"
    assert main(["diff", str(old), str(impossible(old, tmp_path)), "--out", str(out)]) == 2
    if suffix == ".csv":
        table = pd.read_csv(out)
        effects = dict(zip(table["input_id"], table["effect"], strict=True))
        assert len(table) == 3 and effects["care.target_drug"] == "not stated"
        assert effects["settings.seed"].startswith("no effect on deterministic results")
        assert "care.target_drug" in set(table["input_id"])
    else:
        texts = {cell.value for row in openpyxl.load_workbook(out)["Differences"].iter_rows() for cell in row}
        assert "care.target_drug" in texts and 9000 in texts


def test_models_of_other_arms_are_compared_row_by_row(old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    starter = tmp_path / "starter.xlsx"
    write_template(starter)
    assert main(["diff", str(old), str(starter)]) == 2
    shown = capsys.readouterr()
    assert "(row removed)" in shown.out and "(no row)" in shown.out
    assert "has no arm" in shown.out and "has no arm" in shown.err
