"""Periods of prices: which change holds when, and what cannot be said of one day at once."""

from __future__ import annotations

import dataclasses
import math

import pytest

from model.definition import DefinitionError, ModelDefinition, PriceChange
from model.definition.checks.remarks import remarks
from model.definition.price_periods import price_periods
from tests.helpers.prices_over_time import change, checked, prices_over_time

MONTH = 30.4375


def with_rows(*rows: PriceChange) -> ModelDefinition:
    return checked(dataclasses.replace(prices_over_time(), price_changes=rows, scenarios=()))


def test_a_drug_without_rows_has_one_period_that_never_ends() -> None:
    (period,) = price_periods(with_rows(), "new_drug")
    assert (period.start, period.stop, dict(period.changes), period.suffix) == (0.0, math.inf, {}, "")


def test_rows_are_ordered_by_their_days_and_each_pack_keeps_its_last_change() -> None:
    late = change("backbone", "late", "factor", 0.5, "vial_420", from_month=20.0)
    early = change("backbone", "early", "factor", 0.8, from_month=10.0)
    periods = price_periods(with_rows(late, early), "backbone")
    assert [(p.start, p.stop) for p in periods] == [(0, 10 * MONTH), (10 * MONTH, 20 * MONTH), (20 * MONTH, math.inf)]
    assert [p.suffix for p in periods] == ["", ", after early", ", after late"]
    assert [dict(p.changes) for p in periods[1:]] == [
        {"vial_150": early, "vial_420": early},
        {"vial_150": early, "vial_420": late},
    ]


def test_changes_of_two_packs_on_one_day_are_one_period() -> None:
    rows = [change("backbone", "tender", "new_price", 90.0, pack, from_month=12.0) for pack in ("vial_150", "vial_420")]
    periods = price_periods(with_rows(*rows), "backbone")
    assert len(periods) == 2 and set(periods[1].changes.values()) == set(rows)


def test_a_change_from_the_start_leaves_no_period_before_it() -> None:
    row = change("new_drug", "contract", "factor", 0.9, from_month=0.0)
    (period,) = price_periods(with_rows(row), "new_drug")
    assert period.begun_by == row


REFUSED = {
    "two changes of one price from one day": (
        change("new_drug", "one", "factor", 0.5, from_month=12.0),
        change("new_drug", "other", "factor", 0.2, "pack_28", from_month=12.0),
        r"price_changes\[1\].from_month .*: 'one' changes the same price from the same day",
    ),
    "a new price of one of two packs": (
        change("backbone", "tender", "new_price", 90.0, "vial_150", from_month=12.0),
        change("new_drug", "other", "factor", 0.2, from_month=12.0),
        r"price_changes\[0\].product .*: from then on vial_150 has a new price and vial_420 has none",
    ),
    "a new price that is not said to be whose": (
        change("backbone", "tender", "new_price", 90.0, from_month=12.0),
        change("new_drug", "other", "factor", 0.2, from_month=12.0),
        r"price_changes\[0\].product .*: is empty; 'backbone' has 2 packs, and a new price is that of one of them",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused(what: str) -> None:
    *rows, message = REFUSED[what]
    with pytest.raises(DefinitionError, match=message):
        with_rows(*rows)  # type: ignore[arg-type]


def test_two_rows_of_one_day_are_fine_while_one_does_not_apply() -> None:
    first, second, _ = REFUSED["two changes of one price from one day"]
    idle = dataclasses.replace(second, applies=False)  # type: ignore[type-var]
    assert len(price_periods(with_rows(first, idle), "new_drug")) == 2  # type: ignore[arg-type]


def test_a_change_that_begins_with_the_end_of_the_horizon_or_later_is_told_and_needs_no_other_pack() -> None:
    """20 cycles of 91 days: 59.8 months."""
    inside, outside = (change("backbone", "tender", "new_price", 90.0, "vial_150", from_month=m) for m in (59.0, 60.0))
    with pytest.raises(DefinitionError, match="vial_420 has none"):
        with_rows(inside)
    (told,) = [r for r in remarks(with_rows(outside)) if r.table == "price_changes" and r.field == "from_month"]
    assert told.field == "from_month" and "'tender' begins at or after the end of the horizon" in told.message
    idle = dataclasses.replace(outside, applies=False)
    assert not [r for r in remarks(with_rows(idle)) if r.table == "price_changes" and r.field == "from_month"]
