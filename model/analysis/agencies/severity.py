"""The severity modifier: QALYs lost to the disease under the comparator, and what a QALY gained counts because of it.

NICE health technology evaluations manual (PMG36) 6.2.12-6.2.21; calculation: NICE DSU TSD 23. With Q the discounted QALYs of
people of the same age and sex, and q those of the patients under the comparator:

    absolute shortfall A = Q - q,    proportional shortfall P = A / Q,    weight = the highest of the bands that A or P reach

(on a cut-off a band is reached), else 1. QALYs gained are multiplied by the weight, which equals a higher threshold.

Q is of a whole life, q ends at the horizon: where patients are alive then, A and P are too high, and the table says so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.analysis.agencies.population_qalys import NORM_WORDS, norms_given, population_qalys
from model.analysis.columns.agencies import SEVERITY, SEVERITY_BENEFIT
from model.analysis.decision import ROUNDING, draw_differences
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.records.agency import SeverityBand

MOST_ALIVE = 0.05
"""Share of patients alive at the horizon above which the shortfall is told to be overstated."""
OVERSTATED = "shortfall overstated: QALYs after the horizon are not counted"


@dataclasses.dataclass(frozen=True)
class Shortfall:
    """The shortfall under one arm, ``arm`` its position, by one set of norms."""

    arm: int
    norms: str
    without_disease: float
    with_disease: float
    weight: float

    @property
    def absolute(self) -> float:
        """QALYs lost."""
        return self.without_disease - self.with_disease

    @property
    def proportional(self) -> float:
        """Share of the QALYs without the disease that is lost; 0 where there are none."""
        return self.absolute / self.without_disease if self.without_disease else 0.0


def severity_weight(without_disease: float, with_disease: float, bands: Sequence[SeverityBand]) -> float:
    """The highest weight of the bands that the shortfall reaches, else 1; on a cut-off a band is reached.

    >>> severity_weight(20.0, 8.0, [SeverityBand(band="b", weight=1.2, absolute_from=12.0, proportional_from=0.85)])
    1.2
    """
    absolute = without_disease - with_disease
    proportional = absolute / without_disease if without_disease else 0.0
    reached = [
        b.weight for b in bands if absolute >= b.absolute_from - ROUNDING or proportional >= b.proportional_from - ROUNDING
    ]
    return max(reached, default=1.0)


@dataclasses.dataclass(frozen=True)
class Severity(ShownResult):
    """Shortfall and weight under every arm, discounted costs and QALYs ``(n_arms,)`` of which are given; tables leave out the
    intervention, which is no comparator of its own. ``alive``: share alive at the horizon, ``(n_arms,)``, where known."""

    TITLE = "Severity"

    definition: ModelDefinition
    costs: Array
    qalys: Array
    shortfalls: tuple[Shortfall, ...]
    alive: Array | None = None

    def of(self, arm: int, norms: str) -> Shortfall:
        """That of one arm. KeyError where there is none."""
        return next(s for s in self.shortfalls if (s.arm, s.norms) == (arm, norms))

    def increments(self, arm: int) -> tuple[float, float]:
        """Cost and QALYs of the intervention over an arm; equal where they differ by rounding alone."""
        new = self.definition.compared[1]
        cost, gain = (float(draw_differences(values[None, :], arm, new)[0]) for values in (self.costs, self.qalys))
        return cost, gain

    def weighted_icer(self, shortfall: Shortfall) -> float | None:
        """Cost per weighted QALY gained; None where a ratio would mislead."""
        cost, gain = self.increments(shortfall.arm)
        return cost / (shortfall.weight * gain) if cost > 0 and gain > 0 else None

    def overstated(self, arm: int) -> str:
        """What to know of the shortfall under one arm where many are alive at the horizon; else nothing."""
        if self.alive is None or self.alive[arm] <= MOST_ALIVE:
            return ""
        return OVERSTATED

    def _of_comparators(self) -> list[Shortfall]:
        return [s for s in self.shortfalls if s.arm != self.definition.compared[1]]

    def table(self) -> pd.DataFrame:
        """One row per comparator and set of norms."""
        rows = []
        for s in self._of_comparators():
            cost, gain = self.increments(s.arm)
            icer = self.weighted_icer(s)
            rows.append(
                (
                    self.definition.arms[s.arm].label,
                    NORM_WORDS[s.norms],
                    s.without_disease,
                    s.with_disease,
                    s.absolute,
                    s.proportional,
                    s.weight,
                    cost,
                    gain,
                    s.weight * gain,
                    np.nan if icer is None else icer * s.weight,
                    np.nan if icer is None else icer,
                    np.nan if self.alive is None else float(self.alive[s.arm]),
                    self.overstated(s.arm),
                )
            )
        return SEVERITY.frame(rows)

    def net_health_benefit(self) -> pd.DataFrame:
        """Net health benefit over each comparator at each threshold, without and with the weight."""
        rows = []
        for s in self._of_comparators():
            cost, gain = self.increments(s.arm)
            for t in self.definition.all_thresholds():
                label = self.definition.arms[s.arm].label
                rows.append((label, NORM_WORDS[s.norms], t, s.weight, gain - cost / t, s.weight * gain - cost / t))
        return SEVERITY_BENEFIT.frame(rows)


def severity_of(definition: ModelDefinition, costs: Array, qalys: Array, alive: Array | None = None) -> Severity | None:
    """Severity from the discounted costs and QALYs of all arms, and from the shares alive at the horizon, each ``(n_arms,)``;
    None without weights by severity."""
    if not definition.severity_bands:
        return None
    found = []
    for norms in norms_given(definition):
        without = population_qalys(definition, norms)
        for arm in range(len(definition.arms)):
            weight = severity_weight(without, float(qalys[arm]), definition.severity_bands)
            found.append(Shortfall(arm, norms, without, float(qalys[arm]), weight))
    return Severity(definition, costs, qalys, tuple(found), alive)
