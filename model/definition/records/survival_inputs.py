"""Data behind survival curves: follow-up, patient records, digitised curves, survival tables, model weights."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from model.definition.records.columns import QUALITY_MARKS, choice, column
from model.definition.records.curves import CANDIDATES
from model.definition.records.limits import FOLLOW_UP, LARGEST_COUNT, LONGEST_MONTHS, MONTHS
from model.definition.records.record import Record
from model.survival.reconstruction.checks import MOST_PATIENTS

LOWER = "lower"


@dataclasses.dataclass(frozen=True, kw_only=True)
class FollowUp(Record):
    """How many patients a published curve is of, and how long they could be followed at the data cut-off."""

    arm: str = column("Arm id", "id", "Arm of the curve", refers_to="arms", width=16)
    endpoint: str = column("Endpoint", "id", "pfs, os, or a drug id", width=12)
    patients: float = column(
        "Patients",
        "number",
        "Patients of the arm at time zero",
        unit="patients",
        minimum=1.0,
        maximum=float(LARGEST_COUNT),
        width=11,
        number_format="#,##0.##",
    )
    shortest: float = column(
        "Shortest follow-up",
        "number",
        "Of the patients still without the event, the one followed least: from the end of accrual to the data cut-off",
        unit="months",
        **FOLLOW_UP,
        width=12,
    )
    median: float = column(
        "Median follow-up",
        "number",
        "Half of the patients could be followed for longer (by the reversed Kaplan-Meier estimate, where it is reported)",
        unit="months",
        **FOLLOW_UP,
        width=12,
    )
    longest: float = column(
        "Longest follow-up",
        "number",
        "From the start of accrual to the data cut-off",
        unit="months",
        above=0.0,
        maximum=LONGEST_MONTHS,
        unusual_above=FOLLOW_UP["unusual_above"],
        width=12,
    )
    source: str = column("Source", "text", "Id of the reference", required=False, default="", width=22)
    quality: str = choice("Quality", QUALITY_MARKS, default="trial", width=12)
    notes: str = column("Notes", "text", "How the row was obtained", required=False, default="", width=60)
    KEY = ("arm", "endpoint")


@dataclasses.dataclass(frozen=True, kw_only=True)
class PatientRecord(Record):
    """One patient's time to one endpoint."""

    arm: str = column("Arm id", "id", "Arm of the patient", refers_to="arms", width=16)
    endpoint: str = column("Endpoint", "id", "pfs, os, or a drug id", width=12)
    patient: str = column(
        "Patient", "text", "Id of the patient; the same id in two endpoints ties them together in the bootstrap", width=14
    )
    time: float = column(
        "Time",
        "number",
        "Months from time zero to the event or to censoring",
        unit="months",
        above=0.0,
        maximum=LONGEST_MONTHS,
        unusual_above=FOLLOW_UP["unusual_above"],
        width=11,
    )
    event: int = column("Event", "integer", "1: the event happened; 0: censored", minimum=0, maximum=1, width=9)
    entry: float | None = column(
        "Entry",
        "number",
        "Months at which the patient came under observation; empty: at time zero",
        unit="months",
        **MONTHS,
        required=False,
        width=10,
    )
    weight: float | None = column(
        "Weight", "number", "Case weight; empty: 1", minimum=1e-6, maximum=1e6, required=False, width=10
    )
    age: float | None = column(
        "Age",
        "number",
        "Age at time zero, for excess-hazard models; empty: the population's start age",
        unit="years",
        minimum=0.0,
        maximum=120.0,
        required=False,
        width=9,
    )
    female: bool | None = column(
        "Female", "yes_no", "For excess-hazard models; empty: the population's share of women", required=False, width=10
    )
    KEY = ("arm", "endpoint", "patient")


@dataclasses.dataclass(frozen=True, kw_only=True)
class DigitisedPoint(Record):
    """One point clicked on a published Kaplan-Meier curve."""

    arm: str = column("Arm id", "id", "Arm of the curve", refers_to="arms", width=16)
    endpoint: str = column("Endpoint", "id", "pfs, os, or a drug id", width=12)
    time: float = column("Time", "number", "Months, as read from the figure", unit="months", **FOLLOW_UP, width=11)
    survival: float = column(
        "Survival",
        "number",
        "Share event-free (0-1), as read from the figure; two points at one time are the corners of a step",
        minimum=-0.05,
        maximum=1.05,
        number_format="0.0000",
        width=12,
    )
    KEY = ("arm", "endpoint", "time", "survival")  # both corners of a step stand at one time


