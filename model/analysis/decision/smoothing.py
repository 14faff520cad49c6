"""Penalised regression splines of many outcomes on a few parameters: the regression behind EVPPI.

Each parameter gets the natural cubic spline on knots at its quantiles, written in the basis of Demmler and
Reinsch (1975): columns of unit variance, uncorrelated with each other and with the constant, ordered from
smooth to wiggly. The first is the parameter itself, standardised; column k adds `penalty[k]` to the integral
of the squared second derivative. Pairs of parameters interact through products of their smoothest columns,
penalised by the sum of both curvatures (a tensor product as in Wood 2006, the main effects taken out).

How much each term is smoothed is chosen for each outcome by restricted maximum likelihood, with the
fixed-point iteration of Wood and Fasiolo (2017). All penalties are diagonal here, and for one parameter so is
the Gram matrix: nothing larger than a vector is then needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.linalg import lapack

from model.analysis.decision.checks import FloatArray

_NO_TERM = -1
_RIDGE = 1e-9  # of the draws: keeps duplicated or collinear parameters solvable and costs no accuracy
_ITERATIONS, _SETTLED = 40, 0.01  # settled: no term's effective degrees of freedom moves by more than this
_HEAVIEST, _LIGHTEST = 1e9, 1e-9  # smoothing parameters per draw: a straight line, an unpenalised spline


@dataclass(frozen=True)
class Margin:
    """One parameter's spline basis at the draws: `columns` `(n_draws, k)`, `penalty` `(k,)`, first 0."""

    columns: FloatArray
    penalty: FloatArray

    def smoothest(self, k: int) -> "Margin":
        """The first k columns."""
        return Margin(self.columns[:, :k], self.penalty[:k])


@dataclass(frozen=True)
class Design:
    """Centred regression columns `(n_draws, p)`, with `penalty` `(p,)` and the term `(p,)` each belongs to."""

    columns: FloatArray
    penalty: FloatArray
    term: np.ndarray
    orthogonal: bool


@dataclass(frozen=True)
class Fit:
    """Coefficients of each outcome and the square root of their posterior covariance.

    `fitted`: `(n_draws, n_outcomes)`, with the mean of the outcome. `noise`: residual standard deviations
    `(n_outcomes,)`. `roots`: for each outcome, `noise * root @ z` for standard normal z is a draw of
    coefficients about their estimate; a vector stands for a diagonal matrix.
    """

    fitted: FloatArray
    noise: FloatArray
    roots: tuple[FloatArray, ...]


def margin(values: FloatArray, n_knots: int) -> Margin | None:
    """The spline basis of a parameter `(n_draws,)`; None where it is constant and so carries no information.

    A parameter of few distinct values has a knot at each, and its basis is then saturated.
    """
    spread = values.std()
    if spread <= 1e-12 * np.abs(values).max():
        return None
    x = (values - values.mean()) / spread
    distinct = np.unique(x)
    knots = np.quantile(distinct, np.linspace(0, 1, min(n_knots, distinct.size)))
    knots = knots[np.append(True, np.diff(knots) > 1e-9 * np.ptp(knots))]
    if knots.size < 3:
        return Margin(x[:, None], np.zeros(1))

    spline = CubicSpline(knots, np.eye(knots.size), bc_type="natural")
    basis = spline(x)
    basis -= basis.mean(axis=0)
    roughness = _integrated_product(spline(knots, 2), np.diff(knots))

    size, direction = np.linalg.eigh(basis.T @ basis / x.size)
    kept = size > 1e-10 * size[-1]
    whiten = direction[:, kept] / np.sqrt(size[kept])
    penalty, turn = np.linalg.eigh(whiten.T @ roughness @ whiten)
    turn = whiten @ turn
    turn *= np.where(turn[-1] < turn.mean(axis=0), -1, 1)  # eigenvectors have no sign: rise at the last knot
    columns = basis @ turn
    columns[:, 0], penalty[0] = x, 0.0
    return Margin(columns, penalty)


def _integrated_product(at_knots: FloatArray, widths: FloatArray) -> FloatArray:
    """Integrals of products of piecewise linear functions given at the knots `(n_knots, n_functions)`."""
    left, right = at_knots[:-1], at_knots[1:]
    own = (left.T * widths) @ left + (right.T * widths) @ right
    across = (left.T * widths) @ right
    return np.asarray(own / 3 + (across + across.T) / 6, dtype=np.float64)


def additive(margins: Sequence[Margin]) -> Design:
    """Main effects only, a term for the curvature of each; straight lines are not penalised."""
    columns = np.hstack([m.columns for m in margins])
    penalty = np.concatenate([m.penalty for m in margins])
    term = np.repeat(np.arange(len(margins)), [m.penalty.size for m in margins])
    term[penalty == 0] = _NO_TERM
    return Design(columns, penalty, term, orthogonal=len(margins) == 1)


