"""The sheet of an endpoint whose curves are fitted to data: what speaks for each candidate, with charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from model.analysis.curve_choice import EndpointFits, landmarks, tables
from model.analysis.curve_choice.colours import colour_and_round, spline_colour
from model.excel.pages.cells import PageColumn, records
from model.excel.pages.desk import Desk, Entry
from model.excel.pages.lines import add_line, line_chart
from model.excel.pages.page import Page, TableAt

DASHES = ("solid", "dash", "round_dot", "dash_dot")
FEWEST_CHART_MONTHS = 60.0
CHART_HEIGHT = 480  # pixels; the legend lists every candidate


def write_survival_fits(desk: Desk, endpoint: EndpointFits, entries: tuple[Entry, Entry]) -> None:
    """Charts above; then data, comparison of arms, fits, landmarks, means, joint fits, coefficients; curves last."""
    entry, data = entries
    page = Page(desk, entry.name)
    if endpoint.excess:
        page.paragraph(
            "Excess-hazard models: survival is the general population's times that of the disease, and the life table is "
            "part of the likelihood. Coefficients are those of the disease."
        )
    place = page.room(CHART_HEIGHT)
    _table(
        page, "Data", "Months. Limits of the median as survfit gives them (log scale).", tables.data_summary(endpoint), DATA
    )
    if len(endpoint.arms) > 1:
        _table(
            page,
            "Comparison of the arms",
            "Without a distribution; the first arm is the reference.",
            tables.comparison(endpoint),
            COMPARISON,
        )
    _table(
        page,
        "Fit statistics",
        f"AIC = 2k - 2 log L, BIC = k log n - 2 log L; ranks of those determined. {desk.stored}",
        tables.goodness_of_fit(endpoint),
        FITS,
    )
    _landmarks(page, endpoint)
    _table(
        page,
        "Medians and means",
        "Means are areas under the curve: to the end of follow-up, to the horizon, for ever.",
        landmarks.mean_table(endpoint),
        MEANS,
    )
    pooled = tables.pooled_fit(endpoint)
    if len(endpoint.arms) > 1 and not pooled.empty:
        _table(
            page,
            "Arms apart and arms jointly",
            "A joint fit has one distribution and one effect for each further arm; "
            "it is nested in none of the separate fits, so compare AIC.",
            pooled,
            JOINT,
        )
    made = tables.reconstruction_report(endpoint)
    if not made.empty:
        _table(
            page,
            "Reconstruction from the digitised curve",
            "What was published, and what the reconstructed data give.",
            made,
            RECONSTRUCTION,
        )
    _table(
        page,
        "Coefficients",
        "flexsurv's parametrisation, months; limits from the estimation scale.",
        tables.coefficients(endpoint),
        COEFFICIENTS,
    )
    curves = landmarks.curve_table(endpoint)
    behind = Page(desk, data.name)
    at = _curves(behind, curves)
    behind.freeze(at)
    behind.close()
    page.place(place, [_chart(desk, endpoint, arm.label, at, curves) for arm in endpoint.arms], 620, CHART_HEIGHT)
    page.close()


Spec = Sequence[tuple[str, str, str, float]]  # field, header, kind, width

DATA: Spec = (
    ("arm", "Arm", "text", 22),
    ("data", "Data", "text", 32),
    ("patients", "Patients", "count", 13),
    ("events", "Events", "count", 10),
    ("censored", "Censored", "count", 11),
    ("longest_follow_up_months", "Longest follow-up", "months", 12),
    ("median_follow_up_months", "Median follow-up", "months", 12),
    ("median_months", "Median", "area", 11),
    ("median_lower_95", "Lower 95%", "area", 11),
    ("median_upper_95", "Upper 95%", "area", 11),
    ("restricted_mean_months", "Restricted mean", "area", 12),
    ("restricted_mean_se", "SE", "area", 9),
    ("common_follow_up_months", "to month", "months", 10),
)
COMPARISON: Spec = (
    ("arm", "Arm", "text", 22),
    ("statistic", "Statistic", "text", 32),
    ("against", "Against", "text", 13),
    ("value", "Value", "ratio", 12),
    ("lower_95", "Lower 95%", "ratio", 11),
    ("upper_95", "Upper 95%", "ratio", 11),
    ("note", "Note", "free", 12),
)
FITS: Spec = (
    ("arm", "Arm", "text", 22),
    ("label", "Distribution", "text", 32),
    ("parameters", "Parameters", "count", 13),
    ("log_likelihood", "Log-likelihood", "area", 12),
    ("aic", "AIC", "area", 11),
    ("delta_aic", "AIC above lowest", "area", 12),
    ("aic_rank", "AIC rank", "count", 11),
    ("bic", "BIC", "area", 11),
    ("bic_rank", "BIC rank", "count", 11),
    ("aic_weight", "AIC weight", "share", 11),
    ("selected", "Selected", "text", 11),
    ("status", "Status", "text", 15),
    ("note", "Remark", "note", 34),
)
MEANS: Spec = (
    ("arm", "Arm", "text", 22),
    ("label", "Distribution", "text", 32),
    ("median_months", "Median, months", "months", 13),
    ("median_months_kaplan_meier", "Kaplan-Meier median", "months", 12),
    ("mean_years_follow_up", "Mean to end of follow-up, years", "area", 13),
    ("mean_years_follow_up_kaplan_meier", "Kaplan-Meier, years", "area", 12),
    ("mean_years_horizon", "Mean to horizon, years", "area", 12),
    ("lower_95", "Lower 95%", "area", 10),
    ("upper_95", "Upper 95%", "area", 10),
    ("mean_years_lifetime", "Lifetime mean, years", "area", 12),
    ("share_beyond_follow_up", "Share beyond follow-up", "share", 12),
    ("selected", "Selected", "text", 10),
)
JOINT: Spec = (
    ("label", "Distribution", "text", 22),
    ("arms", "Arms", "text", 32),
    ("parameters", "Parameters", "count", 13),
    ("log_likelihood", "Log-likelihood", "area", 13),
    ("aic", "AIC", "area", 12),
    ("effect_of", "Effect of", "text", 12),
    ("effect", "Effect", "ratio", 10),
    ("effect_lower_95", "Lower 95%", "ratio", 10),
    ("effect_upper_95", "Upper 95%", "ratio", 10),
)
RECONSTRUCTION: Spec = (
    ("arm", "Arm", "text", 22),
    ("item", "Item", "text", 32),
    ("published", "Published", "value", 12),
    ("reconstructed", "Reconstructed", "value", 13),
    ("difference", "Difference", "value", 12),
    ("note", "Note", "free", 12),
)
COEFFICIENTS: Spec = (
    ("arm", "Arm id", "text", 22),
    ("distribution", "Candidate", "text", 32),
    ("coefficient", "Coefficient", "text", 13),
    ("value", "Value", "small", 13),
    ("lower_95", "Lower 95%", "small", 13),
    ("upper_95", "Upper 95%", "small", 13),
    ("estimation_scale", "Estimation scale", "text", 12),
    ("estimate", "Estimate", "small", 13),
    ("standard_error", "SE", "small", 12),
)


def _table(page: Page, title: str, explanation: str, table: pd.DataFrame, spec: Spec) -> TableAt:
    columns = [PageColumn(header, kind, width) for _, header, kind, width in spec]
    rows = [[plain_cell(row[field]) for field, _, kind, _ in spec] for row in records(table)]
    return page.filled(title, explanation, columns, rows)


def plain_cell(value: Any) -> Any:
    """A value as a cell takes it: booleans as yes, missing ones as nothing."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else ""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    return value if isinstance(value, str) else float(value)


