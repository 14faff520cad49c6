"""Results in words: one sentence for the cover, ten lines for the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .price import threshold_prices

if TYPE_CHECKING:
    from .base_case import BaseCase


def money(amount: float, currency: str) -> str:
    """An amount with its currency, rounded to what a reader needs."""
    size = abs(amount)
    sign = "-" if amount < 0 else ""
    if size >= 1e6:
        return f"{sign}{currency} {size / 1e6:,.2f} million"
    if size >= 1000:
        return f"{sign}{currency} {round(size, -2 if size >= 1e5 else -1):,.0f}"
    return f"{sign}{currency} {size:,.2f}"


def ratio_in_words(base: BaseCase) -> str:
    """The ICER, or what stands in its place where a ratio would mislead."""
    cost, qalys, currency = base.incremental_cost, base.incremental_qalys, base.definition.settings.currency
    if base.icer is not None:
        return f"{money(base.icer, currency)} per QALY gained"
    if cost == 0 and qalys == 0:
        return "no difference in costs or QALYs"
    if cost <= 0 and qalys >= 0:
        return "dominant: no dearer and at least as effective"
    if cost >= 0 and qalys <= 0:
        return "dominated: no cheaper and no more effective"
    return f"a saving of {money(cost / qalys, currency)} per QALY forgone"


def answer(base: BaseCase) -> str:
    """The answer to the decision problem in one sentence."""
    definition = base.definition
    currency = definition.settings.currency
    new, old = (definition.arm(a) for a in (definition.settings.intervention, definition.settings.comparator))
    change = "gains" if base.incremental_qalys >= 0 else "loses"
    extra = "an extra" if base.incremental_cost >= 0 else "a saving of"
    return (
        f"{new.label} {change} {abs(base.incremental_qalys):.2f} QALYs against {lower_first(old.label)} at {extra} "
        f"{money(abs(base.incremental_cost), currency)} per patient ({ratio_in_words(base)}): {verdict(base)}."
    )


def verdict(base: BaseCase) -> str:
    """Is the intervention cost-effective at each decision threshold?"""
    currency = base.definition.settings.currency
    parts = []
    for word, good in (("cost-effective", True), ("not cost-effective", False)):
        thresholds = sorted(base.definition.decision_thresholds())
        at = [money(t, currency) for t in thresholds if (base.inmb(t) >= 0) is good]
        if at:
            parts.append(f"{word} at {' or '.join(at)}")
    return ", ".join(parts) + " per QALY"


def price_sentences(base: BaseCase) -> list[str]:
    """For each drug that only the intervention uses: the list price at which it becomes cost-effective."""
    currency = base.definition.settings.currency
    table = threshold_prices(base.definition, base.definition.decision_thresholds())
    sentences = []
    for product, rows in table.groupby("product", sort=False):
        today = float(rows["price"].iloc[0])
        parts = []
        for _, row in rows.iterrows():
            price, threshold = (
                float(row["price_at_zero_inmb"]),
                money(float(row["willingness_to_pay"]), currency),
            )
            at = "no price, not even zero," if price < 0 else money(price, currency)
            parts.append(f"{at} at {threshold} per QALY")
        sentences.append(
            f"Price of {product} at which the decision changes (list price {money(today, currency)}): "
            + "; ".join(parts)
            + "."
        )
    return sentences


def lower_first(text: str) -> str:
    """First letter in lower case, unless the word is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def summary_lines(base: BaseCase) -> list[str]:
    """The base case as aligned text."""
    currency = base.definition.settings.currency
    width = max(len(a.short_label) for a in base.definition.arms) + 2
    lines = [f"{'':{width}}{'Life years':>12}{'QALYs':>10}{'Cost, ' + currency:>18}"]
    o = base.outcomes
    for i, arm in enumerate(base.definition.arms):
        lines.append(
            f"{arm.short_label:{width}}{o.total_life_years[0, i]:>12.3f}{o.total_qalys[0, i]:>10.3f}"
            f"{o.total_costs[0, i]:>18,.0f}"
        )
    lines.append(
        f"{'Difference':{width}}{base.incremental_life_years:>12.3f}{base.incremental_qalys:>10.3f}"
        f"{base.incremental_cost:>18,.0f}"
    )
    return [*lines, "", base.conclusion(), *price_sentences(base)]
