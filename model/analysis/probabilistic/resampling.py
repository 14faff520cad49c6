"""Uncertainty of fitted curves two ways: multivariate normal per curve, or patients resampled for all curves at once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.analysis.columns.probabilistic import CURVE_UNCERTAINTY
from model.definition.editing import edit
from model.definition.model_definition import ModelDefinition
from model.definition.sampling.draws import sample
from model.engine.evaluate import evaluate

METHODS = ("normal", "bootstrap")
DRAWS = 1000


def resampling_matters(definition: ModelDefinition) -> bool:
    """Is any curve fitted to patient data, arm by arm, so that the two ways can differ?"""
    return any(c.source == "patient_data" and c.fitted == "separately" for c in definition.curves)


def crossing_by_uncertainty(definition: ModelDefinition, draws: int = DRAWS, seed: int | None = None) -> pd.DataFrame:
    """Share of draws whose PFS and OS cross under each way of drawing curves, and what it does to their correlation.

    ``correlation_pfs_os``: between undiscounted progression-free and total life years over the draws. Drawn curve by
    curve, PFS and OS know nothing of each other; patients who are resampled bring both.
    """
    key = definition.settings.seed if seed is None else seed
    rows: list[tuple[object, ...]] = []
    for method in METHODS:
        changed = edit(definition, {"settings.curve_uncertainty": method})
        outcomes = evaluate(changed, sample(changed, draws, key))
        free = [i for i, state in enumerate(outcomes.life_years.states) if not definition.is_progressed(state)]
        for a, label in enumerate(definition.arm_labels):
            years_free = outcomes.life_years.undiscounted[:, a, free].sum(axis=1)
            years = outcomes.life_years.undiscounted[:, a].sum(axis=1)
            together = np.std(years_free) > 0 and np.std(years) > 0
            rows.append(
                (
                    method,
                    label,
                    float(np.isfinite(outcomes.crossing_first_month[:, a]).mean()),
                    float(outcomes.crossing_area_months[:, a].mean()),
                    float(np.corrcoef(years_free, years)[0, 1]) if together else np.nan,
                    float(years_free.std(ddof=1)),
                    float(years.std(ddof=1)),
                )
            )
    return CURVE_UNCERTAINTY.frame(rows)
