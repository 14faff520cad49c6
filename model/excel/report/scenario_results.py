"""Scenario analyses: what changes in words, and the result beside the base case."""

from __future__ import annotations

import math
from typing import Any

from model.analysis import Scenarios
from model.excel.analysis_sheet import AnalysisSheet
from model.excel.formulas.formula import Formula
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn, records
from model.excel.pages.desk import Entry
from model.excel.pages.input_words import InputWords
from model.excel.pages.page import Page

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
    columns = [
        PageColumn("Scenario", "text", 44),
        PageColumn("Number", "plain", 9),
        PageColumn(f"Incremental cost, {report.currency}", "extra", 15),
        PageColumn("Incremental life years", "gain", 13),
        PageColumn("Incremental QALYs", "gain", 13),
        PageColumn(f"ICER, {report.currency} per QALY gained", "money", 15),
        PageColumn("Change of ICER", "change", 11),
        *(PageColumn(f"INMB at {report.currency} {t:,.0f} per QALY", "money", 15) for t in thresholds),
        *(PageColumn(f"Best of all options at {report.currency} {t:,.0f} per QALY", "text", 18) for t in several),
        PageColumn("What changes", "note", 60),
        PageColumn("Purpose", "note", 44),
        PageColumn("Scenario id", "text", 26),
    ]
    explanation = (
        f"{report.increment}, discounted. Type the number of a scenario on the sheet Settings (Scenario shown) to see it run "
        f"through the live sheets. 'no ratio': the intervention is not both dearer and more effective. "
        f"{report.stored}"
    )
    at = page.table("Scenarios", explanation, columns, len(table))
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
