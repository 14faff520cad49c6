"""While inputs are not those of the run, every sheet says so, and live results are not set beside stored ones.

Oracle: formualizer, which knows only the file; what an untouched workbook shows, and which cell was typed into.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from model.excel.inputs.controls import replay_controls
from model.excel.inputs.layout import Layout, Place, layout_of
from tests.helpers.output_models import RUN, small_output, small_recalculated
from tests.helpers.workbook_file import WorkbookFile

RUN_ID = str(RUN["run_id"])
EDITS: dict[str, tuple[str, int, str, Any]] = {
    "a cost": ("care", 0, "value", 12345.0),
    "a standard error, which only the draws use": ("care", 0, "standard_error", 77.0),
    "a distribution": ("care", 0, "distribution", "fixed"),
    "an empty cell set to 0": ("curves", 0, "waning_start", 0.0),
    "a value deleted": ("care", 0, "value", None),
    "a threshold": ("thresholds", 0, "value", 160000.0),
    "a scenario's value": ("scenarios", 0, "value", 6.0),
    "the label of an arm": ("arms", 0, "label", "Another name"),
    "a record in a spare row": ("discount_steps", 0, "from_year", 5.0),
    "an error value": ("care", 0, "value", "=1/0"),
}


class Book:
    """The workbook of the three-arm model in the engine."""

    def __init__(self) -> None:
        written = small_output("three arms")
        self.file, self.shown = WorkbookFile(written.path), small_recalculated("three arms")
        controls = replay_controls(len(written.definition.scenario_changes()), 40)
        self.layout: Layout = layout_of(written.definition, controls)
        self.rows = {sheet: self.file.rows(sheet) for sheet in self.file.sheets}

    def values(self, sheet: str) -> list[list[Any]]:
        """What the sheet shows now."""
        rows = self.rows[sheet]
        return self.shown.sheet(sheet, len(rows), max(map(len, rows)))

    def heads(self) -> dict[str, str]:
        return {sheet: str(self.shown.sheet(sheet, 2, 1)[1][0]) for sheet in self.rows}

    def texts(self, sheet: str) -> list[str]:
        return [str(value) for row in self.values(sheet) for value in row if value is not None]

    def named(self, name: str) -> Any:
        return self.shown.value(name)

    @contextmanager
    def typed(self, place: Place, value: Any) -> Iterator[None]:
        """Something else in a cell, or a formula; it is taken back."""
        where = (place.sheet, place.row + 1, place.column + 1)
        before = self.shown.sheet(place.sheet, *where[1:])[-1][-1]
        if isinstance(value, str) and value.startswith("="):
            with self.shown.with_formula(where, value, before):
                yield
        else:
            with self.shown._typed({where: (value, before)}):
                yield

    def difference_cells(self) -> list[Any]:
        """The last column of 'Deterministic and probabilistic results'."""
        rows = self.values("Results")
        start = next(i for i, row in enumerate(rows) if row[0] == "Deterministic and probabilistic results")
        header = next(i for i in range(start, start + 9) if rows[i][0] == "Outcome and arm")
        return [row[3] for row in itertools.takewhile(lambda row: row[0] is not None, rows[header + 1 :])]


@pytest.fixture(scope="module")
def book() -> Book:
    return Book()


@pytest.fixture
def edited(book: Book, request: pytest.FixtureRequest) -> Iterator[Book]:
    """The workbook after one edit, which is taken back."""
    table, position, field, value = EDITS[request.param]
    with book.typed(book.layout.tables[table].cell(position, field), value):
        yield book


def test_an_untouched_workbook_says_nothing_and_compares(book: Book) -> None:
    assert (book.named("as_run"), book.named("cells_changed"), book.named("notes_changed")) == (1, 0, 0)
    assert not [s for s, text in book.heads().items() if text.startswith(("NOT AS", "OF run"))]
    assert all(len(text) > 10 for text in book.heads().values())
    assert any(isinstance(v, float) for v in book.difference_cells())


STORED = (
    "Tornado",
    "Scenario results",
    "Assumptions tested",
    "PSA results",
    "CEAC",
    "PSA draws",
    "Model v evidence",
    "Checklists",
)
"""Sheets that hold nothing but values of the run."""


@pytest.mark.parametrize("edited", EDITS, indirect=True)
def test_any_edited_cell_is_told_in_the_head_of_every_sheet(edited: Book) -> None:
    for sheet, text in edited.heads().items():
        start = f"OF run {RUN_ID}," if sheet in STORED else f"NOT AS IN run {RUN_ID}:"
        assert text.startswith(start) and "1 input cell differs" in text, sheet


@pytest.mark.parametrize("edited", ["a cost", "a standard error, which only the draws use"], indirect=True)
def test_live_and_stored_results_are_not_compared_after_an_edit(edited: Book) -> None:
    assert [v for v in edited.difference_cells() if v not in ("", None)] == []
    assert not [t for t in edited.texts("Results") if "skewed" in t]
    answer = edited.texts("Answer")
    assert any(f"; of run {RUN_ID}: with 95% probability" in t for t in answer)
    assert any(t.startswith(f"Probabilistic: Of run {RUN_ID}: ") for t in answer)
    assert f"Largest drivers (of run {RUN_ID})" in answer and f"Range (of run {RUN_ID})" in answer
    assert "equal" not in edited.texts("Checks")


@pytest.mark.parametrize("control", ["scenario", "psa_draw"])
def test_a_scenario_or_a_draw_shown_is_told_too(book: Book, control: str) -> None:
    with book.typed(book.layout.controls[control], 1):
        word = "scenario 1 is shown" if control == "scenario" else "draw 1 is shown"
        assert all(word in text for text in book.heads().values())
        assert [v for v in book.difference_cells() if v not in ("", None)] == []
    assert book.named("as_run") == 1


def test_a_note_or_a_source_is_an_edit_that_changes_no_result(book: Book) -> None:
    with book.typed(book.layout.tables["care"].cell(0, "notes"), "checked by us"):
        assert (book.named("as_run"), book.named("notes_changed")) == (1, 1)
        assert "names, sources or notes were edited (1)" in book.heads()["Results"]
        assert any(isinstance(v, float) for v in book.difference_cells())


def test_every_table_of_stored_values_names_its_run(book: Book) -> None:
    """The mark above its header, or the words above the table."""
    for sheet in ("Tornado", "Scenario results", "PSA results", "PSA draws", "Checks"):
        assert any(f"run {RUN_ID}" in t for t in book.texts(sheet)), sheet
