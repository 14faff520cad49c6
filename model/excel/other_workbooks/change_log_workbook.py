"""The change log as a small workbook: result before and after, each change alone, one after another, and what was not run."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xlsxwriter.workbook import Workbook

from model.analysis.base_case.base_case import difference
from model.analysis.base_case.headline import Headline, icer_change
from model.analysis.change_log.log import ChangeLog, Logged, numbers_words
from model.analysis.change_log.words import value_words
from model.analysis.columns.change_log import (
    COST,
    DIFFERENCES,
    ICER_CHANGE,
    ICER_CHANGE_RELATIVE,
    INMB_CHANGE_AT,
    NEW_VALUE,
    OLD_VALUE,
    QALYS,
    RATIO,
    STEP,
)
from model.analysis.columns.common import INMB_AT
from model.definition.records.columns import Column
from model.excel.formulas.formula import Formula
from model.excel.inputs.placed_inputs import CellPlace
from model.excel.inputs.writer import CREATED
from model.excel.pages.cells import As, Link, PageColumn
from model.excel.pages.desk import Entry
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns
from model.excel.pages.small_book import SmallBook
from model.excel.pages.workbook import ExactWorksheet, new_workbook
from model.files import whole_file
from model.result_columns import ResultColumn

A3 = 8
ENTRIES = (
    Entry("Change log", "Change log", "What differs between two workbooks, and what it does to the result"),
    Entry(
        "Each change alone",
        "Each change alone",
        "The old model with this change and nothing else: incremental results and their change",
    ),
    Entry(
        "One after another",
        "One after another",
        "Change after change in the order of the sheets, from the old model to the new one",
    ),
    Entry(
        "Not run",
        "Differences that cannot move the base case",
        "Documentation, uncertainty, scenarios, thresholds: listed, not run",
    ),
)


@dataclasses.dataclass(frozen=True)
class LogFacts:
    """What was compared: name and SHA-256 of both files, and the version of the model that ran them."""

    old_file: tuple[str, str]
    new_file: tuple[str, str]
    model_version: str


class LogBook(SmallBook):
    """The workbook with the log that it shows."""

    stored = "[S] stored values; [O] formulas over them."

    def __init__(self, workbook: Workbook, log: ChangeLog, facts: LogFacts):
        super().__init__(workbook, f"Change log: {facts.old_file[0]} to {facts.new_file[0]}", ENTRIES)
        self.log, self.facts, self.currency = log, facts, log.old.settings.currency
        self.threshold_cells: list[str] = []


def write_change_log(path: Path, log: ChangeLog, places: Sequence[CellPlace], facts: LogFacts) -> None:
    """Write the workbook to ``path``: all of it, or nothing. ``places``: the cell of every change. Same comparison, same
    bytes.
    """
    with whole_file(path) as unfinished:
        workbook = new_workbook(unfinished)
        book = LogBook(workbook, log, facts)
        workbook.set_properties({"title": book.title, "created": CREATED})
        for entry in ENTRIES:
            workbook.add_worksheet(entry.name, ExactWorksheet)
        _cover(book)
        _alone(book, places)
        _walk(book)
        _not_run(book, places)
        workbook.close()


def _cover(book: LogBook) -> None:
    log = book.log
    page = Page(book, ENTRIES[0].name, book.title)
    page.paragraph(log.counts())
    for note in log.notes():
        page.paragraph(note, bold=True)
    page.row += 1
    at = page.table(
        "Result before and after",
        "Intervention against comparator, discounted; incremental net monetary benefit (INMB) at the decision thresholds "
        f"of the old model. {book.stored}",
        [PageColumn("Model", "text", 24), *_result_columns(book)],
        2,
    )
    amounts = page.filled(
        "Decision thresholds",
        f"Willingness to pay for one QALY, {log.old.settings.currency}, at which the old model states its results.",
        [PageColumn("Threshold", "text", 24), PageColumn("Amount", "money", 14)],
        [[f"Threshold {number}", amount] for number, amount in enumerate(log.thresholds, start=1)],
    )
    book.threshold_cells = [amounts.cell(row, 1) for row in range(len(log.thresholds))]
    at.rows = [["OLD", *_results(book, at, 0, 1, None, log.before)]]
    at.rows += [["NEW", *_results(book, at, 1, 1, log.before, log.after)]]
    item, value = PageColumn("Item", "text", 24), PageColumn("Value", "free", 14)
    page.filled(
        "Contents",
        "Each sheet links back here.",
        [PageColumn("Sheet", "text", 24), PageColumn("Purpose", "free", 14)],
        [[Link(f"'{e.name}'!A1", e.name), e.purpose] for e in ENTRIES[1:]],
    )
    rows: list[list[Any]] = []
    for name, model, result, file in (
        ("OLD", log.old, log.before, book.facts.old_file),
        ("NEW", log.new, log.after, book.facts.new_file),
    ):
        rows += [
            [f"{name}: file", file[0]],
            ["SHA-256", file[1]],
            ["Title", model.about.title],
            ["Version of the inputs", model.about.version],
            ["Result", result.words],
        ]
    rows.append(["Both: model version", book.facts.model_version])
    page.filled("Workbooks compared", "Both were run with the same version of the model.", [item, value], rows)
    page.close()


def _alone(book: LogBook, places: Sequence[CellPlace]) -> None:
    log = book.log
    page = Page(book, ENTRIES[1].name)
    columns = [*page_columns(book, shown_of_changes()), *_result_columns(book)]
    entries = [e for e in log.changes if e.change.runs]
    at = page.table(
        "Effect of each change alone",
        "Cells are those of NEW; of OLD, and marked so, where a row is gone. Changes against OLD. The effects of single "
        f"changes need not add up to that of all together. {book.stored}",
        columns,
        len(entries) + 2,
        1,
    )
    at.rows = [["", "", "OLD", *[""] * 5, *_results(book, at, 0, 8, None, log.before)]]
    for row, entry in enumerate(entries, start=1):
        results = _results(book, at, row, 8, log.before, entry.alone)
        at.rows.append([*words_of(entry, places), entry.effect, *results])
    last = _results(book, at, len(entries) + 1, 8, log.before, log.after)
    at.rows.append(["", "", "All changes together (NEW)", *[""] * 5, *last])
    page.freeze(at, 3)
    page.close()
    page.sheet.set_paper(A3)


def _walk(book: LogBook) -> None:
    log, labels = book.log, {e.number: e.label for e in book.log.changes if e.leads}
    page = Page(book, ENTRIES[2].name)
    columns = [*page_columns(book, [STEP]), PageColumn("Changes", "text", 14), PageColumn("Inputs", "text", 52)]
    at = page.table(
        "From OLD to NEW",
        "Result after each step; its change by the step, so that the steps add up to the change from OLD to NEW in the "
        f"last row. Changes that are only possible together are one step. {book.stored}",
        [*columns, *_result_columns(book)],
        len(log.walk) + 2,
        1,
    )
    at.rows = [["", "", "OLD", *_results(book, at, 0, 3, None, log.before)]]
    before = log.before
    for number, step in enumerate(log.walk, start=1):
        words = "; ".join(labels[n] for n in step.numbers if n in labels)
        results = _results(book, at, number, 3, before, step.result, reference=number - 1)
        at.rows.append([str(number), numbers_words(step.numbers), words, *results])
        before = step.result
    last = _results(book, at, len(log.walk) + 1, 3, log.before, log.after)
    at.rows.append(["", "", "All changes together (NEW)", *last])
    page.freeze(at, 3)
    page.close()


def _not_run(book: LogBook, places: Sequence[CellPlace]) -> None:
    page = Page(book, ENTRIES[3].name)
    rows = [[*words_of(e, places), e.effect] for e in book.log.changes if not e.change.runs]
    at = page.filled("Differences listed without a run", book.stored, page_columns(book, shown_of_changes(60)), rows)
    page.freeze(at, 3)
    page.close()
    page.sheet.set_paper(A3)


def words_of(entry: Logged, places: Sequence[CellPlace]) -> list[Any]:
    """Number, cell, label, input id, old value, new value and unit of a change, as cells of a table."""
    change = entry.change
    old = "(no row)" if change.what == "added" else _value(change.old, change.column)
    new = "(row removed)" if change.what == "removed" else _value(change.new, change.column)
    return [str(entry.number), str(places[entry.number - 1]), entry.label, change.address, old, new, entry.unit]


def _value(value: Any, column: Column | None) -> Any:
    """A number as a number, in a format that shows all its digits; words otherwise."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value_words(value, column)
    if column is not None and column.number_format.endswith("%") and round(value, 3) == round(value, 12):
        return As(value, "share")
    decimals = next((n for n in range(7) if round(value, n) == value), 7)
    return As(value, ("count", "value", "value", "value", "value", "small", "small", "text")[decimals])


