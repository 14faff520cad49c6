"""Every distribution of every program: its own likelihood has its maximum where ours has, with the same covariance.

The estimates of a fit of ours to tests/reference/ipd.csv are written as the program prints them. There the program's own
log-likelihood (`tests/helpers/printed_densities.py`) must be level, and its observed information, by central differences on
the scale of the printed covariance, inverted and converted, must be the covariance of our fit to 1%. At a maximum the
information of two parametrisations differs by the Jacobian alone, so nothing but the conversion is between the two. The
differences are taken along the columns of a root of the converted covariance, in whose coordinates the information is 1.

PFS has a falling hazard, which the Gompertz distribution of scipy does not hold, and a Q hardly below 0, which Stacy's forms
of the generalised gamma (flexsurv's gengamma.orig, scipy's gengamma) do not hold, or only with a scale beyond all bounds. A
clearly negative Q is that of the control arm's times of progression turned round, 100 / months.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from model.survival import Fit, SurvivalData, fit_data, from_program, parametrisation, survival_data, to_program
from tests.helpers.printed_densities import DENSITIES
from tests.helpers.reference_trial import ARMS, ENDPOINTS, trial

TURNED = ("pfs", "turned")
OF_OS_ALONE = {("flexsurv_gengamma_orig", "generalised_gamma"), ("scipy", "gompertz"), ("scipy", "generalised_gamma")}


def curves(program: str, name: str) -> Iterator[tuple[str, str]]:
    """Endpoint and arm of the data that a program's version of a distribution can be fitted to."""
    for endpoint in ENDPOINTS:
        if endpoint == "os" or (program, name) not in OF_OS_ALONE:
            yield from ((endpoint, arm) for arm in ARMS)
    if name == "generalised_gamma" and program != "flexsurv_gengamma_orig":
        yield TURNED


CASES = [
    (program, name, *curve) for program, families in DENSITIES.items() for name in families for curve in curves(program, name)
]
STEP = 2e-3  # of the differences, in standard errors
LEVEL = 1e-3  # distance from the maximum, in standard errors


def observed(endpoint: str, arm: str) -> SurvivalData:
    if (endpoint, arm) != TURNED:
        return trial(endpoint, arm)
    data = trial("pfs", "control")
    return survival_data(100 / data.time[data.event], np.ones(data.n_events))


@cache
def fitted(name: str, endpoint: str, arm: str) -> Fit:
    return fit_data(observed(endpoint, arm), name)


@pytest.mark.parametrize(("program", "name", "endpoint", "arm"), CASES)
def test_a_programs_own_likelihood_has_the_maximum_and_the_covariance_of_our_fit(program, name, endpoint, arm):
    ours, data = fitted(name, endpoint, arm), observed(endpoint, arm)
    printed = to_program(program, name, ours.coefficients, ours.covariance)
    logs = np.array([kind == "log" for kind in parametrisation(program, name).covariance_of])
    at = np.where(logs, np.log(np.where(logs, printed.values, 1.0)), printed.values)
    density = DENSITIES[program][name]

    def log_likelihood(x: np.ndarray) -> float:
        log_f, log_s = density(data.time, *np.where(logs, np.exp(np.where(logs, x, 0.0)), x))
        return float(np.sum(np.where(data.event, log_f, log_s)))

    root = np.linalg.cholesky(printed.covariance)
    gradient, information = slope_and_information(lambda z: log_likelihood(at + root @ z), len(at))
    assert np.abs(np.linalg.solve(information, gradient)).max() < LEVEL
    made = from_program(program, name, printed.values, root @ np.linalg.inv(information) @ root.T)
    assert made.covariance == pytest.approx(ours.covariance, rel=0.01)


def slope_and_information(function, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Gradient (k,) and minus the Hessian (k, k) at 0, by central differences."""
    moves = STEP * np.eye(k)
    gradient = np.array([function(m) - function(-m) for m in moves]) / (2 * STEP)
    four = [[function(a + b) - function(a - b) - function(b - a) + function(-a - b) for b in moves] for a in moves]
    return gradient, -np.array(four) / (4 * STEP**2)
