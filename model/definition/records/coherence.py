"""Limits beyond which a flag says that PFS and OS do not hang together; they change no cost and no QALY."""

from __future__ import annotations

import dataclasses

from model.definition.records.columns import choice, column
from model.definition.records.limits import SHARE
from model.definition.records.record import Record

AFTER_BELOW, AFTER_HIGH, AFTER_RISES = "after_below_population", "after_high", "after_rises"
BEFORE_BELOW, REPAIR_MOVES, CURVES_EQUAL = "before_below_population", "repair_moves", "curves_equal"
OUTSIDE_EVIDENCE, OPPOSITE_HAZARDS = "outside_evidence", "opposite_hazards"

FLAGS = {
    AFTER_BELOW: "mortality after progression, as a multiple of the general population's, is below the limit",
    AFTER_HIGH: "mortality after progression is above the limit, deaths per patient-year",
    AFTER_RISES: "mortality after progression rises more than limit-fold over these years, from the first year on",
    BEFORE_BELOW: "mortality before progression (the share of PFS events that are deaths), as a multiple of the general "
    "population's, is below the limit",
    REPAIR_MOVES: "the rule where PFS exceeds OS moves more than this share of the patients from one state to another",
    CURVES_EQUAL: "PFS equals OS, so that nobody is progressed, while more than this share of the patients are alive",
    OUTSIDE_EVIDENCE: "OS lies above, or below, every external figure of the arm by more than this share of the patients",
    OPPOSITE_HAZARDS: "from year 5 to 20 the hazard of PFS falls, and that of OS rises, more than limit-fold",
}
"""What each flag says, in the order in which they are told."""
OF_POPULATION = (AFTER_BELOW, BEFORE_BELOW)
"""Flags that compare with the general population, and so need a life table."""
RAISED_BELOW = OF_POPULATION
"""Flags that are raised below their limit; the others are raised above it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class FlagLimit(Record):
    """The limit of one flag of coherence; a flag that is not listed is not looked for."""

    flag: str = choice("Flag", FLAGS, width=24)
    limit: float = column(
        "Limit", "number", "Beyond it the flag is raised", minimum=0.0, maximum=1e6, number_format="0.00##", width=11
    )
    share: float | None = column(
        "While more than",
        "number",
        "Looked for only while more than this share of the patients are in the state; empty where no state is meant",
        **SHARE,
        required=False,
        number_format="0.00##",
        width=15,
    )
    years: float | None = column(
        "Over years",
        "number",
        "The stretch of time of a rise; empty where none is meant",
        unit="years",
        above=0.0,
        maximum=40.0,
        required=False,
        width=12,
    )
    comment: str = column(
        "Comment",
        "text",
        "Said beside the flag wherever it is raised: why these curves are used all the same, and what that moves",
        required=False,
        may_be_missing=True,
        default="",
        width=80,
    )
    notes: str = column("Notes", "text", "Why this limit", required=False, default="", width=60)
    KEY = ("flag",)
    TOUCHES = "flags"


_FEW = "Below 1% of the patients the ratio of small numbers says little."
DEFAULT_LIMITS = (
    FlagLimit(
        flag=AFTER_BELOW, limit=1.0, share=0.01, notes=f"Nobody dies more slowly than people without the disease. {_FEW}"
    ),
    FlagLimit(flag=AFTER_HIGH, limit=1.0, share=0.01, notes=f"1 a year: a mean survival of one year. {_FEW}"),
    FlagLimit(
        flag=AFTER_RISES,
        limit=3.0,
        share=0.01,
        years=2.0,
        notes="Faster than ageing or disease: OS is running into PFS. Not looked for in the first year, in which few have "
        "progressed.",
    ),
    FlagLimit(
        flag=BEFORE_BELOW, limit=1.0, share=0.01, notes=f"Nobody dies more slowly than people without the disease. {_FEW}"
    ),
    FlagLimit(flag=REPAIR_MOVES, limit=0.01, notes="1% of the patients: more than a rounding of the curves."),
    FlagLimit(flag=CURVES_EQUAL, limit=0.01, notes="Some of those alive have progressed."),
    FlagLimit(
        flag=OUTSIDE_EVIDENCE,
        limit=0.05,
        notes="5 percentage points beyond the nearest figure or its interval: other patients, other care.",
    ),
    FlagLimit(flag=OPPOSITE_HAZARDS, limit=1.1, notes="10%: less is flat. Curves that bend apart meet, sooner or later."),
)
"""What a workbook of an earlier version, which does not have the table, is judged by."""
