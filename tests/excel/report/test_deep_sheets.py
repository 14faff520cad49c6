"""Sheets of price, sensitivity and information analyses.

Oracles: runs of the model at the prices that a sheet names, sums by hand, and formualizer, an independent spreadsheet
engine that recalculates the workbook after cells are typed.
"""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path
from typing import Any

import formualizer
import pytest
from openpyxl.utils import column_index_from_string

from model.analysis import base_case, one_way, price_analyses, psa, sensitivity, value_of_information
from model.definition import ModelDefinition, edit
from model.excel.output import write_workbook
from tests.helpers import small_runs
from tests.helpers.workbook_file import WorkbookFile

N_DRAWS, RUNS = 120, 500


@dataclasses.dataclass
class Written:
    """A workbook with every further analysis, its values, and what it was written from."""

    path: Path
    definition: ModelDefinition
    results: dict[str, Any]
    file: WorkbookFile

    def table(self, sheet: str, title: str) -> tuple[int, list[list[Any]]]:
        """Row of the first record below a title, and the records up to the next empty row."""
        found = self.file.rows(sheet)
        width = max(map(len, found))
        rows = [row + [None] * (width - len(row)) for row in found]
        start = next(i for i, row in enumerate(rows) if isinstance(row[0], str) and row[0].startswith(title))
        while rows[start][0] is not None and (rows[start][1] is None or rows[start][1] in ("[S]", "[O]")):
            start += 1
        while rows[start][1] is None or rows[start][1] in ("[S]", "[O]", "[O, S]"):
            start += 1
        end = start + 1
        while end < len(rows) and rows[end][0] is not None:
            end += 1
        return start + 2, rows[start + 1 : end]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    definition = edit(small_runs.small_definition(), {"settings.horizon_years": 8.0})
    base, sampled, one = base_case(definition), psa(definition, N_DRAWS, 3), one_way(definition)
    results = {
        "base": base,
        "psa": sampled,
        "one_way": one,
        "prices": price_analyses(base, sampled),
        "information": value_of_information(sampled),
        "sensitivity": sensitivity(one, sampled, RUNS),
    }
    path = tmp_path_factory.mktemp("deep") / "deep.xlsx"
    write_workbook(path, **results)
    return Written(path, definition, results, WorkbookFile(path))


@pytest.fixture(scope="module")
def engine(written: Written) -> Any:
    """The workbook in formualizer, calculated; what is typed for a test is taken back."""
    book = formualizer.load_workbook(str(written.path))
    book.evaluate_all()
    return book


def test_at_a_value_based_price_a_run_of_the_model_has_no_net_benefit(written: Written) -> None:
    _, rows = written.table("Price analyses", "Value-based price at each threshold")
    lines = written.results["prices"].value_based_prices.lines()
    inputs = dict(zip(lines["product"], lines["input"], strict=True))
    paid = [row for row in rows if row[2] > 0]
    assert paid
    for product, threshold, price, share in (row[:4] for row in paid):
        scaled = {
            name: share * written.definition.parameters[name].value
            for name in inputs.values()
            if name.rsplit(".", 1)[0] == inputs[product].rsplit(".", 1)[0]
        }
        assert scaled[inputs[product]] == pytest.approx(price)
        base = base_case(edit(written.definition, scaled))
        inmb = threshold * base.incremental_qalys - base.incremental_cost
        assert inmb == pytest.approx(0, abs=1e-6 * abs(base.incremental_cost) + 1e-6)


def test_the_chance_of_being_cost_effective_never_rises_with_the_price(written: Written) -> None:
    _, rows = written.table("Price analyses", "Price-probability curve")
    for column in range(1, len([v for v in rows[0] if v is not None])):
        chances = [row[column] for row in rows]
        assert all(0 <= chance <= 1 for chance in chances)
        assert all(later <= earlier for earlier, later in itertools.pairwise(chances))


