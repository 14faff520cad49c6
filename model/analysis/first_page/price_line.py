"""At which list price the decision changes, or why at none, in a sentence for each of the intervention's own drugs."""

from __future__ import annotations

import math

from model.analysis.amounts import money, quantity
from model.analysis.prices.sentences import over_time_words
from model.analysis.prices.switching_price import PriceLimits, SwitchingPrices, switching_prices
from model.analysis.prices.value_based_price import plain_pack_words
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.price_index import own_price_year, price_factor, target_year

NO_DRUG = "No price decides: the intervention takes no priced drug that the comparator does not take as well."


def price_lines(definition: ModelDefinition) -> list[str]:
    """``Palbociclib, pack 21 (list price today USD 15,980): cost-effective up to USD 90 (a cut of 99.4%) at ...``

    With a price year of its own, the list price is told in money of both years, and the prices found are in money of the
    model's: ``(list price of 2019 USD 100, in money of 2025 USD 107): cost-effective up to USD 57 ..., in money of 2025``."""
    found = switching_prices(definition, sorted(definition.decision_thresholds()))
    return [_line(found, k) for k in range(len(found.priced))] or [NO_DRUG]


def _line(found: SwitchingPrices, k: int) -> str:
    """The sentence of one drug: of its first pack; the others move with it."""
    item, currency = found.priced[k], found.definition.settings.currency
    address, today = next(iter(item.paid.items()))
    product = next(p for p in found.definition.products if address_of("products", p) == address)
    pack, uprated = plain_pack_words(found.definition, product), today * price_factor(found.definition, product)
    parts: list[str] = []
    explained = -1
    for threshold in reversed(found.thresholds):
        limits, at = found.limits(k, threshold), f"at {money(threshold, currency)} per QALY"
        if limits.exists:
            parts.append(f"{limits_words(limits, uprated, currency)} {at}")
            continue
        reason = "" if limits.rival == explained else f", since even then {_with_it_free(found, k, limits)}"
        explained = limits.rival
        parts.append(f"at no list price, not even zero, {at}{reason}")
    said = "; ".join(reversed(parts))
    year, target = own_price_year(found.definition, product), target_year(found.definition)
    listed, money_of = f"list price today {money(today, currency)}", ""
    if year is not None:
        money_of = f", in money of {target}"
        listed = f"list price of {year} {money(today, currency)}{money_of} {money(uprated, currency)}"
    later = over_time_words(found.definition, item.name)
    return f"{pack} ({listed}{later}): cost-effective {said}{money_of}."


def limits_words(limits: PriceLimits, today: float, currency: str) -> str:
    """Between which prices: ``up to USD 90 (a cut of 99.4%)``, ``from USD 20``, ``at any list price``."""
    low, high = limits.lowest, limits.highest
    cut = f" (a cut of {1 - high:.1%})" if high < 1 else ""
    ends = [f"from {money(low * today, currency)}"] if low > 0 else []
    ends += [f"up to {money(high * today, currency)}{cut}"] if math.isfinite(high) else []
    return " ".join(ends) or "at any list price"


def _with_it_free(found: SwitchingPrices, k: int, limits: PriceLimits) -> str:
    """What the intervention costs and gains at a list price of zero, against the best other option then."""
    arms, new, rival = found.definition.arms, found.new, limits.rival
    cost = float(found.free[k][new] - found.free[k][rival])
    qalys = float(found.qalys[new] - found.qalys[rival])
    return free_words(arms[new].short_label, arms[rival].short_label, cost, qalys, found.definition.settings.currency)


def free_words(new: str, rival: str, cost: float, qalys: float, currency: str) -> str:
    """``New costs USD 210,500 more than Old and gives 0.72 more QALYs``."""
    spent = f"costs {money(abs(cost), currency)} {'more' if cost > 0 else 'less'} than {rival}" if cost else ""
    gained = f"{quantity(abs(qalys))} {'more' if qalys > 0 else 'fewer'} QALYs" if qalys else "as many QALYs"
    return f"{new} {spent or f'costs as much as {rival}'} and gives {gained}"
