"""The curve of one group among several whose coefficients are drawn as one vector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.survival.families.base import Distribution


class OneOfSeveral(Distribution):
    """The curve of a family that takes some of the coefficients of a longer vector, which its group shares with others.

    own: the family; places: of its coefficients in the vector. parameters, estimation_scale, time_role: of the vector. Draws of
    the vector keep what the groups have in common, and what each has alone, such as the errors of its Kaplan-Meier curve.
    """

    name = "one_of_several"

    def __init__(
        self,
        own: Distribution,
        places: Sequence[int],
        parameters: Sequence[str],
        estimation_scale: Sequence[str],
        time_role: Sequence[str],
    ):
        self.own, self.places = own, tuple(places)
        self.proportional_hazards, self.label = own.proportional_hazards, own.label
        self.parameters, self.estimation_scale = tuple(parameters), tuple(estimation_scale)
        self.time_role = tuple(time_role)

    @property
    def identity(self) -> tuple[object, ...]:
        return (self.name, self.places, self.parameters, *self.own.identity)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:  # type: ignore[override]
        return OneOfSeveral, (self.own, self.places, self.parameters, self.estimation_scale, self.time_role)

    def of_own(self, coefficients: ArrayLike) -> Array:
        """The coefficients of the family itself, of those of the vector ``(..., k)``."""
        return np.asarray(coefficients, dtype=float)[..., list(self.places)]

    def valid(self, coefficients: ArrayLike) -> NDArray[np.bool_]:
        return super().valid(coefficients) & self.own.valid(self.of_own(coefficients))

    def edge(self, coefficients: Array) -> str:
        return self.own.edge(self.of_own(coefficients))

    def rescale_time(self, coefficients: ArrayLike, factor: ArrayLike) -> Array:
        """Not possible: a Kaplan-Meier part of the family would move."""
        raise ValueError("a curve whose coefficients others share cannot be rescaled in time.")

    def _taken(self, columns: tuple[Array, ...]) -> list[Array]:
        return [columns[place] for place in self.places]

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        return self.own._cumulative_hazard(time, *self._taken(columns))

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        return self.own._log_hazard(time, *self._taken(columns))

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        return self.own._quantile(probability, *self._taken(columns))

    def _mean(self, *columns: Array) -> Array:
        return self.own._mean(*self._taken(columns))

    def _restricted_mean(self, limit: float, *columns: Array) -> Array:
        return self.own._restricted_mean(limit, *self._taken(columns))
