"""Every analysis of prices of one run: value-based prices, price-probability curve, net prices of two drugs, and the
values of any input at which the decision changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TypeVar

import pandas as pd

from model.analysis.analysis import Analysis, Results, Tables
from model.analysis.base_case.base_case import BaseCase
from model.analysis.deterministic.switching_values import SwitchingValues, switching_value_table, switching_values
from model.analysis.prices.net_prices import NetPriceGrid, net_price_grid
from model.analysis.prices.price_probability import PriceProbability, price_probability
from model.analysis.prices.switching_price import SwitchingPrices, switching_prices
from model.analysis.prices.value_based_price import ValueBasedPrices, has_price, own_drugs, value_based_prices
from model.analysis.probabilistic.psa import PSA
from model.analysis.shown_result import ShownResult
from model.definition.model_definition import ModelDefinition
from model.engine.costs import drug_category

T = TypeVar("T")
STEPS = 5  # analyses of prices, each told when it is done
SHARES = tuple(k / 10 for k in range(11))  # of list prices: a table that fits a page


@dataclasses.dataclass(frozen=True)
class PriceAnalyses(ShownResult):
    """Result; ``value_based_prices`` are against the comparator, ``switching_prices`` against all other options.

    ``probability`` is None without draws, ``net_prices`` where fewer than two drugs have a price.
    """

    TITLE = "Price analyses"
    COLUMNS = ("product", "price", "willingness_to_pay", "price_at_zero_inmb", "share_of_price")
    REST = "value_based_prices.table()"

    definition: ModelDefinition
    value_based_prices: ValueBasedPrices
    switching_prices: SwitchingPrices
    probability: PriceProbability | None
    net_prices: NetPriceGrid | None
    switching_values: list[SwitchingValues]

    def shown_table(self) -> pd.DataFrame:
        """The value-based prices."""
        return self.value_based_prices.table()


def price_analyses(
    base: BaseCase, psa: PSA | None = None, done: Callable[[int], None] = lambda _: None
) -> PriceAnalyses | None:
    """All price analyses of the intervention's own drug and its dearest other one; None where no drug has a price.
    ``done`` is told of each of :data:`STEPS`.

    >>> import model
    >>> from model.analysis import price_analyses
    >>> price_analyses(model.base_case(model.example())) is None  # the example has costs per month, and no drug with a price
    True
    """
    definition = base.definition
    drugs = _by_cost(base)
    own = [drug for drug in own_drugs(definition) if drug in drugs]
    if not own:
        return None
    other = next((drug for drug in drugs if drug != own[0]), None)

    def told(found: T) -> T:
        done(1)
        return found

    return PriceAnalyses(
        definition,
        told(value_based_prices(definition)),
        told(switching_prices(definition)),
        told(None if psa is None else price_probability(psa, own[0])),
        told(None if other is None else net_price_grid(definition, own[0], other, SHARES, SHARES)),
        told(switching_values(definition)),
    )


def _by_cost(base: BaseCase) -> list[str]:
    """Drugs of the intervention that have a price above zero, dearest first."""
    definition = base.definition
    used = {r.drug for r in definition.regimen(definition.settings.intervention)}
    spent = dict.fromkeys(used, 0.0)
    arm = base.arm_labels[base.positions[1]]
    categories = {drug_category(drug): drug.id for drug in definition.drugs}
    for _, row in base.resource_use().iterrows():
        name = categories.get(str(row["category"]))
        if name in spent and row["arm"] == arm:
            spent[name] += float(row["cost"])
    return sorted((d for d in used if has_price(definition, d)), key=lambda d: (-spent[d], d))


def _tables(found: PriceAnalyses, _: Results) -> Tables:
    made: Tables = {
        "value_based_prices": found.value_based_prices.lines,
        "threshold_values": lambda: switching_value_table(found.switching_values),
    }
    if (chance := found.probability) is not None:
        made |= {"price_chance": chance.table, "price_probability": lambda: chance.curve().reset_index()}
    if found.net_prices is not None:
        made["net_prices"] = found.net_prices.table
    return made


ANALYSIS = Analysis(
    PriceAnalyses,
    "Prices",
    lambda asked: [price_analyses(asked.results.the(BaseCase), asked.results.of(PSA), asked.done)],
    steps=lambda _, __: STEPS,
    seconds=lambda _, __: 3.3,
    tables=_tables,
)
