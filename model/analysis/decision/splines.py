"""Spline bases with a diagonal penalty, for one parameter and for many with their interactions.

Each parameter gets the natural cubic spline on knots at its quantiles, written in the basis of Demmler and
Reinsch (1975): columns of unit variance, uncorrelated with each other and with the constant, ordered from
smooth to wiggly. The first is the parameter itself, standardised; column k adds `penalty[k]` to the integral
of the squared second derivative. Pairs of parameters interact through products of their smoothest columns,
penalised by the sum of both curvatures (a tensor product as in Wood 2006, the main effects taken out).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.interpolate import CubicSpline

from model.analysis.decision.checks import FloatArray

NO_TERM = -1
"""The term of columns that are not penalised."""

_FEW = 5  # parameters up to which every pair interacts and straight lines are not penalised


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


def design(parameters: Sequence[FloatArray], outcomes: FloatArray) -> Design | None:
    """Regression columns for a group of parameters, each `(n_draws,)`; None where all are constant.

    Main effects of all, and products for the pairs that explain most of what main effects leave of any of
    the outcomes `(n_draws, n_outcomes)`. Few draws get few knots and few pairs.
    """
    n = len(outcomes)
    knots, interacting, n_pairs = _size(len(parameters))
    knots = min(knots, max(n // (5 * len(parameters)), 2))
    margins = [m for m in (margin(values, knots) for values in parameters) if m is not None]
    if not margins:
        return None
    affordable = max(n // 5 - sum(m.penalty.size for m in margins), 0) // interacting**2
    pairs = strongest_interactions(margins, outcomes, min(n_pairs, affordable))
    return _assembled(margins, pairs, interacting)


def _size(n_parameters: int) -> tuple[int, int, int]:
    """Knots of a parameter, columns of each that interact, and how many pairs do."""
    if n_parameters <= 2:
        return (20, 5, n_parameters - 1) if n_parameters == 1 else (12, 5, 1)
    return (10, 4, 10) if n_parameters <= _FEW else (6, 3, 20)


def _assembled(margins: Sequence[Margin], pairs: Sequence[tuple[int, int]], interacting: int) -> Design:
    """Terms: the curvature of each parameter, that of each pair, and one ridge for what is not curved.

    The ridge takes the plain products of pairs and, where parameters are many, their straight lines.
    """
    ridge = len(margins)
    lines = ridge if len(margins) > _FEW else NO_TERM
    columns = [m.columns for m in margins]
    penalty = [np.append(0.0 if lines == NO_TERM else 1.0, m.penalty[1:]) for m in margins]
    term = [np.append(lines, np.full(m.penalty.size - 1, number)) for number, m in enumerate(margins)]
    for number, (a, b) in enumerate(pairs, start=ridge + 1):
        first, second = (margins[i].smoothest(interacting) for i in (a, b))
        product = (first.columns[:, :, None] * second.columns[:, None, :]).reshape(len(first.columns), -1)
        curvature = np.add.outer(first.penalty, second.penalty).ravel()
        columns.append(product - product.mean(axis=0))
        penalty.append(np.where(curvature == 0, 1.0, curvature))
        term.append(np.where(curvature == 0, ridge, number))
    return Design(
        np.hstack(columns), np.concatenate(penalty), np.concatenate(term), orthogonal=len(margins) == 1
    )


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
