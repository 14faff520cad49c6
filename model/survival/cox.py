"""Two arms compared: Cox regression, the log-rank test, and the test of proportional hazards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtri

from model.arrays import Array
from model.constants import NORMAL_975
from model.shown import Shown, View
from model.survival.kaplan_meier import kaplan_meier
from model.survival.survival_data import SurvivalData, survival_data

TRANSFORMS = ("km", "rank", "log", "identity")


@dataclass(frozen=True)
class Cox(Shown):
    """Hazard ratio of the treated arm against the reference. Cox (1972), J R Stat Soc B 34:187."""

    log_hazard_ratio: float
    standard_error: float
    log_likelihood: float
    n: int
    n_events: int

    @property
    def hazard_ratio(self) -> float:
        return float(np.exp(self.log_hazard_ratio))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Wald limits of the hazard ratio."""
        z = float(ndtri((1 + level) / 2))
        low, high = np.exp(self.log_hazard_ratio + np.array([-z, z]) * self.standard_error)
        return float(low), float(high)

    def view(self) -> View:
        """The hazard ratio with its 95% interval."""
        low, high = self.interval()
        words = [f"{self.n} observations, {self.n_events} events"]
        headers = ["Hazard ratio", "Lower 95%", "Upper 95%"]
        title = f"Cox: hazard ratio {self.hazard_ratio:.3f} ({low:.3f} to {high:.3f})"
        return View(title, headers, [(self.hazard_ratio, low, high)], words=words)


@dataclass(frozen=True, eq=False)
class PHTest(Shown):
    """Test of proportional hazards by scaled Schoenfeld residuals.

    times, residuals: (d,) per event, `residuals` estimate the log hazard ratio over time (mean: the Cox estimate);
    trend, lower, upper: (d,) their smooth with pointwise 95% limits. `statistic` has one degree of freedom.
    """

    transform: str
    statistic: float
    p: float
    times: Array
    residuals: Array
    trend: Array
    lower: Array
    upper: Array

    def view(self) -> View:
        """The statistic and its p value."""
        rows = [(self.transform, self.statistic, self.p)]
        title = f"Test of proportional hazards: chi-squared {self.statistic:.3f}, p = {self.p:.3g}"
        return View(title, ["Transform of time", "Chi-squared, 1 df", "p"], rows, ["text"])


def cox_hazard_ratio(reference: SurvivalData, treated: SurvivalData) -> Cox:
    """Partial likelihood with ties by Efron (1977), J Am Stat Assoc 72:557; weights and delayed entry included.

    Raises ValueError where an arm has no event: the ratio is then 0 or infinite.

    >>> from model import survival
    >>> old = survival.survival_data([1.0, 2.0, 3.0, 4.0], [1, 1, 1, 1])
    >>> survival.cox_hazard_ratio(old, old).hazard_ratio
    1.0
    """
    if not reference.n_events or not treated.n_events:
        raise ValueError("a hazard ratio needs an event in both arms.")
    risk = _RiskSets(reference, treated)
    beta = 0.0
    for _ in range(50):
        _, score, information = risk.derivatives(beta)
        step = score / information
        beta += float(np.clip(step, -1.0, 1.0))
        if abs(step) < 1e-12:
            break
    value, _, information = risk.derivatives(beta)
    n, events = reference.n + treated.n, reference.n_events + treated.n_events
    return Cox(beta, float(1 / np.sqrt(information)), value, n, events)


def log_rank(reference: SurvivalData, treated: SurvivalData) -> tuple[float, float]:
    """Chi-squared statistic (one degree of freedom) and p; nan where every event falls on all who are left. Mantel (1966).

    >>> from model import survival
    >>> old = survival.survival_data([1.0, 2.0, 3.0], [1, 1, 1])
    >>> survival.log_rank(old, old)  # chi-squared, p
    (0.0, 1.0)
    """
    risk = _RiskSets(reference, treated)
    n, n1 = risk.n0 + risk.n1, risk.n1
    d, d1 = risk.d0 + risk.d1, risk.d1
    expected = d * n1 / n
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(n > 1, d * (n1 / n) * (1 - n1 / n) * (n - d) / (n - 1), 0.0)
    if not variance.sum() > 0:
        return float("nan"), float("nan")
    statistic = float((d1 - expected).sum() ** 2 / variance.sum())
    return statistic, float(chdtrc(1, statistic))


def proportional_hazards_test(reference: SurvivalData, treated: SurvivalData, transform: str = "km") -> PHTest:
    """Does the hazard ratio change with time? Grambsch and Therneau (1994), Biometrika 81:515.

    transform of time: km (1 - Kaplan-Meier of all patients, R's default), rank, log, identity. The statistic is the
    approximation of that paper (R's cox.zph before version 3), which takes the variance of a residual as constant;
    the score test of later versions differs in the second digit. Raises ValueError as `cox_hazard_ratio`.

    >>> from model import survival
    >>> old = survival.survival_data([1.0, 3.0, 5.0, 7.0], [1, 1, 1, 1])
    >>> new = survival.survival_data([2.0, 4.0, 6.0, 8.0], [1, 1, 1, 1])
    >>> found = survival.proportional_hazards_test(old, new)
    >>> 0 <= found.p <= 1, found.times.shape  # one residual for each event
    (True, (8,))
    """
    if transform not in TRANSFORMS:
        raise ValueError(f"{transform!r} is not a transform of time. Allowed: {', '.join(TRANSFORMS)}.")
    cox = cox_hazard_ratio(reference, treated)
    risk = _RiskSets(reference, treated)
    times, raw = risk.schoenfeld(cox.log_hazard_ratio)
    variance = cox.standard_error**2
    scaled = len(times) * variance * raw + cox.log_hazard_ratio
    g = _transformed(transform, times, reference, treated)
    centred = g - g.mean()
    spread = len(times) * variance * float(centred @ centred)
    moved = float(centred @ (scaled - cox.log_hazard_ratio))
    statistic = moved**2 / spread if spread > 0 else float("nan")
    trend, error = _smooth(times, scaled)
    low, high = trend - NORMAL_975 * error, trend + NORMAL_975 * error
    return PHTest(transform, statistic, float(chdtrc(1, statistic)), times, scaled, trend, low, high)


