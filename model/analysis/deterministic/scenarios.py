"""Scenarios: the base case of an edited definition, for every scenario of the workbook."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pandas as pd

from model.analysis import decision
from model.analysis.analysis import Analysis
from model.analysis.base_case.treatment_effects import waning_warning
from model.analysis.columns.deterministic import SCENARIO_RESULTS
from model.analysis.deterministic.assumptions import assumptions_register
from model.analysis.ratio_words import ratio
from model.analysis.sampled.curves_against_base_case import open_curve_words
from model.analysis.shown_result import ShownResult
from model.definition.editing import edit_for_scenario
from model.definition.model_definition import ModelDefinition
from model.definition.sampling.draws import base_case_draws
from model.engine.evaluate import Outcomes, evaluate


@dataclasses.dataclass(frozen=True)
class Scenario:
    """One scenario: its changes and its outcomes (one draw)."""

    id: str
    label: str
    purpose: str
    changes: dict[str, object]
    outcomes: Outcomes
    warning: str = ""


@dataclasses.dataclass(frozen=True)
class Scenarios(ShownResult):
    """The base case and every scenario."""

    TITLE = "Scenarios"
    COLUMNS = ("label", "incremental_cost", "incremental_life_years", "incremental_qalys", "icer", "icer_change", "inmb at")

    definition: ModelDefinition
    base: Outcomes
    scenarios: list[Scenario]

    def table(self) -> pd.DataFrame:
        """One row per scenario (the base case first): increments, ICER, INMB at each decision threshold, change; with three
        or more arms also the best of all options at each."""
        old, new = self.definition.compared
        rows = []
        rows.append(self._row("base", "Base case", "", "", self.base, old, new) | {"warning": ""})
        for scenario in self.scenarios:
            changes = "; ".join(f"{k} = {v}" for k, v in scenario.changes.items())
            row = self._row(scenario.id, scenario.label, scenario.purpose, changes, scenario.outcomes, old, new)
            rows.append(row | {"warning": scenario.warning})
        table = pd.DataFrame(rows)
        table["icer_change"] = table["icer"] / table["icer"].iloc[0] - 1
        return SCENARIO_RESULTS.checked(table)

    def assumptions(self) -> pd.DataFrame:
        """The register of assumptions, each with what its scenario moves."""
        return assumptions_register(self.definition, self.table())

    def _row(
        self, name: str, label: str, purpose: str, changes: str, outcomes: Outcomes, old: int, new: int
    ) -> dict[str, object]:
        totals = (outcomes.total_costs, outcomes.total_qalys, outcomes.total_life_years)
        costs, qalys, years = (decision.settled(values[0]) for values in totals)
        d_cost, d_qaly = float(costs[new] - costs[old]), float(qalys[new] - qalys[old])
        row: dict[str, object] = {
            "scenario": name,
            "label": label,
            "incremental_cost": d_cost,
            "incremental_life_years": float(years[new] - years[old]),
            "incremental_qalys": d_qaly,
            "icer": ratio(d_cost, d_qaly),
        }
        for threshold in self.definition.decision_thresholds():
            row[f"inmb at {threshold:g}"] = threshold * d_qaly - d_cost
            if len(costs) > 2:
                best = np.flatnonzero(decision.best_options(costs, qalys, threshold))
                row[f"best at {threshold:g}"] = " or ".join(self.definition.arms[a].short_label for a in best)
        return row | {"purpose": purpose, "changes": changes}

    def shown_words(self) -> list[str]:
        """How many there are, and the warnings."""
        return [f"{len(self.scenarios)} scenarios", *(f"{s.label}: {s.warning}" for s in self.scenarios if s.warning)]


def scenarios(definition: ModelDefinition, progress: Callable[[int], None] | None = None) -> Scenarios:
    """Run every scenario of a definition. ``progress`` is called with 1 after each.

    >>> import model
    >>> model.scenarios(model.example()).table()["scenario"].tolist()
    ['base', 'five_years', 'undiscounted']
    """
    rows = {row.id: row for row in reversed(definition.scenarios)}
    base = evaluate(definition, base_case_draws(definition), threads=1)
    found = []
    for name, changes in definition.scenario_changes().items():
        changed = edit_for_scenario(definition, changes)
        outcomes = evaluate(changed, base_case_draws(changed), threads=1)
        purpose = next((r.purpose for r in definition.scenarios if r.id == name and r.purpose), "")
        warning = "; ".join(filter(None, (waning_warning(changed), *open_curve_words(changed))))
        found.append(Scenario(name, rows[name].label, purpose, changes, outcomes, warning))
        if progress:
            progress(1)
    return Scenarios(definition, base, found)


ANALYSIS = Analysis(
    Scenarios,
    "Scenarios",
    lambda asked: [scenarios(asked.definition, asked.done)],
    steps=lambda definition, _: len(definition.scenario_changes()),
    seconds=lambda definition, _: 0.045 * len(definition.scenario_changes()),
    tables=lambda found, _: {"scenarios": found.table, "assumptions": found.assumptions},
)
