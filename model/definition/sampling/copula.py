"""Correlated numbers: a Gaussian copula over the columns of a design (Nelsen 2006).

The columns of correlated inputs become standard normal numbers, are multiplied by a root of the correlation matrix, and
become uniform again; the inverse transform of each input then keeps its own distribution. A curve enters with its level, a
standard normal number already. In the alphabetical order of their ids each input keeps the part of its column that those
before it leave, so the first one of a correlated group has the draws it would have alone. All columns come from one design,
whose evenness in single inputs holds for that first one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from scipy import special

from model.arrays import Array
from model.definition.records.correlations import Correlation, correlation_matrix
from model.definition.sampling.levels import CurveLevel, standard_normals
from model.definition.sampling.uniform_numbers import Points

NOTHING_LEFT = 1e-12
"""Variance that the others leave of a standard normal number, up to which it is theirs altogether: rounding."""


@dataclasses.dataclass(frozen=True, eq=False)
class Correlated:
    """What is drawn together: ``uniforms`` ``(n_draws,)`` by id of an input, ``levels`` ``(n_draws,)`` by id of a curve."""

    uniforms: Mapping[str, Array]
    levels: Mapping[str, Array]


def correlated_columns(
    rows: Sequence[Correlation], varying: set[str], levels: Mapping[str, CurveLevel], points: Points
) -> Correlated:
    """The columns of every input in ``varying`` or curve in ``levels`` that has a correlation with another of them."""
    drawn = varying | levels.keys()
    ids, matrix = correlation_matrix([r for r in rows if r.first in drawn and r.second in drawn])
    if not ids:
        return Correlated({}, {})
    own = {name: points.uniforms(name) for name in ids if name not in levels}
    standard = [
        levels[name].of(standard_normals(levels[name].keys, points.uniforms)) if name in levels else special.ndtri(own[name])
        for name in ids
    ]
    uniforms, moved = {}, {}
    for i, (name, weights) in enumerate(zip(ids, triangular_root(matrix), strict=True)):
        first = weights[i] == 1  # of its group
        mixed = standard[i] if first else _mixed(weights, standard, points.n_draws)
        if name in levels:
            moved[name] = mixed
        else:
            uniforms[name] = own[name] if first else np.clip(special.ndtr(mixed), 2.0**-54, 1 - 2.0**-53)
    return Correlated(uniforms, moved)


def triangular_root(matrix: Array) -> Array:
    """The lower-triangular L with L L' = ``matrix``, a correlation matrix ``(n, n)`` that may be singular.

    Cholesky's recursion, in which a variable that those before it leave nothing of has no part of its own (Higham 1990,
    Analysis of the Cholesky decomposition of a semi-definite matrix). Two inputs of correlation 1 so have one number. A root
    by eigenvectors would leave them a difference of 1e-8, and the first input another number than it has alone.
    """
    try:
        root: Array = np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
        if root.diagonal().min() > np.sqrt(NOTHING_LEFT):
            return root
    except np.linalg.LinAlgError:
        pass
    root = np.zeros_like(matrix)
    for j in range(len(matrix)):
        rest = matrix[j:, j] - root[j:, :j] @ root[j, :j]
        if rest[0] > NOTHING_LEFT:
            root[j:, j] = rest / np.sqrt(rest[0])
    return root


def _mixed(weights: Array, standard: Sequence[Array], n_draws: int) -> Array:
    """``(n_draws,)`` weighted sum of standard normals."""
    return sum((w * z for w, z in zip(weights, standard, strict=True) if w), np.zeros(n_draws))


def rank_correlation(correlation: float) -> float:
    """Spearman's rank correlation of two inputs whose normal scores have this correlation: 6/pi asin(r/2)."""
    return float(6 / np.pi * np.arcsin(correlation / 2))
