"""Calendar dates in input cells: as text from the year to the day, or as a date of the spreadsheet program."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from model.definition import edit
from model.excel import read_inputs, write_inputs
from tests.helpers.edited_workbooks import cell, example, layout, problems_with, spoilt

ROW = "price_changes.new_drug.generic_entry.factor"
AS_DATE = [("price_changes", 0, "from_month", None), ("price_changes", 0, "from_date", "2030-03-05")]
TIME_ZERO = layout().cells["settings.time_zero_date"]


def test_a_date_without_that_of_time_zero_is_refused_with_sheet_and_cell(tmp_path: Path) -> None:
    (line,) = problems_with(tmp_path, *AS_DATE)
    sheet, address = cell("price_changes", 0, "from_date")
    assert line.startswith(f"{sheet}!{address} 'From date'")
    assert "'2030-03-05' needs the calendar date of time zero, which is empty on the sheet Settings" in line


@pytest.mark.parametrize("typed", ["2026-11-24", datetime.datetime(2026, 11, 24)])
def test_a_date_is_read_from_text_and_from_a_date_of_the_program(tmp_path: Path, typed: Any) -> None:
    cells = [(*cell(*place), value) for *place, value in AS_DATE]
    definition = read_inputs(spoilt(tmp_path, [*cells, (TIME_ZERO.sheet, TIME_ZERO.a1, typed)]))
    assert definition.settings.time_zero_date == "2026-11-24"
    assert definition.price_changes[0].from_date == "2030-03-05"


@pytest.mark.parametrize("typed", ["24/11/2026", "24.11.2026", "2026-11", "November 2026", 46350.0, datetime.time(9, 30)])
def test_what_is_no_date_is_refused(tmp_path: Path, typed: Any) -> None:
    if isinstance(typed, str | float):
        with pytest.raises(ValueError, match="it must be a date as year-month-day"):
            edit(example(), {"settings.time_zero_date": typed})

    with pytest.raises(ValueError, match=f"Settings!{TIME_ZERO.a1} 'Calendar date of time zero'.*year-month-day"):
        read_inputs(spoilt(tmp_path, [(TIME_ZERO.sheet, TIME_ZERO.a1, typed)]))


def test_a_date_before_time_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="'2026-11-23' is before time zero, 2026-11-24"):
        edit(
            example(), {"settings.time_zero_date": "2026-11-24", f"{ROW}.from_month": None, f"{ROW}.from_date": "2026-11-23"}
        )


def test_dates_are_written_as_they_are_read(tmp_path: Path) -> None:
    definition = edit(
        example(), {"settings.time_zero_date": "2026-11-24", f"{ROW}.from_month": None, f"{ROW}.from_date": "2030-03-05"}
    )
    write_inputs(definition, tmp_path / "dated.xlsx")
    assert read_inputs(tmp_path / "dated.xlsx") == definition
