"""Packs and vials: which combination covers a dose at the least cost, over the spread of body size between patients.

One sheet with a block of columns per drug. A row is one combination of whole packs; sorted by what they hold, the
cheapest that holds at least as much is found for each, and each is weighed by the share of patients who need it.
"""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np

from model.definition.doses import MANY_COMBINATIONS
from model.definition.model_definition import address_of
from model.definition.records.drugs import DOSE_BASES, Drug
from model.excel.formulas.formula import AFTER, BEFORE, Formula, formula_of
from model.excel.formulas.functions import flag, ln, maximum, minimum, normal_cdf, nth_smallest, sqrt, sumproduct, where
from model.excel.live.bench import Bench
from model.excel.live.price_periods import PeriodPrices, PeriodsAt
from model.excel.pages.grid import Grid, GridColumn, last_cell

SHEET = "Packs"
MEASURES = {"per_kg": "weight", "per_m2": "bsa"}


@dataclasses.dataclass(frozen=True)
class PacksAt:
    """Of one drug: expected cost of a usual dose and of a first one, at list prices and in each period after them; 1 where
    the combinations do not reach far enough."""

    costs: list[tuple[Formula, Formula]]
    missing: Formula


def write_packs(bench: Bench, periods: dict[str, PeriodsAt]) -> dict[str, PacksAt]:
    """The sheet; ``periods``: of the drugs whose prices change over time."""
    counts = {drug.id: _counts(bench, drug) for drug in bench.definition.drugs}
    rows = max((len(c) for c in counts.values()), default=1)
    grid = bench.grid(SHEET, rows)
    grid.key_columns = 0
    found = {}
    for drug in bench.definition.drugs:
        later = periods[drug.id].periods[1:] if drug.id in periods else []
        found[drug.id] = _Block(bench, grid, drug, counts[drug.id]).write(later)
    return found


def _counts(bench: Bench, drug: Drug) -> np.ndarray:
    """Combinations of packs ``(m, n_products)`` for every amount that a dose basis with a known body size can ask for."""
    products = [p for p in bench.definition.products if p.drug == drug.id]
    contents = np.array([p.contents for p in products])
    dose = max(drug.dose, drug.loading_dose or 0.0)
    largest = max(dose * _size_limit(bench, basis) for basis in DOSE_BASES)
    if math.prod(math.ceil(largest / c) + 1 for c in contents) > MANY_COMBINATIONS / 100:
        largest = dose * _size_limit(bench, drug.dose_basis)
    most = [max(1, int(np.ceil(largest / c - 1e-12))) + 1 for c in contents]
    ceiling = largest + float(np.max(contents)) * 2
    found = [c for c in itertools.product(*(range(m + 1) for m in most)) if 0 < np.dot(c, contents) <= ceiling + 1e-9]
    ordered = sorted(found, key=lambda c: float(np.dot(c, contents)))
    return np.array(ordered, dtype=float)


def _size_limit(bench: Bench, basis: str) -> float:
    """The body size beyond which nobody is reckoned with; 1 for a fixed dose, 0 where the size is not known."""
    measure = MEASURES.get(basis)
    if measure is None:
        return 1.0
    given = {row.item: row.parameter.value for row in bench.definition.population}
    if f"{measure}_mean" not in given or f"{measure}_sd" not in given:
        return 0.0
    return 1.5 * (given[f"{measure}_mean"] + 10 * given[f"{measure}_sd"])


@dataclasses.dataclass(frozen=True)
class _Need:
    """A dose: the share of patients who need no more than each combination holds, the mean amount, what packs contain, and
    1 where the combinations leave patients out."""

    words: str
    upto: GridColumn
    mean_amount: Formula
    contents: list[Formula]
    missing: Formula


