"""The value-based price: the price at which INMB is zero, a straight line in the threshold.

Costs are linear in a price, so two runs give the whole line. Against all options: `switching_price.py`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.analysis.columns.prices import AT_THRESHOLDS, CONFIRMED, LINES
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.definition.labels import all_labels
from model.definition.model_definition import TABLES, ModelDefinition, address_of
from model.definition.price_index import own_price_year
from model.definition.problems import DefinitionError, Problem
from model.definition.records.drugs import Product
from model.definition.sampling.draws import Draws, base_case_draws
from model.engine.evaluate import evaluate

LINEAR = 1e-9  # relative difference from a straight line that rounding can make


@dataclasses.dataclass(frozen=True)
class Priced:
    """What is priced: a drug with all its packs or vials, which move together in proportion, or one cost.

    ``today``: list price or cost by id in the draws; ``labels`` and ``units`` likewise.
    """

    name: str
    label: str
    today: dict[str, float]
    labels: dict[str, str]
    units: dict[str, str]

    @property
    def first(self) -> float:
        """Today's price of the first pack, or the cost."""
        return next(iter(self.today.values()))

    @property
    def paid(self) -> dict[str, float]:
        """Today's prices of the packs that are not free of charge."""
        return {name: price for name, price in self.today.items() if price > 0}

    def at(self, draws: Draws, shares: Array) -> Draws:
        """The draws with prices at ``shares`` ``(n_draws,)`` or ``(1,)`` of today's, in place of any uncertain ones."""
        return draws.replace({name: shares * price for name, price in self.today.items()})


@dataclasses.dataclass(frozen=True)
class ValueBasedPrices(ShownResult):
    """Value-based price of everything priced: at each threshold the price at which INMB is zero,
    ``intercept + slope x threshold``."""

    TITLE = "Value-based prices"
    COLUMNS = ("product", "price", "willingness_to_pay", "price_at_zero_inmb", "share_of_price")

    definition: ModelDefinition
    priced: list[Priced]
    cost_free: Array
    cost_at_list: Array
    incremental_qalys: Array
    thresholds: tuple[float, ...]

    def lines(self) -> pd.DataFrame:
        """One row per pack, vial or cost: input, product, unit, price (today's), intercept, slope (price per unit of
        willingness to pay)."""
        rows = []
        for k, item in enumerate(self.priced):
            for name, today in item.today.items():
                intercept, slope = (today * x / self.cost_at_list[k] for x in (-self.cost_free[k], self.incremental_qalys[k]))
                rows.append((name, item.labels[name], item.units[name], today, intercept, slope))
        return LINES.frame(rows)

    def table(self) -> pd.DataFrame:
        """One row per pack, vial or cost and threshold: input, product, price (today's), willingness_to_pay,
        price_at_zero_inmb, share_of_price (1 = today's; negative: not even a free drug would do)."""
        rows = []
        for k, item in enumerate(self.priced):
            for name, today in item.today.items():
                for threshold in self.thresholds:
                    share = self.share(k, threshold)
                    rows.append((name, item.labels[name], today, threshold, share * today, share))
        return AT_THRESHOLDS.frame(rows)

    def share(self, position: int, threshold: float) -> float:
        """Share of today's price at which INMB is zero, for one of ``priced``."""
        return float((threshold * self.incremental_qalys[position] - self.cost_free[position]) / self.cost_at_list[position])

    def confirmed(self) -> pd.DataFrame:
        """The model run at the prices found: input, willingness_to_pay, price, inmb (zero but for rounding).

        Prices below zero are left out: no model can be run at them.
        """
        rows = []
        for k, item in enumerate(self.priced):
            paid = [t for t in self.thresholds if self.share(k, t) >= 0]
            if not paid:
                continue
            shares = np.array([self.share(k, t) for t in paid])
            cost, qalys = _run(self.definition, item, shares)
            inmb = np.array(paid) * qalys - cost
            rows += [(item.name, t, s * item.first, b) for t, s, b in zip(paid, shares, inmb, strict=True)]
        return CONFIRMED.frame(rows)


