"""Which inputs matter: tornado, variance-based indices and value of information side by side; screening; two at once."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from xlsxwriter.chart import Chart

from model.analysis import Sensitivity, TwoWay
from model.analysis.columns.global_sensitivity import MORRIS, RANKING, SOBOL
from model.excel.analysis_sheet import AnalysisSheet
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn, rows_of_frame
from model.excel.pages.desk import Entry
from model.excel.pages.heat import colour_by_sign
from model.excel.pages.lines import SMALL, axis_options, dress
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns, put_results

SENSITIVITY = Entry(
    "Sensitivity",
    "Global sensitivity",
    "Sobol indices and Morris screening beside tornado and EVPPI; the two largest inputs together",
    stored=True,
)

CHARTED = 15


def write_global_sensitivity(report: Report, found: Sensitivity) -> None:
    """Write the sheet."""
    page = Page(report, SENSITIVITY.name)
    threshold = found.ranking.threshold
    at_words = f"{report.currency} {threshold:,.0f} per QALY"
    runs = found.sobol.design.n_points
    page.paragraph(
        f"Incremental net monetary benefit (INMB) of {report.increment} at {at_words}. A total Sobol index is the share of "
        "the variance of INMB that would be left if all other inputs were known; the first-order index the share that goes "
        f"away if the input alone were known. {runs:,} runs of the model (Saltelli's design, Sobol points). {report.stored}"
    )
    if report.definition.correlations:
        page.paragraph("Indices and screening move the inputs independently: the correlations of the inputs are left out.")
    page.row += 1
    table = found.ranking.table()
    charted = min(CHARTED, len(table))
    height = 110 + 26 * charted
    row = page.room(height)
    at = _ranking(page, table)
    page.place(row, [_chart(report, at, charted)], 900, height)
    _qalys(report, page, found)
    _screening(report, page, found)
    if found.two_way is not None:
        _two_way(report, page, found.two_way, threshold)
    page.close()


def _ranking(page: Page, table: pd.DataFrame) -> TableAt:
    columns = RANKING.pick(
        *("label", "sobol_total", "sobol_first", "swing", "swing_share", "evppi", "evppi_share"),
        *("sobol_rank", "swing_rank", "evppi_rank", "remark"),
    )
    return put_results(
        page,
        RANKING.title,
        "Largest total index first. The tornado moves one input to its bounds, Sobol indices vary all inputs together, and "
        "the EVPPI (expected value of partial perfect information) asks what knowing the input would be worth to the "
        "decision. Indices are estimates: small ones may fall below zero.",
        table,
        columns,
    )


def _chart(report: Report, at: TableAt, charted: int) -> Chart:
    chart = report.workbook.add_chart({"type": "bar", "subtype": "clustered"})
    assert chart is not None
    words = "Share of the variance of INMB"
    dress(chart, f"The {charted} inputs with the largest total index", "", "", "0%", "")
    chart.set_x_axis(axis_options(words, "0%") | {"label_position": "high"})
    labels = {"num_font": {**SMALL, "size": 8}, "label_position": "low", "major_gridlines": {"visible": False}}
    chart.set_y_axis({"reverse": True, **labels})
    for column, name, colour in ((1, "Total", "#1F3864"), (2, "First-order", "#7F96BF")):
        chart.add_series(
            {
                "name": name,
                "categories": at.series(0, 0, charted - 1),
                "values": at.series(column, 0, charted - 1),
                "fill": {"color": colour},
                "gap": 35,
            }
        )
    return chart


def _qalys(report: Report, page: Page, found: Sensitivity) -> None:
    put_results(
        page,
        "Sobol indices of incremental QALYs",
        f"With half the width of the 95% bootstrap interval. {report.stored}",
        found.sobol.table("qalys"),
        SOBOL.pick("label", "total", "total_half_width", "first", "first_half_width", "interaction"),
    )


def _screening(report: Report, page: Page, found: Sensitivity) -> None:
    table = found.morris.table()
    page.filled(
        "Morris screening of INMB",
        "Mean absolute effect of moving an input over its range (2.5th to 97.5th percentile) from many starting points; a "
        f"spread as large as the mean tells of interactions or bends. {found.morris.design.trajectories} trajectories. "
        f"{report.stored}",
        page_columns(report, MORRIS.without("input")),
        [
            [r.label, r.mean_absolute_effect, r.half_width, _number(r.mean_effect), _number(r.spread_of_effects)]
            for r in rows_of_frame(table)
        ],
    )


def _number(value: Any) -> Any:
    """Several coefficients that move together have no direction."""
    return "no direction" if math.isnan(value) else value


def _two_way(report: Report, page: Page, found: TwoWay, threshold: float) -> None:
    values = found.lead(threshold)
    against = " against the best other option" if len(report.names) > 2 else ""
    at = page.filled(
        f"Two inputs at once: INMB{against}, {report.currency}",
        f"Down: {found.first.label} ({found.first.unit}). Across: {found.second.label} ({found.second.unit}). The two inputs "
        f"with the largest total indices, all else as in the base case. Light blue: cost-effective; orange: not "
        f"(below 0). {report.stored}",
        [
            PageColumn("Down, across", "value", 50),
            *(PageColumn(f"{value:.3g}", "money", 14) for value in found.second.values),
        ],
        [[float(x), *map(float, row)] for x, row in zip(found.first.values, values, strict=True)],
    )
    colour_by_sign(page, at, 1, len(found.second.values))


SHEET = AnalysisSheet(Sensitivity, (SENSITIVITY,), lambda report, found, _: write_global_sensitivity(report, found))
