"""Checks of arms, settings, thresholds, population characteristics, life table and norms."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem

NO_NORMS = "the age adjustment of utilities needs norms by age, or to be set to none"
OLDEST_CLOSING_AGE = 95
"""A life table that reaches this age may be closed after its last row: hardly anybody is left, and official tables end
there or later."""


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


def horizon_holds_a_cycle(d: ModelDefinition) -> Iterator[Problem]:
    """A horizon below one cycle would count a whole one."""
    horizon, cycle = d.settings.horizon_years * d.settings.days_per_year, d.settings.cycle_days
    if horizon < cycle * (1 - 1e-9):
        message = (
            f"{d.settings.horizon_years:g} years are {horizon:,.4g} days, less than one cycle of {cycle:g} days; the horizon "
            "must hold at least one"
        )
        yield Problem("settings", 0, "horizon_years", message)


def _uses_life_table(d: ModelDefinition) -> bool:
    return d.settings.hazard_floor or any(c.mortality == "excess" for c in d.curves)


def end_of_life_table(d: ModelDefinition) -> tuple[int, float] | None:
    """Where the life table is closed inside the horizon: position of its last row, and the patients' age at the horizon.

    None where the table reaches the horizon, nobody survives its last row, or it is not used. After its last row the
    model takes q = 1.
    """
    start = next((row.parameter.value for row in d.population if row.item == "start_age"), None)
    if start is None or not d.life_table or not _uses_life_table(d):
        return None
    end, last = start + d.settings.horizon_years, d.life_table[-1]
    men = next((row.parameter.value for row in d.population if row.item == "female_share"), 1.0) < 1
    certain = last.qx_female >= 1 and (not men or last.qx_male is None or last.qx_male >= 1)
    return None if certain or last.age + 1 >= end - 1e-9 else (len(d.life_table) - 1, end)


def _table_reaches_the_horizon(d: ModelDefinition) -> Iterator[Problem]:
    """A table that ends earlier than official tables do would kill everybody left at its last age."""
    closed = end_of_life_table(d)
    if closed is not None and d.life_table[closed[0]].age < OLDEST_CLOSING_AGE:
        age = d.life_table[closed[0]].age
        message = (
            f"the table ends at age {age} with survivors (q below 1), but the horizon runs to age {closed[1]:g}: after the "
            f"last row nobody survives. Add the rows up to age {OLDEST_CLOSING_AGE} or the horizon, or close the table with "
            "a last row of 1"
        )
        yield Problem("life_table", closed[0], "age", message)


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
    yield from _table_reaches_the_horizon(d)
    if d.settings.hazard_floor:
        if not ages:
            yield Problem("life_table", None, "", "the hazard floor needs a life table")
        elif start is not None and not ages[0] <= start <= ages[-1]:
            yield Problem("life_table", 0, "age", f"the table does not cover the age at time zero, {start:g}")
        for position, row in enumerate(d.life_table):
            if female < 1 and row.qx_male is None:
                yield Problem("life_table", position, "qx_male", "is empty; it is needed when not all patients are women")
    norms = [row.from_age for row in d.utility_norms]
    for position in range(1, len(norms)):
        if norms[position] <= norms[position - 1]:
            yield Problem("utility_norms", position, "from_age", "ages must rise")
    if d.settings.age_adjustment == "multiplicative" and (not norms or (start is not None and norms[0] > start)):
        missing = f"the norms do not cover the age at time zero, {start:g}" if norms else NO_NORMS
        yield Problem("utility_norms", 0 if norms else None, "from_age" if norms else "", missing)
