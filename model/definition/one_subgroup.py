"""One subgroup in place of the whole population, for a run of its own."""

from __future__ import annotations

import dataclasses

from model.definition.checks.agency import moves_the_patients
from model.definition.editing import edit
from model.definition.model_definition import ModelDefinition
from model.definition.problems import DefinitionError, Problem
from model.definition.synonyms import did_you_mean


def in_subgroup(definition: ModelDefinition, name: str) -> ModelDefinition:
    """The definition with the inputs of one subgroup, of which it has no further subgroups. A subgroup with an age or a mix
    of sexes of its own, and no groups of patients of its own, has no such groups: those typed are of the whole population.

    Raises :class:`DefinitionError` for an unknown id, or where the inputs of the subgroup are not possible.
    """
    changes = definition.changes_in_subgroups()
    if name not in {group.id for group in definition.subgroups}:
        known = ", ".join(group.id for group in definition.subgroups)
        message = f"there is no subgroup '{name}'{did_you_mean(name, tuple(changes))}"
        raise DefinitionError(
            [Problem("", None, "", f"{message}; " + (f"there are {known}" if known else "the sheet Subgroups has none"))]
        )
    alone = dataclasses.replace(definition, subgroups=(), subgroup_changes=())
    if moves_the_patients(changes[name]):
        alone = dataclasses.replace(alone, patient_mix=())
    return edit(alone, changes[name])
