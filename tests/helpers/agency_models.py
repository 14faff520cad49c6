"""Models that ask for all that agencies ask for: weights by severity, equal-value life years, stepped results."""

from __future__ import annotations

import dataclasses

from model.definition import ModelDefinition, edit
from model.definition.records.agency import LifeYearValue, NormTerm, PatientMix, SeverityBand
from tests.helpers.shipped import without_scenarios

BANDS = (
    SeverityBand(band="severe", weight=1.2, absolute_from=12.0, proportional_from=0.85),
    SeverityBand(band="very_severe", weight=1.7, absolute_from=18.0, proportional_from=0.95),
)
"""NICE's, as coded in nice-digital/NICE-model-repo (MIT)."""
ARA_BRAZIER = tuple(
    NormTerm(term=term, coefficient=value)
    for term, value in (("constant", 0.9508566), ("male", 0.0212126), ("age", -0.0002587), ("age_squared", -0.0000332))
)
"""Ara and Brazier (2010): utility of the general population of the United Kingdom."""
GROUPS = (
    PatientMix(group="younger", age=45.5, female_share=1.0, share=0.4),
    PatientMix(group="older", age=61.25, female_share=1.0, share=0.6),
)
GAINED = (LifeYearValue(item="gained", utility=0.851),)


def without_agencies(definition: ModelDefinition) -> ModelDefinition:
    """The same model without what agencies ask for."""
    plain = edit(definition, {"settings.stepped_results": False})
    return dataclasses.replace(plain, severity_bands=(), patient_mix=(), norm_equation=(), life_year_values=())


def asking(definition: ModelDefinition, groups: tuple[PatientMix, ...] = GROUPS) -> ModelDefinition:
    """The same model with weights by severity, two sets of norms, equal-value life years and stepped results."""
    asked = dataclasses.replace(
        definition, severity_bands=BANDS, patient_mix=groups, norm_equation=ARA_BRAZIER, life_year_values=GAINED
    )
    return edit(asked, {"settings.stepped_results": True, "settings.median_follow_up": 53.5})


def small_england() -> ModelDefinition:
    """England over 10 years in quarterly cycles, without scenarios, asking for everything."""
    return asking(edit(without_scenarios("patina_england"), {"settings.horizon_years": 10.0, "settings.cycle_days": 91.0}))
