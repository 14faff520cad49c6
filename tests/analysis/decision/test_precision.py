"""Running mean, draws needed, and the interval of the ICER (Hatswell et al. 2018)."""

import numpy as np
import pytest

from model.analysis.decision import convergence, draws_needed, icer_interval

INMB = np.random.default_rng(5).normal(1000, 8000, 3000)


def plane(cost_mean, effect_mean, cost_sd=1000.0, effect_sd=0.1, draws=4000, seed=11):
    random = np.random.default_rng(seed)
    return random.normal(cost_mean, cost_sd, draws), random.normal(effect_mean, effect_sd, draws)


def test_running_mean_and_its_error_are_those_of_the_first_draws():
    table = convergence(INMB, [2, 100, 3000])
    for row in table.itertuples():
        first = INMB[: row.draws]
        assert row.mean == pytest.approx(first.mean(), rel=1e-9)
        assert row.standard_deviation == pytest.approx(first.std(ddof=1), rel=1e-9)
        assert row.standard_error == pytest.approx(first.std(ddof=1) / np.sqrt(row.draws), rel=1e-9)
        assert row.upper - row.mean == pytest.approx(1.959963984540054 * row.standard_error, rel=1e-9)
        assert row.probability_cost_effective == pytest.approx(np.mean(first > 0), abs=1e-12)


def test_running_deviation_survives_a_mean_far_above_it():
    table = convergence(1e9 + INMB / 1e4)
    assert table["standard_deviation"].iloc[-1] == pytest.approx((INMB / 1e4).std(ddof=1), rel=1e-4)


def test_constant_draws_have_no_error():
    assert (convergence(np.full(50, 12.5))["standard_error"] == 0).all()


def test_draws_at_exactly_zero_count_half_as_cost_effective():
    assert convergence([0.0, 0.0, 1.0, -1.0], [4])["probability_cost_effective"].item() == 0.5


def test_counts_not_given_end_at_the_last_draw():
    assert convergence(INMB)["draws"].iloc[-1] == 3000
    assert convergence([1.0, 2.0])["draws"].tolist() == [2]


@pytest.mark.parametrize("counts", [[1, 10], [10, 3001], [2.5], []])
def test_counts_out_of_range_are_refused(counts):
    with pytest.raises(ValueError, match="from 2 to the 3000 draws"):
        convergence(INMB, counts)


def test_draws_needed_reach_the_half_width_asked_for():
    n = draws_needed(INMB, 100)
    assert 1.959963984540054 * INMB.std(ddof=1) / np.sqrt(n) <= 100
    assert 1.959963984540054 * INMB.std(ddof=1) / np.sqrt(n - 1) > 100


def test_jackknife_error_is_that_of_leaving_out_one_draw_at_a_time():
    cost, effect = plane(40_000, 1.0, draws=60)
    left_out = np.array([np.delete(cost, i).mean() / np.delete(effect, i).mean() for i in range(60)])
    error = np.sqrt(59 / 60 * ((left_out - left_out.mean()) ** 2).sum())
    interval = icer_interval(cost, effect)
    assert interval.ratio == pytest.approx(cost.mean() / effect.mean(), rel=1e-12)
    assert interval.standard_error == pytest.approx(error, rel=1e-9)
    assert interval.upper - interval.ratio == pytest.approx(1.959963984540054 * error, rel=1e-9)


def test_jackknife_interval_shrinks_with_draws_and_fieller_interval_does_not():
    few, many = plane(40_000, 1.0, draws=1000), plane(40_000, 1.0, draws=16_000)

    def width(draws, method):
        interval = icer_interval(*draws, method=method)
        return interval.upper - interval.lower

    assert width(few, "jackknife") / width(many, "jackknife") == pytest.approx(4, rel=0.1)
    assert width(few, "fieller") / width(many, "fieller") == pytest.approx(1, rel=0.1)


def test_fieller_interval_of_normal_draws_holds_95_per_cent_of_their_ratios():
    cost, effect = plane(40_000, 1.0, cost_sd=5000, draws=20_000)
    interval = icer_interval(cost, effect, method="fieller")
    ratios = cost / effect
    assert np.mean((ratios > interval.lower) & (ratios < interval.upper)) == pytest.approx(0.95, abs=0.01)


def test_south_west_ratio_is_a_positive_saving_per_unit_forgone():
    interval = icer_interval(*plane(-40_000, -1.0))
    assert interval.defined
    assert interval.quadrant == "SW"
    assert interval.meaning == "saving per unit forgone"
    assert 0 < interval.lower < interval.ratio < interval.upper


@pytest.mark.parametrize("method", ["jackknife", "fieller"])
@pytest.mark.parametrize(("cost", "effect", "words"), [(-40_000, 1, "dominates"), (40_000, -1, "is dominated")])
def test_dominance_has_no_ratio_and_no_interval(method, cost, effect, words):
    interval = icer_interval(*plane(cost, effect), method=method)
    assert not interval.defined
    assert words in interval.reason
    assert np.isnan([interval.ratio, interval.lower, interval.upper]).all()


def test_fieller_interval_is_not_defined_where_draws_lie_in_several_quadrants():
    interval = icer_interval(*plane(40_000, 0.1, effect_sd=0.1), method="fieller")
    assert not interval.defined
    assert "quadrants mix" in interval.reason
    assert np.isnan([interval.lower, interval.upper]).all()
    assert interval.ratio > 0


def test_jackknife_interval_is_not_defined_where_the_mean_effect_may_be_zero():
    cost, effect = plane(40_000, 0.0, effect_sd=1.0)
    within_error = effect - effect.mean() + 1.0 / np.sqrt(effect.size)  # one standard error above zero
    interval = icer_interval(cost, within_error)
    assert not interval.defined
    assert "the mean of incremental effect cannot be told from zero" in interval.reason


def test_jackknife_interval_shows_how_few_draws_share_the_quadrant_of_the_means():
    cost, effect = plane(40_000, 0.0, effect_sd=1.0)
    beyond_error = effect - effect.mean() + 5.0 / np.sqrt(effect.size)
    interval = icer_interval(cost, beyond_error)
    assert interval.defined
    assert interval.measures == "Monte Carlo error"
    assert interval.share_in_quadrant == np.mean(beyond_error > 0) < 0.6


def test_jackknife_interval_is_not_defined_where_it_would_reach_below_zero():
    noise = np.random.default_rng(4).normal(size=400)
    noise = (noise - noise.mean()) / noise.std(ddof=1)
    mean = 2.5 / np.sqrt(400)  # cost and effect each 2.5 standard errors above zero, and moving against each other
    interval = icer_interval(mean + noise, mean - noise)
    assert not interval.defined
    assert "below zero" in interval.reason
    assert interval.ratio - 1.96 * interval.standard_error < 0


def test_identical_options_have_no_interval():
    interval = icer_interval(np.zeros(10), np.zeros(10))
    assert interval.quadrant == "origin"
    assert "identical" in interval.reason


def test_interval_refuses_arguments_it_cannot_use():
    with pytest.raises(ValueError, match="same shape"):
        icer_interval([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="level"):
        icer_interval([1.0, 2.0], [1.0, 2.0], level=95)
    with pytest.raises(ValueError, match="method"):
        icer_interval([1.0, 2.0], [1.0, 2.0], method="bootstrap")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="half_width"):
        draws_needed([1.0, 2.0], 0)
