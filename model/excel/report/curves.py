"""Survival curves: the data of the charts, charts, and the tables a reviewer asks for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from model.analysis.base_case import LANDMARK_YEARS
from model.analysis.validation import candidate_curves

from .cells import FORMATS, Column, finish, header_style, records, rows_of, write_top
from .charts import Spans, add_line, line_chart, occupancy_chart, survival_chart, treatment_chart
from .effects import write_curve_uncertainty, write_effects
from .page import Page
from .report import CURVE_DATA, CURVES, Report
from .traces import TraceAt

CHART_STEP_DAYS = 28.0
FIRST_ROW = 5
RULES = {
    "cap_pfs": "PFS lowered to OS",
    "hazard": "PFS hazard raised to the OS hazard",
    "raise_os": "OS raised to PFS",
}
MOST_DRUG_CURVES = 8


def write_curve_data(report: Report, traces: dict[str, TraceAt]) -> Spans:
    """The curves at the charted step, each cell a link to its trace; returns where each curve stands."""
    sheet = report.sheet(CURVE_DATA.name)
    write_top(report, sheet, CURVE_DATA.title, CURVE_DATA.purpose)
    timeline = report.base.engine.timeline
    rows = chart_rows(report)
    step = rows[1] * timeline.cycle_days if len(rows) > 1 else timeline.cycle_days
    text = f"[O] links to the trace sheets, every {step:g} days; shares of patients."
    sheet.write_string(3, 0, text, report.styles.explanation)
    spans: Spans = {}
    number = report.styles.make(num_format=FORMATS["factor"])
    for column, (name, kind, arm, source) in enumerate(_columns(report)):
        sheet.set_column(column, column, 13, report.styles.make(num_format=FORMATS[kind]))
        sheet.write_string(FIRST_ROW - 1, column, name, header_style(report.styles, True))
        values = report.base.traces[arm].columns[source]
        style = report.styles.make(num_format=FORMATS[kind]) if kind != "factor" else number
        for i, row in enumerate(rows):
            sheet.write_formula(
                FIRST_ROW + i, column, f"={traces[arm].cell(source, row)}", style, float(values[row])
            )
        spans[name] = [CURVE_DATA.name, FIRST_ROW, column, FIRST_ROW + len(rows) - 1, column]
    sheet.set_row(FIRST_ROW - 1, 44)
    sheet.freeze_panes(FIRST_ROW, 2)
    finish(report, sheet, "C")
    sheet.repeat_rows(FIRST_ROW - 1)
    return spans


def chart_rows(report: Report) -> list[int]:
    """Cycles that are charted: about every four weeks, and the last."""
    timeline = report.base.engine.timeline
    step = max(1, round(CHART_STEP_DAYS / timeline.cycle_days))
    return sorted({*range(0, timeline.n_cycles + 1, step), timeline.n_cycles})


def _columns(report: Report) -> Iterator[tuple[str, str, str, str]]:
    """Name, format, arm and trace column of every column."""
    first = report.definition.arm_ids[0]
    yield "Years", "area", first, "Years"
    yield "Months", "months", first, "Months"
    if "General population" in report.base.traces[first].columns:
        yield "General population", "factor", first, "General population"
    for arm, name in zip(report.definition.arm_ids, report.names, strict=True):
        treatment = [c for c in report.base.traces[arm].columns if c.startswith("On ")]
        for source in ("PFS", "OS", "Progression-free", "Progressed", "Dead", *treatment):
            yield f"{name}: {source}", "factor", arm, source


def write_curves(report: Report, spans: Spans) -> None:
    """Charts above, tables below."""
    page = Page(report, CURVES.name)
    charts = [survival_chart(report, spans)]
    if any(": On " in name for name in spans):
        charts.append(treatment_chart(report, spans))
    page.charts(charts, width=620, height=380)
    labels_every = max(
        1, round(5 / max(report.base.engine.timeline.years[-1] / (len(chart_rows(report)) - 1), 1e-9))
    )
    areas = [occupancy_chart(report, name, spans, labels_every) for name in report.names]
    for i in range(0, len(areas), 2):
        page.charts(areas[i : i + 2], width=620, height=340)
    _landmarks(report, page)
    _crossing(report, page)
    write_curve_uncertainty(report, page)
    write_effects(report, page)
    _after_progression(report, page)
    _hazard_ratios(report, page)
    _candidates(report, page)
    page.close()


def _landmarks(report: Report, page: Page) -> None:
    table = report.base.survival()
    names = dict(zip(report.base.arm_labels, report.names, strict=True))
    columns = [
        Column("Arm", "text", 22),
        Column("Curve", "text", 30),
        Column("Median, months", "months", 13),
        *(Column(f"At {y:g} years" if y != 1 else "At 1 year", "share", 13) for y in LANDMARK_YEARS),
        Column("Mean within the horizon, years", "area", 13),
    ]
    rows = []
    for row in records(table):
        median = row["median_months"]
        rows.append(
            [
                names[row["arm"]],
                row["curve"],
                "not reached" if np.isnan(median) else median,
                *(_shown(row[f"{y:g} years"]) for y in LANDMARK_YEARS),
                row["restricted_mean_years"],
            ]
        )
    page.filled(
        "Medians and landmarks",
        "Share of patients, after hazard floor and repair of crossing; empty beyond the "
        f"horizon. Means are undiscounted. {report.stored}",
        columns,
        rows,
    )


def _shown(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _crossing(report: Report, page: Page) -> None:
    table = report.base.crossing()
    columns = [
        Column("Arm", "text", 22),
        Column("Rule applied", "text", 30),
        Column("First month at which PFS exceeds OS", "months"),
        Column("Largest gap, share of patients", "factor"),
        Column("Area between the curves, months", "area"),
    ]
    rows = [
        [
            name,
            RULES[row.rule],
            "never" if np.isnan(row.first_month) else row.first_month,
            row.largest_gap,
            row.area_months,
        ]
        for name, row in zip(report.names, rows_of(table), strict=True)
    ]
    page.filled(
        "Where PFS exceeds OS before repair",
        "PFS and OS are modelled apart from each other, so that extrapolations may cross; the rule repairs it. "
        f"{report.stored}",
        columns,
        rows,
    )


def _after_progression(report: Report, page: Page) -> None:
    columns = [
        Column("Arm", "text", 22),
        Column("Share who progress alive", "share"),
        Column("Mean years progressed, of those", "area"),
        Column("Deaths per year, progressed", "factor"),
        Column("Deaths per year, progression-free", "factor"),
        Column("Cycles with implied deaths below zero", "plain"),
        Column("Last month of these", "months"),
        Column("OS bound by the life table from month", "months"),
        Column("Deaths per year, general population in that time", "factor"),
        Column("Months in which progressed die more slowly than that", "months"),
    ]
    rows = [
        [
            name,
            row.progressed_alive,
            _shown(row.mean_years_progressed),
            _shown(row.death_rate_progressed),
            _shown(row.death_rate_progression_free),
            row.cycles_with_negative_implied_deaths,
            "none" if np.isnan(row.last_month_negative) else row.last_month_negative,
            "never" if np.isnan(row.life_table_binds_from_month) else row.life_table_binds_from_month,
            _shown(row.death_rate_population),
            _shown(row.months_below_population),
        ]
        for name, row in zip(report.names, rows_of(report.base.post_progression()), strict=True)
    ]
    page.filled(
        "What the curves imply after progression",
        "PFS and OS fix how long patients live after progression; nothing else does. Undiscounted, within the horizon. "
        "Implied deaths below zero: OS falls more slowly there than the deaths among PFS events assumed on the sheet "
        f"After progression. {report.stored}",
        columns,
        rows,
    )


def _hazard_ratios(report: Report, page: Page) -> None:
    table = report.base.implied_hazard_ratio()
    if table.empty:
        return
    columns = [
        Column("Year", "plain", 22),
        Column("PFS hazard ratio in the year", "ratio"),
        Column("PFS cumulative hazard ratio", "ratio"),
        Column("OS hazard ratio in the year", "ratio"),
        Column("OS cumulative hazard ratio", "ratio"),
    ]
    old, new = report.positions
    rows = [[float(v) if np.isfinite(v) else None for v in row] for row in rows_of(table)]
    at = page.filled(
        "Implied hazard ratio over time",
        f"{report.names[new]} over {report.names[old]}, of the curves after all steps. Year 1 is the first year; "
        f"a jump marks the time at which PFS meets OS and is repaired. {report.stored}",
        columns,
        rows,
    )
    chart = line_chart(
        report,
        f"Implied hazard ratio: {report.names[new]} over {report.names[old]}",
        "Year",
        "Hazard ratio in the year",
        "0.0",
        x_min=0,
        x_max=len(rows),
        y_min=0,
    )
    add_line(chart, "OS", at.series(0), at.series(3), report.colours[new])
    add_line(chart, "PFS", at.series(0), at.series(1), report.colours[new], "dash")
    page.charts([chart], width=620, height=320)


def _candidates(report: Report, page: Page) -> None:
    table = candidate_curves(report.definition)
    if table.empty:
        return
    columns = [
        Column("Arm", "text", 22),
        Column("Endpoint", "text", 30),
        Column("Distribution", "text", 18),
        Column("Chosen", "text", 10),
        Column("Largest standardised residual", "area"),
        Column("Median, months", "months"),
        Column("Mean within the horizon, years", "area"),
        Column("Mean, years", "area"),
        Column("At 5 years", "share"),
        Column("At 10 years", "share"),
        Column("At 20 years", "share"),
        Column("Coefficients", "note", 40),
    ]
    fields = [
        "largest_standardised_residual",
        "median_months",
        "restricted_mean_years",
        "mean_years",
        "at 5 years",
        "at 10 years",
        "at 20 years",
    ]
    rows = []
    for row in records(table):
        numbers = [row.get(f, np.nan) for f in fields]
        made = isinstance(row.get("coefficients"), str)
        rows.append(
            [
                row["arm"],
                row["endpoint"],
                row["distribution"],
                "yes" if row["selected"] else "",
                *(float(v) for v in numbers),
                row["coefficients"] if made else f"not fitted: {row['status']}",
            ]
        )
    page.filled(
        "Candidate distributions",
        "Every distribution calibrated to the same published statistics. The residual is the largest distance from a "
        "statistic in standard errors, where it is known. Where a curve starts from another "
        f"arm's with a relative effect, none is chosen for it. {report.stored}",
        columns,
        rows,
    )
