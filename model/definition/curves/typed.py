"""Typed coefficients of a curve: their rows, their family, their covariance, as their program prints them and as ours."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from model.arrays import Array
from model.definition.curves.from_data import joint_arms, joint_effect
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.curves import Coefficient, Covariance, Curve
from model.survival.families.base import Distribution
from model.survival.families.cure import MixtureCure, NonMixtureCure
from model.survival.families.splines import SPLINE_NAMES, spline_parts
from model.survival.families.table_tail import TableTail
from model.survival.families.treatment_covariate import TreatmentCovariate
from model.survival.programs.conversion import Conversion, conversion, family_printed


def as_printed(curve: Curve, family: Distribution, days_per_month: float) -> Conversion:
    """The conversion of a curve's typed coefficients, to months of so many days.

    Raises ValueError where its program does not print the family.
    """
    return conversion(curve.parametrisation, family, curve.time_unit, days_per_month)


def holder_of(definition: ModelDefinition, curve: Curve) -> Curve:
    """The curve whose rows of the table of coefficients hold for a curve: the reference arm's, where arms share them."""
    together = joint_arms(definition, curve.endpoint) if curve.fitted == "jointly" else []
    return together[0] if curve.source == "coefficients" and together else curve


def typed_rows(definition: ModelDefinition, curve: Curve, name: str) -> dict[str, Coefficient]:
    """The typed coefficients of one candidate of a curve, by name (rows without a candidate are the selected one's)."""
    found: dict[str, Coefficient] = {}
    curve = holder_of(definition, curve)
    for row in definition.coefficients:
        if (row.arm, row.endpoint) == (curve.arm, curve.endpoint) and row.candidate in (None, name):
            if row.candidate is None and (name != curve.distribution or row.coefficient in found):
                continue
            found[row.coefficient] = row
    return found


def family_of_typed(definition: ModelDefinition, curve: Curve, name: str) -> Distribution:
    """The family of the typed coefficients of one candidate; of arms that share them, with the effect of the arm.

    Raises ValueError as :func:`typed_family`, and where the effect cannot act on the family.
    """
    rows = typed_rows(definition, curve, name)
    family = typed_family(
        curve, name, {k: row.parameter.value for k, row in rows.items()}, definition.settings.days_per_month
    )
    if curve.fitted != "jointly":
        return family
    arms = [c.arm for c in joint_arms(definition, curve.endpoint)]
    group = None if curve.arm == arms[0] else curve.arm
    return TreatmentCovariate(family, joint_effect(definition, curve.endpoint), arms[1:], group)


def typed_family(curve: Curve, name: str, values: dict[str, float], days_per_month: float) -> Distribution:
    """The family of typed coefficients. Raises ValueError where a spline's knots are missing or do not rise."""
    knots = None
    if name in SPLINE_NAMES:
        wanted = [f"knot{i}" for i in range(spline_parts(name)[1] + 2)]
        missing = [k for k in wanted if k not in values]
        if missing:
            raise ValueError(f"a {name} curve needs its knots in {curve.time_unit}: {', '.join(missing)} missing")
        knots = [values[k] for k in wanted]
    return with_cure(family_printed(name, knots, curve.time_unit, days_per_month), curve.cure)


def with_cure(family: Distribution, cure: str) -> Distribution:
    """The family itself, or its mixture or non-mixture cure version."""
    if cure == "none":
        return family
    return MixtureCure(family) if cure == "mixture" else NonMixtureCure(family)


def typed_covariance_rows(definition: ModelDefinition, curve: Curve, name: str) -> dict[int, Covariance]:
    """The covariance typed for the coefficients of one candidate, by position (rows without a candidate are the selected
    one's)."""
    curve = holder_of(definition, curve)
    allowed, key = (None, name) if name == curve.distribution else (name,), (curve.arm, curve.endpoint)
    rows = enumerate(definition.covariance)
    return {i: row for i, row in rows if (row.arm, row.endpoint) == key and row.candidate in allowed}


def typed_covariance(definition: ModelDefinition, curve: Curve, name: str, parameters: tuple[str, ...]) -> Array | None:
    """The covariance typed for the coefficients of one candidate ``(k, k)``, as its program prints it; None where none is."""
    rows = typed_covariance_rows(definition, curve, name).values()
    if not rows:
        return None
    matrix = np.zeros((len(parameters), len(parameters)))
    for row in rows:
        i, j = parameters.index(row.first), parameters.index(row.second)
        matrix[i, j] = matrix[j, i] = row.value
    return matrix


def drawn_one_by_one(definition: ModelDefinition, curve: Curve) -> bool:
    """Are the typed coefficients of a curve inputs of their own, without a covariance?"""
    return curve.source == "coefficients" and not typed_covariance_rows(definition, curve, curve.distribution)


def natural_coefficients(
    definition: ModelDefinition, curve: Curve, family: Distribution, values: Mapping[str, Array]
) -> Array:
    """Drawn natural coefficients ``(n, k)`` of a curve: drawn together, or typed ones, drawn one by one as printed (those of
    a tail beside the factors of its table)."""
    together = values.get(curve.id)
    if together is not None and not (isinstance(family, TableTail) and drawn_one_by_one(definition, curve)):
        return together
    rows = typed_rows(definition, curve, curve.distribution)
    tail = family.tail if isinstance(family, TableTail) else family
    printed = as_printed(curve, tail, definition.settings.days_per_month)
    single = (values[address_of("coefficients", rows[name])] for name in printed.names)
    own = printed.natural(np.stack(np.broadcast_arrays(*single), axis=1))
    if together is None:
        return own
    factors = together[:, : len(family.parameters) - own.shape[1]]
    n = max(len(factors), len(own))
    return np.concatenate([np.broadcast_to(part, (n, part.shape[1])) for part in (factors, own)], axis=1)
