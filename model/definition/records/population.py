"""Who is treated: age, sex, body size; and the general population: mortality and utility norms by age."""

from __future__ import annotations

import dataclasses

from model.definition.records.columns import choice, column, parameter_block
from model.definition.records.limits import SHARE, YEARS_OF_AGE
from model.definition.records.names import Names
from model.definition.records.parameters import Parameter
from model.definition.records.record import NO_GROUP, Record

POPULATION_ITEMS = {
    "start_age": "Age at time zero, years (shifts life table and utility norms; not sampled)",
    "female_share": "Share of women, 0-1 (mixes the two columns of the life table; not sampled)",
    "weight_mean": "Mean body weight, kg",
    "weight_sd": "Standard deviation of body weight between patients, kg",
    "bsa_mean": "Mean body surface area, m2",
    "bsa_sd": "Standard deviation of body surface area between patients, m2",
    "progressed_share": "Share progressed at time zero (0 if not listed): PFS is of the others, OS of all",
}
PROGRESSED_AT_START = "progressed_share"
STRUCTURAL_ITEMS = ("start_age", "female_share")

POPULATION_WORDS = {
    "start_age": "Age at time zero",
    "female_share": "Share of women",
    "weight_mean": "Mean body weight",
    "weight_sd": "SD of body weight",
    "bsa_mean": "Mean body surface area",
    "bsa_sd": "SD of body surface area",
    "progressed_share": "Progressed at time zero",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class PopulationItem(Record):
    """One characteristic of the treated population."""

    item: str = choice("Characteristic", POPULATION_ITEMS, width=18)
    parameter: Parameter = parameter_block(
        minimum=0.0,
        maximum=500.0,
        by="item",
        of={
            "start_age": YEARS_OF_AGE,
            "female_share": SHARE,
            "weight_mean": {"minimum": 0.5, "maximum": 500.0, "unusual_below": 20.0, "unusual_above": 150.0},
            "weight_sd": {"minimum": 0.0, "maximum": 200.0, "unusual_above": 50.0},
            "bsa_mean": {"minimum": 0.05, "maximum": 5.0, "unusual_below": 0.8, "unusual_above": 2.5},
            "bsa_sd": {"minimum": 0.0, "maximum": 2.0, "unusual_above": 0.5},
            "progressed_share": {"minimum": 0.0, "maximum": 0.99, "unusual_above": 0.5},
        },
    )
    KEY = ("item",)
    GROUP = NO_GROUP

    def in_words(self, names: Names) -> str:
        return POPULATION_WORDS[self.item]


@dataclasses.dataclass(frozen=True, kw_only=True)
class LifeTableRow(Record):
    """Yearly probability of death in the general population at one age."""

    age: int = column("Age", "integer", "Age in whole years; no age may be missing", minimum=0, maximum=130, width=10)
    qx_female: float = column(
        "qx, women",
        "number",
        "Probability that a woman of this age dies within a year",
        minimum=0.0,
        maximum=1.0,
        number_format="0.000000",
        width=14,
    )
    qx_male: float | None = column(
        "qx, men",
        "number",
        "The same for men; may be empty when the share of women is 1",
        minimum=0.0,
        maximum=1.0,
        number_format="0.000000",
        required=False,
        width=14,
    )
    KEY = ("age",)


@dataclasses.dataclass(frozen=True, kw_only=True)
class UtilityNorm(Record):
    """Mean utility of the general population from an age on (single ages or bands)."""

    from_age: float = column(
        "From age", "number", "The norm holds from this age until the next row", minimum=0.0, maximum=130.0, width=12
    )
    utility: float = column(
        "Norm utility",
        "number",
        "Mean utility of the general population; utilities are multiplied by its ratio to that at time zero",
        minimum=0.1,
        maximum=1.0,
        unusual_below=0.2,
        number_format="0.0000",
        width=14,
    )
    KEY = ("from_age",)
