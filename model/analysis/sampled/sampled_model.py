"""Draws of a model with their outcomes: what a value-of-information analysis and a study design are given."""

from __future__ import annotations

import dataclasses

from model.analysis.sampled.parameter_groups import grouped
from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.sampling.dimensions import coefficients_by_id
from model.definition.sampling.draws import Draws
from model.engine.evaluate import Outcomes


@dataclasses.dataclass(frozen=True)
class SampledModel:
    """Draws of every uncertain input of a model, and the outcomes of each."""

    definition: ModelDefinition
    draws: Draws
    outcomes: Outcomes
    seed: int

    @property
    def arm_labels(self) -> list[str]:
        return self.definition.arm_labels

    def parameter_columns(self) -> dict[str, Array]:
        """Every varying parameter as a column ``(n_draws,)``; curve coefficients as ``curves.arm.endpoint[name]``."""
        curves = {name: made.family.parameters for name, made in coefficients_by_id(self.definition).items()}
        columns: dict[str, Array] = {}
        for name in self.draws.varying():
            values = self.draws[name]
            if values.ndim == 1:
                columns[name] = values
            else:
                columns |= {f"{name}[{k}]": values[:, j] for j, k in enumerate(curves[name])}
        return columns

    def default_groups(self) -> dict[str, list[str]]:
        """Columns of each default group that varies in this analysis."""
        return grouped(self.definition, self.parameter_columns())

    def single_groups(self) -> dict[str, list[str]]:
        """Every varying parameter alone; the coefficients of one curve together."""
        return {name: self._columns_of(name) for name in self.draws.varying()}

    def _columns_of(self, parameter_id: str) -> list[str]:
        columns = self.parameter_columns()
        found = [c for c in columns if c == parameter_id or c.startswith(f"{parameter_id}[")]
        if not found:
            raise ValueError(f"{parameter_id!r} is not an uncertain input; known: {self.draws.varying()}")
        return found
