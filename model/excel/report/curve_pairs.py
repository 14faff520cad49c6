"""Every PFS family with every OS family: the pairs in order, and the ICER of each as a matrix."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from model.analysis.deterministic.curve_pairs import FEW_ALIVE, YEARS, CurvePairs
from model.excel.analysis_sheet import AnalysisSheet
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn, records
from model.excel.pages.desk import Entry
from model.excel.pages.heat import BETTER, WORSE
from model.excel.pages.page import Page

CURVE_PAIRS = Entry(
    "Curve pairs",
    "Pairs of curves",
    "Every PFS family with every OS family: do they hang together, how do they fit, what would each pair say?",
    stored=True,
)
NEVER = "never"


def write_curve_pairs(report: Report, found: CurvePairs) -> None:
    """Write the sheet."""
    page = Page(report, CURVE_PAIRS.name)
    page.paragraph(
        "PFS and OS are chosen as a pair: each may fit and the two may still cross, or leave patients before progression "
        "with a mortality below the general population's. Order: pairs that do not cross while more than "
        f"{FEW_ALIVE:.0%} are alive come first, then those with the smaller misfit ({found.pairs[0].pfs.measure}, both "
        "endpoints and all arms added up). A pair that hangs together may still lie far from evidence from outside: see its "
        f"life years. {report.stored}"
    )
    _matrix(report, page, found)
    _table(report, page, found)
    page.close()


def _matrix(report: Report, page: Page, found: CurvePairs) -> None:
    """The ICER of each pair; green without a crossing that matters, red with one."""
    table = found.table()
    rows, columns = (list(dict.fromkeys(table[side])) for side in ("pfs", "os"))
    at = page.table(
        f"ICER by pair, {report.currency} per QALY gained",
        f"Rows: PFS; columns: OS. Green: the curves do not cross while more than {FEW_ALIVE:.0%} are alive; red: they do. "
        f"Bold: in use. {report.stored}",
        [PageColumn("PFS (down), OS (across)", "text", 24), *(PageColumn(name, "money", 16) for name in columns)],
        len(rows),
    )
    cells = {(row["pfs"], row["os"]): row for row in records(table)}
    workbook = page.report.workbook
    for i, name in enumerate(rows):
        at.rows.append([name, *(_icer(cells[name, other]["icer"]) for other in columns)])
        for j, other in enumerate(columns, start=1):
            row = cells[name, other]
            look = {"bg_color": WORSE if row["alive_at_crossing"] > FEW_ALIVE else BETTER, "bold": bool(row["in_use"])}
            rule = {"type": "formula", "criteria": "=TRUE", "format": workbook.add_format(look)}
            page.sheet.conditional_format(at.first_row + i, j, at.first_row + i, j, rule)


BY_ARM = (
    ("first_crossing_year", "PFS exceeds OS from year", "year"),
    ("largest_gap", "Largest gap before repair", "ratio"),
    ("life_years", "Life years, undiscounted", "years"),
)
MORTALITIES = (
    *((f"mortality_progressed_{y}", f"Deaths per year after progression, year {y}", "ratio") for y in YEARS),
    *(
        (f"mortality_before_progression_ratio_{y}", f"Mortality before progression / population's, year {y}", "area")
        for y in YEARS
    ),
    ("below_population_from_year", "Before progression below the population's from year", "year"),
)


def _table(report: Report, page: Page, found: CurvePairs) -> None:
    """Fit, crossing and results of each pair, in order."""
    rows = records(found.table())
    columns = [
        *_NAMES,
        PageColumn("Order", "plain", 16),
        PageColumn("Misfit of PFS", "ratio", 16),
        PageColumn("Misfit of OS", "ratio", 16),
        PageColumn("Alive where the curves cross", "share", 16),
        *_headers(report, BY_ARM),
        PageColumn("Incremental QALYs", "gain", 16),
        PageColumn(f"Incremental cost, {report.currency}", "extra", 16),
        PageColumn(f"ICER, {report.currency} per QALY gained", "money", 16),
    ]
    cells: list[list[object]] = [
        [
            *_names(row),
            *(row[name] for name in ("rank", "misfit_pfs", "misfit_os", "alive_at_crossing")),
            *_values(report, row, BY_ARM),
            row["incremental_qalys"],
            row["incremental_cost"],
            _icer(row["icer"]),
        ]
        for row in rows
    ]
    page.filled("Pairs in order", f"Base case of each pair, all else as at the run. {report.stored}", columns, cells)
    page.filled(
        "Implied mortality by pair",
        "What each pair says about patients before and after progression, once crossing is repaired. Empty: nobody is in the "
        f"state, or no life table. {report.stored}",
        [*_NAMES, *_headers(report, MORTALITIES)],
        [[*_names(row), *_values(report, row, MORTALITIES)] for row in rows],
    )


_NAMES = (PageColumn("PFS", "text", 24), PageColumn("OS", "text", 20), PageColumn("In use", "text", 16))


def _names(row: Mapping[str, object]) -> list[object]:
    return [row["pfs"], row["os"], "in use" if row["in_use"] else ""]


def _headers(report: Report, fields: Sequence[tuple[str, str, str]]) -> list[PageColumn]:
    """A column of each field for the comparator and for the intervention."""
    arms = [report.names[a] for a in report.positions]
    return [PageColumn(f"{words}: {arm}", kind, 16) for _, words, kind in fields for arm in arms]


def _values(report: Report, row: Mapping[str, Any], fields: Sequence[tuple[str, str, str]]) -> list[object]:
    cells: list[object] = []
    for name, *_ in fields:
        values = [row[f"{name} {report.names[a]}"] for a in report.positions]
        cells += [NEVER if name.endswith("year") and math.isnan(value) else value for value in values]
    return cells


def _icer(value: float) -> float | str:
    return "no ratio" if math.isnan(value) else value


SHEET = AnalysisSheet(CurvePairs, (CURVE_PAIRS,), lambda report, found, _: write_curve_pairs(report, found))
