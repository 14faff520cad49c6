"""Remarks on utilities: levels that are not what the model counts, losses without an end."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem
from model.definition.records.settings import FIRST_CYCLE, PER_EVENT
from model.definition.utility_periods import utility_periods


def progressed_above_progression_free(d: ModelDefinition) -> Iterator[Problem]:
    """A level above the progression-free one is not what the model counts."""
    told = set()
    at = {row.id: i for i, row in enumerate(d.utilities)}
    for arm in d.arm_ids if not d.further_endpoints else ():
        for period in utility_periods(d, d.living_states[-1].id, arm):
            row, first = period.row, period.first
            if first is None or row.given_as != "utility" or row.id in told:
                continue
            free = first.parameter.value
            if row.parameter.value > free:
                told.add(row.id)
                message = (
                    f"{row.parameter.value:g} is above the progression-free utility, {free:g}: the progressed utility is "
                    f"held at or below it, so the model counts {free:g} (in draws, the lower of both)"
                )
                yield Problem("utilities", at[row.id], "value", message)


def losses_without_a_duration(d: ModelDefinition) -> Iterator[Problem]:
    """A loss of utility by an event that ends never, or counts nothing, since no duration is given."""
    timed = {row.event for row in d.event_consequences if row.item == "duration_days"}
    counted = (
        "so that its loss counts nothing"
        if d.settings.adverse_event_disutility == PER_EVENT
        else "so that its loss lasts for as long as the state of the setting 'Disutility of adverse events' does"
    )
    for position, row in enumerate(d.event_consequences):
        if row.item == "disutility" and row.event not in timed:
            yield Problem("event_consequences", position, "event", f"the event has no duration, {counted}")


def losses_from_time_zero(d: ModelDefinition) -> Iterator[Problem]:
    """Events that are spread over time, of which the utility lost while patients are in a state is not."""
    rule, timing = d.settings.adverse_event_disutility, d.settings.adverse_event_timing
    lost = any(row.item == "disutility" for row in d.event_consequences)
    if lost and rule != PER_EVENT and timing != FIRST_CYCLE:
        words = f"by '{rule}' every event begins at time zero: '{timing}' spreads what events cost"
        yield Problem("settings", 0, "adverse_event_timing", f"{words}, not the utility that they lose")
