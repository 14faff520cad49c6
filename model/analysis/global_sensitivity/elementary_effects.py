"""Morris screening: what a step of one input does, at many places among the others (elementary effects).

Morris 1991, Technometrics 33:161; mean of absolute effects and groups: Campolongo et al. 2007, Environmental Modelling &
Software 22:1509. Trajectories and statistics by SALib (Herman and Usher 2017, JOSS 2:97).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from model.analysis.columns.global_sensitivity import EFFECTS
from model.analysis.global_sensitivity.blocks import BLOCK_POINTS, Function, Progress, evaluate_blocks, salib_problem, scaled
from model.analysis.shown_result import ShownResult
from model.arrays import Array

LEVELS = 4  # of each input, with steps of two thirds of its range (Campolongo et al. 2007)
RESAMPLES = 1000
MOST_TRAJECTORIES = 100_000


@dataclasses.dataclass(frozen=True)
class ElementaryEffects(ShownResult):
    """Effects on one outcome, each ``(n_inputs,)`` and per whole range of the input.

    mean_absolute: importance (mu*), with the half-width of its 95% bootstrap interval. mean: direction (mu). spread:
    standard deviation (sigma), large where the effect is not linear or depends on other inputs. mean and spread are nan
    for inputs of several columns, which have no direction.
    """

    TITLE = "Elementary effects (Morris)"

    inputs: tuple[str, ...]
    mean_absolute: Array
    mean_absolute_half_width: Array
    mean: Array
    spread: Array

    def table(self) -> pd.DataFrame:
        """One row per input, largest mean absolute effect first."""
        found = EFFECTS.frame(
            {
                "input": self.inputs,
                "mean_absolute_effect": self.mean_absolute,
                "half_width": self.mean_absolute_half_width,
                "mean_effect": self.mean,
                "spread_of_effects": self.spread,
            }
        )
        return found.sort_values("mean_absolute_effect", ascending=False, kind="stable").reset_index(drop=True)


@dataclasses.dataclass(frozen=True)
class MorrisDesign:
    """Random trajectories over a unit cube, each of one point more than there are inputs.

    ``groups``: the input of each column; columns of one input step together. Raises ValueError for no columns, or
    numbers out of range.
    """

    groups: tuple[str, ...]
    trajectories: int
    seed: int

    def __post_init__(self) -> None:
        if not self.groups:
            raise ValueError("a sensitivity analysis needs at least one uncertain input")
        if not 2 <= self.trajectories <= MOST_TRAJECTORIES or self.seed < 0:
            raise ValueError(
                f"trajectories must be from 2 to {MOST_TRAJECTORIES:,} and the seed at least 0, "
                f"not {self.trajectories} and {self.seed}"
            )

    @cached_property
    def points(self) -> Array:
        """``(n_points, n_columns)`` in the unit cube."""
        from SALib.sample.morris import morris as samples  # slow to load, and wanted by this analysis alone

        found: Array = samples.sample(salib_problem(self.groups), self.trajectories, num_levels=LEVELS, seed=int(self.seed))
        return found

    def evaluate(self, function: Function, progress: Progress | None = None) -> Array:
        """The function's outcomes at every point ``(n_points, n_outcomes)``."""

        def blocks() -> Iterator[Array]:
            for start in range(0, len(self.points), BLOCK_POINTS):
                yield self.points[start : start + BLOCK_POINTS]

        return evaluate_blocks(function, blocks(), len(self.points), progress)

    def analyse(self, values: Array) -> ElementaryEffects:
        """Effects on one outcome ``(n_points,)``."""
        from SALib.analyze import morris as analyses  # slow to load

        found = analyses.analyze(
            salib_problem(self.groups), self.points, values, num_resamples=RESAMPLES, num_levels=LEVELS, seed=int(self.seed)
        )
        names = tuple(str(name) for name in found["names"])
        single = np.array([self.groups.count(name) == 1 for name in names])
        star, half_width, mean, spread = (
            np.ma.filled(found[k], np.nan).astype(float) for k in ("mu_star", "mu_star_conf", "mu", "sigma")
        )
        return ElementaryEffects(names, star, half_width, np.where(single, mean, np.nan), np.where(single, spread, np.nan))


def elementary_effects(
    function: Function,
    groups: Sequence[str],
    trajectories: int = 50,
    seed: int = 1,
    bounds: Sequence[tuple[float, float]] | None = None,
    progress: Progress | None = None,
) -> list[ElementaryEffects]:
    """Elementary effects of any function, one result per outcome; arguments as for :func:`sobol_indices`.

    >>> from model.analysis import elementary_effects
    >>> (found,) = elementary_effects(lambda x: 3 * x[:, 0] - x[:, 1], ["a", "b"], trajectories=10)
    >>> found.mean.round(9).tolist(), found.spread.round(9).tolist()  # a plane: its slopes, the same everywhere
    ([3.0, -1.0], [0.0, 0.0])
    """
    design = MorrisDesign(tuple(groups), trajectories, seed)
    values = design.evaluate(scaled(function, bounds), progress)
    return [design.analyse(outcome) for outcome in values.T]
