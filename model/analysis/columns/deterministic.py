"""Tables of one-way and two-way analysis, scenarios and switching values."""

from __future__ import annotations

from model.analysis.columns.common import (
    ICER,
    INCREMENTAL_COST,
    INCREMENTAL_LIFE_YEARS,
    INCREMENTAL_QALYS,
    INMB,
    INMB_AT,
    INPUT,
    LABEL,
    PER_QALY,
    UNIT,
    WARNING,
)
from model.result_columns import Repeated, ResultColumn, Table, amount, number, text

LOW = number("low", "Low bound", "value", 0, "Value of the input at its low bound")
HIGH = number("high", "High bound", "value", 0, "Value of the input at its high bound")
BOUNDS = text("bounds", "How the bounds were set", 0, "Percentiles of its distribution, or the columns Low and High", "free")
INMB_LOW = amount("inmb_low", "INMB at low bound", 0, "All other inputs at their values")
INMB_HIGH = amount("inmb_high", "INMB at high bound", 0, "All other inputs at their values")
RANGE = amount("range", "Range of INMB", 0, "Distance between the INMB at both bounds")
ICER_LOW = ResultColumn("icer_low", "ICER at low bound, {unit}", PER_QALY, "money", 0, "Empty where a ratio would mislead")
ICER_HIGH = ResultColumn("icer_high", "ICER at high bound, {unit}", PER_QALY, "money", 0, "Empty where a ratio would mislead")
NMB_LOW = amount("nmb_low {arm}", "NMB {arm} at low bound", 0, "Net monetary benefit of one arm")
NMB_HIGH = amount("nmb_high {arm}", "NMB {arm} at high bound", 0, "Net monetary benefit of one arm")
ONE_WAY = Table(
    "one_way",
    "Each input at its bounds, the others at their values",
    (INPUT, LABEL, UNIT, LOW, HIGH, BOUNDS, INMB_LOW, INMB_HIGH, RANGE, ICER_LOW, ICER_HIGH, Repeated((NMB_LOW, NMB_HIGH))),
)

VALUE = number("value", "Value", "value", 0, "Value of the input in the base case")
REASON = text("reason", "Reason", 16, "Why the analysis leaves it alone", "free")
EXCLUDED = Table("one_way_excluded", "Inputs left out", (INPUT, LABEL, VALUE, UNIT, REASON))

SCENARIO = text("scenario", "Scenario id", 26, "Id of the scenario; base: the base case")
SCENARIO_LABEL = text("label", "Scenario", 44, "The scenario in words")
BEST_AT = text(
    "best at {threshold:g}", "Best of all options at {currency} {threshold:,.0f} per QALY", 18, "Several where they tie"
)
PURPOSE = text("purpose", "Purpose", 44, "What the scenario is for", "note")
CHANGES = text("changes", "What changes", 60, "The inputs it edits, with their values", "note")
ICER_CHANGE = number("icer_change", "Change of ICER", "change", 11, "Relative to the base case")
SCENARIO_RESULTS = Table(
    "scenarios",
    "Scenarios",
    (
        *(SCENARIO, SCENARIO_LABEL, INCREMENTAL_COST, INCREMENTAL_LIFE_YEARS, INCREMENTAL_QALYS, ICER),
        *(Repeated((INMB_AT, BEST_AT)), Repeated((INMB_AT,)), PURPOSE, CHANGES, WARNING, ICER_CHANGE),
    ),
)

REGISTER = Table(
    "assumptions",
    "Assumptions and what they move",
    (
        text("assumption", "Assumption id", 26, "Id of the assumption on the input sheet"),
        text("text", "Assumption", 54, "What is assumed", "note"),
        text("justification", "Justification", 54, "Why it is reasonable", "note"),
        text("explored_by", "Explored by scenario", 34, "The scenario that takes another assumption", "note"),
        amount("cost_change", "Change of incremental cost", 15, "Scenario minus base case", "extra"),
        number("qalys_change", "Change of incremental QALYs", "qalys", 13, "Scenario minus base case", "QALYs"),
        ICER.wide(15),
        ICER_CHANGE,
        text("reason", "Why no scenario", 40, "Of an assumption that no scenario explores", "note"),
    ),
)

BASE = number("base", "Base case", "value", 18, "Value of the input in the base case")
FROM = number("low", "From", "value", 18, "Lowest value searched")
TO = number("high", "To", "value", 24, "Highest value searched")
ROOT = number("value", "INMB is zero at", "value", 18, "Value at which the decision changes; empty: none in the range")
FINDING = text("finding", "In words", 18, "What was found", "free")
SWITCHING_VALUES = Table(
    "threshold_values",
    "Values of other inputs at which the decision changes",
    (INPUT, LABEL, UNIT, BASE, FROM, TO, ROOT, FINDING),
)

AT_INPUT = number("{moved}", "{moved}", "value", 0, "Value of this input; of a curve: standard errors of its restricted mean")
TWO_WAY = Table("two_way", "Two inputs at once", (Repeated((AT_INPUT,)), INCREMENTAL_COST, INCREMENTAL_QALYS, INMB, ICER))
