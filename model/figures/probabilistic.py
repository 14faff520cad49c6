"""Probabilistic analysis: acceptability, distribution of net benefit, expected loss, and convergence."""

from __future__ import annotations

import itertools

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from model.analysis.amounts import chance, money
from model.analysis.columns.common import INMB, WILLINGNESS_TO_PAY
from model.analysis.columns.decision import DRAWS
from model.analysis.probabilistic.psa import PSA
from model.arrays import Array
from model.constants import NORMAL_975
from model.figures.frame import at_threshold, compared_arms, finished, framed, label_outer, legend_below, model_line
from model.figures.scales import axis_words, decimals_for, money_axis, money_unit, number, plain_axis, share_axis
from model.figures.style import GREY, INK, LINE_STYLES, PALETTE, arm_styles, in_house_style, tint


@in_house_style
def acceptability(psa: PSA) -> Figure:
    """Probability that each arm is the most cost-effective, with the frontier of the arms that are best on average.

    Where the ICER lies far beyond the thresholds of the decision, a second panel shows the part around them.
    """
    d = psa.definition
    near = psa.near_grid()
    grids = [psa.threshold_grid(), *([near] if near is not None else [])]
    note = (
        "Each curve: share of draws in which the arm has the highest net benefit of all arms; they sum "
        "to 100%. Thick pale line: frontier, the probability of the arm with the highest mean net benefit. "
        "Dotted, with a mark on top: thresholds of the decision; thin dotted: other thresholds."
    )
    figure, axes = framed(
        "Cost-effectiveness acceptability curves and frontier",
        model_line(d, f"{psa.outcomes.n_draws:,} draws, seed {psa.seed}"),
        (8.0, 4.0) if near is None else (9.6, 4.0),
        1,
        len(grids),
        note=note,
    )
    for axis, grid in zip(axes[0], grids, strict=True):
        _curves_and_frontier(axis, psa, grid)
    if near is not None:
        axes[0, 0].set_title("Up to beyond the ICER")
        axes[0, 1].set_title("Around the thresholds of the decision")
        axes[0, 1].set_ylabel("")
    handles, names = axes[0, 0].get_legend_handles_labels()
    legend_below(figure, [*handles, Line2D([], [], color="#C9CDD4", linewidth=7)], [*names, "Acceptability frontier"])
    return finished(figure)


def _curves_and_frontier(axis: Axes, psa: PSA, grid: Array) -> None:
    """One panel: the curve of each arm, the frontier behind them, and the thresholds."""
    d, styles = psa.definition, arm_styles(psa.definition)
    curves, best = psa.ceac(grid), psa.ceaf(grid)
    labels = {arm.label: arm.id for arm in d.arms}
    chosen = best["option"].to_numpy()
    probability = best["probability_cost_effective"].to_numpy()
    starts = [0, *(k for k in range(1, len(chosen)) if chosen[k] != chosen[k - 1]), len(chosen)]
    for start, stop in itertools.pairwise(starts):
        colour = tint(styles[labels[chosen[start]]].colour, 0.35)
        axis.plot(grid[start:stop], probability[start:stop], color=colour, linewidth=7, solid_capstyle="butt", zorder=1.5)
    for arm in d.arms:
        look = styles[arm.id]
        axis.plot(grid, curves[arm.label], color=look.colour, linestyle=look.line, label=look.label, zorder=3)
    _mark_thresholds(axis, psa, grid)
    axis.set_ylim(-0.02, 1.04)
    share_axis(axis.yaxis, "Probability of being the most cost-effective")
    _threshold_axis(axis, psa, grid)


def _threshold_axis(axis: Axes, psa: PSA, grid: Array) -> None:
    axis.set_xlim(0, float(grid[-1]))
    money_axis(axis.xaxis, psa.definition.settings.currency, WILLINGNESS_TO_PAY.words(), float(grid[-1]), "per QALY")


def _mark_thresholds(axis: Axes, psa: PSA, grid: Array) -> None:
    for threshold in psa.definition.all_thresholds():
        if threshold <= grid[-1]:
            decision = threshold in psa.definition.decision_thresholds()
            axis.axvline(threshold, color=GREY, linewidth=1.2 if decision else 0.7, linestyle=LINE_STYLES[3], zorder=1)
            if decision:
                top = axis.get_xaxis_transform()
                axis.plot([threshold], [1.0], "v", color=INK, markersize=6, transform=top, clip_on=False, zorder=6)


