"""``run_model.py fit``: what it reads and what it writes. Oracle: flexsurv's fits of the same data."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import io
import json
import shutil
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from model.cli import main
from model.definition import ModelDefinition, curve_coefficients, edit
from model.excel import read_inputs, write_inputs
from model.survival import fit_data, survival_data
from tests.helpers.shipped import ROOT, shipped
from tests.helpers.trial_data import REFERENCE, curves, trial_model

IPD = REFERENCE / "ipd.csv"


def run(*arguments: object) -> int:
    return main(["fit", *(str(a) for a in arguments)])


@dataclasses.dataclass(frozen=True)
class Fitted:
    """The results of one run on the trial's patient data, and what it printed."""

    folder: Path
    said: str
    workbook: Path | None = None
    """The input workbook that the candidates went into."""

    def table(self, stem: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / "tables" / f"{stem}.csv")

    def files(self) -> dict[str, bytes]:
        """Everything but run.json, which holds the timings."""
        found = (p for p in sorted(self.folder.rglob("*")) if p.is_file() and p.name != "run.json")
        return {str(p.relative_to(self.folder)): p.read_bytes() for p in found}


def fit_of_trial(folder: Path, *options: str) -> Fitted:
    """PFS of the trial's patients."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert run(IPD, "--endpoint", "pfs", "--out", folder, *options) == 0
    return Fitted(folder, said.getvalue())


@pytest.fixture(scope="module")
def workbook_of_trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An input workbook whose curves are log-normal fits to the same patients."""
    path = tmp_path_factory.mktemp("workbook") / "m.xlsx"
    write_inputs(trial_model(*curves("patient_data", "lognormal")), path)
    return path


@pytest.fixture
def workbook(workbook_of_trial: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copy(workbook_of_trial, tmp_path))


