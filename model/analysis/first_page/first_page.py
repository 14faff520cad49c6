"""All words of the first page, put together from the results of a run. The sheet Answer says the same by formulas."""

from __future__ import annotations

import dataclasses

from model.analysis.analysis import Results
from model.analysis.base_case.base_case import BaseCase
from model.analysis.base_case.words import answer
from model.analysis.deterministic.one_way import OneWay
from model.analysis.deterministic.scenarios import Scenarios
from model.analysis.first_page.because import because
from model.analysis.first_page.drivers import driver_lines
from model.analysis.first_page.price_line import price_lines
from model.analysis.first_page.question import question
from model.analysis.first_page.ranges import scenario_line, structure_line
from model.analysis.first_page.severity_line import severity_lines
from model.analysis.first_page.uncertainty import means, uncertainty
from model.analysis.probabilistic.psa import PSA
from model.analysis.structures.structures import Structures
from model.definition.limitations import shown_first
from model.definition.records.settings import DETERMINISTIC, PROBABILISTIC

NO_PSA = "No probabilistic analysis was run, so that the deterministic result heads the page. "
NOT_RUN = "not run."


@dataclasses.dataclass(frozen=True)
class FirstPage:
    """``answer``: the sentence of the result that heads the page (``headline``: which); ``reasons``: the second sentence, why
    and how certain; ``beside``: the sentence of the other result; ``severity``: empty where no weight is
    asked for; the rest in the order of the page."""

    question: str
    headline: str
    answer: str
    reasons: str
    beside: str
    severity: list[str]
    prices: list[str]
    drivers: list[str]
    ranges: list[str]
    coherence: str
    limitations: dict[int, str]


def first_page(results: Results) -> FirstPage:
    """The first page of a run; its base case must be among the results. Prices are worked out anew."""
    base, psa = results.the(BaseCase), results.of(PSA)
    definition = base.definition
    wanted = definition.settings.headline
    headline = wanted if psa is not None else DETERMINISTIC
    sentences = {DETERMINISTIC: answer(base), PROBABILISTIC: answer(means(psa)) if psa is not None else NOT_RUN}
    beside = PROBABILISTIC if headline == DETERMINISTIC else DETERMINISTIC
    excuse = NO_PSA if headline != wanted else ""
    return FirstPage(
        question(definition),
        headline,
        f"{excuse}{sentences[headline]}",
        reasons(because(base), uncertainty(psa)),
        f"{beside.capitalize()}: {sentences[beside]}",
        severity_lines(base),
        price_lines(definition),
        driver_lines(results.of(OneWay)),
        [scenario_line(results.of(Scenarios)), structure_line(results.of(Structures))],
        base.coherence().line(),
        shown_first(definition.about),
    )


def reasons(why: str, certainty: str) -> str:
    """The second sentence: why the costs differ, and how certain the result is."""
    said = f"{why}; {certainty}" if why else certainty
    return f"{said[:1].upper()}{said[1:]}."
