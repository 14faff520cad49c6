"""Published statistics in the output workbook: after edits of a median that was not reached, of points and of the follow-up,
the effective numbers and the curves calibrated to them are those of Python.

Oracle: formualizer, an independent engine that knows only the file.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from model.analysis import base_case
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import Evidence, ModelDefinition, edit
from model.definition.curves.effective_numbers import effective_n_of
from tests.helpers.recalculated import Recalculated, differences, written_book
from tests.helpers.small_runs import small_definition

LANDMARK, FOLLOW_UP = "evidence.standard_care.pfs.landmark.24", "follow_up.standard_care.pfs"
ROW = "evidence.standard_care.os.not_reached.28"
OS = "curves.standard_care.os.distribution"
NOT_REACHED: dict[str, dict[str, Any]] = {
    "as run": {},
    "more patients": {f"{ROW}.effective_n": 200.0},
    "a standard error in their place": {f"{ROW}.effective_n": None, f"{ROW}.standard_error": 0.03},
    "not used": {f"{ROW}.use": False},
    "a lower share": {f"{ROW}.value": 0.35},
    "a share that nobody doubts": {f"{ROW}.value": 0.05},
    **{name: {OS: name} for name in ("exponential", "gompertz", "loglogistic", "lognormal")},
}
NUMBERS: dict[str, dict[str, Any]] = {
    "shorter follow-up": {f"{FOLLOW_UP}.shortest": 3.0, f"{FOLLOW_UP}.median": 9.0, f"{FOLLOW_UP}.longest": 26.0},
    "nobody censored before it": {f"{FOLLOW_UP}.shortest": 30.0, f"{FOLLOW_UP}.median": 30.0},
    "half censored at once": {f"{FOLLOW_UP}.shortest": 12.0, f"{FOLLOW_UP}.median": 12.0},
    "all censored at once": {f"{FOLLOW_UP}.median": 38.0},
    "more patients": {f"{FOLLOW_UP}.patients": 400.0},
    "another median": {"evidence.standard_care.pfs.median.value": 9.0, "evidence.standard_care.pfs.median.lower": 7.0},
    "a point that is not used": {
        "evidence.standard_care.pfs.median.use": False,
        "curves.standard_care.pfs.distribution": "exponential",
    },
    "a typed number": {f"{LANDMARK}.effective_n": 70.0},
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    row = Evidence(arm="standard_care", endpoint="os", statistic="not_reached", item="28", value=0.5, effective_n=60.0)
    definition = small_definition()
    definition = dataclasses.replace(definition, evidence=(*definition.evidence, row))
    return written_book(tmp_path_factory.mktemp("statistics"), definition)


@pytest.mark.parametrize("what", NOT_REACHED)
def test_the_workbook_calibrates_as_python_does(book: Recalculated, what: str) -> None:
    changed = named_outputs(base_case(edit(book.definition, NOT_REACHED[what])))
    with book.with_inputs(NOT_REACHED[what]):
        assert differences(changed, book.results(), 1e-9) == {}
        assert book.value("checks_failed") == 0.0


def test_it_moves_the_result(book: Recalculated) -> None:
    without = named_outputs(base_case(edit(book.definition, {f"{ROW}.use": False})))
    assert differences(without, book.results(), 1e-6) != {}


def test_a_share_that_another_statistic_says_was_reached_fails_a_check(book: Recalculated) -> None:
    with book.with_inputs({"evidence.standard_care.os.median.value": 27.5}):
        assert book.value("checks_failed") != 0.0


def numbers(book: Recalculated) -> list[float]:
    """The last column of the table of effective numbers, of the median and of the landmark."""
    rows = book.sheet("Statistics", 40, 9)
    start = next(i for i, row in enumerate(rows) if row[8] == "Effective n in use")
    return [float(row[8]) for row in rows[start + 1 : start + 3]]


def expected(definition: ModelDefinition) -> list[float]:
    rows = [e for e in definition.evidence if (e.arm, e.endpoint) == ("standard_care", "pfs")]
    return [float(effective_n_of(definition, e) or 0.0) for e in rows]


@pytest.mark.parametrize("what", NUMBERS)
def test_the_effective_numbers_are_pythons(book: Recalculated, what: str) -> None:
    changed = edit(book.definition, NUMBERS[what])
    with book.with_inputs(NUMBERS[what]):
        assert numbers(book) == pytest.approx(expected(changed), rel=1e-12)
        assert differences(named_outputs(base_case(changed)), book.results(), 1e-9) == {}


def test_a_number_typed_in_the_run_and_emptied_is_calculated(book: Recalculated) -> None:
    with book.with_inputs({f"{LANDMARK}.effective_n": 70.0}):
        assert numbers(book)[1] == 70.0
    assert numbers(book) == pytest.approx(expected(book.definition), rel=1e-12)
