"""Formulas that give the same in every spreadsheet program and locale: nothing that LibreOffice takes for an error, and
no words whose number signs depend on the reader.

LibreOffice takes a result of ^ below 2.2e-308 for an error (so does no other program), and GAMMA.DIST of an argument
such as 1e150. test_in_libreoffice.py opens the workbooks in it. Oracle of values here: formualizer.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import formualizer
import numpy as np
import pytest
import xlsxwriter
from openpyxl.utils import get_column_letter

from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import days_after, is_date, number_as_text, number_in, power
from model.excel.live.constants import CONSTANTS, SheetFunctions
from model.survival import distribution
from tests.helpers.answer_page import shown_on_answer
from tests.helpers.output_models import small_output, small_recalculated
from tests.helpers.recalculated import Recalculated
from tests.helpers.small_runs import write_small_run
from tests.helpers.workbook_file import WorkbookFile

SAFE_POWERS = (
    r"\^[a-z]+_powers",  # of a base that is 0 below 1e-30
    r"\^cube",  # of a difference of logarithms of times
    r"\(1\+[^()]*\)\^",  # of a discount rate and years
    r"\^\(1-",  # a cure fraction of at least 1e-300, to a share
)


@pytest.fixture(scope="module")
def formulas(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every formula of the starter model's workbook and of the one with three arms and every analysis."""
    starter = tmp_path_factory.mktemp("starter") / "starter.xlsx"
    write_small_run(starter)
    files = [WorkbookFile(path) for path in (starter, small_output("three arms").path)]
    return {cell.formula for file in files for sheet in file.sheets for cell in file.cells(sheet) if cell.formula}


def test_a_power_of_a_share_is_taken_through_logarithms(formulas: set[str]) -> None:
    for formula in formulas:
        bare = re.sub(r'"[^"]*"', "", formula)
        assert bare.count("^") <= sum(len(re.findall(p, bare)) for p in SAFE_POWERS), formula


def test_the_argument_of_a_gamma_distribution_is_bounded(formulas: set[str]) -> None:
    with_gamma = [f for f in formulas if "GAMMA.DIST(" in f]
    assert with_gamma
    assert all(f.count("GAMMA.DIST(MIN(+largest_gamma,") == f.count("GAMMA.DIST(") for f in with_gamma)


DIGITS_OF_A_DATE = re.compile(r'VALUE\((?:LEFT\([^()]+,LEN\("0000"\)\)|MID\([^()]+,LEN\("0000(?:-00)?-0"\),2\))\)')


def test_no_number_is_written_or_read_with_the_signs_of_a_locale(formulas: set[str]) -> None:
    """FIXED without its thousands sign gives digits, of which the decimal sign is left out; VALUE reads digits."""
    for formula in formulas:
        assert not re.search(r"\b(TEXT|DOLLAR|NUMBERVALUE|DATEVALUE|TEXTJOIN)\(", formula), formula
        fixed = [call_at(formula, found.start()) for found in re.finditer(r"FIXED\(", formula)]
        assert all(call.endswith(",TRUE)") for call in fixed), formula
        read = formula.count("VALUE(SUBSTITUTE(") + formula.count("VALUE(TRIM(MID(SUBSTITUTE(")
        read += len(DIGITS_OF_A_DATE.findall(formula))
        assert formula.count("VALUE(") == read, formula


def call_at(formula: str, start: int) -> str:
    """The call of a function that begins at ``start``, with all its arguments."""
    depth = 0
    for end, letter in enumerate(formula[start:], start):
        depth += (letter == "(") - (letter == ")")
        if letter == ")" and depth == 0:
            return formula[start : end + 1]
    raise ValueError(formula)


def calculated(folder: Path, formulas: list[str], cells: list[Any] | None = None) -> list[Any]:
    """Formulas in column B of a new workbook, by formualizer; ``cells``: column A."""
    path = folder / "formulas.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet, constants = book.add_worksheet("S"), book.add_worksheet("C")
    for row, (name, (value, _, _)) in enumerate(CONSTANTS.items()):
        constants.write_number(row, 0, value)
        book.define_name(name, f"=C!$A${row + 1}")
    sheet.write_column(0, 0, cells or [])
    for row, formula in enumerate(formulas):
        sheet.write_formula(row, 1, f"={formula}")
    book.close()
    engine: Any = formualizer.load_workbook(str(path))
    engine.evaluate_all()
    return [engine.get_value("S", row + 1, 2) for row in range(len(formulas))]


def test_amounts_in_words_have_commas_between_thousands_and_a_decimal_point(tmp_path: Path) -> None:
    numbers = [0.0, 0.5, 7.0, 12.345, 999.99, 1000.0, 54321.1, 999999.0, 1234567.891, 12345678.0]
    texts = [number_as_text(Formula(f"A{i + 1}", x), d) for d in (0, 2) for i, x in enumerate(numbers)]
    wanted = [f"{x:,.{d}f}" for d in (0, 2) for x in numbers]
    wanted[1] = "1"  # one half: a spreadsheet rounds away from zero
    assert calculated(tmp_path, [t.text for t in texts], numbers) == wanted


