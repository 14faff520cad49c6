"""Table of the base case in every structure and under every link between the arms."""

from __future__ import annotations

from model.analysis.columns.common import ICER, INCREMENTAL_COST, INCREMENTAL_LIFE_YEARS, INCREMENTAL_QALYS, INMB_AT
from model.analysis.columns.deterministic import ICER_CHANGE
from model.result_columns import Repeated, Table, amount, number, text

STRUCTURE = text("structure", "Structure", 24, "How patients move between states")
LINK = text("link", "Link between arms", 44, "What is taken of survival after progression of a treated arm")
IN_USE = text("in_use", "In use", 10, "Is it the structure of the base case?")
LIFE_YEARS_OF = number("life_years {arm}", "Life years: {arm}", "years", 14, "Per patient of the arm, discounted", "years")
UNDISCOUNTED_OF = number(
    "life_years_undiscounted {arm}", "Life years, undiscounted: {arm}", "years", 14, "Per patient of the arm", "years"
)
QALYS_OF = number("qalys {arm}", "QALYs: {arm}", "qalys", 14, "Per patient of the arm, discounted", "QALYs")
COSTS_OF = amount("costs {arm}", "Cost: {arm}", 16, "Per patient of the arm, discounted")
QALYS_CHANGE = number("qalys_change", "Change of QALYs gained", "change", 14, "Relative to the base case")
COST_CHANGE = number("cost_change", "Change of extra cost", "change", 14, "Relative to the base case")
CONCLUSION = text("conclusion", "In words", 40, "Cost per QALY gained, or what stands in its place", "note")
NOTE = text("note", "Remark", 60, "What it was calibrated to, or why it was not run", "note")
STRUCTURES = Table(
    "structures",
    "The base case in each structure and under each link between the arms",
    (
        *(STRUCTURE, LINK, IN_USE),
        *(column.wide(14) for column in (INCREMENTAL_COST, INCREMENTAL_LIFE_YEARS, INCREMENTAL_QALYS, ICER)),
        *(COST_CHANGE, QALYS_CHANGE, ICER_CHANGE.wide(14), CONCLUSION),
        *(Repeated((INMB_AT,)), Repeated((LIFE_YEARS_OF, UNDISCOUNTED_OF, QALYS_OF, COSTS_OF)), NOTE),
    ),
)
