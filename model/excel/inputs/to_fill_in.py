"""What is still to be filled in of a workbook: every empty cell that must hold something, in the words of a newcomer.

Beside the cells that a column requires: the numbers that the distribution of an uncertain value needs, one of which would
otherwise be asked for only once its value stands, and the month of a landmark.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from openpyxl.utils.cell import coordinate_to_tuple

from model.definition.records.columns import Column
from model.definition.records.curves import STATISTICS
from model.excel.inputs.drafts import FIELD_SPECS, Book
from model.excel.inputs.entry_rules import allowed_words
from model.excel.inputs.errors import InputProblem
from model.excel.inputs.found_tables import is_blank
from model.excel.inputs.records import Draft, row_label
from model.excel.inputs.schema import TABLE_SPECS
from model.excel.inputs.table_specs import TableSpec
from model.excel.inputs.workbook_cells import address

NEEDS = {
    "gamma": ("standard_error",),
    "lognormal": ("standard_error",),
    "normal": ("standard_error",),
    "beta": ("standard_error", "sample_size"),
    "dirichlet": ("sample_size",),
    "lognormal_ratio": ("low", "high", "standard_error"),
    "uniform": ("low", "high"),
}
"""Numbers, one of which a distribution cannot be made without; both limits, of those that take them."""
NEED_WORDS = {
    **dict.fromkeys(("gamma", "lognormal", "normal"), "its SE"),
    "beta": "its SE or n",
    "dirichlet": "the n of its group",
    "lognormal_ratio": "its 95% interval, Low and High",
    "uniform": "Low and High",
}
EMPTY = "is empty;"
FEWEST_LISTED = 8
"""Empty cells from which on a workbook is one that is still being filled in."""


@dataclasses.dataclass(frozen=True)
class EmptyCell:
    """A cell to fill in, as :class:`InputProblem` has a place, and what goes there."""

    sheet: str
    cell: str
    header: str
    label: str
    words: str

    def __str__(self) -> str:
        of = f" ({self.label})" if self.label else ""
        return f"{self.cell} {self.header}{of}: {self.words}"


def empty_cells(book: Book) -> list[EmptyCell]:
    """The empty cells of a workbook that must hold something, in the order of its sheets."""
    return _in_order(
        [cell for name, drafts in book.drafts.items() for draft in drafts for cell in _of_draft(book, name, draft)]
    )


def with_what_they_ask_for(
    cells: Sequence[EmptyCell], problems: Sequence[InputProblem]
) -> tuple[list[EmptyCell], list[InputProblem]]:
    """All empty cells that must hold something, also those that other cells ask for, and the problems that are none."""
    told = {(cell.sheet, cell.cell) for cell in cells}
    others = [p for p in problems if (p.sheet, p.cell) not in told]
    asked = [p for p in others if p.message.startswith(EMPTY)]
    more = [EmptyCell(p.sheet, p.cell, p.header, p.label, p.message.removeprefix(EMPTY).strip()) for p in asked]
    return _in_order([*cells, *more]), [p for p in others if p not in asked]


def _in_order(cells: Sequence[EmptyCell]) -> list[EmptyCell]:
    """By sheet, then down the sheet."""
    sheets = list(dict.fromkeys(cell.sheet for cell in cells))

    def place(cell: EmptyCell) -> tuple[int, int, int]:
        row, column = coordinate_to_tuple(cell.cell) if cell.cell else (0, 0)
        return sheets.index(cell.sheet), row, column

    return sorted(cells, key=place)


def still_to_fill_in(name: str, cells: Sequence[EmptyCell], others: Sequence[InputProblem]) -> str:
    """What ``check`` says of a workbook that is still being filled in; ``others``: problems of other cells."""
    lines = [f"{name}: {len(cells)} cells are still to be filled in, sheet by sheet:"]
    for sheet in dict.fromkeys(cell.sheet for cell in cells):
        here = [cell for cell in cells if cell.sheet == sheet]
        lines += [f"\n{sheet} ({len(here)})", *(f"  {cell}" for cell in here)]
    if others:
        lines += ["\nBeside these:", *(f"  {problem}" for problem in others)]
    lines.append(
        "\nA row that the model does not need is deleted as a whole. Save the workbook and check it again; what the numbers "
        "must be together is told once all of them stand."
    )
    return "\n".join(lines)


def _of_draft(book: Book, table: str, draft: Draft) -> Iterator[EmptyCell]:
    if table not in book.found:
        return
    found, sheet = book.found[table], book.sheet_names[table]
    if table in FIELD_SPECS:
        spec = FIELD_SPECS[table]
        for name, row in book.field_rows.get(table, {}).items():
            if name in draft.failed and is_blank(draft.failed[name]):
                column = spec.fields[name]
                cell = address(row, found.columns[spec.value_header])
                yield EmptyCell(sheet, cell, column.header, "", _words(column))
        return
    spec_of_rows = TABLE_SPECS[table]
    label = row_label(spec_of_rows, {c.field: draft.values.get(c.field) for c in spec_of_rows.columns})
    for field, words in _of_row(spec_of_rows, draft):
        header = next(c.header for c in spec_of_rows.columns if c.field == field)
        if header in found.columns:
            yield EmptyCell(sheet, address(draft.row, found.columns[header]), header, label, words)


def _of_row(spec: TableSpec, draft: Draft) -> Iterator[tuple[str, str]]:
    """Field and words of each empty cell of one row."""
    empty = [c for c in spec.columns if c.field in draft.failed and is_blank(draft.failed[c.field])]
    uncertainty = _uncertainty(draft) if any(c.in_block for c in spec.columns) else ""
    for column in empty:
        if column.in_block and column.field == "value":
            unit = str(draft.values.get("unit") or "")
            yield column.field, "a number" + (f", {unit}" if unit else "") + (f"; and {uncertainty}" if uncertainty else "")
            uncertainty = ""
        elif "statistic" in draft.values and column.field == "value":
            yield column.field, STATISTICS[draft.values["statistic"]].removeprefix("value = ")
        else:
            yield column.field, _words(column.column)
    if uncertainty:
        needed = NEEDS[str(draft.values["distribution"])]
        yield ("standard_error" if "standard_error" in needed else needed[0]), uncertainty
    of_evidence = any(column.field == "item" for column in spec.columns)
    if of_evidence and draft.values.get("statistic") in ("landmark", "not_reached") and is_blank(draft.values.get("item")):
        yield "item", "the month of the landmark"


def _uncertainty(draft: Draft) -> str:
    """What the distribution of the row's value needs and none of which is given."""
    distribution = str(draft.values.get("distribution"))
    needed = NEEDS.get(distribution, ())
    given = any(not is_blank(draft.values.get(field, draft.failed.get(field))) for field in needed)
    return f"{NEED_WORDS[distribution]}, unless its distribution is fixed" if needed and not given else ""


def _words(column: Column) -> str:
    """What the column is about; where that is a word or two, what it takes."""
    first = column.help.split(". ")[0].split(";")[0].rstrip(".")
    said = first if len(first) > 12 else allowed_words(column)
    return f"{said[:1].lower()}{said[1:]}" + (f" ({column.unit})" if column.unit else "")
