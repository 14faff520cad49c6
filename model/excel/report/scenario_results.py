"""Scenario analyses: what changes in words, and the result beside the base case."""

from __future__ import annotations

import math
from typing import Any

from model.analysis import Scenarios
from model.analysis.columns.common import INMB_AT
from model.analysis.columns.deterministic import BEST_AT, ICER_CHANGE, REGISTER, SCENARIO_LABEL, SCENARIO_RESULTS
from model.excel.analysis_sheet import AnalysisSheet
from model.excel.formulas.formula import Formula
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn, records
from model.excel.pages.desk import Entry
from model.excel.pages.input_words import InputWords
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns

WIDTHS = (15.0, 13.0, 13.0, 15.0)

SCENARIOS = Entry(
    "Scenario results", "Scenario analyses", "Base case of every scenario: what changes, and the result", stored=True
)
REGISTER_SHEET = Entry(
    "Assumptions tested",
    "Register of assumptions",
    "Every assumption, why it was made, and what the scenario that explores it moves",
    stored=True,
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
    write_register(report, scenarios, at)


def write_register(report: Report, scenarios: Scenarios, results: TableAt) -> None:
    """Every assumption with what its scenario moves: formulas over the stored rows of the scenarios."""
    page = Page(report, REGISTER_SHEET.name)
    table = scenarios.assumptions()
    place = {s.id: k for k, s in enumerate(scenarios.scenarios, 1)}
    explored = {a.id: a.scenario for a in report.definition.assumptions}
    shown = REGISTER.pick(
        "text", "justification", "explored_by", "cost_change", "qalys_change", "icer", "icer_change", "reason"
    )
    at = page.table(
        REGISTER.title,
        f"{report.increment}, discounted: the scenario less the base case. Formulas over the stored rows of the sheet "
        f"{SCENARIOS.name}. 'no ratio': the intervention is not both dearer and more effective.",
        page_columns(report, shown),
        len(table),
    )
    for row in records(table):
        k = place.get(explored[row["assumption"]] or "")
        words = [row["text"], row["justification"], row["explored_by"]]
        moved = [None] * 4 if k is None else _moved(results, k, row)
        at.rows.append([*words, *moved, row["reason"]])
    if len(table):
        page.freeze(at)
    page.close()


def _moved(results: TableAt, k: int, row: dict[str, Any]) -> list[Any]:
    """Cells of what scenario ``k`` moves, given its row of the register."""
    icer = float(row["icer"])
    change = float(row["icer_change"])
    return [
        Formula(f"{results.cell(k, 2)}-{results.cell(0, 2)}", row["cost_change"]),
        Formula(f"{results.cell(k, 4)}-{results.cell(0, 4)}", row["qalys_change"]),
        "no ratio" if math.isnan(icer) else Formula(results.cell(k, 5), icer),
        "" if math.isnan(change) else Formula(results.cell(k, 6), change),
    ]


SHEET = AnalysisSheet(Scenarios, (SCENARIOS, REGISTER_SHEET), lambda report, found, _: write_scenarios(report, found))
