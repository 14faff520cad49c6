"""What a reviewer finds who opens the formulas of the output workbook (standards X3 to X9), cell by cell of the file, and
who recalculates them: each gives the value that is stored with it (X8, X1).

Of a small model with three arms, the starter model with drugs, and the shipped US model. Oracles: the file itself, read
without a spreadsheet library, and the engine's source folder, which the sheets mirror; and formualizer, an independent
engine that knows only the file. LibreOffice recalculates in .ci/office.py.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from model.excel.inputs.schema import SHEETS
from model.excel.live.used import reason_not_used
from model.survival import distribution
from model.survival.distributions import STANDARD_NAMES
from model.survival.families.base import Distribution
from tests.helpers.output_models import SMALL, shipped_output, small_output, small_recalculated
from tests.helpers.recalculated import Recalculated, compare_formulas
from tests.helpers.shipped import NAMES
from tests.helpers.small_runs import small_book, small_run
from tests.helpers.workbook_survey import QUOTE, Survey, invisible_styles, relative, runs

ROOT = Path(__file__).resolve().parents[3]
VOLATILE = {"NOW", "TODAY", "RAND", "RANDBETWEEN", "OFFSET", "INDIRECT", "CELL", "INFO"}
IN_EXCEL_2010_AND_LIBREOFFICE_7 = {
    "ABS",
    "AND",
    "AVERAGE",
    "CHAR",
    "CHOOSE",
    "COUNT",
    "COUNTA",
    "COUNTIF",
    "COUNTIFS",
    "DATE",
    "EXACT",
    "EXP",
    "FIND",
    "FIXED",
    "GAMMA.DIST",
    "GAMMA.INV",
    "IF",
    "IFERROR",
    "INDEX",
    "INT",
    "ISERROR",
    "ISNUMBER",
    "ISTEXT",
    "LEFT",
    "LEN",
    "LN",
    "LOWER",
    "MATCH",
    "MAX",
    "MID",
    "MIN",
    "MOD",
    "MONTH",
    "NORM.S.DIST",
    "NOT",
    "OR",
    "PERCENTILE",
    "REPLACE",
    "REPT",
    "ROUND",
    "ROWS",
    "SEARCH",
    "SIGN",
    "SINH",
    "SMALL",
    "SQRT",
    "STDEV",
    "SUBSTITUTE",
    "SUM",
    "SUMIF",
    "SUMPRODUCT",
    "TRIM",
    "UPPER",
    "VALUE",
}
SOLVED = "Calibration"
CELL_LIKE = re.compile(r"(?i)[a-z]{1,3}\d+|r\d*c\d*|r\d*|c\d*")


@pytest.fixture(scope="module", params=["three arms", "starter", pytest.param("patina_us", marks=pytest.mark.slow)])
def survey(request: pytest.FixtureRequest) -> Survey:
    if request.param == "starter":
        return Survey(small_run())
    return Survey((shipped_output if request.param == "patina_us" else small_output)(request.param).path)


# ---- cells -----------------------------------------------------------------------------------------------------------


def test_every_formula_has_a_stored_value_and_none_is_an_error(survey: Survey) -> None:
    assert survey.n_formulas > 5000
    assert survey.without_value == [] and survey.errors == []


def test_numbers_other_than_0_1_2_and_a_half_stand_in_named_cells(survey: Survey) -> None:
    assert survey.constants == []


def test_functions_are_those_that_all_spreadsheet_programs_share_and_none_is_volatile(survey: Survey) -> None:
    assert survey.functions <= IN_EXCEL_2010_AND_LIBREOFFICE_7
    assert not survey.functions & VOLATILE


def test_one_formula_runs_down_every_column_of_curves_and_traces(survey: Survey) -> None:
    sheets = survey.file.sheets
    over_cycles = {s for s in sheets if s == "Timeline" or s.startswith(("Trace ", "PFS ", "OS "))}
    assert len(over_cycles) >= 7 and over_cycles <= survey.block_sheets
    assert survey.broken_columns == []


def test_every_step_of_a_calibration_is_the_same_formula(survey: Survey) -> None:
    """All rows of its tables but the first, which takes the starting values."""
    columns: dict[str, list] = {}
    for cell in survey.file.cells(SOLVED):
        if cell.is_formula:
            columns.setdefault(cell.column, []).append(cell)
    for name, cells in columns.items():
        for run in runs(cells):
            patterns = {cell.shared or relative(cell.formula, cell) for cell in run[1:]}
            assert len(patterns) <= 1, f"{name}{run[0].row}"


def test_every_sheet_shows_whether_checks_fail(survey: Survey) -> None:
    assert survey.flagged_sheets == set(survey.file.sheets)


# ---- the file --------------------------------------------------------------------------------------------------------


def test_nothing_is_hidden_or_protected(survey: Survey) -> None:
    file = survey.file
    assert not re.search(r'state="|<workbookProtection|veryHidden', file.text("xl/workbook.xml"))
    for sheet in file.sheets:
        xml = file.sheet_xml(sheet)
        assert not re.search(r'hidden="(1|true)"|<sheetProtection|zeroHeight', xml), sheet
    assert invisible_styles(file) == []


def test_no_macro_no_connection_and_no_link_to_another_file(survey: Survey) -> None:
    names = " ".join(survey.file.names_of_parts).lower()
    assert not re.search(r"vba|external|connection|query|activex|embedding|custom", names)
    links = [survey.file.text(n) for n in survey.file.names_of_parts if n.endswith(".rels")]
    assert not any('TargetMode="External"' in text for text in links)
    assert not any("[" in text for text in survey.file.defined_names.values())


def test_every_defined_name_leads_to_a_sheet_and_reads_like_no_cell(survey: Survey) -> None:
    names, sheets = survey.file.defined_names, set(survey.file.sheets)
    assert "checks_failed" in names and "out_icer" in names
    for name, reference in names.items():
        assert reference.rsplit("!", 1)[0].strip("'").replace("''", "'") in sheets, name
        assert re.fullmatch(r"\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?", reference.rsplit("!", 1)[1]), name
        assert not CELL_LIKE.fullmatch(name)
    assert len({name.casefold() for name in names}) == len(names)


def test_every_named_input_is_taken_by_a_formula_or_has_a_reason_not_to_be(survey: Survey) -> None:
    sheets_of_inputs = {sheet.name for sheet in SHEETS}
    idle = []
    for name, reference in survey.file.defined_names.items():
        sheet, cell = reference.replace("$", "").split("!")
        at = f"{sheet.strip(QUOTE)}!{cell}"
        if at.split("!")[0] in sheets_of_inputs and ":" not in cell and at not in survey.taken:
            idle.append(name)
    assert [n for n in idle if not reason_not_used("settings", n.removeprefix("set_"))] == []


def test_every_distribution_writes_its_survival_and_its_median_as_formulas() -> None:
    for name in STANDARD_NAMES:
        family = type(distribution(name))
        for method in ("worksheet_survival", "worksheet_median"):
            assert getattr(family, method) is not getattr(Distribution, method), (name, method)


# ---- recalculated ------------------------------------------------------------------------------------------------------


def test_formulas_of_the_starter_model_give_their_stored_values() -> None:
    book = small_book()
    found = compare_formulas(book.path, book)
    assert found.count > 10_000 and found.wrong == []


@pytest.mark.parametrize("name", SMALL)
def test_formulas_of_two_and_three_arms_give_their_stored_values(name: str) -> None:
    book = small_recalculated(name)
    found = compare_formulas(book.path, book)
    assert found.count > 5_000 and found.wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_formulas_of_the_shipped_models_give_their_stored_values(name: str) -> None:
    made = shipped_output(name)
    found = compare_formulas(made.path, Recalculated(made.path, made.definition))
    assert found.count > 100_000 and found.wrong == []
