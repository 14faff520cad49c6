"""Utility lost to adverse events while patients live on, are progression-free, or are treated.

An event begins at time zero and lasts for its duration, which draws may change; where it has none, it lasts for ever. Its
loss counts for those who are still in the state named: probability x disutility x patient-years of that state meanwhile.
A cycle in which the duration ends counts by the part of it inside, as it does for any stretch of time.
"""

from __future__ import annotations

import numpy as np

from model.arrays import Array
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.settings import PER_EVENT
from model.definition.sampling.draws import Draws
from model.engine.streams import TREATED
from model.engine.timeline import Timeline

WHILE = {"while_progression_free": "progression_free", "while_alive": "alive", "while_on_treatment": TREATED}
"""Of whom the loss counts, as the engine names them, by the word of the setting."""
ENDS = ("start", "end")


def within(event: str, end: str) -> str:
    """The name of a curve: those who have the state named at the starts, or at the ends, of cycles within an event."""
    return f"{end} of cycles within {event}"


def durations(definition: ModelDefinition) -> dict[str, str | None]:
    """Of every event that costs utility, the address of its duration; none where the setting counts each event in full."""
    if definition.settings.adverse_event_disutility == PER_EVENT:
        return {}
    rows = {(c.event, c.item): address_of("event_consequences", c) for c in definition.event_consequences}
    return {e.id: rows.get((e.id, "duration_days")) for e in definition.adverse_events if (e.id, "disutility") in rows}


def curves_within(timeline: Timeline, occupancy: Array, lasting: dict[str, str | None], draws: Draws) -> dict[str, Array]:
    """An occupancy ``(n_draws, n_times)`` at either end of each cycle, by the part of the cycle within each event."""
    found: dict[str, Array] = {}
    begins = timeline.days[:-1]
    for event, address in lasting.items():
        days = np.array([timeline.horizon_days]) if address is None else draws[address]
        part = np.clip((days[:, None] - begins) / timeline.cycle_days, 0.0, 1.0)
        at_start, at_end = np.zeros_like(occupancy), np.zeros_like(occupancy)
        at_start[:, :-1] = occupancy[:, :-1] * part
        at_end[:, 1:] = occupancy[:, 1:] * part
        found |= {within(event, "start"): at_start, within(event, "end"): at_end}
    return found


def weights_of_ends(timeline: Timeline, outcome: str) -> dict[str, Array]:
    """Weights in years, each ``(n_cycles + 1,)``, of what accrues: of the value at the start and at the end of each cycle, as
    the accrual rule takes them in a stretch of time: read off the cycle in which the discount factor falls most."""
    factor, days = timeline.factor(timeline.years, outcome), timeline.days
    k = int(np.argmax(factor[:-1] - factor[1:])) if timeline.n_cycles > 1 else 0
    plain, discounted = (timeline.accrual_between(o, days[k], days[k + 1]) for o in ("none", outcome))
    start, end = plain[k], plain[k + 1]
    early = abs(discounted[k + 1] - end * factor[k]) < abs(discounted[k + 1] - end * factor[k + 1])
    found = {name: np.zeros(timeline.n_cycles + 1) for name in ENDS}
    found["start"][:-1] = start * factor[:-1]
    found["end"][1:] = end * (factor[:-1] if early else factor[1:])
    return found
