"""How likely the intervention is cost-effective, over the price of one drug.

In each draw cost is linear in the price, so two evaluations of the draws give, in closed form, the prices at which the
intervention has the highest net benefit of all arms: an interval per draw. The probability at a price is the share of
draws whose interval holds it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.analysis.columns.prices import CHANCES, CURVE
from model.analysis.prices.value_based_price import Priced, own_drugs, priced
from model.analysis.probabilistic.psa import PSA
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.problems import DefinitionError, Problem
from model.engine.engine import engine_of
from model.engine.evaluate import evaluate
from model.engine.executors import Executor

POINTS = 101


@dataclasses.dataclass(frozen=True)
class PriceProbability(ShownResult):
    """Per draw and arm ``(n_draws, n_arms)``: costs with the drug free of charge, what it adds per unit of price, QALYs.

    A price is that of the first pack or vial of the drug; its other sizes move in proportion.
    """

    TITLE = "Probability of being cost-effective by price"

    definition: ModelDefinition
    priced: Priced
    free_costs: Array
    cost_per_price: Array
    qalys: Array
    thresholds: tuple[float, ...]

    def limits(self, threshold: float) -> tuple[Array, Array]:
        """Lowest and highest price ``(n_draws,)`` at which the intervention has the highest net benefit; infinite where
        a price sets no limit, and lowest above highest where no price would do."""
        return self._limits(threshold * self.qalys - self.free_costs, self.cost_per_price)

    def _limits(self, benefit: Array, cost_per_price: Array) -> tuple[Array, Array]:
        """The same of net benefits with the drug free of charge ``(n, n_arms)``."""
        new = self.definition.compared[1]
        low, high = np.full(len(benefit), -np.inf), np.full(len(benefit), np.inf)
        for other in range(benefit.shape[1]):
            if other == new:
                continue
            lead = benefit[:, new] - benefit[:, other]
            slope = cost_per_price[:, new] - cost_per_price[:, other]
            with np.errstate(divide="ignore", invalid="ignore"):
                crossing = lead / slope
            high = np.where(slope > 0, np.minimum(high, crossing), high)
            low = np.where(slope < 0, np.maximum(low, crossing), low)
            high = np.where((slope == 0) & (lead < 0), -np.inf, high)
        return low, high

    def probability(self, prices: Sequence[float] | Array, threshold: float) -> Array:
        """Probability that the intervention is the most cost-effective arm, at each price ``(n_prices,)``."""
        low, high = self.limits(threshold)
        some, price = low <= high, np.asarray(prices, dtype=float)
        begun = np.searchsorted(np.sort(low[some]), price, side="right")
        ended = np.searchsorted(np.sort(high[some]), price, side="left")
        found: Array = (begun - ended) / len(low)
        return found

    def curve(self, prices: Sequence[float] | Array | None = None) -> pd.DataFrame:
        """Probability by price (index) at each threshold (columns)."""
        grid = self.price_grid() if prices is None else np.asarray(prices, dtype=float)
        columns = {threshold: self.probability(grid, threshold) for threshold in self.thresholds}
        found = pd.DataFrame(columns, index=pd.Index(grid, name=CURVE.names[0]))
        found.columns.name = CHANCES.names[0]
        return CURVE.checked(found)

    def price_grid(self, n: int = POINTS) -> Array:
        """Prices from 0 to beyond today's and to where the probability has fallen to 1 in 100, at most 4 times today's."""
        highest = [np.quantile(self.limits(t)[1], 0.99) for t in self.thresholds]
        top = max([1.15 * self.priced.first, *(h for h in highest if np.isfinite(h))])
        return np.linspace(0.0, min(top, 4 * self.priced.first), n)

    def table(self) -> pd.DataFrame:
        """One row per threshold: probability at today's price and free of charge; highest price at which the intervention
        has the highest mean net benefit (below 0: not even at zero; nan: at no price); and price with a
        probability of a half (nan where it is not reached at any price from 0)."""
        rows = []
        slopes = self.cost_per_price.mean(axis=0, keepdims=True)
        for threshold in self.thresholds:
            benefit = (threshold * self.qalys - self.free_costs).mean(axis=0, keepdims=True)
            (low,), (high,) = self._limits(benefit, slopes)
            mean_price = float(high) if low <= high and np.isfinite(high) else np.nan
            today, free = self.probability([self.priced.first, 0.0], threshold)
            rows.append((threshold, today, free, mean_price, self.price_with(0.5, threshold)))
        return CHANCES.frame(rows)

    def price_with(self, probability: float, threshold: float) -> float:
        """Highest price at which the probability is at least ``probability``: nan where no price from 0 up reaches it,
        inf where every price beyond some does."""
        low, high = self.limits(threshold)
        if (high == np.inf).mean() >= probability:
            return float("inf")
        prices = np.unique(high[np.isfinite(high) & (high >= 0) & (high >= low)])
        good = prices[self.probability(prices, threshold) >= probability] if len(prices) else prices
        return float(good.max()) if len(good) else float("nan")

    def shown_words(self) -> list[str]:
        """Which price."""
        return [f"Price of {self.priced.label}."]


def price_probability(
    psa: PSA,
    drug: str | None = None,
    thresholds: Sequence[float] | None = None,
    threads: int | None = None,
    executor: Executor | None = None,
) -> PriceProbability:
    """The price-probability curve of a drug (or of one cost), from the draws of a probabilistic analysis.

    ``drug``: id (default: the first drug that only the intervention uses). ``thresholds``: default the definition's
    decision thresholds. The price is taken as set, not uncertain. Raises DefinitionError where nothing is priced.

    >>> import model
    >>> psa = model.psa(model.example(), draws=100)
    >>> found = model.price_probability(psa, "care.new_drug")
    >>> bool(found.probability([900.0], 50_000.0)[0] == psa.probability_cost_effective(50_000.0))
    True
    """
    definition = psa.definition
    if drug is None:
        own = own_drugs(definition)
        if not own:
            message = "the intervention has no drug with a price; name a cost, such as care.new_drug"
            raise DefinitionError([Problem("", None, "", message)])
        drug = own[0]
    item = priced(definition, drug)

    def costs(share: float) -> Array:
        draws = item.at(psa.draws, np.array([share]))
        return evaluate(definition, draws, threads, executor=executor).total_costs

    uncertain = any(psa.draws[name].shape[0] > 1 for name in item.today)
    free = _free_of_charge(psa, item)
    if free is None:
        free = costs(0.0)
    at_list = costs(1.0) if uncertain else psa.outcomes.total_costs
    asked_thresholds = definition.decision_thresholds() if thresholds is None else tuple(float(t) for t in thresholds)
    return PriceProbability(definition, item, free, (at_list - free) / item.first, psa.outcomes.total_qalys, asked_thresholds)


def _free_of_charge(psa: PSA, item: Priced) -> Array | None:
    """Costs of each draw and arm ``(n_draws, n_arms)`` with the drug free of charge, from its categories of costs; None where
    one of these holds other costs too, or curves depend on the price."""
    engine = engine_of(psa.definition)
    if engine.state_inputs & item.today.keys():
        return None
    free = item.at(psa.draws, np.zeros(1))
    account = psa.outcomes.costs
    amounts = account.discounted.copy()
    for a, arm in enumerate(engine.arms):
        costs = [stream for stream in engine.streams[arm] if stream.kind == "cost"]
        touched = {(s.category, s.state) for s in costs if engine.inputs_of(s) & item.today.keys()}
        if any((s.category, s.state) in touched and s.value(free).any() for s in costs):
            return None
        amounts[:, a, [place in touched for place in zip(account.categories, account.states, strict=True)]] = 0.0
    return dataclasses.replace(account, discounted=amounts).total()
