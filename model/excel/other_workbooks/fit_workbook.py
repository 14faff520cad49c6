"""The workbook of a survival analysis: a cover, a sheet per endpoint, and blocks ready to paste into an input workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from xlsxwriter.workbook import Workbook

from model.analysis.columns.curve_choice import DATA, GOODNESS_OF_FIT
from model.analysis.curve_choice import EndpointFits
from model.analysis.curve_choice.tables import coefficients, covariance, data_summary, goodness_of_fit
from model.excel.inputs.layout import layout_of
from model.excel.inputs.writer import CREATED
from model.excel.output_sheets import all_fit_entries, fit_entries
from model.excel.pages.blocks import BlockSheet
from model.excel.pages.cells import Link, PageColumn, records
from model.excel.pages.desk import Entry
from model.excel.pages.page import Page
from model.excel.pages.result_tables import put_results
from model.excel.pages.small_book import SmallBook
from model.excel.pages.workbook import new_workbook
from model.excel.report.curves.fitted_structures import write_fitted_structures
from model.excel.report.curves.survival_fits import SHOWN, write_survival_fits
from model.excel.template.template import template_definition
from model.files import whole_file

COVER = Entry("Contents", "Survival analysis", "What was fitted to which data, and where to find it")
PASTE = {
    "coefficients": Entry(
        "Coefficients", "Coefficients", "Every usable candidate, in the columns of the input workbook's table: ready to paste"
    ),
    "covariance": Entry(
        "Covariance", "Covariance of coefficients", "On the estimation scale, in the columns of the input workbook's table"
    ),
}


class FitBook(SmallBook):
    """The workbook with the endpoints that it shows."""

    def __init__(self, workbook: Workbook, endpoints: Sequence[EndpointFits], run: Mapping[str, Any]):
        entries = [COVER, *all_fit_entries(endpoints), *PASTE.values()]
        super().__init__(workbook, f"Survival analysis of {run.get('data_file', 'data')}", entries)
        self.endpoints, self.run = endpoints, run


def write_fit_workbook(path: Path, endpoints: Sequence[EndpointFits], run: Mapping[str, Any]) -> None:
    """Write the workbook to ``path``: all of it, or nothing. Same data, same bytes."""
    with whole_file(path) as unfinished:
        workbook = new_workbook(unfinished)
        book = FitBook(workbook, endpoints, run)
        workbook.set_properties({"title": book.title, "created": CREATED})
        for entry in book.entries:
            workbook.add_worksheet(entry.name, BlockSheet)
        _cover(book)
        for endpoint, pair in zip(endpoints, fit_entries(endpoints), strict=True):
            write_survival_fits(book, endpoint, pair)
        write_fitted_structures(book, endpoints)
        _paste(book)
        workbook.close()


def _cover(book: FitBook) -> None:
    page = Page(book, COVER.name, book.title)
    page.filled(
        "Contents",
        "Each sheet links back here.",
        [PageColumn("Sheet", "text", 24), PageColumn("Purpose", "free", 30)],
        [[Link(f"'{e.name}'!A1", e.name), e.purpose] for e in book.entries[1:]],
    )
    for endpoint in book.endpoints:
        table = data_summary(endpoint)
        put_results(page, endpoint.label, "Months.", table, DATA.pick(*SHOWN[DATA][:10]))
        best = goodness_of_fit(endpoint)
        best = best[best["aic_rank"] <= 3].sort_values(["arm", "aic_rank"], kind="stable")
        put_results(
            page,
            f"{endpoint.label}: the three lowest AIC of each arm",
            "The lowest AIC is no reason by itself: look at the hazard, the tail and evidence from outside the trial.",
            best,
            GOODNESS_OF_FIT.pick("arm", "label", "aic"),
            24,
        )
    options = book.run.get("options", {})
    facts = [["Data file", str(book.run.get("data_file", ""))], ["SHA-256", str(book.run.get("data_sha256", ""))]]
    facts += [[str(k).replace("_", " "), str(v)] for k, v in options.items() if v not in (None, [], "none")]
    facts += [["Model version", str(book.run.get("model_version", ""))]]
    page.filled("Facts of the run", "", [PageColumn("Item", "text", 24), PageColumn("Value", "free", 30)], facts)
    page.close()


def _paste(book: FitBook) -> None:
    """Rows under the headers of the input workbook's own tables, column by column as they stand there."""
    layout = layout_of(template_definition())
    for name, make in (("coefficients", coefficients), ("covariance", covariance)):
        page = Page(book, PASTE[name].name)
        headers = layout.tables[name].headers
        rows = [_row(headers, record) for e in book.endpoints for record in records(make(e))]
        kinds = {"Value": "small", "Covariance": "small", "Notes": "note"}
        columns = [PageColumn(h, kinds.get(h, "text"), {"Notes": 40.0, "Candidate": 22.0}.get(h, 14.0)) for h in headers]
        at = page.filled(
            "Ready to paste",
            "Copy the rows under the header into the first empty row of the same table on the sheet Survival.",
            columns,
            rows,
        )
        page.freeze(at)
        page.close()


def _row(headers: tuple[str, ...], record: Mapping[str, Any]) -> list[Any]:
    values = {
        "Arm id": record["arm"],
        "Endpoint": record["endpoint"],
        "Candidate": record["distribution"],
        "Coefficient": record.get("coefficient"),
        "First coefficient": record.get("first"),
        "Second coefficient": record.get("second"),
        "Value": record["value"],
        "Covariance": record["value"],
        "Distribution": "fixed",
        "Quality": "derived",
        "Notes": "Maximum likelihood from patient data",
    }
    row = [values.get(h) for h in headers]
    return [None if isinstance(v, float) and np.isnan(v) else v for v in row]
