"""What a weight by severity makes of the decision, in a sentence: all others of the first page are without it."""

from __future__ import annotations

from model.analysis.agencies.severity import severity_of
from model.analysis.amounts import money, quantity
from model.analysis.base_case.base_case import BaseCase

WITHOUT = "; all other sentences of this page, also the prices, are without the weight."


def severity_lines(base: BaseCase) -> list[str]:
    """One line where the inputs list weights by severity, against the comparator and by the first of the norms; else none."""
    definition = base.definition
    severity = severity_of(definition, base.total_costs, base.total_qalys)
    old = definition.compared[0]
    found = next((s for s in severity.shortfalls if s.arm == old), None) if severity is not None else None
    if severity is None or found is None:
        return []
    lost = lost_words(found.absolute, found.proportional)
    if found.weight == 1:
        return [f"No extra weight for severity ({lost})."]
    cost, gain = severity.increments(old)
    said = [
        f"{yes_or_no(t * found.weight * gain - cost)} at {money(t, definition.settings.currency)}"
        for t in sorted(definition.decision_thresholds())
    ]
    return [f"{weight_words(found.weight, lost)}{', '.join(said)} per weighted QALY{WITHOUT}"]


def lost_words(absolute: float, proportional: float) -> str:
    """``8.90 QALYs lost, 61%``."""
    return f"{quantity(max(0.0, absolute))} QALYs lost, {max(0.0, proportional):.0%}"


def weight_words(weight: float, lost: str) -> str:
    """How the sentence begins."""
    return f"With the severity weight {weight:,.2f} ({lost}), cost-effective against the comparator: "


def yes_or_no(net_benefit: float) -> str:
    """Is the weighted net benefit not below zero?"""
    return "yes" if net_benefit >= 0 else "no"
