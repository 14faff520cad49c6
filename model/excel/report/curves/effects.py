"""What is assumed about treatment effects after the trial, and how fitted curves were drawn."""

from __future__ import annotations

from model.analysis.base_case.treatment_effects import treatment_effects
from model.analysis.columns.base_case import TREATMENT_EFFECTS
from model.analysis.columns.probabilistic import CURVE_UNCERTAINTY
from model.analysis.probabilistic.resampling import crossing_by_uncertainty, resampling_matters
from model.excel.output_book import Report
from model.excel.pages.cells import records
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns, plain_cell, put_results


def write_effects(report: Report, page: Page) -> None:
    """Effect and waning of every curve that is compared with a reference arm's, with warnings."""
    table = treatment_effects(report.definition)
    if table.empty:
        return
    put_results(
        page,
        TREATMENT_EFFECTS.title,
        "Hazards before waning and repair, within the horizon. Waning where the arm's hazard is the higher one lowers it, "
        f"which adds survival: such rows are warned of (NICE DSU TSD 21). {report.stored}",
        table,
        TREATMENT_EFFECTS.declared,
    )


def write_curve_uncertainty(report: Report, page: Page) -> None:
    """Crossing of PFS and OS under both ways of drawing fitted curves; only where patient data make them differ."""
    if report.psa is None or not resampling_matters(report.definition):
        return
    table = crossing_by_uncertainty(report.definition)
    columns = CURVE_UNCERTAINTY.pick("arm", "uncertainty", *CURVE_UNCERTAINTY.names[2:])
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
        CURVE_UNCERTAINTY.title,
        "1,000 draws each, other inputs sampled alike. Drawn one by one, PFS and OS know nothing of each other; patients who "
        f"are resampled bring both. In force: {words[report.definition.settings.curve_uncertainty]}. {report.stored}",
        page_columns(report, columns),
        rows,
    )
