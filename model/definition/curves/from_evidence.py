"""From the published statistics of a definition to calibrated curves."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from model.constants import NORMAL_975
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import DISTRIBUTION_NAMES, Curve, Evidence
from model.survival import distribution
from model.survival.calibration import Calibration, CoefficientPrior, HazardRatio, Landmark, Median, calibrate

Statistic = Median | Landmark | HazardRatio | CoefficientPrior


def curve_id(curve: Curve) -> str:
    """Id of a curve's jointly sampled coefficients in the draws."""
    return f"curves.{curve.arm}.{curve.endpoint}"


def calibration(definition: ModelDefinition, curve: Curve, name: str) -> Calibration:
    """One candidate distribution calibrated to the evidence of a curve's arm and endpoint."""
    return _calibrate(name, tuple(statistics(definition, curve, name)))


def candidates(definition: ModelDefinition, curve: Curve) -> dict[str, Calibration]:
    """Every distribution calibrated to the evidence of a curve's arm and endpoint."""
    return {name: calibration(definition, curve, name) for name in DISTRIBUTION_NAMES}


@lru_cache(maxsize=4096)
def _calibrate(name: str, chosen: tuple[Statistic, ...]) -> Calibration:
    return calibrate(distribution(name), chosen)


def statistics(definition: ModelDefinition, curve: Curve, name: str) -> list[Statistic]:
    """The statistics that a curve is calibrated to, as the calibration takes them."""
    found = []
    for row in definition.evidence:
        if (row.arm, row.endpoint) == (curve.arm, curve.endpoint) and row.use:
            statistic = _statistic(definition, curve, row, name)
            if statistic is not None:
                found.append(statistic)
    return found


def _statistic(definition: ModelDefinition, curve: Curve, row: Evidence, name: str) -> Statistic | None:
    error = row.standard_error
    if error is None and row.lower is not None and row.upper is not None and row.statistic != "hazard_ratio":
        error = (row.upper - row.lower) / (2 * NORMAL_975)
    if row.statistic == "median":
        if error is None and row.effective_n is not None:
            return Landmark(row.value, 0.5, effective_n=row.effective_n)
        return Median(row.value, standard_error=error)
    if row.statistic == "landmark":
        return Landmark(float(row.item), row.value, standard_error=error, effective_n=row.effective_n)
    if row.statistic == "prior":
        assert error is not None
        return CoefficientPrior(row.item, row.value, error)
    return _hazard_ratio(definition, curve, row, name)


def _hazard_ratio(definition: ModelDefinition, curve: Curve, row: Evidence, name: str) -> HazardRatio | None:
    if curve.reference_arm is None:
        return None
    reference = definition.curve(curve.reference_arm, curve.endpoint)
    if reference is None or reference.source == "relative_effect":
        return None
    from model.definition.curves.coefficients import curve_coefficients

    made = curve_coefficients(definition, reference)
    assert made is not None
    error = row.standard_error
    if error is None:
        assert row.lower is not None and row.upper is not None
        error = float(np.log(row.upper / row.lower) / (2 * NORMAL_975))
    month = float(row.item)
    cumulative = made.family.cumulative_hazard(np.array([month]), made.natural)[0]
    return HazardRatio(month, row.value, error, float(cumulative))
