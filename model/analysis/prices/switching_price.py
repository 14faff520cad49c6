"""The price at which the decision changes: between which prices of a product is the intervention the best of all options?

The cost of every arm is a straight line in a price, c + k x share of today's price, so against each other option the
intervention has the higher net benefit below one price (where it uses more of the product than that option), above one
(where it uses less), or whatever the price (as much). What all of these leave is an interval: its ends are the prices
at which the intervention becomes and ceases to be the best. A product may stand in several arms; all else, also every
other price, is as in the base case.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.analysis.columns.prices import AGAINST_ALL
from model.analysis.decision import ROUNDING, settled
from model.analysis.prices.value_based_price import Priced, has_price, own_drugs, priced
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.sampling.draws import Draws, base_case_draws
from model.engine.evaluate import evaluate


@dataclasses.dataclass(frozen=True)
class PriceLimits:
    """Shares of today's price from ``lowest`` to ``highest`` at which the intervention is the best option (infinite
    where no price sets a limit; nan where there is no such price), and the option that is better below and above.

    ``rival``: the best of the other options with the product free of charge.
    """

    lowest: float
    highest: float
    below: int | None
    above: int | None
    rival: int

    @property
    def exists(self) -> bool:
        """Is there a price from zero up at which the intervention is the best option?"""
        return not np.isnan(self.highest)

    @property
    def best_today(self) -> bool:
        """Is it the best option at today's price (share 1)?"""
        return self.exists and self.lowest <= 1 + ROUNDING and self.highest >= 1 - ROUNDING


@dataclasses.dataclass(frozen=True)
class SwitchingPrices(ShownResult):
    """Costs with each of ``priced`` free of charge, and what its price of today adds ``(n_priced, n_arms)``; QALYs
    ``(n_arms,)``; thresholds of willingness to pay."""

    TITLE = "Prices at which the decision changes"

    definition: ModelDefinition
    priced: list[Priced]
    free: Array
    added: Array
    qalys: Array
    thresholds: tuple[float, ...]

    @property
    def new(self) -> int:
        """Position of the intervention among the arms."""
        return self.definition.compared[1]

    @property
    def others(self) -> list[int]:
        """Positions of all other arms."""
        return [a for a in range(len(self.qalys)) if a != self.new]

    def lead(self, position: int, threshold: float, shares: Array) -> Array:
        """Net benefit of the intervention over the best other option ``(n_shares,)``, at shares of today's price."""
        costs = self.free[position][:, None] + self.added[position][:, None] * np.asarray(shares)
        benefit = threshold * self.qalys[:, None] - costs
        found: Array = benefit[self.new] - benefit[self.others].max(axis=0)
        return found

    def limits(self, position: int, threshold: float) -> PriceLimits:
        """The prices of one of ``priced`` at which the intervention is the best option, at a threshold."""
        free, added = self.free[position], self.added[position]
        benefit = threshold * self.qalys - free
        nothing = ROUNDING * (threshold * float(np.abs(self.qalys).max()) + float(np.abs(free).max()))
        rival = max(self.others, key=lambda a: float(benefit[a]))
        low, high = -np.inf, np.inf
        below: int | None = None
        above: int | None = None
        for other in self.others:
            lead, slope = float(benefit[self.new] - benefit[other]), float(added[self.new] - added[other])
            lead = 0.0 if abs(lead) <= nothing else lead
            if slope > 0 and lead / slope < high:
                high, above = lead / slope, other
            elif slope < 0 and lead / slope > low:
                low, below = lead / slope, other
            elif slope == 0 and lead < 0:
                high = -np.inf
        if high < 0 or low > high:
            return PriceLimits(np.nan, np.nan, None, None, rival)
        return PriceLimits(low, high, below if low > 0 else None, above, rival)

    def table(self) -> pd.DataFrame:
        """One row per pack or vial and threshold: input, product, price (today's), willingness_to_pay, best_from and
        best_up_to (prices; from 0 where no price is too low, infinite where none is too high, nan where the
        intervention is the best option at no price), better_below and better_above (options), and best_today."""
        names = [*(arm.short_label for arm in self.definition.arms), ""]
        rows = []
        for k, item in enumerate(self.priced):
            for name, today in item.paid.items():
                for threshold in self.thresholds:
                    found = self.limits(k, threshold)
                    ends = [today * max(found.lowest, 0.0), today * found.highest]
                    sides = [names[-1 if a is None else a] for a in (found.below, found.above)]
                    rows.append((name, item.labels[name], today, threshold, *ends, *sides, found.best_today))
        return AGAINST_ALL.frame(rows)


def switching_prices(definition: ModelDefinition, thresholds: Sequence[float] | None = None) -> SwitchingPrices:
    """The prices of every drug that only the intervention uses and the comparator does not (every drug it uses, if there
    is none such), from two runs for each. ``thresholds``: default all of the definition.

    Left out are drugs that are free of charge, and those of which every arm uses as much: their price decides nothing.
    """
    base = base_case_draws(definition)
    found, free, added = [], [], []
    qalys: Array = np.zeros(len(definition.arms))
    for name in (d for d in own_drugs(definition) if has_price(definition, d)):
        item = priced(definition, name)
        outcomes = evaluate(definition, item.at(Draws(2, base.values), np.array([0.0, 1.0])), threads=1)
        costs = np.asarray(outcomes.total_costs, dtype=float)
        qalys = settled(outcomes.total_qalys[0])
        more = settled(costs[1] - costs[0])
        if np.ptp(more) > 0:
            found.append(item)
            free.append(settled(costs[0]))
            added.append(more)
    shape = (len(found), len(qalys))
    asked_thresholds = definition.all_thresholds() if thresholds is None else tuple(float(t) for t in thresholds)
    return SwitchingPrices(definition, found, np.reshape(free, shape), np.reshape(added, shape), qalys, asked_thresholds)
