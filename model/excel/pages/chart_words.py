"""A native chart in words, for readers who do not see it: made from its own title, axes and series."""

from __future__ import annotations

from typing import Any

from xlsxwriter.chart import Chart

from model.analysis.amounts import joined

KINDS = {"area": "Area chart", "bar": "Bar chart", "column": "Column chart", "line": "Line chart", "scatter": "Line chart"}
"""By the type of the chart; a scatter chart of ours joins its points unless it shows marks alone."""
MOST_NAMES = 8
LONGEST = 400


def chart_words(chart: Chart) -> str:
    """Kind, title, what is on the axes, and which series there are: the alternative text of a chart."""
    title, x, y = _name(chart.title), _name(chart.x_axis["title"]), _name(chart.y_axis["title"])
    kind = KINDS.get(type(chart).__name__.removeprefix("Chart").lower(), "Chart")
    if kind == "Line chart" and getattr(chart, "subtype", "") == "marker_only":
        kind = "Scatter chart"
    parts = [f"{kind}: {title}" if title else kind]
    if x or y:
        parts.append(f"{y or 'values'} over {x}" if x and kind != "Bar chart" else x or y)
    names = [str(series["name"]) for series in chart.series if series["name"]]
    if names:
        more = len(names) - MOST_NAMES
        shown = names if more <= 0 else [*names[:MOST_NAMES], f"{more} more"]
        parts.append(f"{len(chart.series)} series: {joined(shown)}" if len(names) > 1 else f"series: {names[0]}")
    elif len(chart.series) > 1:
        parts.append(f"{len(chart.series)} series, named in the legend")
    return f"{'. '.join(parts)[:LONGEST].rstrip('. ')}. The numbers stand in the tables of this sheet or of those it names."


def _name(title: Any) -> str:
    """The words of a title; "" where it is taken from a cell or there is none."""
    return str(getattr(title, "name", None) or "").rstrip(".")
