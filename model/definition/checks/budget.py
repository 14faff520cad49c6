"""Checks of the budget impact: patients are counted, years follow one another, market shares of a year sum to 1."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem
from model.definition.records.budget import NEEDED_ITEMS
from model.definition.shares import sum_to_one

SIDES = {"without": "Without", "share_with": "With"}


def budget_is_complete(d: ModelDefinition) -> Iterator[Problem]:
    """All of what a budget impact needs, or none of it."""
    if not (d.budget_items or d.market_shares or d.net_prices):
        return
    given = {row.item for row in d.budget_items}
    for item in NEEDED_ITEMS:
        if item not in given:
            yield Problem("budget_items", None, "item", f"the row '{item}' is missing; a budget impact needs it")
    if not d.market_shares:
        message = "no row is given; a budget impact needs the shares of each year, from year 1 on"
        yield Problem("market_shares", None, "year", message)
    yield from _shares_sum_to_one(d)


def _shares_sum_to_one(d: ModelDefinition) -> Iterator[Problem]:
    """Years follow one another from 1 on, and the shares of each sum to 1."""
    years = {row.year for row in d.market_shares}
    for position, row in enumerate(d.market_shares):
        if row.year > 1 and row.year - 1 not in years:
            message = f"year {row.year} is given and year {row.year - 1} is not; years follow one another from 1 on"
            yield Problem("market_shares", position, "year", message)
    for year in sorted(years):
        rows = [i for i, row in enumerate(d.market_shares) if row.year == year]
        for field, header in SIDES.items():
            shares = [getattr(d.market_shares[i], field) for i in rows]
            if not sum_to_one(shares):
                message = f"the shares '{header}' of year {year} sum to {sum(shares):.10g}; they must sum to 1"
                yield Problem("market_shares", rows[-1], field, message)
