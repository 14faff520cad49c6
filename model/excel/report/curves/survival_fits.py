"""The sheet of an endpoint whose curves are fitted to data: what speaks for each candidate, with charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from model.analysis.columns.base_case import landmark
from model.analysis.columns.curve_choice import COMPARISON, CURVES, DATA, LANDMARKS
from model.analysis.curve_choice import EndpointFits, landmarks, tables
from model.analysis.curve_choice.colours import colour_and_round, spline_colour
from model.excel.pages.cells import PageColumn
from model.excel.pages.desk import Desk, Entry
from model.excel.pages.lines import add_line, line_chart
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns, plain_cell, put_results
from model.result_columns import Table, columns_of, table_of

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
    _table(page, "Months. Limits of the median as survfit gives them (log scale).", tables.data_summary(endpoint))
    if len(endpoint.arms) > 1:
        _table(page, "Without a distribution; the first arm is the reference.", tables.comparison(endpoint))
    _table(
        page,
        f"AIC = 2k - 2 log L, BIC = k log n - 2 log L; ranks of those determined. {desk.stored}",
        tables.goodness_of_fit(endpoint),
    )
    _landmarks(page, endpoint)
    _table(
        page,
        "Means are areas under the curve: to the end of follow-up, to the horizon, for ever.",
        landmarks.mean_table(endpoint),
    )
    pooled = tables.pooled_fit(endpoint)
    if len(endpoint.arms) > 1 and not pooled.empty:
        _table(
            page,
            "A joint fit has one distribution and one effect for each further arm; "
            "it is nested in none of the separate fits, so compare AIC.",
            pooled,
        )
    made = tables.reconstruction_report(endpoint)
    if not made.empty:
        _table(page, "What was published, and what the reconstructed data give.", made)
    _table(page, "flexsurv's parametrisation, months; limits from the estimation scale.", tables.coefficients(endpoint))
    equations = tables.spline_equations(endpoint)
    if not equations.empty:
        _table(page, "To be typed as they stand; Phi is the standard normal distribution function.", equations)
    curves = landmarks.curve_table(endpoint)
    behind = Page(desk, data.name)
    at = _curves(behind, curves)
    behind.freeze(at)
    behind.close()
    page.place(place, [_chart(desk, endpoint, arm.label, at, curves) for arm in endpoint.arms], 620, CHART_HEIGHT)
    page.close()


SHOWN: Mapping[Table, Sequence[str]] = {
    DATA: (
        *("arm", "data", "patients", "events", "censored", "longest_follow_up_months", "median_follow_up_months"),
        *("median_months", "median_lower_95", "median_upper_95"),
        *("restricted_mean_months", "restricted_mean_se", "common_follow_up_months"),
    ),
    COMPARISON: ("arm", "statistic", "against", "value", "lower_95", "upper_95", "note"),
}
"""The columns of the sheet, where they are in another order than in the file."""


def _table(page: Page, explanation: str, table: pd.DataFrame) -> TableAt:
    """A table under its own title, but for ids that its words stand for."""
    known = table_of(table)
    assert known is not None
    ids = {"endpoint"} | ({"distribution"} if "label" in table else set())
    names = SHOWN.get(known, [name for name in known.names if name not in ids])
    return put_results(page, known.title, explanation, table, known.pick(*names))


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
    columns = page_columns(page.report, [*LANDMARKS.pick("arm", "curve"), *(landmark("survival", y, 11) for y in years)])
    columns.append(PageColumn("Elsewhere", "share", 11))
    page.filled(
        LANDMARKS.title,
        "Kaplan-Meier while observed; beyond it candidates extrapolate. External points stand in the last column.",
        columns,
        rows,
    )


def _curves(page: Page, curves: pd.DataFrame) -> TableAt:
    return put_results(page, CURVES.title, "The data of the charts.", curves, columns_of(curves))


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
