"""The sampling error of a published survival table, from its numbers at risk or its standard errors.

The share p of those alive at the start of a piece who are alive at its end is drawn from a beta distribution with the mean p
that the table has and the variance that Greenwood (1926) gives it. Pieces are independent, so that drawn survival at the end
of a piece has the mean and the standard error of the table, and no draw rises (a beta process of the hazard: Hjort 1990, Ann
Stat 18:1259). Within a piece the cumulative hazard of the table is stretched by one factor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from model.arrays import Array
from model.shown import Shown, View, columns_view

Rows = NDArray[np.int_]

MOST_PIECES = 12
SMALLEST_TOTAL = 0.1  # of the two counts of a beta distribution: almost nothing is known of such a piece
SMALLEST_FACTOR, SMALLEST_SHARE = 1e-12, 1e-300


@dataclass(frozen=True, eq=False)
class TableError(Shown):
    """pieces: (n - 1,) the piece of the interval that begins at each row, `n_pieces` for those that are certain.

    shares: (J,) conditional survival of each piece; totals: (J,) patients that the piece is known from, as the sum of the
    two counts of its beta distribution.
    """

    pieces: Rows
    shares: Array
    totals: Array

    @property
    def n_pieces(self) -> int:
        return len(self.shares)

    @property
    def identity(self) -> tuple[object, ...]:
        return (*self.pieces.tolist(), *self.shares.tolist(), *self.totals.tolist())

    @property
    def log_errors(self) -> Array:
        """Standard errors (J,) of the logarithms of the factors, by the delta method."""
        relative = (1 - self.shares) / (self.shares * (self.totals + 1))
        return np.sqrt(relative) / -np.log(self.shares)

    @property
    def covariance(self) -> Array:
        """Covariance (J, J) of the logarithms of the factors."""
        return np.diag(self.log_errors**2)

    def factors(self, steps: Array) -> Array:
        """Factors (..., J) of the pieces' cumulative hazards for normal steps (..., J) of their logarithms: the beta
        quantiles of conditional survival at the probabilities of the steps."""
        z = steps / self.log_errors
        dead = special.betaincinv(self.totals * (1 - self.shares), self.totals * self.shares, special.ndtr(z))
        alive = np.maximum(1 - dead, SMALLEST_SHARE)
        hazard = np.where(dead < 0.5, -np.log1p(-np.minimum(dead, 0.5)), -np.log(alive))
        return np.maximum(hazard / -np.log(self.shares), SMALLEST_FACTOR)

    def steps(self, factors: Array) -> Array:
        """The inverse of :meth:`factors`."""
        dead = -np.expm1(factors * np.log(self.shares))
        below = special.betainc(self.totals * (1 - self.shares), self.totals * self.shares, dead)
        return special.ndtri(np.clip(below, 1e-300, 1 - 1e-16)) * self.log_errors

    def view(self) -> View:
        """Conditional survival of each piece, and the patients that it is known from."""
        columns = {"Conditional survival": self.shares, "Patients": self.totals}
        return columns_view(f"Sampling error of a survival table in {self.n_pieces} pieces", columns)


def table_error(
    times: ArrayLike, survival: ArrayLike, at_risk: ArrayLike, standard_errors: ArrayLike, most: int = MOST_PIECES
) -> TableError | None:
    """The sampling error of a survival table, or None where nothing says what it is.

    times, survival, at_risk, standard_errors: (n,), the last two nan where not printed. Numbers at risk hold from a row to
    the next; between printed ones they fall evenly, after the last one with survival. Where a standard error is printed the
    numbers at risk of the curve are not used; intervals after the last one are certain given survival there.

    >>> from model import survival
    >>> none = [float("nan")] * 3
    >>> survival.table_error([0.0, 6.0, 12.0], [1.0, 0.8, 0.6], none, none) is None  # nothing says how uncertain it is
    True
    """
    t, s, n, se = (np.asarray(a, dtype=float) for a in (times, survival, at_risk, standard_errors))
    given = np.isfinite(se)
    if given.any():
        ends, variances = _of_standard_errors(s, se, np.flatnonzero(given))
    elif np.isfinite(n).any():
        ends, variances = _of_numbers(t, s, n)
    else:
        return None
    starts = np.append(0, ends[:-1])
    return _in_pieces(s, starts, ends, variances, most)


def _of_numbers(t: Array, s: Array, n: Array) -> tuple[Rows, Array]:
    """Rows at which each interval ends, and the relative variance of its conditional survival, (1 - p) / (n p)."""
    printed = np.flatnonzero(np.isfinite(n))
    at_risk, last = np.where(np.isfinite(n), n, np.interp(t, t[printed], n[printed])), printed[-1]
    at_risk[last:] = n[last] * s[last:] / s[last] if s[last] > 0 else n[last]
    ends = 1 + np.flatnonzero(s[1:] > 0)
    p = s[ends] / s[ends - 1]
    return ends, (1 - p) / (np.maximum(at_risk[ends - 1], 1e-9) * p)


def _of_standard_errors(s: Array, se: Array, rows: Rows) -> tuple[Rows, Array]:
    """The same from standard errors: 1 + relative variance multiplies over independent intervals."""
    ends = rows[(rows > 0) & (s[rows] > 0)]
    grown = 1 + (se[ends] / s[ends]) ** 2
    before = np.append(1.0, np.maximum.accumulate(grown)[:-1])
    return ends, np.maximum(grown / before - 1, 0.0)


def _in_pieces(s: Array, starts: Rows, ends: Rows, variances: Array, most: int) -> TableError | None:
    """Neighbouring intervals put together, so that at most so many pieces of about equal numbers of deaths are left."""
    deaths = s[starts] - s[ends]
    if not len(ends) or not (deaths > 0).any() or not (variances > 0).any():
        return None
    done = np.cumsum(deaths) / deaths.sum()
    number = np.minimum((done * most - 1e-9).astype(int), most - 1) if np.sum(deaths > 0) > most else np.cumsum(deaths > 0)
    pieces = np.full(len(s) - 1, -1)
    shares: list[float] = []
    totals: list[float] = []
    for k in np.unique(number):
        inside = np.flatnonzero(number == k)
        first, last = starts[inside[0]], ends[inside[-1]]
        share = float(s[last] / s[first])
        relative = float(np.prod(1 + variances[inside])) - 1
        if not 0 < share < 1 or relative <= 0:
            continue
        pieces[first:last] = len(shares)
        shares.append(share)
        totals.append(max((1 - share) / (share * relative) - 1, SMALLEST_TOTAL))
    pieces[pieces < 0] = len(shares)
    return TableError(pieces, np.array(shares), np.array(totals)) if shares else None
