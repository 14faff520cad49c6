"""Faults for R: totals, half-cycle correction, discounting, extreme rates, the frontier, net benefit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from model.analysis.base_case.base_case import BaseCase
from model.analysis.base_case.comparison import Comparison
from model.arrays import Array
from model.engine.timeline import Timeline
from model.survival.life_table import LifeTable
from tests.helpers.mutations.calculation import COSTS_FIXED, by_horizon, dose_cost_as, hazard_ratio_as, noise, outcome
from tests.helpers.mutations.edited_inputs import OLD_AGE
from tests.helpers.mutations.mutation import Mutation, after, both, instead, shown_as
from tests.helpers.mutations.reports import cell, first_numbers, table_of


def factor_as(change: Callable[[Array], Array]) -> Mutation:
    return after("model.engine.timeline", "discount_factor", change)


def at_rate(change: Callable[[float], float]) -> Mutation:
    def factor(original: Any, years: Any, rate: float, *rest: Any) -> Array:
        return np.asarray(original(years, change(rate), *rest))

    return instead("model.engine.timeline", "discount_factor", factor)


def always_left() -> Mutation:
    return instead("model.engine.timeline", "accrual_weights", lambda original, n, _, factor: original(n, "left", factor))


def doses_by_rule() -> Mutation:
    def points(original: Any, self: Timeline, *a: Any) -> Array:
        found = original(self, *a)
        return np.asarray(found * 1.1 if self.rule == "left" else found)

    return instead(Timeline, "points", points)


def loss_by_event(sign: float) -> Mutation:
    """QALYs of an event whatever its consequences are."""
    return instead("model.engine.utilities", "_qaly_loss", lambda _, name, *__: lambda draws: sign * 0.01 * draws[name])


MUTATIONS: dict[str, Mutation] = {
    "R1": outcome("life_years", "discounted", lambda years: years[:, ::-1]),
    "R2": COSTS_FIXED,
    "R3": outcome("qaly", "both", lambda qalys: 10 * qalys),
    "R4a": outcome("qaly", "discounted", lambda qalys: 10 * qalys),
    "R4b": outcome("cost", "discounted", lambda costs: 10 * costs),
    "R5": outcome("qaly", "undiscounted", lambda qalys: 2 * qalys),
    "R6": by_horizon("cost"),
    "R7a": table_of(BaseCase, "totals", cell("costs", lambda cost: cost + 1)),
    "R7b": outcome("cost", "both", lambda costs: 1.01 * costs),
    "R7c": outcome("life_years", "undiscounted", lambda years: 1.01 * years),
    "R8": always_left(),
    "R9": doses_by_rule(),
    "R10a": at_rate(lambda rate: 1.01 * rate),
    "R10b": at_rate(lambda rate: 1.01 * rate),
    "R11": factor_as(lambda factor: 0.99 * factor),
    "R12a": factor_as(np.ones_like),
    "R12b": factor_as(np.ones_like),
    "R13": outcome("life_years", "undiscounted", lambda years: 1.01 * years),
    "R14": loss_by_event(-1),
    "R15": loss_by_event(+1),
    "R16": dose_cost_as(lambda cost: 1.5 * cost),
    "R17": hazard_ratio_as(lambda ratio: 0 * ratio + 0.5),
    "R18": table_of("model.analysis.decision", "incremental_analysis", cell("status", lambda _: "dominated")),
    "R19": table_of("model.analysis.decision", "pairwise_comparison", cell("conclusion", lambda _: "dominant")),
    "R20": noise(),
    "R21": both(OLD_AGE, shown_as(LifeTable, "hazard_per_year", lambda self: 1e4 * np.exp(-0.1 * self.age))),
    "R22": table_of(Comparison, "net_benefit", first_numbers(lambda values: values + 1.0)),
    "R23": instead(Comparison, "inmb", lambda _, self, x: x * self.incremental_qalys - 0.9 * self.incremental_cost),
    "R24": after(Comparison, "_increment", lambda value: 1.01 * value),
}
