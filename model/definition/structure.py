"""Structure: that of the base case, those that the draws of a definition may take, and the definition in one of them.

Where the settings give the state-transition structure a probability above 0, each draw takes one structure. It then holds the
coefficients of both: OS of partitioned survival under the id of its curve, survival after progression under `after_id`.
"""

from __future__ import annotations

import dataclasses

from model.definition.model_definition import ModelDefinition
from model.definition.records.settings import PARTITIONED_SURVIVAL, STATE_TRANSITION

STRUCTURE = "settings.structure"
"""Id in the draws, and key of its random stream."""
STRUCTURES = (PARTITIONED_SURVIVAL, STATE_TRANSITION)
"""By their number in the draws: 0 and 1."""
AFTER = "after_progression"


def by_states(definition: ModelDefinition) -> bool:
    """Is the structure of the base case that of a state-transition model?"""
    return definition.settings.structure == STATE_TRANSITION


def structure_is_uncertain(definition: ModelDefinition) -> bool:
    """Does each draw take a structure of its own?"""
    return definition.settings.state_transition_probability > 0


def in_structure(definition: ModelDefinition, structure: str) -> ModelDefinition:
    """The definition with this structure for certain; not checked, and so for what is drawn and evaluated only."""
    settings = dataclasses.replace(definition.settings, structure=structure, state_transition_probability=0.0)
    return dataclasses.replace(definition, settings=settings)


def number_in_use(definition: ModelDefinition) -> int:
    """The number of the structure of the base case."""
    return STRUCTURES.index(definition.settings.structure)


def after_id(arm: str) -> str:
    """Id in the draws of an arm's coefficients of survival after progression, beside those of its OS curve."""
    return f"curves.{arm}.{AFTER}"


def id_in_draws(definition: ModelDefinition, curve_id: str) -> str:
    """Under which id the draws hold the coefficients that a curve has in the structure of the base case."""
    arm, _, endpoint = curve_id.removeprefix("curves.").rpartition(".")
    as_states = structure_is_uncertain(definition) and by_states(definition)
    return after_id(arm) if as_states and endpoint == "os" else curve_id
