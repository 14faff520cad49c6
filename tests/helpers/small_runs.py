"""A small output workbook with everything that can be replayed: the starter model over few cycles, draws, scenarios.

Each is written and loaded once per test process, into a folder that goes when the process ends.
"""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from functools import cache
from pathlib import Path

from model.analysis import base_case, psa, scenarios
from model.definition import ModelDefinition, edit
from model.definition.records.documentation import ScenarioChange
from model.excel import template_definition
from model.excel.output import write_workbook
from tests.helpers.recalculated import Recalculated
from tests.helpers.typed_curves import with_typed_curves

SEED, N_DRAWS = 7, 30
FOLDER = tempfile.TemporaryDirectory(prefix="small_runs_")


def small_definition() -> ModelDefinition:
    """The starter model over 5 years in quarterly cycles, with three scenarios; its patients are of about the same weight,
    for which fewer combinations of vials are looked at."""
    settings = {
        "settings.horizon_years": 5.0,
        "settings.cycle_days": 91.0,
        "settings.seed": SEED,
        "population.weight_sd": 5.0,
    }
    changes = (
        ScenarioChange(id="short", label="Horizon 3 years", input="settings.horizon_years", value=3.0),
        ScenarioChange(id="long", label="Horizon 8 years", input="settings.horizon_years", value=8.0),
        ScenarioChange(id="plain", label="No discounting", input="settings.discount_rate_costs", value=0.0),
        ScenarioChange(id="plain", label="No discounting", input="settings.discount_rate_effects", value=0.0),
    )
    return dataclasses.replace(edit(template_definition(), settings), scenarios=changes, assumptions=())


@cache
def small_with_typed_curves() -> ModelDefinition:
    """The same with typed curves."""
    return with_typed_curves(small_definition())


def small_run(draws: int = N_DRAWS, seed: int = SEED, sampling: str | None = None) -> Path:
    """The output workbook of the small model (without draws where ``draws`` is 0), which no test changes."""
    return _written_once(draws, seed, sampling)


@cache
def _written_once(draws: int, seed: int, sampling: str | None) -> Path:
    definition, path = small_definition(), Path(FOLDER.name) / f"{draws}_{seed}_{sampling}.xlsx"
    sampled = psa(definition, draws, seed, sampling=sampling) if draws else None
    write_workbook(path, base=base_case(definition), scenarios=scenarios(definition), psa=sampled)
    return path


def write_small_run(path: Path, draws: int = N_DRAWS, seed: int = SEED, sampling: str | None = None) -> ModelDefinition:
    """A copy of :func:`small_run`; returns its definition."""
    shutil.copy(small_run(draws, seed, sampling), path)
    return small_definition()


@cache
def small_book(draws: int = N_DRAWS) -> Recalculated:
    """:func:`small_run` in the engine; tests take back what they type."""
    return Recalculated(small_run(draws), small_definition())