def with_interactions(
    main: Design, margins: Sequence[Margin], pairs: Sequence[tuple[int, int]], k: int
) -> Design:
    """Adds, for each pair of margins, the products of their k smoothest columns.

    A term for the curvature of each pair; the plain products of parameters share one more, a ridge.
    """
    columns, penalty, term = [main.columns], [main.penalty], [main.term]
    plain = len(margins)
    for number, (a, b) in enumerate(pairs, start=plain + 1):
        first, second = margins[a].smoothest(k), margins[b].smoothest(k)
        product = (first.columns[:, :, None] * second.columns[:, None, :]).reshape(len(first.columns), -1)
        curvature = np.add.outer(first.penalty, second.penalty).ravel()
        straight = curvature == 0
        columns.append(product - product.mean(axis=0))
        penalty.append(np.where(straight, 1.0, curvature))
        term.append(np.where(straight, plain, number))
    return Design(np.hstack(columns), np.concatenate(penalty), np.concatenate(term), orthogonal=False)


def strongest_interactions(
    margins: Sequence[Margin], outcomes: FloatArray, how_many: int
) -> list[tuple[int, int]]:
    """The pairs whose product explains most of what main effects leave, for any outcome `(n_draws, q)`."""
    pairs = list(combinations(range(len(margins)), 2))
    if len(pairs) <= how_many:
        return pairs
    main = np.hstack([m.smoothest(3).columns for m in margins])
    centred = outcomes - outcomes.mean(axis=0)
    gram = main.T @ main
    gram[np.diag_indices_from(gram)] += 1e-6 * len(main)
    residual = centred - main @ np.linalg.solve(gram, main.T @ centred)
    spread = residual.std(axis=0)
    lines = np.column_stack([m.columns[:, 0] for m in margins])
    strength = np.zeros((len(margins), len(margins)))
    for r, s in zip(residual.T, spread, strict=True):
        if s > 0:
            np.maximum(strength, np.abs((lines.T * (r / s)) @ lines), out=strength)
    order = np.argsort([-strength[pair] for pair in pairs], kind="stable")
    return [pairs[i] for i in order[:how_many]]


def fit(design: Design, outcomes: FloatArray) -> Fit:
    """Regresses each outcome `(n_draws, n_outcomes)` on the design, each with its own smoothing."""
    n = len(outcomes)
    mean = outcomes.mean(axis=0)
    centred = outcomes - mean
    gram = design.columns.T @ design.columns
    moments = design.columns.T @ centred
    squares = np.einsum("ij,ij->j", centred, centred)
    negligible = (1e-12 * np.abs(outcomes).max(axis=0)) ** 2 * n

    coefficients = np.zeros_like(moments)
    noise = np.zeros(squares.size)
    roots = []
    smoothing = None
    for q, total in enumerate(squares):
        if total <= negligible[q]:
            roots.append(np.zeros(len(moments)))
            continue
        coefficients[:, q], noise[q], smoothing, root = _restricted_maximum_likelihood(
            design, gram, moments[:, q], total, n, smoothing
        )
        roots.append(root)
    return Fit(mean + design.columns @ coefficients, noise, tuple(roots))


def _restricted_maximum_likelihood(
    design: Design, gram: FloatArray, moment: FloatArray, total: float, n: int, start: FloatArray | None
) -> tuple[FloatArray, float, FloatArray, FloatArray]:
    """Coefficients, residual standard deviation, smoothing parameters, root of the inverse penalised Gram.

    Smoothing parameter of a term <- noise^2 * (its effective degrees of freedom) / (its roughness).
    """
    penalised = design.term != _NO_TERM
    term, penalty = design.term[penalised], design.penalty[penalised]
    n_terms = int(design.term.max(initial=_NO_TERM)) + 1
    columns_of_term = np.bincount(term, minlength=n_terms)
    typical = np.bincount(term, penalty, n_terms) / np.maximum(columns_of_term, 1)
    typical[typical == 0] = 1.0
    smoothing = n / typical if start is None else start.copy()

    weight = np.zeros(len(moment))
    before = np.full(n_terms, np.inf)
    for _ in range(_ITERATIONS):
        weight[penalised] = smoothing[term] * penalty
        solution, variance, root = _solve(gram, weight + _RIDGE * n, moment, design.orthogonal)
        residual = total - 2 * solution @ moment + solution @ gram @ solution
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
    return solution, float(np.sqrt(noise)), smoothing, root


def _solve(
    gram: FloatArray, weight: FloatArray, moment: FloatArray, orthogonal: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Solution of (gram + diag(weight)) x = moment, diagonal and root of the inverse of that matrix."""
    if orthogonal:
        variance = 1 / (gram.diagonal() + weight)
        return moment * variance, variance, np.sqrt(variance)
    matrix = gram.copy()
    matrix[np.diag_indices_from(matrix)] += weight
    factor, failed = lapack.dpotrf(matrix, lower=0, clean=1)
    if failed:
        raise np.linalg.LinAlgError("the penalised regression has no unique solution")
    root = lapack.dtrtri(factor, lower=0)[0]
    return root @ (root.T @ moment), np.einsum("ij,ij->i", root, root), root
