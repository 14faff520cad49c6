"""``run_model.py fit``: what it reads, what it refuses with file, row and column, and what it writes."""

from __future__ import annotations

import csv
import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from shipped import ROOT
from trial_data import REFERENCE, curves, trial_model

from model.cli import main
from model.definition import curve_coefficients, edit
from model.excel import read_inputs, write_inputs
from model.survival import fit_data, survival_data

IPD = REFERENCE / "ipd.csv"


def run(*arguments: object) -> int:
    return main(["fit", *(str(a) for a in arguments)])


def test_patient_data_give_flexsurvs_aic(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(IPD, "--out", tmp_path / "o", "--no-figures") == 0
    table = pd.read_csv(tmp_path / "o" / "tables" / "goodness_of_fit.csv")
    fits = json.loads((REFERENCE / "flexsurv.json").read_text())["fits"]
    mine = table[
        (table["endpoint"] == "os") & (table["arm"] == "intervention") & (table["distribution"] == "weibull")
    ]
    assert float(mine["aic"].iloc[0]) == pytest.approx(fits["os|intervention|weibull"]["aic"], abs=1e-4)
    assert set(table["endpoint"]) == {"pfs", "os"}
    said = capsys.readouterr().out
    assert "control: 257 patients, 170 events, median 33.3 (27.0 to 42.6) months" in said
    assert "hazard ratio 0.84" in said
    record = json.loads((tmp_path / "o" / "run.json").read_text())
    assert record["data_file"] == "ipd.csv"


def test_a_digitised_curve_is_reconstructed(tmp_path: Path) -> None:
    out = tmp_path / "o"
    assert (
        run(
            REFERENCE / "digitised_km.csv",
            "--at-risk",
            REFERENCE / "numbers_at_risk.csv",
            "--out",
            out,
            "--no-figures",
        )
        == 0
    )
    report = pd.read_csv(out / "tables" / "reconstruction.csv")
    events = report[report["item"] == "events"]
    assert events["published"].tolist() == events["reconstructed"].tolist()


def test_figures_and_workbook_are_written(tmp_path: Path) -> None:
    out = tmp_path / "o"
    assert run(IPD, "--endpoint", "pfs", "--out", out) == 0
    stems = {p.stem for p in (out / "figures").glob("*.png")}
    assert {"fit_pfs_1_candidates_follow_up", "fit_pfs_3_hazards", "fit_pfs_5_schoenfeld"} <= stems
    book = openpyxl.load_workbook(out / "o.xlsx")
    assert book.sheetnames == ["Contents", "Fits PFS", "Fits data PFS", "Coefficients", "Covariance"]


def test_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert run(IPD, "--endpoint", "os", "--out", tmp_path / name / "o", "--no-figures") == 0
    files = [
        sorted(p for p in (tmp_path / n / "o").rglob("*") if p.is_file() and p.name != "run.json")
        for n in "ab"
    ]
    assert [p.read_bytes() for p in files[0]] == [p.read_bytes() for p in files[1]]


def test_a_piecewise_exponential_is_fitted_where_cut_points_are_given(tmp_path: Path) -> None:
    assert (
        run(IPD, "--endpoint", "pfs", "--cut-points", "12; 36", "--out", tmp_path / "o", "--no-figures") == 0
    )
    table = pd.read_csv(tmp_path / "o" / "tables" / "coefficients.csv")
    mine = table[(table["arm"] == "control") & (table["distribution"] == "piecewise_exponential")].set_index(
        "coefficient"
    )
    with IPD.open() as file:
        rows = [
            (float(r["pfs_time"]), int(r["pfs_event"])) for r in csv.DictReader(file) if r["arm"] == "control"
        ]
    rate = sum(e for t, e in rows if t <= 12) / sum(min(t, 12.0) for t, _ in rows)
    assert mine.loc["rate1", "value"] == pytest.approx(rate, rel=1e-7)
    assert mine.loc[["cut1", "cut2"], "value"].tolist() == [12.0, 36.0]


def test_cut_points_that_fall_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(IPD, "--cut-points", "36;12", "--out", tmp_path / "o") == 2
    assert "--cut-points '36;12': cut points must be months above 0 that rise" in capsys.readouterr().err


# ---- into a workbook ----


def test_candidates_go_into_a_workbook_and_come_out_as_the_same_curves(tmp_path: Path) -> None:
    path = tmp_path / "m.xlsx"
    write_inputs(trial_model(*curves("patient_data", "lognormal")), path)
    arguments = (
        "--into",
        path,
        "--arm",
        "control=old",
        "--arm",
        "intervention=new",
        "--out",
        tmp_path / "o",
        "--no-figures",
    )
    assert run(IPD, *arguments) == 0
    made = read_inputs(path)
    assert {c.source for c in made.curves} == {"coefficients"}
    assert {c.distribution for c in made.curves} == {"lognormal"}
    with IPD.open() as file:
        rows = [r for r in csv.DictReader(file) if r["arm"] == "control"]
    data = survival_data([float(r["os_time"]) for r in rows], [int(r["os_event"]) for r in rows])
    for name in ("lognormal", "spline_normal_2", "generalised_gamma"):
        switched = edit(made, {"curves.old.os.distribution": name})
        got = curve_coefficients(switched, switched.curve("old", "os"))
        expected = fit_data(data, name)
        assert got.family.survival([12.0, 60.0, 240.0], got.natural) == pytest.approx(
            expected.distribution.survival([12.0, 60.0, 240.0], expected.coefficients), rel=1e-9
        )
        assert got.covariance == pytest.approx(expected.covariance, rel=1e-9)


def test_an_arm_that_the_workbook_lacks_is_refused_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "m.xlsx"
    write_inputs(trial_model(), path)
    before = path.read_bytes()
    assert run(IPD, "--into", path, "--out", tmp_path / "o") == 2
    assert "the workbook has no arm 'control'; it has: old, new" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert not (tmp_path / "o").exists()


def test_the_data_of_an_input_workbook_are_fitted(tmp_path: Path) -> None:
    path = tmp_path / "m.xlsx"
    write_inputs(trial_model(), path)
    assert run(path, "--endpoint", "os", "--out", tmp_path / "o", "--no-figures") == 0
    table = pd.read_csv(tmp_path / "o" / "tables" / "goodness_of_fit.csv")
    assert table[table["selected"]]["distribution"].tolist() == ["weibull", "weibull"]


# ---- bad data: one message each, with file, row and column ----

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
def test_bad_digitised_curves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], clicks, risks, message
) -> None:
    (tmp_path / "c.csv").write_text(clicks)
    (tmp_path / "r.csv").write_text(risks)
    assert run(tmp_path / "c.csv", "--at-risk", tmp_path / "r.csv", "--out", tmp_path / "o") == 2
    said = capsys.readouterr().err
    assert message in said
    assert "1 problem found" in said


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "holds no rows"), ("arm,time,event\n", "holds no rows")],
    ids=["empty", "header only"],
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


