"""A small output workbook with everything that can be replayed: the starter model over few cycles, draws, scenarios."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from model.analysis import base_case, psa, scenarios
from model.definition import ModelDefinition, edit
from model.definition.records.documentation import ScenarioChange
from model.excel import template_definition
from model.excel.output import write_workbook

SEED, N_DRAWS = 7, 30


def small_definition() -> ModelDefinition:
    """The starter model over 5 years in quarterly cycles, with three scenarios."""
    settings = {"settings.horizon_years": 5.0, "settings.cycle_days": 91.0, "settings.seed": SEED}
    changes = (
        ScenarioChange(id="short", label="Horizon 3 years", input="settings.horizon_years", value=3.0),
        ScenarioChange(id="long", label="Horizon 8 years", input="settings.horizon_years", value=8.0),
        ScenarioChange(id="plain", label="No discounting", input="settings.discount_rate_costs", value=0.0),
        ScenarioChange(id="plain", label="No discounting", input="settings.discount_rate_effects", value=0.0),
    )
    return dataclasses.replace(edit(template_definition(), settings), scenarios=changes, assumptions=())


def write_small_run(path: Path, draws: int = N_DRAWS, seed: int = SEED, sampling: str | None = None) -> ModelDefinition:
    """Write the output workbook of the small model (without draws where ``draws`` is 0); returns its definition."""
    definition = small_definition()
    sampled = psa(definition, draws, seed, sampling=sampling) if draws else None
    write_workbook(path, base=base_case(definition), scenarios=scenarios(definition), psa=sampled)
    return definition
