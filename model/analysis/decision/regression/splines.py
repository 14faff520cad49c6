"""Spline bases with a diagonal penalty, for one parameter and for many with their interactions.

Each parameter gets the natural cubic spline on knots at its quantiles, written in the basis of Demmler and
Reinsch (1975): columns of unit variance, uncorrelated with each other and with the constant, ordered from
smooth to wiggly. The first is the parameter itself, standardised; column k adds `penalty[k]` to the integral
of the squared second derivative. Pairs of parameters interact through products of their smoothest columns,
penalised by the sum of both curvatures (a tensor product as in Wood 2006, the main effects taken out).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from model.arrays import Array

Indices = NDArray[np.intp]

NO_TERM = -1
"""The term of columns that are not penalised."""

_FEW = 5  # parameters up to which every pair interacts
_FALSE_ALARM = 0.05  # probability, at most about, that a pair of many is taken that does not interact


@dataclass(frozen=True)
class Margin:
    """One parameter's spline basis at the draws: `columns` `(n_draws, k)`, `penalty` `(k,)`, first 0."""

    columns: Array
    penalty: Array

    def smoothest(self, k: int) -> "Margin":
        """The first k columns."""
        return Margin(self.columns[:, :k], self.penalty[:k])


@dataclass(frozen=True)
class Basis:
    """Centred regression columns `(n_draws, p)`, with `penalty` `(p,)` and the term `(p,)` each belongs to."""

    columns: Array
    penalty: Array
    term: Indices
    orthogonal: bool


def margin(values: Array, n_knots: int) -> Margin | None:
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


def _integrated_product(at_knots: Array, widths: Array) -> Array:
    """Integrals of products of piecewise linear functions given at the knots `(n_knots, n_functions)`."""
    left, right = at_knots[:-1], at_knots[1:]
    own = (left.T * widths) @ left + (right.T * widths) @ right
    across = (left.T * widths) @ right
    return np.asarray(own / 3 + (across + across.T) / 6, dtype=np.float64)


def informative(parameters: Sequence[Array]) -> list[Array]:
    """Standardised draws of the parameters, each `(n_draws,)`, without those that are constant or repeat another."""
    kept: list[Array] = []
    for values in parameters:
        spread = values.std()
        if spread <= 1e-12 * np.abs(values).max():
            continue
        x = (values - values.mean()) / spread
        if all(1 - abs(x @ other) / x.size > 1e-12 for other in kept):
            kept.append(x)
    return kept


def margins(parameters: Sequence[Array], n_fitted: int) -> list[Margin]:
    """The spline basis of each parameter of a group; few knots where they are many or few draws are fitted."""
    knots = min(_size(len(parameters))[0], max(n_fitted // (5 * len(parameters)), 2))
    found = (margin(values, knots) for values in parameters)
    return [m for m in found if m is not None]


def designer(group: Sequence[Margin], outcomes: Array) -> Callable[[Indices], Basis]:
    """Makes the regression columns of a group of parameters, at every draw, for estimation from some draws.

    Main effects of all, and products for every pair, of many parameters for the pairs that interact in any of
    the outcomes `(n_draws, n_outcomes)` at the draws that are fitted: no other draw has a say in it. Few draws
    get few pairs. Columns are made once for the same pairs.
    """
    _, interacting, n_pairs = _size(len(group))
    made: dict[tuple[tuple[int, int], ...], Basis] = {}

    def columns(fitted: Indices) -> Basis:
        affordable = max(fitted.size // 5 - sum(m.penalty.size for m in group), 0) // interacting**2
        pairs = tuple(strongest_interactions(group, outcomes, fitted, min(n_pairs, affordable)))
        if pairs not in made:
            made[pairs] = _assembled(group, pairs, interacting)
        return made[pairs]

    return columns


def _size(n_parameters: int) -> tuple[int, int, int]:
    """Knots of a parameter, columns of each that interact, and how many pairs do."""
    if n_parameters <= 2:
        return (20, 5, 0) if n_parameters == 1 else (12, 5, 1)
    return (10, 4, 10) if n_parameters <= _FEW else (6, 3, 20)


def _assembled(group: Sequence[Margin], pairs: Sequence[tuple[int, int]], interacting: int) -> Basis:
    """Terms: the curvature of each parameter and of each pair, one ridge for all straight lines and one for
    all plain products. A parameter alone keeps its straight line unpenalised."""
    lines, products = len(group), len(group) + 1
    alone = len(group) == 1
    columns = [m.columns for m in group]
    penalty = [np.append(0.0 if alone else 1.0, m.penalty[1:]) for m in group]
    term = [np.append(NO_TERM if alone else lines, np.full(m.penalty.size - 1, number)) for number, m in enumerate(group)]
    for number, (a, b) in enumerate(pairs, start=products + 1):
        first, second = (group[i].smoothest(interacting) for i in (a, b))
        product = (first.columns[:, :, None] * second.columns[:, None, :]).reshape(len(first.columns), -1)
        curvature = np.add.outer(first.penalty, second.penalty).ravel()
        product -= product.mean(axis=0)
        columns.append(product)
        penalty.append(np.where(curvature == 0, 1.0, curvature))
        term.append(np.where(curvature == 0, products, number))
    return Basis(np.hstack(columns), np.concatenate(penalty), np.concatenate(term), orthogonal=alone)


def strongest_interactions(group: Sequence[Margin], outcomes: Array, fitted: Indices, how_many: int) -> list[tuple[int, int]]:
    """The pairs whose product explains most of what main effects leave, for any outcome `(n_draws, q)`.

    All where they are few; else only those that explain more than the best of as many would by chance.
    """
    pairs = list(combinations(range(len(group)), 2))
    if len(pairs) <= how_many:
        return pairs
    main = np.hstack([m.smoothest(3).columns[fitted] for m in group])
    main -= main.mean(axis=0)
    centred = outcomes[fitted] - outcomes[fitted].mean(axis=0)
    gram = main.T @ main
    gram[np.diag_indices_from(gram)] += 1e-6 * len(main)
    residual = centred - main @ np.linalg.solve(gram, main.T @ centred)
    spread = residual.std(axis=0)
    lines = np.column_stack([m.columns[fitted, 0] for m in group])
    strength = np.zeros((len(group), len(group)))
    for r, s in zip(residual.T, spread, strict=True):
        if s > 0:
            np.maximum(strength, np.abs((lines.T * (r / s)) @ lines), out=strength)
    by_chance = np.sqrt(2 * np.log(len(pairs) / _FALSE_ALARM) * len(main))
    order = np.argsort([-strength[pair] for pair in pairs], kind="stable")
    return [pairs[i] for i in order[:how_many] if strength[pairs[i]] > by_chance]
