"""Correlated uniform numbers: a Gaussian copula over the columns of a design (Nelsen 2006).

The columns of correlated inputs become standard normal numbers, are multiplied by a root of the correlation matrix, and
become uniform again; the inverse transform of each input then keeps its own distribution. In the alphabetical order of
their ids each input keeps the part of its column that those before it leave, so the first one of a correlated group has
the draws it would have alone. All columns come from one design, whose evenness in single inputs holds for that first one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special

from model.arrays import Array
from model.definition.curves.coefficients import root_of
from model.definition.records.correlations import Correlation, correlation_matrix
from model.definition.sampling.uniform_numbers import Points


def correlated_uniforms(rows: Sequence[Correlation], varying: set[str], points: Points) -> dict[str, Array]:
    """``(n_draws,)`` uniform numbers by id, of every input that has a correlation with another one in ``varying``."""
    ids, matrix = correlation_matrix([r for r in rows if r.first in varying and r.second in varying])
    if not ids:
        return {}
    root = root_of(matrix)
    own = [points.uniforms(name) for name in ids]
    standard = [special.ndtri(u) for u in own]
    found = {}
    for i, (name, weights) in enumerate(zip(ids, root, strict=True)):
        if weights[i] == 1:  # the first of its group
            found[name] = own[i]
            continue
        mixed = sum((w * z for w, z in zip(weights, standard, strict=True) if w), np.zeros(points.n_draws))
        found[name] = np.clip(special.ndtr(mixed), 2.0**-54, 1 - 2.0**-53)
    return found


def rank_correlation(correlation: float) -> float:
    """Spearman's rank correlation of two inputs whose normal scores have this correlation: 6/pi asin(r/2)."""
    return float(6 / np.pi * np.arcsin(correlation / 2))
