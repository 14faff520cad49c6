"""How certain the answer is: the intervals of the increments and the probability of being cost-effective, in words."""

from __future__ import annotations

import numpy as np

from model.analysis.amounts import chance, money, quantity
from model.analysis.base_case.comparison import Comparison
from model.analysis.probabilistic.psa import PSA

NOT_RUN = "no probabilistic analysis was run, so that neither an interval nor a probability is known"
ALL_THE_SAME = "every draw gives the same difference, since no input that moves it is uncertain: how certain it is stays open"


def means(psa: PSA) -> Comparison:
    """The means over draws, side by side: what the probabilistic answer is made from."""
    o = psa.outcomes
    totals = (np.asarray(t, dtype=float).mean(axis=0) for t in (o.total_costs, o.total_qalys, o.total_life_years))
    return Comparison(psa.definition, *totals)


def uncertainty(psa: PSA | None) -> str:
    """The 95% intervals over draws, and the probability of being the best option at each decision threshold."""
    if psa is None:
        return NOT_RUN
    definition, currency = psa.definition, psa.definition.settings.currency
    cost, qalys = (np.percentile(x, [2.5, 97.5]) for x in (psa.incremental_costs, psa.incremental_qalys))
    if cost[0] == cost[1] and qalys[0] == qalys[1]:
        return ALL_THE_SAME
    amounts = " and ".join(money(float(x), currency) for x in cost)
    gains = " and ".join(quantity(float(x)) for x in qalys)
    parts = []
    for threshold in sorted(definition.decision_thresholds()):
        certain = float(psa.evpi([threshold])["evpi"].iloc[0]) == 0
        p = chance(psa.probability_cost_effective(threshold), certain)
        parts.append(f"{p} at {money(threshold, currency)}")
    return (
        f"with 95% probability the extra cost lies between {amounts} and the QALYs gained between {gains}, and the "
        f"probability of being {best_words(len(definition.arms))} is {', '.join(parts)} per QALY"
    )


def best_words(n_arms: int) -> str:
    """``cost-effective``, of more than two options ``the best of all 4 options``."""
    return "cost-effective" if n_arms == 2 else f"the best of all {n_arms} options"
