"""Global sensitivity: Sobol indices as bars with their intervals, elementary effects as points."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from model.analysis.columns.common import LABEL
from model.analysis.global_sensitivity import Morris, Sobol
from model.figures.frame import at_threshold, compared_arms, finished, framed, legend_below, model_line
from model.figures.scales import money_axis, share_axis
from model.figures.style import GREY, INK, PALETTE, in_house_style, tint

TOP_INPUTS = 15
LABEL_WIDTH = 46


@in_house_style
def sobol_bars(result: Sobol, threshold: float | None = None, top: int = TOP_INPUTS) -> Figure:
    """First-order and total index of the inputs that explain most of the variance of INMB, and of incremental QALYs."""
    d = result.definition
    willingness_to_pay = result.threshold if threshold is None else threshold
    tables = {"INMB": result.table("inmb", willingness_to_pay), "Incremental QALYs": result.table("qalys")}
    shown = tables["INMB"].head(top)
    note = (
        f"{len(shown)} of {len(tables['INMB'])} uncertain inputs, by total index of INMB. First-order: share of variance "
        "that the input explains alone; total: with all its interactions. Whiskers: 95% bootstrap intervals."
    )
    size = (10.0, 0.8 + 0.34 * len(shown))
    line = model_line(
        d, at_threshold(d, willingness_to_pay), f"{result.design.n_points:,} model runs, seed {result.design.seed}"
    )
    figure, axes = framed(f"Global sensitivity, Sobol indices: {compared_arms(d)}", line, size, 1, 2, note, sharey=True)
    place = np.arange(len(shown))
    for axis, (name, table) in zip(axes[0], tables.items(), strict=True):
        rows = table.set_index("input").loc[shown["input"]]
        for shift, kind, colour in ((-0.19, "total", PALETTE[0]), (0.19, "first", tint(PALETTE[0], 0.4))):
            axis.barh(
                place + shift,
                np.maximum(rows[kind].to_numpy(dtype=float), 0.0),
                height=0.36,
                color=colour,
                xerr=rows[f"{kind}_half_width"].to_numpy(dtype=float),
                error_kw={"ecolor": GREY, "elinewidth": 1.0},
                label={"total": "Total", "first": "First-order"}[kind],
            )
        axis.set_title(name)
        axis.set_xlim(0, None)
        share_axis(axis.xaxis, "Share of variance")
        axis.grid(False, axis="y")
    axes[0, 0].set_yticks(place, ["\n".join(textwrap.wrap(label, LABEL_WIDTH)) for label in shown["label"]])
    axes[0, 0].set_ylim(len(shown) - 0.4, -0.6)
    axes[0, 0].set_ylabel(LABEL.words())
    legend_below(figure, *axes[0, 0].get_legend_handles_labels())
    return finished(figure)


@in_house_style
def morris_points(result: Morris, threshold: float | None = None, top: int = TOP_INPUTS) -> Figure:
    """Mean absolute elementary effect on INMB with its interval, largest on top; spread of the effects as an open mark."""
    d = result.definition
    willingness_to_pay = result.threshold if threshold is None else threshold
    rows: list[Any] = list(result.table("inmb", willingness_to_pay).head(top).itertuples())
    note = (
        "Change of INMB over the input's range (2.5th to 97.5th percentile), at random places of the others: mean of the "
        "absolute effects with 95% bootstrap interval. Open mark: spread of the effects, large where they are not linear "
        "or depend on other inputs; not defined for curves and shares, which several numbers move."
    )
    line = model_line(
        d, at_threshold(d, willingness_to_pay), f"{result.design.trajectories} trajectories, seed {result.design.seed}"
    )
    figure, axes = framed(
        f"Screening by elementary effects (Morris): {compared_arms(d)}", line, (9.0, 0.8 + 0.27 * len(rows)), note=note
    )
    axis, largest = axes[0, 0], 0.0
    for place, row in enumerate(rows):
        axis.errorbar(
            row.mean_absolute_effect,
            place,
            xerr=row.half_width,
            fmt="o",
            color=PALETTE[0],
            ecolor=GREY,
            label="Mean absolute effect" if place == 0 else None,
        )
        axis.plot(
            row.spread_of_effects,
            place,
            "s",
            markerfacecolor="white",
            markeredgecolor=PALETTE[1],
            label="Spread of effects" if place == 0 else None,
        )
        largest = max(largest, row.mean_absolute_effect + row.half_width)
    axis.set_yticks(np.arange(len(rows)), ["\n".join(textwrap.wrap(r.label, LABEL_WIDTH)) for r in rows])
    axis.set_ylim(len(rows) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0, labelcolor=INK)
    axis.set_xlim(0, None)
    axis.set_ylabel(LABEL.words())
    money_axis(axis.xaxis, d.settings.currency, "Effect on the incremental net monetary benefit", largest)
    legend_below(figure, *axis.get_legend_handles_labels())
    return finished(figure)
