"""The draws of each structure by themselves, where each draw takes one: means, and how likely the decision is given it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.analysis import decision
from model.analysis.amounts import chance, money
from model.analysis.columns.probabilistic import BY_STRUCTURE
from model.analysis.ratio_words import ratio
from model.analysis.sampled.sampled_model import SampledModel
from model.definition.records.settings import STRUCTURE_WORDS
from model.definition.structure import STRUCTURE, STRUCTURES, structure_is_uncertain


def structure_varies(sampled: SampledModel) -> bool:
    """Does each draw take a structure of its own?"""
    return structure_is_uncertain(sampled.definition)


def by_structure(sampled: SampledModel) -> pd.DataFrame:
    """One row per structure that any draw takes: its share of the draws, mean increments and their ratio, and at each
    decision threshold mean incremental net benefit and the probability that the intervention is the best given it."""
    taken = np.broadcast_to(sampled.draws[STRUCTURE], sampled.outcomes.n_draws)
    rows = [_row(sampled, name, np.flatnonzero(taken == number)) for number, name in enumerate(STRUCTURES)]
    found = [row for row in rows if row is not None]
    return BY_STRUCTURE.frame(found)


def _row(sampled: SampledModel, structure: str, draws: np.ndarray) -> dict[str, object] | None:
    if not len(draws):
        return None
    definition, outcomes = sampled.definition, sampled.outcomes.rows(draws)
    old, new = definition.compared
    cost, qalys = (float(x.mean()) for x in outcomes.increments(old, new))
    thresholds = list(definition.decision_thresholds())
    best = decision.ceac(outcomes.total_costs, outcomes.total_qalys, thresholds, definition.arm_labels)
    row: dict[str, object] = {
        "structure": STRUCTURE_WORDS[structure].capitalize(),
        "share_of_draws": len(draws) / sampled.outcomes.n_draws,
        "incremental_cost": cost,
        "incremental_qalys": qalys,
        "icer": ratio(cost, qalys),
    }
    for k, threshold in enumerate(thresholds):
        row[f"inmb at {threshold:g}"] = threshold * qalys - cost
        row[f"probability_cost_effective at {threshold:g}"] = float(best[definition.arm_labels[new]].iloc[k])
    return row


def words_by_structure(sampled: SampledModel) -> str:
    """``By structure: partitioned survival (60.0% of draws) is cost-effective in 1.2% of them at USD 150,000 per QALY``."""
    definition, table = sampled.definition, by_structure(sampled)
    currency, parts = definition.settings.currency, []
    for row in table.to_dict("records"):
        at = [
            f"{_chance(row[f'probability_cost_effective at {t:g}'])} at {money(t, currency)}"
            for t in definition.decision_thresholds()
        ]
        parts.append(f"{str(row['structure']).lower()} ({row['share_of_draws']:.1%} of draws) {', '.join(at)} per QALY")
    return f"Probability of being cost-effective given the structure: {'; '.join(parts)}."


def _chance(share: float) -> str:
    return chance(share, certain=share in (0, 1))
