"""Every input cell as the run found it, and which cells hold something else now, column by column.

The copy makes it plain that *any* edit is seen: a value, an uncertainty, a scenario, a record of patient data, a row that
was added. Texts are compared without regard to case, numbers as the spreadsheet shows them in full.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from xlsxwriter.utility import quote_sheetname

from model.excel.formulas.cell_names import fixed_cell
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import all_of, total
from model.excel.inputs.layout import Layout, Place, TablePlace
from model.excel.inputs.schema import SHEETS
from model.excel.inputs.sheet_writer import cell_content, provenance_text
from model.excel.inputs.table_specs import NOTES, TABLES_OF_NOTES, FieldsSpec, TableSpec
from model.excel.output_book import Report
from model.excel.output_sheets import RUN_INPUTS
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page
from model.excel.pages.styles import GREY
from model.excel.report.as_run import difference_words, notice_words, run_label

ROWS_BELOW_LAST = 300  # rows under the last table of a sheet in which new records are noticed


@dataclasses.dataclass(frozen=True)
class InputCells:
    """The cells of one column of an input table, and what they held at the run, from top to bottom."""

    place: TablePlace
    field: str
    header: str
    block: Place
    values: list[Any]

    @property
    def notes(self) -> bool:
        return self.place.spec.name in TABLES_OF_NOTES or self.field in NOTES


def write_run_inputs(report: Report) -> None:
    """Write the sheet and define the names that tell whether the workbook shows the run."""
    assert report.layout is not None
    page = Page(report, RUN_INPUTS.name)
    columns = [c for place in _places(report.layout) for c in _columns(report, place)]
    below = list(_rows_below(report.layout))
    summary = GrowingTable(
        page,
        "Is this the run?",
        f"Compared with {run_label(report)}. The head of every sheet says when it is not.",
        [PageColumn("Quantity", "text", 34), PageColumn("Value", "any", 46)],
    )
    texts = [
        "Input cells that differ",
        "Names, sources and notes that differ",
        "What differs",
        "The workbook shows the run",
        "Head of live sheets",
        "Head of stored sheets",
    ]
    for text in texts:
        summary.add(text, "")
    table = page.table(
        "Input cells that differ, column by column",
        "The input cells beside the copy below, which is not printed. Rows below a table: new records count as well.",
        [
            PageColumn("Sheet", "text", 34),
            PageColumn("Table", "text", 46),
            PageColumn("Column", "text", 34),
            PageColumn("Differ", "plain", 10),
            PageColumn("Names and notes that differ", "plain", 14),
        ],
        len(columns) + len(below),
    )
    copies = _write_copies(page, columns, table.last_row + 4)
    for column, copy in zip(columns, copies, strict=True):
        differ = _differ(column.block.reference, copy)
        spec = column.place.spec
        count = table.cell(len(table.rows), 4 if column.notes else 3)
        report.differing[spec.name, column.field] = count
        table.rows.append([column.place.sheet, spec.title, column.header, *_sorted(differ, column.notes)])
    for place, cells in below:
        differ = Formula(f"COUNTA({cells})", 0.0)
        notes = place.spec.name in TABLES_OF_NOTES
        table.rows.append([place.sheet, place.spec.title, "Rows below the table", *_sorted(differ, notes)])
    values, notes_ = (Formula(f"{table.cell(0, c)}:{table.cell(table.n_rows - 1, c).rsplit('!', 1)[1]}", 0.0) for c in (3, 4))
    _fill_summary(report, summary, total(values), total(notes_))
    page.close()


def _fill_summary(report: Report, summary: GrowingTable, values: Formula, notes: Formula) -> None:
    assert report.layout is not None
    subgroup, scenario, draw = (
        Formula(f"set_{name}", 0.0) if name in report.layout.controls else Formula("0", 0.0)
        for name in ("subgroup", "scenario", "psa_draw")
    )
    cells = [Formula(summary.at.cell(row, 1), v) for row, v in enumerate((0.0, 0.0, "", 1.0, "", ""))]
    as_run = all_of(cells[0].equals(0), subgroup.equals(0), scenario.equals(0), draw.equals(0))
    heads = notice_words(report, cells[2], cells[1])
    made = [
        values,
        notes,
        difference_words(cells[0], subgroup, scenario, draw),
        Formula(f"IF({as_run.text},1,0)", 1.0),
        *heads,
    ]
    names = ("cells_changed", "notes_changed", "run_differs", "as_run", "run_notice", "run_notice_stored")
    for row, (formula, name) in enumerate(zip(made, names, strict=True)):
        summary.at.rows[row] = [summary.at.rows[row][0], formula]
        report.workbook.define_name(name, f"={cells[row].text}")


def _sorted(differ: Formula, notes: bool) -> tuple[Any, Any]:
    return ("", differ) if notes else (differ, "")


def _differ(now: str, at_run: str) -> Formula:
    """How many cells differ. As text (an empty cell is no 0) and as they are (a number is no text of digits); a range
    that was cut or moved apart cannot be compared and counts as one."""
    return Formula(f'IFERROR(SUMPRODUCT((({now}&""<>{at_run}&"")+({now}<>{at_run})>0)*1),1)', 0.0)


# ---- what the run found ----------------------------------------------------------------------------------------------


def _places(layout: Layout) -> Iterator[TablePlace]:
    for sheet in SHEETS:
        for spec in sheet.tables:
            yield layout.tables[spec.name]


def _columns(report: Report, place: TablePlace) -> Iterator[InputCells]:
    """The columns of a table, with what the run found in their cells."""
    spec, definition = place.spec, report.definition
    if isinstance(spec, FieldsSpec):
        record = getattr(definition, spec.name)
        last = place.first_row + len(spec.fields) - 1
        values = [cell_content(c, getattr(record, n)) for n, c in spec.fields.items()]
        yield _cells(place, "value", spec.value_header, last, values)
        for part, column in spec.provenance.items():
            known = [provenance_text(spec, column.header, definition.provenance.get(n)) or None for n in spec.fields]
            yield _cells(place, part, column.header, last, known)
        return
    assert isinstance(spec, TableSpec)
    records = definition.table(spec.name)
    for sheet_column in spec.columns:
        holders = [r.parameter if sheet_column.in_block else r for r in records]
        values = [cell_content(sheet_column.column, getattr(h, sheet_column.field)) for h in holders]
        yield _cells(place, sheet_column.field, sheet_column.header, place.last_row, [*values, *[None] * place.n_spare])


def _cells(place: TablePlace, field: str, header: str, last_row: int, values: list[Any]) -> InputCells:
    block = Place(place.sheet, place.first_row, place.column_of(header), last_row)
    return InputCells(place, field, header, block, values)


def _rows_below(layout: Layout) -> Iterator[tuple[TablePlace, str]]:
    """Cells under the spare rows of each table, but of its first column, in which notes stand."""
    for sheet in SHEETS:
        places = [layout.tables[spec.name] for spec in sheet.tables]
        for place, following in zip(places, [*places[1:], None], strict=True):
            if isinstance(place.spec, FieldsSpec):
                continue
            first = place.last_row + 1
            last = following.title_row - 1 if following is not None else first + ROWS_BELOW_LAST
            corners = (fixed_cell(row, column) for row, column in ((first, 1), (last, len(place.headers) - 1)))
            yield place, f"{quote_sheetname(place.sheet)}!{':'.join(corners)}"


def _write_copies(page: Page, columns: list[InputCells], row: int) -> list[str]:
    """The copies of the columns, table below table; returns the range of each."""
    sheet, styles = page.sheet, page.report.styles
    bold, plain = (styles.make(bold=True, font_size=8, font_color=GREY), styles.make(font_size=8, font_color=GREY))
    found: list[str] = []
    position = 0
    while position < len(columns):
        place = columns[position].place
        own = [c for c in columns[position:] if c.place is place]
        sheet.write_string(row, 0, f"{place.sheet}: {place.spec.title}, at the run", bold)
        for number, column in enumerate(own):
            sheet.write_string(row + 1, number, column.header, bold)
            for i, value in enumerate(column.values):
                _write(sheet, row + 2 + i, number, value, plain)
            last = row + 1 + len(column.values)
            cells = Place(RUN_INPUTS.name, row + 2, number, last)
            found.append(cells.reference)
        row += 4 + max(len(c.values) for c in own)
        position += len(own)
    return found


def _write(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value, style)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif value is not None:
        sheet.write_number(row, column, value, style)