class _Block:
    """The columns of one drug."""

    def __init__(self, bench: Bench, grid: Grid, drug: Drug, counts: np.ndarray):
        self.bench, self.grid, self.drug, self.counts = bench, grid, drug, counts
        self.products = [p for p in bench.definition.products if p.drug == drug.id]
        grid.group = drug.label

    def write(self, later: list[PeriodPrices]) -> PacksAt:
        inputs, grid = self.bench.inputs, self.grid
        rows = grid.length = len(self.counts)
        self.number = grid.fixed("Combination", "", "plain", np.arange(1.0, rows + 1))
        packs = [
            grid.fixed(f"Packs of {p.product.replace('_', ' ')}", "packs", "plain", self.counts[:, i])
            for i, p in enumerate(self.products)
        ]
        holds = grid.column("Holds", self.drug.unit, "count")
        cost = grid.column("Costs", self.bench.report.currency, "price")
        off = 1 - self.bench.inputs.get(f"discounts.{self.drug.id}", Formula("0", 0.0))  # type: ignore[operator]
        contents, prices = [], []
        for product in self.products:
            words = product.product.replace("_", " ")
            address = address_of("products", product)
            contents.append(holds.take(f"In {words}", inputs[f"{address}.contents"]))
            prices.append(cost.take(f"Price of {words}", self.bench.unit_costs[address] * off))
        holds.fill(_dot(packs, contents))
        cost.fill(_dot(packs, prices))
        capacity = grid.column("Sorted by what they hold", self.drug.unit, "count")
        capacity.fill(nth_smallest(holds.span, self.number.here))
        least = self._cheapest(holds, cost, capacity)
        usual = self._need("dose", "dose", capacity, contents)
        cost_of_usual = self._expected(usual, least, prices)
        first = self._need("first dose", "loading_dose", capacity, contents)
        costs = [(cost_of_usual, self._expected(first, least, prices))]
        costs += [self._in_period(period, packs, holds, capacity, usual, first) for period in later]
        return PacksAt(costs, maximum(usual.missing, first.missing))

    def _in_period(
        self,
        period: PeriodPrices,
        packs: list[GridColumn],
        holds: GridColumn,
        capacity: GridColumn,
        usual: _Need,
        first: _Need,
    ) -> tuple[Formula, Formula]:
        """Expected cost of a dose and of a first one at the prices of a later period."""
        self.grid.group = f"{self.drug.label}{period.suffix}"
        cost = self.grid.column("Costs", self.bench.report.currency, "price")
        named = zip(self.products, period.prices, strict=True)
        prices = [cost.take(f"Price of {p.product.replace('_', ' ')}", price) for p, price in named]
        least = self._cheapest(holds, cost.fill(_dot(packs, prices)), capacity)
        return self._expected(usual, least, prices), self._expected(first, least, prices)

    def _cheapest(self, holds: GridColumn, cost: GridColumn, capacity: GridColumn) -> GridColumn:
        """The cheapest combination that holds at least as much as the row's: where the combinations stand in the order of
        what they hold, one of the first that holds as much and those below it; else all are gone through for each."""
        grid, never = self.grid, self.bench.constants.no_price
        unit, values = self.bench.report.currency, np.minimum.accumulate(cost.values[::-1])[::-1]
        onward = grid.column("Least cost of this row and those below", unit, "price")
        below = Formula(f"{grid.prefix}{onward.name}{AFTER}", np.append(values[1:], 0.0))
        cheaper = (self.number.here < last_cell(self.number)) * (below < cost.here)
        onward.fill(where(cheaper, below, cost.here))
        least = grid.column("Least cost of holding as much", unit, "price")
        n = holds.length
        falls = sumproduct((holds.part(1, n) < holds.part(0, n - 1)) * 1) if n > 1 else formula_of(0)
        in_order = least.take("In the order of what they hold", falls.equals(0))
        inner = f"{cost.span.text}+({holds.span.text}<{capacity.here.text})*{never.text}"
        searched = [float(np.min(cost.values[holds.values >= x])) for x in capacity.values]
        as_above = (self.number.here > 1) * capacity.here.equals(capacity.before)
        above = Formula(f"{grid.prefix}{least.name}{BEFORE}", np.append(0.0, searched[:-1]))
        every = Formula(f"SUMPRODUCT(MIN({inner}))", np.array(searched))
        return least.fill(where(in_order, where(as_above, above, onward.here), every))

    def _need(self, words: str, field: str, capacity: GridColumn, contents: list[Formula]) -> _Need:
        """How much of a dose patients need."""
        inputs, c = self.bench.inputs, self.bench.constants
        base = f"drugs.{self.drug.id}"
        upto = self.grid.column(f"Patients whose {words} is no more", "share")
        typed = inputs[f"{base}.{field}"]
        usual = inputs[f"{base}.dose"]
        amount = upto.take("Dose", usual if field == "dose" else where(typed.equals(""), usual, typed))
        basis = upto.take("Dose basis", inputs[f"{base}.dose_basis"])
        mean, sd = (upto.take(f"Body size, {w}", self._size(basis, w)) for w in ("mean", "sd"))
        shape = upto.take("Distribution of body size", inputs["settings.weight_distribution"])
        upto.fill(self._cdf(capacity.here / amount, mean, sd, shape))
        return _Need(words, upto, amount * mean, contents, where(last_cell(upto) < 1 - c.time_tolerance, 1, 0))

    def _expected(self, need: _Need, least: GridColumn, prices: list[Formula]) -> Formula:
        """Expected cost of a dose at some prices of the packs."""
        own = self.grid.column(f"Expected cost of a {need.words}", self.bench.report.currency, "price")
        own.fill((need.upto.here - need.upto.before) * least.here)
        rest = (1 - last_cell(need.upto)) * last_cell(least)
        whole_packs = own.total + rest
        per_unit = minimum(*(p / held for p, held in zip(prices, need.contents, strict=True)))
        shared = need.mean_amount * per_unit
        return where(self.bench.inputs[f"drugs.{self.drug.id}.wastage"].equals("shared"), shared, whole_packs)

    def _size(self, basis: Formula, which: str) -> Formula:
        """Body size in the unit of the dose basis; a fixed dose is a dose per one unit without spread."""
        inputs = self.bench.inputs
        result = Formula("1", 1.0) if which == "mean" else Formula("0", 0.0)
        for name, measure in MEASURES.items():
            address = f"population.{measure}_{which}"
            if address in inputs:
                result = where(basis.equals(name), inputs[address], result)
        return result

    def _cdf(self, size: Formula, mean: Formula, sd: Formula, shape: Formula) -> Formula:
        """Share of patients with a body size up to ``size``: normal, log-normal, or all alike."""
        c = self.bench.constants
        spread = maximum(c.smallest_shape, sd)
        log_sd = sqrt(ln(1 + (spread / mean) * (spread / mean)))
        normal = normal_cdf((size - mean) / spread)
        lognormal = normal_cdf((ln(size) - ln(mean) + log_sd * log_sd / 2) / log_sd)
        spreads = where(shape.equals("lognormal"), lognormal, normal)
        return where(sd > 0, spreads, flag(size >= mean * (1 - c.crossing_tolerance)))


def _dot(columns: list[GridColumn], values: list[Formula]) -> Formula:
    result = columns[0].here * values[0]
    for column, value in zip(columns[1:], values[1:], strict=True):
        result = result + column.here * value
    return result
