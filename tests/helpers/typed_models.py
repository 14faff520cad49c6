"""Small models whose curves are typed as other programs print them."""

from __future__ import annotations

from typing import Any

from model.definition import Coefficient, Covariance, Curve, ModelDefinition, Parameter
from tests.helpers.small_models import fixed, model, settings

SHORT = {"horizon_years": 5.0, "cycle_days": 91.3125}


def printed_curve(
    arm: str, endpoint: str, distribution: str, program: str, time_unit: str, values: dict[str, Any], **options: Any
) -> tuple[Curve, list[Coefficient]]:
    """A curve with typed coefficients, by the names of a program; each a number or a Parameter."""
    curve = Curve(
        arm=arm,
        endpoint=endpoint,
        source="coefficients",
        distribution=distribution,
        parametrisation=program,
        time_unit=time_unit,
        **options,
    )
    rows = [
        Coefficient(
            arm=arm, endpoint=endpoint, coefficient=name, parameter=value if isinstance(value, Parameter) else fixed(value)
        )
        for name, value in values.items()
    ]
    return curve, rows


def covariance_of(arm: str, endpoint: str, names: list[str], matrix: Any) -> list[Covariance]:
    """The rows of one covariance matrix, each pair once."""
    return [
        Covariance(arm=arm, endpoint=endpoint, first=a, second=b, value=float(matrix[i][j]))
        for i, a in enumerate(names)
        for j, b in enumerate(names)
        if j >= i
    ]


def typed_model(*curves: tuple[Curve, list[Coefficient]], **tables: Any) -> ModelDefinition:
    """Two arms over five years in quarters of a year."""
    return model(list(curves), settings=settings(**SHORT), **tables)
