"""Value of information: which inputs are worth knowing better, and how large a study of them should be."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from model.analysis.amounts import money
from model.analysis.columns.decision import GROUP
from model.analysis.probabilistic.psa import PSA
from model.constants import NORMAL_975
from model.definition.labels import all_labels
from model.figures.frame import at_threshold, finished, framed, legend_below, model_line, nothing_to_show
from model.figures.scales import log_axis, money_axis
from model.figures.style import GREY, INK, LINE_STYLES, MARKERS, PALETTE, in_house_style, tint

MOST_BARS = 15
LABEL_WIDTH = 46


@in_house_style
def evppi_ranking(psa: PSA, evppi: pd.DataFrame, threshold: float | None = None, most: int = MOST_BARS) -> Figure:
    """The groups or inputs of a table of ``psa.evppi``, the most valuable on top, with their 95% intervals."""
    d = psa.definition
    willingness_to_pay = d.willingness_to_pay(threshold)
    title = "Expected value of partial perfect information"
    line = model_line(d, at_threshold(d, willingness_to_pay), _draws(psa))
    perfect = float(psa.evpi([willingness_to_pay])["evpi"].iloc[0])
    table = evppi[(evppi["willingness_to_pay"] == willingness_to_pay) & (evppi["evppi"] > 0)]
    if table.empty:
        reason = (
            "No draw changes the decision at this threshold: there is nothing to gain from knowing more."
            if perfect == 0
            else "Knowing any one of these alone would not change the decision."
        )
        return nothing_to_show(title, line, reason)
    ranked = table.sort_values("evppi", ascending=False, kind="stable").head(most)
    note = (
        f"{len(ranked)} of {evppi['group'].nunique()} groups or inputs; whiskers: 95% interval of the estimate. "
        f"EVPI, the value of knowing everything: {money(perfect, d.settings.currency)} per patient. Values of "
        "groups do not add up to it."
    )
    known = all_labels(d)
    labels = ["\n".join(textwrap.wrap(known.get(g, g), LABEL_WIDTH)) for g in ranked["group"]]
    lines = sum(1 + 0.55 * label.count("\n") for label in labels)
    figure, axes = framed(title, line, (8.6, 1.0 + 0.3 * lines), note=note)
    axis: Axes = axes[0, 0]
    places = np.arange(len(ranked))
    value, half = ranked["evppi"].to_numpy(), NORMAL_975 * ranked["standard_error"].to_numpy()
    axis.barh(places, value, height=0.66, color=PALETTE[0])
    axis.errorbar(value, places, xerr=[np.minimum(half, value), half], fmt="none", ecolor=INK, elinewidth=1.0, capsize=2.5)
    for place, estimate, above in zip(places, value, half, strict=True):
        axis.annotate(
            f"{estimate / perfect:.0%} of EVPI",
            (estimate + above, place),
            (5, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            color=GREY,
        )
    axis.set_yticks(places, labels)
    axis.set_ylim(len(ranked) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0, labelcolor=INK)
    axis.grid(False, axis="y")
    axis.set_ylabel(GROUP.words())
    top = float((value + half).max())
    axis.set_xlim(0, 1.16 * top)
    money_axis(axis.xaxis, d.settings.currency, "Value of knowing it", top)
    return finished(figure)


@in_house_style
def sample_information(
    psa: PSA,
    evsi: pd.DataFrame,
    enbs: pd.DataFrame | None = None,
    study: str = "a further study",
    threshold: float | None = None,
) -> Figure:
    """Value of a study over its size, from ``psa.evsi``; beside it, from ``psa.enbs``, that value less its cost."""
    d = psa.definition
    willingness_to_pay = d.willingness_to_pay(threshold)
    title = f"Expected value of sample information: {study}"
    line = model_line(d, at_threshold(d, willingness_to_pay), _draws(psa))
    table = evsi[(evsi["willingness_to_pay"] == willingness_to_pay) & (evsi["size"] > 0)].sort_values("size")
    if table.empty or not (table["evsi"] > 0).any():
        return nothing_to_show(title, line, "No data of this study would change the decision at this threshold.")
    net = None if enbs is None else enbs[(enbs["willingness_to_pay"] == willingness_to_pay) & (enbs["size"] > 0)]
    note = "Bands: 95% interval of the estimate. Dashed: value of knowing what the study informs without error (EVPPI)."
    if net is not None:
        note += " Net benefit: value to everybody whom the decision concerns, less the cost of the study."
    figure, axes = framed(title, line, (8.6 if net is not None else 5.4, 3.4), 1, 1 if net is None else 2, note)
    value: Axes = axes[0, 0]
    _curve(value, table["size"], table["evsi"], table["standard_error"], PALETTE[0], MARKERS[0])
    limit = float(table["evppi"].iloc[0])
    value.axhline(limit, color=GREY, linewidth=1.1, linestyle=LINE_STYLES[1])
    value.set_title("Per patient")
    top = max(float((table["evsi"] + NORMAL_975 * table["standard_error"]).max()), limit)
    value.set_ylim(0, 1.06 * top)
    money_axis(value.yaxis, d.settings.currency, "EVSI", top)
    log_axis(value, "x", "Size of the study (patients per group)")
    handles = [
        Line2D([], [], color=PALETTE[0], marker=MARKERS[0], markersize=4),
        Line2D([], [], color=GREY, linestyle=LINE_STYLES[1]),
    ]
    names = ["EVSI", "EVPPI of what the study informs"]
    if net is not None:
        handles += _net_benefit(axes[0, 1], net.sort_values("size"), d.settings.currency)
        names += ["Expected net benefit of sampling", "Best of these sizes"][: len(handles) - 2]
    legend_below(figure, handles, names)
    return finished(figure)


def _net_benefit(axis: Axes, table: pd.DataFrame, currency: str) -> list[Line2D]:
    """Net benefit of sampling over sizes with its optimum; returns what the legend shows."""
    _curve(axis, table["size"], table["enbs"], table["standard_error"], PALETTE[2], MARKERS[1])
    axis.axhline(0, color=INK, linewidth=0.9)
    axis.set_title("Net benefit of sampling")
    money_axis(axis.yaxis, currency, "Population EVSI less cost", float(table["enbs"].abs().max()), per="in all")
    log_axis(axis, "x", "Size of the study (patients per group)")
    handles = [Line2D([], [], color=PALETTE[2], marker=MARKERS[1], markersize=4)]
    best = table[table["optimal"]]
    if len(best):
        size, net = float(best["size"].iloc[0]), float(best["enbs"].iloc[0])
        axis.plot([size], [net], marker="*", markersize=13, color=PALETTE[1], linestyle="none", zorder=5)
        handles.append(Line2D([], [], color=PALETTE[1], marker="*", markersize=10, linestyle="none"))
    return handles


def _curve(axis: Axes, sizes: pd.Series, values: pd.Series, errors: pd.Series, colour: str, marker: str) -> None:
    low, high = values - NORMAL_975 * errors, values + NORMAL_975 * errors
    axis.fill_between(sizes, low, high, color=tint(colour, 0.2), linewidth=0)
    axis.plot(sizes, values, color=colour, marker=marker, markersize=4)


def _draws(psa: PSA) -> str:
    return f"{psa.outcomes.n_draws:,} draws, seed {psa.seed}"
