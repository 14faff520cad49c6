"""Health states of a model with more than three of them, by ordered curves."""

from __future__ import annotations

import dataclasses

from model.definition.records.columns import column, parameter_block
from model.definition.records.limits import SHARE
from model.definition.records.names import Names
from model.definition.records.parameters import Parameter
from model.definition.records.record import NO_GROUP, Record

PROGRESSION_FREE, PROGRESSED, DEAD = "progression_free", "progressed", "dead"
REGIONS = {PROGRESSION_FREE: "pfs", PROGRESSED: "os"}
"""The two parts of those alive that PFS divides, by the curve at which each ends."""
WHOLE: dict[tuple[str | None, str], str] = {(None, "pfs"): PROGRESSION_FREE, ("pfs", "os"): PROGRESSED}
"""The same by the curves between which each lies."""
REGION_LABELS = {PROGRESSION_FREE: "Progression-free", PROGRESSED: "Progressed", DEAD: "Dead"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class State(Record):
    """A state in which patients live: those below its curve and not below that of the state before it."""

    id: str = column("State id", "id", "Short id, to be used on the sheets Utilities and Care", width=22)
    endpoint: str = column(
        "Until curve",
        "id",
        "The curve at which the state is left, of every arm on the sheet Survival: pfs, os, or another word such as ttd. "
        "The states stand in the order of their curves, the lowest first; the last is os, and pfs is among them",
        width=16,
    )
    label: str = column("State", "text", "Name printed in results", width=44)
    notes: str = column("Notes", "text", "What a reader should know of the state", required=False, default="", width=60)
    KEY = ("id", "endpoint")


@dataclasses.dataclass(frozen=True, kw_only=True)
class StateShare(Record):
    """The share of the patients who start in a state: the curve of a state is of those who start in it or in one below it."""

    state: str = column(
        "State id",
        "id",
        "Where these patients are at time zero; those of no row start in the first state",
        refers_to="states",
        width=22,
    )
    arm: str | None = column(
        "Arm id",
        "id",
        "Only this arm, whose rows take the place of those for all; empty: all arms",
        refers_to="arms",
        required=False,
        may_be_missing=True,
        width=16,
    )
    parameter: Parameter = parameter_block(**SHARE)
    KEY = ("state", "arm")
    GROUP = NO_GROUP

    def in_words(self, names: Names) -> str:
        return f"Share who start in the state {names.state(self.state)}{names.of_arm(self.arm)}"


THREE_STATES = tuple(State(id=name, endpoint=endpoint, label=REGION_LABELS[name]) for name, endpoint in REGIONS.items())
"""The states in which patients live where the definition lists none."""
