"""Effective numbers in the output workbook, after edits of the follow-up and of the points, are those of Python.

Oracle: formualizer, an independent engine that knows only the file.
"""

from __future__ import annotations

from typing import Any

import pytest

from model.analysis import base_case
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import ModelDefinition, edit
from model.definition.curves.effective_numbers import effective_n_of
from tests.helpers.recalculated import Recalculated, differences
from tests.helpers.small_runs import small_book

LANDMARK, FOLLOW_UP = "evidence.standard_care.pfs.landmark.24", "follow_up.standard_care.pfs"
EDITS: dict[str, dict[str, Any]] = {
    "as run": {},
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


@pytest.fixture
def book() -> Recalculated:
    return small_book(draws=0)


def numbers(book: Recalculated) -> list[float]:
    """The last column of the table of effective numbers, of the median and of the landmark."""
    rows = book.sheet("Statistics", 40, 9)
    start = next(i for i, row in enumerate(rows) if row[8] == "Effective n in use")
    return [float(row[8]) for row in rows[start + 1 : start + 3]]


def expected(definition: ModelDefinition) -> list[float]:
    rows = [e for e in definition.evidence if (e.arm, e.endpoint) == ("standard_care", "pfs")]
    return [float(effective_n_of(definition, e) or 0.0) for e in rows]


@pytest.mark.parametrize("what", EDITS)
def test_the_workbook_calculates_what_python_calculates(book: Recalculated, what: str) -> None:
    changed = edit(book.definition, EDITS[what])
    with book.with_inputs(EDITS[what]):
        assert numbers(book) == pytest.approx(expected(changed), rel=1e-12)
        assert differences(named_outputs(base_case(changed)), book.results(), 1e-9) == {}


def test_a_number_typed_in_the_run_and_emptied_is_calculated(book: Recalculated) -> None:
    with book.with_inputs({f"{LANDMARK}.effective_n": 70.0}):
        assert numbers(book)[1] == 70.0
    assert numbers(book) == pytest.approx(expected(book.definition), rel=1e-12)
