"""Reading what was written gives the same definition; what an analyst does to a layout does no harm."""

from __future__ import annotations

import dataclasses
import datetime
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.definition import Parameter, Provenance, edit
from model.definition.records.columns import Column
from model.excel import Styles, add_input_sheets, new_workbook, read_inputs, write_inputs
from model.excel.inputs.cover import FurtherSheet
from tests.helpers.edited_workbooks import cell, changed, example, header, layout, put, spoilt, template

TEXTS = (
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=80)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
SHARES = st.floats(0.001, 0.999)


def test_the_template_reads_back_as_it_was_written(tmp_path: Path):
    (tmp_path / "t.xlsx").write_bytes(template())
    assert read_inputs(tmp_path / "t.xlsx") == example()


def amounts(most: float) -> st.SearchStrategy[float]:
    """Numbers from 0 up; one that is nearly 0, but is not, is refused as a slip."""
    return st.one_of(st.just(0.0), st.floats(1e-6, most))


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    horizon=st.floats(1.0, 100.0),
    price=amounts(1e7),
    utility=SHARES,
    text=TEXTS,
    floor=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
    wane=st.one_of(st.none(), amounts(500.0)),
)
def test_edited_definitions_read_back_as_they_were_written(tmp_path: Path, horizon, price, utility, text, floor, seed, wane):
    d = edit(
        example(),
        {
            "settings.horizon_years": horizon,
            "settings.hazard_floor": "yes" if floor else "no",
            "settings.seed": seed,
            "products.new_drug.pack_28": price,
            "utilities.progression_free": utility,
            "products.new_drug.pack_28.notes": text,
        },
    )
    curve = dataclasses.replace(d.curves[3], waning_start=wane, waning_end=wane)
    d = dataclasses.replace(
        d,
        about=dataclasses.replace(d.about, title=text, limitations=""),
        curves=(*d.curves[:3], curve, d.curves[4]),
        scenarios=d.scenarios[:2],
        assumptions=(),
        provenance={"seed": Provenance(notes=text), "accrual": Provenance(source="example")},
    )
    write_inputs(d, tmp_path / "t.xlsx")
    assert read_inputs(tmp_path / "t.xlsx") == d


@given(number=st.floats(-1e300, 1e300))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_numbers_keep_every_digit(tmp_path: Path, number: float):
    path = tmp_path / "n.xlsx"
    workbook = new_workbook(path)
    workbook.add_worksheet("N").write_number(0, 0, number)
    workbook.close()
    assert openpyxl.load_workbook(path)["N"]["A1"].value == number


