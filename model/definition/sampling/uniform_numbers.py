"""Designs of uniform numbers behind the draws: pseudo-random, Latin hypercube, and scrambled Sobol sequence.

Every uncertain number asks for its column of the design by a key (its id), and turns it into values by its inverse
transform. What stays the same when the model changes differs between the designs:

    random            a column follows from seed and key alone: adding or reordering parameters changes no other column,
                      and the first n of N draws are the n draws (Salmon et al. 2011, counter-based generators)
    latin_hypercube   a column follows from seed, key and number of draws: adding or reordering parameters changes no
                      other column, but n draws are not the first n of N (McKay, Beckman and Conover 1979)
    sobol             all columns are coordinates of one sequence: reordering the rows of a sheet changes nothing, adding
                      a parameter changes every column; the first n of N draws are the n draws. Balanced where their
                      number is a power of 2 (Sobol 1967; direction numbers of Joe and Kuo 2008; scrambled by a random
                      linear matrix and a digital shift, Matousek 1998)
"""

from __future__ import annotations

import dataclasses
import hashlib
import warnings
from collections.abc import Sequence

import numpy as np

from model.arrays import Array
from model.choices import SAMPLINGS

SOBOL_STREAM = "design.sobol"
MOST_COORDINATES = 21_201  # direction numbers that Joe and Kuo give, and scipy has
HALF_CELL = 2.0**-31  # scipy's sequence has 30 binary digits; the middle of a cell is never 0 or 1


def uniforms(seed: int, key: str, n: int) -> Array:
    """``(n,)`` uniform numbers in (0, 1) of the pseudo-random stream that belongs to ``key``."""
    uniform: Array = np.maximum(_generator(seed, key).random(n), 2.0**-54)
    return uniform


@dataclasses.dataclass(frozen=True)
class Points:
    """Points of the unit cube, one per draw: ``n_draws`` uniform numbers by key. ``sobol``: ``(n_draws, len(keys))`` of a
    Sobol sequence."""

    sampling: str
    n_draws: int
    seed: int
    keys: tuple[str, ...] = ()
    sobol: Array | None = None

    def uniforms(self, key: str) -> Array:
        """``(n_draws,)`` uniform numbers in (0, 1): the column of ``key``. KeyError where a sequence has none."""
        if self.sobol is not None:
            return self.sobol[:, self._columns[key]]
        if self.sampling == "latin_hypercube":
            return _stratified(self.seed, key, self.n_draws)
        return uniforms(self.seed, key, self.n_draws)

    def again(self, key: str) -> Array:
        """``(n_draws,)`` pseudo-random numbers for draws that are drawn again: the design has no second point for them."""
        return uniforms(self.seed, key, self.n_draws)

    @property
    def _columns(self) -> dict[str, int]:
        return {key: i for i, key in enumerate(self.keys)}


def sampling_points(sampling: str, n_draws: int, seed: int, keys: Sequence[str]) -> Points:
    """The points of a run. ``keys``: of all columns, for a Sobol sequence from its first coordinate on.

    ValueError for another name of a design, fewer than 1 draw, a negative seed, or more columns or draws than the
    sequence has.
    """
    if sampling not in SAMPLINGS:
        raise ValueError(f"sampling must be one of {', '.join(SAMPLINGS)}, not {sampling!r}")
    if n_draws < 1 or seed < 0:
        raise ValueError(f"the number of draws must be at least 1 and the seed at least 0, not {n_draws} and {seed}")
    if sampling != "sobol" or not keys:
        return Points(sampling, n_draws, seed, tuple(keys))
    if len(keys) > MOST_COORDINATES or n_draws > 2**30:
        raise ValueError(
            f"a Sobol sequence has at most {MOST_COORDINATES:,} coordinates and 2^30 points; "
            f"asked for {len(keys):,} and {n_draws:,}"
        )
    return Points(sampling, n_draws, seed, tuple(keys), _sobol(n_draws, seed, len(keys)))


def _sobol(n_draws: int, seed: int, n_columns: int) -> Array:
    from scipy.stats import qmc  # slow to load, and the other designs do without it

    sequence = qmc.Sobol(n_columns, scramble=True, bits=30, seed=_generator(seed, SOBOL_STREAM))
    with warnings.catch_warnings():  # a number of draws that is no power of 2 is told where results are stated
        warnings.simplefilter("ignore", UserWarning)
        points: Array = sequence.random(n_draws) + HALF_CELL
    return np.asfortranarray(points)  # a column is read at a time


def _stratified(seed: int, key: str, n: int) -> Array:
    """One number in each of ``n`` equal intervals, in random order."""
    generator = _generator(seed, key)
    order = generator.permutation(n)
    uniform: Array = np.clip((order + generator.random(n)) / n, 2.0**-54, 1 - 2.0**-53)
    return uniform


def _generator(seed: int, key: str) -> np.random.Generator:
    digest = hashlib.sha256(key.encode()).digest()
    entropy = [seed, *np.frombuffer(digest[:16], dtype=np.uint32).tolist()]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))
