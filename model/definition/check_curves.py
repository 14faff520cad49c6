"""Checks of the survival curves: completeness, evidence, coefficients, covariance."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from model.survival import distribution

from .calibrated_curves import calibration, typed_covariance
from .columns import Column
from .curves import Evidence
from .model_definition import ModelDefinition
from .problems import Problem

ABOVE_ZERO = Column("Value", "number", "", above=0.0)


def curves_are_complete(d: ModelDefinition) -> Iterator[Problem]:
    for arm in d.arms:
        for endpoint in ("pfs", "os"):
            if d.curve(arm.id, endpoint) is None:
                yield Problem("curves", None, "", f"arm '{arm.id}' has no {endpoint} curve")
    drugs = {drug.id for drug in d.drugs}
    effects = {(e.arm, e.endpoint) for e in d.relative_effects}
    for position, curve in enumerate(d.curves):
        if curve.endpoint not in drugs | {"pfs", "os"}:
            yield Problem(
                "curves", position, "endpoint", f"'{curve.endpoint}' is neither pfs, os nor a drug id"
            )
        if curve.source == "relative_effect" and (curve.arm, curve.endpoint) not in effects:
            yield Problem("curves", position, "source", "has no row in the table of relative effects")
        yield from _reference_of(d, position)
        yield from _waning_of(d, position)


def _reference_of(d: ModelDefinition, position: int) -> Iterator[Problem]:
    curve = d.curves[position]
    if curve.source != "relative_effect" and curve.waning_start is None:
        return
    if curve.reference_arm is None:
        yield Problem(
            "curves", position, "reference_arm", "is empty; a relative effect or waning needs a reference arm"
        )
        return
    reference = d.curve(curve.reference_arm, curve.endpoint)
    if curve.reference_arm == curve.arm or reference is None:
        yield Problem(
            "curves", position, "reference_arm", f"must be another arm with a curve for {curve.endpoint}"
        )
    elif reference.source == "relative_effect":
        yield Problem(
            "curves", position, "reference_arm", "the reference arm's curve is itself a relative effect"
        )


def _waning_of(d: ModelDefinition, position: int) -> Iterator[Problem]:
    curve = d.curves[position]
    if (curve.waning_start is None) != (curve.waning_end is None):
        yield Problem("curves", position, "waning_end", "waning needs both a start and an end, or neither")
    elif curve.waning_start is not None and curve.waning_end < curve.waning_start:  # type: ignore[operator]
        yield Problem("curves", position, "waning_end", "waning cannot end before it starts")


def evidence_is_consistent(d: ModelDefinition) -> Iterator[Problem]:
    landmarks: dict[tuple[str, str], list[tuple[float, float, int]]] = {}
    for position, row in enumerate(d.evidence):
        month = _month(row.item)
        if row.statistic in ("landmark", "hazard_ratio") and month is None:
            yield Problem("evidence", position, "item", f"'{row.item}' is not a time in months above 0")
        elif row.statistic == "landmark":
            if not 0 < row.value < 1:
                yield Problem("evidence", position, "value", f"{row.value:g} is not a share between 0 and 1")
            elif month is not None:
                landmarks.setdefault((row.arm, row.endpoint), []).append((month, row.value, position))
        elif row.value <= 0 and row.statistic != "prior":
            yield Problem("evidence", position, "value", f"{row.value:g} is not above 0")
        if row.statistic == "median" and row.value > 0:
            landmarks.setdefault((row.arm, row.endpoint), []).append((row.value, 0.5, position))
        if row.use and not _has_precision(row):
            yield Problem(
                "evidence",
                position,
                "standard_error",
                "needs a 95% interval, a standard error or an effective n to be calibrated to",
            )
        yield from _interval_is_possible(row, position)
        if row.statistic == "hazard_ratio" and row.use:
            yield from _hazard_ratio_has_reference(d, row, position)
    for points in landmarks.values():
        ordered = sorted(points)
        for (t0, s0, _), (t1, s1, position) in pairwise(ordered):
            if s1 > s0 or (s1 == s0 and t1 == t0):
                yield Problem(
                    "evidence",
                    position,
                    "value",
                    f"survival rises from {s0:.1%} at {t0:g} months to {s1:.1%} at {t1:g} months",
                )


def _interval_is_possible(row: Evidence, position: int) -> Iterator[Problem]:
    if row.lower is None or row.upper is None:
        return
    if not row.lower < row.upper or not row.lower <= row.value <= row.upper:
        yield Problem(
            "evidence",
            position,
            "lower",
            "the interval must hold the value, and its lower limit lie below the upper",
        )
    elif row.statistic == "hazard_ratio" and row.lower <= 0:
        yield Problem("evidence", position, "lower", "the lower limit of a ratio must be above 0")


def _hazard_ratio_has_reference(d: ModelDefinition, row: Evidence, position: int) -> Iterator[Problem]:
    """A hazard ratio to calibrate to needs a reference arm that has its own curve, made without such a ratio."""
    curve = d.curve(row.arm, row.endpoint)
    arm = curve.reference_arm if curve else None
    reference = d.curve(arm, row.endpoint) if arm else None
    circular = any(
        e.statistic == "hazard_ratio" and e.use and (e.arm, e.endpoint) == (arm, row.endpoint)
        for e in d.evidence
    )
    if reference is None or arm == row.arm or reference.source == "relative_effect" or circular:
        yield Problem(
            "evidence", position, "use",
            "a hazard ratio to calibrate to needs a reference arm (table of curves) whose curve has its own source",
        )  # fmt: skip


def _has_precision(row: Any) -> bool:
    interval = row.lower is not None and row.upper is not None
    return (
        row.standard_error is not None
        or interval
        or (row.effective_n is not None and row.statistic in ("landmark", "median"))
    )


def _month(text: str) -> float | None:
    try:
        month = float(text)
    except ValueError:
        return None
    return month if 0 < month < float("inf") else None


def coefficients_are_complete(d: ModelDefinition) -> Iterator[Problem]:
    for position, curve in enumerate(d.curves):
        if curve.source != "coefficients":
            continue
        names = distribution(curve.distribution).parameters
        given = {
            c.coefficient: i
            for i, c in enumerate(d.coefficients)
            if (c.arm, c.endpoint) == (curve.arm, curve.endpoint)
        }
        missing = [name for name in names if name not in given]
        if missing:
            yield Problem(
                "curves",
                position,
                "distribution",
                f"a {curve.distribution} curve needs the coefficient(s) {', '.join(missing)}",
            )
            continue
        family = distribution(curve.distribution)
        for name, scale in zip(names, family.estimation_scale, strict=True):
            if scale == "log" and (
                problem := d.coefficients[given[name]].parameter.support_problem(ABOVE_ZERO)
            ):
                yield Problem("coefficients", given[name], "distribution", problem)
        values = np.array([d.coefficients[given[name]].parameter.value for name in names])
        if not family.valid(values):
            yield Problem(
                "coefficients",
                given[names[0]],
                "value",
                f"no {curve.distribution} curve has these coefficients",
            )
            continue
        yield from _covariance_is_possible(d, curve, names)


def _covariance_is_possible(d: ModelDefinition, curve: Any, names: tuple[str, ...]) -> Iterator[Problem]:
    rows = [i for i, c in enumerate(d.covariance) if (c.arm, c.endpoint) == (curve.arm, curve.endpoint)]
    unknown = False
    for i in rows:
        for field in ("first", "second"):
            if getattr(d.covariance[i], field) not in names:
                unknown = True
                yield Problem("covariance", i, field, f"a {curve.distribution} curve has no such coefficient")
    for i in rows:
        row = d.covariance[i]
        twin = [
            c
            for c in d.covariance
            if (c.arm, c.endpoint, c.first, c.second) == (row.arm, row.endpoint, row.second, row.first)
        ]
        if twin and twin[0].value != row.value:
            yield Problem("covariance", i, "value", "the same covariance stands twice with different values")
    given = [c for c in d.coefficients if (c.arm, c.endpoint) == (curve.arm, curve.endpoint)]
    if rows and any(c.parameter.uncertain for c in given):
        first = d.coefficients.index(given[0])
        yield Problem(
            "coefficients",
            first,
            "distribution",
            "is fixed where the curve has a covariance matrix, which samples it",
        )
    if rows and not unknown:
        matrix = typed_covariance(d, curve)
        assert matrix is not None
        smallest = float(np.linalg.eigvalsh(matrix).min())
        if smallest < -1e-10 * max(1.0, float(np.abs(matrix).max())):
            yield Problem(
                "covariance",
                rows[0],
                "value",
                f"the covariance matrix is not positive semi-definite (smallest eigenvalue {smallest:.3g})",
            )


def evidence_suffices(d: ModelDefinition) -> Iterator[Problem]:
    for position, curve in enumerate(d.curves):
        if curve.source == "evidence":
            made = calibration(d, curve, curve.distribution)
            if not made.identified or not made.converged:
                yield Problem("curves", position, "distribution", made.message)
