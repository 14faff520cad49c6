"""What one agency or another asks for beside costs and QALYs: severity, equal-value life years, and what they are made of."""

from __future__ import annotations

import dataclasses

from model.definition.records.columns import choice, column
from model.definition.records.limits import SHARE, YEARS_OF_AGE
from model.definition.records.record import Record

CONSTANT, MALE, AGE, AGE_SQUARED = "constant", "male", "age", "age_squared"
NORM_TERMS = {
    CONSTANT: "the constant of the equation",
    MALE: "what is added for a man",
    AGE: "per year of age",
    AGE_SQUARED: "per squared year of age",
}

GAINED = "gained"
LIFE_YEARS_VALUED = {GAINED: "a life year gained, in equal-value life years"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class SeverityBand(Record):
    """A weight of QALYs that holds from a cut-off of either shortfall on; on a cut-off it holds."""

    band: str = column("Band", "id", "Short name of the band", width=16)
    weight: float = column(
        "QALY weight",
        "number",
        "What a QALY gained counts in this band",
        above=0.0,
        maximum=100.0,
        number_format="0.0##",
        width=12,
    )
    absolute_from: float = column(
        "Absolute shortfall from",
        "number",
        "The band holds from this many QALYs lost to the disease, under the comparator",
        unit="QALYs",
        minimum=0.0,
        maximum=150.0,
        number_format="0.0##",
        width=16,
    )
    proportional_from: float = column(
        "Proportional shortfall from",
        "number",
        "Or from this share of the QALYs without the disease that is lost to it",
        **SHARE,
        number_format="0.0%",
        width=16,
    )
    source: str = column("Source", "text", "Id of the reference", required=False, default="", width=22)
    notes: str = column("Notes", "text", "Where the band comes from", required=False, default="", width=60)
    KEY = ("band",)
    TOUCHES = "profile"


@dataclasses.dataclass(frozen=True, kw_only=True)
class LifeYearValue(Record):
    """What a life year counts, whatever the patients' health."""

    item: str = choice("Item", LIFE_YEARS_VALUED, width=16)
    utility: float = column(
        "Utility",
        "number",
        "What a life year counts, whatever the patients' health",
        **SHARE,
        number_format="0.000#",
        width=12,
    )
    source: str = column("Source", "text", "Id of the reference", required=False, default="", width=22)
    notes: str = column("Notes", "text", "Where the utility comes from", required=False, default="", width=60)
    KEY = ("item",)
    TOUCHES = "profile"


@dataclasses.dataclass(frozen=True, kw_only=True)
class PatientMix(Record):
    """Patients of one age and mix of sexes, for the QALYs of people like them without the disease."""

    group: str = column("Group", "id", "Short name of the group", width=16)
    age: float = column("Age", "number", "Age at time zero", unit="years", **YEARS_OF_AGE, number_format="0.0##", width=12)
    female_share: float = column(
        "Share of women", "number", "Among the patients of the group", **SHARE, number_format="0.0%", width=12
    )
    share: float = column(
        "Share of patients", "number", "The shares of all groups sum to 1", **SHARE, number_format="0.0%", width=12
    )
    source: str = column("Source", "text", "Id of the reference", required=False, default="", width=22)
    notes: str = column("Notes", "text", "Where the group comes from", required=False, default="", width=60)
    KEY = ("group",)
    TOUCHES = "profile"


@dataclasses.dataclass(frozen=True, kw_only=True)
class NormTerm(Record):
    """One coefficient of an equation of the population's utility by age and sex."""

    term: str = choice("Term", NORM_TERMS, width=16)
    coefficient: float = column(
        "Coefficient",
        "number",
        "Utility per unit of the term",
        minimum=-1.0,
        maximum=1.5,
        number_format="0.0000000",
        width=14,
    )
    source: str = column("Source", "text", "Id of the reference", required=False, default="", width=22)
    notes: str = column("Notes", "text", "Where the coefficient comes from", required=False, default="", width=60)
    KEY = ("term",)
    TOUCHES = "profile"
