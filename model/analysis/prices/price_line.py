"""What the answer would be at another price: costs are a straight line in a price, so every price is answered from two runs.

With the price of a product at the share s of today's, an arm costs free + added x s and gives the QALYs it gives today
(`switching_price.py`): the incremental net benefit is a straight line in the price, and so is the ICER.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.analysis.base_case.comparison import Comparison
from model.analysis.base_case.words import ratio_in_words, verdict
from model.analysis.columns.common import INMB_AT
from model.analysis.columns.prices import PRICE_STEPS
from model.analysis.decision import settled
from model.analysis.prices.switching_price import SwitchingPrices, switching_prices
from model.arrays import Array
from model.definition.model_definition import ModelDefinition

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
"""Of today's price: where the answer is told."""


def at_share(found: SwitchingPrices, position: int, share: float) -> Comparison:
    """The comparison of all arms with one product at a share of today's price; life years are left out (nan)."""
    costs = settled(found.free[position] + found.added[position] * share)
    unknown: Array = np.full(len(costs), np.nan)
    return Comparison(found.definition, costs, found.qalys, unknown)


def shares_told(found: SwitchingPrices, position: int) -> list[float]:
    """Round shares of today's price, and those at which the decision changes as far as these reach, in order."""
    limits = [found.limits(position, threshold) for threshold in found.thresholds]
    ends = [end for at in limits if at.exists for end in (at.lowest, at.highest)]
    return sorted({*SHARES, *(end for end in ends if SHARES[0] < end < SHARES[-1])})


def price_steps(found: SwitchingPrices) -> pd.DataFrame:
    """One row per product and price: product, price of the first pack or vial, share of today's, incremental cost, the
    ICER in words, INMB at each of the thresholds, and what follows."""
    rows = []
    for position, item in enumerate(found.priced):
        name, today = next(iter(item.paid.items()))
        for share in shares_told(found, position):
            at = at_share(found, position, share)
            row: dict[str, object] = {
                "product": item.labels[name],
                "price": share * today,
                "share_of_price": share,
                "incremental_cost": at.incremental_cost,
                "ratio": ratio_in_words(at),
            }
            row |= {INMB_AT.of(threshold=t).name: at.inmb(t) for t in found.thresholds}
            rows.append(row | {"verdict": verdict(at, found.thresholds)})
    columns = [INMB_AT.of(threshold=t).name for t in found.thresholds]
    names = ["product", "price", "share_of_price", "incremental_cost", "ratio", *columns, "verdict"]
    return PRICE_STEPS.checked(pd.DataFrame(rows, columns=names))


def decision_prices(definition: ModelDefinition) -> SwitchingPrices:
    """Prices of the intervention's own drugs, at the thresholds of the decision from the lowest up."""
    return switching_prices(definition, sorted(definition.decision_thresholds()))
