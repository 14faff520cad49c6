"""The probabilistic analysis: reproducible to the bit, complete, and consistent with its parts."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from model.analysis import PSA, base_case, psa
from model.analysis.sampled.parameter_groups import DEFAULT_GROUPS
from model.definition import Draws, ModelDefinition, edit, sample
from model.engine import evaluate
from tests.helpers.shipped import NAMES, shipped


@cache
def coarse(name: str) -> ModelDefinition:
    """A shipped model in cycles of 28 days."""
    return edit(shipped(name), {"settings.cycle_days": 28.0})


@cache
def small(name: str = "patina_us", draws: int = 1500, seed: int = 1, threads: int = 2) -> PSA:
    return psa(coarse(name), draws, seed, threads)


def test_any_number_of_threads_gives_the_same_bits() -> None:
    results = [small(draws=1300, threads=t) for t in (1, 2, 4)]
    for other in results[1:]:
        np.testing.assert_array_equal(results[0].outcomes.costs.discounted, other.outcomes.costs.discounted)
        np.testing.assert_array_equal(results[0].outcomes.qalys.undiscounted, other.outcomes.qalys.undiscounted)


def test_a_draw_alone_is_the_same_draw_in_a_crowd() -> None:
    definition = coarse("patina_us")
    draws = sample(definition, 1100, 4)
    together = evaluate(definition, draws)
    for k in (0, 61, 62, 1023, 1024, 1099):
        alone = evaluate(definition, draws.block(k, k + 1))
        np.testing.assert_allclose(alone.total_costs[0], together.total_costs[k], rtol=1e-13)
        np.testing.assert_allclose(alone.total_qalys[0], together.total_qalys[k], rtol=1e-13)


@pytest.mark.parametrize("name", NAMES)
def test_a_draw_is_the_base_case_of_a_model_with_its_values(name: str) -> None:
    definition = shipped(name)
    draws = sample(definition, 3, 9)
    outcomes = evaluate(definition, draws)
    scalars = {k: float(v[min(2, len(v) - 1)]) for k, v in draws.values.items() if v.ndim == 1}
    edited = edit(definition, {k: v for k, v in scalars.items() if definition.parameters[k].uncertain})
    curves = {k: v[2:3] for k, v in draws.values.items() if v.ndim == 2}
    base = {k: np.array([p.value]) for k, p in edited.parameters.items()}
    alone = evaluate(edited, Draws(1, base | curves))
    np.testing.assert_allclose(alone.total_costs[0], outcomes.total_costs[2], rtol=1e-12)
    np.testing.assert_allclose(alone.total_qalys[0], outcomes.total_qalys[2], rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_sampled_means_reach_their_targets(name: str) -> None:
    z = small(name, draws=5000).sampled_moments()["z"]
    assert z.abs().max() < 4.5


def test_a_second_seed_agrees_within_monte_carlo_error() -> None:
    one, two = (small(draws=1500, seed=s).inmb(150_000.0) for s in (1, 2))
    error = np.sqrt(one.var(ddof=1) / len(one) + two.var(ddof=1) / len(two))
    assert abs(one.mean() - two.mean()) < 4 * error


@pytest.mark.parametrize("name", NAMES)
def test_acceptability_sums_to_one_and_the_lowest_loss_is_evpi(name: str) -> None:
    result = small(name)
    np.testing.assert_allclose(result.ceac().sum(axis=1), 1.0, atol=1e-12)
    lowest = result.expected_loss().min(axis=1).to_numpy()
    np.testing.assert_allclose(lowest, result.evpi()["evpi"].to_numpy(), atol=1e-6)


def test_the_ratio_is_a_ratio_of_means() -> None:
    result = small()
    o = result.outcomes
    cost = (o.total_costs[:, 1] - o.total_costs[:, 0]).mean()
    qalys = (o.total_qalys[:, 1] - o.total_qalys[:, 0]).mean()
    assert result.icer == pytest.approx(cost / qalys, rel=1e-12)


def test_every_varying_parameter_belongs_to_one_default_group() -> None:
    result = small(draws=50)
    groups = result.default_groups()
    assert set(groups) <= set(DEFAULT_GROUPS)
    columns = [c for group in groups.values() for c in group]
    assert sorted(columns) == sorted(result.parameter_columns())


def test_the_table_of_draws_holds_every_draw_and_parameter() -> None:
    result = small(draws=64)
    table = result.table()
    assert len(table) == 64 and table["draw"].tolist() == list(range(1, 65))
    assert set(result.parameter_columns()) <= set(table)
    np.testing.assert_array_equal(table["costs.palbociclib"], result.outcomes.total_costs[:, 1])


def test_crossing_draws_are_counted() -> None:
    result = small()
    share = result.crossing().set_index("arm")["share_of_draws"]
    expected = np.isfinite(result.outcomes.crossing_first_month).mean(axis=0)
    np.testing.assert_array_equal(share.to_numpy(), expected)


@pytest.mark.parametrize("name", NAMES)
def test_the_mean_over_draws_is_near_the_base_case(name: str) -> None:
    """A gap above a quarter would point at a mean-biased distribution or a curve that explodes."""
    result, base = small(name, draws=5000), base_case(coarse(name))
    np.testing.assert_allclose(result.outcomes.total_costs.mean(axis=0), base.outcomes.total_costs[0], rtol=0.25)
    np.testing.assert_allclose(result.outcomes.total_qalys.mean(axis=0), base.outcomes.total_qalys[0], rtol=0.1)


def test_memory_per_draw_is_the_outcomes_alone() -> None:
    """Blocks never hold all draws times all cycles: 1,024 draws more of 2,088 weeks would be 17 MB more per curve."""
    import tracemalloc

    definition = edit(shipped("patina_us"), {})
    peaks = []
    for n in (1024, 2048):
        draws = sample(definition, n, 1)
        tracemalloc.start()
        evaluate(definition, draws, threads=1)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (peaks[1] - peaks[0]) / 1024 < 6000
    assert base_case(definition).icer is not None
