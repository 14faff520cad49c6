"""What a committee reads first, put together from the words of the analyses: question, answer, key figures, price, drivers,
ranges, limitations. The page and the one-page summary say the same from here."""

from __future__ import annotations

import dataclasses
import re

import numpy as np

from model.analysis.amounts import money, quantity
from model.analysis.analysis import Results
from model.analysis.base_case.base_case import BaseCase
from model.analysis.base_case.words import all_options, answer, ratio_in_words
from model.analysis.columns.base_case import COSTS, LIFE_YEARS, QALYS
from model.analysis.columns.common import ICER
from model.analysis.deterministic.one_way import OneWay
from model.analysis.deterministic.scenarios import Scenarios
from model.analysis.prices.price_line import decision_prices
from model.analysis.prices.sentences import PriceSentences, price_sentences
from model.analysis.prices.switching_price import SwitchingPrices
from model.analysis.probabilistic.psa import PSA
from model.analysis.structures.structures import Structures
from model.definition.model_definition import ModelDefinition
from model.definition.records.names import lower_first
from model.report.cell_text import signed
from model.report.tables import ShownTable, plain_table

MOST_DRIVERS = 3
NUMBERED = re.compile(r"(?:^|\s+)(?=\d+\. )")


@dataclasses.dataclass(frozen=True)
class Driver:
    """An input that moves the result most: its words, its bounds with their unit, and the INMB at each."""

    label: str
    unit: str
    low: str
    high: str
    inmb_low: float
    inmb_high: float


@dataclasses.dataclass(frozen=True)
class FirstPage:
    """Everything of the first page, as words; ``threshold``: the willingness to pay at which the drivers are measured, and
    ``inmb`` the base case there."""

    title: str
    question: str
    answer: list[str]
    key_figures: ShownTable
    prices: list[str]
    switching: SwitchingPrices
    drivers: list[Driver]
    ranges: list[str]
    coherence: list[str]
    limitations: list[str]
    currency: str
    threshold: float
    inmb: float


def first_page(results: Results) -> FirstPage:
    """The first page of a run; what was not run is left out."""
    base = results.the(BaseCase)
    definition = base.definition
    told = results.of(PriceSentences)
    found = base.coherence()
    threshold = definition.willingness_to_pay()
    return FirstPage(
        title=definition.about.title,
        question=question(definition),
        answer=[*answers(base, results)],
        key_figures=key_figures(base),
        prices=told.lines if told is not None else price_sentences(definition),
        switching=decision_prices(definition),
        drivers=drivers(results),
        ranges=ranges(results),
        coherence=[line for line in (found.line(), found.comments()) if line],
        limitations=limitations(definition),
        currency=definition.settings.currency,
        threshold=threshold,
        inmb=base.inmb(threshold),
    )


def question(definition: ModelDefinition) -> str:
    """The decision problem in a sentence."""
    about = definition.about
    return (
        f"Is {lower_first(about.intervention)} worth its cost compared with {lower_first(about.comparator)}? "
        f"For: {lower_first(about.population)}. Counted: {about.perspective}."
    )


def answers(base: BaseCase, results: Results) -> list[str]:
    """The answer, why, how sure it is, and with three or more options all of them."""
    psa = results.of(PSA)
    lines = [answer(base), because(base), *all_options(base)]
    if psa is not None:
        lines += psa.summary().split("\n")
    return [line for line in lines if line]


def because(base: BaseCase) -> str:
    """The largest part of what the intervention adds to the cost; "" where it adds none."""
    if base.incremental_cost <= 0:
        return ""
    parts = base.costs().reset_index(drop=True)
    by_category = parts.groupby("category", sort=False)["increment"].sum()
    if by_category.empty or by_category.max() <= 0:
        return ""
    largest, amount = str(by_category.idxmax()), float(by_category.max())
    currency = base.definition.settings.currency
    share = amount / base.incremental_cost
    if share <= 1:
        return f"{share:.0%} of the extra cost is: {lower_first(largest)} ({money(amount, currency)})."
    saved = money(amount - base.incremental_cost, currency)
    return (
        f"The largest part of the extra cost is: {lower_first(largest)} ({money(amount, currency)}; all else saves {saved})."
    )


def key_figures(base: BaseCase) -> ShownTable:
    """Totals by arm, their difference, the ICER, and net benefit at each decision threshold."""
    definition, currency = base.definition, base.definition.settings.currency
    old, new = base.positions
    names = [arm.short_label for arm in definition.arms]
    difference = "Difference" if len(names) == 2 else f"{names[new]} minus {names[old]}"

    def row(words: str, values: np.ndarray, gain: float, digits: int) -> list[str]:
        return [words, *(signed(f"{v:,.{digits}f}") for v in values), signed(quantity(gain, digits))]

    rows = [
        row(COSTS.heading(currency), base.total_costs, base.incremental_cost, 0),
        row(LIFE_YEARS.words(), base.total_life_years, base.incremental_life_years, 2),
        row(QALYS.words(), base.total_qalys, base.incremental_qalys, 2),
        [ICER.heading(currency), *("" for _ in names), ratio_in_words(base) if base.icer is None else f"{base.icer:,.0f}"],
    ]
    for threshold in sorted(definition.decision_thresholds()):
        benefit = threshold * base.compared_qalys - base.compared_costs
        rows.append(row(f"Net benefit at {threshold:,.0f} per QALY, {currency}", benefit, base.inmb(threshold), 0))
        rows.append(row("the same in QALYs", benefit / threshold, base.inmb(threshold) / threshold, 2))
    return plain_table("key_figures", "Key figures per patient, discounted", ["", *names, difference], rows)


def drivers(results: Results) -> list[Driver]:
    """The inputs with the widest range of INMB, from the one-way analysis; none where it was not run."""
    one_way = results.of(OneWay)
    if one_way is None:
        return []
    found = []
    for row in one_way.table().head(MOST_DRIVERS).to_dict("records"):
        low, high = (f"{float(row[name]):,.3g}" for name in ("low", "high"))
        found.append(Driver(str(row["label"]), str(row["unit"]), low, high, float(row["inmb_low"]), float(row["inmb_high"])))
    return found


def ranges(results: Results) -> list[str]:
    """How far the ICER goes over the scenarios, and what the other structures say."""
    lines = []
    scenarios, structures = results.of(Scenarios), results.of(Structures)
    if scenarios is not None and scenarios.scenarios:
        table, currency = scenarios.table(), scenarios.definition.settings.currency
        told = table.loc[table["icer"].notna() & (table["scenario"] != "base")]
        others = len(scenarios.scenarios) - len(told)
        if len(told):
            ends = told.sort_values("icer", kind="stable").iloc[[0, -1]].to_dict("records")
            words = " to ".join(f"{money(float(row['icer']), currency)} ({row['label']})" for row in ends)
            rest = f"; {others} more have no ratio" if others else ""
            lines.append(f"Over {len(told)} scenarios the cost per QALY gained runs from {words}{rest}.")
    if structures is not None:
        lines.append(structures.words())
    return lines


def limitations(definition: ModelDefinition) -> list[str]:
    """The limitations of the cover, one by one, without their numbers."""
    parts = NUMBERED.split(definition.about.limitations)
    return [re.sub(r"^\d+\. ", "", part.strip()) for part in parts if part.strip()]
