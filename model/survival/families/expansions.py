"""Logarithms of a density and of its survival function with their derivatives, where a family writes them.

Newton's method then needs no differences of the likelihood. That pays where survival is dear, an incomplete gamma function,
and the density is not.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model.arrays import Array
from model.survival.families.base import Distribution

_STEP = 2e-3
_OFFSETS = _STEP * np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
_FIRST = np.array([1.0, -8.0, 0.0, 8.0, -1.0]) / (12 * _STEP)
_SECOND = np.array([-1.0, 16.0, -30.0, 16.0, -1.0]) / (12 * _STEP**2)

Slopes = tuple[Array, ...]
"""The k first derivatives, and the k (k + 1) / 2 second ones row by row of the upper triangle; each (B, n)."""


@dataclass(frozen=True, eq=False)
class Expansion:
    """A function of a location w and a shape c, each derivative (B, n) under the letters it is taken by."""

    value: Array
    w: Array
    c: Array
    ww: Array
    cw: Array
    cc: Array


class Expanded(Distribution):
    """A family that also writes derivatives by its estimates, for times (n,) and natural columns (B, 1)."""

    @abstractmethod
    def _log_density_slopes(self, time: Array, *columns: Array) -> Slopes: ...

    @abstractmethod
    def _log_survival_slopes(self, time: Array, *columns: Array) -> Slopes: ...


def of_log_survival(density: Expansion, log_survival: Callable[[Array], Array]) -> Expansion:
    """log S from the expansion of log f, where f is the density of w.

    log_survival: log S at shapes that lie (5, 1, 1) away from c, (5, B, n). By c it is differentiated by central differences
    of the fourth order; all else follows from dS/dw = -f, with h = f / S: d(log S)/dw = -h, dh/dw = h (h + d(log f)/dw) and
    dh/dc = h (d(log f)/dc - d(log S)/dc).
    """
    values = log_survival(_OFFSETS[:, None, None])
    value, by_c = values[2], np.tensordot(_FIRST, values, 1)
    hazard = np.exp(density.value - value)
    return Expansion(
        value=value,
        w=-hazard,
        c=by_c,
        ww=-hazard * (hazard + density.w),
        cw=-hazard * (density.c - by_c),
        cc=np.tensordot(_SECOND, values, 1),
    )
