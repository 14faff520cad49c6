"""A median that was not reached by a month, in the output workbook: the curves calibrated to it are those of Python.

Oracle: formualizer, an independent engine that knows only the file.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from model.analysis import base_case
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import Evidence, edit
from model.excel.output import write_workbook
from tests.helpers.recalculated import Recalculated, differences
from tests.helpers.small_runs import small_definition

ROW = "evidence.standard_care.os.not_reached.28"
OS = "curves.standard_care.os.distribution"
EDITS: dict[str, dict[str, Any]] = {
    "as run": {},
    "more patients": {f"{ROW}.effective_n": 200.0},
    "a standard error in their place": {f"{ROW}.effective_n": None, f"{ROW}.standard_error": 0.03},
    "not used": {f"{ROW}.use": False},
    "a lower share": {f"{ROW}.value": 0.35},
    "a share that nobody doubts": {f"{ROW}.value": 0.05},
    **{name: {OS: name} for name in ("exponential", "gompertz", "loglogistic", "lognormal")},
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    row = Evidence(arm="standard_care", endpoint="os", statistic="not_reached", item="28", value=0.5, effective_n=60.0)
    definition = small_definition()
    definition = dataclasses.replace(definition, evidence=(*definition.evidence, row))
    path = tmp_path_factory.mktemp("not_reached") / "small.xlsx"
    write_workbook(path, base=base_case(definition))
    return Recalculated(Path(path), definition)


@pytest.mark.parametrize("what", EDITS)
def test_the_workbook_calibrates_as_python_does(book: Recalculated, what: str) -> None:
    changed = named_outputs(base_case(edit(book.definition, EDITS[what])))
    with book.with_inputs(EDITS[what]):
        assert differences(changed, book.results(), 1e-9) == {}
        assert book.value("checks_failed") == 0.0


def test_it_moves_the_result(book: Recalculated) -> None:
    without = named_outputs(base_case(edit(book.definition, {f"{ROW}.use": False})))
    assert differences(without, book.results(), 1e-6) != {}


def test_a_share_that_another_statistic_says_was_reached_fails_a_check(book: Recalculated) -> None:
    with book.with_inputs({"evidence.standard_care.os.median.value": 27.5}):
        assert book.value("checks_failed") != 0.0
