"""Text tables of any country: one reader behind ``fit`` and ``psa-summary``."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.cli import main
from model.cli.fit_data import read_trial
from model.excel import InputError
from model.excel.other_programs import text_table
from model.excel.other_programs.psa_file import read_psa_file
from model.excel.other_programs.text_table import read_text_table

PATIENTS = "arm;endpoint;time;event\nGröße;os;12,5;1\nGröße;os;7;0\nandere;os;3,25;1\n"
DRAWS = "cost_Größe;qaly_Größe;cost_B;qaly_B\n100,5;1,5;200;2\n101;1,25;201,5;2,5\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", ["", "sep=;\n", '"sep=;"\r\n'])
def test_both_commands_read_what_a_german_spreadsheet_writes(tmp_path: Path, encoding: str, before: str) -> None:
    (tmp_path / "p.csv").write_bytes((before + PATIENTS).encode(encoding))
    (tmp_path / "d.csv").write_bytes((before + DRAWS).encode(encoding))
    data = read_trial(tmp_path / "p.csv").data["os"]
    assert {arm: d.time.tolist() for arm, d in data.items()} == {"Größe": [12.5, 7.0], "andere": [3.25]}
    draws = read_psa_file(tmp_path / "d.csv")
    assert draws.arms == ("Größe", "B") and draws.costs.tolist() == [[100.5, 200.0], [101.0, 201.5]]


def test_tabs_and_old_line_ends_are_read(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_bytes(PATIENTS.replace(";", "\t").replace("\n", "\r").encode())
    assert read_text_table(tmp_path / "p.txt").rows[2] == ("andere", "os", "3.25", "1")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PATIENTS.replace("7;0", "1.234;0"), "C2 'time': '12,5' has a comma and C3 '1.234' a point"),
        (PATIENTS.replace("7;0", "1.234,5;0"), "C3 'time': '1.234,5' has a mark for thousands"),
        (PATIENTS.replace("7;0", "1,234.5;0"), "C3 'time': '1,234.5' has a mark for thousands"),
        (PATIENTS.replace("7;0", "1 234,5;0"), "C3 'time': '1 234,5' has a mark for thousands"),
        (PATIENTS.replace("7;0", "1.234.567;0"), "'1.234.567' has a mark for thousands"),
        ('arm,time,event\na,"12,5",1\n', "B2 'time': '12,5' has a comma inside a file with commas"),
        ("arm,time,event\na,12,5,1\n", "A2: has more cells than the header, which has 3"),
        ("arm;time;time\na;1;1\n", "C1: the column name 'time' stands twice"),
        ("arm;time;event\na;1;" + 40_000 * "x", "A2: holds more than 32,767 letters"),
        ("a;b\n" + "x\0y", "is not a text file"),
        ("", "is empty"),
    ],
)
def test_what_cannot_be_read_for_certain_is_refused_with_its_cell(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "p.csv").write_text(text)
    with pytest.raises(InputError) as caught:
        read_text_table(tmp_path / "p.csv")
    assert message in str(caught.value)


def test_names_of_patients_may_look_like_numbers_of_another_country(tmp_path: Path) -> None:
    text = "arm;patient;time;event\na;101.002.003;12,5;1\na;1.5;3;1\n"
    (tmp_path / "p.csv").write_text(text)
    assert read_trial(tmp_path / "p.csv").data["os"]["a"].patient == ("101.002.003", "1.5")


def test_files_are_bounded_by_size_and_by_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.csv"
    path.write_text(PATIENTS)
    monkeypatch.setattr(text_table, "MOST_ROWS", 3)
    with pytest.raises(InputError, match=r"'p.csv' has more than 3 rows"):
        read_text_table(path)
    monkeypatch.setattr(text_table, "LARGEST_BYTES", 10)
    with pytest.raises(InputError, match=r"'p.csv' is 0 MB; a table may be at most 0 MB"):
        read_text_table(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "no.csv", "does not exist"), (tmp_path, "is a folder")):
        with pytest.raises(InputError, match=words):
            read_text_table(path)


# ---- what is asked about the data ------------------------------------------------------------------------------------


def test_a_follow_up_of_95_years_is_questioned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.csv").write_text("arm,time,event\na,365,1\na,1140,0\n")
    assert main(["fit", str(tmp_path / "p.csv"), "--out", str(tmp_path / "o")]) == 2
    said = capsys.readouterr().err
    assert "p.csv row 3, column 'time': the longest time is 1140, which in months is 95 years: are these days?" in said


def test_a_long_follow_up_that_may_be_months_is_told_and_fitted(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("arm,time,event\na,365,1\na,480,0\n")
    assert "which in months is 40 years" in read_trial(tmp_path / "p.csv").told[0]


CLICKS = "arm,endpoint,time,survival\nA,os,0,1\nA,os,3,.9\nA,os,6,.6\nA,os,9,.55\nA,os,12,.5\n"


def test_disagreements_of_published_figures_name_file_and_row(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(CLICKS)
    risks = tmp_path / "r.csv"
    risks.write_text("arm,endpoint,time,n_risk\nA,os,0,100\nA,os,6,90\nA,os,12,80\n")
    with pytest.raises(InputError, match=r"r\.csv row 4, column 'n_risk': arm 'A', endpoint 'os': 80 at risk at time 12"):
        read_trial(tmp_path / "c.csv", risks)
    risks.write_text("arm,endpoint,time,n_risk\nA,os,0,100\nA,os,6,90\nA,os,total_events,99\nB,os,0,50\n")
    told = read_trial(tmp_path / "c.csv", risks).told
    assert told[0].startswith("r.csv row 3, column 'n_risk': arm 'A', endpoint 'os': 90 at risk at time 6 leaves no room")
    assert any(line.startswith("r.csv row 4, column 'n_risk'") and "99 events cannot be met" in line for line in told)
    assert any("arm 'B', endpoint 'os' has numbers at risk" in line for line in told)
