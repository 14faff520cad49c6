"""The schema covers the definition, and what is written offers and explains what the definition allows."""

from __future__ import annotations

import io
import math
import re
import zipfile

import openpyxl
import pytest

from model.definition import TABLES
from model.definition.model_definition import address_of
from model.excel import SHEETS
from model.excel.inputs.entry_rules import allowed_words, entry_rule
from model.excel.inputs.number_formats import Decimals, amount_format, number_format
from model.excel.inputs.schema import TABLE_SPECS
from model.excel.inputs.sheet_writer import comment_of
from model.excel.inputs.table_specs import FieldsSpec, TableSpec, all_headers_of, headers_of
from model.excel.pages.measures import lines_needed
from model.excel.pages.paper import page_breaks
from tests.helpers.edited_workbooks import example, layout, template

SHEET_NAMES = [
    "Cover",
    "Settings",
    "Population",
    "Arms",
    "Survival",
    "Patient data",
    "Digitised curves",
    "Survival tables",
    "States",
    "Utilities",
    "Adverse events",
    "Drugs",
    "Price index",
    "Care",
    "After progression",
    "Budget impact",
    "Life table",
    "Utility norms",
    "Correlations",
    "Scenarios",
    "Agencies",
    "Subgroups",
    "Validation",
    "Assumptions",
    "References",
    "Version log",
]
SPECS = list(TABLE_SPECS.values())


@pytest.fixture(scope="module")
def workbook() -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(template()))


def widths(sheet) -> dict[int, float]:
    """Width by column, counted from 1 (the file keeps neighbours of one width together)."""
    groups = sheet.column_dimensions.values()
    return {number: group.width for group in groups for number in range(group.min, group.max + 1)}


def test_every_table_stands_on_exactly_one_sheet():
    names = [table.name for sheet in SHEETS for table in sheet.tables if isinstance(table, TableSpec)]
    assert sorted(names) == sorted(TABLES)


def test_the_sheets_stand_in_order(workbook):
    assert [sheet.name for sheet in SHEETS] == SHEET_NAMES
    assert workbook.sheetnames == SHEET_NAMES


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_headers_and_fields_are_unique_within_a_table(spec):
    headers = [header.casefold() for header in headers_of(spec)]
    assert len(set(headers)) == len(headers)
    assert len({column.field for column in spec.columns}) == len(spec.columns)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_column_is_explained(spec):
    for column in spec.columns:
        assert len(comment_of(column.column)) > 5, column.header
        if column.editable:
            assert column.column.help, f"{spec.name}: {column.header}"


def test_what_tables_of_a_sheet_have_in_common_stands_in_the_same_columns():
    for sheet in SHEETS:
        places = [layout().tables[table.name] for table in sheet.tables]
        for header in ("Distribution", "SE", "n", "Low", "High", "Source", "Quality", "Notes", "Input id"):
            assert len({place.column_of(header) for place in places if header in place.headers}) <= 1, header
        for place in places:
            written = [header for header in place.headers if header]
            assert written == list(all_headers_of(place.spec))
            assert place.headers[0] and place.headers[-1]


def test_columns_left_to_another_table_take_no_entry(workbook):
    place = layout().tables["relative_effects"]
    assert place.headers[:5] == ("Arm id", "Endpoint", "", "", "Value")
    assert place.gaps[:2] == (2, 3)
    for row in range(place.header_row, place.last_row + 1):
        for column in (3, 4):
            assert workbook["Survival"].cell(row + 1, column).value is None
            assert workbook["Survival"].cell(row + 1, column).fill.fill_type == "solid"


def test_numbers_are_narrow_and_notes_are_wide(workbook):
    for place in layout().tables.values():
        of_sheet = widths(workbook[place.sheet])
        for header, low, high in (("SE", 9, 18), ("n", 9, 18), ("Low", 9, 18), ("Notes", 60, 86)):
            if header in place.headers:
                width = of_sheet[place.column_of(header) + 1]
                assert low <= width <= high, f"{place.sheet}: {header} is {width} wide"


