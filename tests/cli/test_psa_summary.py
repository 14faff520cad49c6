"""``psa-summary``: layouts of other programs, our own sheet, and files that cannot be used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from model.cli import main
from model.excel import InputError
from model.excel.other_programs.psa_file import read_psa_file
from tests.helpers.output_models import small_output

SAMPLE = Path(__file__).parents[1] / "reference" / "psa_sample.csv"


def draws(n: int = 40) -> pd.DataFrame:
    """Costs and effects of two options and two sampled inputs, under plain names."""
    rng = np.random.default_rng(1)
    cost, effect = rng.gamma(4, 1000, (n, 2)), rng.normal(5, 1, (n, 2))
    return pd.DataFrame(
        {
            "cA": cost[:, 0],
            "cB": cost[:, 1],
            "eA": effect[:, 0],
            "eB": effect[:, 1],
            "rate": rng.beta(2, 5, n),
            "price": rng.gamma(9, 10, n),
        }
    )


def written(folder: Path, names: dict[str, str], **options: object) -> Path:
    path = folder / "draws.csv"
    draws().rename(columns=names).to_csv(path, **options)  # type: ignore[call-overload]
    return path


LAYOUTS = {
    "cost_, qaly_": {"cA": "cost_A", "cB": "cost_B", "eA": "qaly_A", "eB": "qaly_B"},
    "costs., effects.": {"cA": "costs.A", "cB": "costs.B", "eA": "effects.A", "eB": "effects.B"},
    "BCEA c., e.": {"cA": "c.A", "cB": "c.B", "eA": "e.A", "eB": "e.B"},
    "suffixes": {"cA": "A_cost", "cB": "B_cost", "eA": "A_qalys", "eB": "B_qalys"},
    "capitals and spaces": {"cA": "Cost A", "cB": "Cost B", "eA": "QALY A", "eB": "QALY B"},
}


@pytest.mark.parametrize("names", LAYOUTS.values(), ids=LAYOUTS)
def test_common_layouts_are_found_by_their_names(tmp_path: Path, names: dict[str, str]) -> None:
    found = read_psa_file(written(tmp_path, names))
    table = draws()
    assert found.arms == ("A", "B") and set(found.parameters) == {"rate", "price"}
    np.testing.assert_allclose(found.costs, table[["cA", "cB"]], rtol=1e-12)
    np.testing.assert_allclose(found.effects, table[["eA", "eB"]], rtol=1e-12)


def test_long_names_win_over_parameters_with_short_ones() -> None:
    """The sample of the R package voi holds inputs c_drug, c_pd and c_ae beside costs cost_1 to cost_3."""
    found = read_psa_file(SAMPLE)
    assert found.arms == ("1", "2", "3") and len(found.parameters) == 8 and len(found.costs) == 3000


def test_columns_may_be_named_and_options_called_otherwise(tmp_path: Path) -> None:
    found = read_psa_file(written(tmp_path, {}), ["cB", "cA"], ["eB", "eA"], ["New", "Old"], ["rate"])
    assert found.arms == ("New", "Old") and list(found.parameters) == ["rate"]
    np.testing.assert_allclose(found.costs[:, 1], draws()["cA"], rtol=1e-12)


def test_semicolons_with_decimal_commas_are_read(tmp_path: Path) -> None:
    found = read_psa_file(written(tmp_path, LAYOUTS["cost_, qaly_"], sep=";", decimal=",", index=False))
    np.testing.assert_allclose(found.costs, draws()[["cA", "cB"]], rtol=1e-12)


def test_our_own_sheet_of_draws_is_read() -> None:
    output = small_output("two arms")
    found, result = read_psa_file(output.path), output.results["psa"]
    assert found.arms == output.definition.arm_ids
    np.testing.assert_allclose(found.costs, result.outcomes.total_costs, rtol=1e-12)
    np.testing.assert_allclose(found.effects, result.outcomes.total_qalys, rtol=1e-12)
    assert set(found.parameters) == set(result.parameter_columns())


def test_the_command_writes_workbook_figures_and_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "result"
    given = ["psa-summary", str(SAMPLE), "--thresholds", "100000,150000", "--currency", "USD", "--out", str(out)]
    assert main(given) == 0
    assert "EVPI USD 18,620 per patient" in capsys.readouterr().out  # voi: 18,617.48
    assert openpyxl.load_workbook(out / "result.xlsx").sheetnames == ["Summary", "Thresholds", "Information", "Convergence"]
    assert {p.suffix for p in (out / "figures").iterdir()} == {".png", ".svg"}
    assert len(list((out / "figures").iterdir())) == 10
    evpi = pd.read_csv(out / "tables" / "evpi.csv").set_index("willingness_to_pay")["evpi"]
    assert evpi[150_000.0] == pytest.approx(18_617.4803335308)
    first = (out / "result.xlsx").read_bytes()
    assert main([*given, "--no-figures"]) == 0
    assert (out / "result.xlsx").read_bytes() == first and not (out / "figures").exists()


NAMES = LAYOUTS["cost_, qaly_"]
BAD = {
    "no columns": (draws(), [], "costs and effects of at least two options were not found"),
    "a name": (draws(), ["--costs", "cA,cX", "--effects", "eA,eB"], "there is no column 'cX'"),
    "half": (draws(), ["--costs", "cA,cB"], "name the columns of both"),
    "uneven": (draws(), ["--costs", "cA,cB", "--effects", "eA"], "each option needs a cost and an effect"),
    "one draw": (draws(1).rename(columns=NAMES), [], "at least 2 draws"),
    "a gap": (draws().rename(columns=NAMES).assign(cost_B=[*range(3), np.nan, *range(36)]), [], "!B5 'cost_B': is empty"),
    "text": (draws().rename(columns=NAMES).assign(cost_B="dear"), [], "'dear' is text; it must be a number"),
    "missing": (draws().rename(columns=NAMES).assign(rate=["NA", *[1.0] * 39]), [], "'NA' is no finite number"),
    "reference": (draws().rename(columns=NAMES), ["--reference", "C"], "'C' is not among the options A, B"),
    "empty": (pd.DataFrame(), [], "is empty"),
}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("case", BAD)
def test_a_file_that_cannot_be_used_is_refused_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str, kind: str
) -> None:
    table, options, gist = BAD[case]
    path, out = tmp_path / f"bad.{kind}", tmp_path / "out"
    if kind == "csv":
        table.to_csv(path, index=False)
    else:
        table.to_excel(path, index=False)
    if case == "empty" and kind == "xlsx":
        gist = "no row of column names was found"
    assert main(["psa-summary", str(path), "--out", str(out), *options]) == 2
    error = capsys.readouterr().err
    assert gist in error and "nothing was run or written" in error
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "gist"),
    [
        ("cost_A,cost_B,qaly_A,qaly_B\n1,2,3,4\n1,2,3,4,5\n", "has more cells than the header"),
        ("cost_A,cost_A,qaly_A,qaly_B\n1,2,3,4\n1,2,3,4\n", "the column name 'cost_A' stands twice"),
    ],
)
def test_a_broken_table_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, gist: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    assert main(["psa-summary", str(path), "--out", str(tmp_path / "out")]) == 2
    assert gist in capsys.readouterr().err


def test_a_missing_file_or_sheet_and_no_workbook_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["psa-summary", str(tmp_path / "none.csv")]) == 2
    fake = tmp_path / "fake.xlsx"
    fake.write_text("no workbook", encoding="utf-8")
    assert main(["psa-summary", str(fake)]) == 2
    draws().to_excel(tmp_path / "good.xlsx", index=False)
    assert main(["psa-summary", str(tmp_path / "good.xlsx"), "--sheet", "Other"]) == 2
    assert "there is no sheet 'Other' in good.xlsx; it has: Sheet1" in capsys.readouterr().err


# ---- what would be taken wrongly without a word ----------------------------------------------------------------------


def test_differences_and_further_outcomes_are_neither_options_nor_inputs(tmp_path: Path) -> None:
    table = draws().rename(columns=LAYOUTS["cost_, qaly_"])
    table["inc_cost"], table["inc_qaly"] = (table["cost_B"] - table["cost_A"], table["qaly_B"] - table["qaly_A"])
    table["ly_A"], table["ly_B"], table["nmb_A"], table["icer"] = 1.0, 2.0, 3.0, 4.0
    table.to_csv(tmp_path / "d.csv", index=False)
    found = read_psa_file(tmp_path / "d.csv")
    assert found.arms == ("A", "B") and set(found.parameters) == {"rate", "price"}


def test_an_option_without_effects_is_refused(tmp_path: Path) -> None:
    table = draws().rename(columns=LAYOUTS["cost_, qaly_"])
    table["cost_C"] = 1.0
    table.to_csv(tmp_path / "d.csv", index=False)
    with pytest.raises(InputError, match="'cost_C' has no column of effects"):
        read_psa_file(tmp_path / "d.csv")


def test_two_decimal_signs_in_one_file_are_refused_with_a_cell_of_each(tmp_path: Path) -> None:
    lines = ["cost_A;qaly_A;cost_B;qaly_B", "12,100;1.10;15,105;1.2", "11,000;1.30;15,000;1.1"]
    (tmp_path / "d.csv").write_text("\n".join(lines))
    with pytest.raises(InputError, match=r"d\.csv!A2 .*'12,100' has a comma and B2 '1\.10' a point"):
        read_psa_file(tmp_path / "d.csv")


@pytest.mark.parametrize(("mark", "before", "encoding"), [("\t", "", "utf-16"), (";", "sep=;\n", "utf-8")])
def test_files_as_spreadsheets_save_them_are_read(tmp_path: Path, mark: str, before: str, encoding: str) -> None:
    table = draws().rename(columns=LAYOUTS["cost_, qaly_"])
    text = before + table.to_csv(sep=mark, decimal=",", index=False)
    (tmp_path / "d.csv").write_bytes(text.encode(encoding))
    np.testing.assert_allclose(read_psa_file(tmp_path / "d.csv").costs, draws()[["cA", "cB"]], rtol=1e-12)


def test_many_bad_cells_of_a_column_are_told_in_three_lines(tmp_path: Path) -> None:
    table = draws().rename(columns=LAYOUTS["cost_, qaly_"])
    table["cost_A"] = [f"${x:.0f}" for x in table["cost_A"]]
    table.to_csv(tmp_path / "d.csv", index=False)
    with pytest.raises(InputError) as caught:
        read_psa_file(tmp_path / "d.csv")
    assert [str(p).split(" ")[0] for p in caught.value.problems] == ["d.csv!A2", "d.csv!A3", "d.csv!A4"]
    assert "38 more cells" in str(caught.value)


def test_a_folder_that_holds_the_data_or_a_run_of_the_model_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, LAYOUTS["cost_, qaly_"], index=False)
    assert main(["psa-summary", str(path), "--out", str(tmp_path)]) == 2
    assert "stands in the folder for the results" in capsys.readouterr().err
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text('{"input_file": "m.xlsx", "files_sha256": {"kept.csv": ""}}')
    (tmp_path / "run" / "kept.csv").write_text("kept")
    assert main(["psa-summary", str(path), "--out", str(tmp_path / "run")]) == 2
    assert "holds the results of a run of the model" in capsys.readouterr().err
    assert (tmp_path / "run" / "kept.csv").read_text() == "kept"
