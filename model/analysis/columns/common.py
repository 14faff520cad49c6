"""Columns that stand in tables of several subjects."""

from __future__ import annotations

from model.result_columns import ResultColumn, amount, number, text

PER_QALY = "{currency} per {effect}"

INPUT = text("input", "Input id", 52, "Id of the input, as scenarios and --set name it")
LABEL = text("label", "Input", 50, "The input in words")
UNIT = text("unit", "Unit", 18, "Unit of the input")
ARM = text("arm", "Arm", 22, "The arm by its label")
OPTION = text("option", "Option", 0, "The option by its label")
ENDPOINT = text("endpoint", "Endpoint", 30, "What the curve is of")
CURVE = text("curve", "Curve", 30, "What the curve is of")
DISTRIBUTION = text("distribution", "Distribution", 16, "Distribution of the curve or the input")
AGAINST = text("against", "Against", 18, "The reference arm")
WARNING = text("warning", "Warning", 12, "What a reviewer should be warned of", "free")
LARGEST_GAP = number("largest_gap", "Largest gap, share of patients", "factor", 0, "Largest distance of PFS above OS")
RULE = text("rule", "Rule applied", 30, "What was done where PFS lies above OS")
MEAN_AREA = number("mean_area_months", "Mean area, {unit}", "area", 0, "Area of PFS above OS, over draws", "months")
LOWER_95 = number("lower_95", "Lower 95%", "ratio", 11, "Lower limit of the 95% interval")
UPPER_95 = number("upper_95", "Upper 95%", "ratio", 11, "Upper limit of the 95% interval")
DIFFERENCE = number("difference", "Difference", "ratio", 11, "The second figure less the first")
OUTCOME = text("outcome", "Outcome", 0, "What the numbers of the row are of")
MEAN = number("mean", "Mean", "value", 0, "Mean over draws, in the unit of the outcome")
STANDARD_DEVIATION = number("standard_deviation", "Standard deviation", "value", 0, "Over draws, in the unit of the outcome")
PERCENTILE_LOW = number("lower_95", "2.5th percentile", "value", 0, "Over draws, in the unit of the outcome")
PERCENTILE_HIGH = number("upper_95", "97.5th percentile", "value", 0, "Over draws, in the unit of the outcome")
SOURCE = text("source", "Source (id on the sheet References)", 0, "Where the figure comes from")
NOTES = text("notes", "Notes", 0, "Remarks of the input sheet", "note")
WILLINGNESS_TO_PAY = ResultColumn(
    "willingness_to_pay", "Willingness to pay, {unit}", PER_QALY, "money", 0, "The threshold at which the row holds"
)
INCREMENTAL_COST = amount("incremental_cost", "Incremental cost", 0, "Intervention minus comparator, discounted", "extra")
INCREMENTAL_LIFE_YEARS = number(
    "incremental_life_years", "Incremental life years", "gain", 0, "Intervention minus comparator, discounted", "years"
)
INCREMENTAL_QALYS = number(
    "incremental_qalys", "Incremental QALYs", "gain", 0, "Intervention minus comparator, discounted", "QALYs"
)
ICER = ResultColumn(
    "icer", "ICER, {unit} gained", PER_QALY, "money", 0, "Incremental cost per QALY gained; empty unless both are above 0"
)
INMB = amount("inmb", "INMB", 0, "Incremental net monetary benefit: threshold x incremental QALYs - incremental cost")
INMB_AT = amount("inmb at {threshold:g}", "INMB at {threshold:,.0f}", 15, "INMB at that willingness to pay")
LOWER = text("lower", "Lower curve", 16, "Of two neighbouring curves of the states the one that should be lower")
HIGHER = text("higher", "Higher curve", 16, "The one that should not be below it")
