"""What a curve is up to the month where its tail begins: a survival table, or a Kaplan-Meier curve of the data."""

from __future__ import annotations

import dataclasses
from functools import lru_cache

import numpy as np

from model.arrays import Array
from model.definition.curves.from_data import observations
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import FROM_DATA, WITHOUT_DISTRIBUTION, Curve
from model.definition.records.survival_inputs import SurvivalTableRow
from model.survival.families.base import Distribution
from model.survival.families.kaplan_meier_tail import KaplanMeierTail, kaplan_meier_tail
from model.survival.families.survival_table import SurvivalTable
from model.survival.families.table_error import table_error
from model.survival.kaplan_meier import kaplan_meier
from model.survival.survival_data import SurvivalData

TABLE_SOURCE = "survival_table"


def early_source(definition: ModelDefinition, curve: Curve) -> str:
    """Where a curve takes its part before the tail from: the data that it is fitted to; of other curves the arm's rows of the
    sheet Survival tables, else its digitised curve, else its patient records; "" where it has no such part."""
    if curve.km_until is None or curve.source in WITHOUT_DISTRIBUTION:
        return ""
    if curve.source in FROM_DATA:
        return curve.source
    tables = {TABLE_SOURCE: "survival_tables", "digitised": "digitised", "patient_data": "patient_data"}
    key = (curve.arm, curve.endpoint)
    there = (name for name, table in tables.items() if any((r.arm, r.endpoint) == key for r in definition.table(table)))
    return next(there, "")


def table_rows(definition: ModelDefinition, curve: Curve) -> tuple[SurvivalTableRow, ...]:
    """The rows of the survival table of a curve's arm and endpoint."""
    return tuple(r for r in definition.survival_tables if (r.arm, r.endpoint) == (curve.arm, curve.endpoint))


def table_of(definition: ModelDefinition, curve: Curve) -> SurvivalTable:
    """The survival table of a curve's arm and endpoint, with its sampling error where numbers at risk or standard errors
    are printed. Raises ValueError where the rows make no survival curve."""
    return _table(table_rows(definition, curve))


def early_table(definition: ModelDefinition, curve: Curve) -> SurvivalTable:
    """The part before the tail of a curve that is not fitted to data, as a table.

    Raises ValueError where there is none, and as :func:`table_of`.
    """
    source = early_source(definition, curve)
    if source == TABLE_SOURCE:
        return table_of(definition, curve)
    if not source:
        raise ValueError("there is no survival table, digitised curve or patient record of this arm and endpoint")
    return _steps(observations(definition, dataclasses.replace(curve, source=source, mortality="all_cause")))


def kaplan_meier_part(definition: ModelDefinition, curve: Curve, tail: Distribution) -> tuple[KaplanMeierTail, Array, Array]:
    """The Kaplan-Meier curve of the data before a tail: the family, its factors and the covariance of their logarithms."""
    assert curve.km_until is not None
    km = kaplan_meier(observations(definition, curve))
    return kaplan_meier_tail(km.times, km.n_events, km.at_risk(km.times), tail, curve.km_until)


@lru_cache(maxsize=256)
def _table(rows: tuple[SurvivalTableRow, ...]) -> SurvivalTable:
    def numbers(field: str) -> Array:
        return np.array([np.nan if (v := getattr(r, field)) is None else v for r in rows], dtype=float)

    times, survival = numbers("time"), numbers("survival")
    plain = SurvivalTable(times, survival)  # refused by row, if it is no curve
    error = table_error(times, survival, numbers("n_risk"), numbers("standard_error"))
    return plain if error is None else SurvivalTable(times, survival, error)


@lru_cache(maxsize=64)
def _steps(data: SurvivalData) -> SurvivalTable:
    """The Kaplan-Meier curve of data as a table: both corners of each step, and the end of the follow-up."""
    km = kaplan_meier(data)
    before = np.append(1.0, km.survival[:-1])
    at_risk = km.at_risk(km.times)
    times = np.concatenate([[0.0], np.repeat(km.times, 2)])
    survival = np.concatenate([[1.0], np.column_stack([before, km.survival]).ravel()])
    numbers = np.concatenate([at_risk[:1], np.column_stack([at_risk, at_risk - km.n_events]).ravel()])
    if survival[-1] > 0 and data.follow_up > times[-1]:
        times, survival = np.append(times, data.follow_up), np.append(survival, survival[-1])
        numbers = np.append(numbers, numbers[-1])
    return SurvivalTable(times, survival, table_error(times, survival, numbers, np.full(len(times), np.nan)))
