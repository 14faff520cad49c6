"""Arithmetic of dosing: days of a schedule, amounts, combinations of vials."""

from __future__ import annotations

import math
import re

from model.definition.model_definition import ModelDefinition
from model.definition.records.drugs import Drug

MANY_COMBINATIONS = 200_000


def largest_amount(d: ModelDefinition, drug: Drug, dose: float) -> float:
    """Largest amount of a dose for which whole vials are combined: far beyond any body size that matters."""
    measure = {"per_kg": "weight", "per_m2": "bsa"}.get(drug.dose_basis)
    if measure is None:
        return dose
    given = {row.item: row.parameter.value for row in d.population}
    return dose * 1.5 * (given.get(f"{measure}_mean", 0.0) + 10 * given.get(f"{measure}_sd", 0.0))


def vial_combinations(d: ModelDefinition, drug: Drug) -> float:
    """In how many ways the vials of a drug can be combined up to its largest amount."""
    largest = largest_amount(d, drug, max(drug.dose, drug.loading_dose or 0.0))
    return math.prod(math.ceil(largest / p.contents) + 1 for p in d.products if p.drug == drug.id)


def dose_days(text: str) -> tuple[int, ...]:
    """The days of a schedule, such as (1, 8, 15); empty if the text is not a list of days from 1 up."""
    if not re.fullmatch(r"\s*\d{1,3}(\s*[,;]\s*\d{1,3})*\s*", text):
        return ()
    days = tuple(int(word) for word in re.split(r"[,;]", text))
    return days if min(days) >= 1 else ()
