"""Enough draws: precision by closed forms, growth that ends where a direct run would be, halves, seeds, replicates."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from model.analysis import PSA, Tolerance, decision, psa, psa_until
from model.analysis.probabilistic.monte_carlo_error import (
    precision,
    replicate_means,
    running_means,
    second_seed,
    split_halves,
)
from model.analysis.probabilistic.psa_until import next_size
from model.cli import main
from model.definition import ModelDefinition, edit
from tests.helpers.shipped import shipped

Z = 1.959963984540054


@cache
def quick() -> ModelDefinition:
    """The shipped model in cycles of 91 days."""
    return edit(shipped("patina_us"), {"settings.cycle_days": 91.0})


@cache
def of_design(sampling: str, draws: int = 2048) -> PSA:
    return psa(quick(), draws, 1, sampling=sampling)


def test_the_half_width_is_that_of_a_mean_and_of_a_share() -> None:
    result = of_design("random")
    found = precision(result, Tolerance(0.02, 0.02))
    for threshold in result.definition.decision_thresholds():
        values = result.inmb(threshold)
        assert found.inmb[threshold] == pytest.approx(Z * values.std(ddof=1) / np.sqrt(2048))
        share = max(float((values > 0).mean()), 0.5 / 2048)
        assert found.probability[threshold] == pytest.approx(Z * np.sqrt(share * (1 - share) / 2048))


def test_the_draws_needed_are_those_at_which_the_interval_has_shrunk_to_the_tolerance() -> None:
    result = of_design("random")
    wanted = Tolerance(0.002, 0.5)
    found = precision(result, wanted)
    assert not found.met and found.draws_needed > 2048
    needed = max(
        decision.draws_needed(result.inmb(t), 0.002 * max(t, abs(float(result.inmb(t).mean()))))
        for t in result.definition.decision_thresholds()
    )
    assert found.draws_needed == pytest.approx(needed, abs=1)


def test_growing_to_a_tolerance_gives_the_bits_of_a_direct_run() -> None:
    grown, reached = psa_until(quick(), Tolerance(0.006, 0.01), seed=3)
    assert reached.met and grown.draws.n_draws > 2048 and grown.draws.n_draws % 1024 == 0
    direct = psa(quick(), grown.draws.n_draws, 3)
    for key in direct.draws.values:
        np.testing.assert_array_equal(grown.draws[key], direct.draws[key])
    for account in ("costs", "qalys", "life_years"):
        one, other = (getattr(r.outcomes, account) for r in (grown, direct))
        np.testing.assert_array_equal(one.discounted, other.discounted)
        np.testing.assert_array_equal(one.undiscounted, other.undiscounted)
    np.testing.assert_array_equal(grown.outcomes.crossing_first_month, direct.outcomes.crossing_first_month)


def test_growth_stops_at_the_most_draws_allowed_and_says_so() -> None:
    result, reached = psa_until(quick(), Tolerance(1e-6, 0.01), most=2048)
    assert result.draws.n_draws == 2048 and not reached.met
    assert "not met" in reached.summary("USD")


@pytest.mark.parametrize(
    ("n", "needed", "expected"), [(2048, 2049, 3072), (2048, 9000, 8192), (2048, 10**9, 8192), (3072, 5000, 5120)]
)
def test_the_next_size_is_a_whole_number_of_blocks_at_most_fourfold(n: int, needed: int, expected: int) -> None:
    assert next_size(n, needed) == expected


def test_a_sobol_analysis_is_judged_by_replicates_and_needs_fewer_points() -> None:
    result = of_design("sobol", 1024)
    table = replicate_means(result, 6)
    assert table["seed"].nunique() == 6 and 1 not in set(table["seed"])
    spread = table[table["willingness_to_pay"] == 150_000.0]["inmb"].std(ddof=1)
    found = precision(result, replicates=6)
    assert found.inmb[150_000.0] == pytest.approx(2.5705818366147395 * spread)  # t with 5 degrees of freedom
    assert found.inmb[150_000.0] < precision(of_design("random"), Tolerance()).inmb[150_000.0]
    with pytest.raises(ValueError, match="at least 2 replicates"):
        replicate_means(result, 1)


def test_running_means_end_at_the_means_of_all_draws() -> None:
    result = of_design("random")
    last = running_means(result, [100, 2048]).groupby(["outcome", "willingness_to_pay"], dropna=False).tail(1)
    means = dict(zip(zip(last["outcome"], last["willingness_to_pay"].fillna(0), strict=True), last["mean"], strict=True))
    assert means["incremental_cost", 0] == pytest.approx(result.incremental_costs.mean())
    assert means["incremental_qalys", 0] == pytest.approx(result.incremental_qalys.mean())
    assert means["inmb", 150_000.0] == pytest.approx(result.inmb(150_000.0).mean())
    assert means["icer", 0] == pytest.approx(result.icer)
    assert (last["lower"] <= last["mean"]).all() and (last["mean"] <= last["upper"]).all()


def test_no_interval_is_given_where_points_are_not_independent() -> None:
    table = running_means(of_design("sobol", 1024), [1024])
    assert table[["standard_error", "lower", "upper"]].isna().all(axis=None) and table["mean"].notna().all()
    with pytest.raises(ValueError, match="pseudo-random"):
        split_halves(of_design("sobol", 1024))


def test_halves_and_seeds_agree_within_chance() -> None:
    result = of_design("random")
    halves = split_halves(result)
    first = result.inmb(150_000.0)[:1024].mean()
    assert halves.set_index("willingness_to_pay")["first_half"][150_000.0] == pytest.approx(first)
    for table in (halves, second_seed(result)):
        assert table["z"].abs().max() < 4
    other = psa(quick(), 2048, 2).inmb(150_000.0).mean()
    assert second_seed(result).set_index("willingness_to_pay")["other_seed"][150_000.0] == pytest.approx(other)


@pytest.mark.parametrize(("inmb", "probability"), [(0.0, 0.1), (-1.0, 0.1), (0.1, 0.0), (0.1, 1.0)])
def test_a_tolerance_of_nothing_is_refused(inmb: float, probability: float) -> None:
    with pytest.raises(ValueError, match="tolerances must be above 0"):
        Tolerance(inmb, probability)


@pytest.mark.parametrize(
    "arguments", [["--tolerance", "0.1"], ["--draws", "auto", "--tolerance", "2"], ["--sampling", "halton"]]
)
def test_options_that_do_not_go_together_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
