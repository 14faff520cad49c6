"""One subgroup in place of the whole population, for a run of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from model.definition.checks.agency import moves_the_patients
from model.definition.editing import edit
from model.definition.model_definition import ModelDefinition
from model.definition.problems import DefinitionError, Problem
from model.definition.records.budget import INCIDENT, PREVALENT
from model.definition.synonyms import did_you_mean

ITEMS = "budget_items"
COUNTED = frozenset(f"{ITEMS}.{item}.value" for item in (PREVALENT, INCIDENT))
"""Numbers of patients of the budget, of which a subgroup has its share."""


def in_subgroup(definition: ModelDefinition, name: str) -> ModelDefinition:
    """The definition with the inputs of one subgroup, of which it has no further subgroups, and with its share of the
    patients whom the budget pays for. A subgroup with an age or a mix of sexes of its own, and no groups of patients of its
    own, has no such groups: those typed are of the whole population.

    Raises :class:`DefinitionError` for an unknown id, or where the inputs of the subgroup are not possible.
    """
    changes = definition.changes_in_subgroups()
    shares = {group.id: group.share for group in definition.subgroups}
    if name not in shares:
        known = ", ".join(group.id for group in definition.subgroups)
        message = f"there is no subgroup '{name}'{did_you_mean(name, tuple(changes))}"
        raise DefinitionError(
            [Problem("", None, "", f"{message}; " + (f"there are {known}" if known else "the sheet Subgroups has none"))]
        )
    alone = dataclasses.replace(definition, subgroups=(), subgroup_changes=())
    if moves_the_patients(changes[name]):
        alone = dataclasses.replace(alone, patient_mix=())
    return edit(alone, inputs_in_subgroup(definition, name))


def inputs_in_subgroup(definition: ModelDefinition, name: str) -> dict[str, Any]:
    """What differs in a subgroup, by address: its own inputs, and its share of the patients of the budget. KeyError for an
    unknown id."""
    changes = definition.changes_in_subgroups()[name]
    share = next(group.share for group in definition.subgroups if group.id == name)
    return {**_patients(definition, share, changes), **changes}


def _patients(definition: ModelDefinition, share: float, changes: Mapping[str, Any]) -> dict[str, float]:
    """Changes that leave the budget the prevalent and the new patients of a subgroup: its share of all of them. None where
    there is no budget, or where the subgroup says itself for whom it is."""
    if not definition.market_shares or any(address.startswith(f"{ITEMS}.") for address in changes):
        return {}
    counted = ((f"{ITEMS}.{row.item}.value", row.value) for row in definition.budget_items)
    return {address: value * share for address, value in counted if address in COUNTED}