def test_a_number_typed_as_text_is_read_and_a_list_of_days_stays_a_list(tmp_path: Path) -> None:
    typed = ["0.5", "1e-3", "-2", "1,8", "1,8,15", "1/8", "weibull", "1:30", "2027-03-05"]
    found = calculated(tmp_path, [number_in(f"A{i + 1}") for i in range(len(typed))], typed)
    assert found == [0.5, 0.001, -2.0, "1,8", "1,8,15", "1/8", "weibull", "1:30", "2027-03-05"]


def test_a_date_is_what_the_calendar_has_written_from_the_year_to_the_day(tmp_path: Path) -> None:
    typed = [
        "2027-03-05",
        "2028-02-29",
        "2027-02-29",
        "2027-13-05",
        "2027-00-05",
        "05-03-2027",
        "2027-3-5",
        "5/3/2027",
        "soon",
    ]
    found = calculated(tmp_path, [f"IF({is_date(f'A{i + 1}')},1,0)" for i in range(len(typed))], typed)
    assert found == [1.0, 1.0, *[0.0] * 7]


def test_days_from_one_date_to_another(tmp_path: Path) -> None:
    dates = ["2026-11-24", "2027-03-05", "2028-02-29"]
    start, *later = (Formula(f"A{i + 1}", date) for i, date in enumerate(dates))
    made = [days_after(date, start) for date in later]
    assert calculated(tmp_path, [f.text for f in made], dates) == [f.value for f in made] == [101.0, 462.0]


@pytest.mark.parametrize(
    ("base", "exponent", "value"),
    [(0.25, 0.5, 0.5), (1.0, 3.0, 1.0), (0.0, 2.0, 0.0), (4e-322, 1.0, 0.0), (1e-200, 4.0, 0.0), (0.0, 0.01, 0.0)],
)
def test_a_power_of_next_to_nobody_is_nobody(tmp_path: Path, base: float, exponent: float, value: float) -> None:
    made = power(Formula("A1", base), Formula("A2", exponent), Formula("smallest", 1e-300))
    assert "^" not in made.text
    assert made.value == pytest.approx(value, abs=1e-300)
    assert calculated(tmp_path, [made.text], [base, exponent]) == [pytest.approx(value, abs=1e-300)]


def test_a_steep_falling_gompertz_hazard_stays_a_number_in_the_sheet(tmp_path: Path) -> None:
    """shape -3, rate 0.01 at 600 months: S = exp(-(rate / shape) (exp(shape t) - 1)) = exp(-0.01 / 3)."""

    class Names:
        def __getattr__(self, name: str) -> Formula:
            return Formula(name, CONSTANTS[name][0])

    cells = [Formula(f"A{i + 1}", x) for i, x in enumerate((600.0, np.log(600.0), -3.0, 0.01))]
    made = distribution("gompertz").worksheet_survival(SheetFunctions(Names()), *cells)  # type: ignore[arg-type]
    assert made.value == pytest.approx(np.exp(-0.01 / 3), abs=1e-12)
    found = calculated(tmp_path, [made.text], [c.value for c in cells])
    assert found == [pytest.approx(np.exp(-0.01 / 3), abs=1e-12)]


# ---- rows beyond the horizon, and where an error begins --------------------------------------------------------------


@pytest.fixture
def book() -> Recalculated:
    return small_recalculated("two arms")


def test_rows_beyond_the_horizon_repeat_its_end(book: Recalculated) -> None:
    """5 of 15 years, in cycles of 91.3125 days: 20 cycles; the 40 rows after them stay at day 1826.25."""
    with book.with_inputs({"settings.horizon_years": 5.0}):
        rows = book.sheet("Timeline", 100, 3)
        first = next(i for i, row in enumerate(rows) if row[0] == 0.0)
        days = [row[2] for row in rows[first : first + 61]]
    assert days[:3] == [0.0, 91.3125, 182.625]
    assert days[20:] == [1826.25] * 41


def test_the_first_sheet_says_where_an_error_begins() -> None:
    """A formula of the column 'Progressed' is spoilt; every input is as it was."""
    made = small_output("two arms")
    book = Recalculated(made.path, made.definition)
    column = book.sheet("Trace chemo", 5, 20)[4].index("Progressed: OS - PFS") + 1
    book._book.set_formula("Trace chemo", 40, column, "=1/0")
    book._settled = False
    said = [text for text in shown_on_answer(book)["Answer"] if text.startswith("No answer")]
    place = f"Trace chemo, column {get_column_letter(column)}: Progressed: OS - PFS"
    assert len(said) == 1 and place in said[0] and "every input can be used" in said[0]
    assert book.value("first_error") == place and book.value("inputs_not_usable") == 0.0
    assert book.value("checks_failed")


def test_the_first_sheet_says_that_an_input_cannot_be_used(book: Recalculated) -> None:
    with book.with_inputs({"settings.cycle_days": "a month"}):
        said = shown_on_answer(book)["Answer"]
    assert said == ["No answer: an input cannot be used. See the sheet Checks, W12 to W14."]
