"""The structural range in words: between which results the structures lie, and whether the decision is the same in all.

A ratio is told only where the intervention costs more and gains QALYs; other structures are named with what stands in the
place of a ratio.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from model.analysis.amounts import joined, money, quantity
from model.analysis.base_case.comparison import Comparison
from model.analysis.base_case.words import ratio_in_words
from model.analysis.ratio_words import ratio

EXAMINED = "Between the structures and links examined"


def range_words(compared: Mapping[str, Comparison], base: str, not_run: Sequence[tuple[str, str]]) -> str:
    """One to four sentences. ``compared``: costs and effects by structure in words; ``base``: the one in use; ``not_run``:
    the others, each with the reason."""
    if len(compared) == 1:
        reasons = list(dict.fromkeys(reason.removeprefix("Cannot be run: ") for _, reason in not_run))
        return f"No other structure than {base} can be run with these inputs: {'; '.join(reasons)}."
    ratios = {name: one for name, one in compared.items() if not math.isnan(_icer(one))}
    others = {name: one for name, one in compared.items() if name not in ratios}
    sentences = [_of_ratios(ratios)] if ratios else []
    sentences += _of_others(others, beside=bool(ratios))
    sentences.append(_of_qalys(compared))
    sentences.append(_of_decision(compared))
    if not_run:
        sentences.append(f"{len(not_run)} of {len(compared) + len(not_run)} cannot be run with these inputs.")
    return " ".join(sentences)


def _of_ratios(ratios: Mapping[str, Comparison]) -> str:
    ordered = sorted(ratios, key=lambda name: _icer(ratios[name]))
    currency = ratios[ordered[0]].definition.settings.currency
    low, high = (money(_icer(ratios[name]), currency) for name in (ordered[0], ordered[-1]))
    if len(ordered) == 1:
        return f"{EXAMINED} the ICER is {low} per QALY gained ({ordered[0]})."
    if low == high:
        return f"{EXAMINED} the ICER is {low} per QALY gained."
    return f"{EXAMINED} the ICER runs from {low} ({ordered[0]}) to {high} per QALY gained ({ordered[-1]})."


def _of_others(others: Mapping[str, Comparison], beside: bool) -> list[str]:
    """Structures without a ratio, those of which the same is said together."""
    by_words: dict[str, list[str]] = {}
    for name, one in others.items():
        by_words.setdefault(ratio_in_words(one), []).append(name)
    if not by_words:
        return []
    said = "; ".join(f"{joined(names)} ({words})" for words, names in by_words.items())
    if not beside and len(by_words) == 1:
        return [f"{EXAMINED} the intervention is the same in all: {next(iter(by_words))}."]
    return [f"No ratio: {said}." if beside else f"{EXAMINED} there is no ICER to tell: {said}."]


def _of_qalys(compared: Mapping[str, Comparison]) -> str:
    gained = [one.incremental_qalys for one in compared.values()]
    low, high = quantity(min(gained)), quantity(max(gained))
    return f"QALYs gained: {low}." if low == high else f"QALYs gained: {low} to {high}."


def _of_decision(compared: Mapping[str, Comparison]) -> str:
    """In how many structures the intervention has the highest net benefit, at each decision threshold."""
    first = next(iter(compared.values()))
    new, currency = first.positions[1], first.definition.settings.currency
    by_count: dict[int, list[str]] = {}
    for threshold in sorted(first.definition.decision_thresholds()):
        count = sum(new in one.best(threshold) for one in compared.values())
        by_count.setdefault(count, []).append(money(threshold, currency))
    said = [f"in {_of(count, len(compared))} at {' or '.join(at)} per QALY" for count, at in by_count.items()]
    return f"The intervention is cost-effective {', '.join(said)}."


def _of(count: int, of: int) -> str:
    return {0: f"none of {of}", of: f"all {of}"}.get(count, f"{count} of {of}")


def _icer(of: Comparison) -> float:
    return ratio(of.incremental_cost, of.incremental_qalys)
