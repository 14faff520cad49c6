"""The shipped example with four arms: its frontier by enumeration, acceptability, routes with the same effects.

Oracle of the frontier: brute force. An option is on it where, at some willingness to pay, no other option has a higher net
benefit; the thresholds at which this can change are those at which two options tie, and the stretches between them.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
import pytest

from model.analysis import PSA, base_case, psa
from model.analysis.decision import acceptability_curve, ceaf, expected_loss, incremental_analysis
from model.definition import ModelDefinition, edit
from tests.helpers.shipped import shipped, shipped_base

NAME = "example_four_arms"
THRESHOLDS = np.array([0.0, 25_000.0, 35_000.0, 400_000.0, 450_000.0, 1_000_000.0])


def four() -> ModelDefinition:
    """The example in cycles of four weeks."""
    return edit(shipped(NAME), {"settings.cycle_days": 28.0})


@lru_cache
def draws() -> PSA:
    return psa(four(), 200, 1)


def frontier_by_enumeration(costs: np.ndarray, effects: np.ndarray) -> set[int]:
    """Options that are best at some threshold; of those that tie everywhere, all."""
    ties = {
        (costs[b] - costs[a]) / (effects[b] - effects[a])
        for a, b in combinations(range(len(costs)), 2)
        if effects[a] != effects[b]
    }
    edges = sorted({0.0, *(t for t in ties if t > 0)})
    tried = [*((a + b) / 2 for a, b in pairwise(edges)), edges[-1] * 2 + 1, 1e-3]
    found: set[int] = set()
    for threshold in tried:
        benefit = threshold * effects - costs
        found |= set(np.flatnonzero(benefit >= benefit.max() - 1e-9 * np.abs(benefit).max()))
    return found


def frontier_by_mixtures(costs: np.ndarray, effects: np.ndarray) -> set[int]:
    """Options that no other one dominates and no mix of two others; over all pairs and shares in closed form."""
    found = set()
    for i in range(len(costs)):
        others = [k for k in range(len(costs)) if k != i]
        beaten = any(
            costs[k] <= costs[i] and effects[k] >= effects[i] and (costs[k], effects[k]) != (costs[i], effects[i])
            for k in others
        )
        for a, b in combinations(others, 2):
            low, high = (a, b) if effects[a] < effects[b] else (b, a)
            if effects[low] < effects[i] < effects[high]:
                share = (effects[i] - effects[low]) / (effects[high] - effects[low])
                beaten |= costs[low] + share * (costs[high] - costs[low]) < costs[i] * (1 - 1e-12)
        if not beaten:
            found.add(i)
    return found


def on_frontier(costs: np.ndarray, effects: np.ndarray) -> set[int]:
    table = incremental_analysis(costs, effects, [str(i) for i in range(len(costs))])
    return {int(row.option) for row in table.itertuples() if row.status in ("reference", "on frontier", "identical")}


@pytest.mark.parametrize("of", ["base case", "mean of the draws", *(f"draw {k}" for k in range(0, 200, 20))])
def test_the_frontier_is_that_of_an_enumeration(of: str) -> None:
    if of == "base case":
        base = base_case(four())
        costs, effects = base.total_costs, base.total_qalys
    else:
        outcomes = draws().outcomes
        costs, effects = outcomes.total_costs, outcomes.total_qalys
        costs, effects = (v.mean(axis=0) if of.startswith("mean") else v[int(of.split()[1])] for v in (costs, effects))
    assert on_frontier(costs, effects) == frontier_by_enumeration(costs, effects) == frontier_by_mixtures(costs, effects)


def test_random_options_have_the_frontier_of_both_enumerations() -> None:
    generator = np.random.default_rng(1)
    for _ in range(300):
        costs, effects = generator.integers(1, 9, 4) * 1e4, generator.integers(1, 6, 4) / 2.0
        pairs = list(zip(costs, effects, strict=True))
        if len(set(pairs)) == 4:  # copies are told apart by name alone
            assert on_frontier(costs, effects) == frontier_by_mixtures(costs, effects)


def test_routes_share_every_draw_of_the_effects_and_the_dearer_one_is_dominated() -> None:
    """No ratio is made of two options with the same QALYs."""
    outcomes = draws().outcomes
    qalys, years = outcomes.total_qalys, outcomes.total_life_years
    for intravenous, subcutaneous in ((0, 2), (1, 3)):
        assert np.array_equal(qalys[:, intravenous], qalys[:, subcutaneous])
        assert np.array_equal(years[:, intravenous], years[:, subcutaneous])
    assert np.ptp(outcomes.total_costs[:, 0] - outcomes.total_costs[:, 2]) > 0
    table = base_case(four()).incremental()
    assert sorted(table["status"]) == ["dominated", "dominated", "on frontier", "reference"]
    assert np.isfinite(table.loc[table["status"] == "on frontier", "icer"]).all()
    for pair in ((0, 2), (1, 3)):
        alone = incremental_analysis(outcomes.total_costs[:, pair], outcomes.total_qalys[:, pair], ["iv", "sc"])
        assert sorted(alone["status"]) == ["dominated", "reference"]
        assert alone["icer"].isna().all()


def test_acceptability_of_all_four_sums_to_one_and_each_option_has_a_part() -> None:
    outcomes = draws().outcomes
    curve = acceptability_curve(outcomes.total_costs, outcomes.total_qalys, THRESHOLDS)
    assert curve.shape == (len(THRESHOLDS), 4)
    np.testing.assert_allclose(curve.sum(axis=1), 1.0, rtol=0, atol=1e-12)
    assert (curve.max(axis=0) > 0.1).all()
    by_hand = np.zeros((len(THRESHOLDS), 4))
    for k, threshold in enumerate(THRESHOLDS):
        benefit = threshold * outcomes.total_qalys - outcomes.total_costs
        for row in benefit:
            best = np.flatnonzero(row == row.max())
            by_hand[k, best] += 1 / len(best) / len(benefit)
    np.testing.assert_allclose(curve.to_numpy(), by_hand, atol=1e-12)


def test_the_acceptability_frontier_is_of_the_best_on_average_who_also_has_the_least_expected_loss() -> None:
    outcomes = draws().outcomes
    costs, qalys = outcomes.total_costs, outcomes.total_qalys
    names = [arm.short_label for arm in four().arms]
    frontier = ceaf(costs, qalys, THRESHOLDS, names)
    curve = acceptability_curve(costs, qalys, THRESHOLDS, names)
    loss = expected_loss(costs, qalys, THRESHOLDS, names)
    for threshold, row in frontier.iterrows():
        mean = threshold * qalys.mean(axis=0) - costs.mean(axis=0)
        assert row["option"] == names[int(mean.argmax())] == loss.loc[threshold, names].astype(float).idxmin()
        assert row["probability_cost_effective"] == curve.loc[threshold, row["option"]]


def test_the_intravenous_pair_is_the_workbook_for_england() -> None:
    """Also with seven-day cycles, as both are shipped."""
    here, there = shipped_base(NAME), shipped_base("patina_england")
    np.testing.assert_allclose(here.total_costs[:2], there.total_costs, rtol=1e-12)
    np.testing.assert_allclose(here.total_qalys[:2], there.total_qalys, rtol=1e-12)
