"""The hazard over time without a distribution: kernel-smoothed Nelson-Aalen increments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array
from model.constants import NORMAL_975
from model.shown import Shown, View, columns_view
from model.survival.kaplan_meier import kaplan_meier
from model.survival.survival_data import SurvivalData

FEWEST_AT_RISK = 10.0  # beyond the last event with so many at risk the estimate says nothing


@dataclass(frozen=True, eq=False)
class SmoothedHazard(Shown):
    """Hazard per unit of time at `times` (n,), nan beyond `until`, with pointwise 95% limits on the log scale."""

    times: Array
    hazard: Array
    lower: Array
    upper: Array
    bandwidth: float
    until: float

    def view(self) -> View:
        """The hazard with its limits at the first times."""
        columns = {"Time": self.times, "Hazard": self.hazard, "Lower 95%": self.lower, "Upper 95%": self.upper}
        words = [f"bandwidth {self.bandwidth:.4g}; known until {self.until:.4g}"]
        return columns_view("Smoothed hazard", columns, words, ".times, .hazard")


def smoothed_hazard(data: SurvivalData, times: ArrayLike | None = None, bandwidth: float | None = None) -> SmoothedHazard:
    """h(t) = sum of K((t - t_i) / b) / b x d_i / n_i over event times t_i, K Epanechnikov's kernel.

    Ramlau-Hansen (1983), Ann Stat 11:453; variance the sum of (K / b)^2 d_i / n_i^2. Near both ends the events are
    reflected, so that no weight falls outside. Default bandwidth: half the time observed times (events)^(-1/5).
    Default times: 100 points. Only events with at least FEWEST_AT_RISK at risk count.

    >>> from model import survival
    >>> import numpy as np
    >>> found = survival.smoothed_hazard(survival.survival_data(np.arange(1.0, 61.0), np.ones(60)), times=[10.0, 20.0])
    >>> bool((found.lower < found.hazard).all() and (found.hazard < found.upper).all())
    True
    """
    km = kaplan_meier(data)
    kept = km.n_risk >= min(FEWEST_AT_RISK, float(km.n_risk.max(initial=0.0)))
    t, d, n = km.times[kept], km.n_events[kept], km.n_risk[kept]
    if not len(t):
        raise ValueError("there is no event.")
    until = float(t[-1])
    b = 0.5 * until * float(d.sum()) ** -0.2 if bandwidth is None else float(bandwidth)
    if not b > 0:
        raise ValueError(f"the bandwidth is {b:g}; it must be above 0.")
    at = np.linspace(0.0, until, 100) if times is None else np.asarray(times, dtype=float)
    kernel = sum(_epanechnikov((at[:, None] - s) / b) / b for s in (t, -t, 2 * until - t))
    hazard = kernel @ (d / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.exp(NORMAL_975 * np.sqrt(kernel**2 @ (d / n**2)) / hazard)
        outside = (at > until * (1 + 1e-12)) | (at < 0)
        hazard = np.where(outside, np.nan, hazard)
        return SmoothedHazard(at, hazard, hazard / spread, hazard * spread, b, until)


def _epanechnikov(u: Array) -> Array:
    return 0.75 * np.maximum(1 - u * u, 0.0)
