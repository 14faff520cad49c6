"""The output workbook: figures in their cells, live formulas that give them, nothing hidden, readable as inputs.

Oracles: the result objects themselves, and formualizer, an independent engine that recalculates every formula.
"""

from __future__ import annotations

import dataclasses
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import formualizer
import openpyxl
import pytest
import small_models

from model.analysis import base_case, one_way, psa, scenarios
from model.definition import ModelDefinition, define
from model.definition.arms import Arm
from model.definition.documentation import ScenarioChange
from model.definition.settings import Threshold
from model.excel import read_inputs
from model.excel.output import write_workbook

N_DRAWS = 40
RUN = {
    "run_id": "abc123",
    "model_version": "9.9",
    "seed": 7,
    "input_sha256": "f00d",
    "packages": {"numpy": "2"},
}


def with_uncertainty(definition: ModelDefinition) -> ModelDefinition:
    """The published example with a few sampled inputs, scenarios and a comparison threshold."""
    utilities = tuple(
        dataclasses.replace(
            u, parameter=dataclasses.replace(u.parameter, distribution="beta", standard_error=0.03)
        )
        for u in definition.utilities
    )
    care = tuple(
        dataclasses.replace(
            c, parameter=dataclasses.replace(c.parameter, distribution="gamma", standard_error=200.0)
        )
        for c in definition.care
    )
    changes = (
        ScenarioChange(id="short", label="Horizon 5 years", input="settings.horizon_years", value=5.0),
        ScenarioChange(
            id="weibull", label="Other curve", input="curves.old.os.distribution", value="loglogistic"
        ),
    )
    thresholds = (Threshold(value=150000.0), Threshold(value=50000.0, role="comparison"))
    return dataclasses.replace(
        definition, utilities=utilities, care=care, scenarios=changes, thresholds=thresholds
    )


def three_arms() -> ModelDefinition:
    """The same with a third, dominated arm."""
    own, effect = small_models.own_curve, small_models.effect_curve
    arms = (*small_models.ARMS, Arm(id="third", label="Third: a/b?", short_label="Third: a/b?"))
    return with_uncertainty(
        small_models.model(
            [
                own("old", "pfs", "weibull", shape=1.2, scale=40.0), own("old", "os", "weibull", shape=1.1, scale=70.0),
                effect("new", "pfs", "old", "weibull", 0.67), effect("new", "os", "old", "weibull", 0.74),
                effect("third", "pfs", "old", "weibull", 1.1), effect("third", "os", "old", "weibull", 1.2),
            ],
            arms=arms,
            care=(
                small_models.monthly("drug", "progression_free", 10000.0, arm="new"),
                small_models.monthly("other", "progression_free", 12000.0, arm="third"),
                small_models.monthly("visits", "alive", 500.0),
            ),
        )
    )  # fmt: skip


MODELS = {"two arms": lambda: with_uncertainty(small_models.published_example_a()), "three arms": three_arms}


@dataclasses.dataclass
class Written:
    """A workbook and the results it was written from."""

    path: Path
    results: dict[str, Any]
    values: Any
    formulas: Any

    def write(self, path: Path) -> None:
        write_workbook(path, **self.results, run=RUN)


@pytest.fixture(scope="module", params=list(MODELS))
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    definition = MODELS[request.param]()
    results = {
        "base": base_case(definition), "one_way": one_way(definition), "scenarios": scenarios(definition),
        "psa": psa(definition, N_DRAWS, 7),
    }  # fmt: skip
    path = tmp_path_factory.mktemp("output") / "model.xlsx"
    write_workbook(path, **results, run=RUN)
    return Written(path, results, openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(path))


def rows(sheet: Any) -> Iterator[list[Any]]:
    for row in sheet.iter_rows(values_only=True):
        yield list(row)


def row_after(sheet: Any, title: str, label: str) -> list[Any]:
    """The first row with a label in the first column below a title."""
    found = False
    for row in rows(sheet):
        found = found or row[0] == title
        if found and row[0] == label:
            return row
    raise AssertionError(f"no row '{label}' below '{title}' on {sheet.title}")


def numbers(row: list[Any]) -> list[float]:
    return [v for v in row if isinstance(v, int | float)]


def linked_sheets(sheet: Any) -> set[str]:
    """Sheets that the links of a sheet lead to; a link outside the workbook has no location."""
    links = [c.hyperlink for row in sheet.iter_rows() for c in row if c.hyperlink is not None]
    return {link.location.rsplit("!", 1)[0].strip("'") for link in links}


# ---- figures in their cells ------------------------------------------------------------------------------------------


