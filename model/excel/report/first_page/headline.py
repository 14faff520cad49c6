"""Which of the two results heads the page: 'Headline' of the sheet Settings, live."""

from __future__ import annotations

import dataclasses

from model.analysis.first_page.first_page import NO_PSA, NOT_RUN
from model.definition.records.settings import PROBABILISTIC
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import where
from model.excel.output_book import Report
from model.excel.pages.growing_tables import Facts
from model.excel.report.as_run import AS_RUN, run_label
from model.excel.report.results import ResultsAt


@dataclasses.dataclass(frozen=True)
class HeadlineAt:
    """1 where the probabilistic result heads the page; its sentence, that of the other result, the words of the table."""

    probabilistic: Formula
    answer: Formula
    beside: Formula
    table: Formula

    def choose(self, deterministic: Formula, probabilistic: Formula | None) -> Formula:
        """The value of the result that heads the page."""
        return deterministic if probabilistic is None else where(self.probabilistic.equals(1), probabilistic, deterministic)


def write_headline(report: Report, facts: Facts, results: ResultsAt) -> HeadlineAt:
    """The choice and the two sentences."""
    assert report.layout is not None
    typed = report.definition.settings.headline
    cell = report.layout.cells["settings.headline"].reference
    asked = facts.add(
        "Probabilistic headline asked for: 1 yes, 0 no",
        Formula(f'IF({cell}="{PROBABILISTIC}",1,0)', float(typed == PROBABILISTIC)),
        kind="plain",
    )
    other = results.probabilistic
    shown = facts.add("… and shown", asked if other is not None else formula_of(0), kind="plain")
    own = results.answer
    if other is None:
        excuse = where(asked.equals(1), NO_PSA, "")
        beside = formula_of(f"Probabilistic: {NOT_RUN}")
        words = formula_of("Deterministic: every input at its value")
        return HeadlineAt(shown, excuse.then(own), beside, words)
    marked = facts.add(
        "The probabilistic answer", where(AS_RUN.equals(1), "", f"Of {run_label(report)}: ").then(other.answer), kind="free"
    )
    beside = where(shown.equals(1), formula_of("Deterministic: ").then(own), formula_of("Probabilistic: ").then(marked))
    assert results.draws is not None
    words = where(
        shown.equals(1),
        f"Probabilistic: means over {results.draws.n_draws:,} draws of {run_label(report)}",
        "Deterministic: every input at its value",
    )
    return HeadlineAt(shown, where(shown.equals(1), marked, own), beside, words)
