"""Native charts: one look, axis titles with units, the arms' colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xlsxwriter.chart import Chart

from model.excel.output_book import POPULATION_COLOUR, Report
from model.excel.pages.lines import SMALL, add_line, axis_options, dress, line_chart
from model.excel.pages.styles import DARK, FONT

if TYPE_CHECKING:
    from model.excel.pages.page import TableAt

Spans = dict[str, list[Any]]
CATEGORY_COLOURS = (
    "#1F3864",
    "#A8C6DF",
    "#B45309",
    "#FAD98B",
    "#2E7D5B",
    "#C3A5DB",
    "#4B5563",
    "#F2B134",
    "#7B4FA3",
    "#8CC29F",
    "#B91C4B",
    "#8FD3D8",
    "#6B4F2A",
    "#EE9AB2",
    "#0E7C86",
    "#CDB892",
    "#5B8DB8",
    "#D9DCE1",
)
"""Dark and light in turns: neighbours in a stack differ in brightness."""


def survival_chart(report: Report, spans: Spans) -> Chart:
    """PFS and OS of every arm, and the general population."""
    chart = line_chart(
        report,
        "Progression-free and overall survival",
        "Years since time zero",
        "Share of patients",
        x_min=0,
        x_max=horizon(report),
        y_min=0,
        y_max=1,
    )
    for name, colour in zip(report.names, report.colours, strict=True):
        add_line(chart, f"{name}: OS", spans["Years"], spans[f"{name}: OS"], colour)
        add_line(chart, f"{name}: PFS", spans["Years"], spans[f"{name}: PFS"], colour, "dash")
    if "General population" in spans:
        add_line(
            chart, "General population", spans["Years"], spans["General population"], POPULATION_COLOUR, "round_dot", 1.25
        )
    return chart


def treatment_chart(report: Report, spans: Spans) -> Chart:
    """Share on each drug, per arm; colour by arm, dashes by drug."""
    chart = line_chart(
        report,
        "Time on treatment",
        "Years since time zero",
        "Share of patients on the drug",
        x_min=0,
        x_max=horizon(report),
        y_min=0,
        y_max=1,
    )
    dashes = ("solid", "dash", "round_dot", "long_dash_dot", "square_dot")
    for name, colour in zip(report.names, report.colours, strict=True):
        own = [key for key in spans if key.startswith(f"{name}: On ")]
        for number, key in enumerate(own):
            add_line(chart, key.replace(": On ", ": "), spans["Years"], spans[key], colour, dashes[number % len(dashes)])
    return chart


def occupancy_chart(report: Report, name: str, spans: Spans, labels_every: int) -> Chart:
    """State occupancy of one arm as a stacked area."""
    chart = report.workbook.add_chart({"type": "area", "subtype": "percent_stacked"})
    assert chart is not None
    dress(chart, f"State occupancy: {name}", "Years since time zero", "Share of patients", "0", "0%")
    chart.set_x_axis(
        axis_options("Years since time zero", "0")
        | {"text_axis": True, "interval_unit": labels_every, "interval_tick": labels_every, "position_axis": "on_tick"}
    )
    for state, colour in report.state_colours.items():
        chart.add_series(
            {
                "name": state,
                "categories": spans["Years"],
                "values": spans[f"{name}: {state}"],
                "fill": {"color": colour},
                "border": {"none": True},
            }
        )
    return chart


def cost_breakdown(report: Report, costs: TableAt) -> Chart:
    """Discounted cost per arm as a bar stacked by category."""
    chart = report.workbook.add_chart({"type": "bar", "subtype": "stacked"})
    assert chart is not None
    dress(chart, "Discounted cost per patient by category", f"Cost per patient, {report.currency}", "", "#,##0", "")
    chart.set_y_axis({"reverse": True, "num_font": SMALL, "major_gridlines": {"visible": False}})
    chart.set_x_axis(axis_options(f"Discounted cost per patient, {report.currency}", "#,##0") | {"label_position": "high"})
    first, last = 2, 1 + len(report.names)
    heads = [costs.sheet, costs.header_row, first, costs.header_row, last]
    rows = range(costs.n_rows - costs.n_totals)
    # A category that care may move to, but does not in the run, is left out; a chart needs one bar, be it of length 0.
    spent = [i for i in rows if any(float(cell.value) for cell in costs.rows[i][first : last + 1])]
    for i in spent or rows:
        row = costs.first_row + i
        chart.add_series(
            {
                "name": [costs.sheet, row, 0],
                "categories": heads,
                "values": [costs.sheet, row, first, row, last],
                "fill": {"color": CATEGORY_COLOURS[i % len(CATEGORY_COLOURS)]},
                "border": {"color": "#FFFFFF"},
                "gap": 60,
            }
        )
    chart.set_legend({"position": "right", "font": SMALL})
    return chart


def costs_in_words(report: Report) -> str:
    """What the chart of costs shows, for who cannot see it."""
    return f"Bars of the discounted cost per patient of {', '.join(report.names)}, parted by category, in {report.currency}."


def tornado_chart(report: Report, table: TableAt, n: int, low: int, high: int, base: str) -> Chart:
    """Change of INMB from the base case at both bounds of the widest inputs."""
    chart = report.workbook.add_chart({"type": "bar", "subtype": "clustered"})
    assert chart is not None
    dress(chart, f"The {n} widest inputs", "", "", "#,##0", "")
    chart.set_title({"name": base, "name_font": {"name": FONT, "size": 11, "bold": True, "color": DARK}})
    words = f"Change in incremental net monetary benefit from the base case, {report.currency}"
    chart.set_x_axis(axis_options(words, "#,##0") | {"label_position": "high"})
    chart.set_y_axis(
        {
            "reverse": True,
            "num_font": {"name": FONT, "size": 8},
            "label_position": "low",
            "major_gridlines": {"visible": False},
            "line": {"color": "#374151"},
        }
    )
    for name, column, colour in (("Low bound", low, "#7F96BF"), ("High bound", high, "#1F3864")):
        chart.add_series(
            {
                "name": name,
                "categories": table.series(0, 0, n - 1),
                "values": table.series(column, 0, n - 1),
                "fill": {"color": colour},
                "overlap": 100,
                "gap": 35,
            }
        )
    return chart


def plane_chart(
    report: Report,
    points: dict[str, Any],
    lines: Sequence[tuple[str, list[Any], list[Any], str]],
    single: Sequence[tuple[str, list[Any], list[Any], str]],
) -> Chart:
    """Cost-effectiveness plane: draws, threshold lines with their names, and single points (means and base case)."""
    chart = report.workbook.add_chart({"type": "scatter"})
    assert chart is not None
    dress(
        chart,
        f"Cost-effectiveness plane: {report.increment}",
        "Incremental QALYs",
        f"Incremental cost, {report.currency}",
        "0.0",
        "#,##0",
    )
    chart.add_series(
        {
            **points,
            "marker": {
                "type": "circle",
                "size": 2,
                "border": {"none": True},
                "fill": {"color": report.colours[report.positions[1]], "transparency": 60},
            },
        }
    )
    for name, x, y, colour in lines:
        chart.add_series(
            {
                "name": name,
                "categories": x,
                "values": y,
                "marker": {"type": "none"},
                "line": {"color": colour, "width": 1.5, "dash_type": "dash"},
                "data_labels": {  # at the far end of the line
                    "value": False,
                    "series_name": True,
                    "position": "above",
                    "font": SMALL,
                    "custom": [{"delete": True}, None],
                },
            }
        )
    for name, x, y, colour in single:
        chart.add_series(
            {
                "name": name,
                "categories": x,
                "values": y,
                "marker": {"type": "diamond", "size": 9, "fill": {"color": colour}, "border": {"color": "#FFFFFF"}},
            }
        )
    return chart


def horizon(report: Report) -> float:
    """The horizon in years, for axes."""
    return float(round(report.base.engine.timeline.years[-1]) or report.base.engine.timeline.years[-1])