def _landmarks(page: Page, endpoint: EndpointFits) -> None:
    """One row per curve, a column per landmark; the limits stand in the CSV table."""
    table = landmarks.landmark_table(endpoint)
    years = landmarks.landmark_years(endpoint)
    outside = {point.label for point in endpoint.external}
    rows: list[list[Any]] = []
    for (arm, curve), part in table.groupby(["arm", "curve"], sort=False):
        values = dict(zip(part["year"], part["survival"], strict=True))
        if curve in outside:
            rows.append(
                [arm, f"{curve} (year {part['year'].iloc[0]:.3g})", *(None for _ in years), float(part["survival"].iloc[0])]
            )
        else:
            rows.append([arm, curve, *(plain_cell(values.get(y)) for y in years), None])
    columns = [PageColumn("Arm", "text", 22), PageColumn("Curve", "text", 32)]
    columns += [PageColumn(f"At {y:g} year{'' if y == 1 else 's'}", "share", 11) for y in years]
    columns.append(PageColumn("Elsewhere", "share", 11))
    page.filled(
        "Survival at landmarks",
        "Kaplan-Meier while observed; beyond it candidates extrapolate. External points stand in the last column.",
        columns,
        rows,
    )


def _curves(page: Page, curves: pd.DataFrame) -> TableAt:
    columns = [PageColumn("Month", "months", 10)]
    columns += [PageColumn(str(name), "factor", 13) for name in curves.columns[1:]]
    rows = [[plain_cell(value) for value in row] for row in curves.itertuples(index=False)]
    return page.filled("Curves", "The data of the charts.", columns, rows)


def _chart(desk: Desk, endpoint: EndpointFits, arm: str, at: TableAt, curves: pd.DataFrame) -> Any:
    """Kaplan-Meier and every candidate of one arm, to twice the follow-up."""
    until = min(max(2 * endpoint.follow_up, FEWEST_CHART_MONTHS), endpoint.horizon_months)
    chart = line_chart(
        desk,
        f"{endpoint.label}: {arm}",
        "Months since time zero",
        "Share event-free",
        x_min=0,
        x_max=round(until, -1),
        y_min=0,
        y_max=1,
    )
    fits = {fit.label: (name, fit) for a in endpoint.arms if a.label == arm for name, fit in a.fits.items()}
    selected = next(a.selected for a in endpoint.arms if a.label == arm)
    for number, column in enumerate(curves.columns):
        name = str(column)
        if not name.startswith(f"{arm}: ") and name != "General population":
            continue
        label = name.removeprefix(f"{arm}: ")
        colour, dash, width = "#111827", "solid", 2.25
        if label in fits:
            colour, dash, width = _look(fits[label][0], fits[label][0] == selected)
        elif label == "General population":
            dash, width = "square_dot", 1.0
        add_line(chart, label, at.series(0), at.series(number), colour, dash, width)
    return chart


def _look(name: str, selected: bool) -> tuple[str, str, float]:
    """Colour, dash and width of a candidate's line; further dashes once the colours are used up."""
    if (spline := spline_colour(name)) is not None:
        return spline[0], DASHES[spline[1] % len(DASHES)], 2.5 if selected else 0.75
    colour, _, used_up = colour_and_round(name) or ("#4B5563", 0, 0)
    return colour, DASHES[used_up % len(DASHES)], 3.0 if selected else 1.25
