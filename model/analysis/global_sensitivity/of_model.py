"""Sobol indices and Morris screening of a model: of incremental net monetary benefit, QALYs and costs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from model.analysis.columns.global_sensitivity import MORRIS, SOBOL
from model.analysis.deterministic.one_way import PERCENTILES
from model.analysis.global_sensitivity.blocks import Function, Progress
from model.analysis.global_sensitivity.elementary_effects import ElementaryEffects, MorrisDesign
from model.analysis.global_sensitivity.variance import SobolDesign, SobolIndices
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.sampling.unit_cube import UnitCube, unit_cube
from model.engine.engine import engine_of
from model.engine.evaluate import evaluate
from model.engine.executors import Executor
from model.result_columns import Table

OUTCOMES = ("inmb", "qalys", "costs")


@dataclasses.dataclass(frozen=True)
class _OfModel:
    """Increments, intervention minus comparator, discounted, at every point of a design ``(n_points,)``."""

    definition: ModelDefinition
    incremental_costs: Array
    incremental_qalys: Array
    labels: dict[str, str]
    threshold: float

    def outcome(self, name: str = "inmb", threshold: float | None = None) -> Array:
        """One outcome ``(n_points,)``: inmb (at a threshold, by default that of the analysis), qalys or costs."""
        if name not in OUTCOMES:
            raise ValueError(f"an outcome must be one of {', '.join(OUTCOMES)}, not '{name}'")
        if name == "qalys":
            return self.incremental_qalys
        if name == "costs":
            return self.incremental_costs
        willingness_to_pay = self.threshold if threshold is None else threshold
        return willingness_to_pay * self.incremental_qalys - self.incremental_costs

    def _labelled(self, table: pd.DataFrame, known_as: Table) -> pd.DataFrame:
        table.insert(1, "label", [self.labels[name] for name in table["input"]])
        return known_as.checked(table)


@dataclasses.dataclass(frozen=True)
class Sobol(_OfModel, ShownResult):
    """Result of the variance-based analysis."""

    TITLE = "Sobol indices of the net monetary benefit"
    COLUMNS = ("label", "first", "total", "interaction")

    design: SobolDesign
    _known: dict[tuple[str, float], SobolIndices] = dataclasses.field(default_factory=dict, repr=False, compare=False)

    def indices(self, outcome: str = "inmb", threshold: float | None = None) -> SobolIndices:
        """First-order and total indices of an outcome with 95% bootstrap intervals, worked out once."""
        key = outcome, self.threshold if threshold is None else threshold
        if key not in self._known:
            self._known[key] = self.design.analyse(self.outcome(outcome, threshold))
        return self._known[key]

    def table(self, outcome: str = "inmb", threshold: float | None = None) -> pd.DataFrame:
        """One row per input, largest total index first: input, label, first, first_half_width, total,
        total_half_width, interaction (total less first)."""
        return self._labelled(self.indices(outcome, threshold).table(), SOBOL)


@dataclasses.dataclass(frozen=True)
class Morris(_OfModel, ShownResult):
    """Result of the screening."""

    TITLE = "Morris screening of the net monetary benefit"
    COLUMNS = ("label", "mean_absolute_effect", "mean_effect", "spread_of_effects")

    design: MorrisDesign
    _known: dict[tuple[str, float], ElementaryEffects] = dataclasses.field(default_factory=dict, repr=False, compare=False)

    def effects(self, outcome: str = "inmb", threshold: float | None = None) -> ElementaryEffects:
        """Elementary effects on an outcome, per range of the input between its 2.5th and 97.5th percentile; then kept."""
        key = outcome, self.threshold if threshold is None else threshold
        if key not in self._known:
            self._known[key] = self.design.analyse(self.outcome(outcome, threshold))
        return self._known[key]

    def table(self, outcome: str = "inmb", threshold: float | None = None) -> pd.DataFrame:
        """One row per input, largest mean absolute effect first: input, label, mean_absolute_effect, half_width,
        mean_effect, spread_of_effects."""
        return self._labelled(self.effects(outcome, threshold).table(), MORRIS)


def sobol(
    definition: ModelDefinition,
    runs: int = 2**17,
    seed: int | None = None,
    threshold: float | None = None,
    progress: Progress | None = None,
    threads: int | None = None,
    executor: Executor | None = None,
) -> Sobol:
    """First-order and total Sobol indices of every uncertain input, on the distributions of the probabilistic analysis.

    Inputs are moved as they are sampled: the coefficients of a curve together, shares of one group together.
    Correlations between other inputs are left out: the indices need independent inputs.
    ``runs``: model runs, at least (see :class:`SobolDesign`); memory holds two numbers for each. ``threshold``: willingness
    to pay of the INMB (default: the highest decision threshold); any other can be asked of the result. ``seed``: the
    definition's by default. ``progress`` is called with the number of runs of each finished block. Raises ValueError
    where nothing is uncertain.

    >>> import model
    >>> found = model.sobol(model.example(), runs=256, seed=1)
    >>> found.table().columns.tolist()[2:]
    ['first', 'first_half_width', 'total', 'total_half_width', 'interaction']
    """
    cube = unit_cube(definition)
    design = SobolDesign(cube.groups, runs, definition.settings.seed if seed is None else seed)
    values = design.evaluate(_increments(cube, threads, executor), progress)
    willingness_to_pay = definition.willingness_to_pay(threshold)
    costs, qalys = values.T.copy()
    return Sobol(definition, costs, qalys, cube.labels(), willingness_to_pay, design)


def morris(
    definition: ModelDefinition,
    trajectories: int = 50,
    seed: int | None = None,
    threshold: float | None = None,
    progress: Progress | None = None,
    threads: int | None = None,
    executor: Executor | None = None,
) -> Morris:
    """Morris screening of every uncertain input between its 2.5th and 97.5th percentile, as in the one-way analysis.

    A run of the model for every input and trajectory: the cheap way to see which inputs matter at all. 50 trajectories
    are the upper end of what is usual (Campolongo et al. 2007: 10 to 50). Other arguments as for :func:`sobol`.

    >>> import model
    >>> model.morris(model.example(), trajectories=10, seed=1).table().columns.tolist()
    ['input', 'label', 'mean_absolute_effect', 'half_width', 'mean_effect', 'spread_of_effects']
    """
    cube = unit_cube(definition)
    design = MorrisDesign(cube.groups, trajectories, definition.settings.seed if seed is None else seed)
    inner, (low, high) = _increments(cube, threads, executor), PERCENTILES
    values = design.evaluate(lambda points: inner(low + points * (high - low)), progress)
    willingness_to_pay = definition.willingness_to_pay(threshold)
    costs, qalys = values.T.copy()
    return Morris(definition, costs, qalys, cube.labels(), willingness_to_pay, design)


def _increments(cube: UnitCube, threads: int | None, executor: Executor | None) -> Function:
    """The model as a function of the unit cube: points -> incremental costs and QALYs ``(n_points, 2)``."""
    definition = cube.definition
    engine = engine_of(definition)

    def increments(points: Array) -> Array:
        outcomes = evaluate(definition, cube.draws(points, threads), threads, engine=engine, executor=executor)
        return np.stack(outcomes.increments(*definition.compared), axis=1)

    return increments
