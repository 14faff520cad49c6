"""Tables of the differences between two models."""

from __future__ import annotations

from model.analysis.columns.common import ICER, INCREMENTAL_COST, INCREMENTAL_QALYS, INMB_AT, LABEL, PER_QALY, UNIT
from model.result_columns import Repeated, ResultColumn, Table, amount, number, text

NUMBER = text("number", "No.", 6, "Number of the change, in the order of the sheets")
SHEET = text("sheet", "Sheet", 21, "Input sheet of the changed cell")
CELL = text("cell", "Cell", 21, "The changed cell of the new model; of the old one where its row is gone")
INPUT_ID = text("input_id", "Input id", 44, "Id of the input, as scenarios and --set name it")
CHANGE = text("change", "Change", 12, "changed, added or removed")
OLD_VALUE = text("old_value", "Old value", 20, "Value in the old model")
NEW_VALUE = text("new_value", "New value", 20, "Value in the new model")
EFFECT = text(
    "effect", "How it was made, or why not", 40, "Alone, with others, or not run since it cannot move the base case"
)
DESCRIBED = (
    *(NUMBER, Repeated((SHEET, CELL)), LABEL.wide(36), INPUT_ID, CHANGE, OLD_VALUE, NEW_VALUE, UNIT.wide(12), EFFECT),
)
DIFFERENCES = Table("differences", "Differences between two models", DESCRIBED)

COST = INCREMENTAL_COST.wide(14, "money")
QALYS = INCREMENTAL_QALYS.wide(13, "factor")
RATIO = ICER.wide(15)
ICER_CHANGE = amount("icer_change", "Change of ICER", 14, "Against the old model")
ICER_CHANGE_RELATIVE = number("icer_change_relative", "Relative change of ICER", "change", 11, "Against the old model")
INMB_CHANGE_AT = amount("inmb change at {threshold:g}", "Change of INMB at {threshold:,.0f}", 15, "Against the old model")
STEP = text("step", "Step", 6, "Step of the walk from the old model to the new one in which it is made")
CHANGE_LOG = Table(
    "change_log",
    "Every difference with its effect",
    (
        *(*DESCRIBED, COST, QALYS, RATIO),
        text("icer_in_words", "ICER in words", 30, "The ICER, or what stands in its place"),
        *(ICER_CHANGE, ICER_CHANGE_RELATIVE, Repeated((INMB_AT, INMB_CHANGE_AT)), STEP),
        ResultColumn("icer_after_step", "ICER after the step, {unit}", PER_QALY, "money", 15, "With all changes up to it"),
        text("icer_after_step_in_words", "ICER after the step in words", 30, "The same, or what stands in its place"),
    ),
)
