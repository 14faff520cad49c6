"""The answer in one sentence, put together by formulas from the results in use.

The same sentences as ``analysis/base_case/words.py`` makes: who changes one changes the other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from xlsxwriter.utility import xl_cell_to_rowcol

from model.analysis.amounts import LEAST_SHOWN, TEN, decimals, money, quantity
from model.analysis.ratio_words import DOMINANT, DOMINATED, NO_DIFFERENCE, STATUS_WORDS
from model.definition.records.names import lower_first
from model.excel.formulas.cell_names import fixed_cell
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import DECIMAL_SIGN, absolute, all_of, index, number_as_text, where
from model.excel.output_book import Report
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page


@dataclasses.dataclass(frozen=True)
class WordsAt:
    """Cells of the sentence and of its last part."""

    answer: Formula
    verdict: Formula


@dataclasses.dataclass(frozen=True)
class Decided:
    """What is decided at each threshold: its value, its role, and which arms are the best (a row of 1 and 0); and the
    status of each arm in the fully incremental analysis."""

    thresholds: list[Formula]
    roles: list[Formula]
    best: list[Formula]
    status: list[Formula]


def write_words(
    report: Report,
    page: Page,
    positions: tuple[Formula, Formula],
    increment: Callable[[str], Formula],
    decided: Decided,
    title: str = "The answer in words",
) -> WordsAt:
    """The parts of the sentence, one per row, and the sentence."""
    facts = Facts(page, title, "The parts of the sentence of the first sheet; each follows from the results above.")
    definition, currency = report.definition, report.currency
    old, new = positions
    assert report.layout is not None
    labels = report.layout.tables["arms"].block("label").reference
    values = [a.label for a in definition.arms]
    names = [
        facts.add(words, Formula(f"INDEX({labels},{p.text})", values[int(p.value) - 1]), kind="text")
        for words, p in (("Intervention", new), ("Comparator", old))
    ]
    within = facts.add("Comparator within a sentence", lower_first_words(names[1]), kind="text")
    qalys, cost = increment("qalys"), increment("costs")
    alike = facts.add("Identical: neither costs nor QALYs differ", where(all_of(qalys.equals(0), cost.equals(0)), 1, 0))
    size = facts.add("QALYs, as shown", quantity_words(absolute(qalys)), kind="text")
    amount = facts.add("Extra cost or saving, as shown", money_words(absolute(cost), currency), kind="text")
    ratio = facts.add("Cost per QALY, or what stands in its place", _ratio_words(cost, qalys, currency), kind="text")
    verdict = _verdict(report, facts, alike, new, decided)
    gains = where(qalys > 0, " gains ", " loses ").then(size).then(" QALYs against ")
    change = where(qalys.equals(0), " gives as many QALYs as ", gains)
    extra = where(cost > 0, " at an extra ", " at a saving of ").then(amount).then(" per patient")
    compared = names[0].then(change).then(within).then(where(cost.equals(0), " at the same cost", extra))
    compared = facts.add("Against the comparator", compared.then(" (").then(ratio).then("): "), kind="free")
    twins = names[0].then(" and ").then(within).then(" are " if len(values) == 2 else f" are identical: {NO_DIFFERENCE}; ")
    sentence = where(alike.equals(1), twins, compared).then(verdict).then(".")
    return WordsAt(facts.add("The answer", sentence, kind="free"), verdict)


def quantity_words(x: Formula) -> Formula:
    """A number of QALYs with two decimals; with two digits that are not zero where it is smaller (amounts.py)."""
    text = f"IF({x.text}>=thousand,{number_as_text(x, 2).text},{_below_a_thousand(x)})"
    return Formula(text, quantity(float(x.value)))


def _below_a_thousand(x: Formula) -> str:
    """The text of a number below 1,000 as English words, which are the same in every locale."""
    return f'SUBSTITUTE(FIXED({x.text},{_decimals(x)},TRUE),{DECIMAL_SIGN},".")'


def _decimals(x: Formula) -> str:
    """How many decimals an amount is shown with."""
    assert LEAST_SHOWN < 1 < TEN and decimals(1.0) == 2
    return f"IF(OR({x.text}=0,{x.text}>=least_shown),2,1-INT(LN({x.text})/LN(ten)))"


def money_words(x: Formula, currency: str) -> Formula:
    """An amount with its currency, rounded to what a reader needs."""
    value = float(x.value)
    in_millions = Formula(f"{x.text}/million", value)
    nearest = Formula(f"ROUND({x.text},IF({x.text}>=hundred_thousand,-2,-1))", value)
    millions = f'"{currency} "&{number_as_text(in_millions, 2).text}&" million"'
    small = f'"{currency} "&{_below_a_thousand(x)}'
    rounded = f'"{currency} "&{number_as_text(nearest, 0).text}'
    text = f"IF({x.text}>=million,{millions},IF({x.text}>=thousand,{rounded},{small}))"
    return Formula(text, money(float(x.value), currency))


def lower_first_words(cell: Formula) -> Formula:
    """First letter in lower case, unless the word is an abbreviation."""
    t = cell.text
    text = f"IF(EXACT(MID({t},2,1),LOWER(MID({t},2,1))),LOWER(LEFT({t},1))&MID({t},2,LEN({t})),{t})"
    return Formula(text, lower_first(str(cell.value)))


def _ratio_words(cost: Formula, qalys: Formula, currency: str) -> Formula:
    """The ICER, or what stands in its place where a ratio would mislead."""
    per_unit = money_words(Formula(f"({cost.text}/{qalys.text})", _divided(cost, qalys)), currency).then(" per QALY ")
    gained, forgone = per_unit.then("gained"), formula_of("a saving of ").then(per_unit).then("forgone")
    other = where(cost > 0, gained, forgone)
    worse = where(all_of(cost >= 0, qalys <= 0), DOMINATED, other)
    better = where(all_of(cost <= 0, qalys >= 0), DOMINANT, worse)
    return where(all_of(cost.equals(0), qalys.equals(0)), NO_DIFFERENCE, better)


def _divided(cost: Formula, qalys: Formula) -> float:
    return abs(float(cost.value / qalys.value)) if qalys.value else 0.0


def _verdict(report: Report, facts: Facts, alike: Formula, new: Formula, decided: Decided) -> Formula:
    """Is the intervention the best of all options at each decision threshold; with three or more, which one is, and which
    are dominated? Lists that grow row by row, then joined."""
    currency, names = report.currency, short_names(report)
    wanted = [role.equals("decision") for role in decided.roles]
    amounts = [money_words(threshold, currency) for threshold in decided.thresholds]
    lists = []
    for words, good in (("cost-effective", 1), ("not cost-effective", 0)):
        chosen = [d * index(row, new).equals(good) for d, row in zip(wanted, decided.best, strict=True)]
        listed = grown(facts, f"Thresholds at which it is {words}", chosen, amounts, " or ")
        said = where(listed.equals(""), "", formula_of(f"{words} at ").then(listed))
        lists.append(facts.add(f"{words} at", said, kind="text"))
    both = where(lists[0].equals(""), lists[1], where(lists[1].equals(""), lists[0], lists[0].then(", ").then(lists[1])))
    if len(names) == 2:
        said = where(alike.equals(1), f"identical: {NO_DIFFERENCE}", both.then(" per QALY"))
        return facts.add("Verdict", said, kind="free")
    own = facts.add("Of the intervention", where(alike.equals(1), "", both.then(" per QALY; ")), kind="text")
    at = []
    for a, name in enumerate(names):
        chosen = [d * cell_of(row, a).equals(1) for d, row in zip(wanted, decided.best, strict=True)]
        listed = grown(facts, f"Thresholds at which {name.value} is the best", chosen, amounts, " or ")
        at.append(facts.add("… in words", where(listed.equals(""), "", name.then(" at ").then(listed)), kind="text"))
    best = grown(facts, "Best of all options", [x.differs("") for x in at], at, ", ")
    said = own.then(f"highest net benefit of all {len(names)} options: ").then(best).then(" per QALY")
    for status, words in STATUS_WORDS.items():
        listed = grown(facts, f"Options that are {words}", [s.equals(status) for s in decided.status], names, ", ")
        part = where(listed.equals(""), "", formula_of(f"; {words}: ").then(listed))
        said = said.then(facts.add("… in words", part, kind="text"))
    return facts.add("Verdict", said, kind="free")


def grown(facts: Facts, what: str, chosen: list[Formula], words: list[Formula], between: str) -> Formula:
    """The words that are chosen, one after another: a list that grows row by row."""
    listed = facts.add(what, "", kind="text")
    for wanted, word in zip(chosen, words, strict=True):
        grown = where(listed.equals(""), "", listed.then(between)).then(word)
        listed = facts.add("… with the next one", where(wanted, grown, listed), kind="text")
    return listed


def short_names(report: Report) -> list[Formula]:
    """The short name of each arm, from its input cell."""
    assert report.layout is not None
    cells = report.layout.tables["arms"].block("short_label").reference
    return [cell_of(Formula(cells, report.names), a) for a in range(len(report.names))]


def cell_of(span: Formula, position: int) -> Formula:
    """One cell of neighbouring cells of a row or a column."""
    sheet, cells = span.text.rsplit("!", 1)
    first = cells.split(":")[0].replace("$", "")
    row, column = xl_cell_to_rowcol(first)
    last = xl_cell_to_rowcol(cells.split(":")[-1].replace("$", ""))
    across = last[1] > column
    place = fixed_cell(row + (0 if across else position), column + (position if across else 0))
    return Formula(f"{sheet}!{place}", span.value[position])
