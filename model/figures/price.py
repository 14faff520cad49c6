"""The price at which the decision changes: net benefit against the price of the intervention's own drugs."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from model.analysis.amounts import money
from model.analysis.base_case.base_case import BaseCase
from model.analysis.prices.sentences import limits_words
from model.analysis.prices.switching_price import SwitchingPrices, switching_prices
from model.figures.frame import compared_arms, finished, framed, hide_unused, legend_below, model_line, nothing_to_show
from model.figures.scales import money_axis
from model.figures.style import GREY, INK, LINE_STYLES, PALETTE, in_house_style

MOST_PRODUCTS = 4
POINTS = 201


@in_house_style
def net_benefit_by_price(base: BaseCase, prices: SwitchingPrices | None = None) -> Figure:
    """Net benefit of the intervention over the best other option against the price of each of its own drugs.

    ``prices``: made here if they are not given.
    """
    d, currency = base.definition, base.definition.settings.currency
    several = len(d.arms) > 2
    against = f"{d.arm(d.settings.intervention).short_label} against the best other option" if several else compared_arms(d)
    title = f"Net benefit and the price of the intervention: {against}"
    found = switching_prices(d) if prices is None else prices
    products = [(k, name) for k, item in enumerate(found.priced) for name in item.paid][:MOST_PRODUCTS]
    if not products:
        return nothing_to_show(title, model_line(d), "No drug of the intervention has a price of its own.")
    note = (
        f"Net benefit over {'the best of all other options' if several else 'the comparator'}; the intervention is "
        "cost-effective where the line is above zero (mark: where it crosses). List price before discounts; all other prices "
        "and all else as in the base case."
    )
    figure, axes = framed(title, model_line(d, "Base case"), (max(8.6, 4.2 * len(products)), 3.8), 1, len(products), note)
    for axis, (k, name) in zip(hide_unused(axes, len(products)), products, strict=True):
        today = found.priced[k].today[name]
        limits = [found.limits(k, t) for t in found.thresholds]
        marks = [(today * x.lowest, today * x.highest) for x in limits]
        reach = 4 * max(today, *(low for low, _ in marks if np.isfinite(low)), 0.0)
        ends = [m for pair in marks for m in pair if 0 < m < reach]
        end = 1.15 * max(today, *ends, 1e-9)
        at = np.linspace(0.0, end, POINTS)
        for j, (threshold, limit) in enumerate(zip(found.thresholds, limits, strict=True)):
            look: dict[str, Any] = dict(color=PALETTE[j % 7], linestyle=LINE_STYLES[j % len(LINE_STYLES)])
            words = limits_words(found, limit, today, several) if limit.exists else "none, even at a list price of zero"
            axis.plot(
                at,
                found.lead(k, threshold, at / today),
                linewidth=1.6,
                label=f"{money(threshold, currency)} per QALY: {words}",
                **look,
            )
            crossed = [m for m in marks[j] if 0 <= m <= end]
            axis.plot(
                crossed, np.zeros(len(crossed)), "o", color=PALETTE[j % 7], markersize=6, markeredgecolor="white", zorder=5
            )
        axis.axhline(0, color=INK, linewidth=1.0)
        axis.axvline(today, color=GREY, linewidth=1.1, linestyle=LINE_STYLES[1])
        axis.annotate(
            f"Today {money(today, currency)} ",
            (today, 1),
            (0, -2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="right",
            va="top",
            fontsize=7.8,
            color=GREY,
        )
        axis.set_xlim(0, end)
        axis.set_title(found.priced[k].labels[name])
        low, high = axis.get_ylim()
        axis.set_ylim(low, max(high, 0.06 * (high - low)))
        money_axis(axis.yaxis, currency, "Incremental net benefit", max(abs(low), abs(high)))
        money_axis(axis.xaxis, currency, "List price", end, "per pack or vial")
        if len(products) > 1:
            axis.legend(loc="lower left", title="Threshold: price at which cost-effective", title_fontsize=7.5, fontsize=7)
    if len(products) == 1:
        handles, labels = axes[0, 0].get_legend_handles_labels()
        legend_below(figure, handles, labels)
    return finished(figure)