def test_totals_of_the_base_case_stand_beside_their_arms(written: Written) -> None:
    base = written.results["base"]
    totals = base.totals()
    fields = [c for c in totals.columns if c != "arm"]
    for i, arm in enumerate(base.definition.arms):
        row = row_after(written.values["Results"], "Totals per patient", arm.label)
        assert numbers(row) == pytest.approx(list(totals.loc[i, fields]), rel=1e-12)


def test_increment_and_icer_of_the_answer_are_those_of_the_base_case(written: Written) -> None:
    base, sheet = written.results["base"], written.values["Answer"]
    by_label = {row[0]: numbers(row) for row in rows(sheet) if isinstance(row[0], str)}
    currency = base.definition.settings.currency
    assert by_label["QALYs"][-1] == pytest.approx(base.incremental_qalys)
    assert by_label[f"Cost, {currency}"][-1] == pytest.approx(base.incremental_cost)
    assert by_label[f"ICER, {currency} per QALY gained"] == [pytest.approx(base.icer)]


def test_the_answer_says_the_conclusion_and_the_facts_of_the_run(written: Written) -> None:
    text = " ".join(str(v) for row in rows(written.values["Answer"]) for v in row if v is not None)
    assert written.results["base"].conclusion() in text
    settings = written.results["base"].definition.settings
    for fact in ("abc123", "9.9", "f00d", settings.crossing, settings.accrual, settings.discounting):
        assert fact in text


def test_costs_by_category_are_those_of_the_base_case(written: Written) -> None:
    base = written.results["base"]
    table = base.costs()
    for i, category in enumerate(table["category"]):
        row = row_after(written.values["Disaggregated"], "Costs", category)
        n = len(base.arm_labels)
        assert row[2 : 2 + n] == pytest.approx([table[label][i] for label in base.arm_labels], abs=1e-9)


def test_sums_over_the_trace_are_the_results(written: Written) -> None:
    base = written.results["base"]
    traces = [s for s in written.values.sheetnames if s.startswith("Trace ")]
    assert len(traces) == len(base.definition.arms)
    for a, name in enumerate(traces):
        sheet = written.values[name]
        header = [c.value for c in sheet[11]]
        for kind, total in (("Costs", base.outcomes.total_costs), ("QALYs", base.outcomes.total_qalys),
                            ("Life years", base.outcomes.total_life_years)):  # fmt: skip
            column = next(i for i, h in enumerate(header) if str(h).startswith(f"{kind}, total"))
            cells = [row[column] for row in sheet.iter_rows(min_row=12, values_only=True)]
            assert len(cells) == base.engine.timeline.n_cycles + 1
            assert math.fsum(cells) == pytest.approx(total[0, a], rel=1e-10)
            assert sheet.cell(6, column + 1).value == pytest.approx(total[0, a], rel=1e-10)
        assert all(value == 0 for value in numbers([c.value for c in sheet[8]])), "row Difference"


def test_every_draw_stands_on_its_sheet(written: Written) -> None:
    table = written.results["psa"].table()
    sheet = written.values["PSA draws"]
    ids = [c.value for c in sheet[6]]
    body = list(sheet.iter_rows(min_row=8, values_only=True))
    assert len(body) == N_DRAWS
    for name in table.columns:
        column = [row[ids.index(name)] for row in body]
        expected = [None if isinstance(v, float) and math.isnan(v) else v for v in table[name].tolist()]
        assert column == expected


def test_means_over_draws_are_those_of_the_analysis(written: Written) -> None:
    results = written.results["psa"].results()
    sheet = written.values["PSA results"]
    qalys = results[(results["outcome"] == "qalys") & (results["arm"] == "Increment")].iloc[0]
    row = row_after(sheet, "Means and 95% intervals", "QALYs: increment")
    assert numbers(row) == pytest.approx(
        [qalys["mean"], qalys["standard_deviation"], qalys["lower_95"], qalys["upper_95"]]
    )


def test_every_input_of_the_one_way_analysis_is_listed_or_left_out_with_a_reason(written: Written) -> None:
    analysis = written.results["one_way"]
    sheet = written.values["Tornado"]
    ids = {v for row in rows(sheet) for v in row if isinstance(v, str)}
    assert {b.parameter_id for b in analysis.bounds} <= ids
    assert set(analysis.excluded["reason"]) <= ids


def test_every_scenario_is_listed_with_its_increments(written: Written) -> None:
    for _, expected in written.results["scenarios"].table().iterrows():
        row = row_after(written.values["Scenario results"], "Scenarios", expected["label"])
        assert row[1:4] == pytest.approx(
            [expected["incremental_cost"], expected["incremental_life_years"], expected["incremental_qalys"]]
        )


