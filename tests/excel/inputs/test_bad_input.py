"""Every problem of a workbook is reported at once, with its sheet and cell, and nothing that only follows from it."""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from model.definition.records.columns import columns_of
from model.definition.records.settings import Settings
from model.excel import InputError, read_inputs, write_inputs
from tests.helpers.edited_workbooks import (
    cell,
    changed,
    example,
    header,
    layout,
    problems_after,
    problems_of,
    problems_with,
    spoilt,
    template,
    without_headers,
)

CELLS: list[tuple[str, int, str, Any, str]] = [
    ("utilities", 0, "value", "high", "'high' is text; it must be a number from -1 to 1"),
    ("subsequent", 0, "value", "0,75", "use the decimal sign"),
    ("care", 1, "value", "0.75", "is text"),
    ("end_of_life", 0, "value", None, "is empty; it must hold a number"),
    ("utilities", 0, "value", 1.2, "1.2 is above the maximum of 1"),
    ("utilities", 1, "value", True, "is not a number"),
    ("event_probabilities", 1, "value", 1.5, "1.5 is above the maximum of 1"),
    ("event_probabilities", 1, "value", -0.1, "-0.1 is below the minimum of 0"),
    ("products", 2, "value", -5, "-5 is below the minimum of 0"),
    ("products", 0, "standard_error", 0, "0 is not above 0"),
    ("event_probabilities", 0, "standard_error", -0.02, "-0.02 is not above 0"),
    ("utilities", 0, "distribution", "triangular", "'triangular' is not allowed; it must be one of fixed"),
    ("utilities", 1, "until_month", 8.0, "no utility of the state 'progressed' holds from month 8 on"),
    ("care", 0, "until_day", 0.0, "0 is not after the first day, 0"),
    ("care", 0, "from_day", 5.0, "is for a cost that accrues; the column First on day says when visits begin"),
    ("care", 0, "frequency", "per_day", "'per_day' is not allowed"),
    ("end_of_life", 0, "state", "dead", "'dead' is not allowed"),
    ("arms", 1, "colour", "bluish", "must be a colour such as"),
    ("arms", 1, "label", None, "is empty"),
    ("arms", 0, "id", "Standard Care", "must be a short id"),
    ("regimens", 0, "until", "whenever", "must be one of progression"),
    ("drugs", 0, "schedule_days", 0, "below the minimum"),
    ("life_table", 5, "age", 45.5, "45.5 is not a whole number"),
    ("life_table", 5, "qx_female", "#REF!", "#REF!"),
    ("evidence", 0, "use", "perhaps", "must be yes or no"),
    ("price_changes", 0, "from_date", "5 March 2030", "must be a date as year-month-day, such as 2027-03-05"),
    ("price_changes", 0, "from_date", "2030-02-30", "is no day of the calendar"),
    ("price_changes", 0, "applies", "perhaps", "must be yes or no"),
    ("price_changes", 0, "value", -0.5, "-0.5 is below the minimum of 0"),
    ("price_changes", 0, "value", 150.0, "150 is above the maximum of 100"),
    ("scenarios", 0, "value", None, "is empty"),
]
CROSS: list[tuple[str, int, str, Any, str]] = [
    ("regimens", 0, "arm", "no_such_arm", "there is no arm 'no_such_arm'"),
    ("products", 0, "source", "nobody_2020", "there is no reference 'nobody_2020'"),
    ("products", 2, "drug", "no_such_drug", "there is no drug 'no_such_drug'"),
    ("event_probabilities", 0, "event", "no_such_event", "there is no event"),
    ("subsequent", 1, "value", 0.3, "the shares sum to 0.9; they must sum to 1"),
    ("evidence", 3, "value", 0.6, "survival rises"),
    ("covariance", 1, "value", 0.5, "not positive semi-definite"),
    ("life_table", 6, "age", 48, "no age may be missing or out of order"),
    ("scenarios", 1, "input", "discounts.no_such", "there is no input 'discounts.no_such'"),
    ("drugs", 0, "dose_days", "soon", "not a list of days"),
    ("price_changes", 0, "product", "vial_150", "there is no pack 'vial_150' of 'new_drug'; listed are pack_28"),
    ("price_changes", 0, "from_month", None, "give the month after time zero, or the calendar date"),
    ("price_changes", 0, "from_date", "2030-03-05", "stands beside a month; give one of the two"),
]


