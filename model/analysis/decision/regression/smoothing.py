"""Penalised least squares, smoothed as far as the outcome asks for: the regression behind EVPPI.

How much each term of a design is smoothed is chosen for each outcome by restricted maximum likelihood, with
the fixed-point iteration of Wood and Fasiolo (2017). Penalties are diagonal, and for one parameter so is the
Gram matrix: nothing larger than a vector is then needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.linalg import lapack
from scipy.spatial import KDTree

from model.analysis.decision.regression.splines import NO_TERM, Basis, Indices
from model.arrays import Array

_RIDGE = 1e-9  # of the draws: keeps duplicated or collinear parameters solvable and costs no accuracy
_ITERATIONS, _SETTLED = 40, 0.01  # settled: no term's effective degrees of freedom moves by more than this
_HEAVIEST, _LIGHTEST = 1e9, 1e-9  # smoothing parameters per draw: a straight line, an unpenalised spline
_NEIGHBOUR_DIMENSIONS = 5


@dataclass(frozen=True)
class Smoothed:
    """Outcomes regressed on a design.

    `fitted`: `(n_draws, n_outcomes)`, with the mean of the outcome. `noise`: residual standard deviations
    `(n_outcomes,)`. `roots`: one for each outcome; `noise * root @ z` for standard normal z is a draw of
    coefficients about their estimate. A vector stands for a diagonal matrix.
    """

    design: Basis
    fitted: Array
    noise: Array
    roots: tuple[Array, ...]


def smooth(design: Basis, outcomes: Array, using: Indices) -> Smoothed:
    """Regresses each outcome `(n_draws, n_outcomes)` on the design, each with its own smoothing.

    Coefficients are estimated from the draws `using`. Fitted values are for every draw, and their mean is
    that of all outcomes, so that they say how the parameters move an outcome and not where its mean lies.
    """
    mean = outcomes.mean(axis=0)
    columns, centred = (all_draws[using] for all_draws in (design.columns, outcomes))
    columns -= columns.mean(axis=0)
    centred -= centred.mean(axis=0)
    n = using.size
    gram = columns.T @ columns
    moments = columns.T @ centred
    squares = np.einsum("ij,ij->j", centred, centred)
    negligible = (1e-12 * np.abs(outcomes).max(axis=0)) ** 2 * n

    coefficients = np.zeros_like(moments)
    noise = np.zeros(squares.size)
    roots = []
    for q, total in enumerate(squares.tolist()):
        if total <= negligible[q]:
            roots.append(np.zeros(len(moments)))
            continue
        coefficients[:, q], noise[q], root = _restricted_maximum_likelihood(design, gram, moments[:, q], total, n)
        roots.append(root)
    return Smoothed(design, mean + design.columns @ coefficients, noise, tuple(roots))


def _restricted_maximum_likelihood(
    design: Basis, gram: Array, moment: Array, total: float, n: int
) -> tuple[Array, float, Array]:
    """Coefficients, residual standard deviation, root of the inverse penalised Gram.

    Smoothing parameter of a term <- noise^2 * (its effective degrees of freedom) / (its roughness).
    """
    penalised = design.term != NO_TERM
    term, penalty = design.term[penalised], design.penalty[penalised]
    n_terms = int(design.term.max(initial=NO_TERM)) + 1
    columns_of_term = np.bincount(term, minlength=n_terms)
    typical = np.bincount(term, penalty, n_terms) / np.maximum(columns_of_term, 1)
    typical[typical == 0] = 1.0
    smoothing = n / typical

    weight = np.zeros(len(moment))
    before = np.full(n_terms, np.inf)
    for _ in range(_ITERATIONS):
        weight[penalised] = smoothing[term] * penalty
        root = _inverse_root(gram, weight + _RIDGE * n, design.orthogonal)
        solution = root**2 * moment if root.ndim == 1 else root @ (root.T @ moment)
        variance = root**2 if root.ndim == 1 else np.einsum("ij,ij->i", root, root)
        residual = float(total - 2 * solution @ moment + solution @ gram @ solution)
        residual = max(residual, 1e-14 * total)
        shrunk = np.bincount(term, weight[penalised] * variance[penalised], n_terms)
        freedom = np.maximum(columns_of_term - shrunk, 0)
        noise = residual / max(n - 1 - (len(moment) - shrunk.sum()), 1)
        if np.abs(freedom - before).max(initial=0) < _SETTLED:
            break
        before = freedom
        roughness = np.bincount(term, penalty * solution[penalised] ** 2, n_terms)
        smoothing = noise * freedom / np.maximum(roughness, 1e-300)
        smoothing = np.clip(smoothing, _LIGHTEST * n / typical, _HEAVIEST * n / typical)
    return solution, float(np.sqrt(noise)), root


def _inverse_root(gram: Array, weight: Array, orthogonal: bool) -> Array:
    """R with R R' the inverse of gram + diag(weight); a vector, its diagonal, where the design is orthogonal.

    LAPACK's triangular inverse takes a third of the time of `numpy.linalg.inv`.
    """
    if orthogonal:
        return np.asarray(1 / np.sqrt(gram.diagonal() + weight), dtype=np.float64)
    penalised = gram.copy()
    penalised.ravel()[:: len(gram) + 1] += weight  # its diagonal
    factor, failed = lapack.dpotrf(penalised.T, lower=0, clean=1, overwrite_a=1)
    if failed:
        raise np.linalg.LinAlgError("the penalised regression has no unique solution")
    return np.asarray(lapack.dtrtri(factor, lower=0, overwrite_c=1)[0], dtype=np.float64)


def told_from_chance(regression: Smoothed, outcomes: Array, level: float) -> NDArray[np.bool_]:
    """Does the regression of outcomes `(n_draws, n_outcomes)` explain more than chance would? `(n_outcomes,)`.

    F test with the effective degrees of freedom as those of the regression (Hastie and Tibshirani 1990, section 3.9).
    """
    n = len(outcomes)
    columns = regression.design.columns
    told = np.zeros(outcomes.shape[1], dtype=bool)
    for q, (noise, root) in enumerate(zip(regression.noise.tolist(), regression.roots, strict=True)):
        shaped = columns * root if root.ndim == 1 else columns @ root
        freedom = max(float(np.square(shaped - shaped.mean(axis=0)).sum()), 1.0)
        if noise > 0:
            left = noise**2 * (n - 1 - freedom)
            explained = float(np.square(outcomes[:, q] - outcomes[:, q].mean()).sum()) - left
            told[q] = special.fdtrc(freedom, n - 1 - freedom, max(explained, 0) / freedom / noise**2) < level
    return told


def missed_shares(group: Sequence[Array], fitted: Array, outcomes: Array, of_threshold: Sequence[slice]) -> Array:
    """Share of the variance of the outcomes of each threshold, the largest of any, that neighbours in the group's parameters
    share in residuals, `(n_thresholds,)`.

    Were nothing missed, residuals of neighbours would differ by twice the residual variance (von Neumann
    1941): what they differ by less is a function of the parameters. In a large group, neighbours in the
    parameters that correlate most with any outcome; thresholds with the same ones share the search for them.
    """
    lines = np.column_stack([(x - x.mean()) / (x.std() or 1) for x in group])
    neighbours: dict[tuple[int, ...], tuple[Indices, Indices]] = {}
    missed = []
    for s in of_threshold:
        total = outcomes[:, s].var(axis=0)
        varies = total > (1e-12 * np.abs(outcomes[:, s]).max(axis=0)) ** 2
        centred = (outcomes[:, s] - outcomes[:, s].mean(axis=0)) / np.sqrt(np.where(varies, total, 1))
        influence = np.abs(lines.T @ centred).max(axis=1)
        chosen = tuple(np.sort(np.argsort(-influence, kind="stable")[:_NEIGHBOUR_DIMENSIONS]).tolist())
        if chosen not in neighbours:
            neighbours[chosen] = _neighbours(lines[:, chosen])
        first, second = neighbours[chosen]
        residual = outcomes[:, s] - fitted[:, s]
        differ = np.square(residual[first] - residual[second]).mean(axis=0) / 2
        shared = np.maximum(residual.var(axis=0) - differ, 0)
        missed.append(np.divide(shared, total, out=np.zeros_like(total), where=varies).max())
    return np.array(missed)


def _neighbours(points: Array) -> tuple[Indices, Indices]:
    """Pairs of draws that lie next to each other, of points `(n_draws, n_parameters)`."""
    if points.shape[1] == 1:
        order = np.argsort(points[:, 0], kind="stable")
        return order[:-1], order[1:]
    return np.arange(len(points)), KDTree(points).query(points, k=[2])[1][:, 0]
