"""The register of assumptions: what each one moves, by the scenario that explores it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.analysis.columns.deterministic import REGISTER
from model.definition.model_definition import ModelDefinition

NO_REASON = "no scenario, and no reason given"


def assumptions_register(definition: ModelDefinition, results: pd.DataFrame) -> pd.DataFrame:
    """One row per assumption: the scenario that explores it, with its change of incremental cost, QALYs and ICER; nan and
    the reason where no scenario does. ``results``: the table of the scenarios, the base case first."""
    table = {str(row["scenario"]): row for row in results.to_dict("records")}
    base = next(iter(table.values()))
    rows: list[tuple[object, ...]] = []
    for a in definition.assumptions:
        if a.scenario is None or a.scenario not in table:
            rows.append((a.id, a.text, a.justification, "", *[np.nan] * 4, a.no_scenario or NO_REASON))
            continue
        row = table[a.scenario]
        cost, qalys = (float(row[c]) - float(base[c]) for c in ("incremental_cost", "incremental_qalys"))
        found = (str(row["label"]), cost, qalys, float(row["icer"]), float(row["icer_change"]))
        rows.append((a.id, a.text, a.justification, *found, a.no_scenario))
    return REGISTER.frame(rows)
