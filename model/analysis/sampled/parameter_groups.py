"""Groups of uncertain inputs whose value of information is reported together: they follow the input sheets."""

from __future__ import annotations

from collections.abc import Iterable

from model.definition.model_definition import ModelDefinition

OVERALL_SURVIVAL = "Overall survival"
PROGRESSION_FREE_SURVIVAL = "Progression-free survival"
TIME_ON_TREATMENT = "Time on treatment"  # a drug's own curve belongs to it as well
DEFAULT_GROUPS = {
    OVERALL_SURVIVAL: ("curves.*.os", "relative_effects.*.os", "coefficients.*.os"),
    PROGRESSION_FREE_SURVIVAL: ("curves.*.pfs", "relative_effects.*.pfs", "coefficients.*.pfs"),
    TIME_ON_TREATMENT: ("treatment.",),
    "Utilities": ("utilities.",),
    "Toxicity": ("event_probabilities.", "event_consequences."),
    "Costs of care": ("administration.", "care.", "end_of_life.", "products.", "discounts."),
    "After progression": ("progression.", "subsequent."),
}


def grouped(definition: ModelDefinition, columns: Iterable[str]) -> dict[str, list[str]]:
    """The columns of each default group that has any."""
    listed = list(columns)
    found = {}
    of_drugs = tuple(f"curves.*.{drug.id}" for drug in definition.drugs)
    for group, patterns in DEFAULT_GROUPS.items():
        wanted = (*patterns, *of_drugs) if group == TIME_ON_TREATMENT else patterns
        names = [c for c in listed if any(_matches(c, p) for p in wanted)]
        if names:
            found[group] = names
    return found


def _matches(column: str, pattern: str) -> bool:
    """Does a column belong to a pattern: a prefix, or ``table.*.endpoint``?"""
    if "*" not in pattern:
        return column.startswith(pattern)
    table, endpoint = pattern.split(".*.")
    parts = column.split("[")[0].split(".")
    return parts[0] == table and len(parts) >= 3 and parts[2] == endpoint
