"""What a budget holder needs beside the model: how many patients, who gets which arm with and without the intervention, and
the prices after rebates. No result of the cost-effectiveness analysis depends on it."""

from __future__ import annotations

import dataclasses

from model.definition.records.columns import QUALITY_MARKS, choice, column
from model.definition.records.limits import LARGEST_AMOUNT, SHARE, Limits
from model.definition.records.record import Record

MOST_YEARS = 10
PATIENTS: Limits = {"minimum": 0.0, "maximum": LARGEST_AMOUNT}
PREVALENT, ALREADY_TREATED, INCIDENT, GROWTH = "prevalent", "already_treated", "incident", "growth"
ELIGIBLE, START_MONTH, COVERED_LIVES = "eligible", "start_month", "covered_lives"
BUDGET_ITEMS = {
    PREVALENT: "patients who have the condition when the first year begins",
    ALREADY_TREATED: "share of them who have had this line of treatment already and do not start it",
    INCIDENT: "new patients in the first year",
    GROWTH: "growth of new patients from one year to the next, a share",
    ELIGIBLE: "share of patients who are eligible for the arms of the model",
    START_MONTH: "months from the beginning of a year until its patients start, on average: 0 all on the first day, 6 spread "
    "over the year",
    COVERED_LIVES: "people whose care the budget pays for, per month; for the impact per member per month",
}
NEEDED_ITEMS = (PREVALENT, INCIDENT)
DEFAULTS = {ALREADY_TREATED: 0.0, GROWTH: 0.0, ELIGIBLE: 1.0, START_MONTH: 0.0, COVERED_LIVES: 0.0}
"""Values of items that are not listed; 0 covered lives: no impact per member is stated."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class BudgetItem(Record):
    """One number about the patients whom the budget pays for."""

    item: str = choice("Item", BUDGET_ITEMS, width=20)
    value: float = column(
        "Value",
        "number",
        "Number of patients or people, share, or months",
        minimum=-0.5,
        maximum=LARGEST_AMOUNT,
        by="item",
        of={
            PREVALENT: PATIENTS,
            ALREADY_TREATED: SHARE,
            INCIDENT: PATIENTS,
            GROWTH: {"minimum": -0.5, "maximum": 1.0, "unusual_below": -0.1, "unusual_above": 0.1},
            ELIGIBLE: SHARE,
            START_MONTH: {"minimum": 0.0, "maximum": 12.0},
            COVERED_LIVES: {"minimum": 0.0, "maximum": LARGEST_AMOUNT},
        },
        number_format="#,##0.00##",
        width=16,
    )
    unit: str = column("Unit", "text", "Unit of the value", required=False, default="", width=20)
    source: str = column(
        "Source", "text", "Id of the reference (several: separated by ;)", required=False, default="", width=22
    )
    quality: str = choice("Quality", QUALITY_MARKS, default="assumption", width=12)
    notes: str = column("Notes", "text", "How the value was obtained", required=False, default="", width=60)
    KEY = ("item",)
    TOUCHES = "budget"


@dataclasses.dataclass(frozen=True, kw_only=True)
class MarketShare(Record):
    """Of the patients who start in a year, the share who get one arm: without and with the intervention in the market."""

    year: int = column("Year", "integer", "Year of the budget, from 1", minimum=1, maximum=MOST_YEARS, width=8)
    arm: str = column("Arm id", "id", "Arm", refers_to="arms", width=22)
    without: float = column(
        "Without",
        "number",
        "Share of those who start in the year, were the intervention not introduced; sums to 1 over the arms",
        **SHARE,
        number_format="0.0##%",
        width=12,
    )
    share_with: float = column(
        "With",
        "number",
        "The same with the intervention in the market (uptake); sums to 1 over the arms",
        **SHARE,
        number_format="0.0##%",
        width=12,
    )
    source: str = column(
        "Source", "text", "Id of the reference (several: separated by ;)", required=False, default="", width=22
    )
    quality: str = choice("Quality", QUALITY_MARKS, default="assumption", width=12)
    notes: str = column("Notes", "text", "How the shares were obtained", required=False, default="", width=60)
    KEY = ("year", "arm")
    TOUCHES = "budget"


@dataclasses.dataclass(frozen=True, kw_only=True)
class NetPrice(Record):
    """What the budget holder pays of a drug's acquisition cost after rebates, from a year on (1 if not listed)."""

    drug: str = column("Drug id", "id", "Drug that an arm takes", refers_to="drugs", width=24)
    from_year: int = column(
        "From year",
        "integer",
        "Year of the budget from which it holds, until the next row of the drug",
        minimum=1,
        maximum=MOST_YEARS,
        width=11,
    )
    factor: float = column(
        "Share paid",
        "number",
        "Share of the model's acquisition cost that is paid after rebates: 1 as in the model, 0.8 after a rebate of 20%",
        minimum=0.0,
        maximum=2.0,
        unusual_above=1.0,
        number_format="0.0##%",
        width=12,
    )
    source: str = column(
        "Source", "text", "Id of the reference (several: separated by ;)", required=False, default="", width=22
    )
    quality: str = choice("Quality", QUALITY_MARKS, default="assumption", width=12)
    notes: str = column("Notes", "text", "How the share was obtained", required=False, default="", width=60)
    KEY = ("drug", "from_year")
    TOUCHES = "budget"
