"""Faults for B and A: uptake, the budget of one patient, shortfall and weights, trial period, subgroups."""

from __future__ import annotations

import dataclasses
from typing import Any

from tests.helpers.mutations.mutation import Mutation, after, instead

BUDGET_OF = "model.analysis.budget.budget_impact"


def _steps_of_the_whole_horizon(made: Any) -> Any:
    """Every step counts the whole horizon."""
    return dataclasses.replace(made, steps=tuple(dataclasses.replace(made.steps[1], name=s.name) for s in made.steps))


MUTATIONS: dict[str, Mutation] = {
    "B1": instead(
        BUDGET_OF, "market_shares", lambda original, d, side, n: original(d, side, n) * (1.1 if side == "with" else 1.0)
    ),
    "B2": instead(BUDGET_OF, "convolved", lambda original, starting, values: 0.99 * original(starting, values)),
    "A1": instead("model.analysis.agencies.population_qalys", "stay", lambda _, rate, years: years),
    "A2": instead(
        "model.analysis.agencies.severity",
        "severity_weight",
        lambda original, q, left, bands: original(q, left + 1e-4, bands),
    ),
    "A3": after("model.analysis.agencies.equal_value", "equal_value_gained", lambda gained: 1.01 * gained),
    "A4": after("model.analysis.verification.budget_and_agencies", "stepped_of", _steps_of_the_whole_horizon),
    "A5": instead(
        "model.analysis.deterministic.subgroups",
        "edit_for_scenario",
        lambda original, d, changes: original(d, {**changes, "settings.discount_rate_costs": 0.25}),
    ),
}
