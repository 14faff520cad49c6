"""A study of health-related quality of life in the states of the model."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from model.analysis.decision.studies import NormalMeans
from model.analysis.sampled.sampled_model import SampledModel
from model.arrays import Array
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.health import ON_TREATMENT, Utility
from model.definition.utility_periods import rows_of
from model.engine.utilities import state_utility

PUBLISHED_SD = {"progression_free": 0.20, "progressed": 0.22}
"""Standard deviation of EQ-5D between patients with advanced breast cancer, first line, by state (Lambert-Obry et
al. 2018, Curr Oncol 25)."""


@dataclasses.dataclass(frozen=True)
class UtilityStudy:
    """Mean utility of patients, other ones in each state; size: patients of each state.

    individual_sd: standard deviation between patients, by utility id of the states or changes on treatment to be
    measured. A change on treatment is measured as the utility of progression-free patients on the drug. Default:
    both states, with EQ-5D of 202 patients with advanced breast cancer (`PUBLISHED_SD`).
    """

    individual_sd: Mapping[str, float] = dataclasses.field(default_factory=lambda: dict(PUBLISHED_SD))

    def of(self, sampled: SampledModel) -> NormalMeans:
        """Mean utilities of every draw. ValueError for utilities that the model does not have."""
        known = {u.id: u for u in sampled.definition.utilities}
        unknown = sorted(set(self.individual_sd) - set(known))
        if unknown:
            raise ValueError(f"individual_sd names unknown utilities {unknown}; known: {list(known)}")
        means = {name: _level(sampled, known[name]) for name in self.individual_sd}
        return NormalMeans(means, self.individual_sd)

    def patients(self, size: int, sampled: SampledModel) -> int:
        """Patients of all states measured."""
        return size * len(self.individual_sd)


def _level(sampled: SampledModel, utility: Utility) -> Array:
    """Mean utility ``(n_draws,)`` of those in whom it is measured."""
    definition: ModelDefinition = sampled.definition
    arm, month = utility.arm, utility.from_month or 0.0
    if utility.state != ON_TREATMENT:
        level = state_utility(definition, utility.state, arm or _arm_of(definition, utility), month)(sampled.draws)
    else:
        free = state_utility(definition, definition.living_states[0].id, arm, month)(sampled.draws)
        level = free + sampled.draws[address_of("utilities", utility)]
    return np.broadcast_to(level, (sampled.outcomes.n_draws,))


def _arm_of(definition: ModelDefinition, utility: Utility) -> str:
    """The first arm in which a row for all arms holds: others may have rows of their own."""
    held = (arm for arm in definition.arm_ids if utility in rows_of(definition, utility.state, arm))
    return next(held, definition.arm_ids[0])
