"""Scenarios: incremental net monetary benefit of each beside the base case."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.figure import Figure

from model.analysis.amounts import money
from model.analysis.columns.common import INMB
from model.analysis.columns.deterministic import SCENARIO_LABEL
from model.analysis.deterministic.scenarios import Scenarios
from model.analysis.ratio_words import ratio_words
from model.figures.frame import at_threshold, compared_arms, finished, framed, model_line, nothing_to_show
from model.figures.scales import axis_words, money_axis
from model.figures.style import DARK_BLUE, GREY, INK, LIGHT_BLUE, in_house_style

MOST_SCENARIOS = 40


@in_house_style
def scenario_results(scenarios: Scenarios, threshold: float | None = None, most: int = MOST_SCENARIOS) -> Figure:
    """Incremental net monetary benefit of every scenario beside the base case, with its ICER in words."""
    d = scenarios.definition
    willingness_to_pay = d.willingness_to_pay(threshold)
    title = f"Scenarios: incremental net monetary benefit and ICER, {compared_arms(d)}"
    if not scenarios.scenarios:
        return nothing_to_show(title, model_line(d), "The model defines no scenarios.")
    table = scenarios.table()
    inmb = (willingness_to_pay * table["incremental_qalys"] - table["incremental_cost"]).to_numpy(dtype=float)
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
    figure, axes = framed(
        title, model_line(d, at_threshold(d, willingness_to_pay)), (10.0, 1.0 + 0.19 * len(chosen)), note=note
    )
    axis = axes[0, 0]
    better = inmb[chosen] >= base
    places = np.arange(len(chosen))
    for place, k, good in zip(places, chosen, better, strict=True):
        axis.plot(
            [base, inmb[k]],
            [place, place],
            color=DARK_BLUE if good else LIGHT_BLUE,
            linewidth=2.2,
            solid_capstyle="butt",
            zorder=2,
        )
        axis.plot(
            inmb[k],
            place,
            "o" if good else "s",
            color=DARK_BLUE if good else LIGHT_BLUE,
            markersize=5,
            markeredgecolor=DARK_BLUE,
            zorder=3,
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
