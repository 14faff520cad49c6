"""A survival table up to a time, then a distribution: published Kaplan-Meier steps with a published tail."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.survival.families.base import Distribution
from model.survival.families.survival_table import SurvivalTable

CLOCKS = {
    "continues": "the tail counts time from time zero: S(t) = S(cut) x tail(t) / tail(cut)",
    "restarts": "the tail counts time from the cut: S(t) = S(cut) x tail(t - cut)",
}
"""How a tail counts time, each with its meaning."""


class TableTail(Distribution):
    """S(t) of the table up to `switch`; then S(switch) S_tail(t) / S_tail(switch) (`clock` continues), the hazard being the
    tail's at the time itself, or S(switch) S_tail(t - switch) (restarts), at the time since the switch.

    Parameters: those of the table (factors of its pieces, where it is uncertain), then those of the tail; the two are drawn
    apart. Latimer (2013), Med Decis Making 33:743 on this kind of curve. Raises ValueError where the table ends before
    the switch or has fallen to 0 there, and for an unknown clock.
    """

    name = "table_tail"

    def __init__(self, table: SurvivalTable, tail: Distribution, switch: float, clock: str = "continues"):
        if clock not in CLOCKS:
            raise ValueError(f"{clock!r} is not a clock. Allowed: {', '.join(CLOCKS)}.")
        if not 0 < switch <= table.times[-1]:
            raise ValueError(f"the table ends at {table.times[-1]:g}, before the tail begins at {switch:g}.")
        if table.values[np.searchsorted(table.times, switch, side="right") - 1] <= 0:
            raise ValueError(f"the table has fallen to 0 where the tail begins, at {switch:g}.")
        self.table, self.tail, self.switch, self.clock = table, tail, float(switch), clock
        self.proportional_hazards = tail.proportional_hazards
        self.label = f"Survival table, then {tail.label}"
        self.parameters = (*table.parameters, *tail.parameters)
        self.estimation_scale = (*table.estimation_scale, *tail.estimation_scale)
        self.time_role = (*table.time_role, *tail.time_role)

    @property
    def identity(self) -> tuple[object, ...]:
        return (self.name, self.switch, self.clock, *self.table.identity, *self.tail.identity)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:  # type: ignore[override]
        return TableTail, (self.table, self.tail, self.switch, self.clock)

    def rescale_time(self, coefficients: ArrayLike, factor: ArrayLike) -> Array:
        """Not possible: the times of the table would move."""
        raise ValueError("a curve that begins with a table cannot be rescaled in time.")

    def valid(self, coefficients: ArrayLike) -> NDArray[np.bool_]:
        given = np.asarray(coefficients, dtype=float)
        return super().valid(given) & self.tail.valid(given[..., self._pieces :])

    def edge(self, coefficients: Array) -> str:
        return self.tail.edge(coefficients[self._pieces :])

    def around(self, estimates: Array, steps: ArrayLike) -> Array:
        moves, j = np.asarray(steps, dtype=float), self._pieces
        early = self.table.around(estimates[:j], moves[..., :j])
        return np.concatenate([early, self.tail.around(estimates[j:], moves[..., j:])], axis=-1)

    def steps_to(self, natural: ArrayLike, estimates: Array) -> Array:
        given, j = np.asarray(natural, dtype=float), self._pieces
        early = self.table.steps_to(given[..., :j], estimates[:j])
        return np.concatenate([early, self.tail.steps_to(given[..., j:], estimates[j:])], axis=-1)

    @property
    def _pieces(self) -> int:
        return len(self.table.parameters)

    def _split(self, columns: tuple[Array, ...]) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
        ones = np.ones_like(columns[0])
        return (*columns[: self._pieces], ones), columns[self._pieces :]

    def _own_time(self, time: Array) -> Array:
        """Time as the tail counts it; at the switch before it."""
        beyond = np.maximum(time, self.switch)
        return beyond - self.switch if self.clock == "restarts" else beyond

    def _before_tail(self, tail: tuple[Array, ...]) -> Array:
        """The tail's cumulative hazard at the switch."""
        return self.tail._cumulative_hazard(self._own_time(np.array([self.switch])), *tail)

    def _cumulative_hazard(self, time: Array, *columns: Array) -> Array:
        early, tail = self._split(columns)
        hazard = self.table._cumulative_hazard(np.minimum(time, self.switch), *early)
        late = time > self.switch
        if not late.any():
            return hazard
        further = self.tail._cumulative_hazard(self._own_time(time), *tail) - self._before_tail(tail)
        return hazard + np.where(late, np.maximum(further, 0.0), 0.0)

    def _log_hazard(self, time: Array, *columns: Array) -> Array:
        early, tail = self._split(columns)
        first = self.table._log_hazard(np.minimum(time, self.switch), *early)
        return np.where(time > self.switch, self.tail._log_hazard(self._own_time(time), *tail), first)

    def _quantile(self, probability: Array, *columns: Array) -> Array:
        early, tail = self._split(columns)
        at_switch = self.table._cumulative_hazard(np.array([self.switch]), *early)
        goal = -np.log1p(-probability)
        left = np.maximum(goal - at_switch, 0.0) + self._before_tail(tail)
        later = self.tail._quantile(-np.expm1(-left), *tail) + (self.switch if self.clock == "restarts" else 0.0)
        own = np.minimum(self.table._quantile(probability, *early), self.switch)
        return np.where(goal <= at_switch, own, np.maximum(later, self.switch))

    def _mean(self, *columns: Array) -> Array:
        return self._restricted_mean(np.inf, *columns)

    def _restricted_mean(self, limit: float, *columns: Array) -> Array:
        """The area under the table, exactly, and that under the tail beyond the switch, scaled."""
        early, tail = self._split(columns)
        area = self.table._restricted_mean(min(limit, self.switch), *early)
        if limit <= self.switch:
            return area
        end, begin = (float(t) for t in self._own_time(np.array([limit, self.switch])))
        beyond = self.tail._mean(*tail) if np.isinf(end) else self.tail._restricted_mean(end, *tail)
        if begin > 0:
            beyond = beyond - self.tail._restricted_mean(begin, *tail)
        scale = self._before_tail(tail) - self.table._cumulative_hazard(np.array([self.switch]), *early)
        return area + np.exp(scale[..., 0]) * np.reshape(beyond, area.shape)
