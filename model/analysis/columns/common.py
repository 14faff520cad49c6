"""Columns that stand in tables of several subjects."""

from __future__ import annotations

from model.result_columns import ResultColumn, amount, text

PER_QALY = "{currency} per {effect}"

INPUT = text("input", "Input id", 52, "Id of the input, as scenarios and --set name it")
LABEL = text("label", "Input", 50, "The input in words")
UNIT = text("unit", "Unit", 18, "Unit of the input")
ARM = text("arm", "Arm", 22, "The arm by its label")
WILLINGNESS_TO_PAY = ResultColumn(
    "willingness_to_pay", "Willingness to pay, {unit}", PER_QALY, "money", 0, "The threshold at which the row holds"
)
INMB = amount("inmb", "INMB", 0, "Incremental net monetary benefit")
