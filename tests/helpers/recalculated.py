"""An output workbook in formualizer, a spreadsheet engine that is not ours: inputs typed into their cells, results read.

The oracle of the live formulas: the engine knows only the file, Python only the definition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import formualizer
from openpyxl.utils import column_index_from_string, coordinate_to_tuple

from model.analysis import base_case
from model.analysis.agreement import ALLOWED, Found, floor_of, relative_difference
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import ModelDefinition, addresses
from model.definition.addresses import Location
from model.excel.inputs.controls import replay_controls
from model.excel.inputs.layout import layout_of
from model.excel.output import write_workbook
from tests.helpers.formula_differences import Compared, compare_sheet
from tests.helpers.workbook_file import WorkbookFile

Place = tuple[str, int, int]
PREFIX = "out_"
FEWEST_FORMULAS = 5_000
"""Of the sheets of any whole model; fewer were not read."""


class Recalculated:
    """One workbook, loaded once; what is typed for a test is taken back after it. ``base``: the results as written."""

    def __init__(self, path: Path, definition: ModelDefinition):
        file = WorkbookFile(path)
        self.path, self.definition = path, definition
        self.named = {n: place_of(text) for n, text in file.defined_names.items() if ":" not in text}
        controls = replay_controls(
            len(definition.scenario_changes()), int("set_psa_draw" in self.named), len(definition.subgroups)
        )
        layout = layout_of(definition, controls)
        self.cells, self.tables = layout.cells, layout.tables
        self._typed_since: dict[Place, Any] = {}
        self._held: dict[Place, Any] = {}
        self._book: Any = self._load(path)
        self._settled = False
        self.base = self.results()

    @cached_property
    def python(self) -> dict[str, Found]:
        """Python's results of the same."""
        return named_outputs(base_case(self.definition))

    @cached_property
    def _addresses(self) -> dict[str, Location]:
        return addresses(self.definition)

    # ---- results ---------------------------------------------------------------------------------------------------

    def value(self, name: str) -> Found:
        """The value of a named cell; an error is a text that says so."""
        return _plain(self._evaluated().get_value(*self.named[name]))

    def results(self) -> dict[str, Found]:
        """Every named result, without its prefix."""
        return {n.removeprefix(PREFIX): self.value(n) for n in self.names_of_results}

    @property
    def names_of_results(self) -> list[str]:
        return [n for n in self.named if n.startswith(PREFIX)]

    def sheet(self, name: str, n_rows: int, n_columns: int) -> list[list[Any]]:
        """The values of the upper left corner of a sheet."""
        corner = formualizer.RangeAddress(name, 1, 1, n_rows, n_columns)
        return [[_plain(v) for v in row] for row in self._evaluated().sheet(name).get_values(corner)]

    def _load(self, path: Path) -> Any:
        return formualizer.load_workbook(str(path))

    def _evaluated(self) -> Any:
        """The workbook, calculated after the last thing typed."""
        anew = self._typed_anew()
        for place, value in anew.items():
            self._book.set_value(*place, value)
        if anew or not self._settled:
            self._book.evaluate_all()
            self._settled = True
        return self._book

    def _typed_anew(self) -> dict[Place, Any]:
        """What was typed since the workbook was last read, but for cells in which it stands already: what is taken back and
        typed anew is calculated once."""
        anew = {place: v for place, v in self._typed_since.items() if place not in self._held or self._held[place] != v}
        self._held |= anew
        self._typed_since = {}
        return anew

    # ---- settings and inputs ---------------------------------------------------------------------------------------

    @contextmanager
    def showing(self, **controls: int) -> Iterator[Recalculated]:
        """``scenario=3`` or ``psa_draw=7``: what the sheet Settings shows."""
        with self._typed({self.named[f"set_{name}"]: (k, 0) for name, k in controls.items()}):
            yield self

    @contextmanager
    def with_inputs(self, changes: Mapping[str, Any]) -> Iterator[Recalculated]:
        """Other values in input cells, by address."""
        typed = {}
        for address, value in changes.items():
            place, location = self.cells[address], self._addresses[address]
            table = location.table
            record: Any = self.definition.settings
            if table != "settings":
                record = self.definition.table(table)[location.position]
            holder = getattr(record, location.inside_block) if location.inside_block else record
            where = (place.sheet, place.row + 1, place.column + 1)
            typed[where] = (as_typed(value), as_typed(getattr(holder, location.field)))
        with self._typed(typed):
            yield self

    @contextmanager
    def with_key(self, table: str, position: int, field: str, value: Any) -> Iterator[Recalculated]:
        """Another word in a cell of a row that is no input, such as its key."""
        place = self.tables[table].cell(position, field)
        old = as_typed(getattr(self.definition.table(table)[position], field))
        with self._typed({(place.sheet, place.row + 1, place.column + 1): (as_typed(value), old)}):
            yield self

    @contextmanager
    def with_formula(self, place: Place, formula: str, old: Any) -> Iterator[Recalculated]:
        """A formula in a cell that holds ``old``."""
        book = self._evaluated()
        try:
            book.set_formula(*place, formula)
            self._settled = False
            yield self
        finally:
            book.set_value(*place, old)
            self._settled = False

    @contextmanager
    def _typed(self, values: Mapping[Place, tuple[Any, Any]]) -> Iterator[None]:
        try:
            self._typed_since |= {place: new for place, (new, _) in values.items()}
            yield
        finally:
            self._typed_since |= {place: old for place, (_, old) in values.items()}


