"""The answer in one sentence, put together by formulas from the results in use."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from model.analysis.words import lower_first, money

from ..live.evaluate import LiveModel
from ..live.formula import Formula, formula_of
from ..live.functions import absolute, number_words, where
from ..live.tables import Facts
from .page import Page
from .report import Report


@dataclasses.dataclass(frozen=True)
class WordsAt:
    """Cells of the sentence and of its last part."""

    answer: Formula
    verdict: Formula


def write_words(
    report: Report,
    live: LiveModel,
    page: Page,
    positions: tuple[Formula, Formula],
    increment: Callable[[str], Formula],
    icer: Formula,
    thresholds: list[Formula],
    roles: list[Formula],
) -> WordsAt:
    """The parts of the sentence, one per row, and the sentence."""
    facts = Facts(
        page,
        "The answer in words",
        "The parts of the sentence of the first sheet; each follows from the results above.",
    )
    definition, currency = report.definition, report.currency
    old, new = positions
    assert report.layout is not None
    labels = report.layout.tables["arms"].block("label").reference
    values = [a.label for a in definition.arms]
    names = [facts.add(words, Formula(f"INDEX({labels},{p.text})", values[int(p.value) - 1]), kind="text")
             for words, p in (("Intervention", new), ("Comparator", old))]  # fmt: skip
    within = facts.add("Comparator within a sentence", _lower_first(names[1]), kind="text")
    qalys, cost = increment("qalys"), increment("costs")
    size = facts.add("QALYs, as shown", _fixed(absolute(qalys), 2, f"{abs(qalys.value):.2f}"), kind="text")
    amount = facts.add("Extra cost or saving, as shown", _money(absolute(cost), currency), kind="text")
    ratio = facts.add(
        "Cost per QALY, or what stands in its place", _ratio_words(cost, qalys, icer, currency), kind="text"
    )
    verdict = _verdict(report, facts, qalys, cost, thresholds, roles)
    change, extra = (
        where(qalys >= 0, " gains ", " loses "),
        where(cost >= 0, " at an extra ", " at a saving of "),
    )
    sentence = names[0].then(change).then(size).then(" QALYs against ").then(within).then(extra).then(amount)
    sentence = sentence.then(" per patient (").then(ratio).then("): ").then(verdict).then(".")
    return WordsAt(facts.add("The answer", sentence, kind="free"), verdict)


def _fixed(x: Formula, decimals: int, value: str) -> Formula:
    """A number as English text, which is the same in every locale: the sheet Checks compares the words."""
    return Formula(number_words(x, decimals).text, value)


def _money(x: Formula, currency: str) -> Formula:
    """An amount with its currency, rounded to what a reader needs."""
    value = float(x.value)
    in_millions = Formula(f"{x.text}/million", value)
    nearest = Formula(f"ROUND({x.text},IF({x.text}>=hundred_thousand,-2,-1))", value)
    millions = f'"{currency} "&{number_words(in_millions, 2).text}&" million"'
    small = f'"{currency} "&{number_words(x, 2).text}'
    rounded = f'"{currency} "&{number_words(nearest, 0).text}'
    text = f"IF({x.text}>=million,{millions},IF({x.text}>=thousand,{rounded},{small}))"
    return Formula(text, money(float(x.value), currency))


def _lower_first(cell: Formula) -> Formula:
    """First letter in lower case, unless the word is an abbreviation."""
    t = cell.text
    text = f"IF(EXACT(MID({t},2,1),LOWER(MID({t},2,1))),LOWER(LEFT({t},1))&MID({t},2,LEN({t})),{t})"
    return Formula(text, lower_first(str(cell.value)))


def _ratio_words(cost: Formula, qalys: Formula, icer: Formula, currency: str) -> Formula:
    """The ICER, or what stands in its place where a ratio would mislead."""
    per_gained = _money(Formula(f"({cost.text}/{qalys.text})", _divided(cost, qalys)), currency)
    gained = per_gained.then(" per QALY gained")
    forgone = formula_of("a saving of ").then(per_gained).then(" per QALY forgone")
    nothing = "no difference in costs or QALYs"
    dominant = "dominant: no dearer and at least as effective"
    dominated = "dominated: no cheaper and no more effective"
    c, q = cost.value, qalys.value
    text = (
        f'IF(AND({cost.text}>0,{qalys.text}>0),{gained.text},IF(AND({cost.text}=0,{qalys.text}=0),"{nothing}",'
        f'IF(AND({cost.text}<=0,{qalys.text}>=0),"{dominant}",IF(AND({cost.text}>=0,{qalys.text}<=0),"{dominated}",'
        f"{forgone.text}))))"
    )
    if c > 0 and q > 0:
        value = gained.value
    elif c == 0 and q == 0:
        value = nothing
    elif c <= 0 and q >= 0:
        value = dominant
    elif c >= 0 and q <= 0:
        value = dominated
    else:
        value = forgone.value
    return Formula(text, value)


def _divided(cost: Formula, qalys: Formula) -> float:
    return float(cost.value / qalys.value) if qalys.value else 0.0


def _verdict(
    report: Report,
    facts: Facts,
    qalys: Formula,
    cost: Formula,
    thresholds: list[Formula],
    roles: list[Formula],
) -> Formula:
    """Is the intervention cost-effective at each decision threshold? Two lists that grow row by row, then joined."""
    lists: list[Formula] = []
    for words, good in (("cost-effective", True), ("not cost-effective", False)):
        listed = facts.add(f"Thresholds at which it is {words}", "", kind="text")
        for threshold, role in zip(thresholds, roles, strict=True):
            inmb = threshold * qalys - cost
            belongs = inmb >= 0 if good else inmb < 0
            wanted = (role.equals("decision") * belongs).equals(1)
            grown = where(listed.equals(""), "", listed.then(" or ")).then(_money(threshold, report.currency))
            listed = facts.add("… with the next one", where(wanted, grown, listed), kind="text")
        lists.append(
            facts.add(
                f"{words} at",
                where(listed.equals(""), "", formula_of(f"{words} at ").then(listed)),
                kind="text",
            )
        )
    both = where(
        lists[0].equals(""),
        lists[1],
        where(lists[1].equals(""), lists[0], lists[0].then(", ").then(lists[1])),
    )
    return facts.add("Verdict", both.then(" per QALY"), kind="text")
