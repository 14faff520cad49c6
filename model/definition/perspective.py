"""Whose costs are counted: a row may be of the societal perspective, and then counts only where the settings take it."""

from __future__ import annotations

from typing import Any

from model.definition.model_definition import ModelDefinition
from model.definition.records.columns import PAYER, SOCIETAL

WITH_PERSPECTIVE = ("care", "end_of_life")
"""Tables whose rows have a perspective."""


def is_societal(record: Any) -> bool:
    """Is a row of costs counted under the societal perspective alone? Rows without such a column are the payer's."""
    return bool(getattr(record, "perspective", PAYER) == SOCIETAL)


def counts(definition: ModelDefinition, record: Any) -> bool:
    """Is a row of costs counted under the perspective of the settings?"""
    return definition.settings.cost_perspective == SOCIETAL or not is_societal(record)


def societal_labels(definition: ModelDefinition) -> list[str]:
    """The costs that are of the societal perspective alone."""
    return [row.label for table in WITH_PERSPECTIVE for row in definition.table(table) if is_societal(row)]
