"""Cycles, discount factors and accrual weights: everything about time that no draw changes.

A total over time is a weighted sum of the values at the cycle boundaries t_0 ... t_n. The weights carry the cycle
length, the within-cycle accrual rule and the discount factor, so that every outcome of every draw is one product of
a matrix of survival values with a matrix of weights.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import wraps

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.constants import DAYS_PER_YEAR, MONTHS_PER_YEAR
from model.definition.model_definition import ModelDefinition
from model.definition.records.settings import EXACT_DAYS, RIGHT, RIGHT_EARLY, WITH_ACCRUAL
from model.engine.discounting import discount_factor
from model.engine.half_cycle import accrual_weights

Asked = tuple[str | float, ...]


def kept(method: Callable[..., Array]) -> Callable[..., Array]:
    """A method of a time axis whose arrays are worked out once and then only read: many streams ask for the same."""

    @wraps(method)
    def once(self: Timeline, *asked: str | float) -> Array:
        key = (method.__name__, *asked)
        if key not in self.known:
            made = method(self, *asked)
            made.flags.writeable = False
            self.known[key] = made
        return self.known[key]

    return once


@dataclasses.dataclass(frozen=True)
class Timeline:
    """The time axis of a model. Arrays ``(n_cycles + 1,)`` stand at the cycle boundaries. ``known``: what was asked for
    before (:func:`kept`)."""

    n_cycles: int
    cycle_days: float
    rule: str
    convention: str
    rates: tuple[float, float]
    steps: tuple[tuple[float, float, float], ...]
    days_per_year: float = DAYS_PER_YEAR
    dose_timing: str = EXACT_DAYS
    known: dict[Asked, Array] = dataclasses.field(default_factory=dict, repr=False, compare=False)

    @property
    @kept
    def days(self) -> Array:
        return np.arange(self.n_cycles + 1, dtype=float) * self.cycle_days

    @property
    @kept
    def months(self) -> Array:
        return self.days / self.days_per_month

    @property
    def days_per_month(self) -> float:
        """A twelfth of a year."""
        return self.days_per_year / MONTHS_PER_YEAR

    @property
    @kept
    def years(self) -> Array:
        return self.days / self.days_per_year

    @property
    def cycle_years(self) -> float:
        return self.cycle_days / self.days_per_year

    @property
    def horizon_days(self) -> float:
        """The horizon in use: a whole number of cycles."""
        return self.n_cycles * self.cycle_days

    @property
    def limits(self) -> tuple[float, float]:
        """What ends treatment at the latest, and what its months are counted in: days of the horizon, days per month."""
        return self.horizon_days, self.days_per_month

    def factor(self, years: ArrayLike, outcome: str) -> Array:
        """Discount factor for ``outcome`` in "costs", "effects", "none"."""
        t = np.asarray(years, dtype=float)
        if outcome == "none":
            return np.ones(t.shape)
        which = 0 if outcome == "costs" else 1
        steps = [(step[0], step[1 + which]) for step in self.steps]
        return discount_factor(t, self.rates[which], self.convention, steps)

    @kept
    def factor_at_ends(self, outcome: str) -> Array:
        """Discount factor at every boundary."""
        return self.factor(self.years, outcome)

    @kept
    def accrual(self, outcome: str) -> Array:
        """Weights in years for a value that accrues continuously (state occupancy x value per year)."""
        weights = accrual_weights(self.n_cycles, self.rule, self.factor_at_ends(outcome))
        return weights * self.cycle_years

    @kept
    def flow(self, outcome: str) -> Array:
        """Weights on a falling curve S for a value per patient who leaves it: sum over cycles of (S_k - S_k+1) x factor.

        The factor of a cycle is the mean of its two ends (trapezoid, simpson), that of its end (right) or of its start.
        """
        of_cycle = self._factor_of_cycle(outcome)
        weights = np.zeros(self.n_cycles + 1)
        weights[:-1] += of_cycle
        weights[1:] -= of_cycle
        return weights

    def _factor_of_cycle(self, outcome: str) -> Array:
        factor = self.factor_at_ends(outcome)
        if self.rule == RIGHT:
            return factor[1:]
        at_start = self.rule in ("left", "life_table", RIGHT_EARLY)
        return factor[:-1] if at_start else (factor[:-1] + factor[1:]) / 2

    @property
    def parts_of_ends(self) -> tuple[float, float]:
        """The part of a cycle for which the value at its start counts, and that for which the value at its end does."""
        return {"left": (1.0, 0.0), RIGHT: (0.0, 1.0), RIGHT_EARLY: (0.0, 1.0)}.get(self.rule, (0.5, 0.5))

    def _weights_of_ends(self, outcome: str) -> tuple[Array, Array]:
        """Discounted weight, in cycles, of the value at the start and at the end of each cycle, each ``(n_cycles,)``."""
        factor, (start, end) = self.factor_at_ends(outcome), self.parts_of_ends
        late = factor[:-1] if self.rule in ("life_table", RIGHT_EARLY) else factor[1:]
        return start * factor[:-1], end * late

    @kept
    def per_cycle(self, outcome: str) -> Array:
        """Weights for what happens once per event in a cycle, counted at the cycle's end: the factor of the cycle."""
        weights = np.zeros(self.n_cycles + 1)
        weights[1:] = self._factor_of_cycle(outcome)
        return weights

    @kept
    def part_of_cycles(self, start_day: float, stop_day: float) -> Array:
        """The part of each cycle that lies from ``start_day`` to ``stop_day``, at the cycle's end ``(n_cycles + 1,)``; 0 at
        time zero."""
        part = np.zeros(self.n_cycles + 1)
        whole = start_day <= 0 and stop_day >= self.horizon_days
        part[1:] = 1.0 if whole else self._inside(start_day, stop_day)
        return part

    def _inside(self, start_day: float, stop_day: float) -> Array:
        """As :meth:`part_of_cycles`, by cycle ``(n_cycles,)``."""
        starts = self.days[:-1]
        inside = np.minimum(stop_day, starts + self.cycle_days) - np.maximum(start_day, starts)
        return np.clip(inside, 0.0, None) / self.cycle_days

    def part_until(self, day: float) -> Array:
        """Of what accrues at each boundary, the part before a day ``(n_cycles + 1,)``.

        A boundary counts in the cycle before it and in that after it; within a cycle the straight line between both ends is
        integrated until the day. With ``left`` a boundary counts in the cycle after it alone, with ``right`` in that before.
        """
        cycles = (day - self.days) / self.cycle_days
        after, before = np.clip(cycles, 0.0, 1.0), np.clip(cycles + 1.0, 0.0, 1.0)
        if self.rule == "left":
            return after
        if self.rule in (RIGHT, RIGHT_EARLY):
            return before
        has_after, has_before = self.days < self.days[-1], self.days > 0
        found: Array = (has_after * after * (2 - after) + has_before * before**2) / (1.0 * has_after + has_before)
        return found

    @kept
    def accrual_between(self, outcome: str, start_day: float, stop_day: float) -> Array:
        """As :meth:`accrual`, from ``start_day`` to ``stop_day`` only: a cycle counts by the share of it inside.

        With limits inside the horizon Simpson's rule gives way to the trapezoid.
        """
        if start_day <= 0 and stop_day >= self.horizon_days:
            return self.accrual(outcome)
        share = self._inside(start_day, stop_day) * self.cycle_years
        of_start, of_end = self._weights_of_ends(outcome)
        weights = np.zeros(self.n_cycles + 1)
        weights[:-1] += share * of_start
        weights[1:] += share * of_end
        return weights

    def points(self, days: Array, outcome: str) -> Array:
        """Weights for events on ``days``. Days from the horizon on are left out."""
        left, of_start, of_end = self.on_days(days, outcome)
        weights = np.zeros(self.n_cycles + 1)
        np.add.at(weights, left, of_start)
        np.add.at(weights, left + 1, of_end)
        return weights

    def on_days(self, days: Array, outcome: str) -> tuple[NDArray[np.int_], Array, Array]:
        """Of each event on one of ``days`` within the horizon: the boundary before it, and the weights of that boundary and
        the next one.

        ``exact_days``: the curve is interpolated linearly inside a cycle (exact where the day is a cycle boundary), the
        discount factor is that of the day. ``with_accrual``: the accrual rule's weights of the cycle in which the day lies.
        """
        inside, left, part = self.places(days)
        if self.dose_timing == WITH_ACCRUAL:
            of_start, of_end = self._weights_of_ends(outcome)
            return left, of_start[left], of_end[left]
        factor = self.factor(inside / self.days_per_year, outcome)
        return left, factor * (1 - part), factor * part

    def places(self, days: Array) -> tuple[Array, NDArray[np.int_], Array]:
        """Of those ``days`` that lie within the horizon: the day, the boundary before it, and how much of the cycle has
        passed."""
        inside = days[days < self.horizon_days - 1e-9]
        position = inside / self.cycle_days
        left = np.minimum(np.floor(position + 1e-9).astype(int), self.n_cycles - 1)
        part = np.clip(position - left, 0.0, 1.0)
        part[part < 1e-9] = 0.0
        return inside, left, part


def make_timeline(definition: ModelDefinition) -> Timeline:
    """The time axis of a definition."""
    s = definition.settings
    steps = sorted((d.from_year, d.rate_costs, d.rate_effects) for d in definition.discount_steps)
    rates = s.discount_rate_costs, s.discount_rate_effects
    return Timeline(s.n_cycles, s.cycle_days, s.accrual, s.discounting, rates, tuple(steps), s.days_per_year, s.dose_timing)
