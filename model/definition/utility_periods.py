"""Which row of the table Utilities holds in a state: by arm, and by time since the start.

The rows of an arm's own take the place of those for all arms. Of a state other than the first the time is also cut where
another row of the first state begins, since a decrement is taken from it and a level is held at or below it. Where the
definition has more than three states, a level stands as it is: a later state may be better than the first.
"""

from __future__ import annotations

import dataclasses

from model.definition.model_definition import ModelDefinition
from model.definition.records.health import ON_TREATMENT, Utility


@dataclasses.dataclass(frozen=True)
class UtilityPeriod:
    """From month ``start`` until before month ``end`` (None: the horizon) ``row`` holds in its state; ``first``: the row
    of the first state meanwhile, None for that state itself; ``held``: whether a level is held at or below that."""

    row: Utility
    start: float
    end: float | None
    first: Utility | None
    held: bool = True

    @property
    def suffix(self) -> str:
        """When it holds, after the name of the state; "" for the whole time."""
        if self.end is None:
            return f", from month {self.start:g}" if self.start > 0 else ""
        return f", month {self.start:g} to {self.end:g}"


def rows_of(definition: ModelDefinition, state: str, arm: str) -> list[Utility]:
    """The rows that hold in a state of an arm, in the order of time: its own, else those for all arms."""
    rows = [row for row in definition.utilities if row.state == state]
    own = [row for row in rows if row.arm == arm]
    return sorted(own or [row for row in rows if row.arm is None], key=lambda row: row.from_month or 0.0)


def utility_periods(definition: ModelDefinition, state: str, arm: str) -> list[UtilityPeriod]:
    """The utilities of a state of an arm over time; the whole time where one row holds all along."""
    rows, first_state = rows_of(definition, state, arm), definition.living_states[0].id
    if state == first_state:
        return [UtilityPeriod(row, row.from_month or 0.0, row.until_month, None) for row in rows]
    found = []
    for row in rows:
        for first in rows_of(definition, first_state, arm):
            start = max(row.from_month or 0.0, first.from_month or 0.0)
            ends = [end for end in (row.until_month, first.until_month) if end is not None]
            if not ends or start < min(ends):
                found.append(UtilityPeriod(row, start, min(ends) if ends else None, first, levels_are_held(definition)))
    return sorted(found, key=lambda period: period.start)


def levels_are_held(definition: ModelDefinition) -> bool:
    """Is a level after the first state held at or below that of the first?"""
    return not definition.further_endpoints


def vary(definition: ModelDefinition) -> bool:
    """Do utilities of the states differ between arms, or over time?"""
    return any(row.state != ON_TREATMENT and (row.arm is not None or row.limited) for row in definition.utilities)
