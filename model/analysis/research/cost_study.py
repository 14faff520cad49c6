"""A study of resource use or costs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from model.analysis.decision.studies import GammaMeans, NormalMeans, Study
from model.analysis.sampled.sampled_model import SampledModel


@dataclasses.dataclass(frozen=True)
class CostStudy:
    """Means of costs (or of any other inputs) in patients; size: patients in whom each is measured.

    Give one of the two, by the ids of the inputs to be measured, such as "care.progressed_care"; costs differ
    too much between settings for a default.
    coefficient_of_variation: standard deviation between patients over the mean; each patient's value is gamma.
    individual_sd: standard deviation between patients; the sample mean is normal.
    """

    coefficient_of_variation: Mapping[str, float] | None = None
    individual_sd: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        if (self.coefficient_of_variation is None) == (self.individual_sd is None):
            raise ValueError("a cost study needs either coefficient_of_variation or individual_sd")
        if not self._spread:
            raise ValueError("a cost study needs at least one input to measure")

    @property
    def _spread(self) -> Mapping[str, float]:
        return self.coefficient_of_variation or self.individual_sd or {}

    def of(self, sampled: SampledModel) -> Study:
        """Values of the inputs in every draw. ValueError for inputs that do not vary in the analysis."""
        columns = sampled.parameter_columns()
        unknown = [name for name in self._spread if name not in columns]
        if unknown:
            raise ValueError(f"a cost study cannot inform {unknown}: no such uncertain inputs; known: {list(columns)}")
        means = {name: np.asarray(columns[name]) for name in self._spread}
        if self.coefficient_of_variation is not None:
            return GammaMeans(means, self.coefficient_of_variation)
        return NormalMeans(means, self._spread)

    def patients(self, size: int, sampled: SampledModel) -> int:
        """The patients: all inputs are measured in each."""
        return size
