"""The price at which the decision changes, in words."""

from __future__ import annotations

import dataclasses

import numpy as np

from model.analysis.amounts import money, quantity
from model.analysis.prices.switching_price import PriceLimits, SwitchingPrices, switching_prices
from model.definition.model_definition import ModelDefinition
from model.definition.price_periods import NEW_PRICE, changes_of

AT_NO_PRICE = "no price, not even zero,"
LATER = {"factor": "; its later prices given as a factor move with it", NEW_PRICE: "; its new prices later on stay"}
"""What becomes of later prices, by how they are given."""


@dataclasses.dataclass(frozen=True)
class PriceSentences:
    """The sentences of :func:`price_sentences`, as one result of a run."""

    lines: list[str]


def price_sentences(definition: ModelDefinition) -> list[str]:
    """For each pack or vial of the intervention's own drugs: the prices at which it becomes or ceases to be the best."""
    found = switching_prices(definition, sorted(definition.decision_thresholds()))
    several = len(definition.arms) > 2
    name = definition.arms[found.new].short_label
    changes = f"{name} becomes or ceases to be the best of all {len(definition.arms)} options"
    what = changes if several else "the decision changes"
    sentences = []
    for k, item in enumerate(found.priced):
        others = f"all other prices unchanged{over_time_words(definition, item.name)}"
        for address, today in item.paid.items():
            listed = money(today, definition.settings.currency)
            head = f"Price of {item.labels[address]} at which {what} (list price {listed}; {others})"
            sentences.append(f"{head}: {'; '.join(_at_thresholds(found, k, today))}.")
    return sentences


def over_time_words(definition: ModelDefinition, drug: str) -> str:
    """What becomes of a drug's later prices when its list price moves; empty where none changes."""
    ways = _ways(definition, drug)
    return "".join(LATER[way] for way in LATER if way in ways)


def _ways(definition: ModelDefinition, drug: str) -> set[str]:
    """How the prices of a drug that apply later are given."""
    return {row.given_as for row in changes_of(definition, drug) if row.applies}


def _at_thresholds(found: SwitchingPrices, k: int, today: float) -> list[str]:
    """What holds at each threshold; those at which no price will do, for the same reason, are put together."""
    currency, several = found.definition.settings.currency, len(found.qalys) > 2
    parts: list[str] = []
    without: dict[str, list[str]] = {}
    for threshold in found.thresholds:
        limits, at = found.limits(k, threshold), money(threshold, currency)
        if limits.exists:
            parts.append(f"{limits_words(found, limits, today, several)} at {at} per QALY")
        else:
            without.setdefault(no_price_words(found, k, limits), []).append(at)
    parts += [f"{AT_NO_PRICE} at {' or '.join(at)} per QALY, since {why}" for why, at in without.items()]
    return parts


def limits_words(found: SwitchingPrices, limits: PriceLimits, today: float, several: bool) -> str:
    """``USD 120``; with three or more options ``up to USD 120 (above it Other is better)``."""
    currency, arms = found.definition.settings.currency, found.definition.arms
    low, high = today * limits.lowest, today * limits.highest
    if limits.lowest <= 0 and np.isinf(limits.highest):
        return "any price"
    ends, sides = [], []
    if limits.lowest > 0:
        ends.append(f"from {money(low, currency)}")
        sides += [f"below it {arms[limits.below].short_label} is better"] if limits.below is not None else []
    if np.isfinite(limits.highest):
        if not several and limits.lowest <= 0:
            return money(high, currency)
        ends.append(f"up to {money(high, currency)}")
        sides += [f"above it {arms[limits.above].short_label} is better"] if limits.above is not None else []
    else:
        ends.append("upward")
    if len(sides) == 2:
        sides = [sides[0].replace("below it", "below"), sides[1].replace("above it", "above")]
    return f"{' '.join(ends)} ({', '.join(sides)})" if several else " ".join(ends)


def no_price_words(found: SwitchingPrices, k: int, limits: PriceLimits) -> str:
    """Why no price will do: what the intervention costs and gains with a list price of zero for the product, which is free
    of charge unless a new price holds later; against the best other option then."""
    arms, new, rival = found.definition.arms, found.new, limits.rival
    cost = float(found.free[k][new] - found.free[k][rival])
    qalys = float(found.qalys[new] - found.qalys[rival])
    amount, other = money(abs(cost), found.definition.settings.currency), arms[rival].short_label
    spent = f"costs {amount} {'more' if cost > 0 else 'less'} than {other}" if cost else f"costs as much as {other}"
    gained = f"{quantity(abs(qalys))} {'more' if qalys > 0 else 'fewer'} QALYs" if qalys else "as many QALYs"
    product = found.priced[k]
    paid_later = NEW_PRICE in _ways(found.definition, product.name)
    at_zero = f"a list price of zero for {product.label}" if paid_later else f"{product.label} free of charge"
    return f"even with {at_zero} {arms[new].short_label} {spent} and gives {gained}"
