"""Faults for U: what varies and how, and what is made of the draws."""

from __future__ import annotations

import copy
import dataclasses
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from model.analysis.deterministic.one_way import OneWay
from model.analysis.probabilistic.psa import PSA
from model.arrays import Array
from model.definition import ModelDefinition
from model.definition.sampling.draws import Draws
from model.engine.outcomes import Outcomes
from model.engine.states import StateModel
from tests.helpers.mutations.calculation import dose_cost_as, drawn_as, outcome, utilities_as
from tests.helpers.mutations.edited_inputs import other
from tests.helpers.mutations.mutation import UNDER_TEST, Mutation, after, inputs, instead
from tests.helpers.mutations.reports import cell, first_numbers, table_of

OF_DRAWS = "model.analysis.verification.draws_and_decisions"


def _utility(values: dict[str, Array], change: Callable[[Array], Array]) -> None:
    values["utilities.progression_free"] = change(values["utilities.progression_free"])


def spread_times(factor: float) -> Mutation:
    def change(values: dict[str, Array], definition: ModelDefinition) -> None:
        for name, p in definition.parameters.items():
            if p.uncertain and values[name].ndim == 1:
                values[name] = p.value + factor * (values[name] - p.value)

    return drawn_as(change)


def shifted() -> Mutation:
    return drawn_as(lambda values, _: _utility(values, lambda u: u + 2 * u.std()))


def one_seed() -> Mutation:
    return instead(UNDER_TEST, "sample", lambda original, definition, n, _: original(definition, n, 7))


def unrepeatable() -> Mutation:
    count = itertools.count(1)

    def sampled(original: Any, definition: ModelDefinition, n: int, seed: int) -> Draws:
        return original(definition, n, seed + next(count))  # type: ignore[no-any-return]

    return instead(OF_DRAWS, "sample", sampled)


def setting_drawn() -> Mutation:
    return drawn_as(lambda values, _: values.update({"settings.horizon_years": np.arange(float(200))}))


def by_threads() -> Mutation:
    def evaluated(original: Any, *a: Any, **k: Any) -> Outcomes:
        found: Outcomes = original(*a, **k)
        if k.get("threads") == 3:
            found.costs.discounted[:] *= 1.0001
        return found

    return instead(OF_DRAWS, "evaluate", evaluated)


def by_number_of_draws() -> Mutation:
    def evaluated(original: Any, *a: Any, **k: Any) -> Outcomes:
        found: Outcomes = original(*a, **k)
        found.costs.discounted[:] *= 1 + 0.01 * np.arange(found.n_draws)[:, None, None]
        return found

    return instead("model.analysis.verification.uncertainty", "evaluate", evaluated)


def arms_of_different_draws() -> Mutation:
    def change(found: Outcomes) -> Outcomes:
        found.qalys.discounted[:, 1] = found.qalys.discounted[::-1, 1].copy()
        return found

    return after(UNDER_TEST, "evaluate", change)


def progressed_below_nobody() -> Mutation:
    def all_arms(original: Any, self: StateModel, draws: Draws) -> Any:
        for found in original(self, draws):
            yield dataclasses.replace(found, progressed=found.progressed - 0.01)

    return instead(StateModel, "all_arms", all_arms)


def uneven_uniforms() -> Mutation:
    def points(original: Any, *a: Any) -> Any:
        found = original(*a)

        class Squared:
            def uniforms(self, key: str) -> Array:
                return np.asarray(found.uniforms(key) ** 2)

        return Squared()

    return instead(OF_DRAWS, "sampling_points", points)


def progressed_are_better_off() -> Mutation:
    def utility(original: Any, definition: ModelDefinition, state: str, *where_and_when: Any) -> Any:
        own = original(definition, state, *where_and_when)
        return lambda draws: own(draws) + (state == "progressed")

    return instead(OF_DRAWS, "state_utility", utility)


def options_reversed(table: Any) -> None:
    table[list(table.columns)] = table[list(table.columns)[::-1]].to_numpy()


def moved_bounds(change: Callable[[Any], Any]) -> Mutation:
    """Rows of the one-way analysis that are changed; nothing is said of what was left out."""

    def one_way(found: OneWay) -> OneWay:
        made = copy.copy(found)
        object.__setattr__(made, "bounds", change(found.bounds))
        return made

    return after(UNDER_TEST, "one_way", one_way)


def _alone(bounds: list[Any]) -> list[Any]:
    return [
        dataclasses.replace(b, changes={k: (np.array(0.0), np.array(1.0)) for k in b.changes})
        if b.parameter_id.startswith("curves.")
        else b
        for b in bounds
    ]


def signs_swapped(table: Any) -> None:
    table["inmb_low"], table["inmb_high"] = table["inmb_high"].copy(), table["inmb_low"].copy()


def _silent_scenarios(d: ModelDefinition) -> ModelDefinition:
    return dataclasses.replace(d, scenarios=tuple(dataclasses.replace(s, purpose="") for s in d.scenarios))


MUTATIONS: dict[str, Mutation] = {
    "U1": moved_bounds(lambda bounds: bounds[1:]),
    "U2": moved_bounds(_alone),
    "U3": setting_drawn(),
    "U4a": moved_bounds(lambda bounds: [dataclasses.replace(b, low=1.01 * b.low) for b in bounds]),
    "U4b": moved_bounds(lambda bounds: [dataclasses.replace(b, low=b.high + 1) for b in bounds]),
    "U5a": dose_cost_as(lambda cost: -cost),
    "U5b": utilities_as(lambda u: 1 - u),
    "U6": spread_times(3.0),
    "U7": other("products", 0, distribution="beta", value=0.5, standard_error=0.1, low=None, high=None),
    "U8": shifted(),
    "U9": by_number_of_draws(),
    "U10": outcome("cost", "discounted", lambda costs: 1.2 * costs, if_draws=True),
    "U11": one_seed(),
    "U12a": unrepeatable(),
    "U12b": by_threads(),
    "U13a": progressed_below_nobody(),
    "U13b": table_of(PSA, "crossing", cell("share_of_draws", lambda share: share + 0.1)),
    "U14": arms_of_different_draws(),
    "U15": table_of(PSA, "quadrants", cell("NE", lambda _: 0.123)),
    "U16a": table_of("model.analysis.decision", "ceac", first_numbers(lambda values: 0.9 * values)),
    "U16b": table_of("model.analysis.decision", "ceac", options_reversed),
    "U16c": table_of("model.analysis.decision", "ceac", options_reversed),
    "U17": table_of(PSA, "ceaf", lambda table: table.__setitem__("option", table["option"].iloc[::-1].to_numpy())),
    "U18a": after("model.analysis.decision", "evpi", lambda value: value - 1.0),
    "U18b": table_of("model.analysis.decision", "evppi", cell("evppi", lambda value: value + 1e9)),
    "U19": after("model.analysis.decision", "evpi", lambda value: 1.1 * value + 1.0),
    "U20": table_of(OneWay, "table", signs_swapped),
    "U21": uneven_uniforms(),
    "U22": progressed_are_better_off(),
    "U23": inputs(_silent_scenarios),
}