@in_house_style
def net_benefit(psa: PSA) -> Figure:
    """Distribution of the incremental net monetary benefit at every decision threshold."""
    d = psa.definition
    currency, thresholds = d.settings.currency, d.decision_thresholds()[:4]
    note = "Solid: the intervention has the higher net benefit; hatched: the comparator has. Line: mean."
    figure, axes = framed(
        f"Incremental net monetary benefit over the draws: {compared_arms(d)}",
        model_line(d, f"{psa.outcomes.n_draws:,} draws, seed {psa.seed}"),
        (max(6.0, 3.9 * len(thresholds)), 3.0),
        1,
        len(thresholds),
        note,
        sharey=True,
    )
    for axis, threshold in zip(axes[0], thresholds, strict=True):
        values = psa.inmb(threshold)
        counts, edges = _histogram(values)
        shares = counts / len(values)
        middle, width = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
        for good, colour, hatch in ((True, PALETTE[0], ""), (False, tint(PALETTE[1], 0.65), "////")):
            part = (middle > 0) == good
            axis.bar(middle[part], shares[part], width[part], color=colour, hatch=hatch, edgecolor="white", linewidth=0.3)
        axis.axvline(values.mean(), color=INK, linewidth=1.4)
        axis.axvline(0, color=GREY, linewidth=1.0, linestyle=LINE_STYLES[1])
        above = float(np.mean(0.5 * (1 + np.sign(values))))
        axis.set_title(f"{money(threshold, currency)} per QALY: {chance(float(above), certain=True)} above 0", fontsize=8.5)
        share_axis(axis.yaxis, "Share of draws", 0.02 if shares.max() < 0.12 else 0.05 if shares.max() < 0.3 else 0.2)
        money_axis(axis.xaxis, currency, axis_words(INMB), float(np.abs(edges).max()))
    if len(thresholds) > 1:
        for axis in axes[0]:
            axis.set_xlabel(axis.get_xlabel().replace(axis_words(INMB), "Net benefit"))
    label_outer(figure)
    return finished(figure)


def _histogram(values: Array) -> tuple[Array, Array]:
    """About 40 bins over the values, with an edge at zero if zero lies among them."""
    low, high = float(values.min()), float(values.max())
    if high - low <= 1e-9 * max(abs(low), abs(high), 1.0):
        low, high = low - 0.5 * max(abs(low) * 0.01, 1.0), high + 0.5 * max(abs(high) * 0.01, 1.0)
    width = (high - low) / 40
    first, last = (np.floor(low / width), np.ceil(high / width)) if low < 0 < high else (0.0, 40.0)
    edges = np.arange(first, last + 1) * width + (0.0 if low < 0 < high else low)
    counts, _ = np.histogram(values, edges)
    return counts.astype(float), edges


@in_house_style
def expected_loss(psa: PSA) -> Figure:
    """Expected loss of choosing each arm; its lower envelope is the expected value of perfect information."""
    d, styles = psa.definition, arm_styles(psa.definition)
    grid, currency = psa.threshold_grid(), d.settings.currency
    losses = psa.expected_loss(grid)
    evpi = losses.to_numpy().min(axis=1)
    note = (
        "Expected loss: net benefit forgone on average by always choosing the arm instead of the best "
        "one in each draw. Its lower envelope is the expected value of perfect information (EVPI), alone on "
        "the right on its own scale."
    )
    figure, axes = framed(
        "Expected loss of each decision and value of perfect information",
        model_line(d, f"{psa.outcomes.n_draws:,} draws, seed {psa.seed}"),
        (9.6, 3.6),
        1,
        2,
        note,
    )
    left, right = axes[0]
    left.plot(grid, evpi, color="#C9CDD4", linewidth=7, solid_capstyle="butt", zorder=1.5, label="Lower envelope = EVPI")
    for arm in d.arms:
        look = styles[arm.id]
        left.plot(grid, losses[arm.label], color=look.colour, linestyle=look.line, label=look.label, zorder=3)
    right.fill_between(grid, evpi, color="#E3E6EB", linewidth=0)
    right.plot(grid, evpi, color=INK)
    left.set_title("Expected loss")
    right.set_title("EVPI")
    for axis, values, what in ((left, losses.to_numpy(), "Expected loss"), (right, evpi, "EVPI")):
        top = max(float(values.max()), 1.0)
        axis.set_ylim(0, 1.06 * top)
        money_axis(axis.yaxis, currency, what, top)
        _threshold_axis(axis, psa, grid)
        _mark_thresholds(axis, psa, grid)
    at = psa.evpi(d.decision_thresholds())["evpi"]
    words = [
        f"At {money(t, currency)} per QALY: {money(float(v), currency)}"
        for t, v in zip(d.decision_thresholds(), at, strict=True)
    ]
    right.text(
        0.98,
        0.04,
        "\n".join(words),
        transform=right.transAxes,
        ha="right",
        va="bottom",
        fontsize=8,
        bbox=dict(facecolor="white", alpha=0.85, edgecolor="none"),
    )
    legend_below(figure, *left.get_legend_handles_labels())
    return finished(figure)


