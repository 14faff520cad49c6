"""Survival tables as an analyst pastes them, and what is said of a cell that cannot be, with its address.

Oracle: the definition itself, written to a workbook, edited there, and read again.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.cell import coordinate_to_tuple

from model.definition import ModelDefinition
from model.definition.validation import validate
from model.excel import InputError, layout_of, read_inputs, write_inputs
from tests.helpers.edited_workbooks import write_copy
from tests.helpers.published_models import cured, restarted_tail, uncertain_table

SHEET, ROWS = "Survival tables", "survival_tables"
Cells = dict[tuple[str, int, str], Any]


def edited(definition: ModelDefinition, path: Path, cells: Cells) -> Path:
    """A workbook of a definition, with something else in some cells (table, row from 0, field)."""
    write_inputs(definition, path)
    places = {place: layout_of(definition).tables[place[0]].cell(*place[1:]) for place in cells}
    write_copy(path.read_bytes(), path, [(places[where].sheet, places[where].a1, value) for where, value in cells.items()])
    return path


def test_two_rows_at_one_time_are_a_step_without_a_word_in_the_column_corner(tmp_path: Path) -> None:
    definition = restarted_tail()
    empty: Cells = {(ROWS, row, "corner"): None for row in range(len(definition.survival_tables))}
    assert read_inputs(edited(definition, tmp_path / "m.xlsx", empty)) == definition


def test_shared_coefficients_survive_the_workbook(tmp_path: Path) -> None:
    write_inputs(cured(), tmp_path / "m.xlsx")
    assert read_inputs(tmp_path / "m.xlsx") == cured()


def test_a_workbook_of_before_has_no_such_columns_and_reads_as_it_did(tmp_path: Path) -> None:
    definition = uncertain_table()
    path = tmp_path / "m.xlsx"
    write_inputs(definition, path)
    book, place = openpyxl.load_workbook(path), layout_of(definition).tables[ROWS]
    columns = [coordinate_to_tuple(place.cell(0, f).a1)[1] for f in ("n_risk", "standard_error", "corner")]
    book[SHEET].delete_cols(min(columns), len(columns))
    book.save(path)
    certain = [dataclasses.replace(r, standard_error=None) for r in definition.survival_tables]
    assert read_inputs(path).survival_tables == tuple(certain)


BAD: dict[str, tuple[ModelDefinition, Cells, str]] = {
    "a third row at one time": (
        restarted_tail(),
        {(ROWS, 5, "time"): 9.0},
        "survival_tables, row 6, corner: 'old, os, 9' stands",
    ),
    "a time that goes back": (restarted_tail(), {(ROWS, 5, "time"): 5.0}, "row 6, time: 5 does not come after 9"),
    "a corner without its step": (
        restarted_tail(),
        {(ROWS, 2, "time"): 4.0},
        "row 3, corner: no row before it has the time 4",
    ),
    "numbers that rise": (
        restarted_tail(),
        {(ROWS, 3, "n_risk"): 119.0},
        "row 4, n_risk: the number at risk rises from 118 to 119",
    ),
    "nobody at risk": (restarted_tail(), {(ROWS, 1, "n_risk"): 0.0}, "row 2, n_risk: nobody is at risk"),
    "an impossible error": (uncertain_table(), {(ROWS, 1, "standard_error"): 0.31}, "row 2, standard_error: 0.31 cannot be"),
    "a cut beyond the table": (
        restarted_tail(),
        {("curves", 2, "km_until"): 20.0},
        "curves, row 3, km_until: 20 months: the",
    ),
    "a clock without a cut": (
        restarted_tail(),
        {("curves", 2, "km_until"): None},
        "curves, row 3, tail_clock: restarts only",
    ),
    "cure odds without cure": (
        restarted_tail(),
        {("curves", 3, "effect"): "cure_odds_ratio"},
        "row 4, effect: the odds of cure",
    ),
    "arms with other cures": (cured(), {("curves", 1, "cure"): "non_mixture"}, "curves, row 2, fitted: must take the"),
    "a tail of a table": (
        restarted_tail(),
        {("curves", 2, "source"): "survival_table"},
        "km_until: needs a single distribution",
    ),
}


def changed(definition: ModelDefinition, cells: Cells) -> ModelDefinition:
    tables = {table: list(definition.table(table)) for table, _, _ in cells}
    for (table, row, field), value in cells.items():
        tables[table][row] = dataclasses.replace(tables[table][row], **{field: value})
    return dataclasses.replace(definition, **{name: tuple(rows) for name, rows in tables.items()})


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_is_refused_at_its_row(what: str) -> None:
    definition, cells, message = BAD[what]
    found = [str(p) for p in validate(changed(definition, cells))]
    assert sum(message in line for line in found) == 1, found
    assert len(found) == 1 or what == "a tail of a table", found


def test_the_address_of_the_cell_is_told_for_all_at_once(tmp_path: Path) -> None:
    """Two bad numbers of the table and a word that the clock does not have."""
    cells: Cells = {(ROWS, 3, "n_risk"): 119.0, (ROWS, 2, "standard_error"): 0.4, ("curves", 2, "tail_clock"): "resets"}
    definition = restarted_tail()
    with pytest.raises(InputError) as caught:
        read_inputs(edited(definition, tmp_path / "m.xlsx", cells))
    places = [layout_of(definition).tables[table].cell(row, field) for table, row, field in cells]
    lines = [str(p) for p in caught.value.problems]
    assert all(any(line.startswith(f"{p.sheet}!{p.a1} ") for line in lines) for p in places), lines


def test_a_tail_after_nothing_is_refused() -> None:
    definition = restarted_tail()
    found = [str(p) for p in validate(dataclasses.replace(definition, survival_tables=()))]
    assert any("curves, row 3, km_until: needs patient data, a digitised curve or a survival table" in f for f in found), (
        found
    )
