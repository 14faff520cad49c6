"""Net benefit over two inputs as filled contours, blue where the intervention is cost-effective."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from model.analysis.columns.common import INMB
from model.analysis.deterministic.two_way import Axis as Input
from model.analysis.deterministic.two_way import TwoWay
from model.arrays import Array
from model.figures.frame import at_threshold, compared_arms, finished, framed, legend_below, model_line
from model.figures.scales import axis_words, money_axis, plain_axis
from model.figures.style import INK, PALETTE, in_house_style

LEVELS = 12
COLOURS = LinearSegmentedColormap.from_list("net benefit", [PALETTE[1], "#FFFFFF", PALETTE[0]])


@in_house_style
def two_way_contours(result: TwoWay, threshold: float | None = None) -> Figure:
    """Net benefit over the best other option, by two inputs; where it is zero as a thick line, the base case as a cross."""
    d = result.definition
    willingness_to_pay = d.willingness_to_pay(threshold)
    note = "Thick line: net benefit is zero, the decision changes there. Cross: base case. All else as in the base case."
    figure, axes = framed(
        f"Net benefit over two inputs: {compared_arms(d)}",
        model_line(d, at_threshold(d, willingness_to_pay)),
        (7.5, 4.6),
        note=note,
    )
    axis = axes[0, 0]
    one, two = result.first, result.second
    line = net_benefit_contours(axis, one.values, two.values, result.lead(willingness_to_pay), d.settings.currency)
    axis.plot(one.base, two.base, "x", color=INK, markersize=8, markeredgewidth=2, clip_on=False, zorder=5)
    for which, side in ((one, axis.xaxis), (two, axis.yaxis)):
        plain_axis(side, input_words(which), float(np.ptp(which.values)))
    axis.set_xlim(one.values[0], one.values[-1])
    axis.set_ylim(two.values[0], two.values[-1])
    if line:
        legend_below(figure, [line], ["Net benefit is zero"])
    return finished(figure)


def input_words(side: Input) -> str:
    """Label and unit of an input."""
    plain = not side.unit or side.unit.lower() in side.label.lower()
    return side.label if plain else f"{side.label} ({side.unit})"


def net_benefit_contours(axis: Axes, x: Array, y: Array, inmb: Array, currency: str) -> Line2D | None:
    """Fill ``axis`` with contours of ``inmb`` ``(n_x, n_y)`` and a colour bar; returns the handle of the line at zero, or
    None where net benefit is of one sign everywhere."""
    largest = float(np.abs(inmb).max()) or 1.0
    levels = MaxNLocator(LEVELS).tick_values(float(inmb.min()), float(inmb.max()))
    filled = axis.contourf(x, y, inmb.T, levels, cmap=COLOURS, norm=TwoSlopeNorm(0.0, -largest, largest))
    figure = axis.figure
    assert isinstance(figure, Figure)
    bar = figure.colorbar(filled, ax=axis)
    money_axis(bar.ax.yaxis, currency, axis_words(INMB), largest)
    axis.grid(False)
    if not inmb.min() < 0 < inmb.max():
        return None
    axis.contour(x, y, inmb.T, [0.0], colors=[INK], linewidths=2.2)
    return Line2D([], [], color=INK, linewidth=2.2)
