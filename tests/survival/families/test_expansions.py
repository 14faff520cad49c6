"""Derivatives of the log-likelihood that families write, against differences of scipy's densities and survival functions.

scipy.stats (gengamma, gamma) is differentiated by central differences of the fourth order; at Q = 0, where gengamma is not
defined, the density's derivatives are those of the power series of Prentice's form: -w^3 / 6 and -w^4 / 12 - 1 / 6.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from model.survival import distribution, survival_data
from model.survival.likelihood import derivatives

TIMES = np.array([0.4, 2.0, 7.0, 20.0, 60.0])
STEP = 2e-3
POINTS = STEP * np.array([-2.0, -1.0, 1.0, 2.0])
WEIGHTS = np.array([1.0, -8.0, 8.0, -1.0]) / (12 * STEP)
GAMMA_SHAPES = (-1.0, 0.3, 2.0)
CASES = [
    *(("generalised_gamma", (2.6, log_sigma, q)) for log_sigma in (-0.4, 0.5) for q in (-1.3, -0.3, 0.06, 0.7, 2.5)),
    *(("gamma", (log_shape, log_shape - 2.7)) for log_shape in GAMMA_SHAPES),
]


def scipys(function: str, name: str, estimates: np.ndarray) -> np.ndarray:
    """At the times, of estimates on the estimation scale: mu, log sigma, Q (Prentice 1974; q^-2 is Stacy's a), or log shape,
    log rate."""
    if name == "gamma":
        return getattr(stats.gamma, function)(TIMES, np.exp(estimates[0]), scale=np.exp(-estimates[1]))
    mu, log_sigma, q = estimates
    sigma = np.exp(log_sigma)
    scale = np.exp(mu + sigma * np.log(q * q) / q)
    return getattr(stats.gengamma, function)(TIMES, q**-2.0, q / sigma, scale=scale)


def gradient(function: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    axes = np.eye(len(at))
    return np.array([sum(w * function(at + p * axis) for p, w in zip(POINTS, WEIGHTS, strict=True)) for axis in axes])


def hessian(function: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    axes = np.eye(len(at))
    return np.array(
        [sum(w * gradient(function, at + p * axis) for p, w in zip(POINTS, WEIGHTS, strict=True)) for axis in axes]
    )


@pytest.mark.parametrize(("name", "estimates"), CASES)
@pytest.mark.parametrize("happened", [True, False])
def test_score_and_information_are_those_of_scipys_functions(name, estimates, happened):
    at = np.array(estimates)
    data = survival_data(TIMES, np.full(len(TIMES), happened))
    slope, curvature = derivatives(distribution(name), data, data.weight[None], at[None])

    def total(x: np.ndarray) -> float:
        return float(np.sum(scipys("logpdf" if happened else "logsf", name, x)))

    assert slope[0] == pytest.approx(gradient(total, at), rel=1e-6, abs=1e-7)
    assert curvature[0] == pytest.approx(hessian(total, at), rel=1e-5, abs=1e-5)


def test_at_q_0_the_densitys_derivatives_are_those_of_its_power_series():
    mu, sigma = 2.6, 1.4
    w = (np.log(TIMES) - mu) / sigma
    data = survival_data(TIMES, np.ones(len(TIMES)))
    slope, curvature = derivatives(
        distribution("generalised_gamma"), data, data.weight[None], np.array([[mu, np.log(sigma), 0]])
    )
    assert slope[0] == pytest.approx([np.sum(w) / sigma, np.sum(w**2 - 1), np.sum(-(w**3) / 6)], rel=1e-12)
    assert curvature[0, 2, 2] == pytest.approx(np.sum(-(w**4) / 12 - 1 / 6), rel=1e-12)


@pytest.mark.parametrize(("name", "estimates"), CASES[::3])
def test_who_enters_late_is_one_censored_patient_less_another(name, estimates):
    """log S(t) - log S(entry)."""
    never = np.zeros(len(TIMES))
    late = survival_data(TIMES, never, entry=TIMES / 2)
    until, before = survival_data(TIMES, never), survival_data(TIMES / 2, never)
    of_late, of_until, of_before = (
        np.concatenate([found.ravel() for found in derivatives(distribution(name), d, d.weight[None], np.array([estimates]))])
        for d in (late, until, before)
    )
    assert of_late == pytest.approx(of_until - of_before, rel=1e-9, abs=1e-9)