def value_based_prices(
    definition: ModelDefinition, inputs: Sequence[str] | None = None, thresholds: Sequence[float] | None = None
) -> ValueBasedPrices:
    """Value-based prices in closed form, from two runs for each of ``inputs``.

    ``inputs``: ids of drugs, or of costs such as ``care.new_drug`` (default: every drug that only the intervention uses;
    every drug it uses, if there is none such; without those that are free of charge). ``thresholds``: default all of the
    definition. Raises DefinitionError for an input that is no price, whose price is zero, or that does not raise the
    incremental cost.

    >>> import model
    >>> found = model.value_based_prices(model.example(), ["care.new_drug"])
    >>> price = float(found.table()["price_at_zero_inmb"].iloc[0])
    >>> at = model.edit(model.example(), {"care.new_drug": price})
    >>> bool(abs(model.base_case(at).inmb(50_000.0)) < 1e-6)
    True
    """
    wanted = [d for d in own_drugs(definition) if has_price(definition, d)] if inputs is None else list(inputs)
    found, free, at_list, gain = [], [], [], []
    for name in wanted:
        item = priced(definition, name)
        cost, qalys = _run(definition, item, np.array([0.0, 0.5, 1.0]))
        bent = abs(cost[1] - (cost[0] + cost[2]) / 2) > LINEAR * np.abs(cost).max()
        if bent or np.ptp(qalys) > LINEAR * np.abs(qalys).max():
            raise _refused(f"{name} is not a price: costs are not linear in it, or QALYs depend on it")
        if cost[2] <= cost[0]:
            if inputs is None:
                continue
            raise _refused(f"{name} has no value-based price: it does not raise the incremental cost")
        found.append(item)
        free.append(cost[0])
        at_list.append(cost[2] - cost[0])
        gain.append(qalys[0])
    asked_thresholds = definition.all_thresholds() if thresholds is None else tuple(float(t) for t in thresholds)
    return ValueBasedPrices(definition, found, np.array(free), np.array(at_list), np.array(gain), asked_thresholds)


def own_drugs(definition: ModelDefinition) -> list[str]:
    """Ids of the drugs that only the intervention uses; of every drug it uses, if there is none such."""
    others = {r.drug for r in definition.regimen(definition.settings.comparator)}
    used = [r.drug for r in definition.regimen(definition.settings.intervention)]
    return [drug for drug in used if drug not in others] or used


def has_price(definition: ModelDefinition, drug: str) -> bool:
    """Is a pack or vial of the drug priced above zero?"""
    return any(p.parameter.value > 0 for p in definition.products if p.drug == drug)


def priced(definition: ModelDefinition, name: str) -> Priced:
    """A drug with its packs and vials, or one cost, by id. Raises DefinitionError for anything else, or a price of 0."""
    products = [p for p in definition.products if p.drug == name]
    if products:
        label = definition.drug(name).label
        ids = {address_of("products", p): p for p in products}
        found = Priced(
            name,
            label,
            {k: p.parameter.value for k, p in ids.items()},
            {k: f"{plain_pack_words(definition, p)}{_in_money_of(definition, p)}" for k, p in ids.items()},
            {k: p.parameter.unit for k, p in ids.items()},
        )
    elif name in definition.parameters and TABLES[name.split(".")[0]].IS_COST:
        parameter, label = definition.parameters[name], all_labels(definition).get(name, name)
        found = Priced(name, label, {name: parameter.value}, {name: label}, {name: parameter.unit})
    else:
        raise _refused(f"'{name}' is neither a drug with a price nor a cost of the model")
    if not any(found.today.values()):
        raise _refused(f"the price of {name} is 0 today: give it a price above 0, of which others can be a share")
    return found


def plain_pack_words(definition: ModelDefinition, product: Product) -> str:
    """``Palbociclib, pack 21``."""
    return f"{definition.drug(product.drug).label}, {product.product.replace('_', ' ')}"


def _in_money_of(definition: ModelDefinition, product: Product) -> str:
    """The year of a list price that is not in money of the price year: all prices found are in money of that year too."""
    year = own_price_year(definition, product)
    return "" if year is None else f", in money of {year}"


def _run(definition: ModelDefinition, item: Priced, shares: Array) -> tuple[Array, Array]:
    """Incremental costs and QALYs of the base case at shares ``(n,)`` of today's price."""
    draws = item.at(Draws(len(shares), base_case_draws(definition).values), shares)
    return evaluate(definition, draws, threads=1).increments(*definition.compared)


def _refused(message: str) -> DefinitionError:
    return DefinitionError([Problem("", None, "", message)])
