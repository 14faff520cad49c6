"""How far the draws can be trusted: convergence, crossing curves, sampled inputs against their targets."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from model.analysis import PSA, decision
from model.analysis.columns.decision import CONVERGENCE
from model.analysis.columns.probabilistic import CORRELATIONS, CROSSING, HALVES, MOMENTS, RESTRICTED_MEANS
from model.analysis.probabilistic.monte_carlo_error import split_halves
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn, rows_of_frame
from model.excel.pages.input_words import InputWords
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns, put_results
from model.excel.report.charts import add_line, line_chart
from model.excel.report.curves.curves import RULES

WIDE = 44.0


def write_convergence(report: Report, page: Page, psa: PSA) -> None:
    threshold = report.decision_threshold
    table = psa.convergence(threshold)
    columns = [
        *page_columns(report, CONVERGENCE.pick("draws", "mean", "lower", "upper", "standard_deviation"), WIDE),
        *page_columns(report, CONVERGENCE.pick("probability_cost_effective", "probability_standard_error")),
        PageColumn(f"Running mean of incremental cost, {report.currency}", "money"),
        *page_columns(report, HALVES.pick("standard_error")),
        PageColumn("Running mean of incremental QALYs", "factor"),
        PageColumn("Their standard error", "factor"),
    ]
    counts = table["draws"].tolist()
    parts = [decision.convergence(x, counts) for x in (psa.incremental_costs, psa.incremental_qalys)]
    rows = [
        [
            int(r.draws),
            r.mean,
            r.lower,
            r.upper,
            r.standard_deviation,
            r.probability_cost_effective,
            r.probability_standard_error,
            *(part[column].iloc[i] for part in parts for column in ("mean", "standard_error")),
        ]
        for i, r in enumerate(rows_of_frame(table))
    ]
    words = (
        f"INMB at {report.currency} {threshold:,.0f} per QALY; the interval is that of the simulation, not of the evidence."
    )
    if psa.sampling != "random":
        words += " It takes draws as independent; the error of this design is smaller."
    page.heading("Convergence")
    top = page.room(340)
    at = page.filled(CONVERGENCE.title, f"{words} {report.stored}", columns, rows)
    settled = table.iloc[len(table) // 10 :]
    low, high = float(settled["lower"].min()), float(settled["upper"].max())
    limits = round_limits(low, high)
    chart = line_chart(
        report,
        "Running mean of the incremental net monetary benefit",
        "Draws",
        f"INMB, {report.currency}",
        "#,##0",
        x_min=0,
        x_max=float(table["draws"].iloc[-1]),
        **limits,
    )
    colour = report.colours[report.positions[1]]
    add_line(chart, "Running mean", at.series(0), at.series(1), colour)
    add_line(chart, "Lower 95%", at.series(0), at.series(2), colour, "dash", 1)
    add_line(chart, "Upper 95%", at.series(0), at.series(3), colour, "dash", 1)
    page.place(top, [chart], 900, 340)
    if psa.sampling == "random":
        _halves(report, page, psa)


def _halves(report: Report, page: Page, psa: PSA) -> None:
    put_results(
        page,
        HALVES.title,
        f"Within 3 standard errors the halves tell the same; beyond, the draws need a look. {report.stored}",
        split_halves(psa),
        HALVES.declared,
        WIDE,
    )


def round_limits(low: float, high: float) -> dict[str, float]:
    """Ends of an axis on round numbers around a range."""
    span = max(high - low, 1e-6)
    step = 10.0 ** math.floor(math.log10(span))
    step = step if span / step >= 4 else step / 2 if span / step >= 2 else step / 5
    return {"y_min": math.floor(low / step) * step, "y_max": math.ceil(high / step) * step, "y_step": step}


def write_crossing_in_draws(report: Report, page: Page, psa: PSA) -> None:
    rows = [
        [name, r.share_of_draws, r.earliest_month, r.median_first_month, r.largest_gap, r.mean_area_months, RULES[r.rule]]
        for name, r in zip(report.names, rows_of_frame(psa.crossing()), strict=True)
    ]
    page.filled(CROSSING.title, report.stored, page_columns(report, CROSSING.declared, WIDE), rows)


def write_restricted_means(report: Report, page: Page, psa: PSA) -> None:
    """Restricted mean survival times with intervals, and their differences from the comparator."""
    found = psa.curve_intervals
    words = (
        f"Area under each curve until a time, undiscounted, with 95% intervals over {found.n_draws:,} draws; a difference is "
        f"taken within each draw. Curves before crossing is repaired. {report.stored}"
    )
    put_results(page, RESTRICTED_MEANS.title, words, found.restricted_means(), RESTRICTED_MEANS.declared, WIDE)


def write_moments(report: Report, page: Page, psa: PSA) -> None:
    """Means, spread and correlations of what was drawn, beside what should have been."""
    words = InputWords(report.definition)
    text = "Errors of the mean should lie within about 3 standard errors, 95% of them within 2."
    _moments(report, page, MOMENTS.title, text, psa.sampled_moments(), words)
    text = (
        "Coefficients of the curves that are drawn as a whole, on the scale on which they are drawn (logarithms of "
        "positive ones; resampled patients: as they are)."
    )
    _moments(report, page, "Sampled coefficients against their targets", text, psa.sampled_coefficients(), words)
    _correlations(report, page, psa, words)


def _moments(report: Report, page: Page, title: str, text: str, table: pd.DataFrame, words: InputWords) -> None:
    columns = page_columns(report, MOMENTS.without("input"), WIDE)
    rows = [
        [
            words.column(r.input),
            r.distribution.replace("_", " "),
            r.mean_target,
            r.mean_sampled,
            r.sd_target,
            r.sd_sampled,
            r.z,
        ]
        for r in rows_of_frame(table)
        if np.isfinite(r.z)
    ]
    if rows:
        page.filled(title, f"{text} {report.stored}", columns, rows)


def _of_pair(words: InputWords, name: str) -> str:
    """An input, a coefficient of a curve, or the level of a curve, in words."""
    is_level = name.startswith("curves.") and "[" not in name
    return f"{words.column(name)}, level" if is_level else words.column(name)


def _correlations(report: Report, page: Page, psa: PSA, words: InputWords) -> None:
    rows = [
        [
            f"{_of_pair(words, r.first)} and {_of_pair(words, r.second)}",
            r.drawn_by,
            r.correlation_target,
            r.correlation_sampled,
            r.rank_target,
            r.rank_sampled,
            r.pearson_sampled,
        ]
        for r in rows_of_frame(psa.sampled_correlations())
    ]
    columns = [PageColumn("Pair", "text", WIDE), *page_columns(report, CORRELATIONS.without("first", "second"))]
    text = (
        "Every pair of the sheet Correlations and every pair of coefficients of a curve, on the scale on which the "
        "correlation is given: normal scores of inputs, levels of curves (the direction of their coefficients that moves the "
        "restricted mean most for its probability), estimation scale of coefficients."
    )
    if rows:
        page.filled(CORRELATIONS.title, f"{text} {report.stored}", columns, rows)
