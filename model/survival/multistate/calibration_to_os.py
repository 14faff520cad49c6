"""Survival after progression from published OS: the coefficients under which the OS of three states comes closest.

Nothing is published of survival after progression itself; what a trial reports of OS says it once PFS is known. The
coefficients are those of a calibration like any other (`model.survival.calibration`): weighted least squares, covariance
by the delta method. Arms whose patients live alike after progression are calibrated together.

That covariance is of given PFS. PFS is uncertain too, and a draw in which patients progress earlier than estimated needs
a longer survival after progression to come to the same published OS: the coefficients theta answer to those of PFS, phi,

    d theta / d phi = -(J'WJ)^-1 J'W F,    F the derivatives of the statistics by phi

so that a draw of theta is its own draw plus `response` times what phi was drawn away from its estimates (delta method for
an estimate that depends on another: Murphy and Topel 1985, J Bus Econ Stat 3:370). Without it sampled OS would spread
more than the statistics it was calibrated to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array
from model.survival.calibration import Calibration, calibrate_together
from model.survival.families.base import Distribution
from model.survival.misfit import Misfit, derivatives
from model.survival.multistate.overall_survival import OverallSurvival
from model.survival.multistate.post_progression import family_after_progression
from model.survival.multistate.transitions import Leaving
from model.survival.starting_values import starting_values
from model.survival.summary_statistics import Statistic, point_on_curve

_EARLIER = 0.5
"""Where a search starts: survival after progression through points of OS, at this share of their times."""
_STENCIL = 1e-3


@dataclass(frozen=True, eq=False)
class PublishedOS:
    """What is published of the OS of one arm, and how its patients leave the progression-free state, (1, n_times)."""

    leaving: Leaving
    statistics: tuple[Statistic, ...]


def calibrate_to_os(
    after: str, months: ArrayLike, evidence: Sequence[PublishedOS], population: ArrayLike | None = None
) -> Calibration:
    """Coefficients of survival after progression, one vector for all arms given, with their covariance given PFS.

    after: name of the family; months: the grid (n_times,); population: floor as `clock_reset` takes it, (n_times,).
    Statistics stand in the result in the order of the arms. As with any calibration, look at `identified`.
    """
    family = family_after_progression(after)
    points = [p for arm in evidence for s in arm.statistics if (p := point_on_curve(s)) is not None]
    starts = starting_values(family, [(_EARLIER * time, survival) for time, survival in points])
    return calibrate_together(_parts(after, months, evidence, population), starts)


def response(
    calibrated: Calibration,
    months: ArrayLike,
    evidence: Sequence[PublishedOS],
    moved: Sequence[tuple[Sequence[Leaving], Sequence[Leaving]]],
    step: float,
    population: ArrayLike | None = None,
) -> Array:
    """How the estimates answer to coefficients of PFS, (k, p) on the estimation scale (see the module's docstring).

    moved: for each of p coefficients of PFS, how the patients of each arm leave with it `step` above and `step` below its
    estimate; the other arguments as they were calibrated.
    """
    misfit = Misfit.of(_parts(calibrated.distribution, months, evidence, population))
    weight = misfit.information_scale(calibrated.estimates)[:, None]
    by_estimates = derivatives(misfit.residuals, calibrated.estimates, np.full(len(calibrated.estimates), _STENCIL))

    def residuals(leaving: Sequence[Leaving]) -> Array:
        arms = [PublishedOS(left, arm.statistics) for left, arm in zip(leaving, evidence, strict=True)]
        elsewhere = Misfit.of(_parts(calibrated.distribution, months, arms, population))
        return elsewhere.residuals(calibrated.estimates)

    by_pfs = np.stack([(residuals(above) - residuals(below)) / (2 * step) for above, below in moved], axis=1)
    answer: Array = np.asarray(np.linalg.lstsq(by_estimates * weight, by_pfs * weight, rcond=None)[0], dtype=np.float64)
    return -answer


def _parts(
    after: str, months: ArrayLike, evidence: Sequence[PublishedOS], population: ArrayLike | None
) -> list[tuple[Distribution, Sequence[Statistic]]]:
    """The OS of each arm with its statistics."""
    family = family_after_progression(after)
    return [(OverallSurvival(family, months, arm.leaving, population), arm.statistics) for arm in evidence]
