"""The command profile: the copy follows the agency, the original stays, and what changes is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.cli import main
from model.definition.profiles import departures
from model.excel import read_inputs, write_inputs
from tests.helpers.shipped import without_scenarios


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("profile") / "us.xlsx"
    write_inputs(without_scenarios("patina_us"), path)
    return path


def test_a_copy_for_another_agency_lists_what_it_changed(
    workbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, out = workbook.read_bytes(), tmp_path / "australia.xlsx"
    assert main(["profile", str(workbook), "pbac", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "Discount rate, costs: 3% -> 5%" in said and "Stepped results: no -> yes" in said
    made = read_inputs(out)
    assert made.settings.profile == "pbac" and departures(made) == []
    assert workbook.read_bytes() == before


def test_a_file_that_exists_is_not_overwritten(workbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "there.xlsx"
    out.write_text("mine")
    assert main(["profile", str(workbook), "nice", "--out", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert out.read_text() == "mine"


def test_an_unknown_profile_is_refused_with_the_known_ones(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["profile", str(workbook), "nise"])
    assert stop.value.code == 2
    assert "nice" in capsys.readouterr().err
