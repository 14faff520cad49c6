"""Draws of which each takes a structure of its own.

Oracle: the same draws in each structure by itself, row by row; the binomial distribution of how many take which.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from model.analysis import base_case
from model.analysis.base_case.base_case import case_of_draw
from model.definition import DefinitionError, ModelDefinition, edit, sample
from model.definition.sampling.draws import Draws, base_case_draws
from model.engine import Outcomes, evaluate, trace
from tests.helpers.shipped import shipped
from tests.helpers.small_models import model, uncertain_curves

NAMES = ("partitioned_survival", "state_transition")
COARSE = {
    "settings.cycle_days": 91.0,
    **{f"curves.{arm}.pfs.distribution": "loglogistic" for arm in ("control", "palbociclib")},
    "curves.control.os.distribution": "weibull",
}
N, SEED = 1500, 4  # more than one chunk of draws


def mixed(probability: float, structure: str = NAMES[0], **settings: object) -> ModelDefinition:
    changes = {f"settings.{k}": v for k, v in settings.items()}
    return edit(
        shipped("patina_us"),
        COARSE | {"settings.state_transition_probability": probability, "settings.structure": structure} | changes,
    )


@cache
def draws_of(probability: float, structure: str = NAMES[0]) -> tuple[Draws, Outcomes]:
    definition = mixed(probability, structure)
    draws = sample(definition, N, SEED)
    return draws, evaluate(definition, draws)


def arrays(found: Outcomes) -> dict[str, np.ndarray]:
    accounts = {kind: getattr(found, kind) for kind in ("life_years", "qalys", "costs")}
    return {f"{kind} {which}": getattr(a, which) for kind, a in accounts.items() for which in ("discounted", "undiscounted")}


@pytest.mark.parametrize("structure", NAMES)
@pytest.mark.parametrize("number", [0, 1])
def test_each_draw_is_as_in_its_structure(structure: str, number: int) -> None:
    draws, found = draws_of(0.4, structure)
    rows = draws["settings.structure"] == number
    alone = draws_of(0.0, NAMES[number])[1]
    others = arrays(alone)
    for name, values in arrays(found).items():
        np.testing.assert_allclose(values[rows], others[name][rows], rtol=1e-12, atol=1e-12, equal_nan=False)
    assert np.array_equal(found.crossing_first_month[rows], alone.crossing_first_month[rows], equal_nan=True)
    shared = [f for f in found.flag_names if f in alone.flag_names]
    for flag in shared:
        a, b = found.flag_names.index(flag), alone.flag_names.index(flag)
        assert np.array_equal(found.flags[rows, :, a], alone.flags[rows, :, b])


def test_flags_of_both_structures_are_looked_for_whichever_is_the_base_case() -> None:
    """Families whose hazards bend apart are looked at in partitioned survival alone."""
    of_curves, of_states = (draws_of(0.4, structure)[1] for structure in NAMES)
    assert of_states.flag_names == of_curves.flag_names and "opposite_hazards" in of_states.flag_names
    assert np.array_equal(of_states.flags, of_curves.flags)


@pytest.mark.parametrize(("probability", "number"), [(1.0, 1)])
def test_with_probability_1_the_draws_are_those_of_the_state_transition_structure(probability: float, number: int) -> None:
    draws, found = draws_of(probability)
    assert np.all(draws["settings.structure"] == number)
    alone = arrays(draws_of(0.0, NAMES[1])[1])
    for name, values in arrays(found).items():
        np.testing.assert_allclose(values, alone[name], rtol=1e-12, atol=1e-12, equal_nan=False)


def test_with_probability_0_no_draw_knows_of_structures() -> None:
    draws, found = draws_of(0.0)
    assert "settings.structure" not in draws.values
    partitioned = edit(shipped("patina_us"), COARSE)
    assert np.array_equal(found.costs.discounted, evaluate(partitioned, sample(partitioned, N, SEED)).costs.discounted)


def test_a_probability_leaves_every_other_draw_as_it_is() -> None:
    alone, together = draws_of(0.0)[0], draws_of(0.4)[0]
    rows = mixed(0.4).correlations  # the level of a curve of OS is not the same in both structures
    correlated = {name for row in rows for name in (row.first, row.second)}
    partitioned = together["settings.structure"] == 0
    for name, values in alone.values.items():
        where = partitioned if name in correlated else slice(None)
        assert np.array_equal(values[where], together[name][where])


@pytest.mark.parametrize("probability", [0.1, 0.4, 0.9])
@pytest.mark.parametrize("sampling", ["random", "latin_hypercube", "sobol"])
def test_the_share_of_draws_is_the_probability(probability: float, sampling: str) -> None:
    share = sample(mixed(probability), 2048, 7, sampling=sampling)["settings.structure"].mean()
    by_chance = 4 * np.sqrt(probability * (1 - probability) / 2048) if sampling == "random" else 2 / 2048
    assert share == pytest.approx(probability, abs=by_chance)


def test_threads_change_nothing() -> None:
    draws, found = draws_of(0.4)
    assert np.array_equal(evaluate(mixed(0.4), draws, threads=3).costs.discounted, found.costs.discounted)


@pytest.mark.parametrize("structure", NAMES)
def test_the_base_case_keeps_its_structure(structure: str) -> None:
    found = evaluate(mixed(0.4, structure), base_case_draws(mixed(0.4, structure)))
    alone = mixed(0.0, structure)
    assert np.array_equal(found.costs.discounted, evaluate(alone, base_case_draws(alone)).costs.discounted)
    assert np.array_equal(trace(mixed(0.4, structure), "control").columns["OS"], trace(alone, "control").columns["OS"])


def test_a_draw_of_the_other_structure_is_a_base_case_of_its_own() -> None:
    draws, found = draws_of(0.4)
    draw = int(np.flatnonzero(draws["settings.structure"] == 1)[0])
    one = case_of_draw(mixed(0.4), draws, draw)
    assert one.total_costs == pytest.approx(found.total_costs[draw], rel=1e-12)
    assert one.definition.settings.structure == NAMES[1]
    assert 0 <= one.coherence().hazards_at("control", 5.0)["death_after_progression"] < 1
    assert base_case(mixed(0.4)).definition == mixed(0.4)


def test_a_draw_can_be_traced_in_its_structure() -> None:
    draws, found = draws_of(0.4)
    for number in (0, 1):
        draw = int(np.flatnonzero(draws["settings.structure"] == number)[0])
        made = trace(mixed(0.4), "palbociclib", draws, draw)
        total = sum(v.sum() for (kind, _), v in made.discounted.items() if kind == "cost")
        assert total == pytest.approx(found.total_costs[draw, 1], rel=1e-9)


@pytest.mark.parametrize("link", ["common", "own", "no_os_benefit"])
def test_every_link_can_be_drawn(link: str) -> None:
    definition = mixed(0.5, link_between_arms=link)
    draws = sample(definition, 40, 1)
    states = edit(shipped("patina_us"), COARSE | {"settings.structure": NAMES[1], "settings.link_between_arms": link})
    rows = draws["settings.structure"] == 1
    alone = evaluate(states, sample(states, 40, 1)).total_costs
    assert evaluate(definition, draws).total_costs[rows] == pytest.approx(alone[rows], rel=1e-12)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"settings.state_transition_probability": 1.2}, "1.2 is above the maximum of 1"),
        ({"settings.state_transition_probability": -0.1}, "-0.1 is below the minimum of 0"),
        (
            {"settings.state_transition_probability": 0.3, "settings.median_follow_up": ""},
            "state_transition_probability: is 0.3, so that draws need both structures; state transition is not possible with "
            "these inputs: the median follow-up must be given and lie within the horizon",
        ),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(DefinitionError, match=words):
        edit(shipped("patina_us"), changes)


def test_os_that_nobody_published_cannot_be_drawn_in_states() -> None:
    with pytest.raises(DefinitionError, match="state transition is not possible with these inputs"):
        edit(model(uncertain_curves()), {"settings.state_transition_probability": 0.5, "settings.median_follow_up": 24.0})


def test_a_link_by_hazard_ratio_takes_no_other_effect() -> None:
    other = {"curves.palbociclib.os.effect": "acceleration_factor", "settings.structure": "state_transition"}
    with pytest.raises(DefinitionError, match="as a hazard ratio, which it is not"):
        edit(shipped("patina_us"), other)