def rounds(bad: list[tuple[str, int, str, Any, str]], held_apart: int) -> list[list[int]]:
    """The numbers of bad cells in groups of which no two begin with the same ``held_apart`` words (2: of one record; 1: of
    one table): each group is typed into one workbook."""
    found: list[list[int]] = []
    for n, one in enumerate(bad):
        free = (group for group in found if all(bad[other][:held_apart] != one[:held_apart] for other in group))
        group = next(free, None)
        if group is None:
            found.append(group := [])
        group.append(n)
    return found


def told_in_rounds(
    folders: pytest.TempPathFactory, bad: list[tuple[str, int, str, Any, str]], held_apart: int
) -> Iterator[tuple[list[int], list[str]]]:
    """The numbers of each group with the lines of the error about its workbook."""
    for group in rounds(bad, held_apart):
        yield group, problems_with(folders.mktemp("round"), *(bad[n][:4] for n in group))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[str]]:
    """For each of :data:`CELLS` the line about its cell; nothing is said of any other cell."""
    found: dict[int, list[str]] = {}
    for group, lines in told_in_rounds(tmp_path_factory, CELLS, 2):
        for n in group:
            sheet, address = cell(*CELLS[n][:3])
            found[n] = [line for line in lines if line.startswith(f"{sheet}!{address} '")]
        assert sorted(lines) == sorted(line for n in group for line in found[n])
    return found


@pytest.mark.parametrize("n", range(len(CELLS)), ids=lambda n: "-".join(map(str, CELLS[n][:4])))
def test_a_bad_cell_is_named_and_nothing_else(told: dict[int, list[str]], n: int):
    assert len(told[n]) == 1, told[n]
    assert CELLS[n][4] in told[n][0]


@pytest.fixture(scope="module")
def contradicted(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[str]]:
    """For each of :data:`CROSS` the lines about its workbook, in which no two contradictions are of one table."""
    return {n: lines for group, lines in told_in_rounds(tmp_path_factory, CROSS, 1) for n in group}


@pytest.mark.parametrize("n", range(len(CROSS)), ids=lambda n: "-".join(map(str, CROSS[n][:4])))
def test_a_contradiction_is_named_with_its_cell(contradicted: dict[int, list[str]], n: int):
    sheet, _ = cell(*CROSS[n][:3])
    found = [line for line in contradicted[n] if CROSS[n][4] in line]
    assert found, contradicted[n]
    assert found[0].startswith(f"{sheet}!"), found


def test_a_beta_with_an_impossible_variance_is_refused(tmp_path: Path):
    lines = problems_with(tmp_path, ("utilities", 0, "standard_error", 0.9))
    sheet, address = cell("utilities", 0, "value")
    assert len(lines) == 1
    assert lines[0].startswith(f"{sheet}!{address} 'Value' (progression_free)")
    assert "cannot have SE 0.9" in lines[0]


def test_a_duplicate_id_is_refused_in_its_second_row(tmp_path: Path):
    lines = problems_with(tmp_path, ("drugs", 1, "id", "backbone"))
    _, address = cell("drugs", 1, "id")
    assert any(line.startswith(f"Drugs!{address} ") and "stands twice" in line for line in lines)


def test_five_problems_are_reported_at_once_in_the_order_of_the_sheets(tmp_path: Path):
    lines = problems_with(
        tmp_path,
        ("arms", 1, "colour", "bluish"),
        ("utilities", 0, "value", 1.2),
        ("products", 2, "value", -5),
        ("subsequent", 1, "value", 0.3),
        ("life_table", 5, "qx_female", "about 0.01"),
    )
    places = [
        cell(*place)
        for place in (
            ("arms", 1, "colour"),
            ("utilities", 0, "value"),
            ("products", 2, "value"),
            ("subsequent", 1, "value"),
            ("life_table", 5, "qx_female"),
        )
    ]
    assert [line.split(" '")[0] for line in lines] == [f"{sheet}!{address}" for sheet, address in places]


def test_the_message_reads_as_documented(tmp_path: Path):
    lines = problems_with(tmp_path, ("utilities", 0, "value", 1.2))
    address = cell("utilities", 0, "value")[1]
    assert lines == [f"Utilities!{address} 'Value' (progression_free): 1.2 is above the maximum of 1"]


def test_a_bad_key_does_not_hide_other_problems_of_its_table(tmp_path: Path):
    lines = problems_with(tmp_path, ("curves", 0, "endpoint", None), ("curves", 4, "arm", "nobody"))
    assert any("there is no arm 'nobody'" in line for line in lines)
    assert not any("has no pfs curve" in line for line in lines)


