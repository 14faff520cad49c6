"""Periods over which the prices of a drug stay as they are: until the first change, and from each change to the next."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping

from model.definition.model_definition import ModelDefinition
from model.definition.records.drugs import PriceChange

NEW_PRICE = "new_price"
SAME_TIME = 1e-9  # days: a dose at a time that is a change's but for rounding is at the new price


@dataclasses.dataclass(frozen=True)
class PricePeriod:
    """From day ``start`` until before day ``stop``, counted from time zero.

    ``changes``: by pack or vial the change that holds; of a pack that is not there the list price holds. ``begun_by``: the
    (first) change that begins the period, None for the prices at time zero.
    """

    start: float
    stop: float
    changes: Mapping[str, PriceChange]
    begun_by: PriceChange | None = None

    @property
    def suffix(self) -> str:
        """What follows the name of a drug in lines of the account; empty for the first period."""
        return "" if self.begun_by is None else suffix_of(self.begun_by)


def suffix_of(row: PriceChange) -> str:
    """What follows the name of a drug from a change on."""
    return f", after {row.change.replace('_', ' ')}"


def price_periods(definition: ModelDefinition, drug: str) -> list[PricePeriod]:
    """The periods of a drug in their order, the first one from time zero; those of no length are left out."""
    rows = sorted(
        ((first_day(definition, row), row) for row in changes_of(definition, drug) if row.applies), key=lambda item: item[0]
    )
    packs = [p.product for p in definition.products if p.drug == drug]
    found = [PricePeriod(0.0, float("inf"), {})]
    for day, row in rows:
        held = {pack: row for pack in packs if row.product in (None, pack)}
        last = found.pop()
        if day > last.start:
            found.append(dataclasses.replace(last, stop=day))
        begun_by = row if last.begun_by is None or day > last.start else last.begun_by
        found.append(PricePeriod(day, float("inf"), {**last.changes, **held}, begun_by))
    return found


def changes_of(definition: ModelDefinition, drug: str) -> list[PriceChange]:
    """The rows of a drug, also those that do not apply, in the order of their table."""
    return [row for row in definition.price_changes if row.drug == drug]


def first_day(definition: ModelDefinition, row: PriceChange) -> float:
    """The day, counted from time zero, from which a change holds. Of a valid definition only: a month or a date is given,
    and with a date that of time zero."""
    if row.from_month is not None:
        return row.from_month * definition.settings.days_per_month
    assert row.from_date is not None and definition.settings.time_zero_date is not None
    return float(days_between(definition.settings.time_zero_date, row.from_date))


def days_between(first: str, second: str) -> int:
    """Days from one calendar date to another, both as year-month-day."""
    return (datetime.date.fromisoformat(second) - datetime.date.fromisoformat(first)).days
