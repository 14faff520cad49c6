"""Causal convolution by fast Fourier transform, with its error."""

from __future__ import annotations

import numpy as np
from scipy import fft

from model.arrays import Array


def convolve(arrivals: Array, remaining: Array) -> Array:
    """sum over u <= k of arrivals_u remaining_(k-u), (n, n_times); both (n, n_times) or (1, n_times), not negative.

    By fast Fourier transform of rows padded to twice their length, so that nothing wraps round. The error is that of
    rounding, about 1e-16 times the root of the sum of squares of both (Schatzman 1996, SIAM J Sci Comput 17:1150): for
    arrivals that sum to at most 1 and survival functions below 1e-14. What rounding leaves below 0 is 0.
    """
    n_times = arrivals.shape[1]
    length = fft.next_fast_len(2 * n_times - 1, real=True)
    spectrum = fft.rfft(arrivals, length, axis=1) * fft.rfft(remaining, length, axis=1)
    summed = fft.irfft(spectrum, length, axis=1)[:, :n_times]
    return np.maximum(summed, 0.0)
