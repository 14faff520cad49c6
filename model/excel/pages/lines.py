"""The look of native charts, and charts of lines."""

from __future__ import annotations

from typing import Any

from xlsxwriter.chart import Chart

from model.excel.pages.desk import Desk
from model.excel.pages.styles import DARK, FONT

GRID = {"visible": True, "line": {"color": "#E5E7EB", "width": 0.75}}
SMALL = {"name": FONT, "size": 9}
DASHES = ("solid", "dash", "long_dash_dot", "round_dot", "long_dash", "square_dot")
"""Of lines in turn, so that none is known by its colour alone."""


def line_chart(report: Desk, title: str, x: str, y: str, y_format: str = "0%", **limits: float) -> Chart:
    """An empty scatter chart with straight lines; ``limits``: x_min, x_max, x_step, y_min and so on."""
    chart = report.workbook.add_chart({"type": "scatter", "subtype": "straight"})
    assert chart is not None
    dress(chart, title, x, y, "#,##0", y_format)
    for axis, name in ((chart.set_x_axis, "x"), (chart.set_y_axis, "y")):
        options = axis_options(x if name == "x" else y, "#,##0" if name == "x" else y_format)
        for end, option in (("min", "min"), ("max", "max"), ("step", "major_unit")):
            if f"{name}_{end}" in limits:
                options[option] = limits[f"{name}_{end}"]
        axis(options)
    return chart


def dress(chart: Chart, title: str, x: str, y: str, x_format: str, y_format: str) -> None:
    """Title, axis titles with units, legend and grid."""
    chart.set_title({"name": title, "name_font": {"name": FONT, "size": 12, "bold": True, "color": DARK}, "overlay": False})
    chart.set_x_axis(axis_options(x, x_format))
    chart.set_y_axis(axis_options(y, y_format))
    chart.set_legend({"position": "bottom", "font": SMALL})
    chart.set_chartarea({"border": {"color": "#D1D5DB"}})


def axis_options(title: str, number_format: str) -> dict[str, Any]:
    return {
        "name": title,
        "name_font": {**SMALL, "bold": False},
        "num_font": SMALL,
        "num_format": number_format,
        "major_gridlines": GRID,
        "line": {"color": "#9CA3AF"},
        "label_position": "low",
    }


def dash_of(place: int) -> str:
    """The dashes of a line by its place among the others."""
    return DASHES[place % len(DASHES)]


def add_line(
    chart: Chart, name: str, x: list[Any], y: list[Any], colour: str, dash: str = "solid", width: float = 2.0
) -> None:
    """A line of a scatter chart."""
    chart.add_series(
        {
            "name": name,
            "categories": x,
            "values": y,
            "marker": {"type": "none"},
            "line": {"color": colour, "width": width, "dash_type": dash},
        }
    )
