"""``run_model.py fit`` refuses bad data: one message each, with file, row and column, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.cli import main
from tests.helpers.trial_data import REFERENCE

IPD = REFERENCE / "ipd.csv"


def run(*arguments: object) -> int:
    return main(["fit", *(str(a) for a in arguments)])


WIDE = "arm,patient,os_time,os_event\na,1,5,1\na,2,7,1\nb,3,4,1\nb,4,9,0\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("a,1,5,1", "a,1,-5,1", "d.csv row 2, column 'os_time': -5 is not above 0"),
        ("a,1,5,1", "a,1,five,1", "d.csv row 2, column 'os_time': 'five' is not a number"),
        ("b,4,9,0", "b,4,9,2", "d.csv row 5, column 'os_event': 2 is not 0 (censored) or 1 (event)"),
        ("b,3,4,1", "b,3,,1", "d.csv row 4, column 'os_time': is empty"),
        ("b,3,4,1", "b,3,4,0", "d.csv row 4, column 'os_event': arm 'b' has no event of os"),
        ("a,2,7,1", "a,1,7,1", "d.csv row 3, column 'patient': '1' stands twice in arm 'a', endpoint 'os'"),
        ("a,2,7,1", ",2,7,1", "d.csv row 3, column 'arm': is empty"),
        ("os_event", "os_evnt", "d.csv needs the columns arm, time and event"),
    ],
)
def test_bad_patient_data(tmp_path: Path, capsys: pytest.CaptureFixture[str], old, new, message) -> None:
    file = tmp_path / "d.csv"
    file.write_text(WIDE.replace(old, new))
    assert run(file, "--out", tmp_path / "o") == 2
    said = capsys.readouterr().err
    assert message in said
    assert "1 problem found; nothing was run or written." in said
    assert not (tmp_path / "o").exists()


CLICKS = "arm,endpoint,time,survival\na,os,0,1\na,os,3,0.9\na,os,6,0.7\na,os,12,0.4\n"
RISKS = "arm,endpoint,time,n_risk\na,os,0,50\na,os,6,30\na,os,total_events,25\n"


@pytest.mark.parametrize(
    ("clicks", "risks", "message"),
    [
        (
            CLICKS.replace("a,os,0,1\n", ""),
            RISKS,
            "c.csv row 2, column 'survival': arm 'a', endpoint 'os': the curve starts at 0.9",
        ),
        (
            CLICKS,
            RISKS.replace("6,30", "6,60"),
            "r.csv row 3, column 'n_risk': the number at risk rises from 50 at 0 to 60 at 6",
        ),
        (CLICKS.replace("0.9", "90%"), RISKS, "c.csv row 3, column 'survival': '90%' is not a number"),
        (CLICKS.replace("0.4", "-0.4"), RISKS, "c.csv row 5, column 'survival': -0.4 is not between 0 and 1"),
        (CLICKS, RISKS.replace("25", "55"), "55 events among 50 patients are not possible"),
    ],
)
def test_bad_digitised_curves(tmp_path: Path, capsys: pytest.CaptureFixture[str], clicks, risks, message) -> None:
    (tmp_path / "c.csv").write_text(clicks)
    (tmp_path / "r.csv").write_text(risks)
    assert run(tmp_path / "c.csv", "--at-risk", tmp_path / "r.csv", "--out", tmp_path / "o") == 2
    said = capsys.readouterr().err
    assert message in said
    assert "1 problem found" in said


@pytest.mark.parametrize(
    ("text", "message"), [("", "holds no rows"), ("arm,time,event\n", "holds no rows")], ids=["empty", "header only"]
)
def test_files_without_data(tmp_path: Path, capsys: pytest.CaptureFixture[str], text, message) -> None:
    (tmp_path / "d.csv").write_text(text)
    assert run(tmp_path / "d.csv", "--out", tmp_path / "o") == 2
    assert message in capsys.readouterr().err


def test_a_missing_file_and_an_unknown_endpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "no.csv") == 2
    assert "does not exist" in capsys.readouterr().err
    assert run(IPD, "--endpoint", "tot", "--out", tmp_path / "o") == 2
    assert "no endpoint 'tot'" in capsys.readouterr().err
