"""Costs and effects of every arm side by side: what the answer in words is made from."""

from __future__ import annotations

import dataclasses
from functools import cached_property

import numpy as np
import pandas as pd

from model.analysis import decision
from model.analysis.columns.base_case import NET_BENEFIT, NHB, NMB
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.definition.model_definition import ModelDefinition


@dataclasses.dataclass(frozen=True)
class Comparison(ShownResult):
    """Discounted costs, QALYs and life years of every arm, ``(n_arms,)`` each, in the order of the definition's arms."""

    TITLE = "Comparison of the arms"
    REST = "incremental()"

    definition: ModelDefinition
    total_costs: Array
    total_qalys: Array
    total_life_years: Array

    @property
    def arm_labels(self) -> list[str]:
        return self.definition.arm_labels

    @property
    def positions(self) -> tuple[int, int]:
        """Positions of the comparator and of the intervention among the arms."""
        return self.definition.compared

    @cached_property
    def compared_costs(self) -> Array:
        """Costs ``(n_arms,)`` as they are compared: equal where they differ by rounding alone."""
        return decision.settled(self.total_costs)

    @cached_property
    def compared_qalys(self) -> Array:
        """QALYs ``(n_arms,)``, likewise."""
        return decision.settled(self.total_qalys)

    @property
    def incremental_cost(self) -> float:
        """Intervention minus comparator, discounted."""
        return self._increment(self.compared_costs)

    @property
    def incremental_qalys(self) -> float:
        """Intervention minus comparator, discounted."""
        return self._increment(self.compared_qalys)

    @property
    def incremental_life_years(self) -> float:
        """Intervention minus comparator, discounted."""
        return self._increment(decision.settled(self.total_life_years))

    def _increment(self, values: Array) -> float:
        old, new = self.positions
        return float(values[new] - values[old])

    @property
    def icer(self) -> float | None:
        """Cost per QALY gained; None where a ratio would mislead (dominance, or no difference)."""
        row = self.pairwise()
        value = row.loc[row["option"] == self.arm_labels[self.positions[1]], "icer"]
        return None if value.empty or pd.isna(value.iloc[0]) else float(value.iloc[0])

    def inmb(self, threshold: float) -> float:
        """Incremental net monetary benefit at a threshold."""
        return threshold * self.incremental_qalys - self.incremental_cost

    def incremental(self) -> pd.DataFrame:
        """Fully incremental comparison of all arms with dominance and extended dominance, by cost."""
        return decision.incremental_analysis(self.total_costs, self.total_qalys, self.arm_labels)

    def pairwise(self) -> pd.DataFrame:
        """Every arm against the comparator: increments, ICER or conclusion in words."""
        return decision.pairwise_comparison(
            self.total_costs, self.total_qalys, self.arm_labels, reference=self.arm_labels[self.positions[0]]
        )

    def best(self, threshold: float) -> list[int]:
        """Positions of the arms with the highest net benefit of all: several where they differ by rounding alone."""
        chosen = decision.best_options(self.compared_costs, self.compared_qalys, threshold)
        return [int(a) for a in np.flatnonzero(chosen)]

    def net_benefit(self) -> pd.DataFrame:
        """Net monetary and net health benefit of every arm, and of the intervention over the comparator, at each
        threshold; ``preferred``: the arm with the highest, the first of several that tie."""
        costs, qalys = self.compared_costs, self.compared_qalys
        rows = []
        for threshold in self.definition.all_thresholds():
            nmb, nhb = threshold * qalys - costs, qalys - costs / threshold
            row: dict[str, object] = {"willingness_to_pay": threshold}
            for column, values in ((NMB, nmb), (NHB, nhb)):
                row |= {column.of(arm=a).name: v for a, v in zip(self.arm_labels, values, strict=True)}
            row["incremental_net_monetary_benefit"] = self.inmb(threshold)
            row["incremental_net_health_benefit"] = self.incremental_qalys - self.incremental_cost / threshold
            row["preferred"] = self.arm_labels[self.best(threshold)[0]]
            rows.append(row)
        return NET_BENEFIT.frame(rows)

    def shown_table(self) -> pd.DataFrame:
        """The fully incremental comparison."""
        return self.incremental()
