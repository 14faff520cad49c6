"""General-population mortality from single-year life tables, and the hazard floor under a modelled curve.

Time is in months, 12 to a year of age; age advances continuously from a possibly fractional start age. Within
a year of age the hazard is constant, -log(1 - q).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array
from model.constants import MONTHS_PER_YEAR
from model.shown import Shown, View, columns_view
from model.survival.increments import hazard_increments, running_total

_CERTAIN_DEATH = float(-np.log(1e-300))  # hazard per year where q = 1: no one survives, nothing is infinite


@dataclass(frozen=True, eq=False)
class LifeTable(Shown):
    """Probabilities `qx` (n,) of dying within the year of `age` (n,), for consecutive whole ages.

    After the last row death is certain (q = 1). Raises ValueError for gaps, fractional ages, or q outside [0,
    1].
    """

    age: Array
    qx: Array

    def __post_init__(self) -> None:
        age, qx = np.array(self.age, dtype=float), np.array(self.qx, dtype=float)
        if age.ndim != 1 or age.shape != qx.shape or age.size == 0:
            raise ValueError(f"age and qx must be two columns of equal length, not {age.shape} and {qx.shape}.")
        if np.any(age != np.floor(age)) or np.any(np.diff(age) != 1):
            raise ValueError("ages must be whole years that rise by 1 from row to row, without a gap.")
        wrong = ~((qx >= 0) & (qx <= 1))
        if wrong.any():
            raise ValueError(f"qx must lie in [0, 1]; at age {age[wrong][0]:.0f} it is {qx[wrong][0]}.")
        age.setflags(write=False)
        qx.setflags(write=False)
        object.__setattr__(self, "age", age)
        object.__setattr__(self, "qx", qx)

    @property
    def hazard_per_year(self) -> Array:
        """Constant hazard within each year of age, (n,)."""
        return -np.log(np.maximum(1 - self.qx, 1e-300))

    def cumulative_hazard(self, time_months: ArrayLike, start_age: ArrayLike) -> Array:
        """H over `time_months` (n_times,) from `start_age` at time 0: start_age.shape + (n_times,).

        Raises ValueError for a start age before the first row and for negative times.
        """
        time, start = np.asarray(time_months, dtype=float), np.asarray(start_age, dtype=float)
        if np.any(start < self.age[0]):
            raise ValueError(f"start age {np.min(start)} is before the first age of the life table, {self.age[0]:.0f}.")
        if np.any(time < 0):
            raise ValueError(f"time must not be negative; the smallest given is {np.min(time)}.")
        start = start.reshape(start.shape + (1,) * time.ndim)
        years = time / MONTHS_PER_YEAR
        return self._from_first_age(start + years) - self._from_first_age(start + np.zeros_like(years))

    def cumulative_hazard_in_steps(self, time_months: ArrayLike, ages: ArrayLike) -> Array:
        """H at `time_months` (n_times,) where each whole step has the hazard of the whole years of `ages` (n_times - 1,)."""
        time, age = np.asarray(time_months, dtype=float), np.asarray(ages, dtype=float)
        return np.concatenate([[0.0], np.cumsum(self.hazard_at(np.zeros_like(age), age) * np.diff(time))])

    def hazard(self, time_months: ArrayLike, start_age: float) -> Array:
        """Hazard per month at `time_months` (n_times,) from `start_age` at time 0, constant within a year of age."""
        return self.hazard_at(time_months, start_age)

    def hazard_at(self, time_months: ArrayLike, start_age: ArrayLike) -> Array:
        """Hazard per month of each person at their own time and start age, elementwise (n,)."""
        age = np.asarray(start_age, dtype=float) + np.asarray(time_months, dtype=float) / MONTHS_PER_YEAR
        index = np.floor(age - self.age[0] + 1e-12).astype(int)
        hazards = np.append(self.hazard_per_year, _CERTAIN_DEATH)
        return hazards[np.clip(index, 0, len(hazards) - 1)] / MONTHS_PER_YEAR

    def cumulative_hazard_at(self, time_months: ArrayLike, start_age: ArrayLike) -> Array:
        """Cumulative hazard of each person from their start age to their own time, elementwise (n,)."""
        start = np.asarray(start_age, dtype=float)
        years = np.asarray(time_months, dtype=float) / MONTHS_PER_YEAR
        return self._from_first_age(start + years) - self._from_first_age(start + np.zeros_like(years))

    def survival(self, time_months: ArrayLike, start_age: ArrayLike) -> Array:
        """Share alive after `time_months` among people aged `start_age`: start_age.shape + (n_times,)."""
        return np.exp(-self.cumulative_hazard(time_months, start_age))

    def life_expectancy(self, age: float) -> float:
        """Remaining years of life at `age`, exact for hazards constant within each year of age."""
        ends = np.append(self.age[self.age > age], [self.age[-1] + 1, self.age[-1] + 2])
        ends = np.unique(ends[ends > age]) if np.any(ends > age) else np.array([age + 1.0])
        edges = np.concatenate([[age], ends])
        hazard = self.cumulative_hazard((edges - age) * MONTHS_PER_YEAR, age)
        increments = np.diff(hazard)
        # Integral of exp(-h t) over a width d is d (1 - exp(-h d)) / (h d), and d where there is no hazard.
        mean_share = -np.expm1(-increments) / np.where(increments > 0, increments, 1.0)
        return float(np.sum(np.diff(edges) * np.exp(-hazard[:-1]) * np.where(increments > 0, mean_share, 1.0)))

    def _from_first_age(self, age: Array) -> Array:
        """Cumulative hazard from the first age of the table to `age`."""
        edges = np.append(self.age, self.age[-1] + 1)
        cumulative = np.concatenate([[0.0], np.cumsum(self.hazard_per_year)])
        return np.interp(age, edges, cumulative) + _CERTAIN_DEATH * np.maximum(age - edges[-1], 0.0)

    def view(self) -> View:
        """The first ages."""
        title = f"Life table, ages {self.age[0]:.0f} to {self.age[-1]:.0f}"
        return columns_view(title, {"Age": self.age, "Probability of dying within the year": self.qx}, rest=".age, .qx")


@dataclass(frozen=True, eq=False)
class MixedPopulation(Shown):
    """Women and men of one start age, weighted by survivors: S(t) = p S_female(t) + (1 - p) S_male(t)."""

    female: LifeTable
    male: LifeTable
    female_share: float
    start_age: float

    def cumulative_hazard(self, time_months: ArrayLike) -> Array:
        """-log S(t), (n_times,), without underflow."""
        return self._mixed(*(t.cumulative_hazard(time_months, self.start_age) for t in (self.female, self.male)))

    def cumulative_hazard_in_steps(self, time_months: ArrayLike, ages: ArrayLike) -> Array:
        """As `cumulative_hazard`, by `LifeTable.cumulative_hazard_in_steps`: step by step at `ages` (n_times - 1,)."""
        return self._mixed(*(t.cumulative_hazard_in_steps(time_months, ages) for t in (self.female, self.male)))

    def _mixed(self, female: Array, male: Array) -> Array:
        """-log of the share alive of both sexes, from the cumulative hazard of each."""
        with np.errstate(divide="ignore"):
            women, men = np.log(self.female_share), np.log1p(-self.female_share)
        hazard = np.logaddexp(women, men) - np.logaddexp(women - female, men - male)
        return np.maximum(hazard, 0.0)

    def hazard(self, time_months: ArrayLike) -> Array:
        """Hazard per month of those alive, (n_times,): women's and men's, weighted by survivors."""
        tables = (self.female, self.male)
        with np.errstate(divide="ignore"):
            logs = np.log([self.female_share, 1 - self.female_share])
        alive = [w - t.cumulative_hazard(time_months, self.start_age) for w, t in zip(logs, tables, strict=True)]
        whole = np.logaddexp(*alive)
        parts = [np.exp(a - whole) * t.hazard(time_months, self.start_age) for a, t in zip(alive, tables, strict=True)]
        return parts[0] + parts[1]

    def survival(self, time_months: ArrayLike) -> Array:
        """Share alive, (n_times,)."""
        return np.exp(-self.cumulative_hazard(time_months))

    def view(self) -> View:
        """What is mixed."""
        title = f"General population: {self.female_share:.0%} women, age {self.start_age:g} at time zero"
        if not np.array_equal(self.female.age, self.male.age):
            return View(title)
        columns = {"Age": self.female.age, "qx, women": self.female.qx, "qx, men": self.male.qx}
        return columns_view(title, columns, rest=".female, .male")


def mix(female: LifeTable, male: LifeTable, female_share: float, start_age: float) -> MixedPopulation:
    """The general population of a cohort's sex and age. Raises ValueError unless 0 <= female_share <= 1.

    >>> from model import survival
    >>> table = survival.LifeTable([60, 61, 62], [0.01, 0.01, 0.01])
    >>> survival.mix(table, table, female_share=0.5, start_age=60.0).cumulative_hazard([12.0]).round(6).tolist()  # -ln 0.99
    [0.01005]
    """
    if not 0 <= female_share <= 1:
        raise ValueError(f"female_share is {female_share}; it must lie in [0, 1].")
    return MixedPopulation(female, male, float(female_share), float(start_age))


def hazard_floor(cumulative_hazard: ArrayLike, population: ArrayLike) -> Array:
    """Cumulative hazard whose increments are the larger of model and population, (n_draws, n_times).

    cumulative_hazard: (n_draws, n_times); population: (n_times,) or (n_draws, n_times), at the same times.
    This caps the hazard and is stricter than the smaller of the two survival curves, which lets a cohort that
    died early enjoy a hazard below the population's later on.

    >>> from model import survival
    >>> survival.hazard_floor([0.0, 0.1, 0.2], [0.0, 0.05, 0.25]).round(9).tolist()  # people die faster in the second cycle
    [0.0, 0.1, 0.3]
    """
    increments = hazard_increments(cumulative_hazard)
    np.maximum(increments, hazard_increments(population), out=increments)
    return running_total(increments)


def binding(cumulative_hazard: ArrayLike, population: ArrayLike, time: ArrayLike) -> Array:
    """Start of the first interval whose hazard the floor raises, per draw (n_draws,); nan if it never binds.

    Arguments as for `hazard_floor`; time: (n_times,), the result is in its unit.

    >>> from model import survival
    >>> own, people = [0.0, 0.1, 0.2], [0.0, 0.05, 0.25]  # from the second cycle on people die faster
    >>> float(survival.binding(own, people, [0.0, 1.0, 2.0]))  # that cycle begins at
    1.0
    """
    model, floor = hazard_increments(cumulative_hazard), hazard_increments(population)
    binds = floor > model * (1 + 1e-12)
    starts = np.concatenate([[0.0], np.asarray(time, dtype=float)[:-1]])
    return np.where(binds.any(axis=-1), starts[np.argmax(binds, axis=-1)], np.nan)
