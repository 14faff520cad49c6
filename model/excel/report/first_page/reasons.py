"""The second sentence, as formulas: why the costs differ, and how certain the result is.

The same words as ``analysis/first_page/because.py`` and ``analysis/first_page/uncertainty.py``.
"""

from __future__ import annotations

import numpy as np

from model.analysis.amounts import money
from model.analysis.first_page.because import category_words, largest_part
from model.analysis.first_page.first_page import reasons
from model.analysis.first_page.uncertainty import ALL_THE_SAME, NOT_RUN, best_words
from model.definition.records.names import lower_first
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import absolute, largest, where
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import Facts, GrowingTable
from model.excel.pages.page import Page, TableAt
from model.excel.report.answer_words import money_words
from model.excel.report.as_run import AS_RUN, run_label
from model.excel.report.first_page.in_words import chance_words, percent, signed_money, signed_quantity
from model.excel.report.probabilistic.draw_summaries import DrawSummaries
from model.excel.report.results import ResultsAt


def write_reasons(report: Report, page: Page, results: ResultsAt, costs: TableAt) -> Formula:
    """The sentence; ``costs``: the table of costs by category."""
    parts = _Parts(report, page, costs)
    facts = Facts(page, "The second sentence of the first page", "Why the costs differ, and how certain the result is.")
    why = facts.add("Why the costs differ", parts.words(facts, results.totals["costs", "increment"]), kind="free")
    certainty = _uncertainty(report, facts, results, results.draws)
    said = facts.add("Both", where(why.equals(""), certainty, why.then("; ").then(certainty)), kind="free")
    text = f'UPPER(LEFT({said.text},1))&MID({said.text},2,LEN({said.text}))&"."'
    return facts.add("The sentence", Formula(text, reasons(str(why.value), str(certainty.value))), kind="free")


class _Parts:
    """The increments of the categories of cost, with the sign of the total increment as above zero."""

    def __init__(self, report: Report, page: Page, costs: TableAt):
        self.report = report
        column = 2 + len(report.names)
        words = category_words(report.definition)
        self.rows: list[tuple[str, Formula]] = []
        for i in range(costs.n_rows - costs.n_totals):
            category = str(costs.rows[i][0])
            more = Formula(costs.cell(i, column), float(costs.rows[i][column].value))
            self.rows.append((words.get(category, lower_first(category)), more))
        self.table = GrowingTable(
            page,
            "Parts of the difference in costs",
            "Increment of each category of the sheet Disaggregated.",
            [PageColumn("Part of the costs", "text", 58), PageColumn(f"What it adds, {report.currency}", "money")],
        )
        for name, more in self.rows:
            self.table.add(name, more)

    def words(self, facts: Facts, total: Formula) -> Formula:
        """The largest part that goes the way of the total, as its share; in amounts where the others take something off."""
        if not self.rows:
            return formula_of("")
        names, increments, currency = self.table.span(0), self.table.span(1), self.report.currency
        amounts = increments.value
        side = float(total.value < 0)
        value = float(np.max(-amounts if side else amounts))
        most = largest(increments).text
        least = f"-MIN({increments.text})"
        part = facts.add("Largest part", Formula(f"IF({total.text}<0,{least},{most})", value), currency, kind="money")
        sought = f"IF({total.text}<0,-{part.text},{part.text})"
        place = int(np.argmax(-amounts if side else amounts))
        name = facts.add(
            "… which it is",
            Formula(f"INDEX({names.text},MATCH({sought},{increments.text},0))", names.value[place]),
            kind="text",
        )
        size = float(abs(total.value))
        share_text = f"IF({total.text}=0,0,{part.text}/ABS({total.text}))"
        share = facts.add("… as a share of the difference", Formula(share_text, value / size if size else 0.0), kind="share")
        within = percent(share, 0).then(" of the ").then(where(total > 0, "extra cost", "saving")).then(" is ").then(name)
        rest = Formula(f"({part.text}-ABS({total.text}))", value - size)
        adds = [where(total > 0, *pair) for pair in ((" adds ", " saves "), (", all else saves ", ", all else adds "))]
        above = name.then(adds[0]).then(money_words(part, currency)).then(adds[1]).then(_positive_money(rest, currency))
        text = f'IF({total.text}=0,"",IF(ROUND({share.text},2)<=1,{within.text},{above.text}))'
        named = {n: float(more.value) for n, more in self.rows}
        return Formula(text, largest_part(named, float(total.value), currency))


def _positive_money(x: Formula, currency: str) -> Formula:
    """An amount from 0 on; what lies below it is never shown."""
    return Formula(money_words(absolute(x), currency).text, money(abs(float(x.value)), currency))


def _uncertainty(report: Report, facts: Facts, results: ResultsAt, draws: DrawSummaries | None) -> Formula:
    """Intervals, and the probability at each decision threshold; the draws are those of the run."""
    if draws is None:
        return facts.add("How certain", formula_of(NOT_RUN), kind="free")
    whose = where(AS_RUN.equals(1), "", f"of {run_label(report)}: ")
    ends = [draws.lower, draws.upper]
    if all(draws.lower[key].value == draws.upper[key].value for key in (("costs", "increment"), ("qalys", "increment"))):
        return facts.add("How certain", whose.then(ALL_THE_SAME), kind="free")
    currency = report.currency
    cost = [signed_money(end["costs", "increment"], currency) for end in ends]
    gain = [signed_quantity(end["qalys", "increment"]) for end in ends]
    listed = facts.add("Probabilities", "", kind="text")
    for threshold, role, p, evpi in zip(results.thresholds, results.roles, draws.probability, draws.evpi, strict=True):
        own = facts.add(
            "… at a threshold", chance_words(p, evpi).then(" at ").then(money_words(threshold, currency)), kind="text"
        )
        more = where(listed.equals(""), "", listed.then(", ")).then(own)
        listed = facts.add("… with the next one", where(role.equals("decision"), more, listed), kind="text")
    spent = facts.add("Interval of the extra cost", cost[0].then(" and ").then(cost[1]), kind="text")
    gained = facts.add("Interval of the QALYs gained", gain[0].then(" and ").then(gain[1]), kind="text")
    said = whose.then("with 95% probability the extra cost lies between ").then(spent)
    said = said.then(" and the QALYs gained between ").then(gained)
    said = said.then(f", and the probability of being {best_words(len(report.names))} is ").then(listed)
    return facts.add("How certain", said.then(" per QALY"), kind="free")
