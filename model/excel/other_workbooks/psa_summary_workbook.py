"""The summary of another program's draws as a small workbook: results, curves over thresholds, value of information."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter.workbook import Workbook

from model.analysis.columns.common import INMB, WILLINGNESS_TO_PAY
from model.analysis.columns.decision import BEST_ON_AVERAGE, CHANCE_BEST, DRAWS, EVPI_PER_PATIENT, LOSS
from model.analysis.decision.psa_summary import PSASummary
from model.excel.inputs.writer import CREATED
from model.excel.output_book import PALETTE
from model.excel.pages.cells import Link, PageColumn, records
from model.excel.pages.desk import Entry
from model.excel.pages.lines import add_line, dash_of, line_chart
from model.excel.pages.page import Page, TableAt
from model.excel.pages.result_tables import page_columns, plain_cell
from model.excel.pages.small_book import SmallBook
from model.excel.pages.workbook import ExactWorksheet, new_workbook
from model.files import whole_file
from model.result_columns import ResultColumn, amount, columns_of

ENTRIES = (
    Entry("Summary", "Summary of the draws", "Means and intervals, incremental analysis, answer at each threshold"),
    Entry("Thresholds", "Acceptability and expected loss", "Probability of being best, frontier, loss, EVPI by threshold"),
    Entry("Information", "Value of information", "Expected value of knowing each input, per patient"),
    Entry("Convergence", "Convergence", "Running mean of the incremental net monetary benefit"),
)
CHART_WIDTH, CHART_HEIGHT = 490, 340  # two of them fill the width of a page
NO_EVPPI = "No sampled inputs that vary, or fewer than 20 draws: there is nothing to attribute the EVPI to."
FINE_BELOW = 1000
"""Amounts smaller than that are shown with decimals."""


class SummaryBook(SmallBook):
    """The workbook with the summary that it shows."""

    def __init__(self, workbook: Workbook, summary: PSASummary, run: Mapping[str, Any]):
        super().__init__(workbook, f"Probabilistic analysis of {run.get('data_file', 'draws')}", ENTRIES)
        self.summary, self.run = summary, run
        self.currency = summary.currency


def write_psa_summary(path: Path, summary: PSASummary, run: Mapping[str, Any]) -> None:
    """Write the workbook to ``path``: all of it, or nothing. ``run``: facts for the first sheet. Same draws, same bytes."""
    with whole_file(path) as unfinished:
        workbook = new_workbook(unfinished)
        book = SummaryBook(workbook, summary, run)
        workbook.set_properties({"title": book.title, "created": CREATED})
        for entry in ENTRIES:
            workbook.add_worksheet(entry.name, ExactWorksheet)
        _summary(book)
        _thresholds(book)
        _information(book)
        _convergence(book)
        workbook.close()


def _summary(book: SummaryBook) -> None:
    s, page = book.summary, Page(book, "Summary", book.title)
    for line in s.summary().split("\n"):
        page.paragraph(line)
    page.row += 1
    words = f"Per patient{', ' + s.currency if s.currency else ''}; effects in {s.effect_unit}. {book.stored}"
    _put(book, page, "Costs and effects", f"95% percentile interval of the draws. {words}", s.means())
    _put(book, page, "Incremental analysis", f"Options by rising mean cost; ratios of means. {words}", s.incremental())
    _put(book, page, f"Against {s.reference}", f"INMB: incremental net monetary benefit. {words}", s.against_reference())
    _put(
        book,
        page,
        "Intervals of the ratios",
        "Monte Carlo error (jackknife) shrinks with more draws; parameter uncertainty (Fieller) does not. None is given "
        "where it would mislead, and the reason stands there.",
        s.icers(),
    )
    _put(book, page, f"Quadrants of the plane against {s.reference}", "Share of draws.", s.quadrants())
    page.filled(
        "Contents",
        "Each sheet links back here.",
        [PageColumn("Sheet", "text", 24), PageColumn("Purpose", "free", 14)],
        [[Link(f"'{e.name}'!A1", e.name), e.purpose] for e in ENTRIES[1:]],
    )
    facts = [[str(k).replace("_", " "), str(v)] for k, v in book.run.items() if isinstance(v, str | int | float)]
    page.filled("Facts of the run", "", [PageColumn("Item", "text", 24), PageColumn("Value", "free", 14)], facts)
    page.close()


def _thresholds(book: SummaryBook) -> None:
    s, page = book.summary, Page(book, "Thresholds")
    option_columns = [[c.of(option=arm) for arm in s.arms] for c in (CHANCE_BEST, LOSS)]
    columns = [WILLINGNESS_TO_PAY, *option_columns[0], BEST_ON_AVERAGE, *option_columns[1], EVPI_PER_PATIENT]
    parts = pd.concat([s.ceac(), s.ceaf()[["option"]], s.expected_loss(), s.evpi()], axis=1).reset_index()
    cells = [[plain_cell(value) for value in row] for row in parts.itertuples(index=False)]
    row = page.room(CHART_HEIGHT)
    at = page.filled(
        "Over willingness to pay",
        "Probabilities sum to 1; the frontier is the probability of the option with the highest mean net benefit. "
        f"The lowest expected loss is the EVPI. {book.stored}",
        _columns(book, columns, parts),
        cells,
    )
    x, y = WILLINGNESS_TO_PAY.heading(book.currency, s.effect_unit), amount("", "Per patient").heading(book.currency)
    ends = {"x_min": 0.0, "x_max": float(s.grid[-1]), "y_min": 0.0}
    chance = line_chart(book, "Acceptability curves", x, "Probability of being best", "0%", **ends, y_max=1.0)
    loss = line_chart(book, "Expected loss and EVPI (the lowest)", x, y, "#,##0", **ends)
    grid, n = at.series(0), len(s.arms)
    for k, arm in enumerate(s.arms):
        colour = PALETTE[k % len(PALETTE)]
        add_line(chance, arm, grid, at.series(1 + k), colour, dash_of(k))
        add_line(loss, arm, grid, at.series(2 + n + k), colour, dash_of(k))
    page.place(row, [chance, loss], CHART_WIDTH, CHART_HEIGHT)
    page.freeze(at)
    page.close()


def _information(book: SummaryBook) -> None:
    page, table = Page(book, "Information"), book.summary.evppi
    _put(
        book,
        page,
        "Expected value of perfect information",
        book.stored,
        book.summary.evpi(book.summary.thresholds).reset_index(),
    )
    if table is None:
        page.paragraph(NO_EVPPI)
    else:
        ordered = table.sort_values(["willingness_to_pay", "evppi"], ascending=[True, False], kind="stable")
        words = (
            "Penalised regression splines (Strong, Oakley and Brennan 2014). A residual check above 0.05 says that the fit "
            "should not be relied on."
        )
        _put(book, page, "Expected value of partial perfect information", f"{words} {book.stored}", ordered)
    page.close()


def _convergence(book: SummaryBook) -> None:
    s, page = book.summary, Page(book, "Convergence")
    table, row = s.convergence(), page.room(CHART_HEIGHT)
    at = _put(
        book,
        page,
        f"Running mean of the INMB against {s.reference}",
        f"95% Monte Carlo interval, draws taken as independent and in the order of the file. {book.stored}",
        table,
    )
    threshold = max(s.thresholds)
    title = f"Running mean of the INMB at {s.amount(threshold)} per {s.effect_unit}"
    chart = line_chart(book, title, DRAWS.words(), INMB.heading(book.currency), "#,##0", x_min=0, x_max=float(s.n_draws))
    columns = [list(table.columns).index(name) for name in ("draws", "mean", "lower", "upper")]
    for arm in s.others:
        rows = ((table["option"] == arm) & (table["willingness_to_pay"] == threshold)).to_numpy().nonzero()[0]
        draws, *values = (at.series(c, int(rows[0]), int(rows[-1])) for c in columns)
        colour = PALETTE[s.arms.index(arm) % len(PALETTE)]
        for words, line in zip((arm, f"{arm}, lower 95%", f"{arm}, upper 95%"), values, strict=True):
            add_line(chart, words, draws, line, colour, *(() if words == arm else ("dash", 1.0)))
    page.place(row, [chart], 2 * CHART_WIDTH, CHART_HEIGHT)
    page.freeze(at, 2)
    page.close()


def _put(book: SummaryBook, page: Page, title: str, explanation: str, table: pd.DataFrame) -> TableAt:
    columns = columns_of(table)
    rows = [[plain_cell(value) for value in record.values()] for record in records(table)]
    return page.filled(title, explanation, _columns(book, columns, table), rows)


def _columns(book: SummaryBook, columns: Sequence[ResultColumn], table: pd.DataFrame) -> list[PageColumn]:
    """Columns of a page in the units of the draws; amounts that are small everywhere with decimals."""
    shown = []
    for place, column in enumerate(columns):
        fine = column.kind in ("money", "extra", "price") and table.iloc[:, place].abs().max() < FINE_BELOW
        made = column.of(effect=book.summary.effect_unit).wide(column.width or 15)
        shown.append(made.wide(made.width, "value") if fine else made)
    return page_columns(book, shown, 24)
