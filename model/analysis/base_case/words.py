"""Results in words: one sentence for the cover, ten lines for the console.

What is concluded follows the fully incremental analysis: with three or more options "cost-effective" means the highest
net benefit of all of them, and the options that are dominated are named. The workbook puts the same sentences together
by formulas (``excel/report/answer_words.py``): who changes one changes the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from model.analysis.amounts import joined, lower_first, money, quantity
from model.analysis.prices.sentences import price_sentences

if TYPE_CHECKING:
    from model.analysis.base_case.base_case import BaseCase

__all__ = ["answer", "lower_first", "money", "price_sentences", "ratio_in_words", "ratio_words", "summary_lines", "verdict"]

NO_DIFFERENCE = "no difference in costs or QALYs"
DOMINANT = "dominant: no dearer and at least as effective"
DOMINATED = "dominated: no cheaper and no more effective"
STATUS_WORDS = {
    "dominated": "dominated",
    "extendedly dominated": "extendedly dominated",
    "identical": "identical to another option",
}
"""What is said of an option that is not on the frontier, by its status in the fully incremental analysis."""


def ratio_words(
    cost: float, qalys: float, currency: str, unit: str = "QALY", amount: Callable[[float], str] | None = None
) -> str:
    """Cost per QALY gained of an increment, or what stands in its place where a ratio would mislead.

    ``unit`` of the effects; ``amount``: how an amount is written, if not as :func:`money` with the currency.
    """
    if cost == 0 and qalys == 0:
        return NO_DIFFERENCE if unit == "QALY" else f"no difference in costs or {unit}"
    if cost <= 0 and qalys >= 0:
        return DOMINANT
    if cost >= 0 and qalys <= 0:
        return DOMINATED
    ratio = cost / qalys
    per_unit = f"{amount(ratio) if amount else money(ratio, currency)} per {unit}"
    return f"{per_unit} gained" if cost > 0 else f"a saving of {per_unit} forgone"


def ratio_in_words(base: BaseCase) -> str:
    """The ICER, or what stands in its place where a ratio would mislead."""
    return ratio_words(base.incremental_cost, base.incremental_qalys, base.definition.settings.currency)


def answer(base: BaseCase) -> str:
    """The answer to the decision problem in one sentence."""
    definition = base.definition
    new, old = (definition.arm(a) for a in (definition.settings.intervention, definition.settings.comparator))
    if identical(base):
        words = f"{new.label} and {lower_first(old.label)} are identical: {NO_DIFFERENCE}"
        return f"{words}." if len(definition.arms) == 2 else f"{words}; {verdict(base)}."
    said = comparison_words(base, new.label, lower_first(old.label))
    return f"{said} ({ratio_in_words(base)}): {verdict(base)}."


def identical(base: BaseCase) -> bool:
    """Do intervention and comparator differ in neither costs nor QALYs?"""
    return base.incremental_cost == 0 and base.incremental_qalys == 0


def comparison_words(base: BaseCase, new: str, old: str) -> str:
    """``New gains 0.51 QALYs against old at an extra USD 10,000 per patient``."""
    qalys, cost = base.incremental_qalys, base.incremental_cost
    amount = money(abs(cost), base.definition.settings.currency)
    change = f"{'gains' if qalys > 0 else 'loses'} {quantity(abs(qalys))} QALYs against"
    extra = f"at {'an extra' if cost > 0 else 'a saving of'} {amount} per patient"
    return f"{new} {change if qalys else 'gives as many QALYs as'} {old} {extra if cost else 'at the same cost'}"


def verdict(base: BaseCase, thresholds: Sequence[float] | None = None) -> str:
    """Is the intervention cost-effective, the best of all options, at each threshold (default: those of the decision)?

    With three or more options also: which is the best at each, and which are dominated or identical to another.
    """
    wtp = sorted(base.definition.decision_thresholds() if thresholds is None else thresholds)
    if len(base.definition.arms) == 2:
        return f"identical: {NO_DIFFERENCE}" if identical(base) else _cost_effective(base, wtp)
    parts = [] if identical(base) else [_cost_effective(base, wtp)]
    return "; ".join([*parts, _best(base, wtp), *_off_the_frontier(base)])


def _cost_effective(base: BaseCase, thresholds: list[float]) -> str:
    currency, new = base.definition.settings.currency, base.positions[1]
    parts = []
    for word, good in (("cost-effective", True), ("not cost-effective", False)):
        at = [money(t, currency) for t in thresholds if (new in base.best(t)) is good]
        if at:
            parts.append(f"{word} at {' or '.join(at)}")
    return ", ".join(parts) + " per QALY"


def _best(base: BaseCase, thresholds: list[float]) -> str:
    """``highest net benefit of all 3 options: A at USD 20,000, B at USD 30,000 or USD 50,000 per QALY``."""
    currency = base.definition.settings.currency
    parts = []
    for a, arm in enumerate(base.definition.arms):
        at = [money(t, currency) for t in thresholds if a in base.best(t)]
        if at:
            parts.append(f"{arm.short_label} at {' or '.join(at)}")
    return f"highest net benefit of all {len(base.definition.arms)} options: {', '.join(parts)} per QALY"


def _off_the_frontier(base: BaseCase) -> list[str]:
    """``dominated: A, B`` and the like, in the order of the arms."""
    table = base.incremental().set_index("option")["status"]
    status = {arm.short_label: str(table[label]) for arm, label in zip(base.definition.arms, base.arm_labels, strict=True)}
    named = {words: [n for n, s in status.items() if s == key] for key, words in STATUS_WORDS.items()}
    return [f"{words}: {', '.join(names)}" for words, names in named.items() if names]


def summary_lines(base: BaseCase) -> list[str]:
    """The base case as aligned text."""
    definition, currency = base.definition, base.definition.settings.currency
    old, new = (definition.arms[a].short_label for a in base.positions)
    difference = "Difference" if len(definition.arms) == 2 else f"{new} minus {old}"
    width = max(len(a.short_label) for a in definition.arms)
    width = max(width, len(difference)) + 2
    lines = [f"{'':{width}}{'Life years':>12}{'QALYs':>10}{'Cost, ' + currency:>18}"]
    o = base.outcomes
    for i, arm in enumerate(definition.arms):
        lines.append(
            f"{arm.short_label:{width}}{o.total_life_years[0, i]:>12.3f}{o.total_qalys[0, i]:>10.3f}"
            f"{o.total_costs[0, i]:>18,.0f}"
        )
    years, qalys = (quantity(x, 3) for x in (base.incremental_life_years, base.incremental_qalys))
    cost = quantity(base.incremental_cost, 0)
    lines.append(f"{difference:{width}}{years:>12}{qalys:>10}{cost:>18}")
    return [*lines, "", base.conclusion(), *all_options(base), *price_sentences(base)]


def all_options(base: BaseCase) -> list[str]:
    """With three or more options: all of them by cost, with the ICER of each on the frontier, in one line."""
    if len(base.definition.arms) == 2:
        return []
    short = dict(zip(base.arm_labels, (arm.short_label for arm in base.definition.arms), strict=True))
    parts = []
    for row in base.incremental().to_dict("records"):
        words, before = str(row["status"]), short.get(str(row["compared_with"]), "")
        if words == "on frontier":
            words = f"{money(float(row['icer']), base.definition.settings.currency)} per QALY against {before}"
        elif words == "identical":
            words = f"identical to {before}"
        parts.append(f"{short[str(row['option'])]} ({words})")
    return [f"All options by cost, each against the one before it on the frontier: {joined(parts)}."]
