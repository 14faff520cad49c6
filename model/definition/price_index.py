"""Costs of different years brought to one: cost x index of the price year of the settings / index of the cost's own year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from model.definition.model_definition import ModelDefinition

WITH_PRICE_YEAR = ("event_consequences", "products", "price_changes", "administration", "care", "end_of_life")
"""Tables whose costs have a price year."""


def price_factor(definition: ModelDefinition, record: Any) -> float:
    """What a cost is multiplied with; 1 where it has no price year. Of a valid definition only: both years have an index."""
    year, target = record.price_year, target_year(definition)
    if year is None or year == target:
        return 1.0
    levels = {row.year: row.index for row in definition.price_index}
    assert target is not None
    return levels[target] / levels[year]


def own_price_year(definition: ModelDefinition, record: Any) -> int | None:
    """The year of a cost where that is not the year to which costs are brought; else None."""
    return None if record.price_year == target_year(definition) else record.price_year


def target_year(definition: ModelDefinition) -> int | None:
    """The year to which costs are brought; None where the price year of the settings is a note."""
    text = definition.settings.price_year.strip()
    return int(text) if re.fullmatch(r"\d{4}", text) else None


def is_amount(table: str, record: Any) -> bool:
    """Is the value of a row an amount of money, rather than a share, a utility or a number of days?"""
    if table == "event_consequences":
        return bool(record.item == "cost")
    return table != "price_changes" or record.given_as == "new_price"


def costs_with_price_year(definition: ModelDefinition) -> Iterator[tuple[str, int, Any]]:
    """Rows that have one: table, position, record."""
    for table in WITH_PRICE_YEAR:
        for position, record in enumerate(definition.table(table)):
            if record.price_year is not None:
                yield table, position, record
