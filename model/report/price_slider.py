"""What the slider of the price needs: for each product the straight lines that give the answer at any price."""

from __future__ import annotations

import json

import numpy as np

from model.analysis.prices.switching_price import SwitchingPrices

REACH = 2.0
"""How far the slider goes, as a share of today's price."""
FAR = 1e12
"""Stands for a price without a limit."""


def slider_data(found: SwitchingPrices) -> str:
    """For each product as JSON: label, today's price, incremental cost free of charge (``free``) and what today's price adds
    (``added``), incremental QALYs, and for each threshold the shares of today's price between which the intervention is
    the best option (``from`` above ``to``: at no price)."""
    definition = found.definition
    old, new = definition.compared
    settings = definition.settings
    products = []
    for k, item in enumerate(found.priced):
        name, today = next(iter(item.paid.items()))
        at = []
        for threshold in found.thresholds:
            limits = found.limits(k, threshold)
            low, high = (limits.lowest, limits.highest) if limits.exists else (1.0, 0.0)
            ends = [float(np.clip(end, -FAR, FAR)) for end in (low, high)]
            at.append({"threshold": threshold, "from": ends[0], "to": ends[1]})
        products.append(
            {
                "label": item.labels[name],
                "others": len(item.paid) - 1,
                "today": today,
                "free": float(found.free[k][new] - found.free[k][old]),
                "added": float(found.added[k][new] - found.added[k][old]),
                "qalys": float(found.qalys[new] - found.qalys[old]),
                "at": at,
            }
        )
    data = {"currency": settings.currency, "several": len(definition.arms) > 2, "reach": REACH, "products": products}
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
