"""Scenario analyses: what changes in words, and the result beside the base case."""

from __future__ import annotations

import math
from typing import Any

from model.analysis import Scenarios
from model.analysis.columns.common import INMB_AT
from model.analysis.columns.deterministic import BEST_AT, ICER_CHANGE, SCENARIO_LABEL, SCENARIO_RESULTS
from model.excel.analysis_sheet import AnalysisSheet
from model.excel.formulas.formula import Formula
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn, records
from model.excel.pages.desk import Entry
from model.excel.pages.input_words import InputWords
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns

WIDTHS = (15.0, 13.0, 13.0, 15.0)

SCENARIOS = Entry(
    "Scenario results", "Scenario analyses", "Base case of every scenario: what changes, and the result", stored=True
)


def write_scenarios(report: Report, scenarios: Scenarios) -> None:
    """One row per scenario, the base case first."""
    page = Page(report, SCENARIOS.name)
    table = scenarios.table()
    words = InputWords(report.definition)
    changes = {s.id: s.changes for s in scenarios.scenarios}
    thresholds = report.definition.decision_thresholds()
    several = thresholds if len(report.names) > 2 else ()
    increments = SCENARIO_RESULTS.pick("incremental_cost", "incremental_life_years", "incremental_qalys", "icer")
    columns = [
        *page_columns(report, [SCENARIO_LABEL]),
        PageColumn("Number", "plain", 9),
        *page_columns(report, [c.wide(width) for c, width in zip(increments, WIDTHS, strict=True)]),
        *page_columns(report, [ICER_CHANGE, *(INMB_AT.of(threshold=t) for t in thresholds)]),
        *page_columns(report, [BEST_AT.of(threshold=t) for t in several]),
        *page_columns(report, SCENARIO_RESULTS.pick("changes", "purpose", "scenario")),
    ]
    explanation = (
        f"{report.increment}, discounted. Type the number of a scenario on the sheet Settings (Scenario shown) to see it run "
        f"through the live sheets. 'no ratio': the intervention is not both dearer and more effective. "
        f"{report.stored}"
    )
    at = page.table(SCENARIO_RESULTS.title, explanation, columns, len(table))
    base_icer = float(table["icer"].iloc[0])
    for i, row in enumerate(records(table)):
        icer = float(row["icer"])
        cells: list[Any] = [
            row["label"],
            float(i),
            row["incremental_cost"],
            row["incremental_life_years"],
            row["incremental_qalys"],
            "no ratio" if math.isnan(icer) else Formula(f"{at.local(i, 2)}/{at.local(i, 4)}", icer),
        ]
        known = not (math.isnan(icer) or math.isnan(base_icer))
        change = Formula(f"{at.local(i, 5)}/{at.local(0, 5)}-1", float(row["icer_change"])) if known and i else ""
        inmb = [row[f"inmb at {t:g}"] for t in thresholds]
        text = ";\n".join(f"{words.of(k)}: {words.value(k, v)}" for k, v in changes.get(row["scenario"], {}).items())
        name = "" if row["scenario"] == "base" else row["scenario"]
        if row["warning"]:
            text += f".\nWarning: {row['warning']}"
        best = [row[f"best at {t:g}"] for t in several]
        at.rows.append([*cells, change, *inmb, *best, text, row["purpose"], name])
    for k, key in ((2, "incremental_cost"), (3, "incremental_life_years"), (4, "incremental_qalys")):
        report.scenario_cells[key] = f"{at.cell(0, k)}:{at.cell(len(table) - 1, k).rsplit('!', 1)[1]}"
    page.freeze(at)
    page.close()


SHEET = AnalysisSheet(Scenarios, (SCENARIOS,), lambda report, found, _: write_scenarios(report, found))
