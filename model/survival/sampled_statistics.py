"""What curves drawn around a calibration say of the statistics that it was calibrated to.

The covariance of a calibration is first-order: a family that bends strongly in its coefficients can, when it is sampled,
leave the interval of a statistic that its fitted curve meets. A look at the drawn curves shows it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.arrays import Array
from model.survival.families.base import Distribution
from model.survival.normal_points import drawn_steps
from model.survival.summary_statistics import CoefficientPrior, HazardRatio, Landmark, Median, NotReached, Statistic


@np.errstate(all="ignore")
def sampled_statistics(family: Distribution, estimates: Array, covariance: Array, statistics: Sequence[Statistic]) -> Array:
    """Median, survival or hazard ratio of each drawn curve, (n_draws, n_statistics).

    Draws are the 1,024 points of `normal_points`; those that make no curve are left out. A median that a curve never reaches
    is inf; a median known by its effective number alone is survival at its time; a prior is the coefficient itself.
    """
    steps = drawn_steps(covariance)
    drawn, natural = estimates + steps, family.around(estimates, steps)
    good = family.valid(natural)
    columns = [_column(family, drawn[good], natural[good], statistic) for statistic in statistics]
    return np.stack(columns, axis=1) if columns else np.zeros((int(good.sum()), 0))


def _column(family: Distribution, drawn: Array, natural: Array, statistic: Statistic) -> Array:
    if isinstance(statistic, CoefficientPrior):
        return drawn[:, family.parameters.index(statistic.name)]
    if isinstance(statistic, Median) and statistic.standard_error is not None:
        return np.asarray(family.quantile(0.5, natural), dtype=float).reshape(-1)
    if isinstance(statistic, (Median, Landmark, NotReached)):
        return family.survival(np.array([statistic.time]), natural)[:, 0]
    assert isinstance(statistic, HazardRatio)
    hazard: Array = family.cumulative_hazard(np.array([statistic.time]), natural)[:, 0]
    return hazard / statistic.reference_cumulative_hazard
