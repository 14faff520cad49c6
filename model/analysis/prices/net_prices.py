"""Net prices of two drugs at once: at which pairs of confidential discounts is the intervention cost-effective?

With three or more arms: against the best of all other options, which may differ from pair to pair.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.analysis.columns.prices import BOUNDARY, DISCOUNT, NET_PRICE, NET_PRICES
from model.analysis.prices.value_based_price import LINEAR, Priced, priced
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.problems import DefinitionError, Problem
from model.definition.sampling.draws import Draws, base_case_draws
from model.engine.evaluate import evaluate

SHARES = np.linspace(0.0, 1.0, 21)  # steps of 5% of the list price


@dataclasses.dataclass(frozen=True)
class NetPriceGrid(ShownResult):
    """Incremental cost against a rival = ``free + shares x at_list`` of both drugs; shares of the list price after all
    discounts (1: list price, 0: free of charge).

    ``rivals``: positions of the other arms, the comparator first; ``free`` ``(n_rivals,)``, ``at_list`` ``(n_rivals, 2)``
    and ``gain`` (incremental QALYs, ``(n_rivals,)``) against each.
    """

    TITLE = "Net prices of two drugs"

    definition: ModelDefinition
    first: Priced
    second: Priced
    first_shares: Array
    second_shares: Array
    rivals: tuple[int, ...]
    free: Array
    at_list: Array
    gain: Array
    shares_today: tuple[float, float]

    def inmb(self, threshold: float | None = None) -> Array:
        """INMB against the best other option ``(n_first, n_second)`` (default: at the highest decision threshold)."""
        willingness_to_pay = self.definition.willingness_to_pay(threshold)
        one, two = (self.at_list[:, k, None, None] for k in range(2))
        drugs = one * self.first_shares[:, None] + two * self.second_shares[None, :]
        found: Array = (willingness_to_pay * self.gain[:, None, None] - self.free[:, None, None] - drugs).min(axis=0)
        return found

    def table(self, threshold: float | None = None) -> pd.DataFrame:
        """One row per pair: net price and discount off list of both drugs (of the first pack or vial), and INMB."""
        one, two = np.meshgrid(self.first_shares, self.second_shares, indexing="ij")
        values = (one.ravel() * self.first.first, two.ravel() * self.second.first, 1 - one.ravel(), 1 - two.ravel())
        return NET_PRICES.frame(dict(zip(self._names, values, strict=True)) | {"inmb": self.inmb(threshold).ravel()})

    @property
    def _names(self) -> list[str]:
        """Names of the columns of both drugs: net prices, then discounts."""
        return [c.of(drug=item.name).name for c in (NET_PRICE, DISCOUNT) for item in (self.first, self.second)]

    def boundary(self, threshold: float | None = None) -> pd.DataFrame:
        """For each net price of the second drug, the highest net price of the first at which the intervention is the best
        option (nan where it does not matter; below 0: not even at zero)."""
        willingness_to_pay = self.definition.willingness_to_pay(threshold)
        first, second = self.at_list[:, 0, None], self.at_list[:, 1, None]
        left = (willingness_to_pay * self.gain - self.free)[:, None] - second * self.second_shares
        counts = first > 0 if len(first) > 1 else first != 0  # of several, those against which a lower price helps
        ratio = np.divide(left, first, out=np.full(left.shape, np.inf), where=counts & np.ones(left.shape, dtype=bool))
        share = np.where(np.isinf(ratio).all(axis=0), np.nan, ratio.min(axis=0))
        one, two, *_ = self._names
        return BOUNDARY.frame({two: self.second_shares * self.second.first, one: share * self.first.first})

    def shown_words(self) -> list[str]:
        """Which drugs."""
        return [f"Net prices of {self.first.label} and {self.second.label}."]


def net_price_grid(
    definition: ModelDefinition,
    first: str,
    second: str,
    first_shares: Sequence[float] | Array = SHARES,
    second_shares: Sequence[float] | Array = SHARES,
) -> NetPriceGrid:
    """INMB over net prices of two drugs, in closed form from three runs and confirmed by a fourth.

    ``first_shares`` and ``second_shares``: net price as a share of the list price, after all discounts; the definition's
    own discounts of the two drugs are replaced. Raises DefinitionError for drugs without a price, and where cost is not
    linear in the two prices; ValueError for shares below 0 or one drug given twice.

    >>> import model
    >>> grid = model.net_price_grid(model.example("patina_us"), "palbociclib", "pertuzumab")
    >>> grid.inmb().shape  # net prices from none to all of the list price, in steps of 5%
    (21, 21)
    """
    if first == second:
        raise ValueError(f"a grid needs two drugs, not {first} twice")
    items = (priced(definition, first), priced(definition, second))
    shares = [np.unique(np.asarray(s, dtype=float)) for s in (first_shares, second_shares)]
    if any(len(s) == 0 or s[0] < 0 for s in shares):
        raise ValueError("a net price is a share of the list price of at least 0")
    draws: Draws = Draws(4, base_case_draws(definition).values)
    for item, column in zip(items, ([0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0]), strict=True):
        draws = item.at(draws, np.array(column))
        if f"discounts.{item.name}" in draws.values:
            draws = draws.replace({f"discounts.{item.name}": np.zeros(1)})
    outcomes = evaluate(definition, draws, threads=1)
    old, new = definition.compared
    rivals = (old, *(a for a in range(len(definition.arms)) if a not in (old, new)))
    increments = [outcomes.increments(rival, new) for rival in rivals]
    cost = np.array([c for c, _ in increments])
    at_list = cost[:, 1:3] - cost[:, :1]
    if (np.abs(cost[:, 3] - cost[:, 0] - at_list.sum(axis=1)) > LINEAR * np.abs(cost).max()).any():
        message = f"costs are not linear in the prices of {first} and {second}"
        raise DefinitionError([Problem("", None, "", message)])
    today = 1 - _discount(definition, items[0]), 1 - _discount(definition, items[1])
    return NetPriceGrid(
        definition,
        items[0],
        items[1],
        shares[0],
        shares[1],
        rivals,
        cost[:, 0],
        at_list,
        np.array([q[0] for _, q in increments]),
        today,
    )


def _discount(definition: ModelDefinition, item: Priced) -> float:
    """The definition's own discount off the list price."""
    parameter = definition.parameters.get(f"discounts.{item.name}")
    return 0.0 if parameter is None else parameter.value
