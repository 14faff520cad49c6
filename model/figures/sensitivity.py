"""Deterministic sensitivity: the tornado of single inputs, and the scenarios."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from model.analysis.amounts import money
from model.analysis.columns.common import INMB, LABEL
from model.analysis.columns.deterministic import SCENARIO_LABEL
from model.analysis.deterministic.one_way import OneWay
from model.analysis.deterministic.scenarios import Scenarios
from model.analysis.wording import ratio_words
from model.figures.frame import at_threshold, comparison, finished, framed, legend_below, model_line, nothing_to_show
from model.figures.scales import axis_words, money_axis, number, sensible_digits
from model.figures.style import GREY, INK, in_house_style

LOW, HIGH = "#8FB8DE", "#1F4E79"
TOP_INPUTS = 15
MOST_SCENARIOS = 40
LABEL_WIDTH = 46


@in_house_style
def tornado(one_way: OneWay, threshold: float | None = None, top: int = TOP_INPUTS) -> Figure:
    """The inputs that move the incremental net monetary benefit most, one at a time, widest on top."""
    d = one_way.definition
    wtp = d.willingness_to_pay(threshold)
    title = f"One-way sensitivity of the net monetary benefit: {comparison(d)}"
    table = one_way.table(wtp)
    table = table[table["range"].astype(float) > 0] if len(table) else table
    if table.empty:
        return nothing_to_show(title, model_line(d), "No input is uncertain, or none changes the result.")
    shown = table.head(top)
    rows: list[Any] = list(shown.itertuples())
    base = one_way.base_inmb(wtp)
    bounds = "Low and High columns" if d.settings.one_way_bounds == "low_high" else "2.5th and 97.5th percentiles"
    line = model_line(d, at_threshold(d, wtp), f"Bounds: {bounds}, values beside the bars")
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
        axis.barh(place - aside, low, left=base, height=height, color=LOW, hatch="////", edgecolor="white", linewidth=0.4)
        axis.barh(place + aside, high, left=base, height=height, color=HIGH, edgecolor="white", linewidth=0.4)
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
    keys = [Patch(facecolor=LOW, hatch="////", edgecolor="white"), Patch(facecolor=HIGH, edgecolor="white")]
    legend_below(figure, keys, ["Input at its lower bound", "Input at its upper bound"])
    return finished(figure)


def _input_label(label: str, unit: str) -> str:
    plain = unit in ("", "share", "probability", "utility", "hazard ratio", "ratio")
    return label if plain or unit.lower() in label.lower() else f"{label} ({unit})"


@in_house_style
def scenario_results(scenarios: Scenarios, threshold: float | None = None, most: int = MOST_SCENARIOS) -> Figure:
    """Incremental net monetary benefit of every scenario beside the base case, with its ICER in words."""
    d = scenarios.definition
    wtp = d.willingness_to_pay(threshold)
    title = f"Scenarios: incremental net monetary benefit and ICER, {comparison(d)}"
    if not scenarios.scenarios:
        return nothing_to_show(title, model_line(d), "The model defines no scenarios.")
    table = scenarios.table()
    inmb = (wtp * table["incremental_qalys"] - table["incremental_cost"]).to_numpy(dtype=float)
    base, change = float(inmb[0]), inmb[1:] - inmb[0]
    largest = np.sort(np.argsort(-np.abs(change), kind="stable")[:most])
    chosen = largest[np.argsort(-change[largest], kind="stable")] + 1
    note = (
        f"All {len(change)} scenarios, best for the intervention on top."
        if len(chosen) == len(change)
        else (
            f"The {len(chosen)} of {len(change)} scenarios that change the result most, best for the intervention on top; "
            "the table of scenarios lists all."
        )
    )
    figure, axes = framed(title, model_line(d, at_threshold(d, wtp)), (10.0, 1.0 + 0.19 * len(chosen)), note=note)
    axis = axes[0, 0]
    better = inmb[chosen] >= base
    places = np.arange(len(chosen))
    for place, k, good in zip(places, chosen, better, strict=True):
        axis.plot(
            [base, inmb[k]], [place, place], color=HIGH if good else LOW, linewidth=2.2, solid_capstyle="butt", zorder=2
        )
        axis.plot(
            inmb[k], place, "o" if good else "s", color=HIGH if good else LOW, markersize=5, markeredgecolor=HIGH, zorder=3
        )
    axis.axvline(base, color=INK, linewidth=1.1, zorder=1)
    row = table.iloc[0]
    words = icer_words(float(row["incremental_cost"]), float(row["incremental_qalys"]), d.settings.currency)
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
    if min(inmb[chosen].min(), base) < 0 < max(inmb[chosen].max(), base):
        axis.axvline(0, color=GREY, linewidth=1.2, linestyle=(0, (4, 2)))
    across = axis.get_yaxis_transform()
    axis.text(1.02, -1.0, f"ICER (base case {words})", transform=across, fontsize=7.8, weight="bold", va="center")
    for place, k in zip(places, chosen, strict=True):
        text = icer_words(
            float(table["incremental_cost"].iloc[k]), float(table["incremental_qalys"].iloc[k]), d.settings.currency
        )
        axis.text(1.02, place, text, transform=across, fontsize=7.5, va="center")
    axis.set_yticks(places, [textwrap.shorten(label, 62, placeholder=" ...") for label in table["label"].iloc[chosen]])
    axis.set_ylim(len(chosen) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0, labelcolor=INK, labelsize=7.5)
    axis.grid(True, axis="y", alpha=0.6)
    axis.set_ylabel(SCENARIO_LABEL.words())
    axis.margins(x=0.06)
    money_axis(axis.xaxis, d.settings.currency, axis_words(INMB), float(np.abs(inmb).max()))
    return finished(figure)


def icer_words(cost: float, qalys: float, currency: str) -> str:
    """Cost per QALY, or what stands in its place where a ratio would mislead, in a few words."""
    words = ratio_words(cost, qalys, currency).split(":")[0]
    short = words.removesuffix(" per QALY gained").removesuffix(" in costs or QALYs")
    return short.replace("a saving of", "saves").replace("forgone", "lost")
