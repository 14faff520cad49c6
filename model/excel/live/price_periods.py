"""Periods over which the prices of a drug stay, as formulas: from which day each change holds, and what a pack costs then.

Every row of the table of price changes has its period, whether it applies or not, so that one that is switched on counts at
once: a row that does not apply begins at the horizon, where no dose is left.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.definition.model_definition import address_of
from model.definition.price_periods import NEW_PRICE, changes_of, suffix_of
from model.definition.records.drugs import Drug, PriceChange
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import days_after, maximum, minimum, where
from model.excel.live.bench import Bench
from model.excel.live.timeline import Timeline
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.page import Page

START = 2  # column of the table


@dataclasses.dataclass(frozen=True)
class PeriodPrices:
    """One period: its number from 1, first and last day, the price of each pack, how many packs are at a new price."""

    suffix: str
    number: Formula
    start: Formula
    stop: Formula
    prices: list[Formula]
    new: Formula


@dataclasses.dataclass(frozen=True)
class PeriodsAt:
    """The periods of one drug, that of the list prices first; ``starts``: the days from which the others hold."""

    periods: list[PeriodPrices]
    starts: Formula

    def since(self, day: Formula, tolerance: Formula) -> Formula:
        """For each day 1 + that on which the last change began to hold; 0 where none has."""
        text = f"SUMPRODUCT(MAX(({self.starts.text}<={day.text}+{tolerance.text})*({self.starts.text}+1)))"
        begun = self.starts.value <= day.value[:, None] + tolerance.value
        return Formula(text, np.max(begun * (self.starts.value + 1), axis=1))

    def number(self, since: Formula) -> Formula:
        """The number of the period, by what :meth:`since` gives."""
        places = [float(np.flatnonzero(self.starts.value + 1 == s)[0]) + 2 if s else 1.0 for s in since.value]
        return Formula(f"IF({since.text}=0,1,MATCH({since.text}-1,{self.starts.text},0)+1)", np.array(places))


def write_price_periods(bench: Bench, page: Page, timeline: Timeline) -> dict[str, PeriodsAt]:
    """The periods of every drug that has rows in the table of price changes."""
    drugs = [d for d in bench.definition.drugs if changes_of(bench.definition, d.id)]
    return {drug.id: _Writer(bench, page, drug, timeline.rules.horizon_days).write() for drug in drugs}


class _Writer:
    """The table of one drug: a row for its list prices, and one for each change."""

    def __init__(self, bench: Bench, page: Page, drug: Drug, horizon: Formula):
        self.bench, self.horizon = bench, horizon
        self.rows = changes_of(bench.definition, drug.id)
        self.packs = [p for p in bench.definition.products if p.drug == drug.id]
        self.off = 1 - formula_of(bench.inputs.get(f"discounts.{drug.id}", 0))
        words = [f"{p.product.replace('_', ' ')}, {bench.report.currency}" for p in self.packs]
        self.table = GrowingTable(
            page,
            f"{drug.label}: prices over time",
            "What is paid from each day on; a dose is at the price of its day. A change that does not apply begins at the "
            "horizon. A pack that a change is not about keeps its price.",
            [
                PageColumn("Prices", "text", 58),
                PageColumn("Number", "plain", 22),
                PageColumn("From day", "any", 16),
                PageColumn("Until day", "any", 16),
                *(PageColumn(w, "any", 16) for w in words),
                PageColumn("Packs at a new price", "plain", 16),
            ],
        )
        self.first = [self._first_day(row) for row in self.rows]
        self.days = [Formula(self.table.at.cell(i + 1, START), day.value) for i, day in enumerate(self.first)]

    def write(self) -> PeriodsAt:
        listed = [self.bench.unit_costs[address_of("products", p)] * self.off for p in self.packs]
        row = RowBuilder(self.table, "List prices, less discount")
        number, start = row.put_number(1.0), row.put_number(0.0)
        stop = row.put(minimum(*self.days, self.horizon))
        prices = [row.put(price, "price") for price in listed]
        found = [PeriodPrices("", number, start, stop, prices, row.put_number(0.0))]
        row.close()
        found += [self._period(at, prices) for at in range(len(self.rows))]
        return PeriodsAt(found, self.table.span(START, 1))

    def _first_day(self, row: PriceChange) -> Formula:
        """The day from which a change holds; the horizon where it does not apply."""
        inputs, base = self.bench.inputs, address_of("price_changes", row)
        month, date = (inputs[f"{base}.{field}"] for field in ("from_month", "from_date"))
        by_month = where(month.equals(""), 0, month) * self.bench.constants.days_per_month
        by_date = days_after(date, inputs["settings.time_zero_date"])
        return where(inputs.yes(f"{base}.applies"), where(date.equals(""), by_month, by_date), self.horizon)

    def _period(self, at: int, listed: list[Formula]) -> PeriodPrices:
        suffix = suffix_of(self.rows[at])
        row = RowBuilder(self.table, suffix.removeprefix(", ").capitalize())
        number, start = row.put_number(at + 2.0), row.put(self.first[at])
        stop = row.put(self._last_day(at))
        held = [self._in_force(at, pack.product, price) for pack, price in zip(self.packs, listed, strict=True)]
        prices = [row.put(price, "price") for price, _ in held]
        new = row.put(sum((is_new for _, is_new in held), start=formula_of(0)))
        row.close()
        return PeriodPrices(suffix, number, start, stop, prices, new)

    def _last_day(self, at: int) -> Formula:
        """Until when the prices of a change hold: the next one; of several from the same day the first is the period."""
        day = self.days[at]
        later = [where(other > day, other, self.horizon) for other in self.days]
        same = [where(other.equals(day), day, self.horizon) for other in self.days[:at]]
        return minimum(*later, *same, self.horizon)

    def _in_force(self, at: int, pack: str, listed: Formula) -> tuple[Formula, Formula]:
        """The price of a pack from the day of change ``at`` on, and 1 where it is a new price: by this change if it is about
        the pack, else by the last one about it until then."""
        about = [i for i, row in enumerate(self.rows) if row.product in (None, pack)]
        if at in about:
            return self._changed(self.rows[at], listed)
        price, new = listed, formula_of(0)
        since = maximum(0, *((self.days[i] <= self.days[at]) * (self.days[i] + 1) for i in about))
        for i in about:
            changed, is_new = self._changed(self.rows[i], listed)
            holds = since.equals(self.days[i] + 1)
            price, new = where(holds, changed, price), where(holds, is_new, new)
        return price, new

    def _changed(self, row: PriceChange, listed: Formula) -> tuple[Formula, Formula]:
        """What a change makes of a pack's list price less discount, and 1 where that is a new price."""
        address = address_of("price_changes", row)
        if row.given_as == NEW_PRICE:
            return self.bench.unit_costs[address], formula_of(1)
        return listed * self.bench.inputs[address], formula_of(0)
