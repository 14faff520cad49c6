"""Cost per QALY of an increment, in numbers and in words: a ratio, or what stands in its place where one would mislead."""

from __future__ import annotations

from collections.abc import Callable

from model.analysis.amounts import money

NO_DIFFERENCE = "no difference in costs or QALYs"
DOMINANT = "dominant: no dearer and at least as effective"
DOMINATED = "dominated: no cheaper and no more effective"
STATUS_WORDS = {
    "dominated": "dominated",
    "extendedly dominated": "extendedly dominated",
    "identical": "identical to another option",
}
"""What is said of an option that is not on the frontier, by its status in the fully incremental analysis."""


def ratio(cost: float, qalys: float) -> float:
    """Cost per QALY where the intervention costs more and gains health; nan elsewhere (a negative or SW ratio misleads)."""
    return cost / qalys if cost > 0 and qalys > 0 else float("nan")


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
    per_effect = cost / qalys
    per_unit = f"{amount(per_effect) if amount else money(per_effect, currency)} per {unit}"
    return f"{per_unit} gained" if cost > 0 else f"a saving of {per_unit} forgone"
