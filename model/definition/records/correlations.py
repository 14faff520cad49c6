"""Correlations between uncertain inputs: pairs as given, and their matrix."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from model.arrays import Array
from model.definition.records.columns import column
from model.definition.records.record import Record

ROUNDING = 1e-9  # an eigenvalue that far below zero is one of zero
DECIMALS = 3


@dataclasses.dataclass(frozen=True, kw_only=True)
class Correlation(Record):
    """The correlation of two uncertain inputs, between their normal scores (Gaussian copula); a curve's is its level."""

    first: str = column(
        "First input",
        "address",
        "Input id of an uncertain input, such as utilities.progression_free, or of a curve, such as curves.control.os: its "
        "level, high where its restricted mean survival is long",
        width=44,
    )
    second: str = column("Second input", "address", "Input id of another uncertain input or curve", width=44)
    value: float = column(
        "Correlation",
        "number",
        "Of the normal scores of both (Gaussian copula): for normal inputs, or logarithms of log-normal ones, their own; "
        "a rank correlation r is 2 sin(pi r / 6) here. Above 0: a high value goes with longer survival of a curve",
        minimum=-1.0,
        maximum=1.0,
        number_format="0.00#",
        width=13,
    )
    source: str = column("Source", "text", "Id of the reference", required=False, default="", width=22)
    notes: str = column("Notes", "text", "How the correlation was obtained", required=False, default="", width=60)
    KEY = ("first", "second")
    TOUCHES = "sampling"


def correlation_matrix(rows: Sequence[Correlation]) -> tuple[tuple[str, ...], Array]:
    """Ids in alphabetical order, and their correlation matrix ``(n, n)``; pairs not listed are uncorrelated."""
    ids = tuple(sorted({name for row in rows for name in (row.first, row.second)}))
    matrix = np.eye(len(ids))
    for row in rows:
        i, j = ids.index(row.first), ids.index(row.second)
        matrix[i, j] = matrix[j, i] = row.value
    return ids, matrix


def smallest_eigenvalue(matrix: Array) -> float:
    """Below zero where no random numbers have these correlations."""
    return float(np.linalg.eigvalsh(matrix)[0]) if len(matrix) else 1.0


def possible(matrix: Array) -> bool:
    """Is the matrix positive semi-definite, up to rounding?"""
    return smallest_eigenvalue(matrix) > -ROUNDING


def nearest_correlation(matrix: Array, tolerance: float = 1e-10, steps: int = 10_000) -> Array:
    """The correlation matrix nearest to a symmetric ``matrix`` ``(n, n)`` in the Frobenius norm.

    Alternating projections onto the semi-definite matrices and those of unit diagonal, with Dykstra's correction
    (Higham 2002, IMA Journal of Numerical Analysis 22, algorithm 3.3).
    """
    nearest, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(steps):
        shifted = nearest - correction
        values, vectors = np.linalg.eigh(shifted)
        projected = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = projected - shifted
        before, nearest = nearest, (projected + projected.T) / 2
        np.fill_diagonal(nearest, 1.0)
        if np.abs(nearest - before).max() < tolerance:
            break
    return nearest


def nearest_to_type(matrix: Array) -> Array:
    """The nearest correlation matrix in three decimals, so far inside the possible ones that rounding leaves it possible."""
    nearest, inside = nearest_correlation(matrix), 0.0
    while True:
        rounded = np.round((1 - inside) * nearest + inside * np.eye(len(matrix)), DECIMALS)
        if smallest_eigenvalue(rounded) >= 0:
            return rounded
        inside = max(2 * inside, 10.0**-DECIMALS)
