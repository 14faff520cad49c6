"""Equal-value life years: life years gained count the same whatever the patients' health, at the utility of the inputs.

ICER (US), value assessment framework; Campbell, Whittington and Pearson (2023). Cycle by cycle, discounted, with L life years
and Q QALYs of the two arms:

    L_new > L_old:   gain = L_old (Q_new / L_new) - Q_old + u (L_new - L_old)
    otherwise:       gain = Q_new - Q_old

so that better health while both are alive counts as in QALYs, and each life year gained counts u.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pandas as pd

from model.analysis.columns.agencies import EQUAL_VALUE
from model.analysis.decision import draw_differences
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.definition.model_definition import ModelDefinition
from model.definition.records.agency import GAINED
from model.engine.trace import Trace


def equal_value_gained(new: tuple[Array, Array], old: tuple[Array, Array], utility: float) -> float:
    """Equal-value life years gained, from discounted life years and QALYs by cycle of each arm, ``(n_cycles,)`` each.

    >>> new, old = (np.array([1.0, 0.5]), np.array([0.8, 0.3])), (np.array([1.0, 0.0]), np.array([0.7, 0.0]))
    >>> round(equal_value_gained(new, old, 0.851), 6)   # 0.1 of better health, half a life year at 0.851
    0.5255
    """
    (life_new, qaly_new), (life_old, qaly_old) = new, old
    longer = np.maximum(life_new - life_old, 0.0)
    alive = np.where(life_new == 0, 1.0, life_new)
    return float(np.sum((life_new - longer) / alive * qaly_new + (life_new == 0) * qaly_new + utility * longer - qaly_old))


@dataclasses.dataclass(frozen=True)
class EqualValue(ShownResult):
    """Gains of the intervention over every other arm, each ``(n_arms,)``, 0 for the intervention itself."""

    TITLE = "Equal-value life years"

    definition: ModelDefinition
    utility: float
    costs: Array
    life_years: Array
    qalys: Array
    equal_value: Array

    def ratio(self, arm: int, gains: Array) -> float | None:
        """Cost per unit gained over an arm; None where a ratio would mislead."""
        cost, gain = float(self.costs[arm]), float(gains[arm])
        return cost / gain if cost > 0 and gain > 0 else None

    def table(self) -> pd.DataFrame:
        """One row per comparator: what is gained over it, and the cost of each unit gained."""
        rows = []
        for arm in range(len(self.definition.arms)):
            if arm == self.definition.compared[1]:
                continue
            gains = (self.life_years, self.qalys, self.equal_value)
            ratios = [np.nan if (r := self.ratio(arm, g)) is None else r for g in gains]
            rows.append((self.definition.arms[arm].label, float(self.costs[arm]), *(float(g[arm]) for g in gains), *ratios))
        return EQUAL_VALUE.frame(rows)


def equal_value_of(definition: ModelDefinition, costs: Array, traces: Mapping[str, Trace]) -> EqualValue | None:
    """From the discounted costs ``(n_arms,)`` and the traces of all arms; None without a utility of a life year gained."""
    utility = next((row.utility for row in definition.life_year_values if row.item == GAINED), None)
    if utility is None:
        return None
    by_cycle = [(traces[a].arising["life_years"], traces[a].arising["qaly"]) for a in definition.arm_ids]
    new = definition.compared[1]
    life_years, qalys = (np.array([float(pair[k].sum()) for pair in by_cycle]) for k in (0, 1))
    gained = np.array(
        [0.0 if a == new else equal_value_gained(by_cycle[new], old, utility) for a, old in enumerate(by_cycle)]
    )
    return EqualValue(
        definition, utility, _over_each(costs, new), _over_each(life_years, new), _over_each(qalys, new), gained
    )


def _over_each(totals: Array, new: int) -> Array:
    """The intervention minus each arm ``(n_arms,)``; 0 where it is rounding alone."""
    return np.array([float(draw_differences(totals[None, :], arm, new)[0]) for arm in range(len(totals))])
