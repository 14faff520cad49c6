"""What a publication reports about a survival curve, each with the uncertainty it was reported with.

Times are in one unit throughout (months in this model).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.constants import INTERVAL_95_WIDTH
from model.survival.effective_number import standard_error_of_landmark


@dataclass(frozen=True)
class Median:
    """Median time to event. Uncertainty: a standard error, a 95% interval, or an effective sample size.

    With only `effective_n` the statistic is the landmark S(time) = 0.5, whose binomial standard error is
    known without any curve; a standard error in months would have to borrow the fitted density.
    """

    time: float
    standard_error: float | None = None
    lower: float | None = None
    upper: float | None = None
    effective_n: float | None = None

    def __post_init__(self) -> None:
        _require(self.time > 0, f"the median is {self.time}; it must be positive.")
        if self.standard_error is None and self.lower is not None and self.upper is not None:
            _require(self.lower < self.upper, f"the interval of the median, {self.lower} to {self.upper}, is empty.")
            object.__setattr__(self, "standard_error", (self.upper - self.lower) / INTERVAL_95_WIDTH)
        if self.standard_error is None:
            _require(self.effective_n is not None, "a median needs a standard error, an interval or an effective n.")
        else:
            _require(self.standard_error > 0, f"the standard error of the median is {self.standard_error}.")


@dataclass(frozen=True)
class Landmark:
    """Survival probability at `time`. Uncertainty: a standard error, or the binomial one of `effective_n`.

    The effective n: `effective_number.py`.
    """

    time: float
    survival: float
    standard_error: float | None = None
    effective_n: float | None = None

    def __post_init__(self) -> None:
        _require(self.time > 0, f"the time of the landmark is {self.time}; it must be positive.")
        _require(0 < self.survival < 1, f"survival at {self.time} is {self.survival}; it must lie between 0 and 1.")
        if self.standard_error is None:
            n = self.effective_n or 0.0
            _require(n > 0, f"the landmark at {self.time} needs a standard error or an effective n.")
            object.__setattr__(self, "standard_error", standard_error_of_landmark(self.survival, n))
        _require((self.standard_error or 0) > 0, f"the standard error of the landmark at {self.time} must be positive.")


@dataclass(frozen=True)
class NotReached:
    """Survival was still above `survival` (0.5: the median was not reached) when a curve was last seen, at `time`.

    Evidence of one side only: the Kaplan-Meier estimate at `time`, normal around the true survival, lies above. Its
    uncertainty is that of this estimate: a standard error, or the binomial one of `effective_n` at `survival`.
    """

    time: float
    survival: float = 0.5
    standard_error: float | None = None
    effective_n: float | None = None

    def __post_init__(self) -> None:
        landmark = Landmark(self.time, self.survival, self.standard_error, self.effective_n)
        object.__setattr__(self, "standard_error", landmark.standard_error)


@dataclass(frozen=True)
class HazardRatio:
    """log(H(time) / H_reference(time)) = log(ratio): the curve's cumulative hazard against another curve's.

    reference_cumulative_hazard: the other curve's H at `time`; standard_error_log: of log(ratio).
    """

    time: float
    ratio: float
    standard_error_log: float
    reference_cumulative_hazard: float

    def __post_init__(self) -> None:
        for name in ("time", "ratio", "standard_error_log", "reference_cumulative_hazard"):
            _require(getattr(self, name) > 0, f"{name} of the hazard ratio is {getattr(self, name)}; not positive.")


@dataclass(frozen=True)
class CoefficientPrior:
    """A coefficient known from elsewhere, on the estimation scale; ignored by distributions without it."""

    name: str
    mean: float
    standard_error: float

    def __post_init__(self) -> None:
        _require(self.standard_error > 0, f"the standard error of the prior on {self.name} must be positive.")


Statistic = Median | Landmark | NotReached | HazardRatio | CoefficientPrior


def point_on_curve(statistic: Statistic) -> tuple[float, float] | None:
    """(time, survival) that the statistic says the curve goes through; None for a prior and for what was not reached."""
    if isinstance(statistic, Median):
        return statistic.time, 0.5
    if isinstance(statistic, Landmark):
        return statistic.time, statistic.survival
    if isinstance(statistic, HazardRatio):
        return statistic.time, float(np.exp(-statistic.ratio * statistic.reference_cumulative_hazard))
    return None


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message[0].upper() + message[1:])