def test_no_text_is_cut_off_by_its_row(workbook):
    for place in layout().tables.values():
        sheet, of_sheet = workbook[place.sheet], widths(workbook[place.sheet])
        for row in range(place.header_row + 1, place.last_row + 2):
            for cell in sheet[row]:
                if isinstance(cell.value, str) and cell.alignment.wrap_text:
                    room = sheet.row_dimensions[row].height or 15.0
                    lines = math.ceil(len(cell.value) / (1.25 * of_sheet[cell.column]))
                    assert 12.75 * lines <= room, f"{place.sheet}!{cell.coordinate}"


def test_rows_of_records_grow_with_their_text():
    sheet = zipfile.ZipFile(io.BytesIO(template())).read("xl/worksheets/sheet6.xml").decode()
    first = layout().tables["utilities"].first_row + 1
    row = re.search(rf'<row r="{first}"[^>]*>', sheet)
    header = re.search(rf'<row r="{first - 1}"[^>]*>', sheet)
    assert row and "customHeight" not in row[0]
    assert header and 'customHeight="1"' in header[0]


def test_numbers_of_one_row_are_shown_alike(workbook):
    place = layout().tables["relative_effects"]
    formats = {workbook["Survival"][place.cell(0, field).a1].number_format for field in ("value", "low", "high")}
    assert formats == {"0.00?_)_)"}


@pytest.mark.parametrize(
    ("decimals", "numbers", "pattern"),
    [
        (Decimals(3, 3, 4), [0.73, 0.02, 0.768], "0.000?"),
        (Decimals(3, 3, 4), [0.09, 0.0404], "0.000?"),
        (Decimals(2, 2, 4), [0.75, 1.0], "0.00?"),
        (Decimals(0, 1, 2), [54.0, 65.0], ""),
        (Decimals(0, 1, 2), [18.0, 3.6, 5.18], "0.0?"),
    ],
)
def test_decimals_follow_what_a_number_measures(decimals, numbers, pattern):
    assert number_format(decimals, numbers) == pattern


def test_amounts_are_whole_unless_cents_matter():
    assert amount_format([21156.0], [21156.0, 4231.2]) == "#,##0"
    assert amount_format([22.0], [22.0, 4.4]) == "#,##0.00"
    assert amount_format([0.0125], [0.0125]) == "#,##0.00??"


def test_a_maximum_that_only_keeps_absurd_numbers_out_goes_unsaid():
    settings = layout().tables["settings"].spec
    assert isinstance(settings, FieldsSpec)
    assert allowed_words(settings.fields["discount_rate_costs"]) == "a rate from 0% to 25%, such as 3% (0.03)"
    assert allowed_words(settings.fields["horizon_years"]) == "a number above 0 and at most 120"
    price = next(c.column for c in TABLE_SPECS["products"].columns if c.field == "value")
    assert allowed_words(price) == "a number of at least 0"
    assert entry_rule(price, "B7")["maximum"] == 1e12


def test_a_text_takes_the_lines_that_its_words_need():
    assert lines_needed("short", 20) == 1
    assert lines_needed("two\nlines", 20) == 2
    assert lines_needed("word " * 20, 50) == 3
    assert lines_needed("Quoted as of 2018-2024", 16) == 2
    assert lines_needed("https://example.org/" + "a" * 200, 40) >= 6
    assert lines_needed(None, 10) == lines_needed(3.5, 1) == 1


def test_a_table_that_a_page_cannot_take_whole_starts_the_next():
    places = [layout().tables["adverse_events"], layout().tables["event_probabilities"]]
    whole = 15.0 * (places[1].last_row + 1)
    assert page_breaks(places, {}, whole) == []
    assert page_breaks(places, {}, whole - 1) == [places[1].title_row]


