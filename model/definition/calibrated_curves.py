"""From the sheets of a definition to the coefficients of each curve and their covariance."""

from __future__ import annotations

import dataclasses
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from model.survival import distribution
from model.survival.calibration import Calibration, CoefficientPrior, HazardRatio, Landmark, Median, calibrate

from .curves import DISTRIBUTION_NAMES, Curve, Evidence
from .model_definition import ModelDefinition

Statistic = Median | Landmark | HazardRatio | CoefficientPrior
Z975 = 1.959963984540054


@dataclasses.dataclass(frozen=True)
class CurveCoefficients:
    """Natural-scale coefficients ``(k,)``; covariance ``(k, k)`` on the estimation scale, or None where the
    coefficients are independent parameters or known."""

    distribution: str
    natural: NDArray[np.float64]
    covariance: NDArray[np.float64] | None


def curve_id(curve: Curve) -> str:
    """Id of a curve's jointly sampled coefficients in the draws."""
    return f"curves.{curve.arm}.{curve.endpoint}"


def curve_coefficients(definition: ModelDefinition, curve: Curve) -> CurveCoefficients | None:
    """The coefficients of a curve that has its own distribution; None for a relative effect."""
    if curve.source == "relative_effect":
        return None
    if curve.source == "evidence":
        made = calibration(definition, curve, curve.distribution)
        return CurveCoefficients(curve.distribution, made.coefficients, made.covariance)
    rows = {
        c.coefficient: c
        for c in definition.coefficients
        if (c.arm, c.endpoint) == (curve.arm, curve.endpoint)
    }
    names = distribution(curve.distribution).parameters
    natural = np.array([rows[name].parameter.value for name in names])
    return CurveCoefficients(curve.distribution, natural, typed_covariance(definition, curve))


def typed_covariance(definition: ModelDefinition, curve: Curve) -> NDArray[np.float64] | None:
    """The covariance typed for a curve's coefficients ``(k, k)``, or None where none is."""
    names = distribution(curve.distribution).parameters
    rows = [c for c in definition.covariance if (c.arm, c.endpoint) == (curve.arm, curve.endpoint)]
    if not rows:
        return None
    matrix = np.zeros((len(names), len(names)))
    for row in rows:
        i, j = names.index(row.first), names.index(row.second)
        matrix[i, j] = matrix[j, i] = row.value
    return matrix


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
        error = (row.upper - row.lower) / (2 * Z975)
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
    made = curve_coefficients(definition, reference)
    assert made is not None
    error = row.standard_error
    if error is None:
        assert row.lower is not None and row.upper is not None
        error = float(np.log(row.upper / row.lower) / (2 * Z975))
    month = float(row.item)
    cumulative = distribution(made.distribution).cumulative_hazard(np.array([month]), made.natural)[0]
    return HazardRatio(month, row.value, error, float(cumulative))
