"""The Kaplan-Meier estimator with Greenwood's variance, as R's survfit computes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from model.arrays import Array
from model.shown import Shown, View, columns_view
from model.survival.survival_data import SurvivalData, survival_data

INTERVALS = ("log", "log_log", "plain")
_LEVEL_TOLERANCE = 1e-9  # a curve this close to a level counts as being level with it (survfit's rule)


@dataclass(frozen=True, eq=False)
class KaplanMeier(Shown):
    """S at the distinct event times `times` (m,), from each on. Kaplan and Meier (1958), J Am Stat Assoc 53:457.

    n_risk: at risk just before each time (entry < t <= time); n_events: events at it (both weighted); variance_log:
    Var(log S), the sum of d / (n (n - d)) (Greenwood 1926).
    """

    times: Array
    survival: Array
    n_risk: Array
    n_events: Array
    variance_log: Array
    data: SurvivalData

    @property
    def follow_up(self) -> float:
        """The longest time observed."""
        return self.data.follow_up

    @property
    def cumulative_hazard(self) -> Array:
        """Nelson-Aalen estimate at the event times (m,). Nelson (1972), Aalen (1978)."""
        return np.cumsum(self.n_events / self.n_risk)

    def survival_at(self, time: ArrayLike) -> Array:
        """S at any times, continuous from the right."""
        index = np.searchsorted(self.times, np.asarray(time, dtype=float), side="right")
        return np.concatenate([[1.0], self.survival])[index]

    def at_risk(self, time: ArrayLike) -> Array:
        """Number at risk just before each time (weighted)."""
        d = self.data
        at = np.asarray(time, dtype=float)[..., None]
        early = (d.entry < at) | (at == 0)
        return np.sum(d.weight * (early & (d.time >= at)), axis=-1)

    def interval(self, level: float = 0.95, kind: str = "log") -> tuple[Array, Array]:
        """Pointwise limits at the event times, each (m,): on the log scale (survfit's default), log-log, or plain."""
        if kind not in INTERVALS:
            raise ValueError(f"{kind!r} is not a kind of interval. Allowed: {', '.join(INTERVALS)}.")
        z = float(ndtri((1 + level) / 2))
        error = np.sqrt(self.variance_log)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            if kind == "log":
                low, high = self.survival * np.exp(-z * error), self.survival * np.exp(z * error)
            elif kind == "plain":
                low, high = self.survival * (1 - z * error), self.survival * (1 + z * error)
            else:
                spread = z * error / np.abs(np.log(self.survival))
                low, high = self.survival ** np.exp(spread), self.survival ** np.exp(-spread)
        gone = self.survival <= 0
        low, high = np.clip(np.where(gone, np.nan, low), 0, 1), np.clip(np.where(gone, np.nan, high), 0, 1)
        return low, high

    def quantile(self, probability: float) -> float:
        """The time by which a share `probability` has had the event; nan if the curve does not fall so low."""
        return _first_below(self.times, self.survival, 1 - probability, self.follow_up)

    @property
    def median(self) -> float:
        return self.quantile(0.5)

    def quantile_interval(self, probability: float, level: float = 0.95, kind: str = "log") -> tuple[float, float]:
        """Limits of a quantile, where the limits of S cross it (Brookmeyer and Crowley 1982); nan: not reached."""
        low, high = self.interval(level, kind)
        share = 1 - probability
        return (_first_below(self.times, low, share, self.follow_up), _first_below(self.times, high, share, self.follow_up))

    def median_interval(self, level: float = 0.95, kind: str = "log") -> tuple[float, float]:
        return self.quantile_interval(0.5, level, kind)

    def restricted_mean(self, limit: float | None = None) -> tuple[float, float]:
        """Area under S to `limit` (default: the follow-up) and its standard error.

        Var = sum of A_i^2 d / (n (n - d)), A_i the area from t_i to the limit (Klein and Moeschberger 2003, 4.5).
        Raises ValueError for a limit beyond the follow-up, where S is unknown unless it has reached 0.
        """
        end = self.follow_up if limit is None else float(limit)
        if end > self.follow_up * (1 + 1e-12) and not (len(self.survival) and self.survival[-1] <= 0):
            raise ValueError(f"the limit {end:g} lies beyond the follow-up, {self.follow_up:g}.")
        inside = self.times < end
        times = self.times[inside]
        edges = np.concatenate([[0.0], times, [end]])
        areas = np.concatenate([[1.0], self.survival[inside]]) * np.diff(edges)
        beyond = np.cumsum(areas[::-1])[::-1][1:]
        steps = np.diff(self.variance_log[inside], prepend=0.0)
        with np.errstate(invalid="ignore"):
            variance = np.nansum(beyond**2 * steps)
        return float(areas.sum()), float(np.sqrt(variance))

    @property
    def median_follow_up(self) -> float:
        """By the reverse Kaplan-Meier estimator: censoring as the event (Schemper and Smith 1996); nan: not reached."""
        d = self.data
        return kaplan_meier(survival_data(d.time, ~d.event, d.entry, d.weight)).median

    def view(self) -> View:
        """The steps of the curve."""
        columns = {"Time": self.times, "Survival": self.survival, "At risk": self.n_risk, "Events": self.n_events}
        words = [f"{self.data.n} observations, {self.data.n_events} events, followed until {self.follow_up:.4g}"]
        return columns_view("Kaplan-Meier estimate", columns, words, ".times, .survival")


def kaplan_meier(data: SurvivalData) -> KaplanMeier:
    """The estimate from observations; at ties events come before censoring and after entry.

    >>> from model import survival
    >>> found = survival.kaplan_meier(survival.survival_data([1.0, 2.0, 3.0, 4.0], [1, 0, 1, 1]))
    >>> found.times.tolist(), found.survival.round(9).tolist()  # 3/4, then a half of it, then nothing
    ([1.0, 3.0, 4.0], [0.75, 0.375, 0.0])
    """
    times = np.unique(data.time[data.event])
    events = data.event
    n_events: Array = np.bincount(np.searchsorted(times, data.time[events]), data.weight[events], len(times)).astype(
        np.float64
    )
    n_risk = _sum_from(data.time, data.weight, times) - _sum_from(data.entry, data.weight, times)
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1 - n_events / n_risk)
        variance = np.cumsum(n_events / (n_risk * (n_risk - n_events)))
    fallen = np.where(survival < 1e-14, 0.0, survival).astype(np.float64)
    return KaplanMeier(times, fallen, n_risk, n_events, variance, data)


def _sum_from(values: Array, weight: Array, at: Array) -> Array:
    """Weight of the values at or beyond each of `at`."""
    order = np.argsort(values, kind="stable")
    total = np.concatenate([[0.0], np.cumsum(weight[order])])
    return total[-1] - total[np.searchsorted(values[order], at, side="left")]


def _first_below(times: Array, survival: Array, share: float, follow_up: float) -> float:
    """First time with S below `share`; where S is level with it, the middle of that stretch (survfit's rule)."""
    known = np.nan_to_num(survival, nan=-1.0)
    below = np.flatnonzero(known <= share + _LEVEL_TOLERANCE)
    if not len(below):
        return float("nan")
    first = below[0]
    if abs(known[first] - share) > _LEVEL_TOLERANCE:
        return float(times[first])
    under = np.flatnonzero(known < share - _LEVEL_TOLERANCE)
    end = times[under[0]] if len(under) else follow_up
    return float((times[first] + end) / 2)
