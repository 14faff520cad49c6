"""The model beside figures from outside the trial."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from model.analysis.base_case.against_evidence import external_evidence
from model.analysis.base_case.base_case import BaseCase
from model.figures.frame import finished, framed, legend_below, model_line, nothing_to_show
from model.figures.scales import plain_axis, share_axis
from model.figures.style import INK, PALETTE, in_house_style

TITLE = "The model beside figures from outside the trial"


@in_house_style
def against_external_evidence(base: BaseCase) -> Figure:
    """Medians and landmarks of other studies with their intervals, and the model's value of the arm they stand beside."""
    d = base.definition
    table = external_evidence(base)
    table = table[np.isfinite(table["reported"].astype(float))] if len(table) else table
    kinds = [k for k in ("median", "landmark") if len(table) and (table["statistic"] == k).any()]
    if not kinds:
        return nothing_to_show(TITLE, model_line(d), "The model lists no external evidence.")
    counts = [int((table["statistic"] == k).sum()) for k in kinds]
    note = (
        "Populations and times of counting differ; the table of external evidence says how. "
        "Arm in brackets: the one whose model value is shown."
    )
    figure, axes = framed(
        TITLE, model_line(d), (9.6, 0.75 * len(kinds) + 0.36 * sum(counts)), len(kinds), 1, note, height_ratios=counts
    )
    for axis, kind in zip(axes[:, 0], kinds, strict=True):
        rows: list[Any] = list(table[table["statistic"] == kind].sort_values("endpoint", kind="stable").itertuples())
        for place, row in enumerate(rows):
            low, high = row.lower_95, row.upper_95
            left = row.reported if low is None or np.isnan(low) else low
            right = row.reported if high is None or np.isnan(high) else high
            axis.plot([left, right], [place, place], color=INK, linewidth=1.2)
            axis.plot(
                row.reported,
                place,
                "o",
                color=INK,
                markersize=5,
                markerfacecolor="white" if row.independence == "independent" else INK,
            )
            if np.isfinite(row.model):
                axis.plot(row.model, place, "D", color=PALETTE[1], markersize=5.5)
        axis.set_yticks(np.arange(len(rows)), [_label(r) for r in rows])
        axis.set_ylim(len(rows) - 0.5, -0.5)
        axis.tick_params(axis="y", length=0, labelcolor=INK, labelsize=7.3)
        axis.set_ylabel("Study")
        if kind == "median":
            axis.set_xlim(0, 1.05 * axis.get_xlim()[1])
            plain_axis(axis.xaxis, "Median (months)", 100)
        else:
            axis.set_xlim(0, 1)
            share_axis(axis.xaxis, "Share event-free at the month given")
    common: dict[str, Any] = dict(color=INK, marker="o", markersize=5, linewidth=1.2)
    keys = [
        Line2D([], [], markerfacecolor="white", **common),
        Line2D([], [], markerfacecolor=INK, **common),
        Line2D([], [], color=PALETTE[1], marker="D", markersize=5.5, linestyle="none"),
    ]
    legend_below(figure, keys, ["Independent study, 95% interval", "Partly used in the model", "Model"])
    return finished(figure)


def _label(row: Any) -> str:
    endpoint = {"progression-free survival": "PFS", "overall survival": "OS"}.get(row.endpoint, row.endpoint)
    month = f" at {row.month:g} months" if row.statistic == "landmark" else ""
    arm = f" ({row.compared_with})" if row.compared_with else ""
    return "\n".join(textwrap.wrap(f"{row.study}: {endpoint}{month}{arm}", 62))
