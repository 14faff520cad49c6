"""The price at which the decision changes: net benefit against the price of the intervention's own drugs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from model.analysis.base_case import BaseCase
from model.analysis.price import threshold_prices
from model.analysis.words import money

from .frame import comparison, finished, framed, hide_unused, legend_below, model_line, nothing_to_show
from .scales import money_axis
from .style import GREY, INK, LINE_STYLES, PALETTE, in_house_style

MOST_PRODUCTS = 4


@in_house_style
def net_benefit_by_price(base: BaseCase, prices: pd.DataFrame | None = None) -> Figure:
    """Incremental net monetary benefit against the price of each drug that only the intervention uses.

    ``prices``: the table of :func:`model.analysis.price.threshold_prices`; made here if it is not given.
    """
    d, currency = base.definition, base.definition.settings.currency
    title = f"Net benefit and the price of the intervention: {comparison(d)}"
    table = threshold_prices(d) if prices is None else prices
    products = list(dict.fromkeys(table["input"]))[:MOST_PRODUCTS] if len(table) else []
    if not products:
        return nothing_to_show(title, model_line(d), "No drug of the intervention has a price of its own.")
    note = (
        "Net benefit is a straight line in the price; the intervention is cost-effective "
        "below the price at which the line crosses zero (mark). List price before discounts; all else as in the base case."
    )
    figure, axes = framed(
        title, model_line(d, "Base case"), (max(8.6, 4.2 * len(products)), 3.8), 1, len(products), note
    )
    for axis, product in zip(hide_unused(axes, len(products)), products, strict=True):
        rows = table[table["input"] == product]
        every: list[Any] = list(rows.itertuples())
        today = float(rows["price"].iloc[0])
        slope = _slope(base, rows)
        zero = rows["price_at_zero_inmb"].to_numpy(dtype=float)
        end = 1.15 * max(today, float(zero.max()) if zero.max() < 4 * max(today, 1e-9) else 0.0, 1e-9)
        ends = np.array([0.0, end])
        for k, row in enumerate(every):
            threshold, at = float(row.willingness_to_pay), float(row.price_at_zero_inmb)
            look: dict[str, Any] = dict(color=PALETTE[k % 7], linestyle=LINE_STYLES[k % len(LINE_STYLES)])
            words = f"{money(at, currency)}" if at >= 0 else "none, even free of charge"
            axis.plot(
                ends,
                slope * (at - ends),
                linewidth=1.6,
                label=f"{money(threshold, currency)} per QALY: {words}",
                **look,
            )
            if 0 <= at <= end:
                axis.plot(at, 0, "o", color=PALETTE[k % 7], markersize=6, markeredgecolor="white", zorder=5)
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
        axis.set_title(str(rows["product"].iloc[0]))
        low, high = axis.get_ylim()
        axis.set_ylim(low, max(high, 0.06 * (high - low)))
        money_axis(axis.yaxis, currency, "Incremental net benefit", max(abs(low), abs(high)))
        money_axis(axis.xaxis, currency, "List price", end, "per pack or vial")
        if len(products) > 1:
            axis.legend(
                loc="lower left",
                title="Threshold: price at which cost-effective",
                title_fontsize=7.5,
                fontsize=7,
            )
    if len(products) == 1:
        handles, labels = axes[0, 0].get_legend_handles_labels()
        legend_below(figure, handles, labels)
    return finished(figure)


def _slope(base: BaseCase, rows: pd.DataFrame) -> float:
    """Net benefit lost per unit of price, from the base case and the price at zero net benefit."""
    today = float(rows["price"].iloc[0])
    away = (rows["price_at_zero_inmb"] - today).to_numpy(dtype=float)
    k = int(np.argmax(np.abs(away)))
    return base.inmb(float(rows["willingness_to_pay"].iloc[k])) / away[k] if away[k] else 0.0
