"""Levels of curves in a sample: which directions of the standard normals behind their coefficients can be correlated.

The level of a curve (:mod:`model.definition.curves.level`) is one direction of its standard normals, by rotation the first
of them. A correlated level takes the place of the level that the normals have; what is at right angles to it stays.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy import special

from model.arrays import Array
from model.constants import MONTHS_PER_YEAR
from model.definition.curves.level import direction_of_normals, why_no_level
from model.definition.model_definition import ModelDefinition
from model.definition.sampling.dimensions import Uncertain, normal_keys

UniformSource = Callable[[str], Array]


@dataclasses.dataclass(frozen=True, eq=False)
class CurveLevel:
    """The level of one curve: keys of its standard normals, and its direction ``(k,)`` among them, a unit vector."""

    keys: tuple[str, ...]
    direction: Array

    def of(self, normals: Array) -> Array:
        """Levels ``(n_draws,)`` of standard normals ``(n_draws, k)``; each draw's is the same to the bit in every sample."""
        level: Array = (normals * self.direction).sum(axis=1)
        return level

    def put(self, normals: Array, level: Array) -> Array:
        """The standard normals ``(n_draws, k)`` with another level ``(n_draws,)``, otherwise as they are."""
        moved: Array = normals + np.multiply.outer(level - self.of(normals), self.direction)
        return moved


def standard_normals(keys: Sequence[str], uniform_of: UniformSource) -> Array:
    """``(n_draws, k)`` standard normals, a column of the design for each key."""
    return np.stack([special.ndtri(uniform_of(key)) for key in keys], axis=1)


def correlated_levels(definition: ModelDefinition, found: Uncertain) -> Mapping[str, CurveLevel]:
    """The levels of the curves that have a row on the sheet Correlations, by the curve's id. A curve whose draws have none
    (of a scenario: the base case's all have) is left out."""
    horizon = definition.settings.horizon_years * MONTHS_PER_YEAR
    listed = {name for row in definition.correlations for name in (row.first, row.second)}
    levels = {}
    for curve, made in found.curves.items():
        if curve.id in listed and not why_no_level(curve, made):
            direction = direction_of_normals(made, horizon)
            if np.any(direction):
                levels[curve.id] = CurveLevel(tuple(normal_keys(made)), direction)
    return levels
