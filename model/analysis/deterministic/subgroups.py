"""Subgroups: the base case in each part of the population, and their mean weighted by share.

A ratio of means is not the mean of ratios: costs and effects are averaged first, and the ICER is that of the averages
(Stinnett and Paltiel 1997, Medical Decision Making 17:483). Decisions by subgroup: Coyle, Buxton and O'Brien 2003, Health
Economics 12:421.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from model.analysis.analysis import Analysis
from model.analysis.base_case.comparison import Comparison
from model.analysis.base_case.treatment_effects import waning_warning
from model.analysis.base_case.words import ratio_in_words
from model.analysis.columns.subgroups import SUBGROUPS
from model.analysis.sampled.curves_against_base_case import open_curve_words
from model.analysis.shown_result import ShownResult
from model.definition.editing import edit_for_scenario
from model.definition.model_definition import ModelDefinition
from model.definition.sampling.draws import base_case_draws
from model.engine.evaluate import Outcomes, evaluate

MEAN, WHOLE = "weighted_mean", "base"
MEAN_LABEL, WHOLE_LABEL = "Mean of the subgroups, weighted by share", "Whole population (base case)"


@dataclasses.dataclass(frozen=True)
class SubgroupResult:
    """One subgroup: its share, what differs in it, and its outcomes (one draw)."""

    id: str
    label: str
    share: float
    changes: Mapping[str, Any]
    outcomes: Outcomes
    warning: str = ""


@dataclasses.dataclass(frozen=True)
class Subgroups(ShownResult):
    """Result: the base case of the whole population, and of every subgroup in the order of the sheet."""

    TITLE = "Subgroups"
    COLUMNS = ("subgroup", "share", "incremental_cost", "incremental_qalys", "icer", "inmb at")

    definition: ModelDefinition
    base: Outcomes
    subgroups: list[SubgroupResult]

    def comparison(self, outcomes: Outcomes) -> Comparison:
        """Costs and effects of the arms side by side."""
        return Comparison(self.definition, *_totals(outcomes))

    def weighted_mean(self) -> Comparison:
        """Costs, QALYs and life years of each arm, averaged over subgroups by share."""
        totals = [_totals(group.outcomes) for group in self.subgroups]
        shares = [group.share for group in self.subgroups]
        costs, qalys, years = (np.average([t[k] for t in totals], axis=0, weights=shares) for k in range(3))
        return Comparison(self.definition, costs, qalys, years)

    def compared(self) -> dict[str, Comparison]:
        """Each subgroup by its label."""
        return {group.label: self.comparison(group.outcomes) for group in self.subgroups}

    def table(self) -> pd.DataFrame:
        """One row per subgroup, then their weighted mean, then the whole population: increments, ICER, incremental net
        benefit at each decision threshold, totals of each arm; with three or more arms also the best of all options."""
        rows = []
        for group in self.subgroups:
            words = {"changes": "; ".join(f"{k} = {v}" for k, v in group.changes.items()), "warning": group.warning}
            rows.append(self._row(group.label, group.share, self.comparison(group.outcomes)) | words | {"id": group.id})
        whole = sum(group.share for group in self.subgroups)
        for name, label, share, made in (
            (MEAN, MEAN_LABEL, whole, self.weighted_mean()),
            (WHOLE, WHOLE_LABEL, np.nan, self.comparison(self.base)),
        ):
            rows.append(self._row(label, share, made) | {"changes": "", "warning": "", "id": name})
        return SUBGROUPS.frame(rows)

    def _row(self, label: str, share: float, made: Comparison) -> dict[str, object]:
        row: dict[str, object] = {
            "subgroup": label,
            "share": share,
            "incremental_cost": made.incremental_cost,
            "incremental_life_years": made.incremental_life_years,
            "incremental_qalys": made.incremental_qalys,
            "icer": np.nan if made.icer is None else made.icer,
            "conclusion": ratio_in_words(made),
        }
        arms = self.definition.arms
        for threshold in self.definition.decision_thresholds():
            row[f"inmb at {threshold:g}"] = made.inmb(threshold)
            row[f"inhb at {threshold:g}"] = made.incremental_qalys - made.incremental_cost / threshold
        for threshold in self.definition.decision_thresholds() if len(arms) > 2 else ():
            row[f"best at {threshold:g}"] = " or ".join(arms[a].short_label for a in made.best(threshold))
        for a, arm in enumerate(arms):
            row[f"life_years {arm.short_label}"] = float(made.total_life_years[a])
            row[f"qalys {arm.short_label}"] = float(made.total_qalys[a])
            row[f"costs {arm.short_label}"] = float(made.total_costs[a])
        return row

    def lines(self) -> list[str]:
        """What the console says: the ICER of each subgroup and of their mean."""
        found = [
            f"{group.label} ({100 * group.share:.3g}%): {ratio_in_words(self.comparison(group.outcomes))}"
            for group in self.subgroups
        ]
        return [f"Subgroups: {'; '.join(found)}. Weighted mean: {ratio_in_words(self.weighted_mean())}.", *self._best_lines()]

    def _best_lines(self) -> list[str]:
        """Where the best option is not the same in all subgroups."""
        arms = self.definition.arms
        said = []
        for threshold in self.definition.decision_thresholds():
            best = {
                label: " or ".join(arms[a].short_label for a in made.best(threshold))
                for label, made in self.compared().items()
            }
            if len(set(best.values())) > 1:
                words = "; ".join(f"{label}: {option}" for label, option in best.items())
                said.append(
                    f"Highest net benefit by subgroup at {self.definition.settings.currency} {threshold:,.0f}: {words}."
                )
        return said

    def shown_words(self) -> list[str]:
        """What the console says."""
        return self.lines()


def _totals(outcomes: Outcomes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Costs, QALYs and life years ``(n_arms,)`` of the one draw."""
    return outcomes.total_costs[0], outcomes.total_qalys[0], outcomes.total_life_years[0]


def subgroups(definition: ModelDefinition, progress: Callable[[int], None] | None = None) -> Subgroups:
    """Run the base case in every subgroup. ``progress`` is called with 1 after each. ValueError where there is none.

    >>> import model
    >>> found = model.subgroups(model.example())
    >>> [(group.id, group.share) for group in found.subgroups]
    [('first', 0.7), ('later', 0.3)]
    >>> mean = 0.7 * found.subgroups[0].outcomes.total_qalys[0] + 0.3 * found.subgroups[1].outcomes.total_qalys[0]
    >>> bool(abs(found.weighted_mean().total_qalys - mean).max() < 1e-12)
    True
    """
    if not definition.subgroups:
        raise ValueError("the model has no subgroups; they stand on the sheet Subgroups")
    base = evaluate(definition, base_case_draws(definition), threads=1)
    changes = definition.changes_in_subgroups()
    found = []
    for group in definition.subgroups:
        changed = edit_for_scenario(definition, changes[group.id])
        outcomes = evaluate(changed, base_case_draws(changed), threads=1)
        warning = "; ".join(filter(None, (waning_warning(changed), *open_curve_words(changed))))
        found.append(SubgroupResult(group.id, group.label, group.share, changes[group.id], outcomes, warning))
        if progress:
            progress(1)
    return Subgroups(definition, base, found)


ANALYSIS = Analysis(
    Subgroups,
    "Subgroups",
    lambda asked: [subgroups(asked.definition, asked.done)] if asked.definition.subgroups else [],
    steps=lambda definition, _: len(definition.subgroups),
    tables=lambda found, _: {"subgroups": found.table},
    lines=lambda found, _: found.lines(),
    purpose="The base case in each subgroup, and their mean weighted by share",
)
