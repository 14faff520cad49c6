"""Checks of prices over time: which pack each change is of, when it holds, and that no two say different things of a day."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from model.definition.model_definition import ModelDefinition
from model.definition.price_periods import NEW_PRICE, changes_of, days_between, first_day, price_periods
from model.definition.problems import Problem
from model.definition.records.drugs import PriceChange


def price_changes_are_possible(d: ModelDefinition) -> Iterator[Problem]:
    """Packs exist, each change has a time, and what holds from a day on is known."""
    found = [*_packs_exist(d), *_times_are_given(d)]
    yield from found
    if not found:
        yield from _one_change_at_a_time(d)
        yield from _packs_keep_in_step(d)


def _packs_exist(d: ModelDefinition) -> Iterator[Problem]:
    for position, row in enumerate(d.price_changes):
        packs = [p.product for p in d.products if p.drug == row.drug]
        if row.product is not None and row.product not in packs:
            message = f"there is no pack '{row.product}' of '{row.drug}'; listed are {', '.join(packs) or 'none'}"
            yield Problem("price_changes", position, "product", message)
        if row.product is None and row.given_as == NEW_PRICE and len(packs) > 1:
            message = f"is empty; '{row.drug}' has {len(packs)} packs, and a new price is that of one of them"
            yield Problem("price_changes", position, "product", message)


def _times_are_given(d: ModelDefinition) -> Iterator[Problem]:
    start = d.settings.time_zero_date
    for position, row in enumerate(d.price_changes):
        if row.from_month is None and row.from_date is None:
            message = "is empty; give the month after time zero, or the calendar date, from which the price changes"
            yield Problem("price_changes", position, "from_month", message)
        elif row.from_month is not None and row.from_date is not None:
            yield Problem("price_changes", position, "from_date", "stands beside a month; give one of the two")
        elif row.from_date is not None and start is None:
            message = f"'{row.from_date}' needs the calendar date of time zero, which is empty on the sheet Settings"
            yield Problem("price_changes", position, "from_date", f"{message}; give it there, or a month here")
        elif row.from_date is not None and start is not None and days_between(start, row.from_date) < 0:
            message = f"'{row.from_date}' is before time zero, {start}; prices at time zero are those of the table of packs"
            yield Problem("price_changes", position, "from_date", message)


def _one_change_at_a_time(d: ModelDefinition) -> Iterator[Problem]:
    rows = [(i, row, first_day(d, row)) for i, row in enumerate(d.price_changes) if row.applies]
    for (_, one, day), (position, other, same) in combinations(rows, 2):
        if one.drug == other.drug and day == same and (one.product == other.product or None in (one.product, other.product)):
            message = f"'{one.change}' changes the same price from the same day; let one of the two apply"
            yield Problem("price_changes", position, _time(other), message)


def _packs_keep_in_step(d: ModelDefinition) -> Iterator[Problem]:
    """The packs of a drug are at list prices or shares of them, or all at new prices: so costs stay linear in the list
    prices, which move together in every analysis of prices. What begins after the horizon does not count."""
    end = d.settings.n_cycles * d.settings.cycle_days
    for drug in d.drugs:
        packs = [p.product for p in d.products if p.drug == drug.id]
        for period in price_periods(d, drug.id) if changes_of(d, drug.id) else []:
            new = [k for k in packs if k in period.changes and period.changes[k].given_as == NEW_PRICE]
            if period.begun_by is not None and period.start < end and 0 < len(new) < len(packs):
                others = ", ".join(k for k in packs if k not in new)
                message = f"from then on {', '.join(new)} has a new price and {others} has none; give each one, or factors"
                yield Problem("price_changes", d.price_changes.index(period.begun_by), "product", message)


def _time(row: PriceChange) -> str:
    return "from_month" if row.from_date is None else "from_date"
