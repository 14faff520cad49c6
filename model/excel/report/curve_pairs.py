"""Every PFS family with every OS family: the pairs in order, and the ICER of each as a matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from model.analysis.columns.common import ICER
from model.analysis.columns.curve_pairs import (
    ALIVE_AT_CROSSING,
    BELOW_POPULATION,
    CURVE_PAIRS,
    FIRST_CROSSING,
    FLAGS_RAISED,
    FROM_EVIDENCE,
    GAP,
    IN_USE,
    LIFE_YEARS,
    MISFIT_OS,
    MISFIT_PFS,
    MORTALITY_BEFORE,
    MORTALITY_PROGRESSED,
    ORDER,
    OS,
    PFS,
)
from model.analysis.deterministic.curve_pairs import FEW_ALIVE, CurvePairs
from model.excel.analysis_sheet import AnalysisSheet
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn, records
from model.excel.pages.desk import Entry
from model.excel.pages.heat import BETTER, WORSE
from model.excel.pages.page import Page
from model.excel.pages.result_tables import cells_of, page_columns
from model.excel.report.choice_of_curves import write_choice
from model.result_columns import ResultColumn

PAIRS = Entry(
    "Curve pairs",
    "Pairs of curves",
    "Every PFS family with every OS family: do they hang together, how do they fit, what would each pair say?",
    stored=True,
)
NEVER, NO_RATIO, NOT_POSSIBLE = "never", "no ratio", "not possible"


def write_curve_pairs(report: Report, found: CurvePairs) -> None:
    """Write the sheet."""
    page = Page(report, PAIRS.name)
    page.paragraph(
        "PFS and OS are chosen as a pair: each may fit and the two may still cross, or leave patients before progression "
        "with a mortality below the general population's. Order: pairs that do not cross while more than "
        f"{FEW_ALIVE:.0%} are alive come first, then those with the smaller misfit ({found.pairs[0].pfs.measure}, both "
        "endpoints and all arms added up). A pair that hangs together may still lie far from evidence from outside: see its "
        f"life years. {report.stored}"
    )
    for reason in dict.fromkeys(reason for *_, reason in found.not_run):
        pairs = "; ".join(f"{pfs} with {os}" for pfs, os, why in found.not_run if why == reason)
        page.paragraph(f"Not possible: {pairs}. {reason[:1].upper()}{reason[1:]}.")
    write_choice(report, page)
    table = found.table()
    _matrix(report, page, found, table)
    _put_in_order(report, page, table)
    page.close()


def _matrix(report: Report, page: Page, found: CurvePairs, table: pd.DataFrame) -> None:
    """The ICER of each pair; light blue without a crossing that matters, orange and in italics with one."""
    rows, columns = (list(dict.fromkeys(table[side])) for side in ("pfs", "os"))
    at = page.table(
        f"{ICER.words()} by pair, {ICER.unit_words(report.currency)} gained",
        f"Rows: PFS; columns: {found.second.lower()}. Light blue: the curves do not cross while more than "
        f"{FEW_ALIVE:.0%} are alive; orange, in italics: they do. "
        f"Bold: in use. {report.stored}",
        [
            PageColumn(f"{PFS.header} (down), {found.second.lower()} (across)", PFS.kind, PFS.width),
            *(PageColumn(name, "money", 16) for name in columns),
        ],
        len(rows),
    )
    cells = {(row["pfs"], row["os"]): row for row in records(table)}
    workbook = page.report.workbook
    for i, name in enumerate(rows):
        of_row = [cells.get((name, other)) for other in columns]
        at.rows.append([name, *(NOT_POSSIBLE if row is None else _icer(row["icer"]) for row in of_row)])
        for j, row in enumerate(of_row, start=1):
            if row is None:
                continue
            crosses = bool(row["alive_at_crossing"] > FEW_ALIVE)
            look = {"bg_color": WORSE if crosses else BETTER, "italic": crosses, "bold": bool(row["in_use"])}
            rule = {"type": "formula", "criteria": "=TRUE", "format": workbook.add_format(look)}
            page.sheet.conditional_format(at.first_row + i, j, at.first_row + i, j, rule)


NAMES = (PFS, OS, IN_USE)
FIT = (ORDER, MISFIT_PFS, MISFIT_OS, ALIVE_AT_CROSSING, FLAGS_RAISED, FROM_EVIDENCE)
BY_ARM = (FIRST_CROSSING, GAP, LIFE_YEARS)
RESULTS = CURVE_PAIRS.pick("incremental_qalys", "incremental_cost", "icer")
MORTALITIES = (*MORTALITY_PROGRESSED, *MORTALITY_BEFORE, BELOW_POPULATION)


def _put_in_order(report: Report, page: Page, table: pd.DataFrame) -> None:
    """Fit, crossing and results of each pair, in order."""
    text = f"Base case of each pair, all else as at the run. {report.stored}"
    _put(report, page, table, "Pairs in order", text, [*NAMES, *FIT, *_of_arms(report, BY_ARM), *RESULTS])
    text = (
        "What each pair says about patients before and after progression, once crossing is repaired. Empty: nobody is in the "
        f"state, or no life table. {report.stored}"
    )
    _put(report, page, table, "Implied mortality by pair", text, [*NAMES, *_of_arms(report, MORTALITIES)])


def _put(report: Report, page: Page, table: pd.DataFrame, title: str, text: str, columns: Sequence[ResultColumn]) -> None:
    """Some columns of all pairs; a year or a ratio that there is not, in words."""
    missing = {c.name: NEVER for c in _of_arms(report, (FIRST_CROSSING, BELOW_POPULATION))} | {"icer": NO_RATIO}
    cells = [
        [missing.get(c.name) if value is None else value for c, value in zip(columns, row, strict=True)]
        for row in cells_of(table, columns)
    ]
    page.filled(title, text, page_columns(report, columns), cells)


def _of_arms(report: Report, columns: Sequence[ResultColumn]) -> list[ResultColumn]:
    """Each column for the comparator and for the intervention."""
    return [column.of(arm=report.names[a]) for column in columns for a in report.positions]


def _icer(value: float) -> float | str:
    return NO_RATIO if math.isnan(value) else value


SHEET = AnalysisSheet(CurvePairs, (PAIRS,), lambda report, found, _: write_curve_pairs(report, found))
