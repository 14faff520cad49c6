"""Faults for E: states, extreme inputs, equal arms, the general population."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from model.arrays import Array
from model.definition import ModelDefinition
from model.engine.states import StateModel
from model.engine.streams import constant
from model.engine.timeline import Timeline
from model.survival.survival_floor import SurvivalFloor
from tests.helpers.mutations.calculation import COSTS_FIXED, outcome, repaired, utilities_as, zigzag
from tests.helpers.mutations.edited_inputs import OLD_AGE, changed
from tests.helpers.mutations.mutation import UNDER_TEST, Mutation, after, both, instead


def traced(name: str, change: Callable[[Array], Array]) -> Mutation:
    """A column of the trace that is changed."""

    def changed(found: Any) -> Any:
        return dataclasses.replace(found, columns={**found.columns, name: change(found.columns[name].copy())})

    return after(UNDER_TEST, "trace", changed)


def no_floor() -> Mutation:
    by_hazard = instead("model.engine.curves", "hazard_floor", lambda _, hazard, __: np.asarray(hazard))
    return both(by_hazard, instead(SurvivalFloor, "under", lambda _, __, survival: survival))


def by_place_of_the_arm() -> Mutation:
    """The second arm's patients are fewer."""

    def states(original: Any, self: StateModel, arm: str, *a: Any, **k: Any) -> Any:
        found = original(self, arm, *a, **k)
        second = arm == self.definition.arm_ids[1]
        return dataclasses.replace(found, progression_free=0.99 * found.progression_free) if second else found

    return instead(StateModel, "states", states)


def second_arm_without_its_last_cost() -> Mutation:
    def streams(original: Any, definition: ModelDefinition, timeline: Timeline, arm: str) -> list[Any]:
        found: list[Any] = original(definition, timeline, arm)
        return found[:-1] if arm == definition.arm_ids[1] else found

    return instead("model.engine.engine", "cost_streams", streams)


def every_price_plus_one() -> Mutation:
    def parameter(original: Any, name: str, *a: Any) -> Any:
        own = original(name, *a)
        return lambda draws: own(draws) + 1.0

    return both(
        instead("model.engine.costs", "parameter", parameter), instead("model.engine.unit_costs", "parameter", parameter)
    )


MUTATIONS: dict[str, Mutation] = {
    "E1": traced("Dead", lambda dead: 0.99 * dead),
    "E2": repaired(lambda pfs, os: (os + 0.01, os)),
    "E3": traced("Progression-free", lambda free: free + 0.01),
    "E4": traced("Dead", zigzag),
    "E5": changed(settings__horizon_years=3.0),
    "E6": utilities_as(lambda u: 0.99 * u),
    "E7": utilities_as(lambda u: u + 0.01),
    "E8": utilities_as(lambda u: 0 * u + 1),
    "E9": every_price_plus_one(),
    "E10": repaired(lambda pfs, os: (pfs, 0.99 * os)),
    "E11": repaired(lambda pfs, os: (pfs, np.maximum(os, 0.5))),
    "E12": by_place_of_the_arm(),
    "E13": second_arm_without_its_last_cost(),
    "E14": by_place_of_the_arm(),
    "E15a": both(OLD_AGE, no_floor()),
    "E15b": both(OLD_AGE, no_floor()),
    "E16": changed(utilities__progression_free=0.99),
    "E16b": after("model.engine.utilities", "norm_ratio", np.ones_like),
    "E17": traced("Progressing", lambda events: 1.5 * events),
    "E18": COSTS_FIXED,
    "E19": instead("model.engine.subsequent", "alive_share", lambda *_: constant(1.0)),
    "E20": outcome("cost", "discounted", lambda costs: 1.001 * costs, if_draws=True),
    "E21": both(OLD_AGE, no_floor()),
}
