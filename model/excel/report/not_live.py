"""What does not follow when an input is changed: input columns with the reason, and tables of the run's own values."""

from __future__ import annotations

from model.excel.inputs.input_draws_sheet import SHEET, TITLE
from model.excel.live.used import unused_columns
from model.excel.output_book import Report
from model.excel.output_sheets import NOT_LIVE, PSA_DRAWS
from model.excel.pages.cells import Link, PageColumn
from model.excel.pages.page import Page


def write_not_live(report: Report) -> None:
    """Write the sheet, after all others: it lists their stored tables."""
    page = Page(report, NOT_LIVE.name)
    columns = list(unused_columns())
    if report.definition.input_draws is not None:
        columns.append((SHEET, TITLE, "every column", "they enter only the stored draws; a check tells when they changed"))
    page.filled(
        "Input columns that change no live result",
        "Every other input is live: a result follows at once where the choices made use it (the coefficients of a "
        "distribution that is not selected, for instance, move nothing).",
        [
            PageColumn("Sheet", "text", 22),
            PageColumn("Table", "text", 44),
            PageColumn("Column", "text", 34),
            PageColumn("Why", "note", 90),
        ],
        [[sheet, table, header, f"{reason[0].upper()}{reason[1:]}"] for sheet, table, header, reason in columns],
    )
    stored = list(report.stored_tables)
    if report.psa is not None:
        stored.append((PSA_DRAWS.name, PSA_DRAWS.title))
    run, seed = report.run_words or "the run", report.run.get("seed", "")
    page.filled(
        "Tables that hold values of the run",
        f"{run[0].upper()}{run[1:]}"
        + (f", random seed {seed}." if seed != "" else ".")
        + " They change when the model is run again; columns marked [S] are stored, those marked [O] or [C] are live.",
        [PageColumn("Sheet", "text", 22), PageColumn("Table", "text", 44)],
        [[Link(f"'{sheet}'!A1", sheet), title] for sheet, title in dict.fromkeys(stored)],
    )
    page.close()
