"""Costs of different years brought to one: cost x index of the target year / index of the cost's year, by hand.

TECH-VER (Buyukkaramikli et al. 2019): a higher index of a cost's own year lowers it; equal indices leave all as it is.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from model.analysis import base_case, psa
from model.definition import DefinitionError, ModelDefinition, PriceIndex, edit
from model.excel import template_definition
from tests.helpers.prices_over_time import checked

INDEX = tuple(PriceIndex(year=year, index=level) for year, level in ((2018, 80.0), (2020, 90.0), (2025, 120.0)))
YEARS = {
    "care.visits": 2018,
    "care.imaging": 2020,
    "end_of_life.terminal_care": None,
    "administration.infusion.first": 2018,
    "administration.infusion.later": 2018,
    "products.later_drug.pack_21": 2020,
}


def dated(years: dict[str, int | None], index: tuple[PriceIndex, ...] = INDEX) -> ModelDefinition:
    """The starter model whose costs have these price years."""
    changes: dict[str, Any] = {f"{address}.price_year": year for address, year in years.items()}
    bare = edit(template_definition(), {"end_of_life.terminal_care.price_year": None})
    return edit(checked(dataclasses.replace(bare, price_index=index)), changes)


def lines(definition: ModelDefinition) -> dict[tuple[str, str], float]:
    """Undiscounted cost of every line, by arm and label."""
    table = base_case(definition).resource_use()
    return dict(zip(zip(table["arm"], table["item"], strict=True), table["cost_undiscounted"], strict=True))


def test_each_line_is_multiplied_by_its_index_and_no_other_is() -> None:
    plain, uprated = lines(dated({})), lines(dated(YEARS))
    factors = {"Visits while progression-free": 120 / 80, "Imaging while progression-free": 120 / 90}
    factors |= {"Infusion (Backbone)": 120 / 80}
    moved = 0
    for (arm, item), cost in plain.items():
        if item.startswith(("Later drug", "Backbone, course")):
            continue  # drug and administration in one course
        factor = next((f for name, f in factors.items() if item.startswith(name)), 1.0)
        assert uprated[arm, item] == pytest.approx(cost * factor, rel=1e-12), item
        moved += factor != 1.0
    assert moved >= 6


def test_a_course_after_progression_takes_its_price_and_its_visits_each_at_their_own_factor() -> None:
    plain, dearer = lines(dated({})), lines(dated({"products.later_drug.pack_21": 2020}))
    key = next(k for k in plain if k[1].startswith("Later drug"))
    assert dearer[key] == pytest.approx(plain[key] * 120 / 90)


def test_a_higher_index_of_the_costs_own_year_lowers_it_by_hand() -> None:
    higher = tuple(dataclasses.replace(row, index=100.0) if row.year == 2018 else row for row in INDEX)
    item = next(k for k in lines(dated({})) if k[1].startswith("Visits"))
    before = lines(dated({"care.visits": 2018}))[item]
    after = lines(dated({"care.visits": 2018}, higher))[item]
    assert after / before == pytest.approx(80 / 100)


def test_equal_indices_change_nothing() -> None:
    flat = tuple(dataclasses.replace(row, index=77.0) for row in INDEX)
    assert lines(dated(YEARS, flat)) == pytest.approx(lines(dated({})))


def test_a_cost_of_the_price_year_itself_needs_no_index_and_stays() -> None:
    assert lines(dated({"care.visits": 2025}, ())) == pytest.approx(lines(dated({})))


def test_another_price_year_moves_all_dated_costs_alike() -> None:
    definition = dated({"care.visits": 2018})
    item = next(k for k in lines(definition) if k[1].startswith("Visits"))
    earlier = edit(definition, {"settings.price_year": "2020"})
    assert lines(earlier)[item] / lines(definition)[item] == pytest.approx(90 / 120)


def test_draws_are_uprated_like_the_base_case() -> None:
    plain, uprated = (psa(dated(years), 40, 3).outcomes.costs for years in ({}, {"care.supportive_care": 2018}))
    column = plain.categories.index("Care, progressed")
    assert uprated.discounted[:, :, column] == pytest.approx(plain.discounted[:, :, column] * 120 / 80)
    others = [c for c in range(len(plain.categories)) if c != column]
    assert np.array_equal(uprated.discounted[:, :, others], plain.discounted[:, :, others])


def test_a_dearer_list_price_and_a_new_price_are_uprated() -> None:
    packs = {f"products.backbone.{k}": 2018 for k in ("vial_150", "vial_420")}
    plain, dearer = lines(dated({})), lines(dated(packs))
    key = next(k for k in plain if k[1] == "Backbone")
    assert dearer[key] == pytest.approx(plain[key] * 1.5)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"care.visits.price_year": 2019}, "the table 'Price index' has no index for 2019; it lists 2018, 2020, 2025"),
        ({"care.visits.price_year": 2018, "settings.price_year": "2024"}, "no index for 2024"),
        ({"care.visits.price_year": 2018, "settings.price_year": "Mixed"}, "'Mixed' is no year; 1 costs have a price year"),
        ({"care.visits.price_year": 2019.5}, "not a whole number"),
        ({"care.visits.price_year": 19}, "below the minimum of 1,950"),
        ({"price_index.2018.index": 0.0}, "below the minimum"),
        ({"price_changes.new_drug.generic_entry.factor.price_year": 2018}, "no amount of money"),
    ],
)
def test_a_year_that_cannot_be_brought_to_the_price_year_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(DefinitionError) as error:
        edit(dated({}), changes)
    assert said in str(error.value)