def test_every_uncertain_input_is_ranked_once(written: Written) -> None:
    _, rows = written.table("Sensitivity", "Three rankings side by side")
    assert len({row[0] for row in rows}) == len(rows) == len(written.results["sensitivity"].sobol.labels)
    totals = [row[1] for row in rows]
    assert totals == sorted(totals, reverse=True)


def test_no_group_is_worth_more_than_knowing_everything(written: Written) -> None:
    found = written.results["information"]
    _, rows = written.table("Information", "Value of knowing it: groups")
    limits = written.results["psa"].evpi(found.thresholds)["evpi"].tolist()
    for row in rows:
        values = row[1 : 1 + len(limits)]
        errors = row[1 + len(limits)]
        assert all(value <= limit + 4 * errors + 1e-9 for value, limit in zip(values, limits, strict=True))


def test_the_calculator_gives_the_net_benefit_of_a_trial_for_everybody(written: Written, engine: Any) -> None:
    first, _ = written.table("Information", "For everybody affected")
    row, sizes = written.table("Information", "Value of a further trial, for everybody affected")
    _, trial = written.table("Information", "Value of a further trial")
    people, years, rate, fixed, each = 1200.0, 5.0, 0.03, 250_000.0, 9_000.0
    before = [engine.get_value("Information", first + k, 2) for k in range(5)]
    for k, value in enumerate((people, years, rate, fixed, each)):
        engine.set_value("Information", first + k, 2, value)
    engine.evaluate_all()
    counted = people * sum(1.03**-t for t in range(5))
    last = len(written.results["information"].thresholds)
    for k, record in enumerate(trial):
        population = record[1 + last] * counted
        assert engine.get_value("Information", row + k, 1 + last) == pytest.approx(population)
        net = population - (fixed + each * record[1])
        assert engine.get_value("Information", row + k, 2 + last) == pytest.approx(net)
    assert len(sizes) == len(trial)
    at, _ = written.table("Information", "Value of knowing everything, for everybody affected")
    _, (known,) = written.table("Information", "Value of knowing everything")
    for column in range(1, 1 + last):
        assert engine.get_value("Information", at, 1 + column) == pytest.approx(known[column] * counted)
    for k, value in enumerate(before):
        engine.set_value("Information", first + k, 2, value)
    engine.evaluate_all()


def test_running_means_and_halves_end_at_the_means_of_all_draws(written: Written) -> None:
    sampled = written.results["psa"]
    _, rows = written.table("PSA results", "Running mean")
    assert rows[-1][0] == N_DRAWS
    assert rows[-1][7] == pytest.approx(sampled.incremental_costs.mean(), rel=1e-12)
    assert rows[-1][9] == pytest.approx(sampled.incremental_qalys.mean(), rel=1e-12)
    _, halves = written.table("PSA results", "Both halves of the draws")
    for threshold, first, second, *_ in halves:
        assert (first + second) / 2 == pytest.approx(sampled.inmb(threshold).mean(), rel=1e-12)


def test_sampled_coefficients_and_their_correlations_are_near_their_targets(written: Written) -> None:
    _, moments = written.table("PSA results", "Sampled coefficients against their targets")
    assert len(moments) >= 4 and all(abs(row[6]) < 4 for row in moments)
    _, pairs = written.table("PSA results", "Sampled correlations against their targets")
    assert pairs
    for row in pairs:
        target, found = row[2:4]
        assert abs(found - target) < 4 * (1 - target**2) / (N_DRAWS - 3) ** 0.5


def test_an_independent_engine_gives_every_formula_of_these_sheets_its_stored_value(written: Written, engine: Any) -> None:
    count = 0
    for name in ("Price analyses", "Sensitivity", "Information"):
        for cell in written.file.cells(name):
            if cell.is_formula:
                stored = cell.stored
                value = engine.get_value(name, cell.row, column_index_from_string(cell.column))
                assert (stored or "") == (value or "") or value == pytest.approx(stored, rel=1e-9, abs=1e-9)
                count += 1
    assert count > 100
