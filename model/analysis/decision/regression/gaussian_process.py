"""Gaussian-process regression columns for a group of parameters (Strong, Oakley and Brennan 2014, section 2.3.2).

The covariance of the outcome at two draws falls with their distance, exp(-sum_j (x_j - y_j)^2 / (2 l_j^2)), about
a plane in the parameters. The lengths l_j maximise the marginal likelihood of costs and effects at some draws;
at all others the process is projected on these (subset of regressors: Rasmussen and Williams 2006, section
8.3.1), which makes it a penalised regression whose columns have independent standard normal coefficients. Its
smoothing is then chosen for each outcome as that of a spline is.
"""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from model.analysis.decision.regression.splines import NO_TERM, Basis, Indices
from model.arrays import Array

_SEED = 2014
_CENTRES = 250  # draws that carry the process
_SHORTEST, _LONGEST = 0.2, 20.0  # lengths, in standard deviations: a wave within the draws, a straight line
_TYPICAL = 1.5  # length, times the root of the number of parameters, that a weak prior is centred on
_LEAST_NOISE, _MOST_NOISE = 1e-6, 1e4  # variance of the noise, in that of the process
_SMALLEST = 1e-8  # share of the largest eigenvalue below which a direction is rounding
_STEPS = 60


def gaussian_process(quantities: Sequence[Array], outcomes: Array, fitted: Indices) -> Basis:
    """Regression columns at every draw for standardised quantities, each `(n_draws,)`.

    Lengths are estimated from the `fitted` draws and the outcomes `(n_draws, n_outcomes)` there: no other draw
    has a say in them.
    """
    x = np.column_stack(quantities)
    centres = _centres(x, fitted)
    lengths = _lengths(x[centres], outcomes[centres])
    size, direction = np.linalg.eigh(_covariance(x[centres], x[centres], lengths))
    kept = size > _SMALLEST * size[-1]
    process = _covariance(x, x[centres], lengths) @ (direction[:, kept] / np.sqrt(size[kept]))
    process -= process.mean(axis=0)
    n_lines, n_columns = x.shape[1], process.shape[1]
    alone = n_lines == 1
    return Basis(
        columns=np.hstack([x, process]),
        penalty=np.append(np.full(n_lines, 0.0 if alone else 1.0), np.ones(n_columns)),
        term=np.append(np.full(n_lines, NO_TERM if alone else 1), np.zeros(n_columns, dtype=np.intp)),
        orthogonal=False,
    )


def _centres(x: Array, fitted: Indices) -> Indices:
    """At most `_CENTRES` of the draws, at random; sorted by value first, so that their order does not matter."""
    ordered = fitted[np.lexsort(x[fitted].T)]
    chosen = np.random.default_rng(_SEED).permutation(ordered.size)[: min(_CENTRES, max(fitted.size // 4, 10))]
    return np.asarray(ordered[np.sort(chosen)], dtype=np.intp)


def _covariance(x: Array, y: Array, lengths: Array) -> Array:
    """Squared exponential covariance `(len(x), len(y))`, 1 where both are the same."""
    a, b = x / lengths, y / lengths
    squares = np.einsum("ij,ij->i", a, a)[:, None] + np.einsum("ij,ij->i", b, b) - 2 * a @ b.T
    return np.asarray(np.exp(-0.5 * np.maximum(squares, 0)), dtype=np.float64)


def _lengths(x: Array, outcomes: Array) -> Array:
    """The lengths `(n_quantities,)` of highest marginal likelihood, shared by all outcomes.

    Each outcome has a noise of its own; its variance as a process has a closed form and is profiled out. Logs
    of lengths have a normal prior of standard deviation 1, which keeps those that no outcome depends on.
    """
    plane = np.column_stack([np.ones(len(x)), x])
    residual = outcomes - plane @ np.linalg.lstsq(plane, outcomes, rcond=None)[0]
    spread = residual.std(axis=0)
    varies = spread > 1e-9 * np.abs(outcomes).max(axis=0)
    z = residual[:, varies] / spread[varies]
    n_lengths, n_outcomes = x.shape[1], z.shape[1]
    start = np.append(np.full(n_lengths, np.log(_TYPICAL * np.sqrt(n_lengths))), np.zeros(n_outcomes))
    if n_outcomes == 0:
        return np.exp(start[:n_lengths])
    apart = [np.square(np.subtract.outer(column, column)) for column in x.T]
    bounds = [(np.log(_SHORTEST), np.log(_LONGEST))] * n_lengths
    bounds += [(np.log(_LEAST_NOISE), np.log(_MOST_NOISE))] * n_outcomes
    found = minimize(
        _negative_log_likelihood,
        start,
        args=(x, z, apart),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": _STEPS, "ftol": 1e-6},
    )
    return np.exp(found.x[:n_lengths])


def _negative_log_likelihood(logs: Array, x: Array, z: Array, apart: list[Array]) -> tuple[float, Array]:
    """Minus the log-likelihood with the prior, and its gradient, at logarithms of lengths and then of relative noises.

    With A = K + noise I of m draws: m / 2 log(z' A^-1 z) + 1 / 2 log|A|, summed over outcomes.
    """
    n_lengths, m = x.shape[1], len(x)
    lengths, noises = np.exp(logs[:n_lengths]), np.exp(logs[n_lengths:])
    covariance = _covariance(x, x, lengths)
    size, direction = np.linalg.eigh(covariance)
    size = np.maximum(size, 0)
    turned = direction.T @ z
    off = np.log(lengths / (_TYPICAL * np.sqrt(n_lengths)))
    value, gradient = 0.5 * float(off @ off), np.zeros(logs.size)
    pull = np.zeros_like(covariance)  # derivative of the value with respect to the covariance
    for q, noise in enumerate(noises):
        inverse = 1 / (size + noise)
        solved = turned[:, q] * inverse
        quadratic = float(turned[:, q] @ solved)
        value += 0.5 * m * np.log(quadratic) - 0.5 * float(np.log(inverse).sum())
        gradient[n_lengths + q] = 0.5 * noise * (inverse.sum() - m * (solved @ solved) / quadratic)
        alpha = direction @ solved
        pull += 0.5 * ((direction * inverse) @ direction.T - m / quadratic * np.outer(alpha, alpha))
    pull *= covariance
    for j, squares in enumerate(apart):
        gradient[j] = off[j] + float(np.einsum("ij,ij->", pull, squares)) / lengths[j] ** 2
    return value, gradient
