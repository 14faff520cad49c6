"""Two-way analysis: two inputs over a grid of values, all else as in the base case."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.analysis.columns.deterministic import TWO_WAY
from model.analysis.deterministic.moved_inputs import CURVE_UNIT, outcomes_at, plausible_range, uncertain_curves
from model.analysis.ratio_words import ratio
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.definition.addresses import addresses
from model.definition.labels import all_labels, settings_labels
from model.definition.model_definition import ModelDefinition

POINTS = 21  # steps of a twentieth of the range


@dataclasses.dataclass(frozen=True)
class Axis:
    """One of the two inputs: its id, words, unit, base-case value and the values ``(n,)`` that it takes."""

    input: str
    label: str
    unit: str
    base: float
    values: Array


@dataclasses.dataclass(frozen=True)
class TwoWay(ShownResult):
    """Result of a two-way analysis; increments ``(n_first, n_second)``, intervention minus comparator, discounted.

    ``rival_costs``, ``rival_qalys`` ``(n_first, n_second, n_rivals)``: the same against every other arm.
    """

    TITLE = "Two-way analysis"
    REST = "matrix()"

    definition: ModelDefinition
    first: Axis
    second: Axis
    incremental_costs: Array
    incremental_qalys: Array
    rival_costs: Array
    rival_qalys: Array

    def lead(self, threshold: float | None = None) -> Array:
        """Net monetary benefit over the best other option ``(n_first, n_second)``: with two arms the INMB."""
        willingness_to_pay = self.definition.willingness_to_pay(threshold)
        found: Array = (willingness_to_pay * self.rival_qalys - self.rival_costs).min(axis=-1)
        return found

    def inmb(self, threshold: float | None = None) -> Array:
        """Incremental net monetary benefit ``(n_first, n_second)`` (default: at the highest decision threshold)."""
        willingness_to_pay = self.definition.willingness_to_pay(threshold)
        return willingness_to_pay * self.incremental_qalys - self.incremental_costs

    def icer(self) -> Array:
        """Cost per QALY gained ``(n_first, n_second)``; nan where the intervention is not dearer and better."""
        found: Array = np.vectorize(ratio, otypes=[float])(self.incremental_costs, self.incremental_qalys)
        return found

    def matrix(self, what: str = "inmb", threshold: float | None = None) -> pd.DataFrame:
        """``inmb`` or ``icer`` with the first input in rows and the second in columns."""
        if what not in ("inmb", "icer"):
            raise ValueError(f"a matrix shows inmb or icer, not '{what}'")
        values = self.inmb(threshold) if what == "inmb" else self.icer()
        rows = pd.Index(self.first.values, name=self.first.input)
        return pd.DataFrame(values, index=rows, columns=pd.Index(self.second.values, name=self.second.input))

    def table(self, threshold: float | None = None) -> pd.DataFrame:
        """One row per pair of values: both inputs, incremental cost and QALYs, inmb, icer."""
        one, two = np.meshgrid(self.first.values, self.second.values, indexing="ij")
        return TWO_WAY.frame(
            {
                self.first.input: one.ravel(),
                self.second.input: two.ravel(),
                "incremental_cost": self.incremental_costs.ravel(),
                "incremental_qalys": self.incremental_qalys.ravel(),
                "inmb": self.inmb(threshold).ravel(),
                "icer": self.icer().ravel(),
            }
        )

    def shown_table(self) -> pd.DataFrame:
        """The net benefit, the second input in columns."""
        return self.matrix()

    def shown_words(self) -> list[str]:
        """What the rows and the columns are."""
        return [f"Incremental net monetary benefit; rows: {self.first.label}, columns: {self.second.label}."]


def two_way(
    definition: ModelDefinition,
    first: str,
    second: str,
    first_values: Sequence[float] | Array | None = None,
    second_values: Sequence[float] | Array | None = None,
    points: int = POINTS,
    threads: int | None = None,
) -> TwoWay:
    """Move two inputs over a grid.

    An input is the address of a number (``utilities.progressed``, ``settings.horizon_years``,
    ``evidence.control.os.landmark.60.value``) or a jointly estimated curve (``curves.control.os``), which is moved as in the
    one-way analysis and whose values are standard errors of its restricted mean. Values not given: ``points`` evenly
    spaced ones over the input's range in the one-way analysis. Raises DefinitionError for unknown inputs, inputs without
    a range, and values that are not allowed; ValueError for one input given twice.

    >>> import model
    >>> grid = model.two_way(model.example(), "relative_effects.new.os", "care.new_drug", [0.6, 0.8], [500.0, 900.0, 1300.0])
    >>> grid.matrix("icer").shape
    (2, 3)
    """
    if first == second:
        raise ValueError(f"a two-way analysis needs two inputs, not {first} twice")
    if points < 2:
        raise ValueError(f"a grid needs at least 2 points, not {points}")
    one, two = (_axis(definition, first, first_values, points), _axis(definition, second, second_values, points))
    grid = np.meshgrid(one.values, two.values, indexing="ij")
    outcomes = outcomes_at(definition, {first: grid[0].ravel(), second: grid[1].ravel()}, threads)
    costs, qalys = (x.reshape(grid[0].shape) for x in outcomes.increments(*definition.compared))
    new = definition.compared[1]
    rivals = [outcomes.increments(a, new) for a in range(len(definition.arms)) if a != new]
    all_costs, all_qalys = (np.stack([r[k].reshape(grid[0].shape) for r in rivals], axis=-1) for k in (0, 1))
    return TwoWay(definition, one, two, costs, qalys, all_costs, all_qalys)


def _axis(definition: ModelDefinition, name: str, values: Sequence[float] | Array | None, points: int) -> Axis:
    if values is None:
        chosen = np.linspace(*plausible_range(definition, name), points)
    else:
        chosen = np.unique(np.asarray(values, dtype=float))
    words = all_labels(definition)
    if name in uncertain_curves(definition):
        return Axis(name, words.get(name, name), CURVE_UNIT, 0.0, chosen)
    if name in definition.parameters:
        parameter = definition.parameters[name]
        return Axis(name, words.get(name, name), parameter.unit, parameter.value, chosen)
    place = addresses(definition).get(name)
    if place is None:
        return Axis(name, name, "", np.nan, chosen)  # refused with all other problems when the grid is run
    record = definition.settings if place.table == "settings" else definition.table(place.table)[place.position]
    owner = getattr(record, place.inside_block) if place.inside_block else record
    label = settings_labels().get(place.field, name) if place.table == "settings" else name
    value = getattr(owner, place.field)
    return Axis(name, label, place.column.unit, np.nan if value is None else float(value), chosen)
