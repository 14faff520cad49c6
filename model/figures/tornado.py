"""The tornado: each input at its two bounds, the others at their values."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from model.analysis.amounts import money
from model.analysis.columns.common import INMB, LABEL
from model.analysis.deterministic.one_way import OneWay
from model.figures.frame import at_threshold, compared_arms, finished, framed, legend_below, model_line, nothing_to_show
from model.figures.scales import axis_words, money_axis, number, sensible_digits
from model.figures.style import DARK_BLUE, GREY, INK, LIGHT_BLUE, in_house_style

TOP_INPUTS = 15
LABEL_WIDTH = 46


@in_house_style
def tornado(one_way: OneWay, threshold: float | None = None, top: int = TOP_INPUTS) -> Figure:
    """The inputs that move the incremental net monetary benefit most, one at a time, widest on top."""
    d = one_way.definition
    willingness_to_pay = d.willingness_to_pay(threshold)
    title = f"One-way sensitivity of the net monetary benefit: {compared_arms(d)}"
    table = one_way.table(willingness_to_pay)
    table = table[table["range"].astype(float) > 0] if len(table) else table
    if table.empty:
        return nothing_to_show(title, model_line(d), "No input is uncertain, or none changes the result.")
    shown = table.head(top)
    rows: list[Any] = list(shown.itertuples())
    base = one_way.base_inmb(willingness_to_pay)
    bounds = "Low and High columns" if d.settings.one_way_bounds == "low_high" else "2.5th and 97.5th percentiles"
    line = model_line(d, at_threshold(d, willingness_to_pay), f"Bounds: {bounds}, values beside the bars")
    note = (
        f"{len(shown)} of {len(table)} inputs that change the result, by width. Above 0 the intervention has a "
        "higher net benefit than the comparator."
    )
    if shown["input"].str.startswith("curves.").any():
        note += " A survival curve is moved as a whole: its values are restricted mean years at the limits of its 95% region."
    labels = ["\n".join(textwrap.wrap(_input_label(row.label, row.unit), LABEL_WIDTH)) for row in rows]
    lines = sum(1 + 0.55 * label.count("\n") for label in labels)
    figure, axes = framed(title, line, (10.0, 1.0 + 0.27 * lines), note=note)
    axis = axes[0, 0]
    ends = np.concatenate([shown["inmb_low"], shown["inmb_high"], [base]]).astype(float)
    span = float(np.ptp(ends))
    for place, row in enumerate(rows):
        low, high = float(row.inmb_low) - base, float(row.inmb_high) - base
        aside = 0.18 if low * high > 0 else 0.0  # both on one side: half-height bars, one above the other
        height = 0.34 if aside else 0.66
        digits = max(sensible_digits(float(row.low)), sensible_digits(float(row.high)))
        axis.barh(
            place - aside, low, left=base, height=height, color=LIGHT_BLUE, hatch="////", edgecolor="white", linewidth=0.4
        )
        axis.barh(place + aside, high, left=base, height=height, color=DARK_BLUE, edgecolor="white", linewidth=0.4)
        for change, value, shift in ((low, row.low, -aside), (high, row.high, aside)):
            right = change > 0 or (change == 0 and shift >= 0 and not (low > 0 or high > 0))
            axis.annotate(
                number(float(value), digits),
                (base + change, place + shift),
                (4 if right else -4, 0),
                textcoords="offset points",
                ha="left" if right else "right",
                va="center",
                fontsize=7 if aside else 7.5,
                color=INK,
            )
    axis.axvline(base, color=INK, linewidth=1.1)
    axis.annotate(
        f"Base case {money(base, d.settings.currency)}",
        (base, 1),
        (0, 3),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="center",
        fontsize=8,
        weight="bold",
    )
    low_end, high_end = ends.min() - 0.12 * span, ends.max() + 0.12 * span
    if low_end < 0 < high_end:
        axis.axvline(0, color=GREY, linewidth=1.2, linestyle=(0, (4, 2)))
    axis.set_xlim(low_end, high_end)
    axis.set_yticks(np.arange(len(shown)), labels)
    axis.set_ylim(len(shown) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0, labelcolor=INK)
    axis.grid(False, axis="y")
    axis.set_ylabel(LABEL.words())
    money_axis(axis.xaxis, d.settings.currency, axis_words(INMB), float(np.abs(ends).max()))
    keys = [Patch(facecolor=LIGHT_BLUE, hatch="////", edgecolor="white"), Patch(facecolor=DARK_BLUE, edgecolor="white")]
    legend_below(figure, keys, ["Input at its lower bound", "Input at its upper bound"])
    return finished(figure)


def _input_label(label: str, unit: str) -> str:
    plain = unit in ("", "share", "probability", "utility", "hazard ratio", "ratio")
    return label if plain or unit.lower() in label.lower() else f"{label} ({unit})"
