"""One-way analysis: the chart, the full table, and what is left out and why."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from model.analysis import OneWay
from model.analysis.columns.common import INMB
from model.analysis.columns.deterministic import EXCLUDED, NMB_HIGH, NMB_LOW, ONE_WAY
from model.excel.analysis_sheet import AnalysisSheet
from model.excel.formulas.formula import Formula
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn, records, rows_of_frame
from model.excel.pages.desk import Entry
from model.excel.pages.input_words import InputWords
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns
from model.excel.report.charts import tornado_chart

TORNADO = Entry(
    "Tornado", "One-way analysis", "One input at a time to its bounds, and the inputs that are left out", stored=True
)

CHARTED = 20


def write_tornado(report: Report, one_way: OneWay) -> None:
    """Write the sheet at the highest decision threshold."""
    page = Page(report, TORNADO.name)
    threshold = report.decision_threshold
    base = one_way.base_inmb(threshold)
    table = one_way.table(threshold)
    at_words = f"{report.currency} {threshold:,.0f} per QALY"
    page.paragraph(
        f"Incremental net monetary benefit (INMB) of {report.increment} at {at_words}, one input at a time at its "
        f"low and its high bound. An INMB above zero: better than the comparator. Widest first. {report.stored}"
    )
    basis = page.filled(
        "Base case",
        "The value from which the changes are counted.",
        [PageColumn("", "text", 50), *page_columns(report, [INMB])],
        [[f"INMB at {at_words}", base]],
    )
    charted = min(CHARTED, len(table))
    height = 120 + 26 * charted
    chart_row = page.room(height)
    columns = [
        *page_columns(report, ONE_WAY.pick("label", "unit", "low", "high", "inmb_low", "inmb_high", "range")),
        PageColumn(f"Change at low bound, {report.currency}", "money"),
        PageColumn(f"Change at high bound, {report.currency}", "money"),
        PageColumn("Decision changes", "text", 11),
        *page_columns(report, ONE_WAY.pick("icer_low", "icer_high", "input")),
    ]
    at = page.table(
        "All inputs", "ICER: 'no ratio' where the intervention is not both dearer and more effective.", columns, len(table)
    )
    for i, row in enumerate(records(table)):
        low, high = float(row["inmb_low"]), float(row["inmb_high"])
        start = basis.local(0, 1).replace("B", "$B$")
        cells: list[Any] = [row["label"], row["unit"], row["low"], row["high"], low, high]
        cells += [
            Formula(f"ABS({at.local(i, 5)}-{at.local(i, 4)})", float(row["range"])),
            Formula(f"{at.local(i, 4)}-{start}", low - base),
            Formula(f"{at.local(i, 5)}-{start}", high - base),
            "yes" if min(low, high, base) < 0 <= max(low, high, base) else "no",
        ]
        cells += ["no ratio" if math.isnan(row[f"icer_{end}"]) else row[f"icer_{end}"] for end in ("low", "high")]
        at.rows.append([*cells, row["input"]])
    if charted:
        chart = tornado_chart(
            report,
            at,
            charted,
            7,
            8,
            f"The {charted} widest inputs; base case INMB {base:,.0f} {report.currency} at {at_words}",
        )
        page.place(chart_row, [chart], 1150, height)
    _write_arms(report, page, table)
    _write_excluded(report, page, one_way)
    page.close()


def _write_arms(report: Report, page: Page, table: pd.DataFrame) -> None:
    """Net benefit of every arm at both bounds, and where the bounds come from."""
    ends = ("low", "high")
    of_arms = [column.of(arm=name) for name in report.names for column in (NMB_LOW, NMB_HIGH)]
    rows = [
        [
            row["label"],
            row["unit"],
            *(row[f"nmb_{end} {arm}"] for arm in report.definition.arm_ids for end in ends),
            row["bounds"],
        ]
        for row in records(table)
    ]
    if rows:
        columns = page_columns(report, [*ONE_WAY.pick("label", "unit"), *of_arms, *ONE_WAY.pick("bounds")])
        page.filled("Net monetary benefit of each arm", f"The same inputs and bounds. {report.stored}", columns, rows)


def _write_excluded(report: Report, page: Page, one_way: OneWay) -> None:
    words = InputWords(report.definition)
    columns = page_columns(report, EXCLUDED.pick("label", "unit", "value", "reason"))
    rows = [[words.of(r.input), r.unit, r.value, r.reason] for r in rows_of_frame(one_way.excluded)]
    if rows:
        page.filled(EXCLUDED.title, "Fixed inputs are known, or are varied as scenarios.", columns, rows)


SHEET = AnalysisSheet(OneWay, (TORNADO,), lambda report, found, _: write_tornado(report, found))
