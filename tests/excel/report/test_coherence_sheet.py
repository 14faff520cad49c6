"""The sheet Coherence and what is told of it elsewhere. Oracle: formualizer, which knows only the file, beside what the
report says in Python of the same inputs; numbers are compared with all other named results (tests/excel/live)."""

from __future__ import annotations

from typing import Any

import pytest

from model.analysis import base_case
from model.analysis.agreement import RATIOS, relative_difference
from model.definition import edit
from tests.helpers.answer_page import shown_on_answer
from tests.helpers.output_models import Written, quarterly_output, recalculated, small_output, small_recalculated
from tests.helpers.recalculated import Recalculated
from tests.helpers.workbook_file import WorkbookFile

NAME = "patina_us"
WIDE = 13  # columns of the table of flags
LONG = 140


@pytest.fixture(scope="module")
def book() -> Recalculated:
    return recalculated(NAME, "quarterly")


def sheet(book: Recalculated) -> list[list[Any]]:
    return book.sheet("Coherence", LONG, WIDE)


def table(rows: list[list[Any]], title: str) -> list[list[Any]]:
    """The rows of a table below its header, up to the first empty one."""
    start = next(i for i, row in enumerate(rows) if row[0] == title)
    header = next(i for i in range(start + 1, len(rows)) if rows[i][1] is not None and str(rows[i][0])[0] != "[")
    body = []
    for row in rows[header + 1 :]:
        if row[0] is None:
            break
        body.append(row)
    return body


CHANGES: list[dict[str, Any]] = [
    {},
    {"settings.crossing": "hazard"},
    {"curves.control.pfs.distribution": "loglogistic", "curves.palbociclib.pfs.distribution": "loglogistic"},
    {"curves.control.os.distribution": "weibull"},
    {"coherence_limits.outside_evidence.comment": "Nearer ones cross"},
    {"coherence_limits.after_below_population.comment": ""},
    {"coherence_limits.after_high.limit": 100.0, "coherence_limits.opposite_hazards.limit": 2.5},
]


@pytest.mark.parametrize("changes", CHANGES)
def test_the_sentences_are_those_of_the_analysis(book: Recalculated, changes: dict[str, Any]) -> None:
    expected = base_case(edit(book.definition, changes)).coherence()
    with book.with_inputs(changes):
        rows = sheet(book)
    told = [row[WIDE - 2] for row in table(rows, "Flags") if row[WIDE - 2]]
    assert told == expected.sentences()
    top = [row[0] for row in rows].index("In one line")
    assert [rows[top + i][0] or "" for i in (1, 2)] == [expected.line(), expected.comments()]
    raised = expected.flags()
    assert [row[WIDE - 1] or "" for row in table(rows, "Flags")] == raised["comment"].tolist()


def test_hazards_and_flags_of_the_shipped_model_agree_to_the_last_digits(book: Recalculated) -> None:
    """Ratios of small differences, which other models are not asked to give to so many digits."""
    names = [name for name in book.python if name.startswith(RATIOS)]
    shown = book.results()
    assert len(names) > 80
    assert [n for n in names if not relative_difference(book.python[n], shown[n]) <= 1e-9] == []


def test_the_first_sheet_tells_the_line(book: Recalculated) -> None:
    changes = {"curves.control.pfs.distribution": "exponential", "curves.palbociclib.pfs.distribution": "exponential"}
    expected = base_case(edit(book.definition, changes)).coherence().line()
    with book.with_inputs(changes):
        assert shown_on_answer(book)["Coherence"] == [expected]


def test_the_draws_are_told_by_flag() -> None:
    written: Written = quarterly_output(NAME)
    shares = written.results["psa"].coherence()["share_of_draws"].tolist()
    rows = WorkbookFile(written.path).rows("Coherence")
    start = next(i for i, row in enumerate(rows) if row and row[0] == "In the draws")
    found = [row[2] for row in rows[start:] if len(row) > 2 and isinstance(row[2], int | float)]
    assert found == pytest.approx(shares)


@pytest.mark.parametrize("name", ["two arms", "three arms"])
def test_a_model_without_life_table_and_external_figures_has_the_sheet(name: str) -> None:
    """Five of the flags need neither; the line is that of the analysis."""
    report = small_output(name).results["base"].coherence()
    assert set(report.flags()["flag"]) == {"after_high", "after_rises", "repair_moves", "curves_equal", "opposite_hazards"}
    assert shown_on_answer(small_recalculated(name))["Coherence"] == [report.line()]
