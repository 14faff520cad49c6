"""A small model of which every kind of price change is part: factors and new prices, months and dates, one pack and all."""

from __future__ import annotations

import dataclasses

from model.definition import ModelDefinition, PriceChange, define
from model.definition.records.documentation import ScenarioChange
from tests.helpers.small_models import fixed, tables_of
from tests.helpers.small_runs import small_with_typed_curves

NEW_DRUG = "price_changes.new_drug.generic_entry.factor"
SECOND = "price_changes.new_drug.second_generic.factor"
NEGOTIATED = "price_changes.new_drug.negotiated.new_price"
BIOSIMILAR = "price_changes.backbone.vial_150.biosimilar.factor"
TENDER_150, TENDER_420 = (f"price_changes.backbone.vial_{n}.tender.new_price" for n in (150, 420))
AFTER_PROGRESSION = "price_changes.later_drug.off_patent.factor"


def change(drug: str, name: str, given_as: str, value: float, product: str | None = None, **options: object) -> PriceChange:
    plain = dict(drug=drug, product=product, change=name, given_as=given_as, parameter=fixed(value))
    return PriceChange(**{**plain, **options})  # type: ignore[arg-type]


def prices_over_time() -> ModelDefinition:
    """The starter model over 5 years: the new drug becomes generic, the backbone has a biosimilar of one vial and then a
    tender for both (it is also given after progression), the later drug loses its patent."""
    d = small_with_typed_curves()
    rows = (
        change("new_drug", "generic_entry", "factor", 0.3, from_month=12.0),
        change("new_drug", "second_generic", "factor", 0.1, from_month=30.0, applies=False),
        change("new_drug", "negotiated", "new_price", 900.0, from_month=24.0, applies=False),
        change("backbone", "biosimilar", "factor", 0.6, "vial_150", from_date="2028-01-15"),
        change("backbone", "tender", "new_price", 400.0, "vial_150", from_month=40.0),
        change("backbone", "tender", "new_price", 1000.0, "vial_420", from_month=40.0),
        change("later_drug", "off_patent", "factor", 0.5, from_month=20.0),
    )
    shown = (
        ScenarioChange(id="second", label="Second generic", input=f"{SECOND}.applies", value="yes"),
        ScenarioChange(id="early", label="Early biosimilar", input=f"{BIOSIMILAR}.from_date", value="2027-06-01"),
        ScenarioChange(id="cheap", label="Cheap generic", input=NEW_DRUG, value=0.15),
    )
    settings = dataclasses.replace(d.settings, time_zero_date="2026-11-24")
    return checked(dataclasses.replace(d, settings=settings, price_changes=rows, scenarios=(*d.scenarios, *shown)))


def checked(definition: ModelDefinition) -> ModelDefinition:
    """The definition, made anew with all its checks."""
    return define(**tables_of(definition))
