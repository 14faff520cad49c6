"""Curves that were calibrated to evidence, typed: what a test of something else needs no evidence for."""

from __future__ import annotations

import dataclasses
from typing import Any

from model.definition import Coefficient, Covariance, ModelDefinition, Parameter, define
from model.definition.curves.coefficients import curve_coefficients
from tests.helpers.small_models import tables_of


def with_typed_curves(definition: ModelDefinition, endpoints: tuple[str, ...] = ("pfs", "os")) -> ModelDefinition:
    """The same curves by their coefficients and covariance, and no evidence of these endpoints: the sheets that calibrate,
    which hold as many formulas as all the others of a small model, are then empty."""
    coefficients, covariance = list(definition.coefficients), list(definition.covariance)
    calibrated = [c for c in definition.curves if c.source == "evidence" and c.endpoint in endpoints]
    for curve in calibrated:
        found = curve_coefficients(definition, curve)
        assert found is not None and found.covariance is not None
        key: dict[str, Any] = {"arm": curve.arm, "endpoint": curve.endpoint}
        names = found.family.parameters
        for i, (name, value) in enumerate(zip(names, found.natural, strict=True)):
            coefficients.append(Coefficient(**key, coefficient=name, parameter=Parameter(value=float(value))))
            covariance += [
                Covariance(**key, first=name, second=other, value=float(found.covariance[i, j]))
                for j, other in enumerate(names[: i + 1])
            ]
    tables = {
        "curves": tuple(dataclasses.replace(c, source="coefficients") if c in calibrated else c for c in definition.curves),
        "coefficients": tuple(coefficients),
        "covariance": tuple(covariance),
        "evidence": tuple(e for e in definition.evidence if e.endpoint not in endpoints),
    }
    return define(**{**tables_of(definition), **tables})
