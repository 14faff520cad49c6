"""Utilities of the states and of treatment, and adverse events with their consequences."""

from __future__ import annotations

import dataclasses

from model.definition.records.columns import choice, column, parameter_block, price_year
from model.definition.records.limits import DAYS, MONEY, MONTHS, SHARE, Limits
from model.definition.records.names import Names, lower_first
from model.definition.records.parameters import Parameter
from model.definition.records.record import TOXICITY, UTILITIES, Record
from model.definition.records.states import PROGRESSED, PROGRESSION_FREE

STATE_UTILITY: Limits = {"minimum": -1.0, "maximum": 1.0, "unusual_below": 0.0}
ON_TREATMENT = "on_treatment"
UTILITY_STATES = (PROGRESSION_FREE, PROGRESSED, ON_TREATMENT)
CONSEQUENCES = {
    "cost": "cost of one event",
    "disutility": "utility lost while the event lasts (a positive number)",
    "duration_days": "how long the utility is lost, days",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Utility(Record):
    """Utility of a health state, or the change of utility while a drug is taken."""

    id: str = column("Utility id", "id", "One of each state is needed; others are changes on treatment", width=20)
    state: str = column(
        "Holds in",
        "choice",
        "progression_free; progressed; on_treatment: added while the drug is taken. Where the sheet States lists states: "
        "their ids in place of the first two",
        choices=UTILITY_STATES,
        refers_to="states",
        width=18,
    )
    given_as: str = column(
        "Given as",
        "choice",
        "utility: the level itself; the progressed one is held at or below the progression-free one, in the base case and "
        "in every draw (not where there are more than three states). decrement: the fall from the progression-free utility, "
        "or that of the first state (never negative). increment: a change while on treatment",
        choices=("utility", "decrement", "increment"),
        default="utility",
        width=14,
    )
    drug: str | None = column("Drug id", "id", "Drug of a change on treatment", refers_to="drugs", required=False, width=18)
    arm: str | None = column(
        "Arm id",
        "id",
        "Only this arm, whose rows take the place of those for all arms; empty: all arms",
        refers_to="arms",
        required=False,
        may_be_missing=True,
        width=16,
    )
    from_month: float | None = column(
        "From month",
        "number",
        "Holds from this time since the start on; empty: from the start",
        unit="months",
        **MONTHS,
        required=False,
        may_be_missing=True,
        width=13,
    )
    until_month: float | None = column(
        "Until month",
        "number",
        "Holds until before this time, from which the next row of the state holds; empty: to the end",
        unit="months",
        **MONTHS,
        required=False,
        may_be_missing=True,
        width=13,
    )
    parameter: Parameter = parameter_block(
        minimum=-1.0,
        maximum=1.0,
        by="state",
        of={
            "progression_free": STATE_UTILITY,
            "progressed": STATE_UTILITY,
            "on_treatment": {"minimum": -1.0, "maximum": 1.0, "unusual_below": -0.3, "unusual_above": 0.3},
        },
    )
    KEY = ("id",)
    GROUP = UTILITIES

    @property
    def limited(self) -> bool:
        """Does it hold for a part of the time only?"""
        return self.from_month is not None or self.until_month is not None

    def in_words(self, names: Names) -> str:
        return self._what(names) + names.of_arm(self.arm) + self._when()

    def _what(self, names: Names) -> str:
        if self.state == ON_TREATMENT:
            return f"Change of utility on {names.drugs.get(self.drug or '', self.drug)}"
        if self.given_as == "decrement":
            on = "on progression" if self.state == PROGRESSED else f"to {names.state(self.state)}"
            return f"Utility decrement {on}"
        return f"Utility, {names.state(self.state)}"

    def _when(self) -> str:
        begins = "" if self.from_month is None else f", from month {self.from_month:g}"
        return begins + ("" if self.until_month is None else f", until month {self.until_month:g}")


@dataclasses.dataclass(frozen=True, kw_only=True)
class AdverseEvent(Record):
    """An adverse event."""

    id: str = column("Event id", "id", "Short id", width=24)
    label: str = column("Event", "text", "Name printed in results", width=44)
    notes: str = column("Notes", "text", "How the event was chosen or defined", required=False, default="", width=60)
    KEY = ("id",)


@dataclasses.dataclass(frozen=True, kw_only=True)
class EventProbability(Record):
    """Probability that a patient of an arm has the event."""

    event: str = column("Event id", "id", "Event", refers_to="adverse_events", width=24)
    arm: str = column("Arm id", "id", "Arm", refers_to="arms", width=16)
    parameter: Parameter = parameter_block(**SHARE)
    KEY = ("event", "arm")
    GROUP = TOXICITY

    def in_words(self, names: Names) -> str:
        return f"{names.arm(self.arm)}: risk of {lower_first(names.event(self.event))}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class EventConsequence(Record):
    """Cost, disutility or duration of an event."""

    event: str = column("Event id", "id", "Event", refers_to="adverse_events", width=24)
    item: str = choice("Consequence", CONSEQUENCES, width=16)
    price_year: int | None = price_year()
    parameter: Parameter = parameter_block(
        **MONEY,
        by="item",
        of={
            "cost": MONEY,
            "disutility": {"minimum": 0.0, "maximum": 2.0, "unusual_above": 0.6},
            "duration_days": {**DAYS, "unusual_above": 731.0},
        },
    )
    KEY = ("event", "item")
    GROUP = TOXICITY
    IS_COST = True

    def in_words(self, names: Names) -> str:
        item = {"cost": "cost", "disutility": "disutility", "duration_days": "duration"}[self.item]
        return f"{names.event(self.event)}: {item}"
