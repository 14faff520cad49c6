"""``check``: what is wrong with a workbook, what is worth a look, and whether PFS and OS of its base case hang together.

Apart from the other commands, whose workbooks and figures take long to load.
"""

from __future__ import annotations

from pathlib import Path

from model.analysis import base_case
from model.definition import ModelDefinition, addresses
from model.definition.checks.remarks import remarks
from model.excel.inputs.drafts import Book
from model.excel.inputs.located import located
from model.excel.inputs.reader import read_with_book
from model.excel.template.left_over import notes_in_words


def check_command(workbook: Path) -> int:
    """Read and check a workbook; InputError lists every problem."""
    definition, book = read_with_book(workbook)
    uncertain = sum(p.uncertain for p in definition.parameters.values())
    counts = (
        f"{workbook.name}: no problem found. {len(definition.arms)} arms, {len(addresses(definition))} input cells, "
        f"{len(definition.parameters)} parameters of which {uncertain} uncertain, "
        f"{len(definition.scenario_changes())} scenarios, {len(definition.subgroups)} subgroups."
    )
    lines = [counts, *remark_lines(book, definition), *notes_in_words(book, definition), *coherence_lines(definition)]
    print("\n".join(lines))
    return 0


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
