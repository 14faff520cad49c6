"""Checks of price years: of amounts alone, and with an index for the year of the cost and for that of the settings."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.model_definition import ModelDefinition
from model.definition.price_index import costs_with_price_year, is_amount, target_year
from model.definition.problems import Problem


def price_years_have_an_index(d: ModelDefinition) -> Iterator[Problem]:
    """Every cost with a price year can be brought to that of the settings."""
    rows, target = list(costs_with_price_year(d)), target_year(d)
    listed = {row.year for row in d.price_index}
    if rows and target is None:
        message = (
            f"'{d.settings.price_year}' is no year; {len(rows)} costs have a price year, from which they are uprated to it"
        )
        yield Problem("settings", 0, "price_year", message)
    uprated = False
    for table, position, record in rows:
        year = record.price_year
        if not is_amount(table, record):
            yield Problem(table, position, "price_year", "is given for a value that is no amount of money; leave it empty")
        elif year != target and year not in listed:
            message = f"the table 'Price index' has no index for {year}; it lists {_years(listed)}"
            yield Problem(table, position, "price_year", message)
        else:
            uprated = uprated or year != target
    if uprated and target is not None and target not in listed:
        message = f"the table 'Price index' has no index for {target}; it lists {_years(listed)}"
        yield Problem("settings", 0, "price_year", message)


def _years(listed: set[int]) -> str:
    return ", ".join(str(year) for year in sorted(listed)) or "none"
