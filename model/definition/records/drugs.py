"""Drugs: dose, schedule, packs and vials, prices, discounts, and the cost of giving them."""

from __future__ import annotations

import dataclasses

from model.definition.records.columns import QUALITY_MARKS, choice, column, parameter_block, price_year
from model.definition.records.limits import AMOUNT_OF_DRUG, MONEY, MONTHS, SHARE
from model.definition.records.names import Names
from model.definition.records.parameters import Parameter
from model.definition.records.record import COSTS_OF_CARE, Record

DOSE_BASES = {
    "fixed": "the same dose for everyone",
    "per_kg": "dose per kg of body weight",
    "per_m2": "dose per m2 of body surface",
}
PRICE_GIVEN_AS = {
    "factor": "share of the list price above that is paid from then on, before the discount",
    "new_price": "what one pack or vial costs from then on, after all discounts",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Drug(Record):
    """Dose and schedule of a drug."""

    id: str = column("Drug id", "id", "Short id used in the other sheets", width=24)
    label: str = column("Name", "text", "Name printed in results", width=26)
    dose_basis: str = choice("Dose basis", DOSE_BASES, width=13)
    dose: float = column(
        "Dose", "number", "Amount per administration (per kg or m2 where so based)", **AMOUNT_OF_DRUG, width=11
    )
    unit: str = column("Dose unit", "text", "mg, tablet, capsule: the unit of the dose and of the pack contents", width=12)
    loading_dose: float | None = column(
        "Loading dose",
        "number",
        "First dose, if another; empty: same as the dose",
        **AMOUNT_OF_DRUG,
        required=False,
        width=14,
    )
    schedule_days: float = column(
        "Schedule length",
        "number",
        "The dosing schedule repeats after this many days",
        unit="days",
        minimum=1.0,
        maximum=84.0,
        width=16,
    )
    dose_days: str = column(
        "Dose days",
        "text",
        "Days of the schedule on which a dose is given or a pack is handed out, such as 1 or 1, 8, 15",
        default="1",
        width=12,
    )
    wastage: str = column(
        "Wastage",
        "choice",
        "whole: unused rest of a vial or pack is paid for; shared: only the amount given is paid for",
        choices=("whole", "shared"),
        default="whole",
        width=11,
    )
    administration: str | None = column(
        "Administration id",
        "id",
        "How it is given; empty: no administration cost",
        refers_to="administration",
        required=False,
        width=20,
    )
    source: str = column("Source", "text", "Id of the reference", required=False, default="", width=22)
    quality: str = choice("Quality", QUALITY_MARKS, default="official", width=12)
    notes: str = column("Notes", "text", "How the dose and the schedule were obtained", required=False, default="", width=60)
    KEY = ("id",)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Product(Record):
    """One pack or vial size of a drug and its list price; the cheapest combination that covers a dose is used."""

    drug: str = column("Drug id", "id", "Drug", refers_to="drugs", width=24)
    product: str = column("Product id", "id", "Short id of the pack or vial", width=18)
    contents: float = column(
        "Contents", "number", "Amount in the pack or vial, in the drug's dose unit", **AMOUNT_OF_DRUG, width=12
    )
    price_year: int | None = price_year()
    parameter: Parameter = parameter_block(**MONEY)
    KEY = ("drug", "product")
    GROUP = COSTS_OF_CARE
    IS_COST = True

    def in_words(self, names: Names) -> str:
        return f"{names.drug(self.drug)}: list price, {self.product.replace('_', ' ')}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Discount(Record):
    """Share taken off the list price of a drug (0 if not listed)."""

    drug: str = column("Drug id", "id", "Drug", refers_to="drugs", width=24)
    parameter: Parameter = parameter_block(**SHARE)
    KEY = ("drug",)
    GROUP = COSTS_OF_CARE

    def in_words(self, names: Names) -> str:
        return f"{names.drug(self.drug)}: discount off list price"


@dataclasses.dataclass(frozen=True, kw_only=True)
class PriceChange(Record):
    """From a day on, another price of a drug or of one of its packs, until the next change of the same."""

    drug: str = column("Drug id", "id", "Drug", refers_to="drugs", width=24)
    product: str | None = column(
        "Product id", "id", "Pack or vial, as in the table of packs; empty: all of the drug's", required=False, width=18
    )
    change: str = column("Change id", "id", "Short id of what changes the price, such as generic_entry", width=22)
    given_as: str = choice("Given as", PRICE_GIVEN_AS, "What the column Value holds. ", width=14)
    applies: bool = column(
        "Applies",
        "yes_no",
        "yes: the price changes so; no: the row changes nothing until a scenario sets it to yes",
        default=True,
        width=11,
    )
    from_month: float | None = column(
        "From month",
        "number",
        "Months after time zero; doses from that time on are at the new price. Give this or a date",
        unit="months",
        **MONTHS,
        required=False,
        width=13,
    )
    from_date: str | None = column(
        "From date",
        "date",
        "Calendar date in place of the month; needs the calendar date of time zero on the sheet Settings",
        required=False,
        width=13,
    )
    price_year: int | None = price_year()
    parameter: Parameter = parameter_block(
        **MONEY, by="given_as", of={"factor": {"minimum": 0.0, "maximum": 100.0, "unusual_above": 2.0}, "new_price": MONEY}
    )
    KEY = ("drug", "product", "change", "given_as")
    GROUP = COSTS_OF_CARE
    IS_COST = True

    def in_words(self, names: Names) -> str:
        pack = f", {self.product.replace('_', ' ')}" if self.product else ""
        what = "price as a share of the list price" if self.given_as == "factor" else "new price"
        return f"{names.drug(self.drug)}{pack}: {what} after {self.change.replace('_', ' ')}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Administration(Record):
    """Cost of giving a drug once."""

    id: str = column("Administration id", "id", "Short id used on the sheet Drugs", width=22)
    occasion: str = column(
        "Occasion",
        "choice",
        "every: each time; or two rows, first and later",
        choices=("every", "first", "later"),
        default="every",
        width=12,
    )
    label: str = column("Name", "text", "Name printed in results", width=40)
    price_year: int | None = price_year()
    parameter: Parameter = parameter_block(**MONEY)
    KEY = ("id", "occasion")
    GROUP = COSTS_OF_CARE
    IS_COST = True

    def in_words(self, names: Names) -> str:
        suffix = {"every": "", "first": ", first", "later": ", later"}[self.occasion]
        return f"{self.label}{suffix}: cost"
