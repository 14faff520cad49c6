"""``check``: what is wrong with a workbook, what is worth a look, and whether PFS and OS of its base case hang together.

Apart from the other commands, whose workbooks and figures take long to load.
"""

from __future__ import annotations

from pathlib import Path

from model.analysis import base_case
from model.cli.refused import refuse
from model.definition import ModelDefinition, addresses
from model.definition.checks.remarks import remarks
from model.excel.inputs.drafts import Book, read_book
from model.excel.inputs.errors import InputError
from model.excel.inputs.located import located
from model.excel.inputs.reader import read_with_book
from model.excel.inputs.schema import SHEETS
from model.excel.inputs.to_fill_in import FEWEST_LISTED, EmptyCell, empty_cells, still_to_fill_in, with_what_they_ask_for
from model.excel.inputs.workbook_cells import read_grids
from model.excel.template.left_over import notes_in_words


def check_command(workbook: Path) -> int:
    """Read and check a workbook; InputError lists every problem, and of a workbook that is still being filled in every
    empty cell is told, in the words of its column."""
    try:
        definition, book = read_with_book(workbook)
    except InputError as error:
        if empty := cells_to_fill_in(workbook):
            cells, others = with_what_they_ask_for(empty, error.problems)
            return refuse(still_to_fill_in(workbook.name, cells, others), len(cells) + len(others))
        raise
    uncertain = sum(p.uncertain for p in definition.parameters.values())
    counts = (
        f"{workbook.name}: no problem found. {len(definition.arms)} arms, {len(addresses(definition))} input cells, "
        f"{len(definition.parameters)} parameters of which {uncertain} uncertain, "
        f"{len(definition.scenario_changes())} scenarios, {len(definition.subgroups)} subgroups."
    )
    lines = [counts, *remark_lines(book, definition), *notes_in_words(book, definition), *coherence_lines(definition)]
    print("\n".join(lines))
    return 0


def cells_to_fill_in(workbook: Path) -> list[EmptyCell]:
    """The empty cells of a workbook, where they are so many that it is still being filled in. Raises InputError if the file
    cannot be read."""
    found = empty_cells(read_book(read_grids(workbook, [sheet.name for sheet in SHEETS])))
    return found if len(found) >= FEWEST_LISTED else []


def remark_lines(book: Book, definition: ModelDefinition) -> list[str]:
    """What is allowed and worth a question, by sheet and cell; nothing where there is nothing."""
    found = located(book, remarks(definition))
    if not found:
        return []
    head = f"\n{len(found)} remark{'s' if len(found) != 1 else ''} (allowed, and worth a look):"
    return [head, *(f"  {remark}" for remark in found)]


def coherence_lines(definition: ModelDefinition) -> list[str]:
    """Do PFS and OS of the base case hang together? One line, and one more per flag that is raised."""
    found = base_case(definition).coherence()
    said = found.comments()
    return [f"\n{found.line()}", *([said] if said else []), *(f"  {words}" for words in found.sentences())]
