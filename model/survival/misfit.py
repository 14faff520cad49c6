"""How far curves that share their coefficients are from published statistics: what a calibration minimises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array
from model.survival.families.base import Distribution
from model.survival.predicted_statistics import (
    applies,
    as_fitted,
    correlation_of,
    error_of,
    information_scale,
    observed_value,
    one_sided_residuals,
    predicted_values,
)
from model.survival.summary_statistics import NotReached, Statistic, point_on_curve


@dataclass(frozen=True, eq=False)
class Misfit:
    """The curves of a calibration with the statistics that apply to each, (n,) in all.

    used: which of those given apply, (n_given,); observed, errors: value and standard error on each one's own scale.
    """

    parts: tuple[tuple[Distribution, tuple[Statistic, ...]], ...]
    used: NDArray[np.bool_]
    observed: Array
    errors: Array

    @staticmethod
    def of(parts: Sequence[tuple[Distribution, Sequence[Statistic]]]) -> Misfit:
        used = np.array([applies(family, statistic) for family, given in parts for statistic in given], dtype=bool)
        kept = tuple((family, tuple(as_fitted(s) for s in given if applies(family, s))) for family, given in parts)
        applied = [statistic for _, chosen in kept for statistic in chosen]
        observed = np.array([observed_value(s) for s in applied])
        return Misfit(kept, used, observed, np.array([error_of(s) for s in applied]))

    @property
    def family(self) -> Distribution:
        return self.parts[0][0]

    @property
    def applied(self) -> list[Statistic]:
        return [statistic for _, chosen in self.parts for statistic in chosen]

    @property
    def n_points(self) -> int:
        """Statistics that can determine a coefficient; one of one side cannot."""
        return sum(not isinstance(statistic, NotReached) for statistic in self.applied)

    @property
    def last_time(self) -> float:
        """The largest time of a statistic; 1 where there is none."""
        return max((point[0] for s in self.applied if (point := point_on_curve(s)) is not None), default=1.0)

    def predicted(self, estimates: Array) -> Array:
        """What the curves with estimates (..., k) say, (..., n)."""
        return np.concatenate([predicted_values(family, estimates, chosen) for family, chosen in self.parts], axis=-1)

    def standardised(self, estimates: Array) -> Array:
        """(predicted - observed) / standard error, (..., n)."""
        return (self.predicted(estimates) - self.observed) / self.errors

    def residuals(self, estimates: Array) -> Array:
        """What is minimised in squares, (..., n)."""
        return one_sided_residuals(self.applied, self.standardised(estimates))

    def information_scale(self, estimates: Array) -> Array:
        """By what the derivative of each residual is multiplied to be the root of its information, (n,)."""
        return information_scale(self.applied, self.standardised(estimates))

    def correlation(self, estimates: Array) -> Array:
        """Of the statistics, (n, n): that of each curve, none between curves."""
        matrix, start = np.eye(len(self.errors)), 0
        for family, chosen in self.parts:
            place = slice(start, start + len(chosen))
            matrix[place, place] = correlation_of(family, family.to_natural(estimates), chosen, self.errors[place])
            start = place.stop
        return matrix


def derivatives(function: Callable[[Array], Array], at: Array, steps: Array) -> Array:
    """Derivatives (n, k) of a function (..., k) -> (..., n) at (k,), by differences of the fourth order of the steps (k,)."""
    moved = np.multiply.outer([1.0, -1.0, 2.0, -2.0], np.diag(steps))
    above, below, far_above, far_below = function(at + moved)
    by_coefficient = (8 * (above - below) - (far_above - far_below)) / (12 * steps[:, None])
    return np.asarray(by_coefficient.T)


def slopes(function: Callable[[Array], Array], at: Array) -> Array:
    """The same of the second order, of the steps that SciPy's optimisers take away from bounds."""
    steps = np.finfo(float).eps ** (1 / 3) * np.maximum(1.0, np.abs(at))
    above, below = at + np.diag(steps), at - np.diag(steps)
    by_coefficient = (function(above) - function(below)) / np.diag(above - below)[:, None]
    return np.asarray(by_coefficient.T)
