"""Sampled beside reported intervals of every statistic, for every distribution: part of the sheet of curves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from model.analysis.columns.evidence import SAMPLED, SAMPLED_NUMBERS
from model.analysis.sampled.sampled_against_evidence import (
    LEAVES,
    MOST_DEVIATION,
    SURER,
    leaving_families,
    sampled_against_evidence,
)
from model.excel.output_book import Report
from model.excel.pages.cells import As, records
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns, plain_cell

KINDS = {"median": "months", "landmark": "share", "hazard_ratio": "ratio"}


def write_sampled_statistics(report: Report, page: Page) -> None:
    """The table, with the distributions that leave the evidence in words above it."""
    table = sampled_against_evidence(report.definition)
    if table.empty:
        return
    leaving = leaving_families(table)
    words = f"A family whose sampled curve leaves the evidence: {'; '.join(leaving)}." if leaving else "No family leaves it."
    page.filled(
        SAMPLED.title,
        f"1,024 curves drawn from the covariance of each distribution. '{LEAVES}': their 95% interval is more than "
        f"{MOST_DEVIATION:.0%} wider than the reported one, or their median lies outside it; '{SURER}': more than "
        f"{MOST_DEVIATION:.0%} narrower. {words} {report.stored}",
        page_columns(report, SAMPLED.declared),
        [_row(row) for row in records(table)],
    )


def _row(row: Mapping[str, Any]) -> list[Any]:
    """Each statistic in its own unit; a median without an interval stands as the share event-free at its month."""
    kind = "share" if row["reported"] <= 1 and row["statistic"] == "median" else KINDS[row["statistic"]]
    cells = {c.name: plain_cell(row[c.name]) for c in SAMPLED.declared}
    cells |= {c.name: _shown(float(row[c.name]), kind) for c in SAMPLED_NUMBERS}
    cells["statistic"] = row["statistic"].replace("_", " ")
    if not math.isfinite(row["width_ratio"]):
        cells["width_ratio"] = None
    return list(cells.values())


def _shown(value: float, kind: str) -> As | str:
    """A number; a median that drawn curves never reach in words."""
    return As(value, kind) if math.isfinite(value) else "not reached"
