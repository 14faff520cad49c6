"""A fitted curve as rows of the tables of curves, coefficients and covariance."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from model.arrays import Array
from model.definition.in_python import made
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import Coefficient, Covariance, Curve
from model.definition.records.parameters import Parameter
from model.shown import Shown, View
from model.survival.families.base import Distribution
from model.survival.families.splines import RoystonParmar
from model.survival.programs.converted import Converted


@dataclasses.dataclass(frozen=True)
class TypedCurve(Shown):
    """The records of one curve: its row of the table of curves, and those of its coefficients and their covariance."""

    curve: Curve
    coefficients: tuple[Coefficient, ...]
    covariance: tuple[Covariance, ...]

    def into(self, definition: ModelDefinition) -> ModelDefinition:
        """A definition with this curve in place of the one of its arm and endpoint, or beside the others.

        Coefficients typed before for that curve are dropped. Raises DefinitionError with every problem.
        """
        key = (self.curve.arm, self.curve.endpoint)
        known = [c for c in definition.curves if (c.arm, c.endpoint) == key]
        curves = tuple(self.curve if c in known else c for c in definition.curves)
        changed = dataclasses.replace(
            definition,
            curves=curves if known else (*curves, self.curve),
            coefficients=(*(c for c in definition.coefficients if (c.arm, c.endpoint) != key), *self.coefficients),
            covariance=(*(c for c in definition.covariance if (c.arm, c.endpoint) != key), *self.covariance),
        )
        return made({field.name: getattr(changed, field.name) for field in dataclasses.fields(changed)})

    def view(self) -> View:
        """The coefficients."""
        rows = [(row.coefficient, row.parameter.value) for row in self.coefficients]
        title = f"Curve {self.curve.endpoint} of the arm {self.curve.arm}: {self.curve.distribution}"
        words = [f"{len(self.covariance)} elements of the covariance" if self.covariance else "no covariance: certain"]
        return View(title, ["Coefficient", "Value"], rows, ["text"], words)


def typed_curve(arm: str, endpoint: str, fitted: Converted, notes: str = "", **options: Any) -> TypedCurve:
    """The records of a curve that was fitted elsewhere, for ``model.define`` or for :meth:`TypedCurve.into`.

    arm, endpoint: pfs, os, or a drug id. fitted: from ``model.survival.from_lifelines`` or ``from_program``; without a
    covariance the curve is certain. options: further fields of :class:`Curve`, such as ``waning_start``.

    >>> import model
    >>> fitted = model.survival.from_program("survreg", "weibull", {"(Intercept)": 4.0, "Log(scale)": -0.2})
    >>> definition = model.typed_curve("old", "pfs", fitted).into(model.example())
    >>> definition.curve("old", "pfs").distribution
    'weibull'
    """
    base = getattr(fitted.family, "base", fitted.family)
    curve = Curve(arm=arm, endpoint=endpoint, source="coefficients", distribution=base.name, notes=notes, **options)
    key = (arm, endpoint, base.name)
    coefficients = coefficient_rows(*key, fitted.family, fitted.natural, notes)
    covariance = () if fitted.covariance is None else covariance_rows(*key, fitted.family, fitted.covariance)
    return TypedCurve(curve, coefficients, covariance)


def coefficient_rows(
    arm: str, endpoint: str, candidate: str, family: Distribution, natural: Array, notes: str
) -> tuple[Coefficient, ...]:
    """Knots in months and natural coefficients ``(k,)`` of one candidate as rows of the table of coefficients."""
    base = getattr(family, "base", family)
    knots = np.exp(base.knots) if isinstance(base, RoystonParmar) else ()
    values = {f"knot{i}": float(knot) for i, knot in enumerate(knots)}
    values |= {name: float(value) for name, value in zip(family.parameters, natural, strict=True)}
    return tuple(
        Coefficient(
            arm=arm,
            endpoint=endpoint,
            candidate=candidate,
            coefficient=name,
            parameter=Parameter(value=value, quality="derived", notes=notes),
        )
        for name, value in values.items()
    )


def covariance_rows(
    arm: str, endpoint: str, candidate: str, family: Distribution, covariance: Array
) -> tuple[Covariance, ...]:
    """The covariance ``(k, k)`` of one candidate on its estimation scale, one row per pair of coefficients."""
    names = family.parameters
    return tuple(
        Covariance(
            arm=arm, endpoint=endpoint, candidate=candidate, first=first, second=names[j], value=float(covariance[i, j])
        )
        for i, first in enumerate(names)
        for j in range(i, len(names))
    )
