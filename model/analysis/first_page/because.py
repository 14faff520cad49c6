"""Why the costs differ: the category that moves them most towards the difference, in words."""

from __future__ import annotations

from collections.abc import Mapping

from model.analysis.amounts import money
from model.analysis.base_case.base_case import BaseCase
from model.definition.model_definition import ModelDefinition
from model.definition.records.names import lower_first
from model.engine.costs import drug_category


def because(base: BaseCase) -> str:
    """``84% of the extra cost is Palbociclib itself``; empty where the options cost the same."""
    costs = base.costs()
    increments = dict(zip(costs["category"], costs["increment"], strict=True))
    words = category_words(base.definition)
    named = {words.get(category, lower_first(category)): float(more) for category, more in increments.items()}
    return largest_part(named, base.incremental_cost, base.definition.settings.currency)


def category_words(definition: ModelDefinition) -> dict[str, str]:
    """The categories of drugs as they are named in a sentence; of all others the first letter becomes small."""
    return {drug_category(drug): f"{drug.label} itself" for drug in definition.drugs}


def largest_part(increments: Mapping[str, float], total: float, currency: str) -> str:
    """The largest of the increments that have the sign of their sum ``total``, as its share of it; in amounts where the
    others take something off it."""
    if total == 0 or not increments:
        return ""
    side = 1.0 if total > 0 else -1.0
    name = max(increments, key=lambda key: side * increments[key])
    part = side * increments[name]
    share = part / abs(total)
    if round(share, 2) <= 1:
        return f"{share:.0%} of the {'extra cost' if total > 0 else 'saving'} is {name}"
    verbs = ("adds", "saves") if total > 0 else ("saves", "adds")
    return f"{name} {verbs[0]} {money(part, currency)}, all else {verbs[1]} {money(part - abs(total), currency)}"
