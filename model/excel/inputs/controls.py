"""The rows of the sheet Settings by which an output workbook shows a subgroup, a scenario or a draw; 0 is the base case."""

from __future__ import annotations

from model.definition.records.columns import Column
from model.excel.inputs.layout import Control

SUBGROUP, SCENARIO, DRAW = "subgroup", "scenario", "psa_draw"
HEADERS = {SUBGROUP: "Subgroup shown", SCENARIO: "Scenario shown", DRAW: "Draw shown"}


def replay_controls(n_scenarios: int, n_draws: int, n_subgroups: int = 0) -> dict[str, Control]:
    """The rows that a workbook has use for, each at 0."""
    rows: dict[str, Control] = {}
    if n_subgroups:
        help_text = (
            "0: the whole population, as typed; k: subgroup number k of the sheet Subgroup results runs through the live "
            "sheets; a scenario shown is then applied to it. Set it back to 0 before the workbook is given to the model as "
            "input"
        )
        rows[SUBGROUP] = (_column(SUBGROUP, help_text, n_subgroups), 0)
    if n_scenarios:
        help_text = (
            "0: the inputs as typed; k: scenario number k of the sheet Scenario results runs through the live sheets. Set it "
            "back to 0 before the workbook is given to the model as input"
        )
        rows[SCENARIO] = (_column(SCENARIO, help_text, n_scenarios), 0)
    if n_draws:
        help_text = (
            "0: the base case; k: draw k of the sheet PSA draws runs through the live sheets, and the sheet Checks compares "
            "it with what the run stored. Set it back to 0 before the workbook is given to the model as input"
        )
        rows[DRAW] = (_column(DRAW, help_text, n_draws), 0)
    return rows


def _column(name: str, help_text: str, most: int) -> Column:
    return Column(HEADERS[name], "integer", help_text, minimum=0, maximum=most, default=0, number_format="0")
