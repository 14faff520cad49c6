"""Survival curves: the data of the charts, charts, and the tables a reviewer asks for."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np

from model.analysis.base_case.against_evidence import candidate_curves
from model.analysis.columns.base_case import POST_PROGRESSION
from model.analysis.columns.evidence import CANDIDATES
from model.definition.records.names import short_endpoint
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import exp
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report
from model.excel.output_sheets import CURVE_DATA
from model.excel.pages.cells import FORMATS, finish, header_style, records, rows_of_frame, write_top
from model.excel.pages.grid import GridColumn
from model.excel.pages.page import Page
from model.excel.pages.result_tables import cells_of, page_columns
from model.excel.pages.styles import CALCULATION_FILL
from model.excel.report.charts import Spans, occupancy_chart, survival_chart, treatment_chart
from model.excel.report.curves.curve_tables import (
    write_crossing,
    write_crossing_of_states,
    write_hazard_ratios,
    write_landmarks,
)
from model.excel.report.curves.effects import write_curve_uncertainty, write_effects
from model.excel.report.curves.sampled_statistics import write_sampled_statistics

CHART_STEP_DAYS = 28.0
FIRST_ROW = 5
RULES = {"cap_pfs": "PFS lowered to OS", "hazard": "PFS hazard raised to the OS hazard", "raise_os": "OS raised to PFS"}


@dataclasses.dataclass(frozen=True)
class CurvesAt:
    """Cells of medians, means and landmarks, and of crossing, by name as in the named outputs."""

    shown: dict[str, Formula]
    crossing: dict[str, Formula]


def write_curve_data(report: Report, live: LiveModel) -> Spans:
    """The curves at the charted step, each cell a link to the sheets over cycles; returns where each curve stands."""
    sheet = report.sheet(CURVE_DATA.name)
    write_top(report, sheet, CURVE_DATA.title, CURVE_DATA.purpose)
    timeline = report.base.engine.timeline
    rows = chart_rows(report)
    step = rows[1] * timeline.cycle_days if len(rows) > 1 else timeline.cycle_days
    text = f"[C] links to the sheets over cycles, every {step:g} days; shares of patients."
    sheet.write_string(3, 0, text, report.styles.explanation)
    spans: Spans = {}
    for column, (name, kind, source) in enumerate(_columns(report, live)):
        style = report.styles.make(num_format=FORMATS[kind], bg_color=CALCULATION_FILL)
        sheet.set_column(column, column, 15)
        sheet.write_string(FIRST_ROW - 1, column, name, header_style(report.styles, True))
        for i, row in enumerate(rows):
            made = source(row)
            sheet.write_formula(FIRST_ROW + i, column, f"={made.text}", style, float(made.value))
        spans[name] = [CURVE_DATA.name, FIRST_ROW, column, FIRST_ROW + len(rows) - 1, column]
    sheet.set_row(FIRST_ROW - 1, 58)
    sheet.freeze_panes(FIRST_ROW, 2)
    finish(report, sheet, "C", "A3")
    sheet.repeat_rows(FIRST_ROW - 1)
    return spans


def chart_rows(report: Report) -> list[int]:
    """Cycles that are charted: about every four weeks, and the last."""
    timeline = report.base.engine.timeline
    step = max(1, round(CHART_STEP_DAYS / timeline.cycle_days))
    return sorted({*range(0, timeline.n_cycles + 1, step), timeline.n_cycles})


def _columns(report: Report, live: LiveModel) -> Iterator[tuple[str, str, Callable[[int], Formula]]]:
    """Name, format and cell by cycle of every column."""
    timeline = live.timeline
    yield "Years", "area", _cell_of(timeline.years)
    yield "Months", "months", _cell_of(timeline.months)
    if timeline.population is not None:
        hazard = _cell_of(timeline.population.hazard)
        yield "General population", "factor", lambda row: exp(-hazard(row))
    for arm, name in zip(report.definition.arm_ids, report.names, strict=True):
        states = live.arms[arm].states
        columns = {
            "PFS": states.progression_free,
            "OS": states.alive,
            **{short_endpoint(e, {}): column for e, column in states.further.items()},
            **{s.label: states.state(s.id) for s in report.definition.living_states},
            "Dead": states.dead,
            **{c.header: c for c in states.on_treatment.values()},
        }
        for words, column in columns.items():
            yield f"{name}: {words}", "factor", _cell_of(column)


def _cell_of(column: GridColumn) -> Callable[[int], Formula]:
    return lambda row: column.part(row, row + 1).single()


def write_curve_sheet(report: Report, live: LiveModel, page: Page, spans: Spans) -> CurvesAt:
    """Charts above, tables below."""
    charts = [survival_chart(report, spans)]
    if any(": On " in name for name in spans):
        charts.append(treatment_chart(report, spans))
    page.charts(charts, width=620, height=380)
    labels_every = max(1, round(5 / max(report.base.engine.timeline.years[-1] / (len(chart_rows(report)) - 1), 1e-9)))
    areas = [occupancy_chart(report, name, spans, labels_every) for name in report.names]
    for i in range(0, len(areas), 2):
        page.charts(areas[i : i + 2], width=620, height=340)
    shown = write_landmarks(report, live, page)
    crossing = write_crossing(report, live, page) | write_crossing_of_states(report, live, page)
    write_curve_uncertainty(report, page)
    write_effects(report, page)
    _after_progression(report, page)
    write_hazard_ratios(report, live, page)
    _candidates(report, page)
    write_sampled_statistics(report, page)
    page.close()
    return CurvesAt(shown, crossing)


def _shown(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _after_progression(report: Report, page: Page) -> None:
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
        for name, row in zip(report.names, rows_of_frame(report.base.post_progression()), strict=True)
    ]
    page.filled(
        POST_PROGRESSION.title,
        "PFS and OS fix how long patients live after progression; nothing else does. Undiscounted, within the horizon. "
        "Implied deaths below zero: OS falls more slowly there than the deaths among PFS events assumed on the sheet "
        f"After progression. {report.stored}",
        page_columns(report, POST_PROGRESSION.without("smallest_implied_deaths")),
        rows,
    )


def _candidates(report: Report, page: Page) -> None:
    table = candidate_curves(report.definition)
    if table.empty:
        return
    columns = CANDIDATES.without("status", "coefficients")
    rows = []
    for row, cells in zip(records(table), cells_of(table, columns), strict=True):
        made = isinstance(row["coefficients"], str)
        rows.append([*cells, row["coefficients"] if made else f"not fitted: {row['status']}"])
    page.filled(
        CANDIDATES.title,
        "Every distribution calibrated to the same published statistics. The residual is the largest distance from a "
        "statistic in standard errors, where it is known. Where a curve starts from another "
        f"arm's with a relative effect, none is chosen for it. {report.stored}",
        page_columns(report, [*columns, *CANDIDATES.pick("coefficients")]),
        rows,
    )
