"""Sobol indices: the share of an outcome's variance that each input explains, alone and with its interactions.

Design and estimators: Saltelli et al. 2010, Computer Physics Communications 181:259 (first order, their table 2b; total,
Jansen 1999). The points are a scrambled Sobol sequence (Owen 1998) in the row order of SALib, whose estimators and
bootstrap intervals are used (Herman and Usher 2017, JOSS 2:97).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from model.analysis.columns.global_sensitivity import INDICES
from model.analysis.global_sensitivity.blocks import BLOCK_POINTS, Function, Progress, evaluate_blocks, salib_problem, scaled
from model.analysis.shown_result import ShownResult
from model.arrays import Array

RESAMPLES = 100  # of the bootstrap: the half-widths themselves are then known to about 7%
MOST_RUNS = 2**26


@dataclasses.dataclass(frozen=True)
class SobolIndices(ShownResult):
    """Indices of one outcome, each ``(n_inputs,)``; half-widths of 95% bootstrap intervals. An index is a share of
    variance; an estimate near zero may come out slightly negative."""

    TITLE = "Sobol indices"

    inputs: tuple[str, ...]
    first: Array
    first_half_width: Array
    total: Array
    total_half_width: Array

    def table(self) -> pd.DataFrame:
        """One row per input, largest total index first: input, first, total, their half-widths and interaction."""
        found = INDICES.frame(
            {
                "input": self.inputs,
                "first": self.first,
                "first_half_width": self.first_half_width,
                "total": self.total,
                "total_half_width": self.total_half_width,
                "interaction": self.total - self.first,
            }
        )
        return found.sort_values("total", ascending=False, kind="stable").reset_index(drop=True)


@dataclasses.dataclass(frozen=True)
class SobolDesign:
    """Saltelli's design over a unit cube.

    ``groups``: the input of each column; columns of one input move together. ``runs``: at least this many points; the
    base sample is the smallest power of two that reaches them, since Sobol points are balanced only in powers of two
    (Owen 2020, arXiv:2008.08051). Raises ValueError for no columns, or runs out of range.
    """

    groups: tuple[str, ...]
    runs: int
    seed: int

    def __post_init__(self) -> None:
        if not self.groups:
            raise ValueError("a sensitivity analysis needs at least one uncertain input")
        if not 1 <= self.runs <= MOST_RUNS or self.seed < 0:
            raise ValueError(f"runs must be from 1 to {MOST_RUNS:,} and the seed at least 0, not {self.runs} and {self.seed}")

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.groups))

    @property
    def points_per_base(self) -> int:
        """Points per base sample: both samples, and one mixture for every input."""
        return len(self.inputs) + 2

    @property
    def base_samples(self) -> int:
        return int(2 ** max(4, math.ceil(math.log2(self.runs / self.points_per_base))))

    @property
    def n_points(self) -> int:
        return self.base_samples * self.points_per_base

    def blocks(self) -> Iterator[Array]:
        """The points in blocks of whole base samples ``(n, n_columns)``: A, A with one input from B, ..., B."""
        from scipy.stats import qmc  # slow to load, and wanted by this analysis alone

        n_columns = len(self.groups)
        both = qmc.Sobol(d=2 * n_columns, scramble=True, rng=self.seed).random(self.base_samples)
        columns = [[i for i, g in enumerate(self.groups) if g == name] for name in self.inputs]
        step = max(1, BLOCK_POINTS // self.points_per_base)
        for start in range(0, self.base_samples, step):
            a, b = np.split(both[start : start + step], 2, axis=1)
            block = np.repeat(a[:, None, :], self.points_per_base, axis=1)
            for k, own in enumerate(columns):
                block[:, k + 1, own] = b[:, own]
            block[:, -1] = b
            yield block.reshape(-1, n_columns)

    def evaluate(self, function: Function, progress: Progress | None = None) -> Array:
        """The function's outcomes at every point ``(n_points, n_outcomes)``."""
        return evaluate_blocks(function, self.blocks(), self.n_points, progress)

    def analyse(self, values: Array) -> SobolIndices:
        """Indices of one outcome ``(n_points,)``; zero for an outcome that nothing changes."""
        from SALib.analyze import sobol as salib  # slow to load

        names = self.inputs
        if np.ptp(values) == 0:
            zero = np.zeros(len(names))
            return SobolIndices(names, zero, zero, zero, zero)
        found = salib.analyze(
            salib_problem(self.groups),
            values,
            calc_second_order=False,
            num_resamples=RESAMPLES,
            seed=self.seed + 1,  # SALib takes a seed of 0 for none
        )
        return SobolIndices(names, *(np.asarray(found[k]) for k in ("S1", "S1_conf", "ST", "ST_conf")))


def sobol_indices(
    function: Function,
    groups: Sequence[str],
    runs: int = 2**14,
    seed: int = 1,
    bounds: Sequence[tuple[float, float]] | None = None,
    progress: Progress | None = None,
) -> list[SobolIndices]:
    """Sobol indices of any function of independent inputs, one result per outcome.

    ``function``: points ``(n, n_columns)`` -> ``(n,)`` or ``(n, n_outcomes)``. ``groups``: name of the input of each
    column. ``bounds``: (low, high) of each column's uniform distribution; without them the function takes the unit cube.

    >>> from model.analysis import sobol_indices
    >>> (found,) = sobol_indices(lambda x: 2 * x[:, 0] + x[:, 1], ["a", "b"], runs=4096)
    >>> found.first.round(2).tolist()  # variances of 4 and 1 parts, no interaction
    [0.8, 0.2]
    """
    design = SobolDesign(tuple(groups), runs, seed)
    values = design.evaluate(scaled(function, bounds), progress)
    return [design.analyse(outcome) for outcome in values.T]
