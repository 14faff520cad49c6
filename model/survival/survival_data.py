"""Time-to-event observations of one arm and one endpoint, as estimators take them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.shown import Shown, View, columns_view


@dataclass(frozen=True, eq=False)
class SurvivalData(Shown):
    """n observations: `time` of the event or of censoring, `event` (True: it happened), both (n,).

    entry: time from which the person was under observation (delayed entry; 0 if not given). weight: case
    weights (1 if not given). patient: ids, which tie the endpoints of one person together in a bootstrap.
    population_hazard, population_cumulative: the general population's hazard at `time`, and its cumulative
    hazard from `entry` to `time`, for people of the same age and sex (n,); needed by excess-hazard models.
    All in one unit of time. Make it with `survival_data`, which checks.
    """

    time: Array
    event: NDArray[np.bool_]
    entry: Array
    weight: Array
    patient: tuple[str, ...] | None = None
    population_hazard: Array | None = None
    population_cumulative: Array | None = None

    @property
    def n(self) -> int:
        return len(self.time)

    @property
    def n_events(self) -> int:
        """Observations that end in the event (unweighted)."""
        return int(self.event.sum())

    @property
    def follow_up(self) -> float:
        """The longest time observed."""
        return float(self.time.max())

    def rows(self, index: ArrayLike) -> SurvivalData:
        """Some observations, in the order given (with repeats: a bootstrap resample)."""
        i = np.asarray(index)

        def of(values: Array | None) -> Array | None:
            return None if values is None else values[i]

        patient = None if self.patient is None else tuple(self.patient[j] for j in i)
        return SurvivalData(
            self.time[i],
            self.event[i],
            self.entry[i],
            self.weight[i],
            patient,
            of(self.population_hazard),
            of(self.population_cumulative),
        )

    def view(self) -> View:
        """The first observations."""
        words = [f"{self.n} observations, {self.n_events} events, the longest {self.follow_up:.4g}"]
        return columns_view("Survival data", {"Time": self.time, "Event": self.event, "Weight": self.weight}, words)


def survival_data(
    time: ArrayLike,
    event: ArrayLike,
    entry: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    patient: tuple[str, ...] | None = None,
    population_hazard: ArrayLike | None = None,
    population_cumulative: ArrayLike | None = None,
) -> SurvivalData:
    """Observations as arrays (n,), checked.

    Raises ValueError, naming the first row (counted from 1), for a time that is not above 0, an event that is
    not 0 or 1, an entry not before the time, a weight that is not above 0, and arrays of unequal length.

    >>> from model import survival
    >>> data = survival.survival_data([2.0, 4.0, 5.0], [True, False, True])
    >>> data.n, data.n_events, data.follow_up
    (3, 2, 5.0)
    """
    t, e = np.asarray(time, dtype=float), np.asarray(event)
    start = np.zeros(t.shape) if entry is None else np.asarray(entry, dtype=float)
    w = np.ones(t.shape) if weight is None else np.asarray(weight, dtype=float)
    if t.ndim != 1 or not t.shape == e.shape == start.shape == w.shape:
        raise ValueError("time, event, entry and weight must be columns of equal length.")
    if t.size == 0:
        raise ValueError("there are no observations.")
    _refuse(~(np.isfinite(t) & (t > 0)), t, "time", "above 0")
    _refuse(~np.isin(e, (0, 1)), e, "event", "0 or 1")
    _refuse(~((start >= 0) & (start < t)), start, "entry", "at least 0 and below the time")
    _refuse(~(np.isfinite(w) & (w > 0)), w, "weight", "above 0")
    hazard = None if population_hazard is None else np.asarray(population_hazard, dtype=float)
    cumulative = None if population_cumulative is None else np.asarray(population_cumulative, dtype=float)
    return SurvivalData(t, e.astype(bool), start, w, patient, hazard, cumulative)


def _refuse(wrong: NDArray[np.bool_], values: NDArray, name: str, allowed: str) -> None:  # type: ignore[type-arg]
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"{name} in row {row + 1} is {values[row]}; it must be {allowed}.")
