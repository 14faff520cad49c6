"""Draws of which each takes a structure of its own: divided by structure, and put back in order."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array
from model.definition.sampling.draws import Draws
from model.definition.structure import STRUCTURE, STRUCTURES

Rows = NDArray[np.intp]
Part = tuple[str, Rows, Draws]
"""A structure, which draws take it, and these draws."""


def by_structure(draws: Draws) -> list[Part]:
    """The draws of each structure that any of them takes."""
    taken = np.broadcast_to(draws[STRUCTURE], draws.n_draws)
    rows = [(name, np.flatnonzero(taken == number)) for number, name in enumerate(STRUCTURES)]
    return [(name, at, draws if len(at) == draws.n_draws else draws.rows(at)) for name, at in rows if len(at)]


def in_order(parts: Sequence[tuple[Rows, Array]]) -> Array:
    """Values of all draws ``(n_draws, ...)`` from those of each structure."""
    (first, values), *others = parts
    if not others:
        return values
    found = np.empty((sum(len(rows) for rows, _ in parts), *values.shape[1:]), dtype=values.dtype)
    found[first] = values
    for rows, more in others:
        found[rows] = more
    return found


def merged(rows: Sequence[Rows], parts: Sequence[object]) -> object:
    """Records of arrays ``(n_draws, ...)``, such as `ArmStates`, of each structure as one of all draws: arrays row by row,
    mappings and records within them likewise, and anything else as in the first."""
    first = parts[0]
    if isinstance(first, np.ndarray):
        return in_order(list(zip(rows, parts, strict=True)))  # type: ignore[arg-type]
    if isinstance(first, dict):
        return {name: merged(rows, [part[name] for part in parts]) for name in first}  # type: ignore[index]
    if dataclasses.is_dataclass(first) and not isinstance(first, type):
        names = [field.name for field in dataclasses.fields(first)]
        return type(first)(**{name: merged(rows, [getattr(part, name) for part in parts]) for name in names})
    return first


def evaluated(draws: Draws, of: Callable[[str, Draws], Array]) -> Array:
    """``of(structure, draws)`` ``(n, ...)`` of the draws of each structure, in the order of all."""
    return in_order([(rows, of(name, part)) for name, rows, part in by_structure(draws)])
