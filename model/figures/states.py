"""Where patients are over time: in each state in which they live, or dead."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from model.analysis.base_case.base_case import BaseCase
from model.constants import MONTHS_PER_YEAR
from model.figures.curves import column_of, horizon_words, visible_months
from model.figures.frame import finished, framed, hide_unused, label_outer, model_line
from model.figures.scales import share_axis, time_axis
from model.figures.style import INK, arm_styles, in_house_style, tint


@in_house_style
def state_occupancy(base: BaseCase) -> Figure:
    """Share of patients in each state and dead over time, stacked, one panel per arm."""
    d, styles = base.definition, arm_styles(base.definition)
    until, wide = visible_months(base), min(3, len(d.arms))
    rows = -(-len(d.arms) // wide)
    figure, axes = framed(
        "Where patients are over time",
        model_line(d, horizon_words(base, until)),
        (max(9.2, 3.4 * wide), 3.3 * rows),
        rows,
        wide,
        "Years: undiscounted mean time in the state within the horizon.",
        sharex=True,
        sharey=True,
    )
    years_in: Any = base.life_years("undiscounted").set_index("state")
    for axis, arm in zip(hide_unused(axes, len(d.arms)), d.arms, strict=True):
        columns, colour = base.traces[arm.id].columns, styles[arm.id].colour
        inside = columns["Months"] <= until + 1e-9
        years, curves = columns["Years"][inside], [columns[column_of(d, e)][inside] for e in d.endpoints]
        edges = [np.zeros_like(curves[0]), *curves, np.ones_like(curves[0])]
        fills_of = [(tint(colour, shade), hatch) for shade, hatch in shades(len(curves))]
        layers = [(low, high, *look) for low, high, look in zip(edges, edges[1:], [*fills_of, ("#E3E6EB", "")], strict=False)]
        for low, high, fill, hatch in layers:
            axis.fill_between(years, low, high, facecolor=fill, edgecolor="white", hatch=hatch, linewidth=0.6)
        for curve in reversed(curves):
            axis.plot(years, curve, color=INK, linewidth=1.0)
        names = [f"{state.label}, {years_in.loc[state.label, arm.label]:.2f} years" for state in d.living_states]
        fills = [Patch(facecolor=fill, edgecolor="white", hatch=hatch) for _, _, fill, hatch in layers]
        axis.legend(
            fills,
            [*names, "Dead"],
            loc="upper right",
            handlelength=1.6,
            frameon=True,
            facecolor="white",
            edgecolor="none",
            framealpha=0.9,
        )
        axis.set_title(arm.short_label)
        axis.set_xlim(0, until / MONTHS_PER_YEAR)
        axis.set_ylim(0, 1)
        axis.set_axisbelow(False)
        axis.grid(False)
        time_axis(axis.xaxis, until, True)
        share_axis(axis.yaxis, "Share of patients")
    label_outer(figure)
    return finished(figure)


def shades(n: int) -> list[tuple[float, str]]:
    """Strength of an arm's colour and hatching of each state in which patients live, the lowest curve first."""
    hatches = ("", "////", "....", "xxxx")
    return [(0.9 - 0.55 * i / max(1, n - 1), hatches[i % len(hatches)]) for i in range(n)]
