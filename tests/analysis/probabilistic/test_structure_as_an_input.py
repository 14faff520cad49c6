"""Structure as an uncertain input of every analysis.

Oracle: two structures whose net benefits are known, and otherwise (next to) no uncertainty: knowing the structure is then
worth E max - max E, all of the variance is its own, and its bar is the two base cases.
"""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

from model.analysis import base_case, one_way, psa, sobol
from model.analysis.probabilistic.mean_against_base_case import mean_against_base_case
from model.analysis.probabilistic.psa import PSA
from model.definition import Evidence, ModelDefinition, define, edit
from model.definition.sampling.unit_cube import unit_cube
from tests.helpers.shipped import shipped
from tests.helpers.small_models import model, monthly, own_curve, tables_of

NAMES = ("partitioned_survival", "state_transition")
STRUCTURE = "settings.structure"


@cache
def toy(structure: str = NAMES[0], probability: float = 0.4) -> ModelDefinition:
    """Typed curves; OS of the state-transition model from a landmark of ten million patients."""
    curves = [own_curve("old", "pfs", "exponential", rate=0.05), own_curve("new", "pfs", "exponential", rate=0.03)]
    curves += [own_curve("old", "os", "exponential", rate=0.025), own_curve("new", "os", "exponential", rate=0.022)]
    care = (monthly("drug", "progression_free", 900.0, arm="new"), monthly("late", "progressed", 300.0))
    definition = model(curves, care=care)
    rows = tuple(
        Evidence(arm=arm, endpoint="os", statistic="landmark", item="24", value=value, effective_n=1e7)
        for arm, value in (("old", 0.6), ("new", 0.66))
    )
    settings = dataclasses.replace(
        definition.settings,
        structure=structure,
        state_transition_probability=probability,
        link_between_arms="own",
        after_progression="exponential",
    )
    tables = tables_of(definition)
    return define(**{**tables, "settings": settings, "evidence": rows})


@cache
def drawn() -> PSA:
    return psa(toy(), 2000, 5)


def increments(structure: str) -> tuple[float, float]:
    base = base_case(toy(structure, 0.0))
    return base.incremental_cost, base.incremental_qalys


def threshold_between() -> float:
    """Willingness to pay between the two ICERs, at which the structures disagree."""
    ratios = [cost / qalys for cost, qalys in map(increments, NAMES)]
    assert max(ratios) > 1.1 * min(ratios)
    return float(np.mean(ratios))


def inmb(structure: str, threshold: float) -> float:
    cost, qalys = increments(structure)
    return threshold * qalys - cost


def test_knowing_the_structure_is_worth_e_max_minus_max_e() -> None:
    at = threshold_between()
    values, share = [inmb(name, at) for name in NAMES], float(drawn().draws[STRUCTURE].mean())
    assert min(values) < 0 < max(values)
    weights = (1 - share, share)
    expected = sum(w * max(v, 0) for w, v in zip(weights, values, strict=True))
    expected -= max(sum(w * v for w, v in zip(weights, values, strict=True)), 0)
    single = drawn().evppi("parameters", [at]).set_index("group")
    assert single.loc[STRUCTURE, "evppi"] == pytest.approx(expected, rel=1e-3)
    assert drawn().evppi("default", [at]).set_index("group").loc["Structure", "evppi"] == pytest.approx(expected, rel=1e-3)
    both = {"structure and the rest": [STRUCTURE, "curves.old.after_progression"]}
    assert drawn().evppi(both, [at])["evppi"].iloc[0] == pytest.approx(expected, rel=1e-2)
    assert drawn().evpi([at])["evpi"].iloc[0] == pytest.approx(expected, rel=1e-2)


def test_all_of_the_variance_is_the_structures() -> None:
    at = threshold_between()
    table = sobol(toy(), runs=4096, threshold=at).table("inmb", at).set_index("input")
    assert table.loc[STRUCTURE, "first"] == pytest.approx(1.0, abs=0.02)
    assert table["total"].drop(STRUCTURE).abs().max() < 0.01


@pytest.mark.parametrize("structure", NAMES)
def test_its_bar_is_the_two_base_cases(structure: str) -> None:
    at = threshold_between()
    bar = one_way(toy(structure)).table(at).set_index("input").loc[STRUCTURE]
    assert bar["inmb_low"] == pytest.approx(inmb(NAMES[0], at), rel=1e-12)
    assert bar["inmb_high"] == pytest.approx(inmb(NAMES[1], at), rel=1e-12)


@pytest.mark.parametrize("structure", NAMES)
def test_bars_of_a_shipped_model_are_those_of_its_structure(structure: str) -> None:
    certain = edit(shipped("patina_us"), {"settings.cycle_days": 28.0, STRUCTURE: structure})
    bars = one_way(edit(certain, {"settings.state_transition_probability": 0.5})).table().set_index("input")
    alone = one_way(certain).table().set_index("input")
    assert set(bars.index) - set(alone.index) == {STRUCTURE}
    assert set(alone.index) <= set(bars.index)
    for end in ("inmb_low", "inmb_high"):
        assert bars.loc[alone.index, end].to_numpy() == pytest.approx(alone[end].to_numpy(), rel=1e-12)


def test_means_given_each_structure() -> None:
    table = drawn().by_structure().set_index("structure")
    for name, words in zip(NAMES, ("Partitioned survival", "State transition"), strict=True):
        cost, qalys = increments(name)
        assert table.loc[words, "incremental_cost"] == pytest.approx(cost, rel=1e-3)
        assert table.loc[words, "incremental_qalys"] == pytest.approx(qalys, rel=1e-3)
        best = inmb(name, 150_000.0) > 0
        assert table.loc[words, "probability_cost_effective at 150000"] == float(best)
    assert table["share_of_draws"].sum() == 1
    assert "given the structure: partitioned survival (" in drawn().summary()
    with pytest.raises(ValueError, match="its probability in the settings is 0"):
        psa(toy(NAMES[0], 0.0), 10, 1).by_structure()


def test_the_draws_say_their_structure() -> None:
    table = drawn().table()
    assert set(table[STRUCTURE]) == {0.0, 1.0}
    assert table[STRUCTURE].to_numpy() == pytest.approx(drawn().draws[STRUCTURE])
    assert "curves.old.after_progression[rate]" in table.columns


def test_the_mean_of_draws_differs_from_the_base_case_by_the_structure() -> None:
    at = threshold_between()
    found = mean_against_base_case(drawn(), at).table.set_index("input")
    difference = inmb(NAMES[1], at) - inmb(NAMES[0], at)
    assert found.loc[STRUCTURE, "inmb"] == pytest.approx(0.4 * difference, rel=0.05)
    assert found.loc[STRUCTURE, "from_mean"] == 0


def test_structure_is_an_axis_of_the_unit_cube_and_moves_both_curves_of_os_together() -> None:
    definition = edit(shipped("patina_us"), {"settings.state_transition_probability": 0.5})
    cube = unit_cube(definition)
    assert cube.members[STRUCTURE] == (STRUCTURE,)
    assert cube.members["curves.control.os"] == ("curves.control.os", "curves.control.after_progression")
    assert cube.labels()[STRUCTURE].startswith("Structure")
