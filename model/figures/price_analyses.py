"""What a price may be: value-based price over the threshold, probability over the price, net prices of two drugs."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from model.analysis.amounts import money
from model.analysis.columns.common import WILLINGNESS_TO_PAY
from model.analysis.columns.prices import NET_PRICE, TRIED_PRICE
from model.analysis.prices.net_prices import NetPriceGrid
from model.analysis.prices.price_probability import PriceProbability
from model.analysis.prices.value_based_price import ValueBasedPrices
from model.figures.contours import net_benefit_contours
from model.figures.frame import (
    at_threshold,
    compared_arms,
    finished,
    framed,
    hide_unused,
    legend_below,
    model_line,
    nothing_to_show,
)
from model.figures.scales import money_axis, share_axis
from model.figures.style import GREY, INK, LINE_STYLES, MARKERS, PALETTE, in_house_style

MOST_PRODUCTS = 4


@in_house_style
def value_based_price(prices: ValueBasedPrices) -> Figure:
    """The price at which net benefit is zero, as a line over the willingness to pay, for every pack, vial or cost."""
    d, currency = prices.definition, prices.definition.settings.currency
    title = f"Value-based price: {compared_arms(d)}"
    lines = prices.lines().head(MOST_PRODUCTS)
    if lines.empty:
        return nothing_to_show(title, model_line(d), "No drug of the intervention has a price of its own.")
    rivals = "; other options are left out here" if len(d.arms) > 2 else ""
    note = (
        f"Below the line the intervention is the better of the two, above it is not{rivals}. Marks: thresholds of the "
        "definition. Below zero not even a list price of zero would do. List price before discounts; all else as in the base "
        "case."
    )
    size = (max(7.0, 4.2 * len(lines)), 3.8)
    figure, axes = framed(title, model_line(d, "Base case"), size, 1, len(lines), note)
    every: list[Any] = list(lines.itertuples())
    for axis, row in zip(hide_unused(axes, len(lines)), every, strict=True):
        at_zero, at_today = -row.intercept / row.slope, (row.price - row.intercept) / row.slope
        top = 1.15 * max(max(prices.thresholds), *(x for x in (at_zero, at_today) if row.slope > 0))
        ends = np.array([0.0, top])
        axis.plot(ends, row.intercept + row.slope * ends, color=PALETTE[0], label="Price at zero net benefit")
        axis.axhline(
            row.price, color=GREY, linestyle=LINE_STYLES[1], linewidth=1.1, label=f"Today {money(row.price, currency)}"
        )
        axis.axhline(0, color=INK, linewidth=1.0)
        for k, threshold in enumerate(prices.thresholds):
            at = row.intercept + row.slope * threshold
            label = f"{money(threshold, currency)} per QALY: {money(at, currency)}"
            axis.plot(threshold, at, MARKERS[k % len(MARKERS)], color=PALETTE[1 + k % 6], label=label, zorder=4)
        axis.set_xlim(0, top)
        axis.set_title(str(row.product))
        low, high = axis.get_ylim()
        money_axis(axis.xaxis, currency, WILLINGNESS_TO_PAY.words(), top, "per QALY")
        money_axis(axis.yaxis, currency, TRIED_PRICE.words(), max(abs(low), abs(high)), "")
        if len(lines) > 1:
            axis.legend(loc="lower right", fontsize=7.5)
    if len(lines) == 1:
        legend_below(figure, *axes[0, 0].get_legend_handles_labels())
    return finished(figure)


@in_house_style
def price_probability_curve(found: PriceProbability) -> Figure:
    """Probability that the intervention is the most cost-effective arm over the price of one drug."""
    d, currency = found.definition, found.definition.settings.currency
    item, curve = found.priced, found.curve()
    first = next(iter(item.labels.values()))
    note = (
        "Share of draws in which the intervention has the highest net benefit of all arms. The price is taken as set; "
        "every other input varies as in the probabilistic analysis. Other sizes of the drug move in proportion."
    )
    figure, axes = framed(
        f"Probability of being cost-effective over the price of {item.label}",
        model_line(d, f"{len(found.qalys):,} draws"),
        (7.5, 3.8),
        note=note,
    )
    axis, prices = axes[0, 0], curve.index.to_numpy(dtype=float)
    for k, threshold in enumerate(found.thresholds):
        axis.plot(
            prices,
            curve[threshold].to_numpy(dtype=float),
            color=PALETTE[k % 7],
            linestyle=LINE_STYLES[k % len(LINE_STYLES)],
            label=f"{money(threshold, currency)} per QALY",
        )
    axis.axvline(item.first, color=GREY, linewidth=1.1, linestyle=LINE_STYLES[1])
    axis.annotate(
        f"Today {money(item.first, currency)} ",
        (item.first, 1),
        (0, -2),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=7.8,
        color=GREY,
    )
    axis.set_xlim(0, prices[-1])
    axis.set_ylim(-0.02, 1.04)
    share_axis(axis.yaxis, "Probability of being the most cost-effective")
    money_axis(axis.xaxis, currency, f"Price of {first}", prices[-1], "")
    legend_below(figure, *axis.get_legend_handles_labels())
    return finished(figure)


@in_house_style
def net_price_contours(grid: NetPriceGrid, threshold: float | None = None) -> Figure:
    """Incremental net monetary benefit over net prices of two drugs; the pairs at which it is zero as a thick line."""
    d, currency = grid.definition, grid.definition.settings.currency
    willingness_to_pay = d.willingness_to_pay(threshold)
    note = "Net price after all discounts, of the first pack or vial; others in proportion. Cross: prices of the base case."
    figure, axes = framed(
        f"Net prices of {grid.first.label} and {grid.second.label}: {compared_arms(d)}",
        model_line(d, at_threshold(d, willingness_to_pay)),
        (7.5, 4.6),
        note=note,
    )
    axis = axes[0, 0]
    one, two = grid.first_shares * grid.first.first, grid.second_shares * grid.second.first
    line = net_benefit_contours(axis, one, two, grid.inmb(willingness_to_pay), currency)
    today = [s * item.first for s, item in zip(grid.shares_today, (grid.first, grid.second), strict=True)]
    axis.plot(*today, "x", color=INK, markersize=8, markeredgewidth=2, clip_on=False, zorder=5)
    money_axis(axis.xaxis, currency, NET_PRICE.of(drug=grid.first.label).words(), float(one[-1]), "")
    money_axis(axis.yaxis, currency, NET_PRICE.of(drug=grid.second.label).words(), float(two[-1]), "")
    cross = Line2D([], [], color=INK, marker="x", linestyle="none", markersize=8, markeredgewidth=2)
    handles, labels = ([line, cross], ["Net benefit is zero", "Base case"]) if line else ([cross], ["Base case"])
    legend_below(figure, handles, labels)
    return finished(figure)
