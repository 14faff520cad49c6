"""Tables of the budget impact: totals by year, categories, patients, and what a patient costs in each year."""

from __future__ import annotations

from model.analysis.columns.common import ARM
from model.result_columns import Table, amount, number, text

YEAR = number("year", "Year", "plain", 8, "Year of the budget, from 1")
STARTING = number("starting", "Patients who start", "value", 14, "Eligible patients who start in the year, in all arms")
COST_WITHOUT = amount(
    "cost_without", "Cost without the intervention", 18, "All patients of the year, without the intervention in the market"
)
COST_WITH = amount("cost_with", "Cost with the intervention", 18, "The same with the intervention in the market")
IMPACT = amount("impact", "Net budget impact", 18, "Cost with less cost without, all categories, after rebates", "extra")
GROSS = amount(
    "gross_drugs", "Of it drugs, gross of rebates", 18, "Acquisition of the arms' drugs at the model's prices", "extra"
)
REBATES = amount("rebates", "Of it rebates", 18, "What rebates take off that; above zero where they shrink", "extra")
NET_DRUGS = amount("net_drugs", "Of it drugs, net of rebates", 18, "Acquisition of the arms' drugs after rebates", "extra")
OTHER_COSTS = amount(
    "other_costs", "Of it other costs", 18, "All other costs; those of courses after progression after rebates", "extra"
)
PER_MEMBER = amount("per_member_per_month", "Per member per month", 14, "Impact / covered lives / 12", "member")
BUDGET = Table(
    "budget_impact",
    "Budget impact by year",
    (YEAR, STARTING, COST_WITHOUT, COST_WITH, IMPACT, GROSS, REBATES, NET_DRUGS, OTHER_COSTS, PER_MEMBER),
)
CATEGORY = text("category", "Category", 34, "Category of cost")
CATEGORIES = Table(
    "budget_impact_categories",
    "Budget impact by category and year",
    (
        *(CATEGORY, YEAR),
        amount("cost_without", "Cost without the intervention", 18, "Without the intervention in the market, after rebates"),
        amount("cost_with", "Cost with the intervention", 18, "With the intervention in the market, after rebates"),
        amount("impact", "Impact", 18, "Cost with less cost without", "extra"),
    ),
)
_SIDES = {"without": "without the intervention", "with": "with the intervention"}
PATIENTS = Table(
    "budget_impact_patients",
    "Patients by arm and year",
    (
        *(ARM, YEAR),
        *(number(f"starting_{k}", f"Start, {k}", "value", 14, f"Start in the year, {w}") for k, w in _SIDES.items()),
        *(
            number(f"treated_{k}", f"On treatment, {k}", "value", 14, f"On any drug of the arm at the year's end, {w}")
            for k, w in _SIDES.items()
        ),
        *(number(f"alive_{k}", f"Alive, {k}", "value", 14, f"Alive at the year's end, {w}") for k, w in _SIDES.items()),
    ),
)
COHORT = Table(
    "budget_impact_cohort",
    "What a patient costs in each year since the start of treatment, undiscounted",
    (
        ARM,
        number("year_of_patient", "Year of the patient", "plain", 10, "From 1, the year in which treatment starts"),
        CATEGORY,
        amount("cost", "Cost per patient", 16, "Undiscounted, per patient who starts, at the model's prices", "price"),
    ),
)
