"""The output workbooks of the shipped models are the models: recalculated, they give Python's results (X1).

Oracle: formualizer, an independent engine that knows only the file, beside Python's calculation of the same inputs. In cycles
of a quarter the formulas are the same, in a tenth of the rows; in weeks, as shipped, they run in the slow form.
"""

from __future__ import annotations

import numpy as np
import pytest

from model.analysis import base_case
from model.analysis.agreement import allowed_difference
from tests.helpers.output_models import recalculated
from tests.helpers.perturbations import all_numbers_at_once, effect
from tests.helpers.recalculated import Recalculated, differences
from tests.helpers.shipped import NAMES
from tests.helpers.workbook_file import WorkbookFile

HEADER_ROW = 5
TRACE_COLUMNS = {
    "Years": "Years",
    "PFS before repair": "PFS before repair",
    "OS before repair": "OS after hazard floor",
    "Progression-free: PFS after repair": "Progression-free",
    "Progressed: OS - PFS": "Progressed",
    "Dead: 1 - OS": "Dead",
    "On Pertuzumab": "On Pertuzumab",
    "On Trastuzumab": "On Trastuzumab",
}


@pytest.fixture(
    scope="module",
    params=[(NAMES[0], "quarterly"), *(pytest.param((name, "as shipped"), marks=pytest.mark.slow) for name in NAMES)],
    ids=" ".join,
)
def book(request: pytest.FixtureRequest) -> Recalculated:
    return recalculated(*request.param)


def test_every_named_output_is_pythons(book: Recalculated) -> None:
    """The workbook has a cell for each, and 0 in those of categories that no input uses yet."""
    shown = book.results()
    assert len(book.python) > 200
    assert differences(book.python, shown, allowed_difference(book.definition)) == {}
    assert {name: v for name, v in shown.items() if name not in book.python and v != 0.0} == {}
    assert (book.value("checks_failed"), book.value("inputs_changed")) == (0.0, 0.0)


def test_every_cycle_of_the_trace_is_pythons(book: Recalculated) -> None:
    file = WorkbookFile(book.path)
    arms = {arm.id: arm.short_label for arm in book.definition.arms}
    for arm, trace in base_case(book.definition).traces.items():
        sheet = f"Trace {arms[arm]}"
        header = file.rows(sheet)[HEADER_ROW - 1]
        cycles = trace.columns["Cycle"]
        rows = book.sheet(sheet, HEADER_ROW + len(cycles) + 40, len(header))
        first = next(i for i, row in enumerate(rows) if row[0] == 0.0)
        body = rows[first : first + len(cycles)]
        assert [row[0] for row in body] == cycles.tolist()
        for here, there in TRACE_COLUMNS.items():
            column = np.array([row[header.index(here)] for row in body], dtype=float)
            np.testing.assert_allclose(column, trace.columns[there], rtol=1e-9, atol=1e-9, err_msg=here)


@pytest.mark.slow
def test_all_numbers_changed_at_once_each_by_its_own_factor_give_pythons_results(book: Recalculated) -> None:
    changes = all_numbers_at_once(book.definition)
    assert len(changes) > 150
    found = effect(book, changes)
    assert found.moved and found.wrong == {}
    assert found.inputs_changed == len(changes)
    assert isinstance(found.checks_failed, float)  # W14 tells of values outside their own limits, which a reader refuses


def test_a_horizon_beyond_the_rows_of_the_sheets_fails_a_check(book: Recalculated) -> None:
    longest = max(
        float(change.get("settings.horizon_years", book.definition.settings.horizon_years))
        for change in book.definition.scenario_changes().values()
    )
    with book.with_inputs({"settings.horizon_years": longest + 20.0}):
        assert book.value("checks_failed")
    assert book.value("checks_failed") == 0.0