def differences(python: Mapping[str, Found], workbook: Mapping[str, Found], allowed: float) -> dict[str, tuple[Found, Found]]:
    """Results that differ, with Python's value first; relative above 1, absolute below. A result that the workbook lacks
    differs, but for survival in years after its horizon, which a change of the horizon may reach."""
    wanted = {n: v for n, v in python.items() if n in workbook or not n.startswith("share_")}
    return {
        name: (value, workbook.get(name))
        for name, value in wanted.items()
        if not relative_difference(value, workbook.get(name), floor_of(name)) <= allowed
    }


def place_of(reference: str) -> Place:
    """``'After progression'!$D$9`` as sheet, row and column."""
    sheet, cell = reference.lstrip("=").rsplit("!", 1)
    row, column = coordinate_to_tuple(cell.replace("$", ""))
    return sheet.strip("'").replace("''", "'"), row, column


def as_typed(value: Any) -> Any:
    """An input as an analyst types it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value == "" else value


def written_book(folder: Path, definition: ModelDefinition, **analyses: Any) -> Recalculated:
    """The output workbook of a model, with its base case and with other analyses, written into a folder and loaded."""
    write_workbook(folder / "book.xlsx", base=base_case(definition), **analyses)
    return Recalculated(folder / "book.xlsx", definition)


def wrong_as_written(book: Recalculated, allowed: float = ALLOWED) -> dict[str, object]:
    """Results and formulas of a workbook, in which nothing is typed, that are not Python's, and checks that fail."""
    formulas = compare_formulas(book.path, book)
    found = {
        "results": differences(book.python, book.base, allowed),
        "checks failed": book.value("checks_failed"),
        "formulas": formulas.wrong,
        "too few formulas": formulas.count < FEWEST_FORMULAS,
    }
    return {what: wrong for what, wrong in found.items() if wrong}


def compare_formulas(path: Path, book: Recalculated) -> Compared:
    """Every formula of the workbook: its stored value beside the engine's."""
    file, result = WorkbookFile(path), Compared()
    for sheet in file.sheets:
        cells = list(file.cells(sheet))
        if cells:
            last_column = max(map(column_index_from_string, {cell.column for cell in cells}))
            values = book.sheet(sheet, max(cell.row for cell in cells), last_column)
            found = compare_sheet(
                cells, sheet, lambda cell, v=values: v[cell.row - 1][column_index_from_string(cell.column) - 1]
            )
            result.count += found.count
            result.wrong += found.wrong
    return result


def _plain(value: Any) -> Found:
    if isinstance(value, dict):
        return f"error {value.get('kind', value)}"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return float(value)
    return None if value is None or value == "" else str(value)
