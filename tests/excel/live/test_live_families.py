"""The worksheet formulas of the survival families, in a workbook of their own, against scipy's distributions.

Oracles: scipy.stats for the values (its own parametrisations), formualizer for the formulas.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import formualizer
import numpy as np
import pytest
import xlsxwriter
from scipy import stats

from model.excel.formulas.formula import Formula
from model.excel.live.constants import CONSTANTS, SERIES, SheetFunctions
from model.survival import DISTRIBUTIONS, distribution

MONTHS = (0.5, 3.0, 12.0, 40.0, 120.0, 480.0)
BEFORE_ANY_TIME = -690.0


@dataclasses.dataclass(frozen=True)
class Case:
    """One curve: our coefficients, and scipy's distribution of the same."""

    family: str
    coefficients: tuple[float, ...]
    scipy: Any
    tolerance: float = 1e-9


def prentice(mu: float, sigma: float, q: float) -> Any:
    """Generalised gamma: scipy's gengamma(a, c) is the gamma of shape a to the power 1/c."""
    return stats.gengamma(q**-2, q / sigma, scale=np.exp(mu) * (q * q) ** (sigma / q))


CASES = (
    Case("exponential", (0.03,), stats.expon(scale=1 / 0.03)),
    Case("weibull", (1.3, 40.0), stats.weibull_min(1.3, scale=40.0)),
    Case("weibull", (0.7, 15.0), stats.weibull_min(0.7, scale=15.0)),
    Case("gompertz", (0.02, 0.01), stats.gompertz(0.01 / 0.02, scale=1 / 0.02)),
    Case("loglogistic", (1.4, 30.0), stats.fisk(1.4, scale=30.0)),
    Case("lognormal", (3.2, 0.9), stats.lognorm(0.9, scale=np.exp(3.2))),
    Case("gamma", (1.6, 0.05), stats.gamma(1.6, scale=1 / 0.05), 1e-7),
    Case("generalised_gamma", (3.3, 0.8, 0.6), prentice(3.3, 0.8, 0.6), 1e-7),
    Case("generalised_gamma", (3.3, 0.8, -0.5), prentice(3.3, 0.8, -0.5), 1e-7),
    Case("generalised_gamma", (3.3, 0.8, 1.0), stats.weibull_min(1 / 0.8, scale=np.exp(3.3)), 1e-7),
    Case("generalised_gamma", (3.3, 0.8, 0.0), stats.lognorm(0.8, scale=np.exp(3.3)), 1e-7),
    Case("generalised_gamma", (3.3, 0.8, 0.04), prentice(3.3, 0.8, 0.04), 1e-7),
)


class Sheet:
    """Formulas one under the other in column A, the named constants on a sheet of their own."""

    def __init__(self, path: Path):
        self.path, self.n = path, 0
        self.book = xlsxwriter.Workbook(str(path))
        self.cells = self.book.add_worksheet("Formulas")
        constants, row = self.book.add_worksheet("Constants"), 0
        made: dict[str, Formula] = {}
        named = {name: (value,) for name, (value, *_) in CONSTANTS.items()}
        for name, values in {**named, **{name: v for name, (v, _) in SERIES.items()}}.items():
            constants.write_column(row, 0, values)
            last = f":$A${row + len(values)}" if name in SERIES else ""
            self.book.define_name(name, f"=Constants!$A${row + 1}{last}")
            made[name] = Formula(name, np.array(values, dtype=float) if name in SERIES else values[0])
            row += len(values)
        self.functions = SheetFunctions(SimpleNamespace(**made))  # type: ignore[arg-type]

    def number(self, value: float) -> Formula:
        """A number in a cell, for formulas to take."""
        self.n += 1
        self.cells.write_number(self.n - 1, 0, value)
        return Formula(f"$A${self.n}", value)

    def put(self, formula: Formula) -> int:
        """The row of a formula."""
        self.n += 1
        self.cells.write_formula(self.n - 1, 0, "=" + formula.text, None, float(formula.value))
        return self.n

    def results(self) -> Any:
        self.book.close()
        made: Any = formualizer.load_workbook(str(self.path))
        made.evaluate_all()
        return made


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.family} {c.coefficients}")
def test_survival_and_median_in_the_sheet_are_scipys(case: Case, tmp_path: Path) -> None:
    sheet, family = Sheet(tmp_path / "family.xlsx"), distribution(case.family)
    coefficients = [sheet.number(c) for c in case.coefficients]
    rows, formulas = [], []
    for month in MONTHS:
        time, log_time = sheet.number(month), sheet.number(float(np.log(month)))
        formulas.append(family.worksheet_survival(sheet.functions, time, log_time, *coefficients))
        rows.append(sheet.put(formulas[-1]))
    formulas.append(family.worksheet_median(sheet.functions, *coefficients))
    rows.append(sheet.put(formulas[-1]))
    book = sheet.results()
    found = [book.get_value("Formulas", row, 1) for row in rows]
    expected = [*case.scipy.sf(MONTHS), case.scipy.median()]
    assert found == pytest.approx(expected, rel=case.tolerance, abs=case.tolerance)
    assert [float(f.value) for f in formulas] == pytest.approx(expected, rel=case.tolerance, abs=case.tolerance)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.family} {c.coefficients}")
def test_every_curve_starts_at_1_in_the_sheet(case: Case, tmp_path: Path) -> None:
    sheet, family = Sheet(tmp_path / "family.xlsx"), distribution(case.family)
    coefficients = [sheet.number(c) for c in case.coefficients]
    start, before = sheet.number(0.0), sheet.number(BEFORE_ANY_TIME)
    row = sheet.put(family.worksheet_survival(sheet.functions, start, before, *coefficients))
    assert sheet.results().get_value("Formulas", row, 1) == 1.0


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.family} {c.coefficients}")
def test_a_family_says_whether_its_formula_holds_an_incomplete_gamma_function(case: Case, tmp_path: Path) -> None:
    sheet, family = Sheet(tmp_path / "family.xlsx"), distribution(case.family)
    coefficients = [sheet.number(c) for c in case.coefficients]
    time, log_time = sheet.number(3.0), sheet.number(float(np.log(3.0)))
    formula = family.worksheet_survival(sheet.functions, time, log_time, *coefficients)
    assert ("GAMMA" in formula.text) == family.incomplete_gamma


def test_every_distribution_of_the_registry_is_among_the_cases() -> None:
    assert {case.family for case in CASES} == set(DISTRIBUTIONS)
