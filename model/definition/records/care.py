"""Care and monitoring, treatment after progression, and care at the end of life."""

from __future__ import annotations

import dataclasses

from model.definition.records.columns import choice, column, parameter_block, perspective, price_year
from model.definition.records.limits import DAYS, LONGEST_DAYS, MONEY, MONTHS, SHARE
from model.definition.records.names import Names
from model.definition.records.parameters import Parameter
from model.definition.records.record import AFTER_PROGRESSION, COSTS_OF_CARE, Record

ANY_STATE = "any"
DYING_IN = {
    ANY_STATE: "all deaths",
    "progression_free": "deaths of the progression-free",
    "progressed": "deaths after progression",
}
CARE_WHILE = {
    "progression_free": "patients in the progression-free state",
    "progressed": "patients in the progressed state",
    "alive": "all patients alive",
    "on_treatment": "patients taking the drug named",
    "at_start": "once, at time zero",
    "at_progression": "once, on progression alive; not counted in cycles in which PFS is held at OS, where every PFS "
    "event is a death",
}
ACCRUING = {
    "per_month": "accrues continuously, cost per month",
    "per_year": "the same, cost per year",
    "per_week": "the same, cost per week",
    "per_cycle": "the same, cost per cycle of the model",
}
"""Of a cost that accrues, by its frequency: the time for which the value is paid."""
FREQUENCIES = {**ACCRUING, "every_days": "at fixed days, cost each time", "once": "once"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Care(Record):
    """A cost of care or monitoring."""

    id: str = column("Care id", "id", "Short id", width=24)
    label: str = column("Item", "text", "Name printed in results", width=44)
    arm: str | None = column("Arm id", "id", "Only this arm; empty: all arms", refers_to="arms", required=False, width=16)
    during: str = choice("While", CARE_WHILE, "A state of the sheet States, or one of these: ", refers_to="states", width=18)
    drug: str | None = column("Drug id", "id", "Drug, for a cost on treatment", refers_to="drugs", required=False, width=18)
    frequency: str = choice("Frequency", FREQUENCIES, width=14)
    interval_days: float | None = column(
        "Every",
        "number",
        "Days between visits, for every_days",
        unit="days",
        minimum=0.5,
        maximum=LONGEST_DAYS,
        required=False,
        width=10,
    )
    first_day: float | None = column(
        "First on day",
        "number",
        "Day of the first visit; empty: after one interval",
        unit="day",
        **DAYS,
        required=False,
        width=13,
    )
    from_day: float | None = column(
        "From day",
        "number",
        "Of a cost that accrues: from this day on, counted from time zero, on treatment from the start of the drug; empty: "
        "from the first",
        unit="day",
        **DAYS,
        required=False,
        may_be_missing=True,
        width=11,
    )
    until_day: float | None = column(
        "Until day",
        "number",
        "Of a cost that recurs: until before this day, counted likewise; empty: no limit",
        unit="day",
        **DAYS,
        required=False,
        may_be_missing=True,
        width=11,
    )
    perspective: str = perspective()
    price_year: int | None = price_year()
    parameter: Parameter = parameter_block(**MONEY)
    KEY = ("id",)
    GROUP = COSTS_OF_CARE
    IS_COST = True

    def in_words(self, names: Names) -> str:
        return f"{self.label}: cost"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Progression(Record):
    """Numbers about progression: death_share and share_treated."""

    item: str = column(
        "Item",
        "choice",
        "death_share: share of PFS events that are deaths; share_treated: share of patients treated again after "
        "progression alive",
        choices=("death_share", "share_treated"),
        width=18,
    )
    arm: str | None = column("Arm id", "id", "Only this arm; empty: all arms", refers_to="arms", required=False, width=16)
    parameter: Parameter = parameter_block(**SHARE)
    KEY = ("item", "arm")
    GROUP = AFTER_PROGRESSION

    def in_words(self, names: Names) -> str:
        what = "Deaths among PFS events" if self.item == "death_share" else "Treated after progression"
        return what + names.of_arm(self.arm)


@dataclasses.dataclass(frozen=True, kw_only=True)
class SubsequentTreatment(Record):
    """A drug after progression: its share of the treated, and its mean duration."""

    drug: str = column("Drug id", "id", "Drug", refers_to="drugs", width=24)
    item: str = column(
        "Item",
        "choice",
        "share: of treated patients (sums to 1); duration_months: mean duration",
        choices=("share", "duration_months"),
        width=18,
    )
    arm: str | None = column("Arm id", "id", "Only this arm; empty: all arms", refers_to="arms", required=False, width=16)
    parameter: Parameter = parameter_block(
        **MONTHS, by="item", of={"share": SHARE, "duration_months": {**MONTHS, "unusual_above": 120.0}}
    )
    KEY = ("drug", "item", "arm")
    GROUP = AFTER_PROGRESSION

    def in_words(self, names: Names) -> str:
        what = "share after progression" if self.item == "share" else "duration after progression"
        return f"{names.drug(self.drug)}: {what}{names.of_arm(self.arm)}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class EndOfLife(Record):
    """A cost at death."""

    id: str = column("Item id", "id", "Short id", width=24)
    label: str = column("Item", "text", "Name printed in results", width=44)
    state: str = choice(
        "Dying in",
        DYING_IN,
        "Whose deaths, of a state of the sheet States or one of these; which state they are from is by the setting 'Deaths "
        "by state'. ",
        refers_to="states",
        default=ANY_STATE,
        may_be_missing=True,
        width=18,
    )
    perspective: str = perspective()
    price_year: int | None = price_year()
    parameter: Parameter = parameter_block(**MONEY)
    KEY = ("id",)
    GROUP = COSTS_OF_CARE
    IS_COST = True

    def in_words(self, names: Names) -> str:
        return f"{self.label}: cost"
