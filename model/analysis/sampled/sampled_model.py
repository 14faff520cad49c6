"""Draws of a model with their outcomes: what a value-of-information analysis and a study design are given."""

from __future__ import annotations

import dataclasses

from model.analysis.sampled.parameter_groups import grouped
from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.records.input_draws import id_of
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
        """Columns of each default group that varies in this analysis. What was drawn together elsewhere is one group."""
        columns = self.parameter_columns()
        together = self._drawn_elsewhere()
        own = [name for name in columns if name not in {column for names in together.values() for column in names}]
        return together | grouped(self.definition, own)

    def groups_of_sheets(self) -> dict[str, list[str]]:
        """Columns of each default group that varies, wherever its draws are from: what a study of a subject informs."""
        return grouped(self.definition, self.parameter_columns())

    def _drawn_elsewhere(self) -> dict[str, list[str]]:
        """Columns of the inputs of which draws were made elsewhere, which are known or unknown together."""
        given = self.definition.input_draws
        if given is None:
            return {}
        found = [c for c in self.parameter_columns() if id_of(c) in self.definition.drawn_elsewhere]
        return {f"Draws from {given.source}": found} if found else {}

    def single_groups(self) -> dict[str, list[str]]:
        """Every varying parameter alone; the coefficients of one curve together, and what was drawn together elsewhere."""
        own = {n: self._columns_of(n) for n in self.draws.varying() if n not in self.definition.drawn_elsewhere}
        return self._drawn_elsewhere() | own

    def _columns_of(self, parameter_id: str) -> list[str]:
        columns = self.parameter_columns()
        found = [c for c in columns if c == parameter_id or c.startswith(f"{parameter_id}[")]
        if not found:
            raise ValueError(f"{parameter_id!r} is not an uncertain input; known: {self.draws.varying()}")
        return found
