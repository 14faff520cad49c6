"""A sheet for an analysis that has none laid out by hand: its tables one below the other."""

from __future__ import annotations

from typing import Any

import pandas as pd

from model.analysis.analysis import Analysis
from model.analysis.safe_names import sheet_name
from model.excel.analysis_sheet import AnalysisSheet
from model.excel.formulas.formula import Formula
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn
from model.excel.pages.desk import Entry
from model.excel.pages.page import Page
from model.excel.pages.result_tables import put_results
from model.result_columns import columns_of, filled, table_of

FIRST_WIDTH = 50.0


def plain_sheet(analysis: Analysis[Any]) -> AnalysisSheet:
    """The sheet of an analysis, named as it is."""
    entry = Entry(sheet_name(analysis.task, set()), analysis.task, analysis.purpose, stored=True)

    def write(report: Report, _: object, __: list[Formula]) -> None:
        page = Page(report, entry.name)
        for stem, make in analysis.tables_of(report.results).items():
            _table(page, stem, make(), report.stored)
        page.close()

    return AnalysisSheet(analysis.result, (entry,), write)


def _table(page: Page, stem: str, table: pd.DataFrame, explanation: str) -> None:
    """A table under its declared columns; without any, under the names of the data frame."""
    if table_of(table) is None:
        _undeclared(page, stem, table, explanation)
    else:
        _declared(page, table, explanation)


def _declared(page: Page, table: pd.DataFrame, explanation: str) -> None:
    """What each column means stands above the table."""
    columns, known = columns_of(table), table_of(table)
    money = {"currency": page.report.currency, "effect": "QALY"}
    meanings = "; ".join(f"{c.words()}: {filled(c.help, money)}" for c in columns)
    rows = table.reset_index() if table.index.name is not None else table
    put_results(page, known.title if known else "", f"{explanation} {meanings}.", rows, columns, FIRST_WIDTH)


def _undeclared(page: Page, stem: str, table: pd.DataFrame, explanation: str) -> None:
    columns = [
        PageColumn(_words(name), "any" if pd.api.types.is_numeric_dtype(table[name]) else "text", 0.0 if k else FIRST_WIDTH)
        for k, name in enumerate(table.columns)
    ]
    page.filled(_words(stem), explanation, columns, table.to_numpy(dtype=object).tolist())


def _words(name: object) -> str:
    text = str(name).replace("_", " ")
    return text[:1].upper() + text[1:]
