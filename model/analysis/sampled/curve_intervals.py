"""How uncertain is each curve: its interval at every time, and the restricted mean survival time, also between arms.

Survival at a time and the mean time until a limit are worked out in every draw; intervals are percentiles over the draws.
The restricted mean is the area under the curve until the limit (Royston and Parmar 2013, BMC Medical Research Methodology
13:152), by the trapezoidal rule over the cycles; a difference between arms is taken within each draw.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.analysis.columns.probabilistic import CURVE_INTERVALS, RESTRICTED_MEANS
from model.arrays import Array
from model.constants import MONTHS_PER_YEAR
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import Curve
from model.definition.records.names import curve_words
from model.definition.sampling.draws import Draws, base_case_draws
from model.engine.engine import engine_of

MOST_DRAWS = 1000
POINTS = 80
LIMITS_IN_YEARS = (5.0, 10.0)
PERCENTILES = (2.5, 97.5)


@dataclasses.dataclass(frozen=True)
class CurveIntervals:
    """Survival of every curve in use, as the states take it before crossing is repaired, over the first ``n_draws`` draws.

    ``months`` ``(n_points,)``; ``base``, ``lower``, ``upper`` ``(n_curves, n_points)``; ``limits`` in months ``(n_limits,)``;
    ``base_means`` ``(n_curves, n_limits)`` and ``means`` ``(n_curves, n_draws, n_limits)``: restricted means, months.
    """

    definition: ModelDefinition
    curves: tuple[Curve, ...]
    months: Array
    base: Array
    lower: Array
    upper: Array
    limits: Array
    base_means: Array
    means: Array

    @property
    def n_draws(self) -> int:
        """Draws taken."""
        return self.means.shape[1]

    def table(self) -> pd.DataFrame:
        """One row per curve and time: base case and 95% interval over draws of the share event-free."""
        rows = [
            (*self._names(curve), float(month), *(float(x) for x in numbers))
            for i, curve in enumerate(self.curves)
            for month, *numbers in zip(self.months, self.base[i], self.lower[i], self.upper[i], strict=True)
        ]
        return CURVE_INTERVALS.frame(rows)

    def restricted_means(self) -> pd.DataFrame:
        """One row per curve and limit: restricted mean in months, base case and interval over draws, and its difference from
        the comparator's curve of the same endpoint (empty in the comparator's own rows, and where it has no such curve)."""
        comparator = self.definition.settings.comparator
        place = {(curve.arm, curve.endpoint): i for i, curve in enumerate(self.curves)}
        rows = []
        for i, curve in enumerate(self.curves):
            against = None if curve.arm == comparator else place.get((comparator, curve.endpoint))
            for k, limit in enumerate(self.limits):
                own = (float(self.base_means[i, k]), *_interval(self.means[i, :, k]))
                gap: tuple[float, ...] = (np.nan,) * 3
                if against is not None:
                    difference = self.means[i, :, k] - self.means[against, :, k]
                    gap = (float(self.base_means[i, k] - self.base_means[against, k]), *_interval(difference))
                rows.append((*self._names(curve), float(limit), *own, *gap))
        return RESTRICTED_MEANS.frame(rows)

    def _names(self, curve: Curve) -> tuple[str, str]:
        drugs = self.definition.drug_labels
        return self.definition.arm(curve.arm).short_label, curve_words(curve.endpoint, drugs)


def curve_intervals(definition: ModelDefinition, draws: Draws) -> CurveIntervals:
    """Intervals of every curve of a definition over (the first 1,000 of) some draws; limits of the restricted means are the
    median follow-up, where it is known, 5 and 10 years and the horizon."""
    engine = engine_of(definition)
    used = draws.block(0, min(draws.n_draws, MOST_DRAWS))
    months = engine.timeline.months
    shown = np.unique(np.linspace(0, engine.timeline.n_cycles, POINTS + 1).round().astype(int))
    limits = _limits(definition, float(months[-1]))
    curves = definition.curves
    base, lower, upper = (np.empty((len(curves), len(shown))) for _ in range(3))
    base_means, means = np.empty((len(curves), len(limits))), np.empty((len(curves), used.n_draws, len(limits)))
    for i, curve in enumerate(curves):
        own = engine.states.in_use(curve, base_case_draws(definition))
        base[i], base_means[i] = own[0, shown], restricted_means(months, own, limits)[0]
        drawn = np.empty((used.n_draws, len(shown)))
        for part, block in used.blocks(engine.block_draws):
            survival = engine.states.in_use(curve, block)
            drawn[part], means[i, part] = survival[:, shown], restricted_means(months, survival, limits)
        lower[i], upper[i] = np.percentile(drawn, PERCENTILES, axis=0)
    return CurveIntervals(definition, curves, months[shown], base, lower, upper, limits, base_means, means)


def restricted_means(months: Array, survival: Array, limits: NDArray[np.float64]) -> Array:
    """Area ``(n, n_limits)`` under curves ``(n, n_times)`` until each limit, straight between the times ``months``."""
    width = np.diff(months)
    whole = np.concatenate(
        [np.zeros((len(survival), 1)), np.cumsum((survival[:, :-1] + survival[:, 1:]) / 2 * width, axis=1)], 1
    )
    at = np.clip(np.searchsorted(months, limits, side="right") - 1, 0, len(width) - 1)
    beyond = limits - months[at]
    slope = (survival[:, at + 1] - survival[:, at]) / width[at]
    return np.asarray(whole[:, at] + beyond * (survival[:, at] + slope * beyond / 2))


def _limits(definition: ModelDefinition, horizon: float) -> NDArray[np.float64]:
    """Months until which means are restricted, ascending, none beyond the horizon."""
    follow_up = definition.settings.median_follow_up
    wanted = [*(MONTHS_PER_YEAR * years for years in LIMITS_IN_YEARS), *([follow_up] if follow_up else [])]
    return np.array(sorted({horizon, *(m for m in wanted if m < horizon)}))


def _interval(values: Array) -> tuple[float, float]:
    low, high = np.percentile(values, PERCENTILES)
    return float(low), float(high)
