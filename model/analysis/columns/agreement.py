"""Tables of two calculations of one model beside each other."""

from __future__ import annotations

from model.result_columns import Table, number, text

PARTS = Table(
    "comparisons",
    "What was compared",
    (
        text("what", "Compared", 0, "Kind of value"),
        number("cases", "Cases", "count", 0, "Draws, scenarios or edits"),
        number("values", "Values", "count", 0, "Pairs of values"),
        number("largest", "Largest difference", "tiny", 0, "Relative above 1, absolute below"),
        number("allowed", "Allowed", "tiny", 0, "What counts as rounding"),
        text("verdict", "Verdict", 0, "Equal, or what a difference means"),
        text("remark", "Remark", 0, "What a reader must know besides"),
    ),
)
DIFFERENCES = Table(
    "values_that_differ",
    "Values that differ",
    (
        text("case", "Case", 0, "Draw, scenario or edit"),
        text("name", "Result", 0, "Name of the value"),
        text("cell", "Cell", 0, "Where the workbook has it"),
        number("expected", "Python", "any", 0, "Python's value; of a stored number, the recalculated one"),
        number("workbook", "Workbook", "any", 0, "The workbook's value"),
        number("relative", "Difference", "tiny", 0, "Relative above 1, absolute below"),
    ),
)
