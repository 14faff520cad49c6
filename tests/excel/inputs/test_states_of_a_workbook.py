"""A stranger's workbook with four states: written, opened, edited and read again."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import model
from model.definition import State
from model.excel.inputs.errors import InputError
from tests.helpers.edited_workbooks import spoilt, write_copy
from tests.helpers.four_states import STATES, four_states, with_own_curve


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("four") / "four.xlsx"
    model.write_inputs(with_own_curve(four_states()), path)
    return path


@pytest.fixture(scope="module")
def book(path: Path) -> openpyxl.Workbook:
    """The same as another program opens it; no test changes it."""
    return openpyxl.load_workbook(path)


def cell_of(sheet: openpyxl.worksheet.worksheet.Worksheet, header: str, key: str) -> openpyxl.cell.Cell:
    """The cell under a header in the row whose first cell is ``key``."""
    row = next(r for r in range(1, sheet.max_row + 1) if sheet.cell(r, 1).value == key)
    above = (r for r in range(row, 0, -1) for c in range(1, 40) if sheet.cell(r, c).value == header)
    at = next(above)
    return sheet.cell(row, next(c for c in range(1, 40) if sheet.cell(at, c).value == header))


def test_what_was_written_is_read(path: Path) -> None:
    assert model.read_inputs(path) == with_own_curve(four_states())


def test_the_drop_down_offers_the_states_and_lets_a_new_one_in(book: openpyxl.Workbook) -> None:
    cell = cell_of(book["Utilities"], "Holds in", "u_on_therapy")
    rule = next(v for v in book["Utilities"].data_validations.dataValidation if cell.coordinate in v.sqref)
    assert all(state.id in rule.formula1 for state in STATES)
    assert rule.errorStyle == "warning"


def test_a_state_that_is_not_listed_is_told_at_its_cell(path: Path, book: openpyxl.Workbook, tmp_path: Path) -> None:
    cell = cell_of(book["Care"], "While", "care_off_therapy")
    write_copy(path.read_bytes(), tmp_path / "wrong.xlsx", [("Care", cell.coordinate, "of_therapy")])
    with pytest.raises(InputError) as error:
        model.read_inputs(tmp_path / "wrong.xlsx")
    (problem,) = error.value.problems
    assert (problem.sheet, problem.cell) == ("Care", cell.coordinate)
    assert "did you mean 'off_therapy'" in problem.message


def test_states_out_of_order_are_told_at_their_cell(path: Path, book: openpyxl.Workbook, tmp_path: Path) -> None:
    first, last = (cell_of(book["States"], "Until curve", s) for s in ("on_therapy", "progressed"))
    cells = [("States", first.coordinate, "os"), ("States", last.coordinate, "ttd")]
    write_copy(path.read_bytes(), tmp_path / "order.xlsx", cells)
    with pytest.raises(InputError) as error:
        model.read_inputs(tmp_path / "order.xlsx")
    assert any(
        (p.sheet, p.cell) == ("States", last.coordinate) and "os is the last" in p.message for p in error.value.problems
    )


def test_a_workbook_without_the_sheet_has_three_states(tmp_path: Path) -> None:
    read = model.read_inputs(spoilt(tmp_path, [], {"States": None}))
    assert read.states == () and [s.id for s in read.living_states] == ["progression_free", "progressed"]
    assert read.living_states[1] == State(id="progressed", endpoint="os", label="Progressed")
