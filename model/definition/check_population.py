"""Checks of arms, settings, thresholds, population characteristics, life table and norms."""

from __future__ import annotations

from collections.abc import Iterator

from .model_definition import ModelDefinition
from .problems import Problem


def arms_and_settings(d: ModelDefinition) -> Iterator[Problem]:
    if len(d.arms) < 2:
        yield Problem("arms", None, "", "at least two arms are needed")
    if d.settings.intervention == d.settings.comparator:
        yield Problem("settings", 0, "comparator", "the comparator must be another arm than the intervention")
    if not d.decision_thresholds():
        yield Problem("thresholds", None, "", "at least one threshold with the role 'decision' is needed")
    given = {row.item: row.parameter.value for row in d.population}
    needed = {"start_age": True, "female_share": True}
    for basis, items in {"per_kg": ("weight_mean", "weight_sd"), "per_m2": ("bsa_mean", "bsa_sd")}.items():
        needed.update({item: True for item in items if any(drug.dose_basis == basis for drug in d.drugs)})
    for item in needed:
        if item not in given:
            yield Problem("population", None, "", f"'{item}' is missing")


def population_tables(d: ModelDefinition) -> Iterator[Problem]:
    ages = [row.age for row in d.life_table]
    start = next((row.parameter.value for row in d.population if row.item == "start_age"), None)
    female = next((row.parameter.value for row in d.population if row.item == "female_share"), 1.0)
    for position in range(1, len(ages)):
        if ages[position] != ages[position - 1] + 1:
            yield Problem(
                "life_table",
                position,
                "age",
                f"age {ages[position]} follows {ages[position - 1]}; no age may be missing or out of order",
            )
    if d.settings.hazard_floor:
        if not ages:
            yield Problem("life_table", None, "", "the hazard floor needs a life table")
        elif start is not None and not ages[0] <= start <= ages[-1]:
            yield Problem("life_table", 0, "age", f"the table does not cover the age at time zero, {start:g}")
        for position, row in enumerate(d.life_table):
            if female < 1 and row.qx_male is None:
                yield Problem(
                    "life_table",
                    position,
                    "qx_male",
                    "is empty; it is needed when not all patients are women",
                )
    norms = [row.from_age for row in d.utility_norms]
    for position in range(1, len(norms)):
        if norms[position] <= norms[position - 1]:
            yield Problem("utility_norms", position, "from_age", "ages must rise")
    if (
        d.settings.age_adjustment == "multiplicative"
        and start is not None
        and (not norms or norms[0] > start)
    ):
        yield Problem(
            "utility_norms",
            0 if norms else None,
            "from_age" if norms else "",
            f"the norms do not cover the age at time zero, {start:g}",
        )
