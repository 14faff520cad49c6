"""Every column of every input table: kinds, choices and limits, also of inputs that only the stored analyses take."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.records.columns import Column
from model.excel.formulas.formula import Formula
from model.excel.inputs.layout import Place
from model.excel.inputs.schema import SHEETS
from model.excel.inputs.table_specs import FieldsSpec
from model.excel.live.bench import Bench
from model.excel.live.used import reason_not_used

WORDS = "Cells hold what their column takes (those that only a run takes)"
NAMES = "Names that tell arms and drugs apart are different"
NEEDED = "Cells that must be filled are filled (those that only a run takes)"


def cell_rules(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    """Columns that the sheet 'In use' does not check cell by cell."""
    layout = bench.report.layout
    assert layout is not None
    for sheet in SHEETS:
        for spec in sheet.tables:
            if isinstance(spec, FieldsSpec):
                yield from _fields(bench, sheet.name, spec)
                continue
            place = layout.tables[spec.name]
            key = place.block(next(c for c in spec.columns if c.key).field, rows="all").reference
            for column in spec.columns:
                if column.key or not reason_not_used(spec.name, column.field):
                    continue  # keys: no row may have another id; the others are on the sheet 'In use'
                cells = place.block(column.field, rows="all").reference
                where = f"{sheet.name}, {spec.title}: {column.header}"
                if (wrong := _wrong(column.column, cells)) is not None:
                    yield WORDS, where, wrong
                if column.column.required and column.column.default is None:
                    yield NEEDED, where, Formula(f'SUMPRODUCT(({key}<>"")*({cells}=""))', 0.0)
    yield from _names(bench)


def _fields(bench: Bench, sheet: str, spec: FieldsSpec) -> Iterator[tuple[str, str, Formula]]:
    """The rows of Settings that only a run takes."""
    layout = bench.report.layout
    assert layout is not None
    place = layout.tables[spec.name]
    for i, (field, column) in enumerate(spec.fields.items()):
        if not reason_not_used(spec.name, field):
            continue
        cell = Place(place.sheet, place.first_row + i, place.column_of(spec.value_header)).reference
        if (wrong := _wrong(column, cell)) is not None:
            yield WORDS, f"{sheet}: {column.header}", wrong


def _wrong(column: Column, cells: str) -> Formula | None:
    """How many filled cells hold something else; COUNTIF takes numbers for numbers only, and a limit that is no whole number
    would be read in the signs of the reader's language."""
    if column.choices or column.kind == "yes_no":
        options = column.choices or ("yes", "no")
        known = "+".join(f'COUNTIF({cells},"{option}")' for option in options)
        return Formula(f"COUNTA({cells})-({known})", 0.0)
    if column.kind not in ("number", "integer"):
        return None
    lowest = column.minimum if column.above is None else column.above
    within = f"COUNT({cells})"
    if lowest is not None:
        sign = ">=" if column.above is None else ">"
        within = f'COUNTIF({cells},"{sign}{int(lowest)}")' if lowest == int(lowest) else within
    if column.maximum is not None and column.maximum == int(column.maximum):
        within += f'-COUNTIF({cells},">{int(column.maximum)}")'
    return Formula(f"COUNTA({cells})-({within})", 0.0)


def _names(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    """Labels, which results print, are compared two by two."""
    layout = bench.report.layout
    assert layout is not None
    for table, fields in {"arms": ("label", "short_label"), "drugs": ("label",), "states": ("label",)}.items():
        n = len(bench.definition.table(table))
        for field in fields:
            cells = [layout.tables[table].cell(i, field).reference for i in range(n)]
            for i, a in enumerate(cells[:-1]):
                text = "+".join(f"IF(EXACT({a},{b}),1,0)" for b in cells[i + 1 :])
                where = f"{table.capitalize()}: {field.replace('_', ' ')}, row {i + 1}"
                yield NAMES, where, Formula(text, 0.0)
