"""Causal convolution by fast Fourier transform, with its error."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from model.arrays import Array

_ROWS = 8  # transformed together: what stays in a processor's own cache takes half the time

Complex = NDArray[np.complex128]


def convolve(arrivals: Array, remaining: Array) -> Array:
    """sum over u <= k of arrivals_u remaining_(k-u), (n, n_times); arrivals: (n, n_times) or (1, n_times), remaining: as
    many or fewer, none of it negative.

    A right-angle convolution: with the weights w_j = exp(i pi j / 2N) a cyclic convolution of length N, taken back by the
    same weights, has the first N sums as its real part and those that wrap round as its imaginary one, so that no row is
    padded to twice its length (Crandall and Fagin 1994, Math Comp 62:305; Crandall and Pomerance 2005, section 9.5.3). The
    error is that of rounding, about 1e-16 times the root of the sum of squares of both (Schatzman 1996, SIAM J Sci Comput
    17:1150): for arrivals that sum to at most 1 and survival functions below 1e-14. What rounding leaves below 0 is 0.
    """
    n, n_times = max(len(arrivals), len(remaining)), arrivals.shape[1]
    length = fft.next_fast_len(n_times)
    weights, back = _weights(length)
    room = np.zeros((2, _ROWS, length), dtype=complex)

    def transformed(values: Array, rows: slice, place: int) -> Complex:
        some = values if len(values) == 1 else values[rows]
        weighted: Complex = room[place, : len(some)]
        weighted[:, some.shape[1] :] = 0.0
        np.multiply(some, weights[: some.shape[1]], out=weighted[:, : some.shape[1]])
        spectrum: Complex = fft.fft(weighted, axis=1)
        return spectrum

    sums = np.empty((n, n_times))
    for start in range(0, n, _ROWS):
        rows = slice(start, start + _ROWS)
        spectrum = transformed(arrivals, rows, 0) * transformed(remaining, rows, 1)
        found = fft.ifft(spectrum, axis=1, overwrite_x=True)[:, :n_times]
        low = sums[rows]
        np.multiply(found.real, back[0, :n_times], out=low)
        low += found.imag * back[1, :n_times]
        np.maximum(low, 0.0, out=low)
    return sums


@lru_cache(maxsize=16)
def _weights(length: int) -> tuple[Complex, Array]:
    """Weights (length,), and the cosines and sines (2, length) that give the real part of what they are taken back by."""
    angle = np.arange(length) * (np.pi / (2 * length))
    return np.cos(angle) + 1j * np.sin(angle), np.stack([np.cos(angle), np.sin(angle)])