class _RiskSets:
    """At risk and events of both arms at every event time (m,), weighted; the treated arm carries index 1."""

    def __init__(self, reference: SurvivalData, treated: SurvivalData):
        self.times = np.unique(np.concatenate([reference.time[reference.event], treated.time[treated.event]]))
        (self.n0, self.d0, self.c0), (self.n1, self.d1, self.c1) = (self._counts(d) for d in (reference, treated))

    def _counts(self, d: SurvivalData) -> tuple[Array, Array, Array]:
        """At risk, events (both weighted), and number of events."""
        at_risk = np.array([d.weight[(d.entry < t) & (d.time >= t)].sum() for t in self.times])
        where = np.searchsorted(self.times, d.time[d.event])
        events = np.bincount(where, d.weight[d.event], len(self.times))
        counts = np.bincount(where, minlength=len(self.times)).astype(np.float64)
        return at_risk, events.astype(np.float64), counts

    def _efron(self) -> tuple[Array, Array, Array, NDArray[np.int_]]:
        """Per tied event: arms' sums at risk with the tied events taken out in equal steps, weight, position."""
        counts = (self.c0 + self.c1).astype(int)
        position = np.repeat(np.arange(len(self.times)), counts)
        order = np.concatenate([np.arange(c) for c in counts]) / np.repeat(counts, counts)
        n0 = self.n0[position] - order * self.d0[position]
        n1 = self.n1[position] - order * self.d1[position]
        weight = ((self.d0 + self.d1) / counts)[position]
        return n0, n1, weight, position

    def derivatives(self, beta: float) -> tuple[float, float, float]:
        """Log partial likelihood, score and information."""
        n0, n1, weight, _ = self._efron()
        r = np.exp(beta)
        share = r * n1 / (n0 + r * n1)
        value = float(beta * self.d1.sum() - weight @ np.log(n0 + r * n1))
        return value, float(self.d1.sum() - weight @ share), float(weight @ (share * (1 - share)))

    def schoenfeld(self, beta: float) -> tuple[Array, Array]:
        """Time and residual of every event (d,): arm of the event minus the mean arm at risk (Schoenfeld 1982)."""
        n0, n1, _, position = self._efron()
        r = np.exp(beta)
        share = r * n1 / (n0 + r * n1)
        counts = (self.c0 + self.c1).astype(int)
        mean = np.bincount(position, share, len(self.times)) / counts
        arm = np.concatenate([[1.0] * int(b) + [0.0] * int(a) for a, b in zip(self.c0, self.c1, strict=True)])
        return np.repeat(self.times, counts), arm - np.repeat(mean, counts)


def _transformed(transform: str, times: Array, reference: SurvivalData, treated: SurvivalData) -> Array:
    if transform == "identity":
        return times
    if transform == "log":
        return np.log(times)
    if transform == "rank":
        return np.searchsorted(np.unique(times), times).astype(float)
    both = survival_data(
        np.concatenate([reference.time, treated.time]),
        np.concatenate([reference.event, treated.event]),
        np.concatenate([reference.entry, treated.entry]),
        np.concatenate([reference.weight, treated.weight]),
    )
    km = kaplan_meier(both)
    before = np.concatenate([[1.0], km.survival])[np.searchsorted(km.times, times)]
    return 1 - before


def _smooth(times: Array, values: Array, share: float = 0.75) -> tuple[Array, Array]:
    """Local straight lines with tricube weights over the nearest `share` of events, and the smooth's standard error.

    Cleveland (1979), J Am Stat Assoc 74:829, without the robust steps; on the rank of time, which spreads the events.
    """
    x = np.argsort(np.argsort(times, kind="stable"), kind="stable").astype(float)
    n = len(x)
    near = max(int(np.ceil(share * n)), min(n, 3))
    distance = np.abs(x[:, None] - x[None, :])
    width = np.maximum(np.sort(distance, axis=1)[:, near - 1], 1.0) * (1 + 1e-9)
    w = np.clip(1 - (distance / width[:, None]) ** 3, 0, None) ** 3
    dx = x[None, :] - x[:, None]
    s0, s1, s2 = w.sum(1), (w * dx).sum(1), (w * dx**2).sum(1)
    determinant = np.maximum(s0 * s2 - s1**2, 1e-12)
    smoother = w * (s2[:, None] - s1[:, None] * dx) / determinant[:, None]
    trend = smoother @ values
    freedom = max(n - float(np.trace(smoother)), 1.0)
    spread = float(np.sum((values - trend) ** 2)) / freedom
    return trend, np.sqrt(spread * np.sum(smoother**2, axis=1))
