"""Parameter ids in words, for tables, tornado charts and messages: each record has its own."""

from __future__ import annotations

from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.columns import columns_of
from model.definition.records.names import Names
from model.definition.records.settings import Settings
from model.definition.structure import STRUCTURE, after_id, structure_is_uncertain


def label(definition: ModelDefinition, parameter_id: str) -> str:
    """The id in words; an unknown id is returned as it is."""
    return all_labels(definition).get(parameter_id, parameter_id)


def all_labels(definition: ModelDefinition) -> dict[str, str]:
    """Words for every parameter id and every curve."""
    names = Names(
        arms={arm.id: arm.short_label for arm in definition.arms},
        drugs=definition.drug_labels,
        events={event.id: event.label for event in definition.adverse_events},
        states={state.id: state.label for state in definition.states},
        effects={(curve.arm, curve.endpoint): curve.effect.replace("_", " ") for curve in definition.curves},
    )
    words = ((address_of(table, record), record.in_words(names)) for table, _, record in definition.records())
    found = {address: text for address, text in words if text}
    return found | _labels_of_structures(definition, names) if structure_is_uncertain(definition) else found


def _labels_of_structures(definition: ModelDefinition, names: Names) -> dict[str, str]:
    """What draws hold besides where each takes a structure of its own."""
    after = {after_id(arm): f"{names.arm(arm)}: survival after progression" for arm in definition.arm_ids}
    return {STRUCTURE: "Structure (0: partitioned survival, 1: state transition)", **after}


def settings_labels() -> dict[str, str]:
    """Headers of the settings by field name."""
    return {name: column.header for name, column in columns_of(Settings).items()}
