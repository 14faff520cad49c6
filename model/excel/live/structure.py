"""What the sheets of formulas take for granted: the rows of the input tables and their ids, and what curves are made from."""

from __future__ import annotations

from model.definition.model_definition import address_of
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import total, where
from model.excel.inputs.schema import SHEETS
from model.excel.inputs.table_specs import TableSpec
from model.excel.live.bench import Bench
from model.excel.live.used import STRUCTURAL
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page

UNTIL = " until "
"""Joins a row's id and a word for which its formulas are made."""


def write_structure(bench: Bench, page: Page) -> tuple[Formula, Formula]:
    """Counts of rows that were added or removed, and of rows whose id is not that of the run."""
    layout = bench.report.layout
    assert layout is not None
    counts = GrowingTable(
        page,
        "Rows of the input tables",
        "Sheets of formulas are made for the rows that a run finds; new rows count from the next run on.",
        [
            PageColumn("Table", "text", 54),
            PageColumn("Sheet", "text", 46),
            PageColumn("At the run", "plain", 14),
            PageColumn("Now", "plain", 16),
            PageColumn("More or fewer", "plain", 16),
        ],
    )
    specs = [(s.name, t) for s in SHEETS for t in s.tables if isinstance(t, TableSpec)]
    for sheet, spec in specs:
        place = layout.tables[spec.name]
        key = next(c for c in spec.columns if c.key)
        n = place.n_records
        row = counts.at.n_rows
        now = Formula(f"COUNTA({place.block(key.field, rows='all').reference})", float(n))
        places = [Formula(counts.at.cell(row, c), float(n)) for c in (2, 3)]
        counts.add(spec.title, sheet, float(n), now, _distance(places[0], places[1]))
    ids = GrowingTable(
        page,
        "Ids of the input rows",
        "An id that is not that of the run is a new row to the model.",
        [
            PageColumn("Table", "text", 54),
            PageColumn("At the run", "text", 46),
            PageColumn("Now", "text", 50),
            PageColumn("Another one", "plain", 16),
        ],
    )
    for _, spec in specs:
        if not spec.has_input_ids:
            continue
        place = layout.tables[spec.name]
        for position, record in enumerate(bench.definition.table(spec.name)):
            row = ids.at.n_rows
            address = address_of(spec.name, record)
            now = Formula(place.cell(position, "input_id").reference, address)
            for field in (f for table, f in STRUCTURAL if table == spec.name):
                typed = getattr(record, field) or ""
                cell = Formula(place.cell(position, field).reference, typed)
                now = where(cell.equals(""), now, now.then(UNTIL).then(cell))
                address += f"{UNTIL}{typed}" if typed else ""
            before, after = (Formula(ids.at.cell(row, c), address) for c in (1, 2))
            ids.add(spec.title, address, now, where(after.differs(before), 1, 0))
    return total(counts.span(4)), total(ids.span(3)) if ids.at.n_rows else Formula("0", 0.0)


def _distance(a: Formula, b: Formula) -> Formula:
    return Formula(f"ABS({a.text}-{b.text})", abs(float(a.value) - float(b.value)))
