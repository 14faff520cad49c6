"""The sheet Coherence: the one line, implied hazards, flags, rules in force, what arises beyond the evidence, draws."""

from __future__ import annotations

import dataclasses

from model.analysis.coherence.flag_words import NAMES
from model.analysis.columns.coherence import OF_DRAWS
from model.excel.formulas.formula import Formula
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report
from model.excel.output_sheets import COHERENCE
from model.excel.pages.cells import rows_of_frame
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns
from model.excel.report.choice_of_curves import write_choice
from model.excel.report.coherence.beyond_table import write_beyond
from model.excel.report.coherence.external_table import write_external
from model.excel.report.coherence.flag_table import FlagTable
from model.excel.report.coherence.hazard_table import write_hazards
from model.excel.report.coherence.rule_table import write_rules_in_force


@dataclasses.dataclass(frozen=True)
class CoherenceAt:
    """Cells by the names of the outputs, the number of flags raised, and the one line."""

    cells: dict[str, Formula]
    raised: Formula
    line: Formula
    comments: Formula


def write_coherence(report: Report, live: LiveModel, workings: Page, positions: tuple[Formula, Formula]) -> CoherenceAt:
    """Write the sheet; ``positions``: the numbers of the comparator and of the intervention in use; ``workings``: the page
    on which the one line is put together."""
    page = Page(report, COHERENCE.name)
    pages = (page, workings)
    page.heading("In one line")
    line, comments = page.paragraph(bold=True), page.paragraph()
    write_choice(report, page)
    cells = write_hazards(report, live, page)
    external = write_external(report, live, page)
    flags = FlagTable(report, live, pages, external).write()
    line.text, comments.text = flags.line, flags.comments
    cells |= flags.cells
    cells |= write_rules_in_force(report, live, page)
    cells |= write_beyond(report, live, page, positions)
    _draws(report, page)
    page.close()
    return CoherenceAt(cells, flags.raised, flags.line, flags.comments)


def _draws(report: Report, page: Page) -> None:
    """Share of the draws in which each flag is raised."""
    if report.psa is None:
        return
    rows = [[row.arm, NAMES[row.flag], row.share_of_draws] for row in rows_of_frame(report.psa.coherence())]
    if rows:
        page.filled(
            "In the draws",
            "Share of the draws of the probabilistic analysis in which each flag is raised. Draws are looked at in about "
            f"one cycle a year up to year 20; what lasts for less than that may be missed. {report.stored}",
            page_columns(report, OF_DRAWS.declared),
            rows,
        )