def test_every_parameter_is_in_the_dictionary(written: Written) -> None:
    definition = written.results["base"].definition
    found = {row[11]: row[1] for row in rows(written.values["Parameters"])}
    assert {name: p.value for name, p in definition.parameters.items()}.items() <= found.items()


# ---- the file --------------------------------------------------------------------------------------------------------


def test_an_independent_engine_gives_every_formula_its_stored_value(written: Written, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    formualizer.recalculate_xlsx_file(str(written.path), str(again))
    recalculated = openpyxl.load_workbook(again, data_only=True)
    count, wrong = 0, []
    for sheet in written.formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                count += 1
                stored = written.values[sheet.title][cell.coordinate].value
                value = recalculated[sheet.title][cell.coordinate].value
                same = stored == value or (stored in (None, "") and value in (None, ""))
                if not same and not (
                    isinstance(value, int | float) and value == pytest.approx(stored, rel=1e-9, abs=1e-9)
                ):
                    wrong.append((sheet.title, cell.coordinate, cell.value, stored, value))
    assert count > 1000
    assert not wrong


def test_no_cell_holds_an_error(written: Written) -> None:
    for sheet in written.values:
        assert not [c.coordinate for row in sheet.iter_rows() for c in row if c.data_type == "e"], sheet.title


def test_no_sheet_is_hidden_and_nothing_runs_or_points_outside(written: Written) -> None:
    assert all(sheet.sheet_state == "visible" for sheet in written.values)
    names = zipfile.ZipFile(written.path).namelist()
    assert not [
        n for n in names if "vba" in n.lower() or "external" in n.lower() or "connection" in n.lower()
    ]
    volatile = ("NOW(", "TODAY(", "RAND", "OFFSET(", "INDIRECT(", "CELL(", "INFO(")
    for sheet in written.formulas:
        for row in rows(sheet):
            assert not [
                v for v in row if isinstance(v, str) and v.startswith("=") and any(f in v for f in volatile)
            ]


def test_the_same_results_give_the_same_bytes(written: Written, tmp_path: Path) -> None:
    written.write(tmp_path / "twice.xlsx")
    assert (tmp_path / "twice.xlsx").read_bytes() == written.path.read_bytes()


def test_the_output_can_be_read_back_as_inputs(written: Written) -> None:
    assert read_inputs(written.path) == written.results["base"].definition


def test_every_sheet_is_in_the_contents_and_every_link_leads_somewhere(written: Written) -> None:
    sheets = set(written.formulas.sheetnames)
    for sheet in written.formulas:
        assert linked_sheets(sheet) <= sheets
    assert linked_sheets(written.formulas["Answer"]) == sheets - {"Answer"}


def test_charts_are_native_and_have_axis_titles(written: Written) -> None:
    file = zipfile.ZipFile(written.path)
    charts = [n for n in file.namelist() if n.startswith("xl/charts/chart")]
    arms = len(written.results["base"].definition.arms)
    assert (
        len(charts) == 8 + arms
    )  # one of states per arm; these models have no drugs, so none of time on treatment
    for name in charts:
        assert file.read(name).decode().count("<c:title>") >= 2, name


def test_a_workbook_of_the_base_case_alone_has_no_sheets_of_other_analyses(tmp_path: Path) -> None:
    definition = small_models.published_example_a()
    write_workbook(tmp_path / "base.xlsx", base=base_case(definition))
    names = openpyxl.load_workbook(tmp_path / "base.xlsx").sheetnames
    assert names[0] == "Answer"
    assert not {"Tornado", "Scenario results", "PSA results", "PSA draws", "CEAC"} & set(names)
    assert {"Results", "Trace chemo", "Trace target"} <= set(names)


def test_a_model_without_costs_can_be_written(tmp_path: Path) -> None:
    definition = dataclasses.replace(small_models.published_example_a(), care=())
    write_workbook(tmp_path / "free.xlsx", base=base_case(definition))
    sheet = openpyxl.load_workbook(tmp_path / "free.xlsx", data_only=True)["Results"]
    assert row_after(sheet, "Totals per patient", "Increment")[3] == 0


def test_a_failed_write_leaves_the_earlier_file_alone(tmp_path: Path) -> None:
    target = tmp_path / "kept.xlsx"
    target.write_bytes(b"earlier")
    with pytest.raises(AttributeError):
        write_workbook(target, base=base_case(small_models.published_example_a()), psa=object())  # type: ignore[arg-type]
    assert target.read_bytes() == b"earlier"
    assert [p.name for p in tmp_path.iterdir()] == ["kept.xlsx"]


def test_three_arms_model_is_valid() -> None:
    assert define(**{f.name: getattr(three_arms(), f.name) for f in dataclasses.fields(ModelDefinition)})