def shown_of_changes(values: float = OLD_VALUE.width) -> list[ResultColumn]:
    """Columns of the differences as their sheets show them; ``values``: width of the old and the new value."""
    shown = DIFFERENCES.pick("number", "cell", "label", "input_id", "old_value", "new_value", "unit", "effect")
    return [c.wide(values) if c in (OLD_VALUE, NEW_VALUE) else c for c in shown]


def _result_columns(book: LogBook) -> list[PageColumn]:
    by_threshold = (c.of(threshold=t) for t in book.log.thresholds for c in (INMB_AT, INMB_CHANGE_AT))
    return page_columns(book, [COST, QALYS, RATIO, ICER_CHANGE, ICER_CHANGE_RELATIVE, *by_threshold])


def _results(
    book: LogBook, at: TableAt, row: int, first: int, before: Headline | None, result: Headline | None, reference: int = 0
) -> list[Any]:
    """The result columns of one row, from column ``first`` on: stored costs and QALYs, formulas for the rest; changes
    are against the row ``reference`` of the same table, whose result is ``before``."""
    if result is None:
        return [None] * (5 + 2 * len(book.threshold_cells))
    cost, qalys, icer = (at.local(row, first + i) for i in range(3))
    cells: list[Any] = [result.incremental_cost, result.incremental_qalys]
    cells.append(result.icer_words.split(":")[0] if result.icer is None else Formula(f"{cost}/{qalys}", result.icer))
    gap = None if before is None else icer_change(before, result)
    if gap is None or before is None or not before.icer:
        cells += [None, None]
    else:
        was = at.local(reference, first + 2)
        cells += [Formula(f"{icer}-{was}", gap), Formula(f"{icer}/{was}-1", gap / before.icer)]
    for number, (threshold, value) in enumerate(zip(book.threshold_cells, result.inmb, strict=True)):
        column = first + 5 + 2 * number
        cells.append(Formula(f"{threshold}*{qalys}-{cost}", value))
        change = f"{at.local(row, column)}-{at.local(reference, column)}"
        cells.append(None if before is None else Formula(change, difference(value, before.inmb[number])))
    return cells
