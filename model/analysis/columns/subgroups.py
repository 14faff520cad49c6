"""Tables of the base case in each subgroup, and of their mean weighted by share."""

from __future__ import annotations

from model.analysis.columns.common import ICER, INCREMENTAL_COST, INCREMENTAL_LIFE_YEARS, INCREMENTAL_QALYS, INMB_AT
from model.analysis.columns.deterministic import BEST_AT
from model.analysis.columns.structures import CONCLUSION, COSTS_OF, LIFE_YEARS_OF, QALYS_OF
from model.result_columns import Repeated, ResultColumn, Table, number, text

SUBGROUP = text("subgroup", "Subgroup", 44, "The subgroup in words; their weighted mean; the whole population")
SHARE = number("share", "Share", "share", 10, "Share of all patients")
INHB_AT = ResultColumn(
    "inhb at {threshold:g}", "INHB at {threshold:,.0f}, {unit}", "QALYs", "gain", 13, "Incremental net health benefit"
)
CHANGES = text("changes", "What differs", 60, "Inputs that differ from the whole population's, with their values", "note")
SUBGROUP_ID = text("id", "Subgroup id", 24, "Id of the subgroup; weighted_mean; base: the whole population")
SUBGROUP_WARNING = text("warning", "Warning", 40, "What a reviewer should be warned of", "note")
INCREMENTS = tuple(column.wide(14) for column in (INCREMENTAL_COST, INCREMENTAL_LIFE_YEARS, INCREMENTAL_QALYS, ICER))
SUBGROUPS = Table(
    "subgroups",
    "Subgroups side by side",
    (
        *(SUBGROUP, SHARE, *INCREMENTS, CONCLUSION),
        *(Repeated((INMB_AT, INHB_AT)), Repeated((BEST_AT,)), Repeated((LIFE_YEARS_OF, QALYS_OF, COSTS_OF))),
        *(CHANGES, SUBGROUP_WARNING, SUBGROUP_ID),
    ),
)