@dataclasses.dataclass(frozen=True, kw_only=True)
class NumberAtRisk(Record):
    """One number of the table under a published Kaplan-Meier curve."""

    arm: str = column("Arm id", "id", "Arm of the curve", refers_to="arms", width=16)
    endpoint: str = column("Endpoint", "id", "pfs, os, or a drug id", width=12)
    time: float = column("Time", "number", "Months", unit="months", **FOLLOW_UP, width=11)
    n_risk: int = column("At risk", "integer", "Patients at risk at the time", minimum=0, maximum=MOST_PATIENTS, width=11)
    KEY = ("arm", "endpoint", "time")


@dataclasses.dataclass(frozen=True, kw_only=True)
class DigitisedCurveSource(Record):
    """Where a digitised curve comes from, and its total number of events if it was reported."""

    arm: str = column("Arm id", "id", "Arm of the curve", refers_to="arms", width=16)
    endpoint: str = column("Endpoint", "id", "pfs, os, or a drug id", width=12)
    total_events: int | None = column(
        "Total events",
        "integer",
        "Events over the whole follow-up, if reported",
        minimum=1,
        maximum=MOST_PATIENTS,
        required=False,
        width=14,
    )
    source: str = column("Source", "text", "Id of the reference", required=False, default="", width=22)
    notes: str = column("Notes", "text", "Figure, page, data cut, how it was digitised", required=False, default="", width=60)
    KEY = ("arm", "endpoint")


@dataclasses.dataclass(frozen=True, kw_only=True)
class SurvivalTableRow(Record):
    """One row of a survival curve given as a table; two rows at one time are the corners of a step."""

    arm: str = column("Arm id", "id", "Arm of the curve", refers_to="arms", width=16)
    endpoint: str = column("Endpoint", "id", "pfs, os, or a drug id", width=12)
    time: float = column("Time", "number", "Months; the first row is 0", unit="months", **MONTHS, width=11)
    survival: float = column(
        "Survival",
        "number",
        "Share event-free; between rows the hazard is constant; two rows at one time are a step of a Kaplan-Meier curve",
        minimum=0.0,
        maximum=1.0,
        number_format="0.000000",
        width=12,
    )
    n_risk: float | None = column(
        "At risk",
        "number",
        "Patients at risk at the time, where printed: the table is then uncertain in the probabilistic analysis",
        unit="patients",
        minimum=0.0,
        maximum=float(LARGEST_COUNT),
        required=False,
        may_be_missing=True,
        width=11,
        number_format="#,##0.##",
    )
    standard_error: float | None = column(
        "Standard error",
        "number",
        "Of the share event-free, where printed: taken in the place of the numbers at risk of the curve",
        above=0.0,
        maximum=0.5,
        required=False,
        may_be_missing=True,
        width=12,
    )
    corner: str | None = column(
        "Corner",
        "choice",
        "lower: the second of two rows at one time, where the curve falls in a step; filled in where it is left empty",
        choices=(LOWER,),
        required=False,
        may_be_missing=True,
        width=10,
    )
    KEY = ("arm", "endpoint", "time", "corner")


def with_corners(rows: Sequence[SurvivalTableRow]) -> tuple[SurvivalTableRow, ...]:
    """The rows of survival tables, of two at one time the second marked as the lower corner of a step."""
    made: list[SurvivalTableRow] = []
    seen: set[tuple[str, str, float, str | None]] = set()
    for row in rows:
        place = (row.arm, row.endpoint, row.time)
        step = row.corner is None and (*place, None) in seen and (*place, LOWER) not in seen
        made.append(dataclasses.replace(row, corner=LOWER) if step else row)
        seen.add((*place, made[-1].corner))
    return tuple(made)


@dataclasses.dataclass(frozen=True, kw_only=True)
class ModelWeight(Record):
    """The weight of one candidate distribution in a model average."""

    arm: str = column("Arm id", "id", "Arm", refers_to="arms", width=16)
    endpoint: str = column("Endpoint", "id", "pfs, os, or a drug id", width=12)
    distribution: str = column(
        "Candidate", "choice", "A distribution that takes part in the average", choices=CANDIDATES, width=22
    )
    weight: float | None = column(
        "Weight",
        "number",
        "Its probability; empty in all rows of a curve: from the AIC of the fits",
        minimum=0.0,
        maximum=1.0,
        required=False,
        width=11,
        number_format="0.000",
    )
    notes: str = column("Notes", "text", "Why this weight", required=False, default="", width=60)
    KEY = ("arm", "endpoint", "distribution")
