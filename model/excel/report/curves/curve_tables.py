"""Tables of the curves, live: medians, landmarks and means, crossing, implied hazard ratios."""

from __future__ import annotations

import math

import numpy as np

from model.analysis.base_case.named_outputs import NEVER, NOT_REACHED, slug
from model.analysis.columns.base_case import CROSSING, CROSSING_OF_STATES, IMPLIED_HAZARD_RATIO, LANDMARK_YEARS, SURVIVAL
from model.definition.records.names import short_endpoint
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import greatest, index, largest, ln, maximum, sumproduct, total, where, whole
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.grid import GridColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns
from model.excel.report.charts import add_line, line_chart


def at_position(column: GridColumn, cycle: Formula, part: Formula) -> Formula:
    """A column between two boundaries, interpolated linearly."""
    return index(column.span, cycle + 1) * (1 - part) + index(column.span, cycle + 2) * part


def write_landmarks(report: Report, live: LiveModel, page: Page) -> dict[str, Formula]:
    """Medians, landmarks and means of PFS, OS and time on treatment; returns their cells by name."""
    rules = live.timeline.rules
    when = GrowingTable(
        page,
        "Times of the landmarks",
        "Where each landmark lies between two cycles; it is shown if it lies within the horizon.",
        [
            PageColumn("Years", "year", 22),
            PageColumn("Cycle", "plain", 30),
            PageColumn("Part of the next cycle", "factor", 13),
            PageColumn("Within the horizon", "plain", 13),
        ],
    )
    cycles, parts, inside = [], [], []
    tolerance = live.bench.constants.time_tolerance
    for year in LANDMARK_YEARS:
        row = RowBuilder(when)
        typed = row.put_number(year)
        cycles.append(row.put(whole(typed / rules.cycle_years + tolerance), "plain"))
        parts.append(row.put(maximum(0, typed / rules.cycle_years - cycles[-1]), "factor"))
        inside.append(
            row.put(where(typed <= rules.horizon_days / live.bench.constants.days_per_year + tolerance, 1, 0), "plain")
        )
        row.close()
    columns = [*page_columns(report, SURVIVAL.declared), PageColumn("Cycles above one half", "plain", 13)]
    table = GrowingTable(
        page,
        SURVIVAL.title,
        "Share of patients, after hazard floor and repair of crossing; empty beyond the horizon. Means are undiscounted.",
        columns,
    )
    found: dict[str, Formula] = {}
    for arm, trace in live.arms.items():
        states = trace.states
        name = report.definition.arm(arm).short_label
        curves = {"PFS": states.progression_free, "OS": states.alive}
        curves |= {short_endpoint(e, {}): column for e, column in states.further.items()}
        curves |= {c.header: c for c in states.on_treatment.values()}
        for words, column in curves.items():
            position = table.at.n_rows
            above_cell = Formula(table.at.cell(position, 4 + len(LANDMARK_YEARS)), 0.0)
            above = sumproduct((column.span > 0.5) * live.timeline.inside.span)
            above_cell.value = above.value
            median = _median(live, column, above_cell)
            marks = [_landmark(column, c, p, i) for c, p, i in zip(cycles, parts, inside, strict=True)]
            mean = rules.cycle_years * (
                sumproduct(column.span, live.timeline.inside.span)
                - (index(column.span, 1) + index(column.span, rules.n_cycles + 1)) / 2
            )
            table.add(name, words, median, *marks, mean, above)
            key = f"{slug(words)}_{arm}"
            found[f"median_{key}"] = table.cell(position, 2)
            for k, year in enumerate(LANDMARK_YEARS):
                found[f"share_{slug(f'{year:g}')}_years_{key}"] = table.cell(position, 3 + k)
            found[f"mean_years_{key}"] = table.cell(position, 3 + len(LANDMARK_YEARS))
    return found


