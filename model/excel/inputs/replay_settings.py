"""The rows of the sheet Settings by which an output workbook shows a subgroup, a scenario or a draw, as a reader meets them.

They are no inputs. A workbook in which one of them is not 0 shows results that are not those of its inputs as typed;
it is refused as input, so that nobody takes the one for the other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from model.excel.inputs.controls import HEADERS
from model.excel.inputs.decision_sheets import SETTINGS
from model.excel.inputs.errors import InputProblem
from model.excel.inputs.found_tables import FoundTable, is_blank, normal
from model.excel.inputs.workbook_cells import CellError, SheetCells, address


@dataclasses.dataclass(frozen=True)
class ReplaySetting:
    """One such row: its name (``subgroup``, ``scenario`` or ``psa_draw``), sheet and cell, and what stands there."""

    name: str
    sheet: str
    cell: str
    value: Any

    @property
    def header(self) -> str:
        return HEADERS[self.name]

    @property
    def shows_inputs(self) -> bool:
        """Is it 0 or empty, so that the workbook shows its inputs as typed?"""
        number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        return is_blank(self.value) or (number and self.value == 0)

    @property
    def shown(self) -> str:
        """What stands in the cell, for messages."""
        if isinstance(self.value, CellError):
            return f"the cell {self.value.message}"
        if isinstance(self.value, float) and self.value.is_integer():
            return f"it is {self.value:.0f}"
        return f"it is '{self.value}'" if isinstance(self.value, str) else f"it is {self.value}"


def replay_settings(table: FoundTable, grid: SheetCells) -> dict[str, ReplaySetting]:
    """The rows that the table of settings has, by name."""
    names = {normal(header): name for name, header in HEADERS.items()}
    label, value = (table.columns.get(h, 0) for h in (SETTINGS.label_header, SETTINGS.value_header))
    found: dict[str, ReplaySetting] = {}
    for number in range(table.header_row + 1, table.last_row + 1):
        name = names.get(normal(grid.row(number).get(label)))
        if name is not None and name not in found and value:
            found[name] = ReplaySetting(name, grid.name, address(number, value), grid.row(number).get(value))
    return found


def refusals(found: Mapping[str, ReplaySetting]) -> list[InputProblem]:
    """One problem for each row that is not 0."""
    *others, last = [f"'{row.header}'" for row in found.values()] or [""]
    both = " and ".join(filter(None, (", ".join(others), last)))
    return [
        InputProblem(
            row.sheet,
            row.cell,
            row.header,
            "",
            f"{row.shown}; a workbook given to the model as input must show its own inputs: set {both} to 0",
        )
        for row in found.values()
        if not row.shows_inputs
    ]


def shown_instead(found: Iterable[ReplaySetting]) -> list[str]:
    """What a workbook shows in place of its inputs as typed, in words; nothing if all rows are 0."""
    return [f"'{row.header}' ({row.sheet}!{row.cell}): {row.shown}" for row in found if not row.shows_inputs]
