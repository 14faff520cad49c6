"""From the published statistics of a definition to calibrated curves."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from model.constants import INTERVAL_95_WIDTH
from model.definition.curves.effective_numbers import effective_n_of
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import Curve, Evidence
from model.survival import distribution
from model.survival.calibration import Calibration, calibrate
from model.survival.summary_statistics import CoefficientPrior, HazardRatio, Landmark, Median, NotReached, Statistic

ReferenceHazard = Callable[[Curve, float], float]
"""The cumulative hazard of a curve at a month: a hazard ratio is evidence beside the curve that it refers to."""


@lru_cache(maxsize=4096)
def calibrated(name: str, chosen: tuple[Statistic, ...]) -> Calibration:
    return calibrate(distribution(name), chosen)


def statistics_of(
    definition: ModelDefinition, curve: Curve, reference_hazard: ReferenceHazard
) -> list[tuple[Evidence, Statistic]]:
    """The statistics that a curve is calibrated to, each row of the evidence with what the calibration takes."""
    found = []
    for row in definition.evidence:
        if (row.arm, row.endpoint) == (curve.arm, curve.endpoint) and row.use:
            statistic = _statistic(definition, curve, row, reference_hazard)
            if statistic is not None:
                found.append((row, statistic))
    return found


def _statistic(
    definition: ModelDefinition, curve: Curve, row: Evidence, reference_hazard: ReferenceHazard
) -> Statistic | None:
    error = row.standard_error
    if error is None and row.lower is not None and row.upper is not None and row.statistic != "hazard_ratio":
        error = (row.upper - row.lower) / INTERVAL_95_WIDTH
    if row.statistic == "median":
        if error is None:
            return Landmark(row.value, 0.5, effective_n=effective_n_of(definition, row))
        return Median(row.value, standard_error=error)
    if row.statistic == "landmark":
        return Landmark(float(row.item), row.value, standard_error=error, effective_n=effective_n_of(definition, row))
    if row.statistic == "not_reached":
        return NotReached(float(row.item), row.value, standard_error=error, effective_n=effective_n_of(definition, row))
    if row.statistic == "prior":
        assert error is not None
        return CoefficientPrior(row.item, row.value, error)
    return _hazard_ratio(definition, curve, row, reference_hazard)


def _hazard_ratio(
    definition: ModelDefinition, curve: Curve, row: Evidence, reference_hazard: ReferenceHazard
) -> HazardRatio | None:
    if curve.reference_arm is None:
        return None
    reference = definition.curve(curve.reference_arm, curve.endpoint)
    if reference is None or reference.source == "relative_effect":
        return None
    error = row.standard_error
    if error is None:
        assert row.lower is not None and row.upper is not None
        error = float(np.log(row.upper / row.lower) / INTERVAL_95_WIDTH)
    month = float(row.item)
    return HazardRatio(month, row.value, error, reference_hazard(reference, month))
