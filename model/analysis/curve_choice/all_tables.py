"""Every table of the curve choice, over all endpoints."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from model.analysis.curve_choice import landmarks, tables
from model.analysis.curve_choice.endpoint import EndpointFits
from model.analysis.curve_choice.structures import structure_table, structures_of, transition_table
from model.analysis.safe_names import file_stems

Maker = Callable[[EndpointFits], pd.DataFrame]

MAKERS: dict[str, Maker] = {
    "data": tables.data_summary,
    "comparison_of_arms": tables.comparison,
    "goodness_of_fit": tables.goodness_of_fit,
    "joint_fits": tables.pooled_fit,
    "landmarks": landmarks.landmark_table,
    "means": landmarks.mean_table,
    "coefficients": tables.coefficients,
    "equations": tables.spline_equations,
    "covariance": tables.covariance,
    "curves": landmarks.curve_table,
    "hazards": landmarks.hazard_table,
    "implied_hazard_ratio": landmarks.implied_hazard_ratio,
    "reconstruction": tables.reconstruction_report,
}
PER_ENDPOINT = ("curves", "hazards", "implied_hazard_ratio")  # their columns differ from endpoint to endpoint


def all_tables(endpoints: Sequence[EndpointFits]) -> dict[str, pd.DataFrame]:
    """Tables by file stem; those with columns of their own once per endpoint, the others with an endpoint column."""
    found: dict[str, pd.DataFrame] = {}
    for name, make in MAKERS.items():
        made = {e.endpoint: make(e) for e in endpoints}
        if name in PER_ENDPOINT:
            stems = dict(zip(made, file_stems(list(made)), strict=True))
            found |= {f"{name}_{stems[endpoint]}": table for endpoint, table in made.items() if len(table.columns) > 1}
            continue
        parts = []
        for endpoint, table in made.items():
            if not table.empty:
                other = table if "endpoint" in table.columns else table.assign(endpoint=endpoint)
                parts.append(other[["endpoint", *(c for c in other.columns if c != "endpoint")]])
        if parts:
            found[name] = pd.concat(parts, ignore_index=True)
    structures = structures_of(endpoints)
    if structures:
        found |= {"structures": structure_table(structures), "transitions": transition_table(structures)}
    return found
