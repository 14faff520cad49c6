"""Checks of the data behind survival curves, and that every selected curve can be made from what is there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from model.constants import MONTHS_PER_YEAR
from model.definition.curves.coefficients import average_of, calibration
from model.definition.curves.determined import refusal
from model.definition.curves.early_part import TABLE_SOURCE, early_source, kaplan_meier_part
from model.definition.curves.from_data import cuts_of, fit_of, joint_arms, joint_fit_of, observations, reconstruction
from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem
from model.definition.records.curves import FROM_DATA, MODEL_AVERAGE, PIECEWISE, Curve
from model.definition.records.survival_inputs import SurvivalTableRow
from model.definition.structure import by_states
from model.survival.distributions import distribution
from model.survival.families.survival_table import SurvivalTable
from model.survival.reconstruction.curve_error import CURVE, NUMBERS_AT_RISK, TOTAL_EVENTS, CurveError
from model.survival.time_unit import can_only_be_days, days_instead_of_months


def survival_data_is_possible(d: ModelDefinition) -> Iterator[Problem]:
    """Problems of single rows: entry after the end, numbers at risk that rise, weights, survival tables."""
    for position, row in enumerate(d.patient_data):
        if row.entry is not None and row.entry >= row.time:
            yield Problem("patient_data", position, "entry", f"{row.entry:g} is not below the time, {row.time:g}")
    yield from _times_are_months(d)
    yield from _numbers_at_risk(d)
    for position, curve in enumerate(d.curves):
        if curve.source in FROM_DATA:
            yield from _data_stands(d, position, curve)
        elif TABLE_SOURCE in (curve.source, early_source(d, curve)):
            yield from _table_stands(d, position, curve)
        elif early_source(d, curve) and curve.source not in FROM_DATA:
            yield from _data_stands(d, position, dataclasses.replace(curve, source=early_source(d, curve)))
        try:
            cuts = cuts_of(curve)
        except ValueError as error:
            yield Problem("curves", position, "cut_points", f"'{curve.cut_points}': {error}")
            continue
        if curve.distribution == PIECEWISE and not cuts:
            yield Problem("curves", position, "cut_points", "is empty; a piecewise exponential needs at least one")


def _times_are_months(d: ModelDefinition) -> Iterator[Problem]:
    """The longest time of each table, if it can only be days."""
    for table in ("patient_data", "digitised", "numbers_at_risk"):
        times = [row.time for row in getattr(d, table)]
        if times and can_only_be_days(max(times)):
            longest = max(times)
            yield Problem(table, times.index(longest), "time", days_instead_of_months(longest))


def _numbers_at_risk(d: ModelDefinition) -> Iterator[Problem]:
    by_curve: dict[tuple[str, str], list[tuple[float, int, int]]] = {}
    for position, row in enumerate(d.numbers_at_risk):
        by_curve.setdefault((row.arm, row.endpoint), []).append((row.time, row.n_risk, position))
    for rows in by_curve.values():
        ordered = sorted(rows)
        for (t0, n0, _), (t1, n1, position) in pairwise(ordered):
            if n1 > n0:
                message = f"the number at risk rises from {n0} at {t0:g} months to {n1} at {t1:g} months"
                yield Problem("numbers_at_risk", position, "n_risk", message)
        if ordered[0][0] > 0:
            yield Problem("numbers_at_risk", ordered[0][2], "time", "the first number at risk must stand at time 0")


def _data_stands(d: ModelDefinition, position: int, curve: Curve) -> Iterator[Problem]:
    key = (curve.arm, curve.endpoint)
    if curve.source == "patient_data":
        rows = [r for r in d.patient_data if (r.arm, r.endpoint) == key]
        if not rows:
            yield Problem(
                "curves", position, "source", f"the sheet Patient data has no row of arm '{key[0]}', endpoint '{key[1]}'"
            )
        elif not any(r.event for r in rows):
            first = next(i for i, r in enumerate(d.patient_data) if (r.arm, r.endpoint) == key)
            message = f"arm '{key[0]}' has no event of {key[1]}: no curve can be fitted"
            yield Problem("patient_data", first, "event", message)
        return
    places = [i for i, p in enumerate(d.digitised) if (p.arm, p.endpoint) == key]
    if not places or not any((r.arm, r.endpoint) == key for r in d.numbers_at_risk):
        yield Problem(
            "curves",
            position,
            "source",
            f"the sheet Digitised curves lacks the points or the numbers at risk of arm '{key[0]}', endpoint '{key[1]}'",
        )
        return
    numbers = sorted((r.time, r.n_risk) for r in d.numbers_at_risk if (r.arm, r.endpoint) == key)
    if numbers[0][0] > 0 or any(last[1] > first[1] for first, last in pairwise(numbers)):
        return  # reported at the numbers themselves
    try:
        reconstruction(d, curve)
    except CurveError as error:
        yield _curve_problem(d, key, error)


def _curve_problem(d: ModelDefinition, key: tuple[str, str], error: CurveError) -> Problem:
    """A curve that cannot be reconstructed, at the row of its table that says so."""
    return at_published_row(d, key, error.table, error.row, str(error))


def at_published_row(d: ModelDefinition, key: tuple[str, str], table: str, row: int | None, message: str) -> Problem:
    """What is to be told of a row (None: of a whole table) of the published curve of an arm and endpoint."""
    rows, field = {
        CURVE: ("digitised", "survival"),
        NUMBERS_AT_RISK: ("numbers_at_risk", "n_risk"),
        TOTAL_EVENTS: ("digitised_sources", "total_events"),
    }[table]
    records = getattr(d, rows)
    places = [i for i, r in enumerate(records) if (r.arm, r.endpoint) == key]
    place = places[row or 0] if places else None
    return Problem(rows, place, field, f"{message} (arm '{key[0]}', endpoint '{key[1]}')")


def _table_stands(d: ModelDefinition, position: int, curve: Curve) -> Iterator[Problem]:
    places = [i for i, r in enumerate(d.survival_tables) if (r.arm, r.endpoint) == (curve.arm, curve.endpoint)]
    if not places:
        yield Problem(
            "curves",
            position,
            "source",
            f"the sheet Survival tables has no row of arm '{curve.arm}', endpoint '{curve.endpoint}'",
        )
        return
    rows = [d.survival_tables[i] for i in places]
    for (first, last), place in zip(pairwise(rows), places[1:], strict=True):
        if last.time < first.time:
            yield Problem("survival_tables", place, "time", f"{last.time:g} does not come after {first.time:g}")
            return
        if (last.time == first.time) != (last.corner is not None):
            if last.corner is not None:  # without it, the key of the row stands twice
                words = f"no row before it has the time {last.time:g}: a step has both its corners at one time"
                yield Problem("survival_tables", place, "corner", words)
            return
        if last.survival > first.survival:
            message = f"survival rises from {first.survival:g} to {last.survival:g}"
            yield Problem("survival_tables", place, "survival", message)
            return
    yield from _table_lasts(d, position, curve, rows[-1], places[-1])
    yield from _printed_errors(rows, places)
    try:
        SurvivalTable([r.time for r in rows], [r.survival for r in rows])
    except ValueError as error:
        yield Problem("survival_tables", places[0], "survival", str(error))


def _table_lasts(d: ModelDefinition, position: int, curve: Curve, last: SurvivalTableRow, place: int) -> Iterator[Problem]:
    """A table goes on to the horizon or to 0; one with a tail to where it begins, with somebody left."""
    end = d.settings.horizon_years * MONTHS_PER_YEAR
    if curve.source == TABLE_SOURCE and last.time < end - 1 and last.survival > 0:
        message = f"the table ends at {last.time:g} months, before the horizon of {end:g} months"
        yield Problem("survival_tables", place, "time", message)
    until = curve.km_until
    if curve.source != TABLE_SOURCE and until is not None and (last.time < until or last.survival <= 0):
        message = f"the survival table ends at {last.time:g} months, with {last.survival:.1%} left"
        yield Problem("curves", position, "km_until", f"{until:g} months: {message}")


def _printed_errors(rows: Sequence[SurvivalTableRow], places: Sequence[int]) -> Iterator[Problem]:
    """Numbers at risk that rise or are 0 before survival falls, and standard errors that no share has."""
    before = np.inf
    for row, place in zip(rows, places, strict=True):
        if row.n_risk is not None and row.n_risk <= 0 and row.survival > rows[-1].survival:
            yield Problem("survival_tables", place, "n_risk", "nobody is at risk, and survival falls after it")
        elif row.n_risk is not None:
            if row.n_risk > before:
                message = f"the number at risk rises from {before:g} to {row.n_risk:g}"
                yield Problem("survival_tables", place, "n_risk", message)
            before = row.n_risk
        if row.standard_error is not None and row.standard_error**2 >= row.survival * (1 - row.survival):
            message = f"{row.standard_error:g} cannot be the standard error of a share of {row.survival:g}"
            yield Problem("survival_tables", place, "standard_error", message)


def curves_can_be_made(d: ModelDefinition) -> Iterator[Problem]:
    """Every selected curve is calibrated or fitted, and determined by what it is made from; what is not is reported at
    its selector."""
    for position, curve in enumerate(d.curves):
        message = ""
        if curve.endpoint == "os" and by_states(d):
            continue  # its evidence says what survival after progression is, which is asked once PFS can be made
        if curve.distribution == MODEL_AVERAGE and curve.source not in ("relative_effect", "survival_table"):
            try:
                average_of(d, curve)
            except ValueError as error:
                message = str(error)
        elif curve.source == "evidence":
            made = calibration(d, curve, curve.distribution)
            message = "" if made.identified and made.converged else made.message
        elif curve.source in FROM_DATA:
            message = _fit_problem(d, curve)
        if early := _early_part_problem(d, curve):
            yield Problem("curves", position, "km_until", early)
        elif message := message or refusal(d, curve):
            yield Problem("curves", position, "distribution", message)


def _fit_problem(d: ModelDefinition, curve: Curve) -> str:
    if curve.fitted == "jointly":
        if joint_arms(d, curve.endpoint)[0] is not curve:
            return ""  # reported once, at the reference arm
        fit = joint_fit_of(d, curve).fit
    else:
        fit = fit_of(d, curve, curve.distribution)
    if fit.failure or not fit.converged:
        return f"{curve.distribution} could not be fitted: {fit.failure or 'it did not converge'}"
    return ""


def _early_part_problem(d: ModelDefinition, curve: Curve) -> str:
    """A Kaplan-Meier part ends before the follow-up of its data does; that of a fitted curve holds an event."""
    source = early_source(d, curve)
    if source not in FROM_DATA or curve.km_until is None:
        return ""
    data = observations(d, dataclasses.replace(curve, source=source))
    if curve.km_until >= data.follow_up:
        return (
            f"the Kaplan-Meier part until {curve.km_until:g} months must end before the follow-up, {data.follow_up:g} months"
        )
    if curve.source in FROM_DATA:
        try:
            kaplan_meier_part(d, curve, distribution("exponential"))
        except ValueError as error:
            return str(error).removesuffix(".")
    return ""