@pytest.fixture(scope="module")
def fitted(workbook_of_trial: Path, tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    """One that also went into a workbook."""
    folder = tmp_path_factory.mktemp("fitted")
    workbook = Path(shutil.copy(workbook_of_trial, folder))
    into = ("--into", str(workbook), "--arm", "control=old", "--arm", "intervention=new")
    return dataclasses.replace(fit_of_trial(folder / "o", "--no-figures", *into), workbook=workbook)


def test_patient_data_give_flexsurvs_aic(fitted: Fitted) -> None:
    table = fitted.table("goodness_of_fit")
    fits = json.loads((REFERENCE / "flexsurv.json").read_text())["fits"]
    mine = table[(table["arm"] == "intervention") & (table["distribution"] == "weibull")]
    assert float(mine["aic"].iloc[0]) == pytest.approx(fits["pfs|intervention|weibull"]["aic"], abs=1e-4)
    assert "control: 257 patients, 170 events, median 33.3 (27.0 to 42.6) months" in fitted.said
    assert "hazard ratio 0.84" in fitted.said
    record = json.loads((fitted.folder / "run.json").read_text())
    assert record["data_file"] == "ipd.csv"


@pytest.mark.slow
def test_a_digitised_curve_is_reconstructed(tmp_path: Path) -> None:
    clicks, risks = REFERENCE / "digitised_km.csv", REFERENCE / "numbers_at_risk.csv"
    out = tmp_path / "o"
    assert run(clicks, "--at-risk", risks, "--endpoint", "os", "--out", out, "--no-figures") == 0
    report = pd.read_csv(out / "tables" / "reconstruction.csv")
    events = report[report["item"] == "events"]
    assert len(events) == 2
    assert events["published"].tolist() == events["reconstructed"].tolist()


def test_the_workbook_has_the_fits_and_what_to_paste(fitted: Fitted) -> None:
    book = openpyxl.load_workbook(fitted.folder / "o.xlsx", read_only=True)
    assert book.sheetnames == ["Contents", "Fits PFS", "Fits data PFS", "Coefficients", "Covariance"]


@pytest.mark.slow
def test_figures_are_drawn(tmp_path: Path) -> None:
    stems = {p.stem for p in (fit_of_trial(tmp_path / "o").folder / "figures").glob("*.png")}
    assert {"fit_pfs_1_candidates_follow_up", "fit_pfs_3_hazards", "fit_pfs_5_schoenfeld"} <= stems


@pytest.mark.slow
def test_the_same_data_give_the_same_bytes(fitted: Fitted, tmp_path: Path) -> None:
    assert fit_of_trial(tmp_path / "o", "--no-figures").files() == fitted.files()


@pytest.fixture(scope="module")
def other_form(tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    """The same data of one arm with semicolons, decimal commas and other orders, and with cut points."""
    folder = tmp_path_factory.mktemp("other")
    with IPD.open() as file:
        rows = [row for row in csv.DictReader(file) if row["arm"] == "control"]
    lines = ["PFS_event;notes;Arm;PFS_time"]
    lines += [f"{r['pfs_event']};x;{r['arm']};{r['pfs_time'].replace('.', ',')}" for r in rows]
    (folder / "d.csv").write_text("\n".join(lines))
    assert run(folder / "d.csv", "--out", folder / "o", "--no-figures", "--cut-points", "12; 36") == 0
    return Fitted(folder / "o", "")


def test_a_piecewise_exponential_is_fitted_where_cut_points_are_given(other_form: Fitted) -> None:
    table = other_form.table("coefficients")
    mine = table[(table["arm"] == "control") & (table["distribution"] == "piecewise_exponential")].set_index("coefficient")
    with IPD.open() as file:
        rows = [(float(r["pfs_time"]), int(r["pfs_event"])) for r in csv.DictReader(file) if r["arm"] == "control"]
    rate = sum(e for t, e in rows if t <= 12) / sum(min(t, 12.0) for t, _ in rows)
    assert mine.loc["rate1", "value"] == pytest.approx(rate, rel=1e-7)
    assert mine.loc[["cut1", "cut2"], "value"].tolist() == [12.0, 36.0]


def test_cut_points_that_fall_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(IPD, "--cut-points", "36;12", "--out", tmp_path / "o") == 2
    assert "--cut-points '36;12': cut points must be months above 0 that rise" in capsys.readouterr().err


# ---- into a workbook ----


def test_candidates_go_into_a_workbook_and_come_out_as_the_same_curves(fitted: Fitted) -> None:
    assert fitted.workbook is not None
    made = read_inputs(fitted.workbook)
    assert {(c.endpoint, c.source) for c in made.curves} == {("pfs", "coefficients"), ("os", "patient_data")}
    assert {c.distribution for c in made.curves} == {"lognormal"}
    with IPD.open() as file:
        rows = [r for r in csv.DictReader(file) if r["arm"] == "control"]
    data = survival_data([float(r["pfs_time"]) for r in rows], [int(r["pfs_event"]) for r in rows])
    for name in ("lognormal", "spline_normal_2", "generalised_gamma"):
        switched = edit(made, {"curves.old.pfs.distribution": name})
        got = curve_coefficients(switched, switched.curve("old", "pfs"))
        expected = fit_data(data, name)
        assert got.family.survival([12.0, 60.0, 240.0], got.natural) == pytest.approx(
            expected.distribution.survival([12.0, 60.0, 240.0], expected.coefficients), rel=1e-9
        )
        assert got.covariance == pytest.approx(expected.covariance, rel=1e-9)


@pytest.mark.slow
def test_an_arm_that_the_workbook_lacks_is_refused_and_nothing_written(
    workbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = workbook.read_bytes()
    assert run(IPD, "--into", workbook, "--endpoint", "os", "--out", tmp_path / "o", "--no-figures") == 2
    assert "the workbook has no arm 'control'; it has: old, new" in capsys.readouterr().err
    assert workbook.read_bytes() == before
    assert not (tmp_path / "o").exists()


@pytest.mark.slow
def test_the_data_of_an_input_workbook_are_fitted(workbook: Path, tmp_path: Path) -> None:
    assert run(workbook, "--endpoint", "os", "--out", tmp_path / "o", "--no-figures") == 0
    table = pd.read_csv(tmp_path / "o" / "tables" / "goodness_of_fit.csv")
    assert table[table["selected"]]["distribution"].tolist() == ["lognormal", "lognormal"]


def test_semicolons_decimal_commas_and_other_orders_are_read(fitted: Fitted, other_form: Fitted) -> None:
    columns = ["arm", "distribution", "aic"]
    plain, other = (f.table("goodness_of_fit")[columns] for f in (fitted, other_form))
    plain = plain[plain["arm"] == "control"].reset_index(drop=True)
    other = other[other["distribution"] != "piecewise_exponential"].reset_index(drop=True)
    assert len(plain) > 10 and set(plain.columns) == set(columns)
    pd.testing.assert_frame_equal(other, plain, check_exact=True)


# ---- the shipped example ----


def example() -> ModelDefinition:
    return shipped("example_synthetic_trial")


def test_the_shipped_example_is_labelled_synthetic() -> None:
    assert example().about.title.startswith("SYNTHETIC")


@pytest.mark.slow
def test_the_shipped_example_runs(tmp_path: Path) -> None:
    definition = example()
    quick = tmp_path / "example.xlsx"
    short = dataclasses.replace(
        definition,
        scenarios=definition.scenarios[:2],
        assumptions=(),
        settings=dataclasses.replace(definition.settings, cycle_days=28.0, horizon_years=20.0),
    )
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
    definition = example()
    frame = pd.read_csv(ROOT / "inputs" / "example_patient_data.csv")
    mine = {(r.arm, r.patient): r.time for r in definition.patient_data if r.endpoint == "os"}
    assert {(r.arm, r.patient): r.os_time for r in frame.itertuples()} == mine
    shutil.copy(ROOT / "inputs" / "example_digitised_curve.csv", tmp_path)
    assert len(pd.read_csv(tmp_path / "example_digitised_curve.csv")) == len(definition.digitised)


@pytest.mark.slow
def test_endpoints_and_arms_may_be_called_anything(tmp_path: Path) -> None:
    """What file systems and spreadsheets forbid, and names that differ only in case."""
    with IPD.open() as file:
        rows = list(csv.DictReader(file))[:80]
    lines = ["arm,endpoint,time,event"]
    for endpoint in ("pfs/bicr", "OS", "os"):
        for arm in ("a/b:[c]*?", "A/B:[c]*?"):
            lines += [f"{arm},{endpoint},{r['pfs_time']},{r['pfs_event']}" for r in rows[: 60 if arm[0] == "a" else 80]]
    (tmp_path / "d.csv").write_text("\n".join(lines))
    assert run(tmp_path / "d.csv", "--out", tmp_path / "o", "--no-figures") == 0
    book = openpyxl.load_workbook(tmp_path / "o" / "o.xlsx", read_only=True)
    assert {"Fits pfs bicr", "Fits OS", "Fits OS 2"} <= set(book.sheetnames)
    assert {"curves_pfs_bicr.csv", "curves_OS.csv", "curves_os_2.csv"} <= {
        p.name for p in (tmp_path / "o" / "tables").iterdir()
    }


def test_what_the_data_do_not_determine_is_told_and_kept_out_of_the_ranks(tmp_path, capsys):
    folder = tmp_path / "immature"
    assert run(REFERENCE / "immature_os.csv", "--no-figures", "--out", folder, "--horizon-years", 20) == 0
    assert "not identified: Generalised gamma: sigma is not identified" in capsys.readouterr().out
    table = pd.read_csv(folder / "tables" / "goodness_of_fit.csv").set_index("distribution")
    row = table.loc["generalised_gamma"]
    assert row["status"] == "not identified" and "sigma is not identified" in str(row["note"]).lower()
    assert np.isnan([row["aic_rank"], row["bic_rank"], row["aic_weight"]]).all()
    assert table["aic_rank"].min() == 1 and table["aic_weight"].sum() == pytest.approx(1)
    written = pd.read_csv(folder / "tables" / "coefficients.csv")["distribution"].unique()
    assert "generalised_gamma" not in written and "weibull" in written
