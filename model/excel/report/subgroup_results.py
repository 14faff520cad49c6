"""Subgroups side by side: stored results of each, and their mean weighted by the shares of the sheet Subgroups, live."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from model.analysis.columns.common import INMB_AT
from model.analysis.columns.deterministic import BEST_AT
from model.analysis.columns.structures import COSTS_OF, LIFE_YEARS_OF, QALYS_OF
from model.analysis.columns.subgroups import CHANGES, CONCLUSION, INCREMENTS, INHB_AT, SHARE, SUBGROUP, SUBGROUPS
from model.analysis.deterministic.subgroups import Subgroups
from model.excel.analysis_sheet import AnalysisSheet
from model.excel.formulas.formula import Formula
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn, records
from model.excel.pages.desk import Entry
from model.excel.pages.input_words import InputWords
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns

SUBGROUP_RESULTS = Entry(
    "Subgroup results", "Subgroups", "Base case in every subgroup side by side, and their mean weighted by share", stored=True
)
NAMES = 3
"""Columns before the numbers: subgroup, its number, its share."""
OUTCOMES = (("life_years", LIFE_YEARS_OF), ("qalys", QALYS_OF), ("costs", COSTS_OF))
NUMBER = PageColumn("Number", "plain", 9)


def write_subgroups(report: Report, found: Subgroups) -> None:
    """The comparison of subgroups on the totals of each arm below it; the weighted mean follows the shares typed."""
    page = Page(report, SUBGROUP_RESULTS.name)
    rows = list(records(found.table()))
    explanation = (
        f"{report.increment}, discounted. The mean is that of costs and of QALYs, weighted by the shares of the sheet "
        "Subgroups, which it follows; its ICER is the ratio of these means, not the mean of the ICERs. 'no ratio': the "
        "intervention is not both dearer and more effective. Type the number of a subgroup on the sheet Settings (Subgroup "
        f"shown) to see it run through the live sheets. {report.stored}"
    )
    compared = page.table(SUBGROUPS.title, explanation, _columns(report), len(rows))
    of_arms = [column.of(arm=name) for _, column in OUTCOMES for name in report.names]
    arms = page.table(
        "Each arm in each subgroup",
        f"Per patient, discounted. {report.stored}",
        [*page_columns(report, [SUBGROUP]), NUMBER, *page_columns(report, [SHARE, *of_arms])],
        len(rows),
    )
    _fill_arms(report, found, rows, arms)
    _fill_compared(report, found, rows, compared, arms)
    page.freeze(compared)
    page.close()


def _columns(report: Report) -> list[PageColumn]:
    thresholds = report.definition.decision_thresholds()
    several = thresholds if len(report.names) > 2 else ()
    return [
        *page_columns(report, [SUBGROUP]),
        NUMBER,
        *page_columns(report, [SHARE, *INCREMENTS]),
        *page_columns(report, [column.of(threshold=t) for t in thresholds for column in (INMB_AT, INHB_AT)]),
        *page_columns(report, [BEST_AT.of(threshold=t) for t in several]),
        *page_columns(report, [CONCLUSION, CHANGES, SUBGROUPS.pick("id")[0]]),
    ]


def _head(report: Report, found: Subgroups, rows: Sequence[dict[str, Any]], k: int, at: TableAt) -> list[Any]:
    """Subgroup, number and share; the share is the cell of the input sheet."""
    n = len(found.subgroups)
    name = rows[k]["subgroup"]
    if k < n:
        assert report.layout is not None
        share = report.layout.tables["subgroups"].cell(k, "share").reference
        return [name, float(k + 1), Formula(share, float(rows[k]["share"]))]
    if k == n:
        return [name, "", Formula(f"SUM({at.span(2, 0, n - 1)})", float(rows[k]["share"]))]
    return [name, 0.0, ""]


def _fill_arms(report: Report, found: Subgroups, rows: Sequence[dict[str, Any]], at: TableAt) -> None:
    """Stored totals of every arm; in the row of the mean their sum by share."""
    n = len(found.subgroups)
    names = [f"{outcome} {name}" for outcome, _ in OUTCOMES for name in report.names]
    for k, row in enumerate(rows):
        cells: list[Any] = [float(row[name]) for name in names]
        if k == n:
            shares = at.span(2, 0, n - 1)
            cells = [Formula(f"SUMPRODUCT({shares},{at.span(NAMES + i, 0, n - 1)})", value) for i, value in enumerate(cells)]
        at.rows.append([*_head(report, found, rows, k, at), *cells])
    for i, (outcome, arm) in enumerate((o, a) for o, _ in OUTCOMES for a in range(len(report.names))):
        last = at.cell(n - 1, NAMES + i).rsplit("!", 1)[1]
        report.subgroup_cells[outcome, arm] = f"{at.cell(0, NAMES + i)}:{last}"


def _fill_compared(report: Report, found: Subgroups, rows: Sequence[dict[str, Any]], at: TableAt, arms: TableAt) -> None:
    """Increments of the totals below, ratios and net benefits on them."""
    assert report.layout is not None
    old, new = report.positions
    n_arms, words = len(report.names), InputWords(report.definition)
    decided = [(i, t.value) for i, t in enumerate(report.definition.thresholds) if t.role == "decision"]
    places = [report.layout.tables["thresholds"].cell(i, "value").reference for i, _ in decided]
    changes = report.definition.changes_in_subgroups()
    for k, row in enumerate(rows):
        gains = []
        for block, name in ((2, "incremental_cost"), (0, "incremental_life_years"), (1, "incremental_qalys")):
            after, before = (arms.local(k, NAMES + block * n_arms + a) for a in (new, old))
            gains.append(Formula(f"{after}-{before}", float(row[name])))
        cost, qalys = at.local(k, NAMES), at.local(k, NAMES + 2)
        icer = float(row["icer"])
        ratio = Formula(f'IF(AND({cost}>0,{qalys}>0),{cost}/{qalys},"no ratio")', "no ratio" if math.isnan(icer) else icer)
        benefits = []
        for place, (_, threshold) in zip(places, decided, strict=True):
            benefits.append(Formula(f"{place}*{qalys}-{cost}", float(row[f"inmb at {threshold:g}"])))
            benefits.append(Formula(f"{qalys}-{cost}/{place}", float(row[f"inhb at {threshold:g}"])))
        best = [row[f"best at {t:g}"] for _, t in decided] if n_arms > 2 else []
        differs = ";\n".join(f"{words.of(a)}: {words.value(a, v)}" for a, v in changes.get(row["id"], {}).items())
        differs = differs or ("Nothing: as the whole population" if k < len(found.subgroups) else "")
        if row["warning"]:
            differs += f".\nWarning: {row['warning']}"
        name = row["id"] if k < len(found.subgroups) else ""
        at.rows.append(
            [
                *_head(report, found, rows, k, at),
                *gains,
                ratio,
                *benefits,
                *best,
                row["conclusion"] if math.isnan(icer) else "",
                differs,
                name,
            ]
        )


SHEET = AnalysisSheet(Subgroups, (SUBGROUP_RESULTS,), lambda report, found, _: write_subgroups(report, found))
