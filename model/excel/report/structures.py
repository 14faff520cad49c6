"""The base case in every structure and under every link between the arms, and the range of results in words."""

from __future__ import annotations

from model.analysis.columns.common import INMB_AT
from model.analysis.columns.structures import (
    CONCLUSION,
    COSTS_OF,
    IN_USE,
    LIFE_YEARS_OF,
    LINK,
    NOTE,
    QALYS_OF,
    STRUCTURE,
    UNDISCOUNTED_OF,
)
from model.analysis.columns.structures import STRUCTURES as TABLE
from model.analysis.structures.structures import Structures
from model.excel.analysis_sheet import AnalysisSheet
from model.excel.output_book import Report
from model.excel.pages.desk import Entry
from model.excel.pages.page import Page
from model.excel.pages.result_tables import put_results

STRUCTURES = Entry(
    "Structures",
    "The base case in other structures",
    "Partitioned survival beside state transition under each link between the arms: increments, ICER, range in words",
    stored=True,
)
NAMES = (STRUCTURE, LINK, IN_USE)
INCREMENTS = TABLE.pick("incremental_cost", "incremental_life_years", "incremental_qalys", "icer")
CHANGES = TABLE.pick("cost_change", "qalys_change", "icer_change")


def write_structures(report: Report, found: Structures) -> None:
    """Write the sheet."""
    page = Page(report, STRUCTURES.name)
    page.paragraph(found.words(), bold=True)
    page.paragraph(
        "Partitioned survival reads states off the curves of PFS and OS. State transition lets patients progress or die by "
        "the same PFS, with mortality before progression at least the general population's, and die after progression; "
        "survival after progression is calibrated to the published OS, and the link between the arms says how much of a gain "
        f"in PFS becomes one in OS. Settings: 'Structure', 'Link between arms'. {report.stored}"
    )
    table = found.table()
    thresholds = [INMB_AT.of(threshold=t) for t in report.definition.decision_thresholds()]
    text = f"{report.increment}, discounted. Changes are against the base case. {report.stored}"
    at = put_results(page, TABLE.title, text, table, [*NAMES, *INCREMENTS, *CHANGES, *thresholds, CONCLUSION])
    arms = [c.of(arm=name) for c in (UNDISCOUNTED_OF, LIFE_YEARS_OF, QALYS_OF, COSTS_OF) for name in report.names]
    put_results(page, "Each arm", f"Per patient. {report.stored}", table, [*NAMES, *arms, NOTE])
    page.freeze(at)
    page.close()


SHEET = AnalysisSheet(Structures, (STRUCTURES,), lambda report, found, _: write_structures(report, found))
