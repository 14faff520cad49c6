"""Checks of the survival curves: completeness, evidence, coefficients, covariance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np

from model.definition.curves.early_part import early_source
from model.definition.curves.effective_numbers import AT_A_MONTH, follow_up_of, month_of, needs_effective_n, used_points
from model.definition.curves.from_data import joint_effect
from model.definition.curves.typed import (
    as_printed,
    family_of_typed,
    holder_of,
    typed_covariance,
    typed_covariance_rows,
    typed_rows,
)
from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem
from model.definition.records.columns import Column
from model.definition.records.curves import (
    FROM_DATA,
    MODEL_AVERAGE,
    NO_DISTRIBUTION,
    PIECEWISE,
    WITHOUT_DISTRIBUTION,
    Curve,
    Evidence,
)
from model.definition.records.limits import LONGEST_MONTHS
from model.spelling import did_you_mean
from model.survival.distributions import CANDIDATES, STANDARD_NAMES
from model.survival.programs.conversion import Conversion, name_problems
from model.survival.programs.programs import parametrisation

CURE_ODDS = "cure_odds_ratio"
WITHOUT_CURE = "the odds of cure need a curve with a cure fraction to act on"
ABOVE_ZERO = Column("Value", "number", "", above=0.0)


def curves_are_complete(d: ModelDefinition) -> Iterator[Problem]:
    for arm in d.arms:
        for endpoint in dict.fromkeys(("pfs", "os", *d.endpoints)):
            if d.curve(arm.id, endpoint) is None:
                yield Problem("curves", None, "", f"arm '{arm.id}' has no {endpoint} curve")
    drugs = {drug.id for drug in d.drugs}
    effects = {(e.arm, e.endpoint) for e in d.relative_effects}
    for position, curve in enumerate(d.curves):
        if curve.endpoint not in drugs | {"pfs", "os", *d.endpoints}:
            listed = "".join(f", {endpoint}" for endpoint in d.further_endpoints)
            yield Problem("curves", position, "endpoint", f"'{curve.endpoint}' is neither pfs, os{listed} nor a drug id")
        if curve.source == "relative_effect" and (curve.arm, curve.endpoint) not in effects:
            yield Problem("curves", position, "source", "has no row in the table of relative effects")
        yield from _options_fit(d, position)
        yield from _reference_of(d, position)
        yield from _waning_of(d, position)


def _options_fit(d: ModelDefinition, position: int) -> Iterator[Problem]:
    """The options of a curve that its source cannot serve."""
    curve = d.curves[position]
    from_data = curve.source in FROM_DATA
    if curve.distribution == NO_DISTRIBUTION and curve.source not in WITHOUT_DISTRIBUTION:
        yield Problem("curves", position, "distribution", f"is empty; a curve from {curve.source} needs a distribution")
        return
    allowed = {"evidence": (*STANDARD_NAMES, MODEL_AVERAGE), "coefficients": (*CANDIDATES, MODEL_AVERAGE)}.get(curve.source)
    if allowed and curve.distribution not in allowed:
        where = "patient data or a digitised curve"
        yield Problem(
            "curves", position, "distribution", f"{curve.distribution} from {curve.source} is not possible; it needs {where}"
        )
    if curve.cure != "none" and not (from_data or curve.source == "coefficients"):
        yield Problem("curves", position, "cure", "a cure fraction needs patient data, a digitised curve or coefficients")
    if curve.cure != "none" and curve.distribution == PIECEWISE:
        yield Problem("curves", position, "cure", "a piecewise exponential has no cure version")
    if curve.mortality == "excess":
        if not (from_data or curve.source in ("coefficients", "relative_effect")):
            yield Problem(
                "curves", position, "mortality", "an excess hazard needs patient data, a digitised curve or coefficients"
            )
        elif not d.life_table:
            yield Problem("curves", position, "mortality", "an excess hazard needs the life table, which is empty")
    yield from _tail_fits(d, position)
    if curve.fitted == "jointly":
        yield from _joint_fit(d, position)


def _tail_fits(d: ModelDefinition, position: int) -> Iterator[Problem]:
    """The options of a curve whose tail begins at a month."""
    curve = d.curves[position]
    if curve.tail_clock == "restarts" and (curve.km_until is None or curve.source != "coefficients"):
        words = "restarts only in a tail of typed coefficients that begins at the month of 'Kaplan-Meier until'"
        yield Problem("curves", position, "tail_clock", words)
    if curve.km_until is None:
        return
    if curve.source in WITHOUT_DISTRIBUTION or curve.distribution == MODEL_AVERAGE:
        yield Problem("curves", position, "km_until", "needs a single distribution, which goes on from there")
    elif not early_source(d, curve):
        words = "needs patient data, a digitised curve or a survival table of the arm and endpoint"
        yield Problem("curves", position, "km_until", words)
    if curve.fitted == "jointly" and curve.source not in FROM_DATA:
        words = "cannot be combined with shared coefficients that are typed; give each arm its own"
        yield Problem("curves", position, "km_until", words)


def _joint_fit(d: ModelDefinition, position: int) -> Iterator[Problem]:
    curve = d.curves[position]
    together = [c for c in d.curves if c.endpoint == curve.endpoint and c.fitted == "jointly"]
    references = [c for c in together if c.reference_arm is None]
    if curve.source not in (*FROM_DATA, "coefficients") or curve.distribution not in CANDIDATES:
        words = "a joint fit needs patient data, digitised curves or coefficients, and a single distribution"
        yield Problem("curves", position, "fitted", words)
    elif len(together) < 2 or len(references) != 1:
        yield Problem(
            "curves", position, "fitted", "needs two or more arms fitted jointly, of which exactly one has no reference arm"
        )
    elif curve is not references[0] and (
        curve.reference_arm != references[0].arm or _shared(curve) != _shared(references[0])
    ):
        words = (
            f"must take the distribution, cure, mortality, program, time unit and the reference arm of '{references[0].arm}'"
        )
        yield Problem("curves", position, "fitted", f"{words}, and like it coefficients or data")
    elif curve is not references[0] and curve.effect != joint_effect(d, curve.endpoint):
        words = f"arms fitted jointly are set apart by one kind of effect, here {joint_effect(d, curve.endpoint)}"
        yield Problem("curves", position, "effect", words)
    elif curve is not references[0] and curve.effect == CURE_ODDS and curve.cure == "none":
        yield Problem("curves", position, "effect", WITHOUT_CURE)


def _shared(curve: Curve) -> tuple[object, ...]:
    """What curves have in common whose coefficients are shared."""
    return curve.distribution, curve.cure, curve.mortality, curve.source in FROM_DATA, curve.parametrisation, curve.time_unit


def _reference_of(d: ModelDefinition, position: int) -> Iterator[Problem]:
    curve = d.curves[position]
    wanes = curve.waning_start is not None or curve.waning == "treatment_end"
    joined = curve.fitted == "jointly" and curve.reference_arm is not None
    if curve.source != "relative_effect" and not wanes and not joined:
        return
    if curve.reference_arm is None:
        yield Problem("curves", position, "reference_arm", "is empty; a relative effect or waning needs a reference arm")
        return
    reference = d.curve(curve.reference_arm, curve.endpoint)
    if curve.reference_arm == curve.arm or reference is None:
        yield Problem("curves", position, "reference_arm", f"must be another arm with a curve for {curve.endpoint}")
    elif reference.source == "relative_effect":
        yield Problem("curves", position, "reference_arm", "the reference arm's curve is itself a relative effect")
    elif reference.mortality != curve.mortality:
        yield Problem("curves", position, "mortality", "must be that of the reference arm's curve")
    elif curve.source != "relative_effect" and wanes and curve.mortality == "excess" and curve.km_until != reference.km_until:
        yield Problem("curves", position, "km_until", "must be that of the reference arm's curve, like it an excess hazard")
    elif curve.source == "relative_effect":
        yield from _effect_on(reference, position, curve.effect)


def _effect_on(reference: Curve, position: int, effect: str) -> Iterator[Problem]:
    """Relative effects that the curve of the reference arm cannot have."""
    if effect == "acceleration_factor" and reference.mortality == "excess" and reference.km_until is not None:
        words = "cannot stretch the time of an excess hazard that begins where a Kaplan-Meier part ends; give another effect"
        yield Problem("curves", position, "effect", words)
    elif effect == CURE_ODDS and reference.cure == "none":
        yield Problem("curves", position, "effect", WITHOUT_CURE)


def _waning_of(d: ModelDefinition, position: int) -> Iterator[Problem]:
    curve = d.curves[position]
    if curve.waning == "treatment_end":
        if curve.waning_start is not None or curve.waning_end is not None:
            yield Problem("curves", position, "waning_start", "treatment_end takes no times: the drugs' own rules set them")
        return
    needs_end = curve.waning != "step"
    if curve.waning_start is None and curve.waning_end is None:
        return
    if curve.waning_start is None or (curve.waning_end is None and needs_end):
        yield Problem("curves", position, "waning_end", "waning needs both a start and an end, or neither")
    elif curve.waning_end is not None and curve.waning_end < curve.waning_start:
        yield Problem("curves", position, "waning_end", "waning cannot end before it starts")


def evidence_is_consistent(d: ModelDefinition) -> Iterator[Problem]:
    landmarks: dict[tuple[str, str], list[tuple[float, float, int]]] = {}
    for position, row in enumerate(d.evidence):
        month = _month(row.item)
        if row.statistic in (*AT_A_MONTH, "hazard_ratio") and month is None:
            yield Problem(
                "evidence", position, "item", f"'{row.item}' is not a time in months above 0 (and at most {LONGEST_MONTHS:g})"
            )
        elif row.statistic in AT_A_MONTH:
            if not 0 < row.value < 1:
                yield Problem("evidence", position, "value", f"{row.value:g} is not a share between 0 and 1")
            elif month is not None and row.statistic == "landmark":
                landmarks.setdefault((row.arm, row.endpoint), []).append((month, row.value, position))
        elif row.value <= 0 and row.statistic != "prior":
            yield Problem("evidence", position, "value", f"{row.value:g} is not above 0")
        if row.statistic == "median" and row.value > 0:
            landmarks.setdefault((row.arm, row.endpoint), []).append((row.value, 0.5, position))
        if row.use and not _has_precision(d, row):
            yield Problem(
                "evidence",
                position,
                "standard_error",
                "needs a 95% interval, a standard error or an effective n to be calibrated to",
            )
        yield from _number_can_be_calculated(d, row, position)
        yield from _not_reached_before(d, row, position)
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
            "evidence", position, "lower", "the interval must hold the value, and its lower limit lie below the upper"
        )
    elif row.statistic == "hazard_ratio" and row.lower <= 0:
        yield Problem("evidence", position, "lower", "the lower limit of a ratio must be above 0")


def _hazard_ratio_has_reference(d: ModelDefinition, row: Evidence, position: int) -> Iterator[Problem]:
    """A hazard ratio to calibrate to needs a reference arm that has its own curve, made without such a ratio."""
    curve = d.curve(row.arm, row.endpoint)
    arm = curve.reference_arm if curve else None
    reference = d.curve(arm, row.endpoint) if arm else None
    circular = any(e.statistic == "hazard_ratio" and e.use and (e.arm, e.endpoint) == (arm, row.endpoint) for e in d.evidence)
    if reference is None or arm == row.arm or reference.source == "relative_effect" or circular:
        yield Problem(
            "evidence",
            position,
            "use",
            "a hazard ratio to calibrate to needs a reference arm (table of curves) whose curve has its own source",
        )


def follow_up_is_possible(d: ModelDefinition) -> Iterator[Problem]:
    for position, row in enumerate(d.follow_up):
        if d.curve(row.arm, row.endpoint) is None:
            yield Problem("follow_up", position, "endpoint", f"arm '{row.arm}' has no {row.endpoint} curve")
        if not row.shortest <= row.median <= row.longest:
            yield Problem(
                "follow_up",
                position,
                "median",
                f"{row.median:g} does not lie between the shortest and the longest, {row.shortest:g} and {row.longest:g}",
            )


def _not_reached_before(d: ModelDefinition, row: Evidence, position: int) -> Iterator[Problem]:
    """A share that was not reached was not reached earlier either."""
    month = month_of(row)
    if row.statistic != "not_reached" or not row.use or month is None:
        return
    reached = [(t, s) for t, s in used_points(d, row) if t <= month and s <= row.value]
    if reached:
        t, s = min(reached)
        words = f"{row.value:.1%} was reached: survival is {s:.1%} at {t:g} months, and this says above it at {month:g}"
        yield Problem("evidence", position, "value", words)


def _number_can_be_calculated(d: ModelDefinition, row: Evidence, position: int) -> Iterator[Problem]:
    """An effective n that is needed and empty, of a curve with follow-up, stands before the follow-up ends."""
    follow_up, month = follow_up_of(d, row), month_of(row)
    if not row.use or follow_up is None or month is None or not needs_effective_n(row) or row.effective_n is not None:
        return
    if month >= follow_up.longest:
        yield Problem(
            "evidence",
            position,
            "effective_n",
            f"is empty and cannot be calculated: {month:g} months are not before the end of the longest follow-up, "
            f"{follow_up.longest:g}; type one, or give a standard error",
        )


def _has_precision(d: ModelDefinition, row: Evidence) -> bool:
    if not needs_effective_n(row):
        return row.standard_error is not None or (row.lower is not None and row.upper is not None)
    return row.effective_n is not None or follow_up_of(d, row) is not None


def _month(text: str) -> float | None:
    try:
        month = float(text)
    except ValueError:
        return None
    return month if 0.01 <= month <= LONGEST_MONTHS else None


def coefficients_are_complete(d: ModelDefinition) -> Iterator[Problem]:
    for position, curve in enumerate(d.curves):
        if curve.source != "coefficients" or curve.distribution == NO_DISTRIBUTION:
            continue
        names: tuple[str, ...] = (curve.distribution,)
        if curve.distribution == MODEL_AVERAGE:
            weights = [w for w in d.model_weights if (w.arm, w.endpoint) == (curve.arm, curve.endpoint)]
            names = tuple(w.distribution for w in weights)
        for name in names:
            yield from _candidate_is_complete(d, position, curve, name)


def _candidate_is_complete(d: ModelDefinition, position: int, curve: Curve, name: str) -> Iterator[Problem]:
    rows = typed_rows(d, curve, name)
    where = {key: d.coefficients.index(row) for key, row in rows.items()}
    if holder_of(d, curve) is not curve:
        return  # reported once, at the arm that holds the coefficients
    try:
        parametrisation(curve.parametrisation, name)
    except ValueError as error:
        yield Problem("curves", position, "parametrisation", str(error))
        return
    try:
        family = family_of_typed(d, curve, name)
    except ValueError as error:
        yield Problem("curves", position, "distribution", str(error))
        return
    printed = as_printed(curve, family, d.settings.days_per_month)
    missing = [p for p in printed.names if p not in rows]
    if missing:
        yield from _missing(printed, curve, where, position)
        return
    not_above = [p for p in printed.printed.positive if rows[p].parameter.value <= 0]
    for parameter in not_above:
        words = f"{rows[parameter].parameter.value:g} is not above 0, as {parameter} of a {name} curve must be"
        yield Problem("coefficients", where[parameter], "value", words)
    if not_above:
        return
    for parameter in printed.printed.positive:
        if problem := rows[parameter].parameter.support_problem(ABOVE_ZERO):
            yield Problem("coefficients", where[parameter], "distribution", problem)
    values = np.array([rows[p].parameter.value for p in printed.names])
    if not family.valid(printed.natural(values)):
        yield Problem("coefficients", where[printed.names[0]], "value", f"no {name} curve has these coefficients")
        return
    yield from _covariance_is_possible(d, curve, name, printed.names)


def _missing(printed: Conversion, curve: Curve, where: Mapping[str, int], position: int) -> Iterator[Problem]:
    """Coefficients that are not there: a slip of the pen is told at its cell, the others at the curve."""
    told = name_problems(printed, curve.parametrisation, where)
    for name, message in told.slips.items():
        yield Problem("coefficients", where[name], "coefficient", message)
    if told.missing:
        yield Problem("curves", position, "distribution", told.missing)


def _covariance_is_possible(d: ModelDefinition, curve: Curve, name: str, names: tuple[str, ...]) -> Iterator[Problem]:
    rows = list(typed_covariance_rows(d, curve, name))
    unknown = False
    for i in rows:
        for field in ("first", "second"):
            if getattr(d.covariance[i], field) not in names:
                unknown = True
                hint = did_you_mean(getattr(d.covariance[i], field), names)
                yield Problem("covariance", i, field, f"a {name} curve has no such coefficient{hint}")
    for i in rows:
        row = d.covariance[i]
        twin = [
            c
            for c in d.covariance
            if (c.arm, c.endpoint, c.candidate, c.first, c.second)
            == (row.arm, row.endpoint, row.candidate, row.second, row.first)
        ]
        if twin and twin[0].value != row.value:
            yield Problem("covariance", i, "value", "the same covariance stands twice with different values")
    given = list(typed_rows(d, curve, name).values())
    if rows and any(c.parameter.uncertain for c in given):
        first = d.coefficients.index(given[0])
        yield Problem(
            "coefficients", first, "distribution", "is fixed where the curve has a covariance matrix, which samples it"
        )
    if rows and not unknown:
        matrix = typed_covariance(d, curve, name, names)
        assert matrix is not None
        smallest = float(np.linalg.eigvalsh(matrix).min())
        if smallest < -1e-10 * max(1.0, float(np.abs(matrix).max())):
            yield Problem(
                "covariance",
                rows[0],
                "value",
                f"the covariance matrix is not positive semi-definite (smallest eigenvalue {smallest:.3g})",
            )