def _median(live: LiveModel, column: GridColumn, above: Formula) -> Formula:
    """First time at which a curve falls to one half, interpolated."""
    months, n = live.timeline.months, live.timeline.rules.n_cycles
    reached = (above > 0) * (above <= n)
    m0, m1 = index(months.span, maximum(1, above)), index(months.span, above + 1)
    s0, s1 = index(column.span, maximum(1, above)), index(column.span, above + 1)
    made = m0 + (m1 - m0) * (s0 - 0.5) / maximum(live.bench.constants.smallest, s0 - s1)
    text = f'IF({reached.text},{made.text},IF({above.text}=0,0,"{NOT_REACHED}"))'
    value = made.value if reached.value else 0.0 if above.value == 0 else NOT_REACHED
    return Formula(text, value)


def _landmark(column: GridColumn, cycle: Formula, part: Formula, inside: Formula) -> Formula:
    made = at_position(column, cycle, part)
    return Formula(f'IF({inside.text},{made.text},"")', made.value if inside.value else "")


def write_crossing(report: Report, live: LiveModel, page: Page) -> dict[str, Formula]:
    """Where PFS exceeds OS before repair; returns the cells by name."""
    columns = CROSSING.pick("arm", "rule", "first_month", "largest_gap", "area_months")
    table = GrowingTable(
        page,
        CROSSING.title,
        "PFS and OS are modelled apart from each other, so that extrapolations may cross; the rule repairs it.",
        [*page_columns(report, columns), PageColumn("Alive at the horizon", "share")],
    )
    found: dict[str, Formula] = {}
    for arm, trace in live.arms.items():
        states = trace.states
        row = table.at.n_rows
        first, shown, area = _crossing(live, states.gap, Formula(table.at.cell(row, 3), 0.0))
        alive = index(states.alive.span, live.timeline.rules.n_cycles + 1)
        rule = live.inputs["settings.crossing"]
        table.add(report.definition.arm(arm).short_label, _rule_words(rule), first, shown, area, alive)
        for k, name in (
            (2, "crossing_first_month"),
            (3, "crossing_largest_gap"),
            (4, "crossing_area_months"),
            (5, "alive_at_horizon"),
        ):
            found[f"{name}_{arm}"] = table.cell(row, k)
    return found


def _crossing(live: LiveModel, gap: GridColumn, gap_cell: Formula) -> tuple[Formula, Formula, Formula]:
    """First month, largest gap and area of two curves, from the gap of every cycle; ``gap_cell``: of the largest."""
    c = live.bench.constants
    most = largest(gap.span)
    shown = Formula(f"IF({most.text}>{c.crossing_tolerance.text},{most.text},0)", most.value if most.value > 1e-12 else 0.0)
    gap_cell.value = shown.value
    month = live.timeline.rules.cycle_days / c.days_per_month
    return _first_month(live, gap, gap_cell), shown, where(gap_cell > 0, total(gap.span) * month, 0)


def write_crossing_of_states(report: Report, live: LiveModel, page: Page) -> dict[str, Formula]:
    """Where neighbouring curves of the states cross before repair; returns the cells by name. Nothing in a model with three
    states."""
    found: dict[str, Formula] = {}
    if not report.definition.further_endpoints:
        return found
    columns = CROSSING_OF_STATES.pick("arm", "lower", "higher", "first_month", "largest_gap", "area_months")
    words = "Each curve of the sheet States is modelled apart from the others; the rule where curves cross keeps their order."
    table = GrowingTable(page, CROSSING_OF_STATES.title, words, page_columns(report, columns))
    for arm, trace in live.arms.items():
        for (low, high), gap in trace.states.gaps.items():
            row = table.at.n_rows
            cells = _crossing(live, gap, Formula(table.at.cell(row, 4), 0.0))
            names = (short_endpoint(e, {}) for e in (low, high))
            table.add(report.definition.arm(arm).short_label, *names, *cells)
            for k, name in enumerate(("first_month", "largest_gap", "area_months")):
                found[f"crossing_{name}_{low}_above_{high}_{arm}"] = table.cell(row, 3 + k)
    return found


def _rule_words(rule: Formula) -> Formula:
    hazard = where(rule.equals("hazard"), "PFS hazard raised to the OS hazard", "OS raised to PFS")
    return where(rule.equals("cap_pfs"), "PFS lowered to OS", hazard)


