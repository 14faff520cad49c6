"""What stands beside the model: scenarios, evidence for validation, and references."""

from __future__ import annotations

import dataclasses
from typing import Any

from model.definition.records.columns import column
from model.definition.records.limits import LARGEST_AMOUNT, LONGEST_MONTHS, MONTHS, SHARE
from model.definition.records.record import DOCUMENTATION, Record


@dataclasses.dataclass(frozen=True, kw_only=True)
class ScenarioChange(Record):
    """One change of one scenario; rows with the same id belong together."""

    id: str = column("Scenario id", "id", "Rows with the same id are one scenario", width=26)
    label: str = column("Scenario", "text", "Name printed in results", width=48)
    input: str = column("Input", "address", "Address of the input to change, such as settings.horizon_years", width=48)
    value: Any = column("New value", "any", "The value it takes", width=18)
    purpose: str = column("Purpose", "text", "What the scenario explores and why", required=False, default="", width=60)
    KEY = ("id", "input")
    TOUCHES = "scenarios"


@dataclasses.dataclass(frozen=True, kw_only=True)
class ExternalEvidence(Record):
    """A figure from outside the trial, shown beside the model's."""

    id: str = column("Id", "id", "Short id", width=26)
    label: str = column("Study and population", "text", "Name printed beside the figure", width=54)
    endpoint: str = column("Endpoint", "choice", "pfs or os", choices=("pfs", "os"), width=11)
    statistic: str = column(
        "Statistic", "choice", "median (months) or landmark (share event-free)", choices=("median", "landmark"), width=12
    )
    month: float | None = column(
        "At month", "number", "Time of a landmark", above=0.0, maximum=LONGEST_MONTHS, required=False, width=11
    )
    value: float = column(
        "Value",
        "number",
        "Median in months or share event-free",
        **MONTHS,
        by="statistic",
        of={"median": MONTHS, "landmark": SHARE},
        width=10,
    )
    lower: float | None = column(
        "Lower 95%", "number", "Lower limit of the reported 95% interval", **MONTHS, required=False, width=11
    )
    upper: float | None = column(
        "Upper 95%", "number", "Upper limit of the reported 95% interval", **MONTHS, required=False, width=11
    )
    arm: str | None = column(
        "Compare with arm", "id", "Arm whose model value stands beside it", refers_to="arms", required=False, width=18
    )
    dependence: str = column(
        "Independence",
        "choice",
        "Is the figure used in the model?",
        choices=("dependent", "partly_dependent", "independent"),
        default="independent",
        width=18,
    )
    source: str = column("Source", "text", "Id of the reference", required=False, default="", width=22)
    notes: str = column("Notes", "text", "Why the figures may differ", required=False, default="", width=60)
    KEY = ("id",)
    TOUCHES = DOCUMENTATION


@dataclasses.dataclass(frozen=True, kw_only=True)
class PublishedAnalysis(Record):
    """A published cost-effectiveness analysis, for comparison."""

    id: str = column("Id", "id", "Short id", width=26)
    label: str = column("Study", "text", "Authors and year, or the name of the assessment", width=54)
    compared: str = column(
        "Compared", "text", "The options that the study compares", required=False, may_be_missing=True, default="", width=54
    )
    setting: str = column("Setting", "text", "Country and perspective", width=20)
    icer: float | None = column(
        "ICER per QALY",
        "number",
        "As published",
        minimum=-LARGEST_AMOUNT,
        maximum=LARGEST_AMOUNT,
        required=False,
        number_format="#,##0",
        width=15,
    )
    currency: str = column("Currency", "text", "Currency of the ICER", required=False, default="", width=12)
    price_year: str = column(
        "Price year",
        "text",
        "Year of the prices, where the study states it; empty: not found",
        required=False,
        may_be_missing=True,
        default="",
        width=12,
    )
    incremental_qalys: float | None = column(
        "Incremental QALYs", "number", "As published", minimum=-100.0, maximum=100.0, required=False, width=18
    )
    source: str = column("Source", "text", "Id of the reference", required=False, default="", width=22)
    notes: str = column("Notes", "text", "What differs from this model", required=False, default="", width=60)
    KEY = ("id",)
    TOUCHES = DOCUMENTATION


@dataclasses.dataclass(frozen=True, kw_only=True)
class Assumption(Record):
    """A structural assumption, why it was made and which scenario explores it."""

    id: str = column("Id", "id", "Short id", width=26)
    text: str = column("Assumption", "text", "What is assumed", width=70)
    justification: str = column("Justification", "text", "Why it is reasonable", width=70)
    scenario: str | None = column(
        "Explored by scenario", "id", "Id of a scenario", refers_to="scenarios", required=False, width=26
    )
    no_scenario: str = column(
        "Why no scenario",
        "text",
        "Of an assumption that no scenario explores: why",
        required=False,
        may_be_missing=True,
        default="",
        width=54,
    )
    KEY = ("id",)
    TOUCHES = DOCUMENTATION


@dataclasses.dataclass(frozen=True, kw_only=True)
class Version(Record):
    """A version of the inputs: what changed, when and why."""

    version: str = column("Version", "text", "Such as 1.1; the latest stands on the cover", width=12)
    date: str = column("Date", "text", "Such as 2026-01-31", width=14)
    change: str = column("What changed, and why", "text", "Sheets and inputs that changed, and the reason", width=90)
    author: str = column("By", "text", "Who made the change", required=False, default="", width=24)
    KEY = ("version",)
    TOUCHES = DOCUMENTATION


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reference(Record):
    """A source."""

    id: str = column("Reference id", "id", "Short id used in the Source columns", width=24)
    citation: str = column("Citation", "text", "Authors, title, journal or publisher, year", width=90)
    link: str = column("Link", "text", "Where the source can be found", required=False, default="", width=50)
    accessed: str = column("Accessed", "text", "Date of access, such as 2026-01-31", required=False, default="", width=14)
    KEY = ("id",)
    TOUCHES = DOCUMENTATION
