"""All words of the first page as cells of the sheet Workings, in the order of the page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from model.analysis import OneWay, Scenarios
from model.analysis.first_page.drivers import driver_lines
from model.analysis.first_page.ranges import scenario_line, structure_line
from model.analysis.structures.structures import Structures
from model.excel.formulas.formula import Formula, formula_of
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page, TableAt
from model.excel.report.first_page.headline import write_headline
from model.excel.report.first_page.key_figures import KeyRow, key_rows
from model.excel.report.first_page.limitations import write_limitations
from model.excel.report.first_page.price_line import write_price_lines
from model.excel.report.first_page.question import write_question
from model.excel.report.first_page.reasons import write_reasons
from model.excel.report.first_page.severity_line import write_severity_lines
from model.excel.report.results import ResultsAt
from model.excel.report.switching_price import name_of_arm


@dataclasses.dataclass(frozen=True)
class FirstPageWords:
    """Live sentences, rows of the small table, and words of the run (``drivers``, ``ranges``); ``of_table``: which result the
    table shows, and of what its last column is the difference; ``of_chart``: what the chart shows, in words."""

    question: Formula
    answer: Formula
    reasons: Formula
    beside: Formula
    severity: list[Formula]
    of_table: Formula
    difference: Formula
    table: list[KeyRow]
    prices: list[Formula]
    drivers: list[str]
    ranges: list[str]
    of_chart: str
    coherence: Formula
    checks: Formula
    limitations: list[Formula]


def write_first_page_words(
    report: Report,
    live: LiveModel,
    page: Page,
    positions: tuple[Formula, Formula],
    results: ResultsAt,
    costs: TableAt,
    severity: Mapping[str, Formula],
    coherence: Formula,
    checks: Formula,
    of_chart: str,
) -> FirstPageWords:
    """Write what the sentences are put together from; ``page``: the sheet Workings; ``costs``: costs by category;
    ``severity``: cells of the sheet Severity, by the names of the outputs."""
    facts = Facts(page, "Headline and question of the first page", "Which result heads it, and what is asked.")
    head = write_headline(report, facts, results)
    asked = write_question(report, live, facts, positions)
    found = report.results
    return FirstPageWords(
        asked,
        head.answer,
        write_reasons(report, page, results, costs),
        head.beside,
        write_severity_lines(report, page, results, positions[0], severity),
        head.table,
        _difference(report, positions),
        key_rows(report, page, results, head),
        write_price_lines(report, live, page, results, positions),
        driver_lines(found.of(OneWay)),
        [scenario_line(found.of(Scenarios)), structure_line(found.of(Structures))],
        of_chart,
        coherence,
        checks,
        write_limitations(report, page),
    )


def _difference(report: Report, positions: tuple[Formula, Formula]) -> Formula:
    """``Difference``; with three or more options ``New minus Old``."""
    if len(report.names) == 2:
        return formula_of("Difference")
    old, new = (name_of_arm(report, place) for place in positions)
    return new.then(" minus ").then(old)
