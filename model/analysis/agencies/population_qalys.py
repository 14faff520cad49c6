"""QALYs that people of the patients' age and sex would have without the disease, discounted.

Within a year of age the hazard h is constant, -ln(1 - q), and so is the utility u. The time that is left is cut into pieces
over which the log discount rate d is constant too: at birthdays, where later rates begin, and, where the model discounts by
whole years, at whole years since time zero, within which the rate is 0 and at whose ends the factor is multiplied by j. What
is left from the beginning of a piece of length l is then, exactly,

    Q = j (u (1 - exp(-k l)) / k + exp(-k l) Q'),    k = h + d,

with Q' of the next piece, from the last row of the life table, after which nobody lives, backwards. Both sides of a shortfall
are so discounted by the settings of the model. Each
group of patients has the mean of its two sexes, weighted as they start; the groups are averaged by their shares (NICE DSU TSD
23: the distribution of ages, not the mean age alone).
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.records.agency import AGE, AGE_SQUARED, CONSTANT, MALE
from model.engine.discounting import discount_factor
from model.engine.utilities import population_norm

SMALLEST_LEFT = 1e-300  # a smaller share of survivors is nobody
SAME_TIME = 1e-9  # years
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
    hazard, utility = _by_age(definition, sex, norms)
    qalys = 0.0
    for piece in reversed(_pieces(definition, age, place, len(ages))):
        rate = float(hazard[piece.place]) + piece.log_rate
        lived, survived = stay(rate, piece.years), math.exp(-rate * piece.years)
        qalys = piece.fall * float(utility[piece.place] * lived + survived * qalys)
    return qalys


def _by_age(definition: ModelDefinition, sex: str, norms: str) -> tuple[Array, Array]:
    """Hazard and utility ``(n_ages,)`` of the ages of the life table."""
    rows = definition.life_table
    q = [row.qx_female if sex == "women" or row.qx_male is None else row.qx_male for row in rows]
    hazard = -np.log(np.maximum(SMALLEST_LEFT, 1 - np.array(q)))
    return hazard, _utilities(definition, np.array([float(row.age) for row in rows]), sex, norms)


@dataclasses.dataclass(frozen=True)
class _Piece:
    """A stretch of time in one year of age, ``place`` in the life table, with one log discount rate; ``fall``: what the
    discount factor is multiplied with when it begins."""

    place: int
    years: float
    log_rate: float
    fall: float


def _pieces(definition: ModelDefinition, age: float, place: int, n_ages: int) -> list[_Piece]:
    """The time from an age on until the end of the life table."""
    s, first = definition.settings, definition.life_table[0].age
    to_birthday = 1 - max(0.0, age - first - place)
    end = to_birthday + n_ages - 1 - place
    steps = sorted((row.from_year, row.rate_effects) for row in definition.discount_steps)
    whole_years = s.discounting == "annual_step"
    cuts = np.arange(1.0, math.ceil(end)) if whole_years else [year for year, _ in steps if 0 < year < end]
    found = []
    for i in range(place, n_ages):
        until = to_birthday + i - place
        since = until - 1 if i > place else 0.0
        inside = [float(c) for c in cuts if since + SAME_TIME < c < until - SAME_TIME]
        starts = [since, *inside]
        lengths = np.diff([*starts, until]) if inside else [to_birthday if i == place else 1.0]
        for start, years in zip(starts, lengths, strict=True):
            fall = _fall(definition, start, steps) if whole_years else 1.0
            found.append(_Piece(i, float(years), 0.0 if whole_years else _log_rate(definition, start, steps), fall))
    return found


def _log_rate(definition: ModelDefinition, year: float, steps: list[tuple[float, float]]) -> float:
    """The rate d of the factor exp(-d t) that holds from a time on: ln(1 + r), or r itself under continuous discounting."""
    rate = next((r for start, r in reversed(steps) if start <= year + SAME_TIME), definition.settings.discount_rate_effects)
    return rate if definition.settings.discounting == "continuous" else math.log1p(rate)


def _fall(definition: ModelDefinition, year: float, steps: list[tuple[float, float]]) -> float:
    """By how much the factor falls at a time, discounting by whole years: not at all but at their ends."""
    number = round(year)
    if number == 0 or abs(year - number) > SAME_TIME:
        return 1.0
    rate = definition.settings.discount_rate_effects
    before, after = discount_factor([number - 1.0, float(number)], rate, "annual_step", steps)
    return float(after / before)


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