def _first_month(live: LiveModel, column: GridColumn, gap: Formula) -> Formula:
    """The first month with a gap: the smallest of those months, the others moved out of the way."""
    c, months = live.bench.constants, live.timeline.months
    inner = f"{months.span.text}+({column.span.text}<={c.crossing_tolerance.text})*{c.no_price.text}"
    crossed = column.values > 1e-12
    value = float(months.values[crossed][0]) if crossed.any() else 0.0
    text = f'IF({gap.text}>0,SUMPRODUCT(MIN({inner})),"{NEVER}")'
    return Formula(text, value if gap.value > 0 else NEVER)


def write_hazard_ratios(report: Report, live: LiveModel, page: Page) -> None:
    """Intervention over comparator, year by year, of the curves after all steps."""
    years = int(report.base.engine.timeline.years[-1])
    if years < 1:
        return
    rules, c = live.timeline.rules, live.bench.constants
    old, new = (list(live.arms.values())[i].states for i in report.positions)
    table = GrowingTable(
        page,
        IMPLIED_HAZARD_RATIO.title,
        f"{report.names[report.positions[1]]} over {report.names[report.positions[0]]}, of the curves after all steps. "
        "Year 1 is the first year; a jump marks the time at which PFS meets OS and is repaired. Cumulative hazards stand at "
        "the end of the year.",
        [
            *page_columns(report, IMPLIED_HAZARD_RATIO.declared),
            *(
                PageColumn(f"{n}: cumulative hazard of {e}", "factor")
                for e in ("PFS", "OS")
                for n in (report.names[report.positions[0]], report.names[report.positions[1]])
            ),
            PageColumn("Cycle", "plain"),
            PageColumn("Part of the next cycle", "factor"),
            PageColumn("Within the horizon", "plain"),
        ],
    )
    table.add(0.0, "", "", "", "", *(formula_of(0) for _ in range(4)), "", "", "")
    for year in range(1, years + 1):
        row = table.at.n_rows
        here = {k: Formula(table.at.cell(row, k), 0.0) for k in range(13)}
        here[0].value = float(year)
        cycle = whole(here[0] / rules.cycle_years + c.time_tolerance)
        here[9].value = cycle.value
        part = maximum(0, here[0] / rules.cycle_years - here[9])
        here[10].value = part.value
        inside = where(here[0] <= rules.horizon_days / c.days_per_year + c.time_tolerance, 1, 0)
        here[11].value = inside.value
        hazards = []
        for endpoint in ("progression_free", "alive"):
            hazards += [_cumulative(live, getattr(s, endpoint), here[9], here[10]) for s in (old, new)]
        for k, h in enumerate(hazards):
            here[5 + k].value = h.value
        ratios = []
        for k in (5, 7):
            before = [table.cell(row - 1, k + i) for i in range(2)]
            ratios += [_ratio(here[11], here[k + 1] - before[1], here[k] - before[0]), _ratio(here[11], here[k + 1], here[k])]
        table.add(float(year), *ratios, *hazards, cycle, part, inside)
    at = table.at
    chart = line_chart(
        report,
        f"Implied hazard ratio: {report.names[report.positions[1]]} over {report.names[report.positions[0]]}",
        "Year",
        "Hazard ratio in the year",
        "0.0",
        x_min=0,
        x_max=years,
        y_min=0,
    )
    colour = report.colours[report.positions[1]]
    add_line(chart, "OS", at.series(0, 1, years), at.series(3, 1, years), colour)
    add_line(chart, "PFS", at.series(0, 1, years), at.series(1, 1, years), colour, "dash")
    page.charts([chart], width=620, height=320)


def _cumulative(live: LiveModel, column: GridColumn, cycle: Formula, part: Formula) -> Formula:
    """Cumulative hazard between two boundaries, interpolated."""
    smallest = live.bench.constants.smallest
    ends = [-ln(greatest(smallest, index(column.span, cycle + 1 + k))) for k in (0, 1)]
    return ends[0] * (1 - part) + ends[1] * part


def _ratio(inside: Formula, top: Formula, bottom: Formula) -> Formula:
    known = bool(inside.value) and float(bottom.value) > 0
    value: object = float(top.value) / float(bottom.value) if known else ""
    return Formula(f'IF({inside.text}*({bottom.text}>0),({top.text})/({bottom.text}),"")', value)


__all__ = ["As", "math", "np"]
