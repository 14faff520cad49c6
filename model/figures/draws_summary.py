"""Figures of the summary of any program's draws: plane, acceptability, loss and EVPI, value of information, convergence."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from model.analysis.columns.common import INCREMENTAL_COST, WILLINGNESS_TO_PAY
from model.analysis.columns.decision import DRAWS, INCREMENTAL_EFFECT
from model.analysis.decision.psa_summary import PSASummary
from model.figures.frame import finished, framed, legend_below
from model.figures.scales import money_axis, plain_axis, share_axis
from model.figures.style import GREY, INK, LINE_STYLES, MARKERS, PALETTE, in_house_style, tint

MOST_POINTS = 3000
MOST_BARS = 12


def summary_figures(summary: PSASummary, source: str) -> dict[str, Figure]:
    """Every figure by the stem of its file; ``source``: name of the file of draws, for the line under the title."""
    line = f"{source}, {summary.n_draws:,} draws."
    made = {
        "01_plane": plane(summary, line),
        "02_acceptability": acceptability(summary, line),
        "03_expected_loss": expected_loss(summary, line),
        "05_convergence": convergence(summary, line),
    }
    if summary.evppi is not None:
        made["04_value_of_information"] = evppi_by_parameter(summary, line)
    return dict(sorted(made.items()))


@in_house_style
def plane(summary: PSASummary, line: str) -> Figure:
    """Incremental cost against incremental effect of every option over the reference."""
    shown = min(summary.n_draws, max(100, MOST_POINTS // len(summary.others)))
    note = f"{shown:,} of {summary.n_draws:,} draws are drawn; large marks: means of all. Lines: thresholds."
    title = f"Cost-effectiveness plane: against {summary.reference}"
    figure, axes = framed(title, line, (7.6, 5.0), note=note)
    axis: Axes = axes[0, 0]
    for k, arm in enumerate(summary.others):
        cost, effect = summary.increments(arm)
        colour, mark = _colour(summary, arm), MARKERS[k % len(MARKERS)]
        axis.plot(
            effect[:shown],
            cost[:shown],
            mark,
            color=colour,
            markersize=2.6,
            alpha=0.28,
            markeredgewidth=0,
            rasterized=True,
            zorder=2,
        )
        axis.plot(
            effect.mean(),
            cost.mean(),
            mark,
            color=colour,
            markersize=9,
            markeredgecolor="white",
            markeredgewidth=1.5,
            linestyle="none",
            label=f"{arm}: mean",
            zorder=6,
        )
    low, high = (min(axis.get_xlim()[0], 0), max(axis.get_xlim()[1], 0))
    bottom, top = (min(axis.get_ylim()[0], 0), max(axis.get_ylim()[1], 0))
    for k, threshold in enumerate(summary.thresholds):
        axis.plot(
            [low, high],
            [low * threshold, high * threshold],
            color=GREY,
            linewidth=1.1,
            linestyle=LINE_STYLES[k % len(LINE_STYLES)],
            zorder=3,
            label=f"{summary.amount(threshold)} per {summary.effect_unit}",
        )
    axis.axhline(0, color=INK, linewidth=0.9, zorder=1)
    axis.axvline(0, color=INK, linewidth=0.9, zorder=1)
    axis.set_xlim(low, high)
    axis.set_ylim(bottom, top)
    plain_axis(axis.xaxis, f"{INCREMENTAL_EFFECT.words(summary.effect_unit)} per patient", high - low)
    money_axis(axis.yaxis, _currency(summary), INCREMENTAL_COST.words(), max(abs(bottom), abs(top)))
    legend_below(figure, *axis.get_legend_handles_labels())
    return finished(figure)


@in_house_style
def acceptability(summary: PSASummary, line: str) -> Figure:
    """Probability that each option is the most cost-effective, with the frontier."""
    note = "Thick pale line: frontier, the probability of the option with the highest mean net benefit."
    figure, axes = framed("Cost-effectiveness acceptability curves and frontier", line, (8.0, 4.0), note=note)
    axis: Axes = axes[0, 0]
    curves, frontier = summary.ceac(), summary.ceaf()
    axis.plot(
        summary.grid,
        frontier["probability_cost_effective"],
        color="#C9CDD4",
        linewidth=7,
        zorder=1.5,
        label="Acceptability frontier",
        solid_capstyle="butt",
    )
    _line_of_each_arm(axis, summary, curves)
    axis.set_ylim(-0.02, 1.04)
    share_axis(axis.yaxis, "Probability of being the most cost-effective")
    _thresholds(axis, summary)
    legend_below(figure, *axis.get_legend_handles_labels())
    return finished(figure)


@in_house_style
def expected_loss(summary: PSASummary, line: str) -> Figure:
    """Expected loss of each option and, as their lower edge, the EVPI."""
    note = "The lowest of the curves is the expected value of perfect information (shaded)."
    figure, axes = framed("Expected loss and value of perfect information", line, (8.0, 4.0), note=note)
    axis: Axes = axes[0, 0]
    losses, evpi = summary.expected_loss(), summary.evpi()["evpi"].to_numpy()
    axis.fill_between(summary.grid, evpi, color="#E3E6EB", linewidth=0)
    _line_of_each_arm(axis, summary, losses)
    top = max(float(losses.to_numpy().max()), 1.0)
    axis.set_ylim(0, 1.06 * top)
    money_axis(axis.yaxis, _currency(summary), "Expected loss", top)
    _thresholds(axis, summary)
    legend_below(figure, *axis.get_legend_handles_labels())
    return finished(figure)


def _line_of_each_arm(axis: Axes, summary: PSASummary, table: pd.DataFrame) -> None:
    """A line over thresholds for every option, in its colour and dash."""
    for k, arm in enumerate(summary.arms):
        axis.plot(
            summary.grid,
            table[arm],
            color=_colour(summary, arm),
            linestyle=LINE_STYLES[k % len(LINE_STYLES)],
            label=arm,
            zorder=3,
        )


@in_house_style
def evppi_by_parameter(summary: PSASummary, line: str) -> Figure:
    """Expected value of knowing each input, at every threshold, the largest first."""
    table = summary.evppi
    assert table is not None
    worth = table.groupby("group")["evppi"].max().sort_values(ascending=False, kind="stable").head(MOST_BARS)
    names = [str(name) for name in worth.index][::-1]
    more = table["group"].nunique() - len(names)
    note = f"Per patient; bars: standard errors.{f' {more} smaller ones are in the table.' if more else ''}"
    panels = len(summary.thresholds)
    size = (3.2 * max(2, panels), 1.0 + 0.34 * len(names))
    figure, axes = framed("Expected value of partial perfect information", line, size, 1, panels, note, sharey=True)
    for axis, threshold in zip(axes[0], summary.thresholds, strict=True):
        here = table[table["willingness_to_pay"] == threshold].set_index("group").loc[names]
        axis.barh(
            names,
            here["evppi"],
            xerr=here["standard_error"],
            color=tint(PALETTE[0], 0.75),
            error_kw={"ecolor": INK, "elinewidth": 0.9},
        )
        axis.set_title(f"{summary.amount(threshold)} per {summary.effect_unit}", fontsize=8.5)
        top = max(float((here["evppi"] + here["standard_error"]).max()), 1.0)
        axis.set_xlim(0, 1.05 * top)
        money_axis(axis.xaxis, _currency(summary), "EVPPI", top, "")
        axis.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    return finished(figure)


@in_house_style
def convergence(summary: PSASummary, line: str) -> Figure:
    """Running mean of the INMB of every option against the reference at the highest threshold."""
    threshold = max(summary.thresholds)
    table = summary.convergence()
    title = f"Running mean of the INMB at {summary.amount(threshold)} per {summary.effect_unit}"
    note = "Bands: 95% Monte Carlo intervals, draws taken as independent."
    figure, axes = framed(title, line, (8.0, 3.6), note=note)
    axis: Axes = axes[0, 0]
    largest = 1.0
    for k, arm in enumerate(summary.others):
        of_arm = table[(table["option"] == arm) & (table["willingness_to_pay"] == threshold)]
        colour = _colour(summary, arm)
        axis.fill_between(of_arm["draws"], of_arm["lower"], of_arm["upper"], color=tint(colour, 0.2), linewidth=0)
        axis.plot(of_arm["draws"], of_arm["mean"], color=colour, linestyle=LINE_STYLES[k % len(LINE_STYLES)], label=arm)
        largest = max(largest, float(np.abs(of_arm[["lower", "upper"]].to_numpy()).max()))
    axis.set_xlim(0, summary.n_draws)
    plain_axis(axis.xaxis, DRAWS.words(), summary.n_draws)
    money_axis(axis.yaxis, _currency(summary), "Mean INMB", largest)
    legend_below(figure, *axis.get_legend_handles_labels())
    return finished(figure)


def _colour(summary: PSASummary, arm: str) -> str:
    return PALETTE[summary.arms.index(arm) % len(PALETTE)]


def _currency(summary: PSASummary) -> str:
    return summary.currency or "currency of the file"


def _thresholds(axis: Axes, summary: PSASummary) -> None:
    for threshold in summary.thresholds:
        axis.axvline(threshold, color=GREY, linewidth=1.0, linestyle=LINE_STYLES[3], zorder=1)
    axis.set_xlim(0, float(summary.grid[-1]))
    per = f"per {summary.effect_unit}"
    money_axis(axis.xaxis, _currency(summary), WILLINGNESS_TO_PAY.words(), float(summary.grid[-1]), per)
