"""Quantiles of many draws at once. Oracle: SciPy's inverse incomplete beta and gamma functions, one number at a time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from model.definition.sampling.smooth_inverse import beta_quantile, gamma_quantile

TAIL = 10.0 ** -np.linspace(1, 16, 61)
SMALLEST, LARGEST = 2.0**-54, 1 - 2.0**-53  # of the numbers of a design
PROBABILITIES = np.concatenate([np.random.default_rng(5).random(4000), TAIL, 1 - TAIL[:-1], [SMALLEST, 0.5, LARGEST]])


@pytest.mark.parametrize("shape", [0.003, 0.3, 1.0, 6.25, 25.0, 400.0, 1e7])
def test_a_gamma_quantile(shape: float) -> None:
    expected = special.gammaincinv(shape, PROBABILITIES)
    np.testing.assert_allclose(gamma_quantile(shape, PROBABILITIES), expected, rtol=1e-12, equal_nan=False)


@pytest.mark.parametrize("alpha", [0.02, 0.7, 1.0, 12.0, 300.0])
@pytest.mark.parametrize("beta", [0.04, 1.0, 3.0, 88.0, 5e5])
def test_a_beta_quantile(alpha: float, beta: float) -> None:
    expected = special.betaincinv(alpha, beta, PROBABILITIES)
    np.testing.assert_allclose(beta_quantile(alpha, beta, PROBABILITIES), expected, rtol=1e-12, equal_nan=False)


def test_the_quantile_of_a_number_is_the_same_whatever_stands_beside_it() -> None:
    together = gamma_quantile(4.0, PROBABILITIES), beta_quantile(4.0, 9.0, PROBABILITIES)
    for i in (0, 1, 4000, -1):
        alone = PROBABILITIES[i : i + 1] if i >= 0 else PROBABILITIES[i:]
        assert gamma_quantile(4.0, alone)[0] == together[0][i] and beta_quantile(4.0, 9.0, alone)[0] == together[1][i]


def test_a_probability_beyond_those_of_a_design() -> None:
    ends = np.array([0.0, 0.5, 1.0])
    assert gamma_quantile(4.0, ends).tolist() == special.gammaincinv(4.0, ends).tolist()
    assert beta_quantile(4.0, 9.0, ends).tolist() == special.betaincinv(4.0, 9.0, ends).tolist()
