"""Distributions of parameters: moments, percentiles and limits, against scipy.stats and hand calculation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from model.definition import Parameter
from model.definition.sampling.uniform_numbers import uniforms

EXAMPLES = {
    "beta": Parameter(value=0.73, distribution="beta", standard_error=0.02),
    "beta from counts": Parameter(value=0.632, distribution="beta", sample_size=261.0),
    "gamma": Parameter(value=1259.0, distribution="gamma", standard_error=251.8),
    "lognormal": Parameter(value=21156.0, distribution="lognormal", standard_error=4231.2),
    "ratio": Parameter(value=0.86, distribution="lognormal_ratio", low=0.61, high=1.23),
    "normal": Parameter(value=0.0, distribution="normal", standard_error=0.01),
    "uniform": Parameter(value=0.12, distribution="uniform", low=0.10, high=0.15),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_sampled_moments_reach_their_targets(name: str) -> None:
    parameter, n = EXAMPLES[name], 200_000
    values = parameter.quantile(uniforms(7, name, n))
    mean, sd = parameter.moments()
    assert abs(values.mean() - mean) < 4 * sd / np.sqrt(n)
    assert values.std() == pytest.approx(sd, rel=0.02)


def test_beta_from_counts_is_events_and_non_events() -> None:
    """Beta(r, n - r), r = 0.632 x 261."""
    p = np.linspace(0.01, 0.99, 9)
    expected = stats.beta(0.632 * 261, 0.368 * 261).ppf(p)
    np.testing.assert_allclose(EXAMPLES["beta from counts"].quantile(p), expected, rtol=1e-12)


def test_beta_from_standard_error_by_the_method_of_moments() -> None:
    """alpha = m (m (1 - m) / s^2 - 1)."""
    alpha, beta = EXAMPLES["beta"].beta_shapes()
    assert alpha == pytest.approx(0.73 * (0.73 * 0.27 / 0.0004 - 1))
    assert alpha / (alpha + beta) == pytest.approx(0.73)


def test_gamma_has_shape_mean_squared_over_variance() -> None:
    p = np.linspace(0.01, 0.99, 9)
    np.testing.assert_allclose(EXAMPLES["gamma"].quantile(p), stats.gamma(25.0, scale=1259 / 25).ppf(p), rtol=1e-12)


def test_the_percentiles_of_a_ratio_are_its_interval() -> None:
    """The interval of a log-normal ratio is symmetric about the logarithm of the geometric mean of its limits."""
    low, high = EXAMPLES["ratio"].quantile(np.array([0.025, 0.975]))
    assert high / low == pytest.approx(1.23 / 0.61, rel=1e-12)
    assert np.sqrt(high * low) == pytest.approx(0.86, rel=1e-12)


def test_a_mean_hazard_ratio_exceeds_its_median() -> None:
    """E[HR] = HR exp(se^2 / 2): 0.70 with se 0.15 averages 0.708."""
    ratio = Parameter(value=0.70, distribution="lognormal_ratio", standard_error=0.15 * 0.70)
    assert ratio.moments()[0] == pytest.approx(0.708, abs=5e-4)


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        (Parameter(value=0.5, distribution="beta", standard_error=0.5), "cannot have SE 0.5"),
        (Parameter(value=1.0, distribution="beta", standard_error=0.1), "between 0 and 1"),
        (Parameter(value=0.5, distribution="beta"), "needs SE or n"),
        (Parameter(value=0.0, distribution="gamma", standard_error=1.0), "above 0"),
        (Parameter(value=1.0, distribution="normal"), "needs a standard error"),
        (Parameter(value=1.0, distribution="lognormal_ratio"), "needs low and high"),
        (Parameter(value=1.0, distribution="lognormal_ratio", low=2.0, high=1.5), "low < high"),
        (Parameter(value=1.0, distribution="uniform", low=2.0, high=2.0), "low below high"),
        (Parameter(value=3.0, low=1.0, high=2.0), "outside low-high"),
    ],
)
def test_impossible_distributions_are_named(parameter: Parameter, words: str) -> None:
    assert words in (parameter.problem() or "")


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.9))
def test_quantiles_rise_and_stay_in_the_support(mean: float, relative: float) -> None:
    error = relative * np.sqrt(mean * (1 - mean))
    values = Parameter(value=mean, distribution="beta", standard_error=error).quantile(np.linspace(0.001, 0.999, 50))
    assert (np.diff(values) >= 0).all() and values.min() >= 0 and values.max() <= 1


def test_uniform_streams_fill_the_interval() -> None:
    assert stats.kstest(uniforms(1, "utilities.progression_free", 10_000), "uniform").pvalue > 0.01


def test_streams_of_different_parameters_are_unrelated() -> None:
    keys = [f"parameter.{i}" for i in range(30)]
    correlation = np.corrcoef([uniforms(1, key, 10_000) for key in keys]) - np.eye(30)
    assert np.abs(correlation).max() < 5 / np.sqrt(10_000)
