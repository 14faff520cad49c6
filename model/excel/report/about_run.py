"""The sheet About this run: record of the run, decision problem, conventions in force, letters and colours."""

from __future__ import annotations

from model.excel.output_book import Report
from model.excel.output_sheets import ABOUT_RUN
from model.excel.pages.cells import PageColumn
from model.excel.pages.page import Page
from model.excel.report.facts import convention_facts, problem_facts, run_facts

COLUMNS = (PageColumn("Fact", "text", 30), PageColumn("Value", "note", 96))
LETTERS = (
    ("I", "Input: yellow with blue type, on the input sheets; change one and every [C] and [O] cell follows"),
    ("C", "Calculation: formulas between the inputs and the results, on the sheets of class C"),
    ("O", "Result by a formula over other cells of this workbook: select it to see where it comes from"),
    ("S", "Result stored by the run named above; it does not change with the workbook until the model runs again"),
    ("K", "Control: the way round the workbook, its checks, and what is not live"),
)


def write_about_run(report: Report) -> None:
    """Write the sheet."""
    page = Page(report, ABOUT_RUN.name, orientation="portrait")
    for title, explanation, facts in (
        ("Decision problem", "As of the run; the words stand on the sheet Cover.", problem_facts(report)),
        ("Conventions in force", "As of the run; the choices stand on the sheet Settings.", convention_facts(report)),
        (
            "Record of the run",
            "What was run, and with what; the same inputs, version and seed give the same bytes.",
            run_facts(report),
        ),
    ):
        if facts:
            page.filled(title, explanation, COLUMNS, [list(fact) for fact in facts.items()])
    columns = (PageColumn("Letter", "text", 30), PageColumn("What it stands for", "note", 96))
    letters = page.filled("Letters and colours", "Above the columns of a table, and the class of a sheet.", columns, LETTERS)
    page.close(most_pages=2)
    styles = report.styles
    looks = (styles.input(), styles.calculation(), styles.output(), styles.plain(), styles.plain())
    for i, ((letter, _), look) in enumerate(zip(LETTERS, looks, strict=True)):
        page.sheet.write_string(letters.first_row + i, 0, letter, look)
