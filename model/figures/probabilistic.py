"""Probabilistic analysis: the cost-effectiveness plane, acceptability, net benefit, loss and convergence."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from model.analysis.base_case import BaseCase
from model.analysis.probabilistic import PSA
from model.analysis.words import money

from .frame import (
    at_threshold,
    comparison,
    finished,
    framed,
    label_outer,
    legend_below,
    model_line,
    top_threshold,
)
from .scales import decimals_for, money_axis, money_unit, number, plain_axis, share_axis
from .style import GREY, INK, LINE_STYLES, PALETTE, arm_styles, in_house_style, tint

Array = NDArray[np.float64]
MOST_POINTS = 3000
CHI_SQUARE_95 = 5.991464547107979  # 95th percentile with two degrees of freedom


@in_house_style
def plane(psa: PSA, base: BaseCase | None = None) -> Figure:
    """Incremental costs against incremental QALYs of every arm over the comparator, draw by draw."""
    d, styles, o = psa.definition, arm_styles(psa.definition), psa.outcomes
    s, n = d.settings, o.n_draws
    reference = d.arm_ids.index(s.comparator)
    others = [i for i in range(len(d.arms)) if i != reference]
    shown = min(n, max(100, MOST_POINTS // len(others)))
    quadrants = psa.quadrants(top_threshold(d))
    note = f"{'All' if shown == n else f'The first {shown:,} of'} {n:,} draws are drawn; means, ellipses (95%, bivariate normal) and shares use all of them."
    figure, axes = framed(
        f"Cost-effectiveness plane: against {styles[s.comparator].label}",
        model_line(d, f"{n:,} draws, seed {psa.seed}"),
        (7.6, 5.2),
        note=note,
    )
    axis: Axes = axes[0, 0]
    handles: dict[str, Line2D] = {}
    for i in others:
        look = styles[d.arm_ids[i]]
        cost, qalys = (
            o.total_costs[:, i] - o.total_costs[:, reference],
            o.total_qalys[:, i] - o.total_qalys[:, reference],
        )
        axis.plot(
            qalys[:shown],
            cost[:shown],
            look.marker,
            color=look.colour,
            markersize=2.6,
            alpha=0.28,
            markeredgewidth=0,
            rasterized=True,
            zorder=2,
        )
        edge = _ellipse(qalys, cost)
        axis.plot(*edge, color=INK, linewidth=1.2, linestyle=look.line, zorder=4)
        axis.plot(
            qalys.mean(),
            cost.mean(),
            look.marker,
            color=look.colour,
            markersize=9,
            markeredgecolor="white",
            markeredgewidth=1.5,
            zorder=6,
        )
        handles[f"{look.label}: mean"] = Line2D(
            [], [], color=look.colour, marker=look.marker, markersize=8, linestyle="none"
        )
        if base is not None:
            totals = base.outcomes
            point = (
                totals.total_qalys[0, i] - totals.total_qalys[0, reference],
                totals.total_costs[0, i] - totals.total_costs[0, reference],
            )
            axis.plot(*point, marker="x", color=INK, markersize=7, markeredgewidth=1.6, zorder=7)
            handles["Base case"] = Line2D(
                [], [], color=INK, marker="x", markersize=6, markeredgewidth=1.6, linestyle="none"
            )
    _frame_of_plane(axis, s.currency)
    low, high = axis.get_xlim()
    for k, threshold in enumerate(d.all_thresholds()):
        line = LINE_STYLES[k % len(LINE_STYLES)]
        (handle,) = axis.plot(
            [low, high],
            [low * threshold, high * threshold],
            color=GREY,
            linewidth=1.1,
            linestyle=line,
            zorder=3,
        )
        handles[f"{money(threshold, s.currency)} per QALY"] = handle
    axis.set_xlim(low, high)
    for quadrant, (x, y) in {
        "NE": (0.985, 0.985),
        "NW": (0.015, 0.985),
        "SE": (0.985, 0.015),
        "SW": (0.015, 0.015),
    }.items():
        rows = []
        for i, share in zip(others, quadrants[quadrant], strict=True):
            rows.append((f"{styles[d.arm_ids[i]].label} " if len(others) > 1 else "") + f"{100 * share:.1f}%")
        axis.text(
            x,
            y,
            "\n".join(rows),
            transform=axis.transAxes,
            ha="right" if x > 0.5 else "left",
            va="top" if y > 0.5 else "bottom",
            fontsize=8,
            weight="bold",
            color=GREY,
            zorder=8,
            bbox=dict(facecolor="white", alpha=0.75, edgecolor="none", pad=1.5),
        )
    legend_below(figure, list(handles.values()), list(handles))
    return finished(figure)


def _ellipse(x: Array, y: Array) -> tuple[Array, Array]:
    """The 95% ellipse of a bivariate normal with the moments of the draws."""
    angle = np.linspace(0, 2 * np.pi, 181)
    covariance = np.cov(x, y) if len(x) > 1 else np.zeros((2, 2))
    scale = np.sqrt(np.diag(covariance))
    safe = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(covariance / np.outer(safe, safe))
    circle = vectors @ (
        np.sqrt(np.maximum(values, 0) * CHI_SQUARE_95)[:, None] * np.stack([np.cos(angle), np.sin(angle)])
    )
    return x.mean() + scale[0] * circle[0], y.mean() + scale[1] * circle[1]


def _frame_of_plane(axis: Axes, currency: str) -> None:
    """Limits that hold the cloud and the origin, with axes through zero."""
    (x0, x1), (y0, y1) = axis.get_xlim(), axis.get_ylim()
    x0, x1, y0, y1 = min(x0, 0), max(x1, 0), min(y0, 0), max(y1, 0)
    axis.set_xlim(x0 - 0.08 * (x1 - x0) * (x0 == 0), x1 + 0.08 * (x1 - x0) * (x1 == 0))
    axis.set_ylim(y0 - 0.08 * (y1 - y0) * (y0 == 0), y1 + 0.08 * (y1 - y0) * (y1 == 0))
    axis.axhline(0, color=INK, linewidth=0.9, zorder=1)
    axis.axvline(0, color=INK, linewidth=0.9, zorder=1)
    plain_axis(axis.xaxis, "Incremental QALYs per patient", x1 - x0)
    money_axis(axis.yaxis, currency, "Incremental cost", max(abs(y0), abs(y1)))


@in_house_style
def acceptability(psa: PSA) -> Figure:
    """Probability that each arm is the most cost-effective, with the frontier of the arms that are best on average."""
    d, styles = psa.definition, arm_styles(psa.definition)
    grid = psa.threshold_grid()
    curves, best = psa.ceac(grid), psa.ceaf(grid)
    note = (
        "Each curve: share of draws in which the arm has the highest net benefit of all arms; they sum to 100%. Thick pale line: "
        "frontier, the probability of the arm with the highest mean net benefit. Dotted: thresholds of the definition."
    )
    figure, axes = framed(
        "Cost-effectiveness acceptability curves and frontier",
        model_line(d, f"{psa.outcomes.n_draws:,} draws, seed {psa.seed}"),
        (8.0, 4.0),
        note=note,
    )
    axis: Axes = axes[0, 0]
    labels = {arm.label: arm.id for arm in d.arms}
    chosen = best["option"].to_numpy()
    probability = best["probability_cost_effective"].to_numpy()
    starts = [0, *(k for k in range(1, len(chosen)) if chosen[k] != chosen[k - 1]), len(chosen)]
    for start, stop in zip(starts, starts[1:], strict=False):
        colour = tint(styles[labels[chosen[start]]].colour, 0.35)
        axis.plot(
            grid[start:stop],
            probability[start:stop],
            color=colour,
            linewidth=7,
            solid_capstyle="butt",
            zorder=1.5,
        )
    for arm in d.arms:
        look = styles[arm.id]
        axis.plot(grid, curves[arm.label], color=look.colour, linestyle=look.line, label=look.label, zorder=3)
    _mark_thresholds(axis, psa, grid)
    axis.set_ylim(-0.02, 1.04)
    share_axis(axis.yaxis, "Probability of being the most cost-effective")
    _threshold_axis(axis, psa, grid)
    handles, names = axis.get_legend_handles_labels()
    legend_below(
        figure, [*handles, Line2D([], [], color="#C9CDD4", linewidth=7)], [*names, "Acceptability frontier"]
    )
    return finished(figure)


def _threshold_axis(axis: Axes, psa: PSA, grid: Array) -> None:
    axis.set_xlim(0, float(grid[-1]))
    money_axis(
        axis.xaxis, psa.definition.settings.currency, "Willingness to pay", float(grid[-1]), "per QALY"
    )


def _mark_thresholds(axis: Axes, psa: PSA, grid: Array) -> None:
    for threshold in psa.definition.all_thresholds():
        if threshold <= grid[-1]:
            decision = threshold in psa.definition.decision_thresholds()
            axis.axvline(
                threshold, color=GREY, linewidth=1.2 if decision else 0.7, linestyle=LINE_STYLES[3], zorder=1
            )


@in_house_style
def net_benefit(psa: PSA) -> Figure:
    """Distribution of the incremental net monetary benefit at every decision threshold."""
    d = psa.definition
    currency, thresholds = d.settings.currency, d.decision_thresholds()[:4]
    note = "Solid: the intervention has the higher net benefit; hatched: the comparator has. Line: mean."
    figure, axes = framed(
        f"Incremental net monetary benefit over the draws: {comparison(d)}",
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
            axis.bar(
                middle[part],
                shares[part],
                width[part],
                color=colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0.3,
            )
        axis.axvline(values.mean(), color=INK, linewidth=1.4)
        axis.axvline(0, color=GREY, linewidth=1.0, linestyle=LINE_STYLES[1])
        above = float(np.mean(0.5 * (1 + np.sign(values))))
        axis.set_title(f"{money(threshold, currency)} per QALY: {100 * above:.1f}% above 0", fontsize=8.5)
        share_axis(
            axis.yaxis, "Share of draws", 0.02 if shares.max() < 0.12 else 0.05 if shares.max() < 0.3 else 0.2
        )
        money_axis(axis.xaxis, currency, "Incremental net monetary benefit", float(np.abs(edges).max()))
    if len(thresholds) > 1:
        for axis in axes[0]:
            axis.set_xlabel(axis.get_xlabel().replace("Incremental net monetary benefit", "Net benefit"))
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
        "Expected loss: net benefit forgone on average by always choosing the arm instead of the best one in each draw. Its lower envelope "
        "is the expected value of perfect information (EVPI), alone on the right on its own scale."
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
    left.plot(
        grid,
        evpi,
        color="#C9CDD4",
        linewidth=7,
        solid_capstyle="butt",
        zorder=1.5,
        label="Lower envelope = EVPI",
    )
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
    wtp = top_threshold(d) if threshold is None else threshold
    table = psa.convergence(wtp)
    error = float(table["standard_error"].iloc[-1])
    currency = d.settings.currency
    note = f"Band: 95% Monte Carlo interval of the running mean. After {psa.outcomes.n_draws:,} draws its half-width is {money(1.96 * error, currency)}."
    figure, axes = framed(
        f"Convergence of the probabilistic analysis: {comparison(d)}",
        model_line(d, at_threshold(d, wtp), f"Seed {psa.seed}"),
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
    p, half = table["probability_cost_effective"], 1.959963984540054 * table["probability_standard_error"]
    right.fill_between(
        draws, np.clip(p - half, 0, 1), np.clip(p + half, 0, 1), color=tint(PALETTE[2], 0.25), linewidth=0
    )
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
        plain_axis(axis.xaxis, "Draws", float(draws.iloc[-1]))
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
