"""Typed coefficients of a curve as its program prints them, and what they are in the model's own parametrisation."""

from __future__ import annotations

from model.definition.records.curves import Curve
from model.survival.families.base import Distribution
from model.survival.programs.conversion import Conversion, conversion


def as_printed(curve: Curve, family: Distribution, days_per_month: float) -> Conversion:
    """The conversion of a curve's typed coefficients, to months of so many days.

    Raises ValueError where its program does not print the family.
    """
    return conversion(curve.parametrisation, family, curve.time_unit, days_per_month)
