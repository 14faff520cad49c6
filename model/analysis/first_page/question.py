"""The question of the decision problem in a sentence."""

from __future__ import annotations

from model.definition.model_definition import ModelDefinition
from model.definition.records.columns import SOCIETAL
from model.definition.records.names import lower_first

SOCIETAL_COUNTED = " (costs of the societal perspective are counted)"


def question(definition: ModelDefinition) -> str:
    """What is compared with what, for whom, and from whose perspective; from the cover."""
    about = definition.about
    new, old, whom = (lower_first(text) for text in (about.intervention, about.comparator, about.population))
    counted = SOCIETAL_COUNTED if definition.settings.cost_perspective == SOCIETAL else ""
    return f"Is {new} worth its cost compared with {old}, for {whom}? Perspective: {about.perspective}{counted}."