def test_table_titles_of_a_sheet_differ():
    for sheet in SHEETS:
        titles = [table.title for table in sheet.tables]
        assert len(set(titles)) == len(titles)
        assert sheet.purpose and all(table.explanation for table in sheet.tables)


def test_every_header_of_the_template_carries_a_comment(workbook):
    for place in layout().tables.values():
        if isinstance(place.spec, FieldsSpec):
            continue
        sheet = workbook[place.sheet]
        for number, header in enumerate(place.headers, start=1):
            written = sheet.cell(place.header_row + 1, number)
            assert written.value == (header or None)
            if not header:
                continue
            assert written.comment is not None, f"{place.sheet}: {header}"


def test_choices_and_ids_have_drop_downs_and_numbers_have_rules(workbook):
    for place in layout().tables.values():
        rules = [r for r in workbook[place.sheet].data_validations.dataValidation]
        if isinstance(place.spec, FieldsSpec):
            continue
        for column in place.spec.columns:
            number = place.column(column.field) + 1
            cells = workbook[place.sheet].cell(place.first_row + 1, number).coordinate
            kinds = {rule.type for rule in rules if cells in rule.sqref}
            spec = column.column
            if spec.choices or spec.refers_to or spec.kind == "yes_no":
                assert kinds == {"list"}, f"{place.sheet}!{cells}"
            elif spec.kind in ("number", "integer"):
                assert kinds <= {"decimal", "whole", "custom"} and kinds, f"{place.sheet}!{cells}"


def test_a_rule_says_what_is_allowed():
    column = TABLE_SPECS["event_probabilities"].column("value")
    rule = entry_rule(column.column, "C7")
    assert (rule["minimum"], rule["maximum"]) == (0.0, 1.0)
    assert "from 0 to 1" in rule["error_message"]


def test_every_defined_name_resolves_to_a_cell_of_the_workbook(workbook):
    assert "set_horizon_years" in workbook.defined_names
    assert "list_arms" in workbook.defined_names
    for name, defined in workbook.defined_names.items():
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", name)
        assert not re.fullmatch(r"(?i)[a-z]{1,3}\d+|r\d*c?\d*|c\d*", name), name
        for sheet, cells in defined.destinations:
            assert workbook[sheet][cells] is not None


def test_named_values_hold_the_values_of_the_definition(workbook):
    d = example()
    for address, name in layout().names.items():
        sheet, cells = next(iter(workbook.defined_names[name].destinations))
        written = workbook[sheet][cells].value
        if address.startswith("settings."):
            expected = getattr(d.settings, address.removeprefix("settings."))
            expected = {True: "yes", False: "no"}.get(expected, expected) if isinstance(expected, bool) else expected
        else:
            records = [r for table, _, r in d.records() if address_of(table, r) == address]
            expected = records[0].parameter.value
        assert written == expected, address


def test_input_ids_are_formulas_that_show_the_address(workbook):
    place = layout().tables["utilities"]
    written = workbook["Utilities"].cell(place.first_row + 1, place.column("input_id") + 1).value
    assert written == '=IF($A9="","","utilities."&$A9)'


def test_no_sheet_is_hidden_or_protected_and_headers_are_frozen(workbook):
    for sheet in workbook:
        assert sheet.sheet_state == "visible"
        assert not sheet.protection.sheet
        assert sheet.freeze_panes
        wide = sum(widths(sheet).values()) > 100
        long = sheet.page_setup.paperSize == 8  # a long one may stand upright on twice the paper
        if not (wide and long):
            assert (sheet.page_setup.orientation == "landscape") == (wide and sheet.title != "Cover")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_area


def test_the_workbook_has_no_macro_and_no_external_link():
    parts = zipfile.ZipFile(io.BytesIO(template())).namelist()
    assert not [part for part in parts if "vba" in part.lower() or "externalLink" in part]