def test_semicolons_decimal_commas_and_other_orders_are_read(tmp_path: Path) -> None:
    with IPD.open() as file:
        rows = list(csv.DictReader(file))
    lines = ["OS_event;notes;Arm;OS_time"]
    lines += [f"{r['os_event']};x;{r['arm']};{r['os_time'].replace('.', ',')}" for r in rows]
    (tmp_path / "d.csv").write_text("\n".join(lines))
    assert run(tmp_path / "d.csv", "--out", tmp_path / "a", "--no-figures") == 0
    assert run(IPD, "--endpoint", "os", "--out", tmp_path / "b", "--no-figures") == 0
    first, second = ((tmp_path / n / "tables" / "goodness_of_fit.csv").read_text() for n in "ab")
    assert first == second


# ---- the shipped example ----


def test_the_shipped_example_runs_and_is_labelled_synthetic(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workbook = ROOT / "inputs" / "example_synthetic_trial.xlsx"
    definition = read_inputs(workbook)
    assert definition.about.title.startswith("SYNTHETIC")
    quick = tmp_path / "example.xlsx"
    short = dataclasses.replace(
        definition, scenarios=definition.scenarios[:2],
        assumptions=(),
        settings=dataclasses.replace(definition.settings, cycle_days=28.0, horizon_years=20.0),
    )  # fmt: skip
    write_inputs(short, quick)
    out = tmp_path / "o"
    assert main([str(quick), "--out", str(out), "--draws", "120"]) == 0
    book = openpyxl.load_workbook(out / "o.xlsx", read_only=True)
    assert {"Fits PFS", "Fits OS", "Fits palbociclib"} <= set(book.sheetnames)
    assert (out / "tables" / "fit_goodness_of_fit.csv").exists()
    crossing = pd.read_csv(out / "tables" / "curve_uncertainty.csv")
    assert set(crossing["uncertainty"]) == {"normal", "bootstrap"}
    assert np.isfinite(crossing["share_of_draws_crossing"]).all()
    assert (out / "figures" / "fit_palbociclib_8_reconstruction.png").exists()


def test_the_example_csv_files_hold_the_workbooks_data(tmp_path: Path) -> None:
    definition = read_inputs(ROOT / "inputs" / "example_synthetic_trial.xlsx")
    frame = pd.read_csv(ROOT / "inputs" / "example_patient_data.csv")
    mine = {(r.arm, r.patient): r.time for r in definition.patient_data if r.endpoint == "os"}
    assert {(r.arm, r.patient): r.os_time for r in frame.itertuples()} == mine
    shutil.copy(ROOT / "inputs" / "example_digitised_curve.csv", tmp_path)
    assert len(pd.read_csv(tmp_path / "example_digitised_curve.csv")) == len(definition.digitised)
