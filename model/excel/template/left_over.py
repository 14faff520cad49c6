"""What a user's model should not keep: text of the starter workbook, and units in another currency than the model's.

Nothing is wrong with such a model, so it runs; ``check`` and the sheet Checks tell of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from model.definition.currency import is_foreign, units
from model.definition.model_definition import TABLES, ModelDefinition
from model.definition.problems import Problem
from model.definition.records.columns import block_of, columns_of
from model.definition.records.settings import About
from model.excel.inputs.drafts import Book
from model.excel.template.template import template_tables

MARKS = ("illustrative", "starter workbook", "made up")
"""Words of texts that can stand in the starter workbook only."""
ABOUT = ("title", "population", "intervention", "limitations")
"""What a model is about is its own; these words of the starter's are told although they bear no mark."""
MOST_LISTED = 8


@cache
def starter_texts() -> frozenset[str]:
    """The texts of the starter workbook that no other model would have."""
    template = ModelDefinition(**template_tables())  # to be read, not run: nothing of it is checked
    marked = {text for *_, text in _texts(template) if any(mark in text.lower() for mark in MARKS)}
    return frozenset(marked | {getattr(template.about, name) for name in ABOUT})


def notes_on(definition: ModelDefinition) -> list[Problem]:
    """What to tell of a definition that may be run, each with its table, record and field."""
    known = starter_texts()
    found = [
        Problem(table, position, field, f"'{_short(text)}' is text of the starter workbook")
        for table, position, field, text in _texts(definition)
        if text in known
    ]
    currency = definition.settings.currency
    found += [
        Problem(table, position, "unit", f"'{unit}' is not in the model's currency, {currency}")
        for table, position, unit in units(definition)
        if is_foreign(unit, currency)
    ]
    return found


def notes_in_words(book: Book, definition: ModelDefinition) -> list[str]:
    """The notes on a workbook as read, with its cells: one line for each kind, which lists the first cells."""
    notes = notes_on(definition)
    if not notes:
        return []
    units_ = [n for n in notes if n.field == "unit"]
    texts = [n for n in notes if n not in units_]
    lines = []
    for what, group in (
        ("Text of the starter workbook is left", texts),
        (f"Units name another currency than the setting, {definition.settings.currency},", units_),
    ):
        if group:
            located = [book.locate(n) for n in group]
            cells = [
                f"{p.sheet}!{p.cell} {n.message.rsplit(' is ', 1)[0]}".rstrip() for p, n in zip(located, group, strict=True)
            ]
            more = f" and {len(cells) - MOST_LISTED} more" if len(cells) > MOST_LISTED else ""
            number = f"{len(cells)} cell{'s' if len(cells) > 1 else ''}"
            lines.append(f"Note: {what} in {number}: {'; '.join(cells[:MOST_LISTED])}{more}.")
    return lines


def _texts(definition: ModelDefinition) -> Iterator[tuple[str, int, str, str]]:
    """Table, position, field and content of every text cell that holds one."""
    for name in columns_of(About):
        yield "about", 0, name, str(getattr(definition.about, name) or "")
    for table, record_type in TABLES.items():
        block = block_of(record_type)
        keys = record_type.KEY
        plain = [n for n, c in columns_of(record_type).items() if c.kind == "text" and n not in keys]
        for position, record in enumerate(definition.table(table)):
            for name in plain:
                if text := getattr(record, name):
                    yield table, position, name, str(text)
            if block is not None and (text := getattr(record, block[0]).notes):
                yield table, position, "notes", text


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57].rstrip() + "..."
