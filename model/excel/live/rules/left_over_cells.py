"""Cells with text of the starter workbook or a unit in another currency, as rows: each falls to 0 when it is filled in."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.currency import currencies_in, units
from model.definition.model_definition import address_of
from model.excel.formulas.formula import Formula, formula_of
from model.excel.live.bench import Bench
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page
from model.excel.template.left_over import notes_on

LONGEST_TEXT = 120  # of what is compared: the beginning tells a text from any other
TEXTS = "Cells that still hold text of the starter workbook"
UNITS = "Units that name another currency than the setting"


def write_left_over(bench: Bench, page: Page) -> list[tuple[str, Formula]]:
    """The rows, where there are any; returns what is noted, in words, with how often."""
    rows = [(TEXTS, *row) for row in _texts(bench)] + [(UNITS, *row) for row in _units(bench)]
    if not rows:
        return [(TEXTS, Formula("0", 0.0)), (UNITS, Formula("0", 0.0))]
    table = GrowingTable(
        page,
        "Left over from the starter workbook or another model",
        "Nothing is calculated with these cells. 1: it still holds what it held.",
        [PageColumn("What is noted", "text", 76), PageColumn("Where", "text", 52), PageColumn("Left", "plain", 10)],
    )
    numbers: dict[str, list[int]] = {TEXTS: [], UNITS: []}
    for words, where, formula in rows:
        numbers[words].append(table.add(words, where, formula))
    found = []
    for words, own in numbers.items():
        value = sum(float(table.at.rows[i][2].value) for i in own)  # type: ignore[union-attr]
        text = f"SUM({table.span(2, own[0], own[-1]).text})" if own else "0"
        found.append((words, Formula(text, value)))
    return found


def _texts(bench: Bench) -> Iterator[tuple[str, Formula]]:
    layout, definition = bench.report.layout, bench.definition
    assert layout is not None
    for note in notes_on(definition):
        if note.field == "unit" or note.position is None:
            continue
        if note.table == "about":
            place = layout.tables["about"]
            row = place.first_row + list(place.spec.fields).index(note.field) + 1  # type: ignore[union-attr]
            cell, where, holder = f"{place.sheet}!$B${row}", f"about.{note.field}", definition.about
        else:
            record = definition.table(note.table)[note.position]
            cell = layout.tables[note.table].cell(note.position, note.field).reference
            where = f"{address_of(note.table, record)}.{note.field}"
            holder = record if hasattr(record, note.field) else record.parameter
        start = formula_of(str(getattr(holder, note.field))[:LONGEST_TEXT]).text
        yield where, Formula(f"IF(LEFT({cell},LEN({start}))={start},1,0)", 1.0)


def _units(bench: Bench) -> Iterator[tuple[str, Formula]]:
    """By the sheet Settings as it is now: a unit in the currency of the run is noted once the setting is another."""
    layout, definition = bench.report.layout, bench.definition
    assert layout is not None
    for table, position, unit in units(definition):
        codes = list(dict.fromkeys(currencies_in(unit)))
        if not codes:
            continue
        cell = layout.tables[table].cell(position, "unit").reference
        named = ",".join(f'AND(COUNTIF({cell},"*{code}*")>0,set_currency<>"{code}")' for code in codes)
        foreign = float(any(code != definition.settings.currency and code in unit for code in codes))
        where = f"{address_of(table, definition.table(table)[position])}.unit"
        yield where, Formula(f"IF(OR({named}),1,0)", foreign)