def test_the_same_definition_gives_the_same_bytes(tmp_path: Path):
    write_inputs(example(), tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == template()
    book = openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True)
    assert book.properties.created == datetime.datetime(2026, 1, 1)
    book.close()
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    path.write_text("old")
    with pytest.raises(ValueError, match="too long"):
        write_inputs(dataclasses.replace(example(), about=dataclasses.replace(example().about, title="x" * 40_000)), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_saving_with_another_program_does_no_harm(tmp_path: Path):
    openpyxl.load_workbook(io.BytesIO(template())).save(tmp_path / "t.xlsx")
    assert read_inputs(tmp_path / "t.xlsx") == example()


def test_blank_rows_and_notes_do_no_harm(tmp_path: Path):
    def change(workbook):
        sheet = workbook["Drugs"]
        place = layout().tables["products"]
        sheet.insert_rows(place.first_row + 2, 3)
        sheet.cell(place.first_row + 3, 1, "Prices below: to be checked with the manufacturer")
        sheet.cell(place.first_row + 4, 30, "a note far to the right")
        workbook["Life table"].insert_rows(1, 2)
        workbook["References"].cell(60, 1, "Note: ids are short words")
        workbook["Population"].cell(40, 14, "a note in the notes column")

    assert read_inputs(changed(tmp_path, change)) == example()


def test_reordered_and_extra_columns_do_no_harm(tmp_path: Path):
    def change(workbook):
        sheet, place = workbook["Utilities"], layout().tables["utilities"]
        rows = range(place.header_row, place.last_row + 2)
        width = len(place.headers)
        for row in rows:
            values = [sheet.cell(row, c).value for c in range(1, width + 1)]
            values = ["mine" if row == place.header_row + 1 else "x", *reversed(values)]
            for c, value in enumerate(values, start=1):
                sheet.cell(row, c).value = value if row > place.header_row else None
        for row in rows:  # no record, no note
            if sheet.cell(row, width + 1).value is None:
                sheet.cell(row, 1).value = None

    assert read_inputs(changed(tmp_path, change)) == example()


def test_headers_and_sheet_names_may_differ_in_case_and_spacing(tmp_path: Path):
    renamed = (*header("drugs", 4), "  dose   UNIT ")
    assert read_inputs(spoilt(tmp_path, [renamed], {"Drugs": "drugs "})) == example()


def test_tables_are_found_without_their_titles(tmp_path: Path):
    titled = [place for place in layout().tables.values() if place.spec.name != "about"]
    titles = [(place.sheet, f"A{place.title_row + 1}", "renamed by the analyst") for place in titled]
    assert read_inputs(spoilt(tmp_path, titles)) == example()


def test_an_empty_optional_table_may_be_removed(tmp_path: Path):
    def change(workbook):
        place = layout().tables["discount_steps"]
        workbook["Settings"].delete_rows(place.title_row + 1, 20)

    assert read_inputs(changed(tmp_path, change)) == example()


def test_a_row_may_be_added_in_the_spare_rows(tmp_path: Path):
    place = layout().tables["thresholds"]
    read = read_inputs(spoilt(tmp_path, [("Settings", f"A{place.first_row + place.n_records + 2}", 150_000)]))
    assert read.thresholds[-1].value == 150_000.0
    assert read.thresholds[-1].role == "decision"


def test_a_formula_is_read_by_its_stored_value(tmp_path: Path):
    path = changed(tmp_path, lambda workbook: put(workbook, "utilities", 0, "value", "=0.7+0.05"))
    with_stored = tmp_path / "stored.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(with_stored, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            target.writestr(name, re.sub(rb"<f>0.7\+0.05</f><v ?/?>(</v>)?", b"<f>0.7+0.05</f><v>0.75</v>", text))
    assert read_inputs(with_stored).utilities[0].parameter.value == 0.75


def test_an_output_workbook_with_more_sheets_and_controls_reads_back(tmp_path: Path):
    path = tmp_path / "out.xlsx"
    workbook = new_workbook(path)
    controls = {"psa_draw": (Column("PSA draw shown", "integer", "0: base case", minimum=0), 0)}
    made = add_input_sheets(workbook, example(), Styles(workbook), controls, [FurtherSheet("Results", "What came out")])
    workbook.add_worksheet("Results").write_formula(0, 0, "=set_psa_draw", None, 0)
    workbook.close()
    assert read_inputs(path) == example()
    written = openpyxl.load_workbook(path, read_only=True)
    assert written["Settings"][made.controls["psa_draw"].a1].value == 0
    assert "set_psa_draw" in written.defined_names
    written.close()
    assert made.tables["thresholds"].first_row == layout().tables["thresholds"].first_row + 1


@pytest.mark.parametrize("name", ["t.xlsx", "T.XLSX", "t", "t.xlsx.bak", "version 1.2"])
def test_a_workbook_named_by_text_path_or_in_a_folder_with_spaces_reads(tmp_path: Path, name: str):
    folder = tmp_path / "a folder with ünïcode"
    folder.mkdir()
    (folder / name).write_bytes(template())
    assert read_inputs(str(folder / name)) == example()


def test_an_empty_cell_with_a_default_takes_it(tmp_path: Path):
    emptied = [(*cell(table, 0, field), None) for table, field in (("evidence", "use"), ("products", "quality"))]
    read = read_inputs(spoilt(tmp_path, emptied))
    assert read.evidence[0].use is True
    assert read.products[0].parameter.quality == Parameter(value=1.0).quality
