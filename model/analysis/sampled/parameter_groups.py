"""Groups of uncertain inputs whose value of information is reported together: they follow the input sheets."""

from __future__ import annotations

from collections.abc import Iterable

from model.definition.model_definition import TABLES, ModelDefinition
from model.definition.records.record import BY_ENDPOINT, TIME_ON_TREATMENT
from model.definition.structure import AFTER, STRUCTURE

OVERALL_SURVIVAL = "Overall survival"
PROGRESSION_FREE_SURVIVAL = "Progression-free survival"
STRUCTURE_OF_MODEL = "Structure"


def _default_groups() -> dict[str, tuple[str, ...]]:
    """Patterns of each group: the curves by endpoint, then the tables by the group of their records."""
    by_endpoint = ("curves", *(name for name, record in TABLES.items() if record.GROUP == BY_ENDPOINT))
    groups = {
        group: tuple(f"{table}.*.{endpoint}" for table in by_endpoint)
        for group, endpoint in ((OVERALL_SURVIVAL, "os"), (PROGRESSION_FREE_SURVIVAL, "pfs"))
    }
    groups[OVERALL_SURVIVAL] += (f"curves.*.{AFTER}",)
    groups[STRUCTURE_OF_MODEL] = (STRUCTURE,)
    for name, record in TABLES.items():
        if record.GROUP and record.GROUP != BY_ENDPOINT:
            groups[record.GROUP] = (*groups.get(record.GROUP, ()), f"{name}.")
    return groups


DEFAULT_GROUPS = _default_groups()


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
