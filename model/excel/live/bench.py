"""What the files of the live calculation share: the report, the constants, the inputs in use, and the pages."""

from __future__ import annotations

import dataclasses

from model.definition.model_definition import ModelDefinition
from model.engine.engine import Engine
from model.excel.formulas.formula import Formula, Term
from model.excel.live.constants import Constants, SheetFunctions
from model.excel.live.inputs import InputsInUse
from model.excel.live.stored_draws import DrawsAt
from model.excel.live.unit_costs import UnitCosts
from model.excel.output_book import Report
from model.excel.pages.grid import Grid
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page


@dataclasses.dataclass
class Bench:
    """``n_rows``: rows of every sheet over cycles, the longest time axis of any scenario and some more."""

    report: Report
    engine: Engine
    constants: Constants
    inputs: InputsInUse
    unit_costs: UnitCosts
    conventions: Page
    n_rows: int
    draws: DrawsAt | None
    grids: list[Grid] = dataclasses.field(default_factory=list)
    life_table: GrowingTable | None = None
    rows_missing: list[tuple[str, Formula]] = dataclasses.field(default_factory=list)

    @property
    def definition(self) -> ModelDefinition:
        return self.report.definition

    @property
    def functions(self) -> SheetFunctions:
        return SheetFunctions(self.constants)

    def parameter(self, parameter_id: str, default: float | None = None) -> Term:
        """A parameter in use, or a default where the definition does not list it."""
        if default is None:
            return self.inputs[parameter_id]
        return self.inputs.get(parameter_id, default)

    def grid(self, name: str, n_rows: int = 0) -> Grid:
        """A new sheet of columns (over cycles, unless another number of rows is given); written at the end."""
        made = Grid(self.report, name, n_rows or self.n_rows)
        self.grids.append(made)
        return made
