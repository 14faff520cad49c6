"""A function evaluated over a design, block by block, so that no more than its outcomes are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array

Function = Callable[[Array], ArrayLike]  # points (n_points, n_columns) -> (n_points,) or (n_points, n_outcomes)
Progress = Callable[[int], None]
BLOCK_POINTS = 8192  # a few MB of inputs and outcomes at a time


def evaluate_blocks(function: Function, blocks: Iterable[Array], n_points: int, progress: Progress | None) -> Array:
    """The outcomes of every point ``(n_points, n_outcomes)``. ValueError where the function returns another shape."""
    found: Array | None = None
    start = 0
    for block in blocks:
        values = np.asarray(function(block), dtype=float)
        if values.ndim not in (1, 2) or len(values) != len(block):
            raise ValueError(
                f"the function must return one row per point, ({len(block)},) or ({len(block)}, outcomes); "
                f"it returned {values.shape}"
            )
        values = values.reshape(len(block), -1)
        if found is None:
            found = np.empty((n_points, values.shape[1]))
        found[start : start + len(block)] = values
        start += len(block)
        if progress:
            progress(len(block))
    assert found is not None
    return found


def salib_problem(groups: Sequence[str]) -> dict[str, object]:
    """A unit cube as SALib describes it: one column per entry, grouped by its input."""
    names = [f"column {i}" for i in range(len(groups))]
    return {"num_vars": len(names), "names": names, "groups": list(groups), "bounds": [[0.0, 1.0]] * len(names)}


def scaled(function: Function, bounds: Sequence[tuple[float, float]] | None) -> Function:
    """The function on the unit cube; ``bounds`` (low, high) of each column, or None where it takes the cube itself."""
    if bounds is None:
        return function
    low, high = np.array(bounds, dtype=float).T
    return lambda points: function(low + points * (high - low))
