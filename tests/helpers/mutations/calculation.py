"""Faults of the calculation that tests of several domains catch."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from model.arrays import Array
from model.definition import ModelDefinition
from model.definition.sampling.draws import Draws
from model.engine.dosing import DoseCost
from model.engine.outcomes import Outcomes
from model.engine.timeline import Timeline
from model.survival import distribution
from model.survival.families.base import Distribution
from tests.helpers.mutations.mutation import UNDER_TEST, Mutation, after, instead, shown_as


def bent(family: type[Distribution], power: float = 1.002) -> Mutation:
    """Survival of one family a little too low."""

    def survival(self: Distribution, time: Any, coefficients: Any) -> Array:
        return np.asarray(Distribution.survival(self, time, coefficients) ** power)

    return Mutation(lambda mp: mp.setattr(family, "survival", survival))


def family_of(name: str) -> type[Distribution]:
    return type(distribution(name))


def outcome(kind: str, which: str, change: Callable[[Array], Array], if_draws: bool | None = None) -> Mutation:
    """Outcomes whose account of a kind is changed; ``if_draws``: only of one draw (False) or of many (True)."""

    def changed(found: Outcomes) -> Outcomes:
        if if_draws is None or (found.n_draws > 1) == if_draws:
            account = found.account(kind)
            for part in (account.discounted, account.undiscounted) if which == "both" else (getattr(account, which),):
                part[:] = change(part.copy())
        return found

    return after(UNDER_TEST, "evaluate", changed)


def by_horizon(kind: str) -> Mutation:
    """A total that falls as the number of cycles rises."""

    def evaluated(original: Any, *a: Any, **k: Any) -> Outcomes:
        found: Outcomes = original(*a, **k)
        cycles = k["engine"].timeline.n_cycles if k.get("engine") else 1
        for part in (found.account(kind).discounted, found.account(kind).undiscounted):
            part *= 1e3 / cycles
        return found

    return instead(UNDER_TEST, "evaluate", evaluated)


def noise() -> Mutation:
    """A result that depends on how often it was worked out."""
    count = itertools.count(1)
    return outcome("cost", "both", lambda values: values * (1 + 1e-6 * next(count)))


def zigzag(values: Array) -> Array:
    return np.asarray(values + 1e-3 * (-1.0) ** np.arange(values.shape[-1]))


def repaired(change: Callable[[Array, Array], tuple[Array, Array]]) -> Mutation:
    """Crossing repaired in another way."""
    return instead("model.engine.ordered_curves", "repair", lambda _, __, pfs, os, *___: change(pfs.copy(), os.copy()))


def utilities_as(change: Callable[[Array], Array]) -> Mutation:
    def utility(original: Any, period: Any) -> Any:
        own = original(period)
        return lambda draws: change(own(draws))

    return instead("model.engine.utilities", "utility_in", utility)


def hazard_ratio_as(change: Callable[[Array], Array]) -> Mutation:
    return instead("model.engine.curves", "proportional_hazards", lambda original, h, v: original(h, change(v)))


def dose_cost_as(change: Callable[[Array], Array]) -> Mutation:
    return after(DoseCost, "__call__", change)


def months_of_30_days() -> Mutation:
    return shown_as(Timeline, "months", lambda self: self.days / 30.0)


def drawn_as(change: Callable[[dict[str, Array], ModelDefinition], None]) -> Mutation:
    """Draws that are changed in place."""

    def sampled(original: Any, definition: ModelDefinition, *a: Any, **k: Any) -> Draws:
        draws = original(definition, *a, **k)
        values = {name: value.copy() for name, value in draws.values.items()}
        change(values, definition)
        return Draws(draws.n_draws, values)

    return instead(UNDER_TEST, "sample", sampled)


COSTS_FIXED = dose_cost_as(lambda cost: 0 * cost + 100.0)
