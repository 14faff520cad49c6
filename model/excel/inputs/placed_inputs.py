"""A definition read from a workbook together with the cell of every input, as it stands in that workbook."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cached_property
from os import PathLike

from model.definition.addresses import addresses
from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem
from model.excel.inputs.drafts import FIELD_SPECS, Book
from model.excel.inputs.errors import InputError, InputProblem
from model.excel.inputs.reader import read_with_book
from model.excel.inputs.replay_settings import shown_instead
from model.excel.inputs.workbook_cells import address as cell_address


@dataclasses.dataclass(frozen=True)
class CellPlace:
    """A cell of a workbook: its sheet as it is called there, and ``C7``."""

    sheet: str
    cell: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet


@dataclasses.dataclass(frozen=True, eq=False)
class PlacedInputs:
    """The definition of a workbook and where its inputs stand."""

    definition: ModelDefinition
    book: Book

    @property
    def shown_instead(self) -> list[str]:
        """What the workbook shows in place of these inputs, in words; nothing for an input workbook."""
        return shown_instead(self.book.replays.values())

    @cached_property
    def cells(self) -> Mapping[str, CellPlace]:
        """The cell of every address of the definition (:func:`model.definition.addresses`)."""
        return {
            name: self.place(where.table, where.position, where.field) for name, where in addresses(self.definition).items()
        }

    def place(self, table: str, position: int, field: str = "") -> CellPlace:
        """The cell of a record's field; the first cell of the row without a field, or where the sheet leaves the
        column out. Of the settings also ``horizon_years.source``, and the fields of ``about``."""
        name, _, part = field.partition(".")
        located = self.book.locate(Problem(table, position, name, ""))
        if part:
            return CellPlace(located.sheet, self._beside(table, name, part) or located.cell)
        return CellPlace(located.sheet, located.cell)

    def _beside(self, table: str, name: str, part: str) -> str:
        """The cell of source, quality or notes of a setting; "" where the sheet has none."""
        header = FIELD_SPECS[table].provenance[part].header
        column, row = self.book.found[table].columns.get(header), self.book.field_rows[table].get(name)
        return cell_address(row, column) if row and column else ""


def read_placed_inputs(path: str | PathLike[str]) -> PlacedInputs:
    """The definition in the workbook at ``path``, with its places; of an output workbook the inputs as typed, also while
    it shows a subgroup, a scenario or a draw.

    Raises :class:`InputError` with every problem found, as :func:`model.excel.read_inputs` does.
    """
    return PlacedInputs(*read_with_book(path, replays="ignore"))


def named_problems(error: InputError, name: str) -> Iterator[InputProblem]:
    """The problems of one of several workbooks, each with the name of its file in front."""
    for problem in error.problems:
        if problem.sheet:
            yield dataclasses.replace(problem, sheet=f"{name}: {problem.sheet}")
        else:
            words = str(problem)
            yield InputProblem("", "", "", "", words if name in words else f"{name}: {words}")
