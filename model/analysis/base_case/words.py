"""Results in words: one sentence for the cover, ten lines for the console.

What is concluded follows the fully incremental analysis: with three or more options "cost-effective" means the highest
net benefit of all of them, and the options that are dominated are named. The workbook puts the same sentences together
by formulas (``excel/report/answer_words.py``): who changes one changes the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from model.analysis.amounts import joined, money, quantity
from model.analysis.base_case.comparison import Comparison
from model.analysis.columns.base_case import COSTS, LIFE_YEARS, QALYS
from model.analysis.ratio_words import NO_DIFFERENCE, STATUS_WORDS, ratio_words
from model.definition.records.names import lower_first


def ratio_in_words(of: Comparison) -> str:
    """The ICER, or what stands in its place where a ratio would mislead."""
    return ratio_words(of.incremental_cost, of.incremental_qalys, of.definition.settings.currency)


def answer(of: Comparison) -> str:
    """The answer to the decision problem in one sentence."""
    definition = of.definition
    new, old = (definition.arm(a) for a in (definition.settings.intervention, definition.settings.comparator))
    if identical(of):
        words = f"{new.label} and {lower_first(old.label)} are identical: {NO_DIFFERENCE}"
        return f"{words}." if len(definition.arms) == 2 else f"{words}; {verdict(of)}."
    said = comparison_words(of, new.label, lower_first(old.label))
    return f"{said} ({ratio_in_words(of)}): {verdict(of)}."


def identical(of: Comparison) -> bool:
    """Do intervention and comparator differ in neither costs nor QALYs?"""
    return of.incremental_cost == 0 and of.incremental_qalys == 0


def comparison_words(of: Comparison, new: str, old: str) -> str:
    """``New gains 0.51 QALYs against old at an extra USD 10,000 per patient``."""
    qalys, cost = of.incremental_qalys, of.incremental_cost
    amount = money(abs(cost), of.definition.settings.currency)
    change = f"{'gains' if qalys > 0 else 'loses'} {quantity(abs(qalys))} QALYs against"
    extra = f"at {'an extra' if cost > 0 else 'a saving of'} {amount} per patient"
    return f"{new} {change if qalys else 'gives as many QALYs as'} {old} {extra if cost else 'at the same cost'}"


def verdict(of: Comparison, thresholds: Sequence[float] | None = None) -> str:
    """Is the intervention cost-effective, the best of all options, at each threshold (default: those of the decision)?

    With three or more options also: which is the best at each, and which are dominated or identical to another.
    """
    asked_thresholds = sorted(of.definition.decision_thresholds() if thresholds is None else thresholds)
    if len(of.definition.arms) == 2:
        return f"identical: {NO_DIFFERENCE}" if identical(of) else _cost_effective(of, asked_thresholds)
    parts = [] if identical(of) else [_cost_effective(of, asked_thresholds)]
    return "; ".join([*parts, _best(of, asked_thresholds), *_off_the_frontier(of)])


def _cost_effective(of: Comparison, thresholds: list[float]) -> str:
    currency, new = of.definition.settings.currency, of.positions[1]
    parts = []
    for word, good in (("cost-effective", True), ("not cost-effective", False)):
        at = [money(t, currency) for t in thresholds if (new in of.best(t)) is good]
        if at:
            parts.append(f"{word} at {' or '.join(at)}")
    return ", ".join(parts) + " per QALY"


def _best(of: Comparison, thresholds: list[float]) -> str:
    """``highest net benefit of all 3 options: A at USD 20,000, B at USD 30,000 or USD 50,000 per QALY``."""
    currency = of.definition.settings.currency
    parts = []
    for a, arm in enumerate(of.definition.arms):
        at = [money(t, currency) for t in thresholds if a in of.best(t)]
        if at:
            parts.append(f"{arm.short_label} at {' or '.join(at)}")
    return f"highest net benefit of all {len(of.definition.arms)} options: {', '.join(parts)} per QALY"


def _off_the_frontier(of: Comparison) -> list[str]:
    """``dominated: A, B`` and the like, in the order of the arms."""
    table = of.incremental().set_index("option")["status"]
    status = {arm.short_label: str(table[label]) for arm, label in zip(of.definition.arms, of.arm_labels, strict=True)}
    named = {words: [n for n, s in status.items() if s == key] for key, words in STATUS_WORDS.items()}
    return [f"{words}: {', '.join(names)}" for words, names in named.items() if names]


def summary_lines(of: Comparison) -> list[str]:
    """The base case as aligned text."""
    definition, currency = of.definition, of.definition.settings.currency
    old, new = (definition.arms[a].short_label for a in of.positions)
    difference = "Difference" if len(definition.arms) == 2 else f"{new} minus {old}"
    width = max(len(a.short_label) for a in definition.arms)
    width = max(width, len(difference)) + 2
    headers = LIFE_YEARS.words(), QALYS.words(), COSTS.heading(currency)
    lines = [f"{'':{width}}{headers[0]:>12}{headers[1]:>10}{headers[2]:>18}"]
    for i, arm in enumerate(definition.arms):
        lines.append(
            f"{arm.short_label:{width}}{of.total_life_years[i]:>12.3f}{of.total_qalys[i]:>10.3f}{of.total_costs[i]:>18,.0f}"
        )
    years, qalys = (quantity(x, 3) for x in (of.incremental_life_years, of.incremental_qalys))
    cost = quantity(of.incremental_cost, 0)
    lines.append(f"{difference:{width}}{years:>12}{qalys:>10}{cost:>18}")
    return [*lines, "", answer(of), *all_options(of)]


def all_options(of: Comparison) -> list[str]:
    """With three or more options: all of them by cost, with the ICER of each on the frontier, in one line."""
    if len(of.definition.arms) == 2:
        return []
    short = dict(zip(of.arm_labels, (arm.short_label for arm in of.definition.arms), strict=True))
    parts = []
    for row in of.incremental().to_dict("records"):
        words, before = str(row["status"]), short.get(str(row["compared_with"]), "")
        if words == "on frontier":
            words = f"{money(float(row['icer']), of.definition.settings.currency)} per QALY against {before}"
        elif words == "identical":
            words = f"identical to {before}"
        parts.append(f"{short[str(row['option'])]} ({words})")
    return [f"All options by cost, each against the one before it on the frontier: {joined(parts)}."]
