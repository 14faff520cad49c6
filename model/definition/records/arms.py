"""Arms and their regimens: which drugs, from when, until when, for which share of patients."""

from __future__ import annotations

import dataclasses

from model.definition.records.columns import choice, column, parameter_block
from model.definition.records.limits import DAYS, LONGEST_MONTHS, RATIO, SHARE
from model.definition.records.names import Names
from model.definition.records.parameters import Parameter
from model.definition.records.record import TIME_ON_TREATMENT, Record

TREATMENT_UNTIL = ("progression", "own_curve", "death")
TREATMENT_ITEMS = {
    "share_treated": "share of patients who get the drug (1 if not listed)",
    "hazard_ratio": "hazard ratio of stopping the drug, on the hazard of progression or death (1 if not listed)",
    "relative_dose_intensity": "share of planned doses that are paid for (1 if not listed)",
}

TREATMENT_WORDS = {
    "share_treated": "share treated with",
    "hazard_ratio": "hazard ratio of stopping",
    "relative_dose_intensity": "relative dose intensity of",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Arm(Record):
    """One treatment option."""

    id: str = column("Arm id", "id", "Short id used in the other sheets", width=16)
    label: str = column("Name", "text", "Name printed in results", width=44)
    short_label: str = column("Short name", "text", "Name used in charts", width=18)
    colour: str = column("Colour", "colour", "Colour in charts", default="#1F77B4", width=12)
    description: str = column("Description", "text", "What patients get, in a sentence", required=False, default="", width=60)
    KEY = ("id",)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Regimen(Record):
    """One drug of one arm, and the rule by which treatment ends."""

    arm: str = column("Arm id", "id", "Arm that uses the drug", refers_to="arms", width=16)
    drug: str = column("Drug id", "id", "Drug, as listed on the sheet Drugs", refers_to="drugs", width=20)
    until: str = column(
        "Treatment until",
        "choice",
        "progression: until progression or death; own_curve: a time-on-treatment curve on the sheet Survival "
        "(endpoint = drug id, or that of the column Own curve), never beyond death; death: until death",
        choices=TREATMENT_UNTIL,
        default="progression",
        width=18,
    )
    start_day: float = column(
        "Start day",
        "number",
        "Days after time zero at which the drug starts",
        unit="days",
        **DAYS,
        unusual_above=3653.0,
        default=0.0,
        width=12,
    )
    max_months: float | None = column(
        "Max months",
        "number",
        "Longest treatment; empty: no limit",
        unit="months",
        above=0.0,
        maximum=LONGEST_MONTHS,
        required=False,
        width=13,
    )
    max_doses: int | None = column(
        "Max doses",
        "integer",
        "Stop after this many doses; empty: no limit",
        minimum=1,
        maximum=100_000,
        required=False,
        width=12,
    )
    own_curve: str | None = column(
        "Own curve",
        "id",
        "Until own_curve: the endpoint of the curve, such as one of the sheet States; empty: the drug id",
        required=False,
        may_be_missing=True,
        width=14,
    )
    source: str = column("Source", "text", "Id of the reference", required=False, default="", width=22)
    notes: str = column("Notes", "text", "What else a reader should know of the row", required=False, default="", width=60)
    KEY = ("arm", "drug")

    @property
    def endpoint(self) -> str:
        """The endpoint of the curve at which treatment ends."""
        return {"progression": "pfs", "death": "os"}.get(self.until) or self.own_curve or self.drug


@dataclasses.dataclass(frozen=True, kw_only=True)
class TreatmentParameter(Record):
    """An uncertain number of one arm's use of one drug."""

    arm: str = column("Arm id", "id", "Arm that uses the drug", refers_to="arms", width=16)
    drug: str = column("Drug id", "id", "Drug of that arm's regimen", refers_to="drugs", width=20)
    item: str = choice("Item", TREATMENT_ITEMS, width=24)
    parameter: Parameter = parameter_block(
        minimum=0.0,
        maximum=RATIO["maximum"],
        by="item",
        of={
            "share_treated": SHARE,
            "hazard_ratio": RATIO,
            "relative_dose_intensity": {"minimum": 0.0, "maximum": 5.0, "unusual_below": 0.3, "unusual_above": 1.2},
        },
    )
    KEY = ("arm", "drug", "item")
    GROUP = TIME_ON_TREATMENT

    def in_words(self, names: Names) -> str:
        return f"{names.arm(self.arm)}: {TREATMENT_WORDS[self.item]} {names.drug(self.drug)}"
