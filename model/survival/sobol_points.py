"""The first points of a scrambled Sobol sequence in few coordinates: those of SciPy's, without its statistics.

SciPy's generator comes with all its distributions, which take longer to load than anything here takes to calculate.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array

_BITS = 30
_DIRECTIONS = (
    (1, (1,)),
    (3, (1,)),
    (7, (1, 3)),
    (11, (1, 3, 1)),
    (13, (1, 1, 1)),
    (19, (1, 1, 3, 3)),
    (25, (1, 3, 5, 13)),
    (37, (1, 1, 5, 5, 17)),
    (41, (1, 1, 5, 5, 5)),
    (47, (1, 1, 7, 11, 19)),
    (55, (1, 1, 5, 1, 1)),
    (59, (1, 1, 1, 3, 11)),
)
"""By coordinate: the primitive polynomial as bits, and the first direction numbers (Joe and Kuo 2008, SIAM J Sci Comput
30:2635; their file new-joe-kuo-6.21201)."""
MOST_COORDINATES = len(_DIRECTIONS)


def sobol_points(k: int, n: int, seed: int) -> Array:
    """The first n points (n, k) in [0, 1), scrambled by random lower triangular matrices and a shift (Matousek 1998,
    J Complex 14:527), drawn as `scipy.stats.qmc.Sobol(k, seed=seed)` draws them; k up to `MOST_COORDINATES`.
    """
    rng = np.random.default_rng(seed)
    of_bit = 2 ** np.arange(_BITS)
    shift = rng.integers(2, size=(k, _BITS), dtype=np.uint32) @ of_bit
    matrices = np.tril(rng.integers(2, size=(k, _BITS, _BITS), dtype=np.uint32), -1) + np.eye(_BITS, dtype=int)
    bits = np.array([_directions(j) for j in range(k)])[..., None] // of_bit[::-1] % 2  # of each number, the largest first
    directions = (bits @ matrices.swapaxes(1, 2) % 2) @ of_bit[::-1]
    turned = [(i & -i).bit_length() - 1 for i in range(1, n)]  # the bit in which the Gray code of i differs from the last
    points = np.bitwise_xor.accumulate(np.vstack([shift, directions[:, turned].T]), axis=0)
    return np.asarray(points / 2.0**_BITS)


def _directions(coordinate: int) -> NDArray[np.int64]:
    """The direction numbers of one coordinate, (30,), as fractions of 2^30."""
    polynomial, first = _DIRECTIONS[coordinate]
    degree = polynomial.bit_length() - 1
    numbers = list(first) if degree else [1] * _BITS
    for j in range(len(numbers), _BITS):
        terms = [numbers[j - i] << i for i in range(1, degree + 1) if polynomial >> (degree - i) & 1]
        number = numbers[j - degree]
        for term in terms:
            number ^= term
        numbers.append(number)
    return np.array([number << (_BITS - 1 - j) for j, number in enumerate(numbers)])
