"""The curve of one group among several whose coefficients are drawn as one vector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.survival.families.base import Distribution
from model.survival.families.kaplan_meier_tail import KaplanMeierTail, factor_names


class OneOfSeveral(Distribution):
    """The curve of a family that takes some of the coefficients of a longer vector, which its group shares with others.

    own: the family; places: of its coefficients in the vector. parameters, estimation_scale, time_role: of the vector. Draws
    of it keep what the groups have in common, and what each has alone, such as the errors of its Kaplan-Meier curve.
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


def behind_own_parts(parts: Mapping[str, KaplanMeierTail], group: str, shared: Distribution) -> tuple[OneOfSeveral, Array]:
    """The curve of a group among those that share the coefficients of a tail, and the factors ``(J,)`` that go before these.

    parts: by group, the Kaplan-Meier curve with which it begins (a group that is not there has none). shared: the tail of the
    group itself. The vector holds the factors of every group, 1 in the base case, then the coefficients of the tail.
    """
    names = [f"{name}.{factor}" for name, part in parts.items() for factor in factor_names(len(part.cuts))]
    own = [i for i, name in enumerate(names) if name.startswith(f"{group}.")]
    made = OneOfSeveral(
        parts.get(group, shared),
        (*own, *range(len(names), len(names) + len(shared.parameters))),
        (*names, *shared.parameters),
        (*("log",) * len(names), *shared.estimation_scale),
        (*("shape",) * len(names), *shared.time_role),
    )
    return made, np.ones(len(names))
