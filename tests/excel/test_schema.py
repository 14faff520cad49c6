"""The schema covers the definition, and what is written offers and explains what the definition allows."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from model.definition import TABLES
from model.definition.model_definition import address_of
from model.excel import SHEETS, write_template
from model.excel.entry_rules import entry_rule
from model.excel.schema import TABLE_SPECS
from model.excel.sheets import comment_of
from model.excel.table_specs import FieldsSpec, TableSpec, headers_of
from tests.excel.workbooks import example, layout

SHEET_NAMES = [
    "Cover", "Settings", "Population", "Arms", "Survival", "Utilities", "Adverse events", "Drugs", "Care",
    "After progression", "Life table", "Utility norms", "Scenarios", "Validation", "Assumptions", "References",
]  # fmt: skip
SPECS = list(TABLE_SPECS.values())


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("template") / "template.xlsx"
    write_template(path)
    return openpyxl.load_workbook(path)


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
            assert written.value == header
            assert written.comment is not None, f"{place.sheet}: {header}"


def test_choices_and_ids_have_drop_downs_and_numbers_have_rules(workbook):
    for place in layout().tables.values():
        rules = [r for r in workbook[place.sheet].data_validations.dataValidation]
        if isinstance(place.spec, FieldsSpec):
            continue
        for number, column in enumerate(place.spec.columns, start=1):
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
            expected = (
                {True: "yes", False: "no"}.get(expected, expected) if isinstance(expected, bool) else expected
            )
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
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_area


def test_the_workbook_has_no_macro_and_no_external_link(tmp_path: Path):
    path = tmp_path / "template.xlsx"
    write_template(path)
    parts = zipfile.ZipFile(path).namelist()
    assert not [part for part in parts if "vba" in part.lower() or "externalLink" in part]
