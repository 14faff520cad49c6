"""Why these curves: the text of the cover, beside the pairs of curves and their coherence."""

from __future__ import annotations

from model.excel.output_book import Report
from model.excel.pages.page import Page


def write_choice(report: Report, page: Page) -> None:
    """The text line by line under a heading; nothing where none was written."""
    text = report.definition.about.choice_of_curves
    if not text:
        return
    page.heading("Why these curves")
    for line in text.splitlines():
        page.paragraph(line)
    page.row += 1
