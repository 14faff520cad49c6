"""Costs at death by the state left, of four states with constant hazards.

Deaths of a cycle are divided between the progression-free and the progressed by the setting, and of each of these between
their states as patients are at the start of the cycle. Oracle: sums over cycles of exponentials, which are geometric series.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from model.analysis import base_case, psa
from model.definition import DefinitionError, EndOfLife, ModelDefinition, Progression, State
from model.definition.records import StateShare
from model.engine import trace
from tests.helpers.four_states import RATES, STATES, YEARS, four_states
from tests.helpers.small_models import fixed, model, own_curve, settings, utilities

CYCLES = int(YEARS * 12)
LABELS = {"old": "Old treatment", "new": "New treatment"}
SHARE = 0.2


def at_death(state: str, cost: float = 1.0) -> EndOfLife:
    return EndOfLife(id=f"at_{state}", label=f"At death, {state}", state=state, parameter=fixed(cost))


def deaths(definition: ModelDefinition, arm: str) -> float:
    """Undiscounted cost at death of an arm: the share of patients who die as counted, at a cost of 1."""
    costs = base_case(definition).costs("undiscounted").set_index("category")
    return float(costs.loc["End of life", LABELS[arm]])


def with_cost(state: str, **tables: Any) -> ModelDefinition:
    return four_states(end_of_life=(at_death(state),), **tables)


def living(rate: float) -> float:
    """Sum over the starts of cycles of exp(-rate t)."""
    return (1 - np.exp(-rate * CYCLES)) / (1 - np.exp(-rate))


@pytest.mark.parametrize("arm", RATES)
def test_deaths_by_occupancy_are_those_of_the_cycle_by_the_share_in_the_state(arm: str) -> None:
    rates = RATES[arm]
    below = [0.0, *(living(r) for r in rates.values())]
    dying = 1 - np.exp(-rates["os"])
    for k, state in enumerate(STATES):
        assert deaths(with_cost(state.id), arm) == pytest.approx(dying * (below[k + 1] - below[k]), rel=1e-9)


def by_share() -> dict[str, Any]:
    rule = dataclasses.replace(four_states().settings, deaths_by_state="death_share")
    return {"settings": rule, "progression": (Progression(item="death_share", parameter=fixed(SHARE)),)}


@pytest.mark.parametrize("arm", RATES)
def test_by_the_death_share_progression_free_deaths_are_divided_as_their_patients(arm: str) -> None:
    """A fifth of the PFS events of a cycle are deaths, of those on treatment TTD / PFS of them."""
    rates = RATES[arm]
    free = SHARE * (1 - np.exp(-rates["pfs"]))
    assert deaths(with_cost("on_therapy", **by_share()), arm) == pytest.approx(free * living(rates["ttd"]), rel=1e-9)
    off = free * (living(rates["pfs"]) - living(rates["ttd"]))
    assert deaths(with_cost("off_therapy", **by_share()), arm) == pytest.approx(off, rel=1e-9)


@pytest.mark.parametrize("tables", [{}, by_share()], ids=["by_occupancy", "death_share"])
def test_deaths_of_the_states_are_all_deaths(tables: dict[str, Any]) -> None:
    each = tuple(at_death(s.id) for s in STATES)
    for arm in RATES:
        found = deaths(four_states(end_of_life=each, **tables), arm)
        assert found == pytest.approx(1 - np.exp(-RATES[arm]["os"] * CYCLES), rel=1e-12)


@pytest.mark.parametrize("tables", [{}, by_share()], ids=["by_occupancy", "death_share"])
def test_states_of_a_region_die_as_the_region_does(tables: dict[str, Any]) -> None:
    parts = four_states(end_of_life=(at_death("on_therapy"), at_death("off_therapy")), **tables)
    whole = with_cost("progression_free", **tables)
    for arm in RATES:
        assert deaths(parts, arm) == pytest.approx(deaths(whole, arm), rel=1e-12)


def test_those_who_die_progressed_before_anybody_was_die_in_the_first_state_after_progression() -> None:
    """By the death share all first deaths but a tenth of the PFS events are of the progressed, of whom none lived at time
    zero."""
    rates = {"pfs": 0.06, "pfs2": 0.04, "os": 0.03}
    rows = tuple(State(id=f"s{i}", endpoint=e, label=f"State {i}") for i, e in enumerate(rates))
    drugs = [own_curve(a, e, "exponential", rate=r) for a in ("old", "new") for e, r in rates.items()]
    used = tuple(dataclasses.replace(utilities(0.8, 0.6)[0], id=s.id, state=s.id) for s in rows)
    share = (Progression(item="death_share", parameter=fixed(0.1)),)
    rule = settings(deaths_by_state="death_share", cycle_days=30.4375)
    definition = model(
        drugs, states=rows, utilities=used, progression=share, settings=rule, end_of_life=(at_death("s1"), at_death("s2"))
    )
    first, second = (column[1:4] for column in costs_of(definition))
    dying = -np.diff(np.exp(-0.03 * np.arange(4)))
    later = dying + 0.1 * np.diff(np.exp(-0.06 * np.arange(4)))
    assert (first[0], second[0]) == (pytest.approx(later[0], rel=1e-9), 0.0)
    alive = np.exp(-np.outer((0.06, 0.04, 0.03), np.arange(3)))
    in_first = (alive[1] - alive[0])[1:] / (alive[2] - alive[0])[1:]
    np.testing.assert_allclose(first[1:], later[1:] * in_first, rtol=1e-9)
    np.testing.assert_allclose(second[1:], later[1:] * (1 - in_first), rtol=1e-9)


def costs_of(definition: ModelDefinition) -> list[np.ndarray]:
    """What each item at death costs in every cycle of the first arm, at a cost of 1 without discounting."""
    found = []
    for item in definition.end_of_life:
        alone = trace(dataclasses.replace(definition, end_of_life=(item,)), "old")
        found.append(alone.discounted["cost", "End of life"])
    return found


def test_those_who_start_in_a_state_may_die_in_it() -> None:
    """A quarter start off treatment: 0.65 of the patients are below TTD, 0.9 below PFS."""
    shares = (("off_therapy", 0.25), ("progressed", 0.1))
    rows = tuple(StateShare(state=s, parameter=fixed(v)) for s, v in shares)
    rates = RATES["old"]
    expected = (1 - np.exp(-rates["os"])) * (0.9 * living(rates["pfs"]) - 0.65 * living(rates["ttd"]))
    assert deaths(with_cost("off_therapy", state_shares=rows), "old") == pytest.approx(expected, rel=1e-9)


def test_every_draw_counts_the_deaths_of_its_own_curves() -> None:
    definition = four_states(end_of_life=(at_death("on_therapy", 1000.0),), care=())
    sampled = psa(definition, 5, seed=2)
    ttd, os = (sampled.draws[f"coefficients.old.{e}.rate"] for e in ("ttd", "os"))
    factor = (1 + np.exp(-0.03 / 12)) / 2  # of the cycle: the mean of those of its ends
    monthly = np.exp(-(ttd + 0.03 / 12))
    expected = 1000.0 * (1 - np.exp(-os)) * factor * (1 - monthly**CYCLES) / (1 - monthly)
    np.testing.assert_allclose(sampled.outcomes.total_costs[:, 0], expected, rtol=1e-9)


def test_a_state_that_is_not_listed_is_refused() -> None:
    with pytest.raises(DefinitionError, match="did you mean 'on_therapy'"):
        with_cost("on_terapy")