def test_a_share_that_is_text_is_not_also_a_sum_that_is_wrong(tmp_path: Path):
    lines = problems_with(tmp_path, ("subsequent", 0, "value", "60%"))
    assert len(lines) == 1
    assert "'60%' is text" in lines[0]


def test_a_missing_sheet_is_named_once(tmp_path: Path):
    lines = problems_after(tmp_path, lambda workbook: workbook.remove(workbook["Drugs"]))
    assert lines == ["Drugs: the sheet is missing"]


@pytest.mark.parametrize("sheet", ["Cover", "Settings", "Arms", "Survival", "Life table", "References"])
def test_any_missing_sheet_is_named_once(tmp_path: Path, sheet: str):
    lines = problems_of(spoilt(tmp_path, [], {sheet: None}))
    assert lines == [f"{sheet}: the sheet is missing"]


def older(workbook: Any, label: str | None = None) -> None:
    """Without the sheet and the setting that older workbooks do not have (or with the setting misspelt)."""
    workbook.remove(workbook["Correlations"])
    settings = workbook["Settings"]
    row = next(r for r in range(1, settings.max_row + 1) if settings.cell(r, 1).value == "Sampling")
    if label is None:
        settings.delete_rows(row)
    else:
        settings.cell(row, 1).value = label


def test_a_workbook_from_before_sampling_and_correlations_reads_with_their_defaults(tmp_path: Path):
    assert read_inputs(changed(tmp_path, older)) == example()


def test_a_misspelt_row_is_not_taken_for_an_older_workbook(tmp_path: Path):
    lines = problems_after(tmp_path, lambda workbook: older(workbook, "Samplng"))
    assert lines == ["Settings: the row 'Sampling' of the table 'Settings' is missing"]


def test_a_missing_sheet_does_not_hide_a_bad_cell_elsewhere(tmp_path: Path):
    lines = problems_of(spoilt(tmp_path, [(*cell("utilities", 0, "value"), 1.2)], {"Drugs": None}))
    assert len(lines) == 2
    assert "1.2 is above" in lines[1] or "1.2 is above" in lines[0]


def test_a_missing_column_is_named_with_its_table(tmp_path: Path):
    renamed, expected = [], []
    for table, field in (("utilities", "distribution"), ("coefficients", "coefficient"), ("regimens", "max_months")):
        place = layout().tables[table]
        text = place.headers[place.column(field)]
        renamed.append((*header(table, place.column(field)), f"{text} x"))
        expected.append((f"{place.sheet}!A{place.header_row + 1}: the column '{text}' of the table", f"is it '{text} x'"))
    lines = problems_of(spoilt(tmp_path, renamed))
    assert len(lines) == len(expected), lines
    for start, gist in expected:
        (line,) = (line for line in lines if line.startswith(start))
        assert gist in line


def test_a_free_text_column_may_be_missing(tmp_path: Path):
    emptied = (*header("references", layout().tables["references"].column("link")), None)
    assert read_inputs(spoilt(tmp_path, [emptied])).references == example().references


def test_a_missing_table_says_what_its_header_must_hold(tmp_path: Path):
    lines = problems_of(spoilt(tmp_path, [(sheet, address, "?") for sheet, address, _ in without_headers("products")]))
    assert any(line.startswith("Drugs: the table 'Packs and vials' was not found") for line in lines), lines


def test_settings_that_older_workbooks_lack_are_at_their_default(tmp_path: Path):
    """Also where another setting has a similar name."""
    lacking = [name for name, column in columns_of(Settings).items() if column.may_be_missing]
    labels = [("Settings", f"A{layout().cells[f'settings.{name}'].row + 1}", None) for name in lacking]
    found = read_inputs(spoilt(tmp_path, labels)).settings
    defaults = {name: columns_of(Settings)[name].default for name in lacking}
    assert {name: getattr(found, name) for name in lacking} == defaults


def test_a_missing_setting_is_named(tmp_path: Path):
    label = ("Settings", f"A{layout().cells['settings.cycle_days'].row + 1}", "Cycle")
    assert problems_of(spoilt(tmp_path, [label])) == ["Settings: the row 'Cycle length' of the table 'Settings' is missing"]


