"""QALYs that people of the patients' age and sex would have without the disease, discounted.

Within a year of age the hazard is constant, -ln(1 - q), and so is the utility u; the discount factor falls continuously,
exp(-d t). What is left from age x on is then, exactly,

    Q(x) = u(x) (1 - exp(-k)) / k + exp(-k) Q(x + 1),    k = h(x) + d,

from the last row of the life table, after which nobody lives, backwards; a part of a year at the beginning likewise. Each
group of patients has the mean of its two sexes, weighted as they start; the groups are averaged by their shares (NICE DSU TSD
23: the distribution of ages, not the mean age alone).
"""

from __future__ import annotations

import math

import numpy as np

from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.records.agency import AGE, AGE_SQUARED, CONSTANT, MALE
from model.engine.utilities import population_norm

SMALLEST_LEFT = 1e-300  # a smaller share of survivors is nobody
SMALL_RATE = 1e-5  # below it (1 - exp(-x)) / x is 1 - x / 2 but for digits that do not count
TABLE, EQUATION = "table", "equation"
NORM_WORDS = {TABLE: "Table of utility norms", EQUATION: "Norms by formula"}
"""The norms that a shortfall may rest on."""


def norms_given(definition: ModelDefinition) -> list[str]:
    """The norms that the definition has, those of the table first; none without life table, or without a table of norms."""
    if not definition.life_table or not definition.utility_norms:
        return []
    return [TABLE, *([EQUATION] if definition.norm_equation else [])]


def population_qalys(definition: ModelDefinition, norms: str = TABLE) -> float:
    """Discounted QALYs of people like the patients, averaged over the groups of the mix, or at the age at time zero."""
    return float(sum(share * qalys_at(definition, age, female, norms) for age, female, share in groups_of(definition)))


def groups_of(definition: ModelDefinition) -> list[tuple[float, float, float]]:
    """Age, share of women and share of the patients of each group; one group where the definition lists none."""
    if definition.patient_mix:
        return [(g.age, g.female_share, g.share) for g in definition.patient_mix]
    return [(definition.population_value("start_age"), definition.population_value("female_share"), 1.0)]


def qalys_at(definition: ModelDefinition, age: float, female_share: float, norms: str = TABLE) -> float:
    """Discounted QALYs from an age on, the two sexes weighted as they start. KeyError for an age outside the life table."""
    women, men = (qalys_from_age(definition, age, sex, norms) for sex in ("women", "men"))
    return female_share * women + (1 - female_share) * men


def qalys_from_age(definition: ModelDefinition, age: float, sex: str, norms: str = TABLE) -> float:
    """The same of one sex, "women" or "men"."""
    ages = [row.age for row in definition.life_table]
    place = math.floor(age + 1e-9) - ages[0]
    if not 0 <= place < len(ages):
        raise KeyError(age)
    left = 1 - max(0.0, age - ages[place])
    hazard, utility, qalys = _by_age(definition, sex, norms)
    rate = float(hazard[place]) + _discount_rate(definition)
    return float(utility[place] * stay(rate, left) + math.exp(-rate * left) * qalys[place + 1])


def _by_age(definition: ModelDefinition, sex: str, norms: str) -> tuple[Array, Array, Array]:
    """Hazard, utility ``(n_ages,)`` and QALYs from each age on ``(n_ages + 1,)``, of the ages of the life table."""
    rows = definition.life_table
    q = [row.qx_female if sex == "women" or row.qx_male is None else row.qx_male for row in rows]
    hazard = -np.log(np.maximum(SMALLEST_LEFT, 1 - np.array(q)))
    utility = _utilities(definition, np.array([float(row.age) for row in rows]), sex, norms)
    qalys, discount = np.zeros(len(rows) + 1), _discount_rate(definition)
    for i in range(len(rows) - 1, -1, -1):
        rate = float(hazard[i]) + discount
        qalys[i] = utility[i] * stay(rate, 1.0) + math.exp(-rate) * qalys[i + 1]
    return hazard, utility, qalys


def stay(rate: float, years: float) -> float:
    """Years until an event of constant rate or until ``years`` have passed: (1 - exp(-rate x years)) / rate."""
    passed = rate * years
    return years * (1 - passed / 2) if passed < SMALL_RATE else (1 - math.exp(-passed)) / rate


def _utilities(definition: ModelDefinition, ages: Array, sex: str, norms: str) -> Array:
    """Utility in each year of age: the row of the table, or the equation at the middle of the year."""
    if norms == TABLE:
        return population_norm(definition, ages)
    terms = {row.term: row.coefficient for row in definition.norm_equation}
    middle = ages + 0.5
    made = terms.get(CONSTANT, 0.0) + terms.get(AGE, 0.0) * middle + terms.get(AGE_SQUARED, 0.0) * middle**2
    return made + (terms.get(MALE, 0.0) if sex == "men" else 0.0)


def _discount_rate(definition: ModelDefinition) -> float:
    """The rate of the factor exp(-d t): ln(1 + r), or r itself under continuous discounting. Later rates are not used."""
    rate = definition.settings.discount_rate_effects
    return rate if definition.settings.discounting == "continuous" else math.log1p(rate)