@in_house_style
def convergence(psa: PSA, threshold: float | None = None) -> Figure:
    """Running mean of the incremental net monetary benefit with its Monte Carlo interval, as draws are added."""
    d = psa.definition
    willingness_to_pay = d.willingness_to_pay(threshold)
    table = psa.convergence(willingness_to_pay)
    error = float(table["standard_error"].iloc[-1])
    currency = d.settings.currency
    half_width = money(NORMAL_975 * error, currency)
    note = f"Band: 95% Monte Carlo interval of the mean; after all {psa.outcomes.n_draws:,} draws ±{half_width}."
    if psa.sampling != "random":
        note = "Band: 95% interval as of independent draws; the error of this design is smaller (see its replicates)."
    figure, axes = framed(
        f"Convergence of the probabilistic analysis: {compared_arms(d)}",
        model_line(d, at_threshold(d, willingness_to_pay), f"Seed {psa.seed}"),
        (9.2, 3.2),
        1,
        2,
        note,
    )
    left, right = axes[0]
    draws = table["draws"]
    left.fill_between(draws, table["lower"], table["upper"], color=tint(PALETTE[0], 0.2), linewidth=0)
    left.plot(draws, table["mean"], color=PALETTE[0])
    left.axhline(table["mean"].iloc[-1], color=GREY, linewidth=0.9, linestyle=LINE_STYLES[1])
    p, half = table["probability_cost_effective"], NORMAL_975 * table["probability_standard_error"]
    right.fill_between(draws, np.clip(p - half, 0, 1), np.clip(p + half, 0, 1), color=tint(PALETTE[2], 0.25), linewidth=0)
    right.plot(draws, p, color=PALETTE[2], linestyle=LINE_STYLES[1])
    left.set_title("Mean incremental net monetary benefit")
    right.set_title("Probability that it is above 0")
    _spread(left)
    low, high = left.get_ylim()
    _money_range(left, currency, low, high)
    right.set_ylim(-0.02, 1.02)
    share_axis(right.yaxis, "Probability")
    for axis in (left, right):
        axis.set_xlim(0, float(draws.iloc[-1]))
        plain_axis(axis.xaxis, DRAWS.words(), float(draws.iloc[-1]))
    keys = [
        Line2D([], [], color=PALETTE[0]),
        Line2D([], [], color=PALETTE[2], linestyle=LINE_STYLES[1]),
        Patch(facecolor="#D5D9DF"),
    ]
    legend_below(figure, keys, ["Running mean", "Running probability", "95% Monte Carlo interval"])
    return finished(figure)


def _spread(axis: Axes) -> None:
    low, high = axis.get_ylim()
    if high - low < 1e-9 * max(abs(low), 1.0):
        axis.set_ylim(low - 1, high + 1)


def _money_range(axis: Axes, currency: str, low: float, high: float) -> None:
    """A money axis whose ticks are close together: decimals follow the range, not the size."""
    divisor, _ = money_unit(max(abs(low), abs(high)))
    money_axis(axis.yaxis, currency, "Mean net benefit", max(abs(low), abs(high)))
    digits = decimals_for((high - low) / divisor) + 1
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value / divisor, digits, trim=True)))
