"""Figures of a run stand in their cells of the output workbook. Oracle: the result objects themselves."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from tests.helpers.output_models import N_DRAWS, SMALL, Written, small_output
from tests.helpers.workbook_file import WorkbookFile

HEADER_ROW, TOTAL_ROW, LONGEST_PREAMBLE = 5, 7, 40


@dataclasses.dataclass
class Sheets:
    """The stored values of a workbook, sheet by sheet, each read once."""

    written: Written

    def __post_init__(self) -> None:
        self.file = WorkbookFile(self.written.path)
        self.read: dict[str, list[list[Any]]] = {}

    @property
    def results(self) -> dict[str, Any]:
        return self.written.results

    def rows(self, sheet: str) -> list[list[Any]]:
        if sheet not in self.read:
            self.read[sheet] = [row or [None] for row in self.file.rows(sheet)]
        return self.read[sheet]

    def row_after(self, sheet: str, title: str, label: str) -> list[Any]:
        """The first row with a label in the first column below a title."""
        found = False
        for row in self.rows(sheet):
            found = found or row[0] == title
            if found and row[0] == label:
                return row
        raise AssertionError(f"no row '{label}' below '{title}' on {sheet}")


@pytest.fixture(scope="module", params=list(SMALL))
def sheets(request: pytest.FixtureRequest) -> Sheets:
    return Sheets(small_output(request.param))


def numbers(row: list[Any]) -> list[float]:
    return [v for v in row if isinstance(v, int | float)]


def headed(row: list[Any], header: list[Any], names: list[str]) -> list[Any]:
    """The cells of a row under headers that begin with the given words."""
    places = [next(i for i, h in enumerate(header) if str(h).startswith(name)) for name in names]
    return [row[i] for i in places]


def test_totals_of_the_base_case_stand_beside_their_arms(sheets: Sheets) -> None:
    base = sheets.results["base"]
    totals = base.totals()
    fields = [c for c in totals.columns if c != "arm"]
    for i, arm in enumerate(base.definition.arms):
        row = sheets.row_after("Results", "Totals per patient", arm.label)
        assert numbers(row) == pytest.approx(list(totals.loc[i, fields]), rel=1e-12)


def test_increment_and_icer_of_the_answer_are_those_of_the_base_case(sheets: Sheets) -> None:
    base = sheets.results["base"]
    by_label = {row[0]: numbers(row) for row in sheets.rows("Answer") if isinstance(row[0], str)}
    currency = base.definition.settings.currency
    assert by_label["QALYs"][-1] == pytest.approx(base.incremental_qalys)
    assert by_label[f"Cost, {currency}"][-1] == pytest.approx(base.incremental_cost)
    assert by_label[f"ICER, {currency} per QALY gained"] == [pytest.approx(base.icer)]


def test_the_answer_says_the_conclusion_and_the_facts_of_the_run(sheets: Sheets) -> None:
    answer, about = (
        " ".join(str(v) for row in sheets.rows(name) for v in row if v is not None) for name in ("Answer", "About this run")
    )
    assert sheets.results["base"].conclusion() in answer
    settings = sheets.results["base"].definition.settings
    for fact in ("abc123", "9.9", "f00d", settings.crossing, settings.accrual, settings.discounting):
        assert fact in about


def test_costs_by_category_are_those_of_the_base_case(sheets: Sheets) -> None:
    base = sheets.results["base"]
    table = base.costs()
    for i, category in enumerate(table["category"]):
        row = sheets.row_after("Disaggregated", "Costs", category)
        n = len(base.arm_labels)
        assert row[2 : 2 + n] == pytest.approx([table[label][i] for label in base.arm_labels], abs=1e-9)


def test_sums_over_the_trace_are_the_results(sheets: Sheets) -> None:
    """Over the cycles of the run; the sheet goes on for a longer horizon, with nothing in it."""
    base = sheets.results["base"]
    n_cycles = base.engine.timeline.n_cycles
    traces = [s for s in sheets.file.sheets if s.startswith("Trace ")]
    assert len(traces) == len(base.definition.arms)
    for a, name in enumerate(traces):
        rows = sheets.rows(name)
        header = rows[HEADER_ROW - 1]
        first = next(i for i, row in enumerate(rows) if i >= TOTAL_ROW and row[0] == 0)
        body = rows[first:]
        assert [row[0] for row in body] == list(range(len(body))) and len(body) > n_cycles
        for total, expected in (
            ("Costs, total", base.outcomes.total_costs),
            ("QALYs, total", base.outcomes.total_qalys),
            ("Life years, total", base.outcomes.total_life_years),
        ):
            column = next(i for i, h in enumerate(header) if h == total)
            cells = [row[column] for row in body]
            assert math.fsum(cells[: n_cycles + 1]) == pytest.approx(expected[0, a], rel=1e-12)
            assert not any(cells[n_cycles + 1 :])
            assert rows[TOTAL_ROW - 1][column] == pytest.approx(expected[0, a], rel=1e-12)


def test_every_draw_stands_on_its_sheet(sheets: Sheets) -> None:
    table = sheets.results["psa"].table()
    rows = sheets.rows("PSA draws")
    start = next(i for i, row in enumerate(rows[:LONGEST_PREAMBLE]) if row[0] == "draw")
    ids, body = rows[start], [row for row in rows[start + 1 :] if isinstance(row[0], float)]
    assert len(body) == N_DRAWS
    for name in table.columns:
        place = ids.index(name)
        column = [row[place] if place < len(row) else None for row in body]
        expected = [None if isinstance(v, float) and math.isnan(v) else v for v in table[name].tolist()]
        assert column == expected


def test_means_over_draws_are_those_of_the_analysis(sheets: Sheets) -> None:
    results = sheets.results["psa"].results()
    qalys = results[(results["outcome"] == "qalys") & (results["arm"] == "Increment")].iloc[0]
    row = sheets.row_after("PSA results", "Means and 95% intervals", "QALYs: increment")
    assert numbers(row) == pytest.approx([qalys["mean"], qalys["standard_deviation"], qalys["lower_95"], qalys["upper_95"]])


def test_every_input_of_the_one_way_analysis_is_listed_or_left_out_with_a_reason(sheets: Sheets) -> None:
    analysis = sheets.results["one_way"]
    ids = {v for row in sheets.rows("Tornado") for v in row if isinstance(v, str)}
    assert {b.parameter_id for b in analysis.bounds} <= ids
    assert set(analysis.excluded["reason"]) <= ids


def test_every_scenario_is_listed_with_its_number_and_increments(sheets: Sheets) -> None:
    header = sheets.row_after("Scenario results", "Scenarios", "Scenario")
    names = ["Number", "Incremental cost", "Incremental life years", "Incremental QALYs"]
    for number, expected in sheets.results["scenarios"].table().iterrows():
        row = sheets.row_after("Scenario results", "Scenarios", expected["label"])
        assert headed(row, header, names) == pytest.approx(
            [number, *expected[["incremental_cost", "incremental_life_years", "incremental_qalys"]]]
        )


def test_every_parameter_is_in_the_dictionary(sheets: Sheets) -> None:
    header = sheets.row_after("Parameters", "Inputs", "Input")
    value, name = header.index("Value"), header.index("Input id")
    found = {row[name]: row[value] for row in sheets.rows("Parameters") if len(row) > name}
    parameters = sheets.results["base"].definition.parameters
    assert {name: p.value for name, p in parameters.items()}.items() <= found.items()
