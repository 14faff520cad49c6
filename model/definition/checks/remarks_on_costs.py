"""Remarks on costs and the budget: prices, rebates, years and perspectives that change nothing."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.model_definition import ModelDefinition
from model.definition.perspective import societal_labels
from model.definition.price_periods import SAME_TIME, first_day
from model.definition.problems import Problem
from model.definition.records.budget import DEFAULTS, START_MONTH
from model.definition.records.columns import SOCIETAL


def price_changes_beyond_the_horizon(d: ModelDefinition) -> Iterator[Problem]:
    """Changes of prices that apply and that no dose of the model meets."""
    end = d.settings.n_cycles * d.settings.cycle_days
    for position, row in enumerate(d.price_changes):
        if row.applies and first_day(d, row) >= end:
            years = f"{end / d.settings.days_per_year:.3g} years"
            message = f"'{row.change}' begins at or after the end of the horizon, {years}: it applies and changes nothing"
            yield Problem("price_changes", position, "from_month" if row.from_date is None else "from_date", message)


def budget_leaves_out(d: ModelDefinition) -> Iterator[Problem]:
    """Rebates of drugs that nobody takes reduce nothing; years beyond the horizon hold nothing; prices that change over time
    count from each patient's start."""
    taken = {r.drug for r in d.regimens} | {r.drug for r in d.subsequent}
    for position, price in enumerate(d.net_prices):
        if price.drug not in taken:
            message = f"nobody takes '{price.drug}', in an arm or after progression: the rebate reduces nothing"
            yield Problem("net_prices", position, "drug", message)
    last = max((row.year for row in d.market_shares), default=0)
    start = next((row.value for row in d.budget_items if row.item == START_MONTH), DEFAULTS[START_MONTH])
    end = d.settings.n_cycles * d.settings.cycle_days
    if last and last * d.settings.days_per_year - start * d.settings.days_per_month > end + SAME_TIME:
        message = (
            f"the budget has {last} years and the horizon ends {end / d.settings.days_per_year:.3g} years after a patient's "
            "start: later costs, and patients still alive, are left out of the budget; extend the horizon, or budget fewer "
            "years"
        )
        place = max(range(len(d.market_shares)), key=lambda position: d.market_shares[position].year)
        yield Problem("market_shares", place, "year", message)
    dated = [position for position, row in enumerate(d.price_changes) if row.applies]
    if d.market_shares and dated:
        message = (
            "in the budget impact the change counts from the start of each patient, also of those who start in later years; "
            "for a change on a calendar day of the budget give a row of the table Net prices from that year on instead"
        )
        yield Problem("price_changes", dated[0], "applies", message)


def society_without_costs(d: ModelDefinition) -> Iterator[Problem]:
    """A societal perspective that counts no cost beside the payer's."""
    if d.settings.cost_perspective == SOCIETAL and not societal_labels(d):
        message = (
            "no cost is of the societal perspective, so that the results are the payer's: give costs of society the "
            "perspective 'societal' on the sheet Care"
        )
        yield Problem("settings", 0, "cost_perspective", message)
