"""Sampled beside reported intervals of every statistic, for every distribution: part of the sheet of curves."""

from __future__ import annotations

import math

from model.analysis.sampled.sampled_against_evidence import (
    LEAVES,
    MOST_DEVIATION,
    SURER,
    leaving_families,
    sampled_against_evidence,
)
from model.excel.output_book import Report
from model.excel.pages.cells import As, PageColumn, records
from model.excel.pages.page import Page

KINDS = {"median": "months", "landmark": "share", "hazard_ratio": "ratio"}
NUMBERS = ("reported", "reported_lower_95", "reported_upper_95", "sampled_median", "sampled_lower_95", "sampled_upper_95")
COLUMNS = [
    PageColumn("Arm", "text", 22),
    PageColumn("Endpoint", "text", 30),
    PageColumn("Distribution", "text", 18),
    PageColumn("Chosen", "text", 10),
    PageColumn("Statistic", "text", 14),
    PageColumn("At month", "months"),
    PageColumn("Reported", "any"),
    PageColumn("Lower 95%", "any"),
    PageColumn("Upper 95%", "any"),
    PageColumn("Median of draws", "any"),
    PageColumn("Sampled, lower 95%", "any"),
    PageColumn("Sampled, upper 95%", "any"),
    PageColumn("Width, sampled / reported", "area"),
    PageColumn("Flag", "text", 24),
]


def write_sampled_statistics(report: Report, page: Page) -> None:
    """The table, with the distributions that leave the evidence in words above it."""
    table = sampled_against_evidence(report.definition)
    if table.empty:
        return
    leaving = leaving_families(table)
    words = f"A family whose sampled curve leaves the evidence: {'; '.join(leaving)}." if leaving else "No family leaves it."
    rows = []
    for row in records(table):
        kind = "share" if row["reported"] <= 1 and row["statistic"] == "median" else KINDS[row["statistic"]]
        rows.append(
            [
                row["arm"],
                row["endpoint"],
                row["distribution"],
                "yes" if row["selected"] else "",
                row["statistic"].replace("_", " "),
                row["month"],
                *(_shown(float(row[name]), kind) for name in NUMBERS),
                row["width_ratio"] if math.isfinite(row["width_ratio"]) else "",
                row["flag"],
            ]
        )
    page.filled(
        "Sampled and reported intervals",
        f"1,024 curves drawn from the covariance of each distribution. '{LEAVES}': their 95% interval is more than "
        f"{MOST_DEVIATION:.0%} wider than the reported one, or their median lies outside it; '{SURER}': more than "
        f"{MOST_DEVIATION:.0%} narrower. {words} {report.stored}",
        COLUMNS,
        rows,
    )


def _shown(value: float, kind: str) -> As | str:
    """A number; a median that drawn curves never reach in words."""
    return As(value, kind) if math.isfinite(value) else "not reached"
