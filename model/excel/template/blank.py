"""The starter workbook of a model of one's own: the rows that were asked for, with ids and units, and nothing to overwrite.

What must be known of the decision is left empty: :mod:`model.excel.inputs.to_fill_in` lists it. So what is made here is
not yet a definition that can be run, and is not checked.
"""

from __future__ import annotations

import dataclasses
from os import PathLike
from typing import Any

from model.definition import (
    About,
    AdverseEvent,
    Arm,
    EventConsequence,
    EventProbability,
    ModelDefinition,
    Parameter,
    PopulationItem,
    Settings,
    State,
    Threshold,
    Utility,
)
from model.definition.profiles import with_profile
from model.excel.inputs.writer import write_inputs
from model.excel.template.asked import THREE, Asked
from model.excel.template.blank_costs import costs
from model.excel.template.blank_curves import curves
from model.excel.template.values import EMPTY, to_fill

COLOURS = ("#7F7F7F", "#1F77B4", "#D62728", "#2CA02C", "#9467BD", "#8C564B", "#E377C2", "#BCBD22", "#17BECF", "#393B79")
ITEMS = {"start_age": "years", "female_share": "share"}
SIZES = {"per_kg": {"weight_mean": "kg", "weight_sd": "kg"}, "per_m2": {"bsa_mean": "m2", "bsa_sd": "m2"}}


def write_starter(asked: Asked, path: str | PathLike[str]) -> None:
    """Write the starter workbook of what was asked for to ``path``."""
    write_inputs(starter_definition(asked), path)


def starter_definition(asked: Asked) -> ModelDefinition:
    """Its rows; cells that are to be filled in are None."""
    parts: dict[str, Any] = {**_decision(asked), **curves(asked), **_health(asked), **costs(asked)}
    made = with_profile(ModelDefinition(**parts), asked.profile)
    return made if made.thresholds else dataclasses.replace(made, thresholds=(Threshold(value=EMPTY),))


def _decision(asked: Asked) -> dict[str, Any]:
    about = About(
        title="",
        population="",
        intervention=asked.arms[-1].label,
        comparator=asked.arms[0].label,
        perspective="",
        time_zero="",
        version="0.1",
    )
    settings = Settings(
        currency=asked.currency,
        price_year="",
        intervention=asked.arms[-1].id,
        comparator=asked.arms[0].id,
        horizon_years=EMPTY,
        cycle_days=7.0,
        discount_rate_costs=EMPTY,
        discount_rate_effects=EMPTY,
    )
    items = ITEMS | {item: unit for drug in asked.drugs for item, unit in SIZES.get(drug.kind, {}).items()}
    return {
        "about": about,
        "settings": settings,
        "population": tuple(PopulationItem(item=item, parameter=to_fill(unit, "fixed")) for item, unit in items.items()),
        "arms": tuple(
            Arm(id=arm.id, label=arm.label, short_label=arm.label[:18].strip(), colour=COLOURS[number % len(COLOURS)])
            for number, arm in enumerate(asked.arms)
        ),
    }


def _health(asked: Asked) -> dict[str, Any]:
    consequences: dict[str, Parameter] = {
        "cost": to_fill(f"{asked.currency} per event", "gamma"),
        "disutility": to_fill("utility", "beta"),
        "duration_days": to_fill("days", "gamma"),
    }
    return {
        "states": tuple(State(id=s.id, endpoint=s.endpoint, label=s.label) for s in asked.states if asked.states != THREE),
        "utilities": tuple(Utility(id=s.id, state=s.id, parameter=to_fill("utility", "beta")) for s in asked.states),
        "adverse_events": tuple(AdverseEvent(id=event.id, label=event.label) for event in asked.events),
        "event_probabilities": tuple(
            EventProbability(event=event.id, arm=arm.id, parameter=to_fill("probability", "beta"))
            for event in asked.events
            for arm in asked.arms
        ),
        "event_consequences": tuple(
            EventConsequence(event=event.id, item=item, parameter=parameter)
            for event in asked.events
            for item, parameter in consequences.items()
        ),
    }