def test_settings_and_cover_are_checked(tmp_path: Path):
    bad = {"horizon_years": 0, "discounting": "simple", "comparator": "nobody"}
    settings = [("Settings", layout().cells[f"settings.{name}"].a1, value) for name, value in bad.items()]
    title = ("Cover", f"B{layout().tables['about'].first_row + 1}", None)
    lines = problems_of(spoilt(tmp_path, [*settings, title]))
    assert len(lines) == 4, lines
    assert lines[0].startswith("Cover!B") and "is empty" in lines[0]
    assert "there is no arm 'nobody'" in lines[1]
    assert "0 is not above 0" in lines[2]
    assert "'simple' is not allowed" in lines[3]


def test_the_same_arm_on_both_sides_is_refused(tmp_path: Path):
    comparator = layout().cells["settings.comparator"].a1
    lines = problems_of(spoilt(tmp_path, [("Settings", comparator, "new_treatment")]))
    assert lines[0].startswith(f"Settings!{comparator} 'Comparator arm'")


def test_a_formula_without_a_stored_value_is_refused_with_its_address(tmp_path: Path):
    lines = problems_with(tmp_path, ("utilities", 0, "value", "=0.7+0.05"))
    assert len(lines) == 1
    assert lines[0].startswith(f"Utilities!{cell('utilities', 0, 'value')[1]} ")
    assert "formula without a stored value" in lines[0]


def test_a_curve_without_evidence_is_named(tmp_path: Path):
    lines = problems_with(tmp_path, ("evidence", 0, "use", "no"), ("evidence", 1, "use", "no"))
    assert any(line.startswith("Survival!") for line in lines)


def test_a_number_that_the_spreadsheet_turned_into_a_date_is_refused(tmp_path: Path):
    import datetime

    lines = problems_with(tmp_path, ("products", 2, "value", datetime.datetime(2026, 1, 2)))
    assert len(lines) == 1
    assert "is a date or time" in lines[0]


def test_a_missing_file_lists_the_workbooks_beside_it(tmp_path: Path):
    (tmp_path / "mine.xlsx").write_bytes(template())
    with pytest.raises(InputError, match=r"there is no file .*workbooks beside it: mine\.xlsx"):
        read_inputs(tmp_path / "other.xlsx")
    with pytest.raises(InputError, match="no folder"):
        read_inputs(tmp_path / "no" / "other.xlsx")
    with pytest.raises(InputError, match="is a folder"):
        read_inputs(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "gist"),
    [
        ("a.xlsx", b"drug,price\na,1\n", "is not a workbook"),
        ("b.xlsx", b"", "is not a workbook"),
        ("c.xlsx", bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, "encrypted or an old .xls"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path, name: str, content: bytes, gist: str):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=gist):
        read_inputs(tmp_path / name)


def test_other_zip_files_and_damaged_workbooks_are_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match=r"not an \.xlsx workbook"):
        read_inputs(tmp_path / "zip.xlsx")
    with zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<broken")
    with pytest.raises(InputError, match="may be damaged"):
        read_inputs(tmp_path / "bad.xlsx")


def test_macros_are_refused_by_extension_and_by_content(tmp_path: Path):
    for name in ("t.xlsx", "t.xlsm"):
        (tmp_path / name).write_bytes(template())
    with zipfile.ZipFile(tmp_path / "t.xlsx", "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    for name in ("t.xlsm", "t.xlsx"):
        with pytest.raises(InputError, match="holds macros"):
            read_inputs(tmp_path / name)


@pytest.mark.parametrize(
    ("known", "typed"), [("Budget impact", "Budget impacts"), ("Agencies", "Agencys"), ("Subgroups", "Sub-groups")]
)
def test_a_sheet_that_may_be_left_out_is_not_taken_for_left_out_under_nearly_its_name(tmp_path: Path, known: str, typed: str):
    lines = problems_of(spoilt(tmp_path, [], {known: typed}))
    assert lines == [f"{typed}: no sheet of a model is called so; did you mean '{known}'?"]


def test_a_workbook_of_something_else_names_every_sheet_that_is_missing(tmp_path: Path):
    import openpyxl

    openpyxl.Workbook().save(tmp_path / "t.xlsx")
    with pytest.raises(InputError) as caught:
        read_inputs(tmp_path / "t.xlsx")
    assert len(caught.value.problems) == 19
    assert all("the sheet is missing" in problem.message for problem in caught.value.problems)


def test_nothing_is_written_where_reading_fails(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    write_inputs(dataclasses.replace(example(), arms=example().arms[:1]), path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InputError, match="at least two arms"):
        read_inputs(path)
    assert sorted(tmp_path.iterdir()) == before
