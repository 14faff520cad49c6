"""From a dose to its cost: the calendar of administrations, whole vials over the spread of body size, discounts."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from scipy import special

from model.arrays import Array
from model.constants import DAYS_PER_MONTH
from model.definition.doses import dose_days, largest_amount
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.price_periods import NEW_PRICE, SAME_TIME, PricePeriod
from model.definition.records.arms import Regimen
from model.definition.records.drugs import Drug, PriceChange, Product
from model.definition.sampling.draws import Draws
from model.engine.streams import Value, parameter, product
from model.engine.unit_costs import unit_cost


def calendar(drug: Drug, regimen: Regimen | None, horizon_days: float, days_per_month: float = DAYS_PER_MONTH) -> Array:
    """Days (counted from time zero) on which a dose is given or a pack handed out, within the horizon and the
    regimen's start, longest duration and largest number of doses."""
    start = regimen.start_day if regimen else 0.0
    end = _end_of_months(regimen, horizon_days, days_per_month)
    repeats = np.arange(int(np.ceil(max(end - start, 0.0) / drug.schedule_days)) + 1) * drug.schedule_days
    days = np.sort((start + repeats[:, None] + np.array(dose_days(drug.dose_days)) - 1).ravel())
    days = days[days < end - 1e-9]
    return days[: regimen.max_doses] if regimen and regimen.max_doses else days


def days_within(days: Array, period: PricePeriod) -> Array:
    """The days of a calendar that fall into a period of prices; a dose on the day of a change is at the new price."""
    inside: Array = days[(days >= period.start - SAME_TIME) & (days < period.stop - SAME_TIME)]
    return inside


def stop_day(drug: Drug, regimen: Regimen | None, horizon_days: float, days_per_month: float = DAYS_PER_MONTH) -> float:
    """The day on which the regimen's own limits end treatment (the horizon if it has none): with a largest number of
    doses, when the next dose would be due."""
    end = _end_of_months(regimen, horizon_days, days_per_month)
    if regimen and regimen.max_doses:
        unlimited = dataclasses.replace(regimen, max_doses=None)
        days = calendar(drug, unlimited, horizon_days, days_per_month)
        end = float(days[regimen.max_doses]) if len(days) > regimen.max_doses else end
    return end


def _end_of_months(regimen: Regimen | None, horizon_days: float, days_per_month: float) -> float:
    if regimen and regimen.max_months:
        return min(horizon_days, regimen.start_day + regimen.max_months * days_per_month)
    return horizon_days


@dataclasses.dataclass(frozen=True)
class Cover:
    """Combinations of whole vials: ``capacity`` ``(m,)`` rising, ``counts`` ``(m, n_products)``.

    Only the combinations that can be cheapest at some price are kept: for each capacity attainable.
    """

    capacity: Array
    counts: Array

    def cheapest(self, prices: Array) -> Array:
        """``(n_draws, m)``: least cost of covering an amount above capacity[j-1] and up to capacity[j].

        ``prices``: ``(n_draws, n_products)``.
        """
        cost = prices @ self.counts.T
        return np.minimum.accumulate(cost[:, ::-1], axis=1)[:, ::-1]


def cover(contents: Array, largest_amount: float) -> Cover:
    """All useful combinations of vials for amounts up to ``largest_amount`` (in the unit of ``contents``)."""
    return _cover(tuple(contents.tolist()), largest_amount)


@lru_cache(maxsize=64)
def _cover(contents: tuple[float, ...], largest_amount: float) -> Cover:
    """The same of contents by which it is kept: many models have the same vials."""
    most = [max(1, int(np.ceil(largest_amount / c - 1e-12))) for c in contents]
    ceiling = largest_amount + max(contents)
    combinations = np.array(
        [c for c in itertools.product(*(range(m + 1) for m in most)) if 0 < np.dot(c, contents) <= ceiling + 1e-9],
        dtype=float,
    )
    capacity = combinations @ np.array(contents)
    order = np.argsort(capacity, kind="stable")
    return Cover(capacity[order], combinations[order])


def size_cdf(distribution: str, size: Array, mean: Array, sd: Array) -> Array:
    """Share of patients with a body size up to ``size`` ``(m,)``; mean and sd ``(n, 1)``; result ``(n, m)``."""
    certain = sd <= 0
    spread = np.where(certain, 1.0, sd)
    if distribution == "normal":
        z = (size - mean) / spread
    else:
        log_sd = np.sqrt(np.log1p((spread / mean) ** 2))
        z = (np.log(size) - np.log(mean) + log_sd**2 / 2) / log_sd
    return np.where(certain, size >= mean * (1 - 1e-12), special.ndtr(z))


def _price(definition: ModelDefinition, pack: Product, change: PriceChange | None) -> Value:
    """What a pack costs: its list price less the discount, a share of that, or a new price, which has no discount."""
    if change is not None and change.given_as == NEW_PRICE:
        return unit_cost(definition, "price_changes", change)
    listed, discount = unit_cost(definition, "products", pack), f"discounts.{pack.drug}"

    def paid(draws: Draws) -> Array:
        return listed(draws) * (1.0 - draws.get(discount, 0.0))

    return paid if change is None else product(paid, parameter(address_of("price_changes", change)))


class DoseCost:
    """Expected acquisition cost of one dose of a drug, per draw.

    Whole vials: the sum over combinations of (share of patients whose dose needs it) x (its least cost), over a normal
    or log-normal body size. Shared vials: mean dose x least price per unit. Discount off list applies to all list prices.
    ``changes``: by pack or vial what holds in place of its list price.
    """

    def __init__(
        self, definition: ModelDefinition, drug: Drug, dose: float, changes: Mapping[str, PriceChange] = MappingProxyType({})
    ):
        self.drug, self.dose = drug, dose
        products = [p for p in definition.products if p.drug == drug.id]
        self.contents = np.array([p.contents for p in products])
        self.prices = [_price(definition, p, changes.get(p.product)) for p in products]
        self.distribution = definition.settings.weight_distribution
        measure = {"per_kg": "weight", "per_m2": "bsa"}.get(drug.dose_basis)
        self.size_ids = (f"population.{measure}_mean", f"population.{measure}_sd") if measure else None
        self.cover = cover(self.contents, largest_amount(definition, drug, dose))

    def mean_amount(self, draws: Draws) -> Array:
        """Mean amount per dose in the drug's unit, ``(n,)`` or ``(1,)``."""
        return self.dose * draws[self.size_ids[0]] if self.size_ids else np.array([self.dose])

    def __call__(self, draws: Draws) -> Array:
        """Expected cost of one dose ``(n,)`` or ``(1,)``."""
        columns = np.broadcast_arrays(*(price(draws) for price in self.prices))
        prices = np.stack(columns, axis=1)
        if self.drug.wastage == "shared":
            return self.mean_amount(draws) * np.min(prices / self.contents, axis=1)
        return self._whole(draws, prices)

    def _whole(self, draws: Draws, prices: Array) -> Array:
        cost = self.cover.cheapest(prices)
        if self.size_ids is None:
            needed = int(np.searchsorted(self.cover.capacity, self.dose * (1 - 1e-12)))
            return cost[:, needed]
        mean, sd = (draws[name][:, None] for name in self.size_ids)
        upto = size_cdf(self.distribution, self.cover.capacity / self.dose, mean, sd)
        upto[:, -1] = 1.0
        share = np.diff(upto, axis=1, prepend=0.0)
        return np.sum(cost * share, axis=1)
