"""Models on which verification tests are made: one on which nearly all of them apply, and some for the rest."""

from __future__ import annotations

import dataclasses
from functools import cache

from model.definition import ModelDefinition, Parameter, ScenarioChange, edit
from model.excel import template_definition
from tests.helpers.agency_models import BANDS, GAINED
from tests.helpers.small_models import monthly

DRAWS = 200


@cache
def whole() -> ModelDefinition:
    """The starter model over 40 years in cycles of 28 days: the floor under both curves, a cost at progression, a follow-up,
    one price throughout, a scenario with another source of the treated curves, and all that agencies ask for."""
    settings = {
        "settings.horizon_years": 40.0,
        "settings.cycle_days": 28.0,
        "settings.hazard_floor_under": "pfs_and_os",
        "settings.median_follow_up": 36.0,
    }
    plain = edit(template_definition(), settings)
    once = dataclasses.replace(monthly("at_progression", "at_progression", 500.0), frequency="once")
    others = [
        ScenarioChange(
            id="own", label="Own", input=f"curves.{c.arm}.{c.endpoint}.source", value="evidence", purpose="Own data"
        )
        for c in plain.curves
        if c.source == "relative_effect"
    ]
    care, stepped = (*plain.care, once), edit(plain, {"settings.stepped_results": True})
    asked = dict(severity_bands=BANDS, life_year_values=GAINED, price_changes=())
    return dataclasses.replace(stepped, care=care, scenarios=(*plain.scenarios, *others), **asked)


def with_parameter(definition: ModelDefinition, table: str, position: int, **changes: object) -> ModelDefinition:
    """One row's parameter with some of its fields replaced, not checked."""
    records = list(definition.table(table))
    parameter: Parameter = dataclasses.replace(records[position].parameter, **changes)  # type: ignore[arg-type]
    records[position] = dataclasses.replace(records[position], parameter=parameter)
    return dataclasses.replace(definition, **{table: tuple(records)})
