"""The effective number of patients of a landmark: of how many patients it is as precise as a plain share.

A median known by an effective number alone is the landmark S(median) = 0.5. Where patients leave only because the study
ended, Greenwood's variance of the Kaplan-Meier estimate (Greenwood 1926, Rep Public Health Med Subj 33; in the limit of many
patients: Breslow and Crowley 1974, Ann Stat 2:437) is

    Var S(t) = S(t)^2 / n x integral from 0 to t of h(u) / (S(u) G(u)) du,

with h the hazard and G the share of patients not yet censored. Set equal to S (1 - S) / n_eff it gives

    n_eff = n (1 - S(t)) / S(t) / integral.

Without censoring before t (G = 1) the integral is 1 / S(t) - 1 and n_eff = n. What censoring adds to it, the integral of
h / S x (1 / G - 1), is summed by Simpson's rule, so that n_eff = n (1 / S - 1) / (1 / S - 1 + added).

G follows from three numbers of a follow-up: 1 up to the shortest, then a straight line through 0.5 at the median to 0 at the
longest. S follows from what was published of the curve: a constant hazard between one point and the next.

(Number at risk) / survival, often used in its place, is smaller: Peto's conservative variance (Peto et al. 1977, Br J Cancer
35:1), which takes all patients censored so far as if they had not been followed at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from model.arrays import Array

STEPS = 30  # of Simpson's rule from the shortest to the median follow-up, and as many from there on
LEAST_FOLLOWED = 1e-12  # a smaller share not yet censored counts as this
SAME_TIME = 1e-9  # a stretch of follow-up shorter than this has no width


@dataclass(frozen=True)
class FollowUpTimes:
    """How long patients could be followed at the data cut-off, in one unit of time. ValueError unless in order."""

    shortest: float
    median: float
    longest: float

    def __post_init__(self) -> None:
        if not 0 <= self.shortest <= self.median <= self.longest or not self.longest > 0:
            raise ValueError(
                f"follow-up needs 0 <= shortest <= median <= longest, not {self.shortest}, {self.median}, {self.longest}"
            )

    def not_censored(self, times: Array) -> Array:
        """Share of patients whose follow-up is longer than each of the times, (n_times,)."""
        early = 1 - (times - self.shortest) / max(SAME_TIME, self.median - self.shortest) / 2
        late = (self.longest - times) / max(SAME_TIME, self.longest - self.median) / 2
        return np.where(times < self.median, np.minimum(1.0, early), np.maximum(LEAST_FOLLOWED, late))


def steps_to(time: float, follow_up: FollowUpTimes) -> Array:
    """Ends of the steps of Simpson's rule up to a time, (2 STEPS + 2,): no step goes across a kink of the follow-up.

    The first half runs from the shortest to the median follow-up, the second from there to the time; a half that lies
    beyond the time has no width. Nothing is censored before the shortest.
    """
    first, middle = min(follow_up.shortest, time), min(follow_up.median, time)
    share = np.arange(STEPS + 1) / STEPS
    return np.concatenate([first + (middle - first) * share, middle + (time - middle) * share])


def added_by_censoring(cumulative_hazard: Array, not_censored: Array) -> Array:
    """Of each step h / S x (1 / G - 1) in sum, (n,), from H and G at the ends of the steps (n,); 0 for the first.

    Simpson's rule over the cumulative hazard, which rises evenly within a step, as G falls evenly.
    """
    middle = np.exp((cumulative_hazard[1:] + cumulative_hazard[:-1]) / 2) * (2 / (not_censored[1:] + not_censored[:-1]) - 1)
    ends = np.exp(cumulative_hazard) * (1 / not_censored - 1)
    whole = (cumulative_hazard[1:] - cumulative_hazard[:-1]) * (ends[1:] + ends[:-1] + 4 * middle) / 6
    return np.concatenate([np.zeros(1), whole])


def effective_number(
    patients: float, follow_up: FollowUpTimes, time: float, survival: float, points: Iterable[tuple[float, float]] = ()
) -> float:
    """Effective number of patients behind survival at a time.

    patients: those followed from time zero; points: (time, survival) published of the same curve, of which those before
    ``time`` count. Raises ValueError for a time outside the follow-up, and for survival that is not between 0 and 1.

    >>> effective_number(100, FollowUpTimes(24, 36, 48), 12, 0.8)
    100.0
    >>> round(effective_number(100, FollowUpTimes(24, 36, 48), 40, 0.5), 1)
    75.0
    """
    if not 0 < time < follow_up.longest:
        raise ValueError(f"the time must lie between 0 and the longest follow-up of {follow_up.longest:g}, not at {time:g}")
    if not (0 < survival < 1 and patients > 0):
        raise ValueError(f"survival must lie between 0 and 1, and patients above 0, not {survival} and {patients}")
    known = sorted((t, s) for t, s in points if 0 < t < time)
    months = np.array([0.0, *(t for t, _ in known), time])
    hazard = -np.log(np.array([1.0, *(s for _, s in known), survival]))
    times = steps_to(time, follow_up)
    added = float(np.sum(added_by_censoring(np.interp(times, months, hazard), follow_up.not_censored(times))))
    uncensored = 1 / survival - 1
    return patients * uncensored / (uncensored + added)


def standard_error_of_landmark(survival: float, effective_n: float) -> float:
    """Binomial standard error of survival at a time, sqrt(S (1 - S) / n). ValueError unless n is above 0 and S from 0 to 1.

    >>> standard_error_of_landmark(0.5, 100)
    0.05
    """
    if not (effective_n > 0 and 0 <= survival <= 1):
        raise ValueError(
            f"a landmark needs an effective n above 0 and survival from 0 to 1, not {effective_n} and {survival}"
        )
    return sqrt(survival * (1 - survival) / effective_n)
