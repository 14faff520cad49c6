"""The small table of the first page: a row of formulas per outcome, over the result that heads the page."""

from __future__ import annotations

import dataclasses

from model.analysis.base_case.named_outputs import NO_RATIO
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import match, ordinal, where
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page
from model.excel.report.answer_words import money_words
from model.excel.report.compared import span_of
from model.excel.report.first_page.headline import HeadlineAt
from model.excel.report.results import ResultsAt

ON_FRONTIER = "on frontier"


@dataclasses.dataclass(frozen=True)
class KeyRow:
    """One row: its words (live), a cell per arm (None: empty) and the difference; ``kind``: formats of amounts and of the
    difference, keys of ``FORMATS``."""

    words: Formula
    arms: list[Formula | None]
    difference: Formula | None
    kind: tuple[str, str]


def key_rows(report: Report, page: Page, results: ResultsAt, head: HeadlineAt) -> list[KeyRow]:
    """Costs, life years, QALYs, ICER, and net benefit at each decision threshold; ``page``: the sheet Workings."""
    n, currency = len(report.names), report.currency
    other = results.probabilistic
    rows = []
    shown = (
        ("costs", f"Cost, {currency}", ("money", "extra")),
        ("life_years", "Life years", ("years", "gain")),
        ("qalys", "QALYs", ("qalys", "gain")),
    )
    for outcome, words, kind in shown:
        cells = [head.choose(results.totals[outcome, a], other.totals[outcome, a] if other else None) for a in range(n)]
        more = head.choose(results.totals[outcome, "increment"], other.totals[outcome, "increment"] if other else None)
        rows.append(KeyRow(formula_of(words), list(cells), more, kind))
    icer = head.choose(results.icer, other.icer if other else None)
    ratio = where(icer.equals(NO_RATIO), "no ratio", icer)
    rows.append(KeyRow(formula_of(f"ICER, {currency} per QALY gained"), [None] * n, ratio, ("money", "money")))
    if n > 2:
        rows.append(_against_frontier(results, head, n))
    return [*rows, *_net_benefit(report, page, results, head)]


def _against_frontier(results: ResultsAt, head: HeadlineAt, n: int) -> KeyRow:
    """Of three or more options the ICER of each against the one before it on the frontier, or its status."""
    other = results.probabilistic
    cells: list[Formula | None] = []
    for a in range(n):
        status = head.choose(results.frontier.status[a], other.frontier.status[a] if other else None)
        icer = head.choose(results.frontier.icer[a], other.frontier.icer[a] if other else None)
        cells.append(where(status.equals(ON_FRONTIER), icer, status))
    return KeyRow(formula_of("ICER against the option before it by cost"), cells, None, ("money", "money"))


def _net_benefit(report: Report, page: Page, results: ResultsAt, head: HeadlineAt) -> list[KeyRow]:
    """Net monetary and net health benefit at as many thresholds as had the role of the decision in the run."""
    places = _decision_places(report, page, results)
    other, currency, n = results.probabilistic, report.currency, len(report.names)
    rows = []
    for place in places:
        threshold = _at(span_of(results.thresholds), place)
        amount = f'IF({place.text}=0,"",{money_words(threshold, currency).text})'
        at = Formula(amount, money_words(threshold, currency).value if place.value else "")
        for words, own, means, kind in (
            (
                f"Net monetary benefit, {currency}, at ",
                (results.nmb, results.inmb),
                other and (other.nmb, other.inmb),
                "extra",
            ),
            ("Net health benefit, QALYs, at ", (results.nhb, results.inhb), other and (other.nhb, other.inhb), "gain"),
        ):
            columns = [[row[a] for row in own[0]] for a in range(n)] + [own[1]]
            drawn = [[row[a] for row in means[0]] for a in range(n)] + [means[1]] if means else [None] * (n + 1)
            cells = []
            for mine, theirs in zip(columns, drawn, strict=True):
                value = head.choose(_at(span_of(mine), place), _at(span_of(theirs), place) if theirs else None)
                cells.append(Formula(f'IF({place.text}=0,"",{value.text})', value.value if place.value else ""))
            said = where(at.equals(""), "", formula_of(words).then(at))
            rows.append(KeyRow(said, list(cells[:n]), cells[n], (kind, kind)))
    return rows


def _at(span: Formula, place: Formula) -> Formula:
    """The cell at a place, or at the first where there is no such place."""
    value = span.value[max(int(place.value), 1) - 1]
    return Formula(f"INDEX({span.text},MAX(1,{place.text}))", float(value))


def _decision_places(report: Report, page: Page, results: ResultsAt) -> list[Formula]:
    """Which of the thresholds, counted from the lowest, are those of the decision: one cell for each that the run had; 0
    where there are fewer now."""
    table = GrowingTable(
        page,
        "Thresholds of the decision",
        "Counted from the lowest; the first page has room for as many as the run had.",
        [PageColumn("Threshold", "money", 58), PageColumn("Decision", "plain"), PageColumn("Count up to here", "plain")],
    )
    decided = [float(role.value == "decision") for role in results.roles]
    for i, (threshold, role) in enumerate(zip(results.thresholds, results.roles, strict=True)):
        flags = table.at
        own = where(role.equals("decision"), 1, 0)
        upto = Formula(f"SUM({flags.cell(0, 1)}:{flags.cell(i, 1).rsplit('!', 1)[1]})", sum(decided[: i + 1]))
        table.add(threshold, own, where(role.equals("decision"), upto, 0))
    counts = table.span(2)
    n = max(len(report.definition.decision_thresholds()), 1)
    places = GrowingTable(
        page,
        "Their places",
        "0: there is none.",
        [PageColumn("Decision threshold", "plain", 58), PageColumn("Place", "plain")],
    )
    found = []
    for k in range(n):
        number = ordinal(counts, k)
        place = match(number, counts)
        at = Formula(f"IFERROR({place.text},0)", place.value)
        row = places.add(number, at)
        found.append(places.cell(row, 1))
    return found
