"""What is assumed about treatment effects after the trial, and how fitted curves were drawn."""

from __future__ import annotations

from model.analysis.base_case.treatment_effects import treatment_effects
from model.analysis.probabilistic.resampling import crossing_by_uncertainty, resampling_matters
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn, records
from model.excel.pages.page import Page
from model.excel.report.curves.survival_fits import plain_cell


def write_effects(report: Report, page: Page) -> None:
    """Effect and waning of every curve that is compared with a reference arm's, with warnings."""
    table = treatment_effects(report.definition)
    if table.empty:
        return
    columns = [
        PageColumn("Arm", "text", 22),
        PageColumn("Endpoint", "text", 30),
        PageColumn("Against", "text", 18),
        PageColumn("Effect", "text", 16),
        PageColumn("Waning", "text", 16),
        PageColumn("From month", "months"),
        PageColumn("Until month", "months"),
        PageColumn("Months with a higher hazard than the reference arm", "months", 16),
        PageColumn("Warning", "free", 12),
    ]
    fields = [
        "arm",
        "endpoint",
        "against",
        "effect",
        "waning",
        "from_month",
        "until_month",
        "months_with_higher_hazard",
        "warning",
    ]
    rows = [[plain_cell(row[f]) for f in fields] for row in records(table)]
    page.filled(
        "Treatment effects after the trial",
        "Hazards before waning and repair, within the horizon. Waning where the arm's hazard is the higher one lowers it, "
        f"which adds survival: such rows are warned of (NICE DSU TSD 21). {report.stored}",
        columns,
        rows,
    )


def write_curve_uncertainty(report: Report, page: Page) -> None:
    """Crossing of PFS and OS under both ways of drawing fitted curves; only where patient data make them differ."""
    if report.psa is None or not resampling_matters(report.definition):
        return
    table = crossing_by_uncertainty(report.definition)
    columns = [
        PageColumn("Arm", "text", 22),
        PageColumn("Curves drawn by", "text", 30),
        PageColumn("Draws in which PFS exceeds OS", "share"),
        PageColumn("Mean area, months", "area"),
        PageColumn("Correlation of PFS and life years", "area"),
        PageColumn("SD of years progression-free", "area"),
        PageColumn("SD of life years", "area"),
    ]
    names = dict(zip(report.definition.arm_labels, report.names, strict=True))
    words = {"normal": "multivariate normal, curve by curve", "bootstrap": "patients resampled"}
    rows = [
        [
            names[row["arm"]],
            words[row["uncertainty"]],
            row["share_of_draws_crossing"],
            row["mean_area_months"],
            plain_cell(row["correlation_pfs_os"]),
            row["sd_progression_free_years"],
            row["sd_life_years"],
        ]
        for row in records(table)
    ]
    page.filled(
        "Curves drawn one by one or patient by patient",
        "1,000 draws each, other inputs sampled alike. Drawn one by one, PFS and OS know nothing of each other; patients who "
        f"are resampled bring both. In force: {words[report.definition.settings.curve_uncertainty]}. {report.stored}",
        columns,
        rows,
    )
