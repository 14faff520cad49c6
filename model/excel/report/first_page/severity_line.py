"""What a weight by severity makes of the decision, as formulas (``analysis/first_page/severity_line.py``)."""

from __future__ import annotations

from collections.abc import Mapping

from model.analysis.agencies.population_qalys import norms_given
from model.analysis.first_page.severity_line import WITHOUT
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import index, maximum, number_as_text, where
from model.excel.output_book import Report
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page
from model.excel.report.agencies.increments import span_of
from model.excel.report.answer_words import money_words, quantity_words
from model.excel.report.first_page.in_words import percent
from model.excel.report.results import ResultsAt


def write_severity_lines(
    report: Report, page: Page, results: ResultsAt, old: Formula, severity: Mapping[str, Formula]
) -> list[Formula]:
    """The sentence; none without the sheet Severity, whose cells ``severity`` holds. ``old``: place of the comparator."""
    if not any(name.startswith("severity_weight_") for name in severity):
        return []
    facts = Facts(page, "The severity line of the first page", "Of the comparator in use, by the first of the norms.")
    norms = norms_given(report.definition)[0]

    def of_comparator(name: str) -> Formula:
        return index(span_of([severity[f"{name}_{norms}_{arm.id}"] for arm in report.definition.arms]), old)

    weight = facts.add("QALY weight", of_comparator("severity_weight"), kind="factor")
    absolute = facts.add("QALYs lost", maximum(0, of_comparator("absolute_shortfall")), kind="qalys")
    share = facts.add("Share of QALYs lost", maximum(0, of_comparator("proportional_shortfall")), kind="share")
    lost = facts.add("… in words", quantity_words(absolute).then(" QALYs lost, ").then(percent(share, 0)), kind="text")
    cost, gain = results.totals["costs", "increment"], results.totals["qalys", "increment"]
    said = facts.add("Said of the thresholds", "", kind="text")
    for threshold, role in zip(results.thresholds, results.roles, strict=True):
        net = facts.add(
            "Weighted net benefit at a threshold", threshold * weight * gain - cost, report.currency, kind="extra"
        )
        own = where(net >= 0, "yes at ", "no at ").then(money_words(threshold, report.currency))
        more = where(said.equals(""), own, said.then(", ").then(own))
        said = facts.add("… with the one before", where(role.equals("decision"), more, said), kind="text")
    words = formula_of("With the severity weight ").then(number_as_text(weight, 2)).then(" (").then(lost)
    words = words.then("), cost-effective against the comparator: ").then(said).then(f" per weighted QALY{WITHOUT}")
    none = formula_of("No extra weight for severity (").then(lost).then(").")
    return [facts.add("The sentence", where(weight.equals(1), none, words), kind="free")]
