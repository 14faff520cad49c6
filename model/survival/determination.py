"""Do the data determine a fitted curve? Said of its coefficients, and of the curves that a sampler would draw from them.

A maximum of the likelihood with a covariance is not yet an estimate. Where the likelihood is nearly flat along some
direction, the normal distribution around the estimates reaches to coefficients that the data contradict, and the mean
of the curves drawn from it is another curve than that of the estimates (practical non-identifiability: Raue et al.
2009, Bioinformatics 25:1923; of cure fractions: Farewell 1986, Can J Stat 14:257). Both signs are looked at: intervals
that say nothing, and the distance between the mean of the drawn curves and the curve of the estimates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model.arrays import Array
from model.constants import NORMAL_975
from model.survival.families.base import Distribution
from model.survival.normal_points import N_POINTS, drawn_steps

WORTH_SAYING = 0.05  # distance in survival, base case to mean of the draws, that never passes without a word
SAID_FROM = 0.04  # so that chance in the draws of a run does not carry a silent one beyond that
LARGEST_DISTANCE = 0.10  # distance from which on the coefficients count as not determined
CURE_INTERVAL = (0.05, 0.95)  # a 95% interval of a cure fraction beyond both says nothing
WIDEST_CURE_INTERVAL = 0.8
LARGEST_LOG_ERROR = 2.0  # standard error of a logarithm: a 95% interval over a factor of 2,500
LARGEST_Q_ERROR = 5.0  # of a generalised gamma's Q; all its named members lie between -1 and 1
MOST_WITHOUT_CURVE = 0.5  # share of drawn coefficients that make no survival curve
_TIMES = 64

Population = Callable[[Array], Array]  # months (n,) -> cumulative hazard (n,) of the general population


@dataclass(frozen=True)
class Distance:
    """Where the mean of the drawn curves lies farthest from the curve of the estimates; nan where none can be drawn.

    no_curve: share of the drawn coefficients that make no survival curve (a sampler draws those again).
    """

    time: float
    estimate: float
    mean: float
    no_curve: float

    @property
    def size(self) -> float:
        return abs(self.mean - self.estimate)

    @property
    def words(self) -> str:
        return (
            f"at month {self.time:.0f} the mean of the drawn curves is {self.mean:.2f}, the curve of the estimates "
            f"{self.estimate:.2f}"
        )


@dataclass(frozen=True)
class Determination:
    """What the data leave open: ``problem`` is "" or what is not identified, ``remark`` "" or what is worth knowing."""

    problem: str = ""
    remark: str = ""

    @property
    def determined(self) -> bool:
        return not self.problem


def determination(
    family: Distribution,
    estimates: Array,
    covariance: Array,
    until: float,
    population: Population | None = None,
    resamples: Array | None = None,
) -> Determination:
    """Judge a curve by its estimates (k,) and their covariance (k, k), on the estimation scale, up to a time.

    population: cumulative hazard that is added to an excess hazard. resamples: (n, k) natural coefficients of refits to
    resampled patients, which then take the place of the covariance; nan: drawn from it all the same. Cached: the same
    curve is judged once.
    """
    again = None if resamples is None else resamples.tobytes()
    added = None if population is None else population(_times(until)).tobytes()
    key = (family.identity, estimates.tobytes(), covariance.tobytes(), until, added, again)
    if key not in _JUDGED:
        if len(_JUDGED) >= _MOST_JUDGED:
            _JUDGED.clear()
        _JUDGED[key] = _judge(family, estimates, covariance, until, population, resamples)
    return _JUDGED[key]


_JUDGED: dict[tuple[object, ...], Determination] = {}
_MOST_JUDGED = 4096


def _judge(
    family: Distribution,
    estimates: Array,
    covariance: Array,
    until: float,
    population: Population | None,
    resamples: Array | None,
) -> Determination:
    drawn = np.ones(len(estimates)) if resamples is None else np.isnan(resamples).any(axis=0).astype(float)
    problems = open_coefficients(family, estimates, covariance * np.outer(drawn, drawn))
    found = distance(family, estimates, covariance, until, population, resamples)
    if not np.isfinite(found.size) or found.no_curve > MOST_WITHOUT_CURVE:
        problems.append(f"{found.no_curve:.0%} of the coefficients drawn from its covariance make no curve")
    elif found.size > LARGEST_DISTANCE:
        problems.append(found.words)
    if problems:
        return Determination("; ".join(problems))
    return Determination("", found.words if found.size > SAID_FROM else "")


def open_coefficients(family: Distribution, estimates: Array, covariance: Array) -> list[str]:
    """A sentence for each coefficient whose 95% interval says nothing."""
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    low, high = (family.to_natural(estimates + sign * NORMAL_975 * errors) for sign in (-1, 1))
    found = []
    for i, (name, scale) in enumerate(zip(family.parameters, family.estimation_scale, strict=True)):
        own = name.rsplit(".", 1)[-1]
        if scale == "logit":
            beyond = low[i] < CURE_INTERVAL[0] and high[i] > CURE_INTERVAL[1]
            if beyond or high[i] - low[i] > WIDEST_CURE_INTERVAL:
                words = own.replace("_", " ")
                found.append(f"the {words} is not identified: its 95% interval is {low[i]:.2f} to {high[i]:.2f}")
        elif scale == "log" and errors[i] > LARGEST_LOG_ERROR:
            factor = f"{np.exp(2 * NORMAL_975 * min(errors[i], 100.0)):.0e}".replace("e+", "e")
            found.append(f"{own} is not identified: its 95% interval spans a factor of {factor}")
        elif own == "Q" and errors[i] > LARGEST_Q_ERROR:
            found.append(f"Q is not identified: its 95% interval is {low[i]:.0f} to {high[i]:.0f}")
    return found


@np.errstate(all="ignore")
def distance(
    family: Distribution,
    estimates: Array,
    covariance: Array,
    until: float,
    population: Population | None = None,
    resamples: Array | None = None,
) -> Distance:
    """The largest distance between the mean of the drawn curves and the curve of the estimates, up to a time.

    Normal draws are the points of a Sobol sequence, so that the distance is a number without chance.
    """
    time = _times(until)
    added = np.zeros(_TIMES) if population is None else population(time)
    natural = family.to_natural(estimates)
    own = np.exp(-family.cumulative_hazard(time, natural) - added)
    drawn = family.around(estimates, drawn_steps(covariance))
    if resamples is not None:
        refitted = resamples[:N_POINTS]
        drawn = np.where(np.isnan(refitted), np.resize(drawn, refitted.shape), refitted)
    good = family.valid(drawn)
    if not good.any():
        return Distance(until, float("nan"), float("nan"), 1.0)
    curves = np.exp(-family.cumulative_hazard(time, drawn[good]) - added)
    real = np.isfinite(curves).all(axis=1)
    share = 1 - float(real.sum()) / len(drawn)
    if not real.any():
        return Distance(until, float("nan"), float("nan"), 1.0)
    mean = curves[real].mean(axis=0)
    i = int(np.argmax(np.abs(mean - own)))
    return Distance(float(time[i]), float(own[i]), float(mean[i]), share)


def _times(until: float) -> Array:
    """Times up to a horizon, closest together early on, (64,)."""
    return until * (np.arange(1, _TIMES + 1) / _TIMES) ** 2
